"""REST: what programs read and write, by the rules and in the sentences of the pages."""

import datetime as dt
import re
from typing import Any

import pytest
from areas.attachments import attachment
from flask import Flask
from programs import Program, program, token, token_row
from sqlalchemy import select
from world import NOW, World, console

from app import create_app
from models import Model, db
from models.framework import ActivityType
from models.outbox import MailKind, OutboxMessage
from models.providers import ContactNote
from models.suspensions import Suspension
from models.visits import Visit
from workflows import actor as actors
from workflows import tokens
from workflows.access import Resource, Right
from workflows.gate import Refused

ENTRY = Model.metadata.tables["ledger_entry"]


@pytest.fixture
def officer(app: Flask, world: World) -> Program:
    return program(app, world, "officer")


@pytest.fixture
def head(app: Flask, world: World) -> Program:
    return program(app, world, "head")


def problem(answer: Any, status: int, kind: str) -> dict[str, Any]:
    """The problem, which is one as RFC 9457 has it."""
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/problem+json"
    told: dict[str, Any] = answer.json
    assert told["status"] == status
    assert told["type"] == f"urn:careward:problem:{kind}"
    assert told["title"]
    assert told["detail"].endswith(".")
    return told


# --- reading ---


def test_a_record_is_told_with_its_version_its_state_and_the_names_of_what_it_points_at(
    world: World, officer: Program
) -> None:
    service = world.service("Larkfield House")
    visit = world.visit(service, state="scheduled", due_on=dt.date(2026, 3, 31), reason="A concern.")
    number, place = visit.id, service.id
    kind = world.activity_type("focused").id
    person = world.person("officer").id
    answer = officer.get(f"visits/{number}")
    assert answer.content_type == "application/json"
    assert answer.headers["ETag"] == '"0"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers
    assert answer.json == {
        "id": number,
        "version": 0,
        "state": "scheduled",
        "created_at": "2026-03-04T10:00:00+00:00",
        "service_id": place,
        "service": "Larkfield House",
        "activity_type_id": kind,
        "activity_type": "Focused visit",
        "due_on": "2026-03-31",
        "reason": "A concern.",
        "tasks": "",
        "officer_id": person,
        "officer": "Test Officer",
        "starts_at": "2026-03-02T10:00:00+00:00",
        "announced": None,
        "authorised_at": None,
        "began_at": None,
        "ended_at": None,
        "overrun_reason": None,
        "feedback_to": None,
        "feedback_at": None,
        "feedback": None,
        "consulted": None,
        "outcome": None,
        "published_at": None,
    }


def test_what_only_the_council_reads_is_not_told_to_others(app: Flask, world: World) -> None:
    number = world.visit(state="published", reason="Murmuration", tasks="Quicksilver").id
    told = program(app, world, "partner").get(f"visits/{number}").json
    assert {"due_on", "reason", "tasks", "authorised_at"} & set(told) == set()
    assert told["state"] == "published"


def test_a_message_of_the_outbox_is_told_without_an_address(app: Flask, world: World, officer: Program) -> None:
    case = world.suspension()
    reader = world.person("care_manager").id
    message = world._add(
        OutboxMessage(
            kind=MailKind.care_management_told, record_type="suspension", record_id=case.id, recipient_type="ab_user",
            recipient_id=reader, message_id="careward.1", next_attempt_at=NOW,
        )
    )  # fmt: skip
    assert officer.get(f"outbox/{message.id}").json == {
        "id": message.id,
        "version": 0,
        "state": "waiting",
        "created_at": "2026-03-04T10:00:00+00:00",
        "kind": "care_management_told",
        "record_type": "suspension",
        "record_id": case.id,
        "recipient_type": "ab_user",
        "recipient_id": reader,
        "notice": "",
        "sent_at": None,
        "attempts": 0,
        "next_attempt_at": "2026-03-04T10:00:00+00:00",
        "fault": None,
        "smtp_code": None,
        "message_id": "careward.1",
    }


def test_a_file_is_told_without_the_place_where_it_is_stored(app: Flask, world: World, officer: Program) -> None:
    visit = world.visit(state="published")
    made = attachment(world, visit, internal=False)
    told = {
        "id": made.id,
        "version": 0,
        "state": "kept",
        "created_at": "2026-03-04T10:00:00+00:00",
        "record_type": "visit",
        "record_id": visit.id,
        "filename": "rota.pdf",
        "what": "The rota",
        "media_type": "application/pdf",
        "size": made.size,
        "sha256": made.sha256,
        "withdrawn_reason": None,
        "withdrawn_by_id": None,
        "withdrawn_by": None,
        "withdrawn_at": None,
    }
    number = made.id
    assert program(app, world, "partner").get(f"attachments/{number}").json == told
    assert officer.get(f"attachments/{number}").json == {**told, "internal": False}


def test_what_a_record_points_at_is_told_only_to_whoever_sees_it(app: Flask, world: World) -> None:
    """A provider reads its letter, and not what it is about; nor may it read the kinds of another's framework."""
    case = world.suspension(state="in_force")
    number = case.id
    told = program(app, world, "officer").get(f"suspensions/{number}").json
    assert (told["service_id"], told["service"]) == (case.service_id, "Larkfield House")
    hidden = world.suspension(state="in_force", provider_id=world.person("provider").provider_id)
    from models.documents import Letter, LetterKind

    letter = world._add(
        Letter(
            suspension_id=hidden.id,
            provider_id=hidden.provider_id,
            kind=LetterKind.decision,
            filename="letter.docx",
            content=b"bytes",
            sha256="0" * 64,
        )
    )
    number = letter.id
    told = program(app, world, "provider").get(f"documents/{number}").json
    assert told["filename"] == "letter.docx"
    assert told["provider"] == "Own Care"
    assert {"suspension_id", "suspension", "content"} & set(told) == set()


def test_what_is_not_there_and_what_is_not_theirs_are_told_alike(app: Flask, world: World) -> None:
    number = world.visit(state="planned").id
    partner = program(app, world, "partner")
    hidden, absent = partner.get(f"visits/{number}"), partner.get("visits/999999")
    assert problem(hidden, 404, "missing") == problem(absent, 404, "missing")
    for path in ("visits/99999999999999999999", "visits/0", "visits/abc", "visits/-1", "nothing/"):
        problem(partner.get(path), 404, "missing")


# --- lists ---


@pytest.fixture
def seven(world: World) -> list[int]:
    """Visits of three states, two services and seven days."""
    service, other = world.service("Ashfield"), world.service("Beechfield")
    states = ["planned", "scheduled", "planned", "published", "scheduled", "planned", "published"]
    return [
        world.visit(other if number > 4 else service, state=state, due_on=dt.date(2026, 3, 1 + number)).id
        for number, state in enumerate(states)
    ]


def ids(answer: Any) -> list[int]:
    assert answer.status_code == 200, answer.text
    return [each["id"] for each in answer.json["items"]]


def test_a_list_gives_each_record_once_page_by_page(officer: Program, seven: list[int]) -> None:
    found, path, pages = [], "visits/?limit=3", 0
    while path:
        answer = officer.get(path)
        found += ids(answer)
        path, pages = answer.json["next"], pages + 1
    assert (found, pages) == (seven, 3)


@pytest.mark.parametrize("order", ["created_at", "-created_at", "id", "-id"])
def test_a_list_in_any_order_gives_each_record_once(officer: Program, seven: list[int], order: str) -> None:
    found, path = [], f"visits/?limit=2&order={order}"
    while path:
        answer = officer.get(path)
        found += ids(answer)
        path = answer.json["next"]
    assert found == (list(reversed(seven)) if order.startswith("-") else seven)  # all were written at one moment


def test_a_list_by_name_goes_on_where_the_page_before_ended(officer: Program, world: World) -> None:
    for name in ("Damson", "Alder", "Cedar", "Birch"):
        world.service(name)
    names, path = [], "services/?limit=1&order=name"
    while path:
        answer = officer.get(path)
        names += [each["name"] for each in answer.json["items"]]
        path = answer.json["next"]
    assert names == ["Alder", "Birch", "Cedar", "Damson"]


def test_a_new_record_between_two_pages_shifts_nothing(officer: Program, world: World, seven: list[int]) -> None:
    first = officer.get("visits/?limit=3&order=-id")
    world.visit()
    assert ids(first) + ids(officer.get(first.json["next"])) == list(reversed(seven))[:6]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("state=planned", [0, 2, 5]),
        ("state=planned&state=published", [0, 2, 3, 5, 6]),
        ("service_id={ash}", [0, 1, 2, 3, 4]),
        ("service_id={ash}&state=published", [3]),
        ("due_on.from=2026-03-03", [2, 3, 4, 5, 6]),
        ("due_on.from=2026-03-03&due_on.to=2026-03-05", [2, 3, 4]),
        ("q=beechf", [5, 6]),
        ("q=100%25", []),
        ("starts_at.from=2026-03-02", [1, 3, 4, 6]),
        ("starts_at.to=2026-03-02", [1, 3, 4, 6]),
        ("starts_at.to=2026-03-01", []),
        ("starts_at.from=2026-03-02T10:00:00Z", [1, 3, 4, 6]),
        ("starts_at.from=2026-03-02T10:00:01Z", []),
        ("created_at.to=2026-03-04T11:00:00%2B01:00&state=published", [3, 6]),
        ("officer_id={officer}", [1, 3, 4, 6]),
        ("announced=true", []),
    ],
)
def test_a_list_is_narrowed_by_what_is_asked(
    officer: Program, world: World, seven: list[int], asked: str, found: list[int]
) -> None:
    with actors.acting(actors.system("test", NOW)):
        ash = db.session.get(Visit, seven[0]).service_id
    told = asked.format(ash=ash, officer=world.person("officer").id)
    assert ids(officer.get(f"visits/?{told}")) == [seven[each] for each in found]


@pytest.mark.parametrize(
    ("asked", "name", "sentence"),
    [
        ("state=asleep", "state", "Send one of these: planned, awaiting_authorisation, scheduled, under_way,"),
        ("service_id=x", "service_id", "Send a whole number."),
        ("service_id=-1", "service_id", "Send a whole number."),
        ("service_id=99999999999999", "service_id", "Send a whole number."),
        ("due_on.from=31/03/2026", "due_on.from", "Send a date like 2026-03-31."),
        ("due_on.to=0001-01-01", "due_on.to", "Send a date like 2026-03-31."),
        ("starts_at.from=yesterday", "starts_at.from", "Send a moment with its zone, like 2026-03-31T14:30:00+01:00."),
        ("starts_at.from=2026-03-02T10:00", "starts_at.from", "Send a moment with its zone,"),
        ("announced=1", "announced", "Send true or false."),
        ("limit=0", "limit", "Ask for 1 to 200 records."),
        ("limit=201", "limit", "Ask for 1 to 200 records."),
        ("limit=x", "limit", "Ask for 1 to 200 records."),
        ("order=reason", "order", "Order by one of these: id, created_at. A “-” before it turns it round."),
        ("order=service.provider", "order", "Order by one of these:"),
        ("order=created_by.password", "order", "Order by one of these:"),
        ("after=nonsense", "after", "This cursor does not belong to this list. Begin again without it."),
        ("after=WyJpZCIsZmFsc2UsMSwxXQ&order=-id", "after", "This cursor does not belong to this list."),
        ("version=0", "version", "A list is not narrowed by this."),
        ("password=x", "password", "A list is not narrowed by this."),
        ("_flt_0_service=1", "_flt_0_service", "A list is not narrowed by this."),
        ("page=2", "page", "A list is not narrowed by this."),
    ],
)
def test_a_parameter_that_will_not_do_is_refused_by_name(
    officer: Program, asked: str, name: str, sentence: str
) -> None:
    told = problem(officer.get(f"visits/?{asked}"), 422, "invalid")
    assert list(told["errors"]) == [name]
    assert told["errors"][name][0].startswith(sentence)


@pytest.mark.parametrize("asked", ["due_on.from=2026-01-01", "order=due_on", "order=-reason", "reason=x", "tasks=x"])
def test_nobody_narrows_or_orders_a_list_by_what_they_may_not_read(app: Flask, world: World, asked: str) -> None:
    told = problem(program(app, world, "partner").get(f"visits/?{asked}"), 403, "refused")
    assert told["reason"] == "This is read inside the council only."
    assert told["who_may"] == "Officer, Manager, Head of Service, Director, Auditor"


def test_an_outsider_finds_no_visit_by_why_it_was_made(app: Flask, world: World) -> None:
    number = world.visit(state="published", reason="Because of a rumour.").id
    assert ids(program(app, world, "officer").get("visits/?q=rumour")) == [number]
    assert ids(program(app, world, "partner").get("visits/?q=rumour")) == []
    assert ids(program(app, world, "partner").get("visits/")) == [number]


# --- adding ---


def note(service: Any, **more: Any) -> dict[str, Any]:
    return {
        "provider_id": service.provider_id,
        "service_id": service.id,
        "at": "2026-03-04T09:00:00+00:00",
        "channel": "phone",
        "text": "Rang.",
        **more,
    }


def test_a_record_is_added_as_by_its_form(world: World, officer: Program) -> None:
    answer = officer.post("contact-notes/", json=note(world.service("Larkfield House"), text="  Rang the office.  "))
    assert answer.status_code == 201, answer.text
    assert answer.headers["ETag"] == '"1"'
    assert answer.headers["Location"] == f"/api/v1/contact-notes/{answer.json['id']}"
    assert answer.json["text"] == "Rang the office."
    assert answer.json["service"] == "Larkfield House"
    assert officer.get(answer.headers["Location"]).json == answer.json
    rows = db.session.connection().execute(
        select(ENTRY.c.kind, ENTRY.c.actor_id).where(ENTRY.c.record_type == "contact_note")
    )
    assert [(kind.value, who) for kind, who in rows] == [("created", world.person("officer").id)]


@pytest.mark.parametrize(
    ("told", "errors"),
    [
        ({"text": ""}, {"text": ["Fill in “What was said”."]}),
        ({"text": "   "}, {"text": ["Fill in “What was said”."]}),
        ({"text": None}, {"text": ["Fill in “What was said”."]}),
        ({"text": 5}, {"text": ["Send text."]}),
        ({"text": "a\0b"}, {"text": ["Send text."]}),
        ({"text": "\ud800"}, {"text": ["Send text."]}),
        ({"channel": "pigeon"}, {"channel": ["Choose one of the list."]}),
        ({"at": "2026-03-04 09:00"}, {"at": ["Send a moment with its zone, like 2026-03-31T14:30:00+01:00."]}),
        ({"at": "2026-13-04T09:00:00Z"}, {"at": ["Send a moment with its zone, like 2026-03-31T14:30:00+01:00."]}),
        ({"provider_id": "Larkfield"}, {"provider_id": ["Send a whole number."]}),
        ({"provider_id": True}, {"provider_id": ["Send a whole number."]}),
        ({"provider_id": 999999}, {"provider_id": ["What you chose is not there, or not yours to see. Choose again."]}),
        ({"state": "draft"}, {"state": ["There is no such member here."]}),
        ({"created_by_id": 1, "id": 7}, {
            "created_by_id": ["There is no such member here."],
            "id": ["There is no such member here."],
        }),
    ],
)  # fmt: skip
def test_what_will_not_do_is_refused_member_by_member(
    world: World, officer: Program, told: dict[str, Any], errors: dict[str, list[str]]
) -> None:
    answer = officer.post("contact-notes/", json=note(world.service(), **told))
    assert problem(answer, 422, "invalid")["errors"] == errors
    with actors.acting(actors.system("test", NOW)):
        assert db.session.query(ContactNote).count() == 0


def test_what_the_gate_refuses_is_told_with_its_rule(world: World, officer: Program) -> None:
    with actors.acting(actors.system("test", NOW)):
        kind = db.session.query(ActivityType).filter_by(care_homes_only=True).first()
    if kind is None:
        kind = world.activity_type("focused")
        with console():
            db.session.get(ActivityType, kind.id).care_homes_only = True
        db.session.commit()
    service = world.service(care_home=False)
    told = {"service_id": service.id, "activity_type_id": kind.id}
    answer = problem(officer.post("visits/", json=told), 409, "contradiction")
    assert answer["reason"] == "Visits of this kind are made to care homes only."
    assert answer["clause"] == kind.clause


# --- changing ---


def test_a_change_needs_the_version_that_was_read(world: World, officer: Program) -> None:
    number = world.suspension().id
    told = problem(officer.patch(f"suspensions/{number}", None, json={"grounds": "New."}), 428, "unread")
    assert told["detail"] == "Send the header If-Match with the ETag of the record that you read."
    answer = officer.patch(f"suspensions/{number}", 0, json={"grounds": "New."})
    assert answer.status_code == 200
    assert (answer.headers["ETag"], answer.json["version"], answer.json["grounds"]) == ('"1"', 1, "New.")
    assert answer.json["evidence"] == "Focused visit of 2 March."


def test_whoever_was_overtaken_is_told_both_values_field_by_field(world: World, officer: Program) -> None:
    number = world.suspension().id
    officer.patch(f"suspensions/{number}", 0, json={"grounds": "First.", "evidence": "The same."})
    told = {"grounds": "Second.", "evidence": "The same.", "review_on": "2026-05-01"}
    answer = problem(officer.patch(f"suspensions/{number}", 0, json=told), 412, "stale")
    assert answer["version"] == 1
    assert answer["conflicts"] == {
        "grounds": {"stands": "First.", "sent": "Second."},
        "review_on": {"stands": "2026-04-01", "sent": "2026-05-01"},
    }
    assert officer.get(f"suspensions/{number}").json["grounds"] == "First."


@pytest.mark.parametrize("header", ["*", "0", 'W/"0"', '"0", "1"', '"zero"', '""', '"99999999999999"'])
def test_only_the_version_itself_is_a_match(world: World, officer: Program, header: str) -> None:
    number = world.suspension().id
    answer = officer.open("PATCH", f"suspensions/{number}", headers={"If-Match": header}, json={"grounds": "New."})
    problem(answer, 412, "stale")


def test_the_version_of_a_compressed_answer_is_a_match(world: World, officer: Program) -> None:
    number = world.suspension(grounds="Long. " * 200).id
    read = officer.get(f"suspensions/{number}", headers={"Accept-Encoding": "gzip"})
    assert read.headers["ETag"] == '"0:gzip"'
    headers = {"If-Match": read.headers["ETag"]}
    assert officer.open("PATCH", f"suspensions/{number}", headers=headers, json={"grounds": "N."}).status_code == 200


def test_what_has_moved_on_is_changed_no_more(world: World, officer: Program) -> None:
    number = world.suspension(state="submitted").id
    told = problem(officer.patch(f"suspensions/{number}", 0, json={"grounds": "New."}), 409, "contradiction")
    assert told["reason"] == "This can no longer be edited: it has moved on. Use one of its steps."


@pytest.mark.parametrize("member", ["state", "version", "decided_by_id", "starts_on", "nothing"])
def test_nothing_but_what_the_form_asks_for_is_changed(world: World, officer: Program, member: str) -> None:
    number = world.suspension().id
    answer = officer.patch(f"suspensions/{number}", 0, json={member: None})
    assert problem(answer, 422, "invalid")["errors"] == {member: ["This is not written here."]}


def test_an_emptied_member_is_emptied_and_a_needed_one_is_not(world: World, officer: Program) -> None:
    number = world.suspension(agreed_on=dt.date(2026, 3, 1)).id
    assert officer.patch(f"suspensions/{number}", 0, json={"agreed_on": None}).json["agreed_on"] is None
    answer = officer.patch(f"suspensions/{number}", 1, json={"kind": None})
    assert list(problem(answer, 422, "invalid")["errors"]) == ["kind"]


# --- steps ---


def test_the_steps_of_a_record_say_what_they_ask_and_why_not(world: World, officer: Program) -> None:
    number = world.suspension(state="submitted").id
    steps = {each["step"]: each for each in officer.get(f"suspensions/{number}/steps").json["steps"]}
    assert set(steps) == {"withdraw", "return", "approve", "decline"}
    assert steps["approve"]["refusal"] == {
        "reason": "Your role may not do this.",
        "clause": "XX",
        "who_may": "Head of Service: Test Head, Test Head2",
    }
    number = world.visit(state="scheduled").id
    steps = {each["step"]: each for each in officer.get(f"visits/{number}/steps").json["steps"]}
    assert steps["begin"]["refusal"] is None
    assert steps["begin"]["inputs"] == [
        {
            "name": "began_at",
            "label": "Time it began",
            "hint": "",
            "kind": "moment",
            "required": True,
            "choices": None,
        }
    ]
    assert steps["cancel"]["needs_note"] is True
    officers = next(each for each in steps["reschedule"]["inputs"] if each["name"] == "officer_id")
    assert {each["name"] for each in officers["choices"]} == {"Test Officer", "Test Officer2", "Test Manager"}


def test_outside_the_council_no_steps_are_told(app: Flask, world: World) -> None:
    number = world.visit(state="published").id
    assert program(app, world, "partner").get(f"visits/{number}/steps").json == {"steps": []}


def test_a_step_is_taken_as_by_its_page(world: World, officer: Program, head: Program) -> None:
    number = world.suspension().id
    sent = officer.step(f"suspensions/{number}/steps/submit", 0)
    assert (sent.status_code, sent.json["state"], sent.headers["ETag"]) == (200, "submitted", '"1"')
    taken = head.step(f"suspensions/{number}/steps/approve", 1)
    assert (taken.status_code, taken.json["state"], taken.json["decided_by"]) == (200, "in_force", "Test Head")
    rows = db.session.connection().execute(
        select(ENTRY.c.step, ENTRY.c.clause, ENTRY.c.actor_role)
        .where(ENTRY.c.record_type == "suspension", ENTRY.c.record_id == number)
        .order_by(ENTRY.c.seq)
    )
    assert [tuple(row) for row in rows] == [("submit", "HA 3.70", "officer"), ("approve", "XX", "head")]


def test_a_refused_step_says_why_who_may_and_by_which_rule(world: World, officer: Program) -> None:
    number = world.suspension(state="submitted").id
    told = problem(officer.step(f"suspensions/{number}/steps/approve", 0), 403, "refused")
    assert told["reason"] == "Your role may not do this."
    assert told["clause"] == "XX"
    assert told["who_may"] == "Head of Service: Test Head, Test Head2"


def test_four_eyes_hold_for_programs_too(app: Flask, world: World) -> None:
    """What a person wrote by the console they do not decide by a token, nor the other way round."""
    number = world.suspension().id
    with world.acting("head"):
        db.session.get(Suspension, number).grounds = "As the head has it."
        db.session.commit()
    assert program(app, world, "officer").step(f"suspensions/{number}/steps/submit", 1).status_code == 200
    told = problem(program(app, world, "head").step(f"suspensions/{number}/steps/approve", 2), 403, "refused")
    assert told["reason"] == "You edited this record, so somebody else must decide."


def test_a_step_needs_the_version_that_was_read_its_inputs_and_its_reason(world: World, officer: Program) -> None:
    number = world.visit(state="scheduled").id
    problem(officer.post(f"visits/{number}/steps/cancel", json={"note": "No need."}), 428, "unread")
    problem(officer.step(f"visits/{number}/steps/cancel", 7, {"note": "No need."}), 412, "stale")
    told = problem(officer.step(f"visits/{number}/steps/cancel", 0), 422, "invalid")
    assert told["errors"] == {"note": ["Give a reason."]}
    told = problem(officer.step(f"visits/{number}/steps/begin", 0, {"ended_at": None}), 422, "invalid")
    assert told["errors"] == {
        "ended_at": ["There is no such member here."],
        "began_at": ["Fill in “Time it began”."],
    }
    told = problem(
        officer.step(f"visits/{number}/steps/begin", 0, {"began_at": "2026-03-05T10:00:00Z"}), 409, "contradiction"
    )
    assert told["reason"] == "A visit cannot begin in the future. Reschedule it instead."
    problem(officer.step(f"visits/{number}/steps/sing", 0), 404, "missing")
    assert officer.step(f"visits/{number}/steps/cancel", 0, {"note": "No need."}).json["state"] == "cancelled"


# --- the same request again ---


def test_the_same_request_with_the_same_key_does_nothing_again(world: World, officer: Program) -> None:
    sent = note(world.service())
    one = officer.post("contact-notes/", json=sent, headers={"Idempotency-Key": "a-1"})
    two = officer.post("contact-notes/", json=sent, headers={"Idempotency-Key": "a-1"})
    assert (one.status_code, one.headers.get("Idempotent-Replayed")) == (201, None)
    assert (two.status_code, two.headers["Idempotent-Replayed"]) == (201, "true")
    assert two.json == one.json
    assert [two.headers[name] for name in ("ETag", "Location")] == [one.headers[name] for name in ("ETag", "Location")]
    assert officer.post("contact-notes/", json=sent, headers={"Idempotency-Key": "a-2"}).json["id"] != one.json["id"]


def test_the_key_of_another_request_is_refused(world: World, officer: Program) -> None:
    service = world.service()
    officer.post("contact-notes/", json=note(service), headers={"Idempotency-Key": "a-1"})
    answer = officer.post("contact-notes/", json=note(service, text="Else."), headers={"Idempotency-Key": "a-1"})
    assert problem(answer, 422, "invalid")["errors"] == {"Idempotency-Key": ["It belongs to another request."]}


def test_a_step_is_taken_once_for_one_key(world: World, officer: Program) -> None:
    number = world.suspension().id
    path = f"suspensions/{number}/steps/submit"
    one, two = (officer.step(path, 0, Idempotency_Key="b") for _ in range(2))
    assert (one.status_code, two.status_code) == (200, 200)
    assert (two.json["version"], two.headers["Idempotent-Replayed"]) == (1, "true")


def test_a_refused_request_takes_no_key(world: World, officer: Program) -> None:
    service, key = world.service(), {"Idempotency-Key": "c"}
    problem(officer.post("contact-notes/", json=note(service, text=""), headers=key), 422, "invalid")
    assert officer.post("contact-notes/", json=note(service), headers=key).status_code == 201


def test_keys_of_two_tokens_are_two_keys(app: Flask, world: World, officer: Program) -> None:
    sent, key = note(world.service()), {"Idempotency-Key": "d"}
    one = officer.post("contact-notes/", json=sent, headers=key)
    two = program(app, world, "officer").post("contact-notes/", json=sent, headers=key)
    assert one.json["id"] != two.json["id"]


def test_after_a_day_a_key_is_forgotten_and_swept(
    app: Flask, world: World, officer: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent, key = note(world.service()), {"Idempotency-Key": "e"}
    one = officer.post("contact-notes/", json=sent, headers=key)
    monkeypatch.setitem(app.config, "CAREWARD_NOW", NOW + dt.timedelta(hours=24, minutes=1))
    two = officer.post("contact-notes/", json=sent, headers=key)
    assert (two.status_code, two.headers.get("Idempotent-Replayed")) == (201, None)
    assert two.json["id"] != one.json["id"]
    monkeypatch.setitem(app.config, "CAREWARD_NOW", NOW + dt.timedelta(days=3))
    officer.get("visits/")
    answers = Model.metadata.tables["api_answer"]
    assert db.session.connection().execute(select(answers.c.id)).all() == []


@pytest.mark.parametrize("key", ["", " ", "a b", "é", "x" * 201])
def test_a_key_that_is_none_is_refused(world: World, officer: Program, key: str) -> None:
    answer = officer.post("contact-notes/", json=note(world.service()), headers={"Idempotency-Key": key})
    problem(answer, 400, "malformed")


# --- what cannot be read ---


@pytest.mark.parametrize(
    ("sent", "status", "kind"),
    [
        ({"data": "{", "content_type": "application/json"}, 400, "malformed"),
        ({"data": b"\xff\xfe{", "content_type": "application/json"}, 400, "malformed"),
        ({"data": "[" * 100_000, "content_type": "application/json"}, 400, "malformed"),
        ({"data": "[]", "content_type": "application/json"}, 400, "malformed"),
        ({"data": "null", "content_type": "application/json"}, 400, "malformed"),
        ({"data": '{"text": NaN}', "content_type": "application/json"}, 400, "malformed"),
        ({"data": "text=Rang", "content_type": "application/x-www-form-urlencoded"}, 415, "content-type"),
        ({"data": {"text": "Rang"}, "content_type": "multipart/form-data"}, 415, "content-type"),
        ({"data": "{}", "content_type": "text/plain"}, 415, "content-type"),
        ({"json": {}, "headers": {"Accept": "text/html"}}, 406, "accept"),
        ({"json": {}, "headers": {"Accept": "application/json;q=0"}}, 406, "accept"),
        ({"json": {"text": "x" * (2 * 1024 * 1024)}}, 413, "large"),
    ],
)
def test_what_cannot_be_read_is_told_as_a_problem(
    officer: Program, sent: dict[str, Any], status: int, kind: str
) -> None:
    problem(officer.post("contact-notes/", **sent), status, kind)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "visits/1", "GET, HEAD, OPTIONS, PATCH"),
        ("PUT", "visits/1", "GET, HEAD, OPTIONS, PATCH"),
        ("POST", "providers/", "GET, HEAD, OPTIONS"),
        ("PATCH", "documents/1", "GET, HEAD, OPTIONS"),
        ("GET", "visits/1/steps/publish", "OPTIONS, POST"),
    ],
)
def test_a_method_that_there_is_not_is_told_with_those_that_there_are(
    officer: Program, method: str, path: str, allowed: str
) -> None:
    answer = officer.open(method, path)
    problem(answer, 405, "method")
    assert answer.headers["Allow"] == allowed


def test_what_nobody_foresaw_is_told_without_its_cause(
    app: Flask, officer: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any) -> None:
        raise ZeroDivisionError("SELECT secret FROM table")

    monkeypatch.setitem(app.config, "TESTING", False)
    monkeypatch.setattr("views.api.records", fail)
    answer = officer.get("visits/")
    told = problem(answer, 500, "failure")
    assert told["detail"] == "It was not saved, and it has been noted for whoever runs Careward."
    assert "SELECT" not in answer.text
    assert "Traceback" not in answer.text


# --- tokens ---

UNKNOWN = "This token is not known. Check it, or make a new one in the console."


def refused(answer: Any) -> str:
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="Careward"'
    return str(problem(answer, 401, "unknown")["detail"])


@pytest.mark.parametrize(
    "header",
    [
        None, "", "Basic b2ZmaWNlcjpwYXNz", "Bearer", "Bearer ", "Token x",
    ],
)  # fmt: skip
def test_without_a_token_nothing_is_told(app: Flask, database: None, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    answer = Program(app, None).get("visits/", headers=headers)
    assert refused(answer) in ("Send a token, as the header “Authorization: Bearer” and the token.", UNKNOWN)


def test_a_session_of_the_console_is_no_token(as_user: Any) -> None:
    assert as_user("officer").get("/api/v1/visits/").status_code == 401
    assert as_user("officer").post("/api/v1/visits/", json={}).status_code == 401


def test_a_token_is_known_whole_or_not_at_all(app: Flask, world: World) -> None:
    text = token(world, "officer")
    prefix = text.split("_")[1]
    wrong = [
        text[:-1], text + "x", text.upper(), f"cw_{prefix}_", f"cw_{prefix}_{'x' * 43}", f"cw_{'0' * 10}_{'x' * 43}",
        text.replace("cw_", ""), token_row(text).secret_sha256, f"cw_{prefix}_{token_row(text).secret_sha256}", "'; --",
    ]  # fmt: skip
    assert {refused(Program(app, each).get("visits/")) for each in wrong} == {UNKNOWN}
    assert Program(app, text).get("visits/").status_code == 200


def test_of_a_token_only_the_hash_of_its_secret_is_kept(world: World) -> None:
    text = token(world, "officer")
    kept = db.session.connection().execute(select(Model.metadata.tables["api_token"])).mappings().one()
    assert text.split("_", 2)[2] not in str(dict(kept))
    entries = db.session.connection().execute(select(ENTRY.c.changes).where(ENTRY.c.record_type == "api_token"))
    assert [name for (changes,) in entries for name in changes if "secret" in name] == []


def test_a_token_ends_with_its_last_day(app: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    asker = Program(app, token(world, "officer", last=dt.date(2026, 3, 10)))
    monkeypatch.setitem(app.config, "CAREWARD_NOW", dt.datetime(2026, 3, 10, 23, 59, tzinfo=dt.UTC))
    assert asker.get("visits/").status_code == 200
    monkeypatch.setitem(app.config, "CAREWARD_NOW", dt.datetime(2026, 3, 11, 0, 0, tzinfo=dt.UTC))
    assert refused(asker.get("visits/")) == "This token has expired. Make a new one in the console."


CHANGED = "The password, the roles or the account changed after this token was made. Make a new one."


@pytest.mark.parametrize("how", ["deactivated", "roles", "password", "deactivated and activated again"])
def test_a_token_ends_with_the_sessions_of_its_person(app: Flask, world: World, how: str) -> None:
    from workflows import people
    from workflows.access import Role

    asker = program(app, world, "officer")
    with console():
        person = world.person("officer")
        if how == "roles":
            people.set_roles(db.session, person, [Role.officer, Role.manager])
        elif how == "password":
            people.reset_password(person)
            person.must_change_password = False
        else:
            people.set_active(person, False)
            if how.endswith("again"):
                people.set_active(person, True)
    db.session.commit()
    assert refused(asker.get("visits/")) == CHANGED


def test_whoever_must_change_the_password_has_no_token_that_works(app: Flask, world: World) -> None:
    asker = program(app, world, "officer")
    with console():
        world.person("officer").must_change_password = True
    db.session.commit()
    assert refused(asker.get("visits/")) == "The password must be changed first: sign in to the console."


def test_the_day_of_use_is_noted_once_a_day_and_tells_no_history(app: Flask, world: World) -> None:
    text = token(world, "officer")
    assert token_row(text).last_used_on is None
    db.session.rollback()  # a savepoint of this test's own, which would take back what is done within it
    for _ in range(2):
        assert Program(app, text).get("visits/").status_code == 200
    row = token_row(text)
    assert (row.last_used_on, row.version) == (dt.date(2026, 3, 4), 1)


# --- scopes ---

TRIED = {
    "list visits": ("GET", "visits/", None),
    "read a visit": ("GET", "visits/{visit}", None),
    "list notes": ("GET", "contact-notes/", None),
    "add a note": ("POST", "contact-notes/", "note"),
    "edit a case": ("PATCH", "suspensions/{case}", {"grounds": "New."}),
    "submit a case": ("POST", "suspensions/{case}/steps/submit", {}),
    "cancel a visit": ("POST", "visits/{visit}/steps/cancel", {"note": "No need."}),
}


@pytest.mark.parametrize(
    ("scopes", "may"),
    [
        ("read", {"list visits", "read a visit", "list notes"}),
        ("read:visits", {"list visits", "read a visit"}),
        ("read:visits read:contact_notes", {"list visits", "read a visit", "list notes"}),
        ("write:suspensions", {"edit a case"}),
        ("write", {"list visits", "read a visit", "list notes", "add a note", "edit a case"}),
        ("write:contact_notes", {"list notes", "add a note"}),
        ("steps:visits", {"list visits", "read a visit", "cancel a visit"}),
        ("steps", {"list visits", "read a visit", "list notes", "submit a case", "cancel a visit"}),
        ("read steps:suspensions", {"list visits", "read a visit", "list notes", "submit a case"}),
        ("read:services", set()),
    ],
)
def test_a_token_does_what_its_scopes_name_and_no_more(app: Flask, world: World, scopes: str, may: set[str]) -> None:
    places = {"visit": world.visit(state="planned").id, "case": world.suspension().id}
    sent = note(world.service())
    asker = program(app, world, "officer", *scopes.split())
    version, done = 0, set()
    for name, (method, path, body) in TRIED.items():
        headers = {"If-Match": f'"{version if "case" in path else 0}"'} if body is not None else {}
        told = {"json": sent if body == "note" else body} if body is not None else {}
        answer = asker.open(method, path.format(**places), headers=headers, **told)
        if answer.status_code in (200, 201):
            done.add(name)
            version += name == "edit a case"
        else:
            assert problem(answer, 403, "refused")["reason"] == "The token is not good for this."
    assert done == may


def test_a_refusal_by_scope_names_the_scopes_that_would_do(app: Flask, world: World) -> None:
    answer = program(app, world, "officer", "read").post("visits/", json={})
    assert problem(answer, 403, "refused")["who_may"] == "a token with the scope write or write:visits"


def test_a_scope_gives_no_role(app: Flask, world: World) -> None:
    answer = program(app, world, "care_manager").get("visits/")
    told = problem(answer, 403, "refused")
    assert told["reason"] == "Your role does not allow this."
    assert told["who_may"] == ("Officer, Manager, Head of Service, Director, Partner, Contributor, Provider, Auditor")


def scoped(world: World, *scopes: str) -> actors.Actor:
    from dataclasses import replace

    return replace(world.actor("officer"), scopes=frozenset(scopes))


def test_the_gate_itself_keeps_a_token_to_its_scopes(world: World) -> None:
    """Whatever door it came by: the session refuses the write, and the engine the step."""
    service, case = world.service(), world.suspension().id
    made = {"provider_id": service.provider_id, "at": NOW, "channel": "phone", "text": "Rang."}
    with actors.acting(scoped(world, "read", "steps", "write:visits")):
        db.session.add(ContactNote(**made))
        with pytest.raises(Refused, match="The token is not good for this"):
            db.session.flush()
        db.session.rollback()
    actor = scoped(world, "read", "write", "steps:visits")
    with actors.acting(actor):
        from workflows.suspensions import WORKFLOW

        item = db.session.get(Suspension, case)
        with pytest.raises(Refused, match="The token is not good for this"):
            WORKFLOW.take("submit", item, actor)
        db.session.rollback()
    assert scoped(world, "read").rights(Resource.visits) == Right.read
    assert scoped(world, "read:services").rights(Resource.visits) == Right(0)


def test_a_token_makes_and_ends_no_other_and_touches_no_account(app: Flask, world: World) -> None:
    asker = program(app, world, "administrator")
    problem(asker.get("tokens/"), 404, "missing")
    problem(asker.post("tokens/", json={"name": "Another"}), 404, "missing")
    problem(asker.post("users/", json={"username": "another"}), 405, "method")
    own = token(world, "officer")
    actor = scoped(world, "read", "write", "steps")
    with actors.acting(actor):
        tokens.make(db.session, actor, "Another", ["read"], dt.date(2026, 4, 1))
        with pytest.raises(Refused, match="Tokens are kept by people who sign in"):
            db.session.flush()
        db.session.rollback()
        assert db.session.query(tokens.ApiToken).count() == 0
        world.person("officer").must_change_password = True
        with pytest.raises(Refused, match="never by a token"):
            db.session.flush()
        db.session.rollback()
    assert Program(app, own).get("visits/").status_code == 200


# --- the screen of tokens ---


def test_a_person_makes_a_token_sees_it_once_and_revokes_it(app: Flask, world: World, as_user: Any) -> None:
    person = as_user("officer")
    told = {"name": "Board", "expires_on": "2026-06-01", "scopes": ["read", "steps"], "areas": ["visits"]}
    page = person.post("/tokens/add", data=told)
    assert page.status_code == 200
    assert page.headers["Cache-Control"].startswith("no-store")
    text = page.text.partition('value="cw_')[2].partition('"')[0]
    asker = Program(app, f"cw_{text}")
    assert asker.get("visits/").status_code == 200
    assert asker.get("services/").status_code == 403
    db.session.rollback()
    with world.acting("officer"):
        row = token_row(f"cw_{text}")
        assert row.scopes == ["read:visits", "steps:visits"]
        number, version = row.id, row.version
    secret = text.partition("_")[2]
    for address in ("/tokens/list/", f"/tokens/show/{number}"):
        shown = person.get(address).text
        assert f"cw_{text.partition('_')[0]}" in shown or "Board" in shown
        assert secret not in shown
    assert person.post(f"/tokens/{number}/revoke", data={"version": str(version)}).status_code == 302
    assert refused(asker.get("visits/")) == "This token was revoked. Make a new one in the console."


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"expires_on": "2027-06-01"}, "A token works for a year at most, from today on. Choose its last day."),
        ({"expires_on": "2026-03-03"}, "A token works for a year at most, from today on. Choose its last day."),
        ({"scopes": []}, "Choose what the token is good for."),
        ({"scopes": ["everything"]}, "is not a valid choice"),
        ({"areas": ["accounts"]}, "is not a valid choice"),
        ({"name": ""}, "Fill in “Name”."),
    ],
)
def test_a_token_that_will_not_do_is_refused_in_words(as_user: Any, told: dict[str, Any], sentence: str) -> None:
    sent = {"name": "Board", "expires_on": "2026-06-01", "scopes": ["read"], **told}
    page = as_user("officer").post("/tokens/add", data=sent)
    assert sentence in page.text
    assert re.search(r"(?<![\w.-])cw_", page.text) is None  # chance writes it into the form's own token


def test_a_token_is_seen_by_its_owner_and_by_those_who_read_accounts(world: World, as_user: Any) -> None:
    text = token(world, "officer")
    with world.acting("officer"):
        number = token_row(text).id
    seen = {
        who: as_user(who).get(f"/tokens/show/{number}").status_code
        for who in ("officer", "officer2", "manager", "partner", "auditor", "administrator")
    }
    assert seen == {
        "officer": 200, "officer2": 404, "manager": 404, "partner": 404, "auditor": 200, "administrator": 200,
    }  # fmt: skip
    told = {"version": "1"}
    assert as_user("officer2").post(f"/tokens/{number}/revoke", data=told).status_code == 404
    assert as_user("auditor").post(f"/tokens/{number}/revoke", data=told).status_code == 403
    assert as_user("administrator").post(f"/tokens/{number}/revoke", data=told).status_code == 302


# --- limits ---


def test_a_token_is_limited_and_so_are_refusals_from_one_address(
    app: Flask, world: World, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    limited = create_app(
        {
            "TESTING": True,
            "SECRET_KEY": "only for tests, only for tests, only",
            "CAREWARD_INSTANCE": tmp_path,
            "SQLALCHEMY_DATABASE_URI": app.config["SQLALCHEMY_DATABASE_URI"],
            "CAREWARD_API_LIMIT": "3 per minute",
            "CAREWARD_API_REFUSED_LIMIT": "2 per minute",
            "CAREWARD_NOW": NOW,
        }
    )
    limited.test_client_class = app.test_client_class
    monkeypatch.setitem(db._app_engines, limited, db._app_engines[app])
    one, two = Program(limited, token(world, "officer")), Program(limited, token(world, "head"))
    assert [one.get(path).status_code for path in ("visits/", "services/", "visits/")] == [200, 200, 200]
    told = one.get("visits/")
    problem(told, 429, "limit")
    assert 0 < int(told.headers["Retry-After"]) <= 60
    assert two.get("visits/").status_code == 200
    stranger = Program(limited, "cw_0000000000_x")
    assert [stranger.get("visits/").status_code for _ in range(3)] == [401, 401, 429]
    assert Program(limited, "cw_1111111111_x").get("visits/").status_code == 429


# --- secrets ---


def test_no_answer_to_anybody_holds_a_password_or_a_hash(app: Flask, world: World) -> None:
    from world import CHEAP

    world.visit(state="published")
    world.suspension(state="lifted")
    roles = [
        "officer", "manager", "head", "director", "partner", "contributor", "provider", "care_manager", "auditor",
        "administrator",
    ]  # fmt: skip
    texts = {role: token(world, role) for role in roles}
    rows = db.session.connection().execute(select(Model.metadata.tables["api_token"].c.secret_sha256)).scalars().all()
    forbidden = ["password", "scrypt", "pbkdf2", "session_version", CHEAP, *rows]
    plurals = {str(rule).split("/")[3] for rule in app.url_map.iter_rules() if rule.endpoint.endswith("-list")}
    assert {"services", "visits", "users"} <= plurals
    found, answered = [], 0
    for role, text in texts.items():
        asker = Program(app, text)
        for plural in sorted(plurals):
            answers = [asker.get(f"{plural}/?limit=200")]
            if answers[0].status_code == 200:
                numbers = [each["id"] for each in answers[0].json["items"]][:3]
                answers += [asker.get(f"{plural}/{number}") for number in numbers]
                answers += [asker.get(f"{plural}/{number}/steps") for number in numbers]
                answered += len(numbers)
            found += [(role, plural, word) for each in answers for word in forbidden if word in each.text.lower()]
    assert answered > 40
    assert found == []
