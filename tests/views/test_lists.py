"""Lists as people work in them: columns, filters, dates told from today, saved views, and what leaves as a file."""

import csv
import datetime as dt
import html
import io
import re
import zipfile
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select
from world import NOW, World

from models import db
from models.base import READING
from models.ledger import LedgerEntry
from models.lists import Export, SavedView
from models.providers import ContactNote, NoteChannel, Provider
from views import exports, spans
from views.columns import SCREENS
from workflows import actor as actors
from workflows.gate import Refused


def table(answer: Any) -> list[list[str]]:
    """The rows of a list, its headings first, as they are read."""
    found = re.search(
        r'<table class="govuk-table cw-table" role="table" aria-describedby.*?</table>', answer.text, re.S
    )
    rows = re.findall(r"<tr.*?</tr>", found[0], re.S) if found else []
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S) for row in rows]
    return [[html.unescape(re.sub(r"<[^>]+>", "", cell)).strip() for cell in row] for row in cells]


def firsts(client: FlaskClient, address: str) -> list[str]:
    """What stands first in each row of a list, in the order of the alphabet."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    return sorted(row[0] for row in table(answer)[1:])


def tags(answer: Any) -> dict[str, str]:
    """The chosen filters that stand above a list, and where each leads that takes it away."""
    found = re.findall(r'<a class="cw-chosen__tag" href="([^"]*)">(.*?)</a>', answer.text, re.S)
    words = [(html.unescape(re.sub(r"<[^>]+>", "", each)).strip(" ×"), address) for address, each in found]
    return {each.removeprefix("Remove: "): html.unescape(address) for each, address in words}


def lines(answer: Any) -> list[list[str]]:
    """The rows of a file of CSV."""
    assert answer.status_code == 200
    assert answer.mimetype == "text/csv"
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))


@pytest.fixture
def cases(world: World) -> World:
    for name, state in (("Alder", "draft"), ("Birch", "submitted"), ("Cedar", "in_force"), ("Damson", "lifted")):
        world.suspension(world.service(name), state)
    return world


# --- filters ---


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Alder", "Birch", "Cedar", "Damson"]),
        ("state=draft", ["Alder"]),
        ("state=draft&state=submitted", ["Alder", "Birch"]),
        ("state=draft&state=submitted&state=submitted", ["Alder", "Birch"]),
        ("state=draft&state=unknown", ["Alder"]),
        ("state=unknown", ["Alder", "Birch", "Cedar", "Damson"]),
        ("state=", ["Alder", "Birch", "Cedar", "Damson"]),
        ("state=&state=lifted", ["Damson"]),
        ("state=draft&kind=voluntary", []),
        ("state=draft&kind=voluntary&kind=no_new_purchase", ["Alder"]),
        ("state=draft&state=in_force&q=ced", ["Cedar"]),
    ],
)
def test_of_one_filter_any_choice_holds_and_of_several_filters_each(
    cases: World, as_user: Any, query: str, found: list[str]
) -> None:
    assert firsts(as_user("officer"), f"/suspensions/list/?{query}") == found


def test_a_filter_that_stands_by_itself_gives_way_when_another_choice_or_none_is_made(
    world: World, as_user: Any
) -> None:
    for name, state in (("Alder", "planned"), ("Birch", "published"), ("Cedar", "cancelled")):
        world.visit(world.service(name), state=state)
    officer = as_user("officer")
    columns = "columns=service"
    for query, found in {
        "": ["Alder"],
        "state=": ["Alder", "Birch", "Cedar"],
        "state=&state=published": ["Birch"],
        "state=open&state=cancelled": ["Alder", "Cedar"],
    }.items():
        rows = table(officer.get(f"/visits/list/?{columns}&{query}"))
        assert sorted(row[1] for row in rows[1:]) == found, query


def test_what_is_chosen_stands_above_the_list_and_each_can_be_taken_away(cases: World, as_user: Any) -> None:
    officer = as_user("officer")
    answer = officer.get("/suspensions/list/?q=a&state=draft&state=lifted&starts_on=month&starts_on.to=2026-12-31")
    assert tags(answer) == {
        "Search: “a”": "/suspensions/list/?state=draft&state=lifted&starts_on=month&starts_on.to=2026-12-31",
        "State: Draft": "/suspensions/list/?q=a&state=lifted&starts_on=month&starts_on.to=2026-12-31",
        "State: Lifted": "/suspensions/list/?q=a&state=draft&starts_on=month&starts_on.to=2026-12-31",
        "In force from: This month": "/suspensions/list/?q=a&state=draft&state=lifted&starts_on.to=2026-12-31",
        "In force from: to 31 December 2026": "/suspensions/list/?q=a&state=draft&state=lifted&starts_on=month",
    }
    assert tags(officer.get("/visits/list/")) == {"State: Not finished": "/visits/list/?state="}


def test_a_list_of_one_services_records_names_the_service(cases: World, as_user: Any) -> None:
    key = cases.service("Elder").id
    cases.suspension(cases.service("Fir"), "draft")
    officer = as_user("officer")
    answer = officer.get(f"/suspensions/list/?service_id={key}")
    assert tags(answer) == {"Service: Elder": "/suspensions/list/?page=1"}
    assert table(answer) == []
    assert f'<input type="hidden" name="service_id" value="{key}">' in answer.text
    assert "Elder" not in as_user("provider").get(f"/contacts/list/?service_id={key}").text
    assert len(firsts(officer, "/suspensions/list/?service_id=4711")) == 5


def test_a_kind_that_nobody_declared_as_a_filter_is_one(world: World, as_user: Any) -> None:
    world.service("Alder", commissioning="commissioned")
    world.service("Birch", commissioning="spot_purchase")
    world.service("Cedar")
    found = firsts(as_user("officer"), "/services/list/?commissioning=commissioned&commissioning=spot_purchase")
    assert found == ["Alder", "Birch"]


# --- dates ---


@pytest.mark.parametrize(
    ("told", "today", "first", "last"),
    [
        ("overdue", "2026-03-01", None, "2026-02-28"),
        ("today", "2026-03-29", "2026-03-29", "2026-03-29"),
        ("yesterday", "2026-01-01", "2025-12-31", "2025-12-31"),
        ("yesterday", "2028-03-01", "2028-02-29", "2028-02-29"),
        ("last-7", "2026-03-04", "2026-02-26", "2026-03-04"),
        ("last-28", "2026-03-04", "2026-02-05", "2026-03-04"),
        ("next-7", "2026-12-29", "2026-12-29", "2027-01-04"),
        ("next-28", "2026-02-01", "2026-02-01", "2026-02-28"),
        ("week", "2026-03-02", "2026-03-02", "2026-03-08"),
        ("week", "2026-03-08", "2026-03-02", "2026-03-08"),
        ("week", "2027-01-01", "2026-12-28", "2027-01-03"),
        ("month", "2026-02-01", "2026-02-01", "2026-02-28"),
        ("month", "2028-02-29", "2028-02-01", "2028-02-29"),
        ("month", "2026-12-31", "2026-12-01", "2026-12-31"),
        ("quarter", "2026-01-01", "2026-01-01", "2026-03-31"),
        ("quarter", "2026-03-31", "2026-01-01", "2026-03-31"),
        ("quarter", "2026-04-01", "2026-04-01", "2026-06-30"),
        ("quarter", "2026-09-30", "2026-07-01", "2026-09-30"),
        ("quarter", "2026-12-31", "2026-10-01", "2026-12-31"),
    ],
)
def test_days_told_from_today(told: str, today: str, first: str | None, last: str) -> None:
    _words, of = spans.RELATIVE[told]
    days = of(dt.date.fromisoformat(today))
    assert tuple(each.isoformat() if each else None for each in days) == (first, last)


@pytest.mark.parametrize(
    ("day", "within"),
    [
        # The clocks go forward on 29 March: that day has 23 hours, and ends an hour earlier by Greenwich.
        ("2026-03-28", ["2026-03-28T00:00Z", "2026-03-28T23:59Z"]),
        ("2026-03-29", ["2026-03-29T00:00Z", "2026-03-29T22:59Z"]),
        ("2026-03-30", ["2026-03-29T23:00Z"]),
        # They go back on 25 October: 25 hours.
        ("2026-10-24", ["2026-10-24T22:59Z"]),
        ("2026-10-25", ["2026-10-24T23:00Z", "2026-10-25T23:59Z"]),
        ("2026-10-26", ["2026-10-26T00:00Z"]),
    ],
)
def test_a_day_ends_by_the_clock_on_the_wall(world: World, as_user: Any, day: str, within: list[str]) -> None:
    moments = [
        "2026-03-28T00:00Z", "2026-03-28T23:59Z", "2026-03-29T00:00Z", "2026-03-29T22:59Z", "2026-03-29T23:00Z",
        "2026-10-24T22:59Z", "2026-10-24T23:00Z", "2026-10-25T23:59Z", "2026-10-26T00:00Z",
    ]  # fmt: skip
    for each in moments:
        world.visit(world.service(each), state="scheduled", starts_at=dt.datetime.fromisoformat(each))
    query = f"columns=service&starts_at.from={day}&starts_at.to={day}"
    rows = table(as_user("officer").get(f"/visits/list/?{query}"))
    assert sorted(row[1] for row in rows[1:]) == within


def test_a_saved_address_is_told_from_the_day_on_which_it_is_opened(
    app: Flask, cases: World, as_user: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, on in (("March", dt.date(2026, 3, 31)), ("April", dt.date(2026, 4, 1)), ("June", dt.date(2026, 6, 30))):
        cases.suspension(cases.service(name), "in_force", next_review_on=on, starts_on=dt.date(2026, 1, 5))
    cases.suspension(cases.service("Never"), "draft")
    officer = as_user("officer")
    address = "/suspensions/list/?state=in_force&state=draft&next_review_on="
    assert firsts(officer, f"{address}quarter") == ["March"]
    # 31 March 2026 at 23:30 by Greenwich is 1 April on the wall.
    monkeypatch.setitem(app.config, "CAREWARD_NOW", dt.datetime(2026, 3, 31, 23, 30, tzinfo=dt.UTC))
    assert firsts(officer, f"{address}today") == ["April", "Cedar"]
    assert firsts(officer, f"{address}quarter") == ["April", "Cedar", "June"]
    assert firsts(officer, f"{address}overdue") == ["March"]
    assert firsts(officer, f"{address}yesterday") == ["March"]
    assert firsts(officer, f"{address}empty") == ["Alder", "Never"]
    assert firsts(officer, f"{address}&next_review_on.from=2026-04-02&next_review_on.to=30/06/2026") == ["June"]


def test_a_date_that_is_none_is_told_in_a_sentence_and_nothing_is_lost(cases: World, as_user: Any) -> None:
    officer = as_user("officer")
    query = "state=draft&starts_on.from=31%2F02%2F2026&starts_on.to=2026-03-31&order=state&columns=scope,starts"
    answer = officer.get(f"/suspensions/list/?{query}")
    assert answer.status_code == 200
    sentence = "“In force from”: enter a date, like 31/03/2026. It narrows nothing until then."
    assert f'<a href="#starts_on.from">{sentence}</a>' in answer.text
    assert 'name="starts_on.from" value="31/02/2026"' in answer.text
    assert 'name="starts_on.to" value="2026-03-31"' in answer.text
    assert 'id="filter-state-draft" checked' in answer.text
    assert '<input type="hidden" name="order" value="state">' in answer.text
    refused = officer.get(f"/suspensions/export?format=csv&{query}")
    assert refused.status_code == 400
    assert sentence in refused.text
    turned = officer.get("/suspensions/list/?starts_on.from=2026-03-31&starts_on.to=2026-03-01").text
    assert "“In force from”: the first day lies after the last. Exchange them." in turned
    for odd in ("0001-01-01", "9999-12-31", "²", "1" * 4000, "2026-13-01"):
        page = officer.get("/suspensions/list/", query_string={"starts_on.from": odd, "starts_on.to": odd})
        assert page.status_code == 200
        assert "enter a date, like 31/03/2026" in page.text


# --- columns ---


def test_columns_are_chosen_in_the_address_and_related_records_stand_by_name(world: World, as_user: Any) -> None:
    service = world.service("Alder")
    world.suspension(service, "in_force", grounds="Late medicines.", submitted_by_id=world.person("officer2").id)
    address = "/suspensions/list/?columns=state,grounds,number_placed,service_id,submitted_by_id,nothing,version"
    assert table(as_user("officer").get(address)) == [
        ["What is restricted", "State", "Grounds", "Number placed by the council", "Service", "Submitted by"],
        ["Alder", "In force", "Late medicines.", "12", "Alder", "Test Officer2"],
    ]
    # As the form sends them.
    assert table(as_user("officer").get("/suspensions/list/?columns=starts&columns=kind"))[0] == [
        "What is restricted", "In force from", "Kind",
    ]  # fmt: skip


def test_an_order_is_one_of_the_columns_or_none(cases: World, as_user: Any) -> None:
    officer = as_user("officer")
    page = officer.get("/suspensions/list/?columns=scope,decided_on&order=decided_on&direction=desc").text
    assert page.count('aria-sort="descending"') == 1
    for order in ("grounds", "created_by_id", "id", "version", "service.name"):
        assert 'aria-sort="ascending"' not in officer.get(f"/suspensions/list/?order={order}").text


INSIDE = ("due_on", "reason", "tasks", "authorised_at")


@pytest.mark.parametrize("who", ["partner", "contributor", "provider"])
def test_no_list_filter_order_or_file_tells_an_outsider_what_is_for_the_council(
    world: World, as_user: Any, who: str
) -> None:
    own = world.service("Ownhouse", provider=_own(world))
    told = {"reason": "Kestrel", "tasks": "Merlin", "authorised_at": NOW}
    for number, due in enumerate((dt.date(2026, 1, 1), dt.date(2026, 6, 1))):
        starts = NOW - dt.timedelta(days=9 + number)
        world.visit(own, "quality_monitoring", "published", due_on=due, starts_at=starts, **told)
    client = as_user(who)
    plain = table(client.get("/visits/list/"))
    assert plain[0] == ["Kind of visit", "Service", "State", "Date and time", "Officer"]
    assert len(plain) == 3
    columns = f"columns=due,{','.join(INSIDE)},service,state,starts,officer"
    for query in (
        columns,
        "order=due", "order=due&direction=desc", "order=due_on", "order=authorised_at",
        "due_on=overdue", "due_on=empty", "due_on.from=2026-05-01", "due_on.to=2026-05-01", "authorised_at=today",
        "reason=Kestrel", "due_on.from=rubbish",
    ):  # fmt: skip
        answer = client.get(f"/visits/list/?{query}")
        assert table(answer) == plain, query
        assert not re.search("Kestrel|Merlin|Due by|Why this visit|What to look at|Authorised|due_on", answer.text), (
            query
        )
        assert lines(client.get(f"/visits/export?format=csv&{query}"))[0] == plain[0]
        assert len(lines(client.get(f"/visits/export?format=csv&{query}"))) == 3, query
    assert table(client.get("/visits/list/?q=Kestrel")) == []
    assert len(lines(client.get("/visits/export?format=csv&q=Kestrel"))) == 1
    officer = table(as_user("officer").get(f"/visits/list/?state=&{columns}"))
    assert officer[0] == [
        "Kind of visit", "Due by", "Why this visit", "What to look at", "Authorised", "Service", "State",
        "Date and time", "Officer",
    ]  # fmt: skip
    assert officer[1][1:4] == ["1 January 2026", "Kestrel", "Merlin"]


def _own(world: World) -> Any:
    with actors.acting(actors.system("test", NOW)):
        return db.session.query(Provider).filter_by(name="Own Care").one()


PLURALS = ("services", "providers", "contacts", "contact-notes", "parts", "visits", "suspensions", "documents")


def test_whatever_columns_are_chosen_more_rows_cost_no_more_statements(world: World, as_user: Any) -> None:
    def work(count: int) -> None:
        for number in range(count):
            service = world.service(f"House {world.number} {number}")
            world.part(service, f"Unit {number}")
            world.visit(service, state="published")
            case = world.suspension(service, "in_force", part_id=None, submitted_by_id=world.person("officer").id)
            with world.acting("officer"):
                note = {"provider_id": case.provider_id, "service_id": service.id, "at": NOW, "text": "Rang."}
                db.session.add(ContactNote(channel=NoteChannel.phone, **note))
                db.session.commit()

    officer, costs = as_user("officer"), []
    for _round in range(2):
        work(4)
        spent = {}
        for plural in PLURALS:
            page = officer.get(f"/{plural}/list/").text
            names = ",".join(re.findall(r'name="columns" value="(\w+)"', page))
            address = f"/{plural}/list/?columns={names}&state="
            officer.get(address)
            spent[plural] = _cost(officer, address), _cost(officer, f"/{plural}/export?format=csv&columns={names}")
        costs.append(spent)
    assert costs[0] == costs[1]


def _cost(client: FlaskClient, address: str) -> int:
    told: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "COMMIT")):
            told.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        answer = client.get(address)
        assert answer.status_code == 200
        assert answer.data
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len(told)


# --- files ---


def test_a_file_has_all_rows_of_the_list_and_the_chosen_columns(world: World, as_user: Any) -> None:
    for number in range(30):
        world.suspension(world.service(f"House {number:02}"), "in_force", number_placed=number)
    world.suspension(world.service("Alder"), "draft")
    query = "state=in_force&columns=state,number_placed,starts,decided_by_id&order=number_placed&direction=desc"
    found = lines(as_user("officer").get(f"/suspensions/export?format=csv&{query}"))
    assert found[0] == ["What is restricted", "State", "Number placed by the council", "In force from", "Decided by"]
    assert found[1] == ["House 29", "In force", "29", "2026-03-04", ""]
    assert found[-1] == ["House 00", "In force", "0", "2026-03-04", ""]
    assert len(found) == 31


def test_moments_in_a_file_are_those_on_the_wall(world: World, as_user: Any) -> None:
    moment = dt.datetime(2026, 7, 1, 8, 30, tzinfo=dt.UTC)
    world.visit(state="scheduled", starts_at=moment, announced=True)
    found = lines(as_user("officer").get("/visits/export?format=csv&columns=starts,announced"))
    assert found[1][1:] == ["2026-07-01T09:30:00+01:00", "Yes"]


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\uff1d1+1"]


def test_no_cell_of_a_file_is_run_by_a_spreadsheet(world: World, as_user: Any) -> None:
    service = world.service("=cmd|' /C calc'!A0")
    for text in [*FORMULAS, "1=1", "plain, with “quotes” and\nlines"]:
        world._add(
            ContactNote(
                provider_id=service.provider_id, service_id=service.id, at=NOW, channel=NoteChannel.phone, text=text
            )
        )
    officer = as_user("officer")
    found = lines(officer.get("/contact-notes/export?format=csv&columns=text,service"))
    assert {row[1] for row in found[1:]} == {
        "'=1+1", "'+1", "'-1", "'@SUM(A1)", "'\t=1", "'\r=1", "'\n=1", "'\uff1d1+1", "1=1",
        "plain, with “quotes” and\nlines",
    }  # fmt: skip
    assert {row[2] for row in found[1:]} == {"'=cmd|' /C calc'!A0"}

    sheet = opened(officer.get("/contact-notes/export?format=xlsx&columns=text,service"))
    assert "<f>" not in sheet
    assert sheet.count('t="inlineStr"') == 3 + 2 * 10  # the headings, and both texts of each row
    assert "<t>=1+1</t>" in sheet


def opened(answer: Any) -> str:
    """The one sheet of a workbook."""
    assert answer.status_code == 200
    assert answer.mimetype == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
        return book.read("xl/worksheets/sheet1.xml").decode()


def test_numbers_and_dates_of_a_workbook_stay_numbers_and_dates(world: World, as_user: Any) -> None:
    world.suspension(world.service("Alder"), "in_force", number_placed=12)
    sheet = opened(as_user("officer").get("/suspensions/export?format=xlsx&columns=number_placed,starts"))
    assert re.search(r'<c r="B2"><v>12</v></c>', sheet)
    assert re.search(r'<c r="C2" s="\d+"><v>46085</v></c>', sheet)  # 4 March 2026, in days since 1900
    moment = dt.datetime(2026, 7, 1, 11, 0, tzinfo=dt.UTC)
    world.visit(state="scheduled", starts_at=moment)
    sheet = opened(as_user("officer").get("/visits/export?format=xlsx&columns=starts"))
    assert re.search(r'<c r="B2" s="\d+"><v>46204\.5</v></c>', sheet)  # noon on the wall


def test_a_sheet_has_an_end_and_says_so(world: World, as_user: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    world.service("Alder")
    world.service("Birch")
    monkeypatch.setattr(exports, "EXCEL_ROWS", 2)
    officer = as_user("officer")
    answer = officer.get("/services/export?format=xlsx")
    assert answer.status_code == 400
    told = "Excel holds 1,048,575 records at most, and this list has more. Narrow it, or export it as CSV."
    assert told in answer.text
    assert len(lines(officer.get("/services/export?format=csv"))) == 3
    for other in ("", "?format=pdf", "?format=CSV"):
        answer = officer.get(f"/services/export{other}")
        assert answer.status_code == 400
        assert "A list is exported as CSV or as Excel." in answer.text


def test_each_role_takes_out_the_rows_that_it_reads(world: World, as_user: Any) -> None:
    world.service("Ownhouse", provider=_own(world))
    world.service("Otherhouse")
    found = {who: lines(as_user(who).get("/services/export?format=csv"))[1:] for who in ("provider", "partner")}
    assert [row[0] for row in found["provider"]] == ["Ownhouse"]
    assert [row[0] for row in found["partner"]] == ["Otherhouse", "Ownhouse"]
    assert as_user("administrator").get("/services/export?format=csv").status_code == 403
    assert len(lines(as_user("administrator").get("/users/export?format=csv"))) == 13
    assert as_user("partner").get("/suspensions/export?format=csv").status_code == 403


def test_whoever_takes_rows_out_is_recorded_before_the_first_byte_leaves(cases: World, as_user: Any) -> None:
    officer = as_user("officer")
    answer = officer.get("/suspensions/export?format=csv&state=draft&state=lifted&order=state&nonsense=1&page=2")
    kept = Export.__table__
    (row,) = db.session.connection().execute(select(kept)).all()
    assert (row.screen, row.address, row.format.value, row.rows) == (
        "suspensions", "state=draft&state=lifted&order=state", "csv", 2,
    )  # fmt: skip
    assert row.created_by_id == cases.person("officer").id
    entry = LedgerEntry.__table__
    told = select(entry).where(entry.c.record_type == "export", entry.c.record_id == row.id)
    (told_of,) = db.session.connection().execute(told).all()
    assert told_of.actor_id == row.created_by_id
    assert told_of.changes["rows"] == [None, 2]
    answer.close()
    assert READING.get() is False
    assert actors.current_actor() is None

    as_user("head").get("/services/export?format=xlsx")
    met = {
        who: [row[:1] + row[2:5] for row in table(as_user(who).get("/exports/list/"))[1:]]
        for who in ("officer", "head", "manager", "director", "auditor", "officer2", "partner", "administrator")
    }
    first, second = (
        ["Temporary suspensions of purchasing", "Test Officer", "CSV", "2"],
        ["Services", "Test Head", "Excel", "4"],
    )
    assert met == {
        "officer": [first], "head": [second], "manager": [second, first], "director": [second, first],
        "auditor": [second, first], "officer2": [], "partner": [], "administrator": [],
    }  # fmt: skip


def test_nobody_writes_or_changes_the_record_of_an_export_by_hand(cases: World, as_user: Any) -> None:
    as_user("officer").get("/suspensions/export?format=csv")
    for who in ("officer", "manager", "administrator"):
        with cases.acting(who):
            db.session.add(Export(screen="visits", address="", format="csv", rows=1))
            with pytest.raises(Refused, match=r"Your role may not add or change this\."):
                db.session.flush()
            db.session.rollback()
    with cases.acting("officer"):
        item = db.session.scalars(select(Export)).one()
        item.rows = 0
        with pytest.raises(Refused, match=r"Your role may not add or change this\."):
            db.session.flush()
        db.session.rollback()


# --- saved views ---


def save(client: FlaskClient, address: str, screen: str = "suspensions", **told: str) -> Any:
    query = {"screen": screen, "address": address}
    return client.post("/saved-views/add", query_string=query, data={"name": "Mine", **told})


def offered(client: FlaskClient, plural: str = "suspensions") -> list[tuple[str, str]]:
    """The saved views above a list: name and where it leads."""
    nav = re.search(r'<nav class="cw-views".*?</nav>', client.get(f"/{plural}/list/?page=1").text, re.S)
    links = re.findall(r'href="([^"]*)"[^>]*>([^<]*)</a>', nav[0]) if nav else []
    return [(html.unescape(name), html.unescape(address)) for address, name in links[:-1]]


def test_a_list_is_kept_under_a_name_as_its_address_says_it(cases: World, as_user: Any) -> None:
    officer = as_user("officer")
    page = officer.get("/suspensions/list/?state=draft&state=lifted&columns=scope,starts&starts_on=month&q=&x=1").text
    action = html.unescape(re.search(r'<form method="post" action="(/saved-views/add[^"]*)"', page)[1])
    answer = officer.post(action, data={"name": "Drafts and lifted"})
    kept = "/suspensions/list/?state=draft&state=lifted&starts_on=month&columns=scope,starts"
    assert answer.status_code == 302
    assert answer.location == kept
    assert offered(officer) == [("Drafts and lifted", kept)]
    assert 'aria-current="page">Drafts and lifted' in officer.get(kept).text
    assert offered(as_user("manager")) == []
    assert offered(officer, "visits") == []


def test_a_shared_view_is_offered_to_the_councils_people_who_read_its_list(cases: World, as_user: Any) -> None:
    assert save(as_user("officer"), "rating=good", "services", shared="y").status_code == 302
    kept = [("Mine", "/services/list/?rating=good")]
    for who in ("officer", "officer2", "manager", "head", "director", "auditor"):
        assert offered(as_user(who), "services") == kept, who
    for who in ("partner", "contributor", "provider", "care_manager"):
        assert offered(as_user(who), "services") == [], who
    assert save(as_user("partner"), "rating=good", "services", shared="y").status_code == 302
    assert offered(as_user("partner"), "services") == kept
    assert offered(as_user("manager"), "services") == kept  # the officer's alone: partners share with nobody


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/",
        "//example.org",
        "next=https://example.org",
        "\\\\example.org",
        "state=unknown&q=",
        "%0d%0aX: 1",
    ],
)
def test_a_saved_view_leads_nowhere_but_to_its_list(cases: World, as_user: Any, address: str) -> None:
    officer = as_user("officer")
    answer = save(officer, address)
    assert answer.location == "/suspensions/list/?page=1"
    assert offered(officer) == [("Mine", "/suspensions/list/?page=1")]


@pytest.mark.parametrize("screen", ["", "//example.org", "https://example.org/", "nothing", "../users", "users"])
def test_a_view_of_no_list_or_of_one_that_one_may_not_read_is_refused(cases: World, as_user: Any, screen: str) -> None:
    answer = save(as_user("officer"), "", screen)
    assert answer.status_code == 400
    assert "Open the list that you want to keep, narrow it, and save it from there." in answer.text
    assert as_user("officer").get("/saved-views/list/").text.count("<tr") == 0


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"address": "//example.org"}, "This is not the address of a list."),
        ({"address": "q=a\r\nb"}, "This is not the address of a list."),
        ({"screen": "https://example.org"}, "This is not the address of a list."),
        ({"resource": "accounts", "screen": "users"}, "This view is of a list that you may not read."),
        ({"resource": "nothing"}, "This view is of a list that you may not read."),
    ],
)
def test_the_gate_itself_takes_no_other_address(world: World, told: dict[str, str], sentence: str) -> None:
    with world.acting("officer"):
        db.session.add(SavedView(**{"name": "Mine", "screen": "visits", "resource": "visits", "address": "", **told}))
        with pytest.raises(Refused, match=re.escape(sentence)):
            db.session.flush()
        db.session.rollback()


def test_a_view_is_renamed_and_withdrawn_by_whoever_saved_it_alone(cases: World, as_user: Any) -> None:
    officer, manager = as_user("officer"), as_user("manager")
    save(officer, "state=draft", shared="y")
    key = db.session.connection().execute(select(SavedView.__table__.c.id)).scalar()
    told = {"name": "Drafts", "shared": "y", "version": "1"}
    assert officer.post(f"/saved-views/edit/{key}", data=told).status_code == 302
    assert offered(manager) == [("Drafts", "/suspensions/list/?state=draft")]
    refused = manager.post(f"/saved-views/edit/{key}", data={"name": "Theirs", "version": "2"})
    assert "Somebody else saved this view. Save one of your own." in refused.text
    assert ">Change<" not in manager.get(f"/saved-views/show/{key}").text
    assert (
        officer.post(f"/saved-views/edit/{key}", data={"name": "Drafts", "withdrawn": "y", "version": "2"}).status_code
        == 302
    )
    assert offered(officer) == offered(manager) == []
    assert "Drafts" in officer.get("/saved-views/list/?now=no").text


def test_a_list_opens_with_the_view_that_its_reader_chose(cases: World, as_user: Any) -> None:
    officer = as_user("officer")
    assert save(officer, "state=draft", opens_first="y").status_code == 302
    answer = officer.get("/suspensions/list/")
    assert answer.status_code == 302
    assert answer.location == "/suspensions/list/?state=draft"
    assert firsts(officer, "/suspensions/list/?page=1") == ["Alder", "Birch", "Cedar", "Damson"]
    assert 'href="/suspensions/list/?page=1">Clear<' in officer.get(answer.location).text
    assert as_user("manager").get("/suspensions/list/").status_code == 200
    second = save(officer, "state=lifted", name="Other", opens_first="y")
    assert second.status_code == 200
    assert "Another view of this list opens first for you already. Change that one before." in second.text
    assert 'value="Other"' in second.text


def test_administrators_export_accounts_and_settings_and_no_cases(app: Flask, world: World, as_user: Any) -> None:
    administrator = as_user("administrator")
    with app.app_context():
        places = sorted(screen.route_base for screen in SCREENS.values())
    may = [place for place in places if administrator.get(f"{place}/export?format=csv").status_code == 200]
    assert may == [
        "/agencies", "/authorities", "/authority-contacts", "/calendars", "/exports", "/framework-activities",
        "/framework-approvals", "/framework-bands", "/framework-cadences", "/framework-clocks", "/framework-groups",
        "/framework-indicators", "/framework-notice-reasons", "/framework-restrictions", "/framework-retentions",
        "/framework-schemes", "/framework-service-types", "/framework-terms", "/framework-triggers", "/frameworks",
        "/saved-views", "/tokens", "/users",
    ]  # fmt: skip
