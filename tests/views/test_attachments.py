"""Files on the pages of their records: added, listed, opened, withdrawn, and refused in words."""

import hashlib
import html
import io
import re
from typing import Any

import pytest
from areas import placements
from areas.attachments import attachment
from areas.complaints import complaint
from flask import Flask
from some_files import PDF, PROGRAM
from sqlalchemy import func, select
from steps_taken import refused, take
from world import NOW, World

from models import db
from models.attachments import Attachment
from models.ledger import LedgerEntry, LedgerKind
from workflows import actor as actors
from workflows import attachments, files
from workflows.gate import Refused

TABLE = Attachment.__table__


def add(client: Any, record: Any, content: bytes = PDF, name: str = "rota.pdf", **told: str) -> Any:
    told = {"what": "The rota", "internal": "y", **told}
    to = f"/attachments/add?record_type={record.__tablename__}&record_id={record.id}"
    return client.post(to, data={"file": (io.BytesIO(content), name), **told})


def stored() -> list[dict[str, Any]]:
    """What the table holds, past every policy."""
    rows = db.session.connection().execute(select(TABLE).order_by(TABLE.c.id)).mappings()
    return [dict(row) for row in rows]


def problems(answer: Any) -> list[str]:
    """What the error summary of a form says."""
    found = re.search(r'error-summary__list">(.*?)</ul>', answer.text, re.S)
    assert found, answer.text
    return [html.unescape(" ".join(each.split())) for each in re.findall(r">([^<]+)</a>", found[1])]


def body(answer: Any) -> str:
    main = re.search(r"<main.*?</main>", answer.text, re.S)
    assert main
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", main[0]).split()))


# --- adding ---


def test_a_file_is_added_and_stands_on_the_page_of_its_record(world: World, as_user: Any) -> None:
    visit, officer = world.visit(state="published"), as_user("officer")
    assert "Add a file" in officer.get(f"/visits/show/{visit.id}").text
    answer = add(officer, visit, name="../../rotas/night\u202e rota.pdf")
    assert (answer.status_code, answer.location) == (302, f"/visits/show/{visit.id}")
    (row,) = stored()
    assert {name: row[name] for name in ("record_type", "record_id", "filename", "media_type", "size", "what")} == {
        "record_type": "visit", "record_id": visit.id, "filename": "night rota.pdf", "media_type": "application/pdf",
        "size": 77, "what": "The rota",
    }  # fmt: skip
    assert (row["sha256"], row["internal"], row["state"]) == (hashlib.sha256(PDF).hexdigest(), True, "kept")
    assert (row["created_by_id"], row["created_at"]) == (world.person("officer").id, NOW)
    text = body(officer.get(f"/visits/show/{visit.id}"))
    assert "night rota.pdf The rota PDF 77 Bytes Test Officer 4 March 2026 at 10:00 Council only" in text


def test_adding_is_told_in_the_ledger_without_the_place_of_the_bytes_on_any_page(world: World, as_user: Any) -> None:
    visit, officer = world.visit(), as_user("officer")
    add(officer, visit)
    (row,) = stored()
    entry = LedgerEntry.__table__.c
    told = db.session.connection().execute(
        select(entry.kind, entry.actor_role).where(entry.record_type == "attachment", entry.record_id == row["id"])
    )
    assert [tuple(each) for each in told] == [("created", "officer")]
    page = officer.get(f"/attachments/show/{row['id']}").text
    assert row["sha256"] in page
    assert row["storage_key"] not in page


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"", "rota.pdf", "File: The file is empty. Choose another."),
        (
            PROGRAM, "rota.pdf",
            "File: The name ends in “.pdf”, but the content is of another kind. Save it anew from the program that "
            "made it, and add that.",
        ),
        (
            b"<html></html>", "rota.html",
            "Files of this kind are not kept here. Kinds that are: PDF, PNG, JPEG, Word (docx), Excel (xlsx), "
            "PowerPoint (pptx), OpenDocument (odt, ods), CSV, plain text, and emails (eml, msg).",
        ),
    ],
)  # fmt: skip
def test_a_refused_file_leaves_nothing_and_what_was_typed_stands(
    world: World, as_user: Any, content: bytes, name: str, sentence: str
) -> None:
    visit, officer = world.visit(state="published"), as_user("officer")
    answer = add(officer, visit, content, name, what="Rota of the <night> team", internal="")
    assert answer.status_code == 200
    assert problems(answer) == [sentence]
    assert 'value="Rota of the &lt;night&gt; team"' in answer.text
    assert stored() == []


def test_a_form_without_a_file_or_without_words_says_so(world: World, as_user: Any) -> None:
    visit, officer = world.visit(), as_user("officer")
    to = f"/attachments/add?record_type=visit&record_id={visit.id}"
    assert problems(officer.post(to, data={})) == ["Fill in “File”.", "Fill in “What it is”."]
    assert problems(officer.post(to, data={"file": "not a file", "what": "x"})) == ["Fill in “File”."]
    assert stored() == []


def test_the_same_file_is_not_kept_twice_for_one_record(world: World, as_user: Any) -> None:
    visit, officer = world.visit(), as_user("officer")
    assert add(officer, visit).status_code == 302
    assert problems(add(officer, visit, name="other.pdf")) == ["File: This very file is here already."]
    assert add(officer, world.visit()).status_code == 302
    assert len(stored()) == 2


def test_of_records_that_only_the_council_reads_it_is_not_asked_who_may_open_a_file(world: World, as_user: Any) -> None:
    case, officer = world.suspension(), as_user("officer")
    assert 'name="internal"' not in officer.get(f"/attachments/add?record_type=suspension&record_id={case.id}").text
    add(officer, case, internal="")
    assert [row["internal"] for row in stored()] == [True]
    visit = world.visit()
    form = officer.get(f"/attachments/add?record_type=visit&record_id={visit.id}").text
    assert re.search(r'<input[^>]*name="internal"[^>]*checked', form)


@pytest.mark.parametrize(
    ("role", "record", "code"),
    [
        ("officer", "visit", 302),
        ("manager", "visit", 302),
        ("head", "visit", 403),
        ("head", "suspension", 302),
        ("officer", "provider", 302),
        ("head", "provider", 403),
        ("officer", "service", 302),
        ("director", "suspension", 403),
        ("auditor", "suspension", 403),
        ("partner", "visit", 403),
        ("contributor", "visit", 403),
        ("provider", "visit", 403),
        ("care_manager", "service", 403),
        ("administrator", "visit", 403),
    ],
)
def test_who_adds_a_file_to_what(world: World, as_user: Any, role: str, record: str, code: int) -> None:
    with actors.acting(actors.system("test", NOW)):
        service = world.service()
        made = {
            "visit": lambda: world.visit(service, state="published"),
            "suspension": lambda: world.suspension(service),
            "provider": lambda: service.provider,
            "service": lambda: service,
        }[record]()
        key = made.id
    made = type("Named", (), {"__tablename__": record, "id": key})
    assert add(as_user(role), made).status_code == code
    assert len(stored()) == (1 if code == 302 else 0)


def test_a_head_is_told_who_adds_files_to_a_visit(world: World, as_user: Any) -> None:
    answer = add(as_user("head"), world.visit())
    assert "Your role may not add files to this record. Who may: Officer, Manager." in body(answer)


@pytest.mark.parametrize(
    "query",
    [
        "", "?record_type=visit", "?record_type=visit&record_id=999999", "?record_type=visit&record_id=x",
        "?record_type=visit&record_id=99999999999", "?record_type=ab_user&record_id=1",
        "?record_type=attachment&record_id=1", "?record_type=letter&record_id=1",
    ],
)  # fmt: skip
def test_a_file_of_nothing_is_not_added(world: World, as_user: Any, query: str) -> None:
    officer = as_user("officer")
    assert officer.get(f"/attachments/add{query}").status_code == 404
    answer = officer.post(f"/attachments/add{query}", data={"file": (io.BytesIO(PDF), "rota.pdf"), "what": "x"})
    assert answer.status_code == 404
    assert stored() == []


def test_the_workflow_itself_refuses_whoever_may_not(app: Flask, world: World) -> None:
    visit = world.visit().id
    db.session.expunge_all()
    found = files.examine(io.BytesIO(PDF), "rota.pdf", 1000)
    for who, sentence in (
        ("partner", "The record that the file belongs to is not there, or not yours to see."),
        ("head", "Your role may not add files to this record. Who may: Officer, Manager."),
    ):
        with world.acting(who) as actor, pytest.raises(Refused) as told:
            attachments.attach(db.session, actor, "visit", visit, found, "0" * 32, "Rota", True)
        assert str(told.value) == sentence
    plain = {"filename": "x", "media_type": "x", "size": 1, "sha256": "0" * 64, "storage_key": "x", "what": "x"}
    with world.acting("officer"):
        db.session.add(Attachment(record_type="visit", record_id=visit, **plain))
        with pytest.raises(Refused, match="only by the steps of its workflow"):
            db.session.flush()
    db.session.rollback()
    assert stored() == []


# --- too large ---


class Endless(io.RawIOBase):
    """A body without end, that says how much of it was read."""

    taken = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self.taken += len(buffer)
        return len(buffer)


def send(client: Any, visit: Any, body: Endless, **more: Any) -> Any:
    told = {"wsgi.input": body, "CONTENT_TYPE": "multipart/form-data; boundary=x", **more}
    return client.post(f"/attachments/add?record_type=visit&record_id={visit.id}", environ_overrides=told)


TOO_LARGE = "The file is larger than 25 MB. Make it smaller, or split it, and add it again."


def test_a_body_of_200_megabytes_is_refused_without_being_read(world: World, as_user: Any) -> None:
    visit, officer, sent = world.visit(), as_user("officer"), Endless()
    answer = send(officer, visit, sent, CONTENT_LENGTH=str(200 * 2**20))
    assert answer.status_code == 413
    assert TOO_LARGE in body(answer)
    assert sent.taken == 0


def test_a_body_without_a_length_is_read_no_further_than_the_largest_file(world: World, as_user: Any) -> None:
    visit, officer, sent = world.visit(), as_user("officer"), Endless()
    answer = send(officer, visit, sent, HTTP_TRANSFER_ENCODING="chunked", **{"wsgi.input_terminated": True})
    assert answer.status_code == 413
    assert sent.taken < 30 * 2**20


def test_a_file_of_25_megabytes_fits(world: World, as_user: Any) -> None:
    visit, officer = world.visit(), as_user("officer")
    assert add(officer, visit, PDF.ljust(25 * 2**20, b"\n")).status_code == 302
    assert problems(add(officer, visit, PDF.ljust(25 * 2**20 + 1, b"\n"))) == [f"File: {TOO_LARGE}"]


def test_whoever_has_not_signed_in_and_every_other_page_take_2_megabytes_only(app: Flask, as_user: Any) -> None:
    large = {"file": (io.BytesIO(b"x" * 3 * 2**20), "rota.pdf"), "what": "x"}
    answer = as_user("officer").post("/contact-notes/add", data=large)
    assert answer.status_code == 413
    assert "What you sent is larger than 2 MB. Shorten it and send it again." in body(answer)
    large["file"] = (io.BytesIO(b"x" * 3 * 2**20), "rota.pdf")
    assert app.test_client().post("/attachments/add", data=large).status_code == 413


# --- opening ---


@pytest.mark.parametrize(
    ("name", "media_type", "content"),
    [
        ("rota.pdf", "application/pdf", PDF),
        ("rota.csv", "text/csv; charset=utf-8", b"a,b\n" * 5000),
        ("mail.eml", "message/rfc822", b"From: a@example.org\nSubject: x\n\n<html>"),
    ],
)
def test_a_file_is_given_out_as_a_download_and_never_as_a_page(
    world: World, as_user: Any, name: str, media_type: str, content: bytes
) -> None:
    item = attachment(world, content=content, filename=name, media_type=media_type.partition(";")[0])
    answer = as_user("officer").get(f"/attachments/{item.id}/open", headers={"Accept-Encoding": "identity"})
    assert (answer.status_code, answer.data) == (200, content)
    assert {
        header: answer.headers[header]
        for header in (
            "Content-Type", "Content-Disposition", "X-Content-Type-Options", "Content-Security-Policy",
            "Cache-Control", "Content-Length",
        )
    } == {
        "Content-Type": media_type,
        "Content-Disposition": f"attachment; filename={name}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "no-store",
        "Content-Length": str(len(content)),
    }  # fmt: skip


def test_a_name_with_marks_cannot_break_out_of_its_header(world: World, as_user: Any) -> None:
    item = attachment(world, filename='é"; filename=evil.html".pdf')
    told = as_user("officer").get(f"/attachments/{item.id}/open").headers["Content-Disposition"]
    assert told == (
        'attachment; filename="e\\"; filename=evil.html\\".pdf"; '
        "filename*=UTF-8''%C3%A9%22%3B%20filename%3Devil.html%22.pdf"
    )


@pytest.mark.parametrize("who", ["partner", "contributor", "provider", "care_manager"])
def test_a_file_of_the_councils_own_is_not_there_for_others_who_read_its_record(
    world: World, as_user: Any, who: str
) -> None:
    with actors.acting(actors.system("test", NOW)):
        service = world.service(provider=world.person("provider") and _own_provider())
        inside, open_ = attachment(world, service), attachment(world, service, internal=False, content=PDF + b"\n")
        inside, open_, page = inside.id, open_.id, service.id
    client = as_user(who)
    for address in (f"/attachments/{inside}/open", f"/attachments/show/{inside}", f"/attachments/{inside}/withdraw"):
        assert client.get(address).status_code == 404
    assert client.get(f"/attachments/{open_}/open").status_code == 200
    text = client.get(f"/services/show/{page}").text
    assert f"/attachments/show/{open_}" in text
    assert f"/attachments/show/{inside}" not in text
    assert "Add a file" not in text


def _own_provider() -> Any:
    from models.providers import Provider

    return db.session.query(Provider).filter_by(name="Own Care").one()


def test_a_file_opens_to_partners_when_its_record_does(world: World, as_user: Any) -> None:
    visit = world.visit(state="written_up")
    item, partner = attachment(world, visit, internal=False).id, as_user("partner")
    assert partner.get(f"/attachments/{item}/open").status_code == 404
    assert as_user("officer").post(f"/visits/{visit.id}/publish", data={"version": "0"}).status_code == 302
    assert partner.get(f"/attachments/{item}/open").status_code == 200


def test_whoever_reads_a_file_of_a_shared_record_stands_in_the_ledger(world: World, as_user: Any) -> None:
    item = attachment(world, world.share(complaint(world)), internal=False).id
    assert as_user("partner").get(f"/attachments/{item}/open").data == PDF
    assert as_user("officer").get(f"/attachments/{item}/open").data == PDF
    entry = LedgerEntry.__table__.c
    told = db.session.connection().execute(
        select(entry.kind, entry.actor_role).where(entry.record_type == "attachment", entry.record_id == item)
    )
    assert [tuple(each) for each in told] == [("read", "partner"), ("read", "officer")]


def test_bytes_that_are_not_those_that_were_added_are_not_given_out(
    world: World, as_user: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    item = attachment(world, sha256="0" * 64).id
    answer = as_user("officer").get(f"/attachments/{item}/open")
    assert answer.status_code == 500
    assert (
        "The stored file is not the one that was added: its hash differs. It was not opened, and it has been noted "
        "for whoever runs Careward." in body(answer)
    )
    assert b"%PDF" not in answer.data
    assert re.search(rf"file changed.*attachment.*{item}", capsys.readouterr().out)


def test_bytes_that_are_gone_are_told_in_words(world: World, as_user: Any, capsys: pytest.CaptureFixture[str]) -> None:
    item = attachment(world, storage_key="f" * 32).id
    answer = as_user("officer").get(f"/attachments/{item}/open")
    assert answer.status_code == 500
    assert "The file is not where it was stored. It has been noted for whoever runs Careward." in body(answer)
    assert "file lost" in capsys.readouterr().out


# --- withdrawing ---


def test_a_withdrawn_file_is_crossed_out_with_its_reason_and_opens_to_nobody(world: World, as_user: Any) -> None:
    visit = world.visit(state="published")
    item, officer = attachment(world, visit, internal=False).id, as_user("officer")
    page = officer.get(f"/attachments/{item}/withdraw")
    assert "Nobody can open the file any more." in body(page)
    assert problems(officer.post(f"/attachments/{item}/withdraw", data={"version": "0"})) == [
        "Fill in “Why it is withdrawn”."
    ]
    answer = officer.post(f"/attachments/{item}/withdraw", data={"version": "0", "withdrawn_reason": "Wrong home."})
    assert (answer.status_code, answer.location) == (302, f"/attachments/show/{item}")
    shown = officer.get(f"/visits/show/{visit.id}")
    assert "<del>rota.pdf</del>" in shown.text
    assert "Withdrawn 4 March 2026 at 10:00, Test Officer: Wrong home." in body(shown)
    assert "Open the file" not in officer.get(f"/attachments/show/{item}").text
    gone = officer.get(f"/attachments/{item}/open")
    assert gone.status_code == 410
    assert "This file was withdrawn, so it cannot be opened: Wrong home." in body(gone)
    partner = as_user("partner")
    assert partner.get(f"/attachments/{item}/open").status_code == 404
    assert "rota.pdf" not in partner.get(f"/visits/show/{visit.id}").text
    (row,) = stored()
    assert (row["state"], row["withdrawn_reason"], row["withdrawn_by_id"], row["withdrawn_at"]) == (
        "withdrawn", "Wrong home.", world.person("officer").id, NOW,
    )  # fmt: skip


def test_a_withdrawn_file_may_be_added_again(world: World, as_user: Any) -> None:
    visit, officer = world.visit(), as_user("officer")
    attachment(world, visit, "withdrawn")
    assert add(officer, visit).status_code == 302
    assert [row["state"] for row in stored()] == ["withdrawn", "kept"]


def test_a_head_withdraws_files_of_what_heads_work_on_only(world: World, as_user: Any) -> None:
    head = as_user("head")
    mine, theirs = attachment(world, world.suspension()).id, attachment(world).id
    told = {"version": "0", "withdrawn_reason": "Wrong."}
    assert head.post(f"/attachments/{mine}/withdraw", data=told).status_code == 302
    answer = head.post(f"/attachments/{theirs}/withdraw", data=told)
    assert answer.status_code == 403
    assert "Files of this record are withdrawn by: Officer, Manager." in body(answer)


def test_nothing_of_a_file_is_changed_by_hand(world: World) -> None:
    attachment(world)
    with world.acting("manager"):
        item = db.session.scalars(select(Attachment)).one()
        item.internal = False
        with pytest.raises(Refused, match="only by the steps of its workflow"):
            db.session.flush()
        db.session.rollback()
        db.session.delete(db.session.scalars(select(Attachment)).one())
        with pytest.raises(Refused, match="Nothing is deleted"):
            db.session.flush()
        db.session.rollback()


# --- listing ---


def test_the_list_of_files_names_their_records_in_one_statement_a_kind(world: World, as_user: Any) -> None:
    for _number in range(3):
        attachment(world, world.visit(world.service("Alder House")))
        attachment(world, world.suspension(world.service("Birch House")))
    text = body(as_user("officer").get("/attachments/list/"))
    assert text.count("Focused visit, Alder House") == 3
    assert text.count("Birch House") == 3
    filtered = body(as_user("officer").get("/attachments/list/?record=suspension"))
    assert "Alder House" not in filtered


def test_rows_of_another_kind_of_record_are_seen_by_nobody(world: World) -> None:
    plain = {"filename": "x", "media_type": "x", "size": 1, "sha256": "0" * 64, "storage_key": "x", "what": "x"}
    world._add(Attachment(record_type="ab_user", record_id=1, **plain))
    with world.acting("manager"):
        assert db.session.scalar(select(func.count(Attachment.id))) == 0


# --- four eyes ---


def test_whoever_adds_or_withdraws_a_file_has_written_a_part_of_what_is_decided_upon(world: World) -> None:
    case = world.suspension(state="submitted")
    found = files.examine(io.BytesIO(PDF), "board.pdf", 1000)
    with world.acting("head") as actor:
        made = attachments.attach(db.session, actor, "suspension", case.id, found, "0" * 32, "Minute", True)
        db.session.commit()
    sentence = "You edited this record, so somebody else must decide."
    assert (refused(world, "head", "approve", case), case.version) == (sentence, 1)
    take(world, "head2", "withdraw", made, withdrawn_reason="The wrong minute.")
    assert (refused(world, "head2", "approve", case), case.version) == (sentence, 2)
    with world.acting("officer"):
        entry = LedgerEntry
        rows = db.session.execute(
            select(entry.record_type, entry.kind, entry.step, entry.note).order_by(entry.id)
        ).all()
    assert [tuple(row) for row in rows[1:]] == [  # after the framework
        ("attachment", LedgerKind.created, None, ""),
        ("suspension", LedgerKind.edited, None, "A file was added: board.pdf"),
        ("attachment", LedgerKind.step, "withdraw", "Because."),
        ("suspension", LedgerKind.edited, None, "A file was withdrawn: board.pdf"),
    ]


def test_a_decision_on_a_page_opened_before_a_file_came_is_asked_for_again(world: World, as_user: Any) -> None:
    case = world.suspension(state="submitted")
    with world.acting("officer") as actor:
        found = files.examine(io.BytesIO(PDF), "evidence.pdf", 1000)
        attachments.attach(db.session, actor, "suspension", case.id, found, "0" * 32, "Evidence", True)
        db.session.commit()
    answer = as_user("head").post(f"/suspensions/{case.id}/approve", data={"version": "0"})
    assert answer.status_code == 409
    assert "Somebody changed this record after you opened it. Read it again, then decide." in answer.text


@pytest.mark.parametrize("make", [placements.validation, placements.placement, placements.payment_check])
def test_files_are_added_to_records_of_placements_too(world: World, as_user: Any, make: Any) -> None:
    record = make(world)
    to = f"/attachments/add?record_type={record.__tablename__}&record_id={record.id}"
    assert as_user("officer").get(to).status_code == 200
    assert as_user("head").get(to).status_code == 403
