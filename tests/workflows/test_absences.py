"""Absences, deputies who act for a post, and four eyes over both (XX)."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from areas.absences import absence
from areas.complaints import complaint
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from world import NOW, World, console

from models import db
from models.absences import Absence, AbsenceState
from models.complaints import Complaint
from models.feedback import Feedback
from models.ledger import LedgerEntry
from models.lists import SavedView
from models.people import Person
from models.suspensions import Suspension
from models.tokens import ApiToken
from workflows import absences, complaints, deputies, feedback, ledger, suspensions, tokens
from workflows import actor as actors
from workflows import people as accounts
from workflows.access import Role
from workflows.gate import Refused

DAY = dt.date
TODAY, NEXT_WEEK = DAY(2026, 3, 4), DAY(2026, 3, 10)


def entered(world: World, who: str, absent: str, deputy: str, first: DAY = TODAY, last: DAY = NEXT_WEEK) -> Any:
    item = Absence(
        absent_id=world.person(absent).id, deputy_id=world.person(deputy).id, first_on=first, last_on=last, note=""
    )
    with world.acting(who):
        db.session.add(item)
        try:
            db.session.commit()
        except Refused as refused:
            db.session.rollback()
            return str(refused)
    return item


@contextmanager
def for_another(world: World, deputy: str, absent: str) -> Iterator[actors.Actor]:
    """The deputy, acting for the post."""
    actor = deputies.acting_for(world.actor(deputy), world.person(absent))
    with actors.acting(actor):
        yield actor


def another_manager(world: World, *roles: Role, username: str = "manager2") -> Person:
    with console():
        person = Person(
            username=username, first_name="Test", last_name=username.title(), email=f"{username}@example.org",
            password="x", active=True, must_change_password=False, session_version=1,
        )  # fmt: skip
        accounts.set_roles(db.session, person, roles or (Role.manager,))
        db.session.add(person)
    db.session.commit()
    return person


# --- who may enter which absence ---------------------------------------------------------------------------------

# who enters it, whose it is, who is to be the deputy
MAY = [
    ("officer", "officer", "officer2"),
    ("officer", "officer", "manager"),
    ("officer", "officer", "head"),
    ("manager", "officer", "officer2"),
    ("manager", "officer2", "head"),
    ("manager", "manager", "officer"),
    ("manager", "manager", "head"),
    ("head", "manager", "officer"),
    ("head", "head", "manager"),
    ("head", "head", "head2"),
    ("head", "head2", "manager"),
]
OF_OFFICERS = "The absences of an officer are kept by the officer or by a Manager. Rule: XX."
OF_MANAGERS = "The absences of managers and heads are kept by themselves or by a Head of Service. Rule: XX."
NO_ROLE = "Your role may not add or change this. Who may: Officer, Manager, Head of Service."
THEMSELVES = "Nobody makes themselves the deputy of another. Whoever is away, or another manager, may."
OUTSIDE = "Administrators, auditors and people from outside the council are nobody's deputies. Rule: XX."
MAY_NOT = [
    ("officer", "officer2", "manager", OF_OFFICERS),
    ("head", "officer", "officer2", OF_OFFICERS),
    ("officer", "manager", "officer2", OF_MANAGERS),
    ("manager", "head", "head2", OF_MANAGERS),
    ("manager", "officer", "manager", THEMSELVES),
    ("head", "manager", "head", THEMSELVES),
    ("head", "head", "officer", "The deputy of a Head of Service is a Manager or a Head of Service. Rule: XX."),
    ("officer", "officer", "director", "The deputy is an Officer, a Manager or a Head of Service. Rule: XX."),
    ("officer", "officer", "officer", "Nobody is their own deputy. Choose somebody else."),
    ("officer", "officer", "administrator", OUTSIDE),
    ("officer", "officer", "auditor", OUTSIDE),
    ("officer", "officer", "partner", OUTSIDE),
    ("officer", "officer", "provider", OUTSIDE),
    ("officer", "officer", "contributor", OUTSIDE),
    ("officer", "officer", "care_manager", OUTSIDE),
    ("director", "director", "head", NO_ROLE),
    ("administrator", "officer", "officer2", NO_ROLE),
    ("partner", "officer", "officer2", NO_ROLE),
    ("manager", "auditor", "officer", "Only officers, managers and heads of service have deputies. Rule: XX."),
]


@pytest.mark.parametrize(("who", "absent", "deputy"), MAY)
def test_it_is_entered_by_whoever_is_away_or_above_them(world: World, who: str, absent: str, deputy: str) -> None:
    item = entered(world, who, absent, deputy)
    assert (item.state, item.created_by_id) == (AbsenceState.planned, world.person(who).id)


@pytest.mark.parametrize(("who", "absent", "deputy", "sentence"), MAY_NOT)
def test_nobody_else_enters_it_and_not_everybody_is_a_deputy(
    world: World, who: str, absent: str, deputy: str, sentence: str
) -> None:
    assert entered(world, who, absent, deputy) == sentence


def test_whoever_is_an_auditor_too_is_nobodys_deputy(world: World) -> None:
    another_manager(world, Role.officer, Role.auditor, username="both")
    assert entered(world, "officer", "officer", "both") == OUTSIDE


def test_a_deactivated_account_is_no_deputy(world: World) -> None:
    with world.acting("administrator"):
        accounts.set_active(world.person("officer2"), False)
        db.session.commit()
    assert entered(world, "officer", "officer", "officer2") == "Both need an account that is in use."


@pytest.mark.parametrize(
    ("first", "last", "sentence"),
    [
        (DAY(2026, 3, 3), DAY(2026, 3, 10), "A cover begins today at the earliest. Check the first day."),
        (DAY(2026, 3, 6), DAY(2026, 3, 5), "It ends before it begins. Check the dates."),
    ],
)
def test_its_dates_are_in_order_and_not_past(world: World, first: DAY, last: DAY, sentence: str) -> None:
    assert entered(world, "officer", "officer", "officer2", first, last) == sentence


def test_one_day_is_enough(world: World) -> None:
    assert entered(world, "officer", "officer", "officer2", TODAY, TODAY).last_on == TODAY


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (DAY(2026, 3, 10), DAY(2026, 3, 12)),
        (DAY(2026, 3, 5), DAY(2026, 3, 6)),
        (DAY(2026, 3, 4), DAY(2026, 3, 20)),
        (DAY(2026, 3, 4), DAY(2026, 3, 4)),
    ],
)
def test_covers_of_one_post_do_not_overlap(world: World, first: DAY, last: DAY) -> None:
    entered(world, "officer", "officer", "officer2")
    told = entered(world, "officer", "officer", "manager", first, last)
    assert told == "Test Officer has a deputy in these days already. End that cover first."


def test_the_next_cover_begins_the_day_after(world: World) -> None:
    entered(world, "officer", "officer", "officer2")
    assert entered(world, "officer", "officer", "manager", DAY(2026, 3, 11), DAY(2026, 3, 12)).deputy_id is not None


def test_after_one_was_ended_early_another_takes_its_days(world: World) -> None:
    item = entered(world, "officer", "officer", "officer2")
    with world.acting("officer") as actor:
        absences.WORKFLOW.take("withdraw", item, actor)
        db.session.commit()
    assert entered(world, "officer", "officer", "manager").state is AbsenceState.planned


def test_deputies_do_not_chain(world: World) -> None:
    entered(world, "officer", "officer", "officer2")
    assert entered(world, "manager", "manager", "officer") == (
        "Test Officer is away in these days, and deputies do not chain. Choose another."
    )
    assert entered(world, "officer2", "officer2", "manager") == (
        "Test Officer2 is somebody's deputy in these days, and deputies do not chain. End that cover first, and give "
        "that post another deputy."
    )


def test_it_is_changed_by_ending_it_and_never_by_hand(world: World) -> None:
    item = entered(world, "officer", "officer", "officer2")
    with world.acting("officer"):
        item.last_on = DAY(2026, 6, 1)
        with pytest.raises(Refused, match="Your role may not add or change this"):
            db.session.commit()
        db.session.rollback()


@pytest.mark.parametrize(
    ("who", "refused"),
    [("officer", None), ("manager", None), ("officer2", OF_OFFICERS), ("head", OF_OFFICERS)],
)
def test_it_is_ended_early_by_whoever_may_enter_it(world: World, who: str, refused: str | None) -> None:
    item = entered(world, "officer", "officer", "officer2")
    with world.acting(who) as actor:
        if refused is None:
            absences.WORKFLOW.take("withdraw", item, actor)
            db.session.commit()
            assert (item.state, item.withdrawn_on) == (AbsenceState.withdrawn, TODAY)
        else:
            assert str(absences.WORKFLOW.refusal("withdraw", item, actor)) == refused


def test_what_is_over_is_not_ended(world: World) -> None:
    item = absence(world, absent="officer", first_on=DAY(2026, 3, 1), last_on=DAY(2026, 3, 3))
    with world.acting("officer") as actor:
        told = str(absences.WORKFLOW.refusal("withdraw", item, actor))
    assert told == "This absence is over: there is nothing to end. Rule: XX."


def test_nobody_keeps_absences_for_the_post_of_another(world: World) -> None:
    own = entered(world, "manager", "manager", "head")
    item = Absence(
        absent_id=world.person("officer").id,
        deputy_id=world.person("officer2").id,
        first_on=TODAY,
        last_on=TODAY,
        note="",
    )
    with for_another(world, "head", "manager") as actor:
        sentence = "Absences are kept in one's own name, never for another's post. Act as yourself again."
        assert absences.WORKFLOW.refusal("withdraw", own, actor).sentence == sentence
        db.session.add(item)
        with pytest.raises(Refused) as refused:
            db.session.commit()
        db.session.rollback()
    assert str(refused.value) == sentence


# --- which cover runs --------------------------------------------------------------------------------------------


def running(world: World, deputy: str, day: DAY) -> list[str]:
    with actors.acting(None):
        return [person.username for person in deputies.posts(db.session, world.person(deputy), day).values()]


def test_a_cover_runs_from_its_first_day_to_the_end_of_its_last(world: World) -> None:
    entered(world, "officer", "officer", "officer2", DAY(2026, 3, 5), DAY(2026, 3, 6))
    days = [DAY(2026, 3, 4), DAY(2026, 3, 5), DAY(2026, 3, 6), DAY(2026, 3, 7)]
    assert [running(world, "officer2", day) for day in days] == [[], ["officer"], ["officer"], []]


def test_its_days_are_those_of_the_office_wall() -> None:
    """On the last Sunday of March the clocks go forward: 23:30 UTC is half past midnight of the next day."""
    late = actors.Actor(roles=frozenset(), now=dt.datetime(2026, 3, 29, 23, 30, tzinfo=dt.UTC))
    before = actors.Actor(roles=frozenset(), now=dt.datetime(2026, 3, 28, 23, 30, tzinfo=dt.UTC))
    assert (late.today, before.today) == (DAY(2026, 3, 30), DAY(2026, 3, 28))


@pytest.mark.parametrize("what", ["withdrawn", "absent deactivated", "absent promoted", "deputy demoted"])
def test_it_runs_no_more_once_it_holds_no_more(world: World, what: str) -> None:
    item = entered(world, "manager", "manager", "officer")
    assert running(world, "officer", TODAY) == ["manager"]
    if what == "withdrawn":
        with world.acting("manager") as actor:
            absences.WORKFLOW.take("withdraw", item, actor)
    with world.acting("administrator"):
        if what == "absent deactivated":
            accounts.set_active(world.person("manager"), False)
        if what == "absent promoted":
            accounts.set_roles(db.session, world.person("manager"), [Role.head])
        if what == "deputy demoted":
            accounts.set_roles(db.session, world.person("officer"), [Role.care_manager])
        db.session.commit()
    assert running(world, "officer", TODAY) == []


def test_a_deputy_has_the_roles_of_the_post_and_no_other(world: World) -> None:
    another_manager(world, Role.manager, Role.administrator)
    with for_another(world, "head", "manager2") as actor:
        assert actor.roles == {Role.manager}
        assert (actor.person_id, actor.for_id) == (world.person("head").id, world.person("manager2").id)


# --- in the name of both -----------------------------------------------------------------------------------------


def test_the_ledger_tells_of_both_and_verifies(world: World, tmp_path: Path) -> None:
    service = world.service()
    item = complaint(world, "received", service)
    with for_another(world, "officer", "manager") as actor:
        complaints.WORKFLOW.take("allocate", item, actor, officer_id=world.person("officer2").id)
        db.session.commit()
    row = db.session.connection().execute(
        select(LedgerEntry.__table__).where(LedgerEntry.__table__.c.record_type == "complaint")
    ).mappings().one()  # fmt: skip
    told = (row["actor_id"], row["for_id"], row["actor_role"])
    assert told == (world.person("officer").id, world.person("manager").id, "manager")
    assert list(ledger.verify(db.session, "key", tmp_path / "none", [])) == []
    changed = dict(row) | {"for_id": None}
    assert ledger._digest(changed) != row["hash"]


def test_the_history_says_a_for_b(world: World, as_user: Any) -> None:
    item = complaint(world, "received")
    with for_another(world, "officer", "manager") as actor:
        complaints.WORKFLOW.take("allocate", item, actor, officer_id=world.person("officer2").id)
        db.session.commit()
    page = as_user("auditor").get(f"/complaints/show/{item.id}").text
    assert "Test Officer for Test Manager" in page


def test_what_is_taken_on_for_a_post_is_the_posts(world: World) -> None:
    service = world.service()
    item = world._add(
        Feedback(
            provider_id=service.provider_id, service_id=service.id, source="family", received_on=TODAY, tone="concern",
            subject="Meals", details="", state="received",
        )
    )  # fmt: skip
    with for_another(world, "officer2", "officer") as actor:
        feedback.WORKFLOW.take("acknowledge", item, actor)
        db.session.commit()
    assert item.officer_id == world.person("officer").id


def test_my_own_is_the_work_of_the_post(world: World) -> None:
    assert actors.Actor(roles=frozenset(), now=NOW, person_id=1).post_id == 1
    assert actors.Actor(roles=frozenset(), now=NOW, person_id=1, for_id=2).post_id == 2
    assert actors.Actor(roles=frozenset(), now=NOW, person_id=1, for_id=2).people == {1, 2}
    assert actors.Actor(roles=frozenset(), now=NOW, job="clock").people == frozenset()


def test_an_account_and_a_token_are_never_touched_for_another(world: World) -> None:
    with for_another(world, "officer2", "officer") as actor:
        for username in ("officer", "officer2"):
            world.person(username).password = "another"
            with pytest.raises(Refused) as refused:
                db.session.commit()
            db.session.rollback()
            assert str(refused.value) == (
                "Accounts are changed in one's own name, never for another's post. Act as yourself again."
            )
        tokens.make(db.session, actor, "One", ["read"], TODAY)
        with pytest.raises(Refused) as refused:
            db.session.commit()
        db.session.rollback()
        own = "Tokens are kept in one's own name, never for another's post. Act as yourself again."
        assert str(refused.value) == own


def test_a_deputy_does_not_see_the_tokens_or_own_views_of_whoever_is_away(world: World) -> None:
    with world.acting("officer") as actor:
        token, _text = tokens.make(db.session, actor, "One", ["read"], TODAY)
        view = SavedView(name="Mine", screen="services", resource="services", address="")
        db.session.add(view)
        db.session.commit()
        ids = token.id, view.id
    db.session.expunge_all()
    with for_another(world, "officer2", "officer"):
        assert db.session.get(ApiToken, ids[0]) is None
        assert db.session.get(SavedView, ids[1]) is None


# --- four eyes ---------------------------------------------------------------------------------------------------

WROTE = "You wrote this record, so somebody else must decide."
FOR_B = "Test Head, for whom you act, wrote this record, so somebody else must decide."
BY_DEPUTY = "Your deputy wrote this record for you, so somebody else must decide."
APPROVE = "approve"


def why(world: World, item: Suspension, who: str, absent: str = "") -> str | None:
    """Why somebody, or somebody for a post, may not approve a suspension."""
    actor = world.actor(who)
    if absent:
        actor = deputies.acting_for(actor, world.person(absent))
    with actors.acting(actor):
        refusal = suspensions.WORKFLOW.refusal(APPROVE, db.session.get(Suspension, item.id), actor)
    return refusal.sentence if refusal is not None else None


def written(world: World, who: str, absent: str = "") -> Suspension:
    """A submitted suspension that somebody wrote, or edited as a draft, maybe for a post."""
    item = world.suspension(state="submitted")
    actor = world.actor(who)
    if absent:
        actor = deputies.acting_for(actor, world.person(absent))
    ledger.write(db.session, actor, [ledger.Event(item, ledger.LedgerKind.created, {})])
    db.session.commit()
    return item


def test_whoever_acts_for_the_author_does_not_decide(world: World) -> None:
    item = written(world, "head")
    assert why(world, item, "head") == WROTE
    assert why(world, item, "head2") is None
    assert why(world, item, "manager", "head") == FOR_B


def test_an_author_does_not_decide_by_acting_for_another(world: World) -> None:
    assert why(world, written(world, "manager"), "manager", "head") == WROTE


def test_what_a_deputy_wrote_bars_both_afterwards(world: World) -> None:
    item = written(world, "head2", "head")
    assert why(world, item, "head2") == WROTE
    assert why(world, item, "head") == BY_DEPUTY
    assert why(world, item, "manager", "head") == FOR_B
    another_manager(world, Role.head, username="head3")
    assert why(world, item, "head3") is None
    assert why(world, item, "manager", "head3") is None


def test_who_may_names_deputies_of_a_cover_that_runs(world: World) -> None:
    absence(world, absent="head2", deputy="manager", last_on=TODAY)
    item = written(world, "head")
    with world.acting("head") as actor:
        told = suspensions.WORKFLOW.refusal(APPROVE, item, actor)
    assert told.may == "Head of Service: Test Head2, Test Manager for Test Head2"
    with world.acting("head", NOW + dt.timedelta(days=1)) as actor:
        told = suspensions.WORKFLOW.refusal(APPROVE, item, actor)
    assert told.may == "Head of Service: Test Head2"


def test_who_may_names_no_deputy_who_is_barred_nor_for_one_who_is(world: World) -> None:
    absence(world, absent="head2", deputy="manager")
    barred = written(world, "head2")
    with world.acting("head2") as actor:
        assert suspensions.WORKFLOW.refusal(APPROVE, barred, actor).may == "Head of Service: Test Head"
    of_deputy = written(world, "manager")
    with world.acting("manager") as actor:
        told = suspensions.WORKFLOW.refusal(APPROVE, of_deputy, actor).may
    assert told == "Head of Service: Test Head, Test Head2"


HEADS = ["head", "head2"]
PEOPLE = ["head", "head2", "manager"]
ACTS = [(who, absent) for who in PEOPLE for absent in ["", *HEADS] if who != absent]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(done=st.lists(st.sampled_from(ACTS), max_size=3), deciding=st.sampled_from(ACTS))
def test_a_decision_is_barred_exactly_where_the_two_names_meet(
    world: World, done: list[tuple[str, str]], deciding: tuple[str, str]
) -> None:
    """Whoever acts, with whose post they fill, against everybody who wrote, with whose posts they filled."""
    item = world.suspension(state="submitted")
    for who, absent in done:
        actor = world.actor(who)
        actor = deputies.acting_for(actor, world.person(absent)) if absent else actor
        ledger.write(db.session, actor, [ledger.Event(item, ledger.LedgerKind.edited, {})])
    db.session.commit()
    wrote = {name for pair in done for name in pair if name}
    holds = deciding[0] in HEADS or deciding[1] in HEADS
    meets = bool(wrote & {name for name in deciding if name})
    assert (why(world, item, *deciding) is None) == (holds and not meets)


# --- the switch --------------------------------------------------------------------------------------------------

SWITCH = "Act for the post of Test Manager"
BACK = "Act as yourself again"
ENDED = "The cover has ended, so you act as yourself again."


@pytest.fixture
def cover(world: World) -> Absence:
    """The manager is away from today to the tenth, and the officer fills the post."""
    return entered(world, "manager", "manager", "officer")


def test_a_deputy_switches_and_back(cover: Absence, as_user: Any) -> None:
    client = as_user("officer")
    page = client.get("/services/list/").text
    assert SWITCH in page
    assert BACK not in page
    assert client.get("/arrivals/add").status_code == 403
    assert client.post(f"/deputy/{cover.id}").status_code == 302
    page = client.get("/services/list/").text
    assert "<span>Test Officer for Test Manager</span>" in page
    assert SWITCH not in page
    assert BACK in page
    assert client.get("/arrivals/add").status_code == 200
    assert client.post("/deputy/end").status_code == 302
    assert "<span>Test Officer</span>" in client.get("/services/list/").text
    assert client.get("/arrivals/add").status_code == 403


def test_only_the_deputy_of_a_cover_that_runs_switches(cover: Absence, world: World, as_user: Any) -> None:
    later = absence(world, absent="head", deputy="officer2", first_on=DAY(2026, 3, 5))
    answers = [as_user("officer2").post(f"/deputy/{number}") for number in (cover.id, later.id, 99_999)]
    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert all("No cover runs by which you could act for this post now." in answer.text for answer in answers)


def end(world: World, cover: Absence, how: str) -> None:
    if how == "withdrawn":
        with world.acting("manager") as actor:
            absences.WORKFLOW.take("withdraw", db.session.get(Absence, cover.id), actor)
            db.session.commit()
    elif how == "deactivated":
        with world.acting("administrator"):
            accounts.set_active(world.person("manager"), False)
            db.session.commit()
    elif how == "other role":
        with world.acting("administrator"):
            accounts.set_roles(db.session, world.person("manager"), [Role.head])
            db.session.commit()


@pytest.mark.parametrize("how", ["withdrawn", "deactivated", "other role"])
def test_the_next_request_after_a_cover_ended_is_the_deputys_own(
    cover: Absence, world: World, as_user: Any, how: str
) -> None:
    client = as_user("officer")
    client.post(f"/deputy/{cover.id}")
    end(world, cover, how)
    page = client.get("/services/list/").text
    assert ENDED in page
    assert "<span>Test Officer</span>" in page
    assert ENDED not in client.get("/services/list/").text


def test_a_cover_ends_with_its_last_day(cover: Absence, app: Any, as_user: Any, monkeypatch: Any) -> None:
    client = as_user("officer")
    client.post(f"/deputy/{cover.id}")
    monkeypatch.setitem(app.config, "CAREWARD_NOW", dt.datetime(2026, 3, 10, 23, 59, tzinfo=dt.UTC))
    assert "<span>Test Officer for Test Manager</span>" in client.get("/services/list/").text
    monkeypatch.setitem(app.config, "CAREWARD_NOW", dt.datetime(2026, 3, 11, 0, 0, tzinfo=dt.UTC))
    assert ENDED in client.get("/services/list/").text


def test_what_was_meant_for_the_post_is_not_written_once_the_cover_ended(
    cover: Absence, world: World, as_user: Any
) -> None:
    item, client = complaint(world, "received"), as_user("officer")
    client.post(f"/deputy/{cover.id}")
    end(world, cover, "withdrawn")
    answer = client.post(f"/complaints/{item.id}/allocate", data={"officer_id": "1", "version": "0"})
    assert answer.status_code == 409
    assert f"{ENDED} Nothing was saved: check whether it is still yours to do." in answer.text
    assert db.session.get(Complaint, item.id, populate_existing=True) is None  # nobody acts here
    with world.acting("manager"):
        assert db.session.get(Complaint, item.id).officer_id is None


def test_a_deputy_who_was_deactivated_is_out(cover: Absence, world: World, as_user: Any) -> None:
    client = as_user("officer")
    client.post(f"/deputy/{cover.id}")
    with world.acting("administrator"):
        accounts.set_active(world.person("officer"), False)
        db.session.commit()
    assert client.get("/services/list/").status_code == 302


def test_one_session_of_two_acts_for_the_post(cover: Absence, as_user: Any) -> None:
    one, two = as_user("officer"), as_user("officer")
    one.post(f"/deputy/{cover.id}")
    assert "<span>Test Officer for Test Manager</span>" in one.get("/services/list/").text
    assert "<span>Test Officer</span>" in two.get("/services/list/").text


def test_a_form_that_was_opened_as_another_is_not_taken(
    cover: Absence, app: Any, as_user: Any, monkeypatch: Any
) -> None:
    client = as_user("officer")
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    token = token_of(client)
    assert client.post(f"/deputy/{cover.id}", data={"csrf_token": token}).status_code == 302
    answer = client.post("/contacts/add", data={"csrf_token": token})
    assert answer.status_code == 400
    assert "The form is no longer valid" in answer.text
    assert client.post("/contacts/add", data={"csrf_token": token_of(client)}).status_code == 200


def token_of(client: FlaskClient) -> str:
    return client.get("/contacts/add").text.partition('name="csrf_token" value="')[2].partition('"')[0]


def test_a_token_never_acts_for_another(cover: Absence, world: World, app: Any) -> None:
    with world.acting("officer") as actor:
        _token, text = tokens.make(db.session, actor, "One", ["read", "write", "steps"], TODAY)
        db.session.commit()
    item, client = complaint(world, "received"), app.test_client()
    answer = client.post(
        f"/api/v1/complaints/{item.id}/steps/allocate",
        json={"officer_id": world.person("officer2").id},
        headers={"Authorization": f"Bearer {text}", "If-Match": f'"{item.version}"'},
    )
    assert answer.status_code == 403
    assert answer.json["who_may"] == "Manager"


def test_own_password_and_tokens_are_not_for_a_post(cover: Absence, as_user: Any) -> None:
    client = as_user("officer")
    client.post(f"/deputy/{cover.id}")
    page = client.post(
        "/password",
        data={
            "old": "a long word for tests",
            "new": "another long word of tests",
            "again": "another long word of tests",
        },
    ).text
    assert "Accounts are changed in one&#39;s own name, never for another&#39;s post." in page


def test_my_own_lists_are_the_posts_while_it_is_filled(cover: Absence, world: World, as_user: Any) -> None:
    world.service("Manager House", allocated_officer_id=world.person("manager").id)
    world.service("Officer House", allocated_officer_id=world.person("officer").id)
    client = as_user("officer")
    page = client.get("/services/list/?officer=me").text
    assert ("Officer House" in page, "Manager House" in page) == (True, False)
    client.post(f"/deputy/{cover.id}")
    page = client.get("/services/list/?officer=me").text
    assert ("Officer House" in page, "Manager House" in page) == (False, True)


def test_an_absence_is_entered_and_listed_at_the_screen(world: World, as_user: Any) -> None:
    client = as_user("officer")
    data = {
        "absent_id": str(world.person("officer").id), "deputy_id": str(world.person("officer2").id),
        "first_on": "2026-03-04", "last_on": "2026-03-06", "note": "The audit of Larkfield House is due.",
    }  # fmt: skip
    assert client.post("/absences/add", data=data).status_code == 302
    assert "Away now" in as_user("manager").get("/absences/list/?now=running").text
    again = client.post("/absences/add", data=data | {"note": "Kept as it was typed."})
    assert "Test Officer has a deputy in these days already. End that cover first." in again.text
    assert "Kept as it was typed." in again.text


def test_an_officer_enters_only_their_own(world: World, as_user: Any) -> None:
    page = as_user("officer").get("/absences/add").text
    offered = page.partition('name="absent_id"')[2].partition("</select>")[0]
    assert "Test Officer" in offered
    assert "Test Manager" not in offered
