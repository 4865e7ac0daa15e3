"""Calendar addresses: made, shown once, read by calendar programs and ended; and what a calendar holds."""

import datetime as dt
import re
from typing import Any

import pytest
from areas.complaints import complaint
from areas.meetings import meeting
from flask import Flask
from icalendar import Calendar
from owed import owed
from sqlalchemy import Engine, event
from world import NOW, World, console

from app import create_app
from models import db
from models.calendars import CalendarAddress, CalendarKind
from models.ledger import LedgerEntry
from workflows import calendars
from workflows import people as accounts
from workflows.access import Role
from workflows.gate import Refused

TODAY = dt.date(2026, 3, 4)


def address(world: World, username: str, kind: str = "person") -> str:
    """The path of a new address of this person's."""
    with world.acting(username) as actor:
        _made, secret = calendars.make(db.session, actor, CalendarKind(kind))
        db.session.commit()
    return f"/calendar/{secret}.ics"


def get(app: Flask, path: str, **headers: str) -> Any:
    """As a calendar program asks, without any cookie."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return app.test_client(use_cookies=False).get(path, headers=named)


def entries(app: Flask, path: str) -> dict[str, Any]:
    """Summary -> entry, as a calendar program reads them."""
    answer = get(app, path)
    assert answer.status_code == 200, answer.text
    found = {str(each["SUMMARY"]): each for each in Calendar.from_ical(answer.data).walk("VEVENT")}
    assert len(found) == answer.data.count(b"BEGIN:VEVENT")
    return found


def row(path: str) -> CalendarAddress:
    db.session.expire_all()
    with console():
        return db.session.query(CalendarAddress).filter_by(secret_sha256=calendars.digest(path[10:-4])).one()


# --- its address ---


def test_an_address_is_made_at_the_screen_shown_once_and_revoked(app: Flask, world: World, as_user: Any) -> None:
    officer = as_user("officer")
    shown = officer.post("/calendars/add", data={"kind": "person"})
    assert shown.status_code == 200
    found = re.search(r'value="http://localhost(/calendar/[\w-]{43}\.ics)"', shown.text)
    assert found is not None, shown.text
    path = found[1]
    assert shown.headers["Cache-Control"] == "no-store"
    assert get(app, path).status_code == 200
    number = row(path).id
    secret = path[10:-4]
    for page in (f"/calendars/show/{number}", "/calendars/list/"):
        told = officer.get(page).text
        assert secret not in told
        assert calendars.digest(secret) not in told
    assert officer.post(f"/calendars/{number}/revoke", data={"version": "1"}).status_code == 302
    assert get(app, path).status_code == 404


def test_the_secret_is_kept_nowhere(world: World) -> None:
    path = address(world, "officer")
    secret = path[10:-4]
    connection = db.session.connection()
    for table in (CalendarAddress.__table__, LedgerEntry.__table__):
        rows = [str(tuple(each)) for each in connection.execute(table.select())]
        assert rows != []
        assert [each for each in rows if secret in each] == []


def test_the_address_begins_as_people_reach_the_console(app: Flask, as_user: Any, monkeypatch: Any) -> None:
    monkeypatch.setitem(app.config, "CAREWARD_BASE_URL", "https://careward.example.org/")
    shown = as_user("officer").post("/calendars/add", data={"kind": "person"}).text
    assert 'value="https://careward.example.org/calendar/' in shown


def test_only_a_manager_or_head_is_offered_the_teams_calendar(as_user: Any) -> None:
    offered = {
        role: re.findall(r'<option value="(\w+)"', as_user(role).get("/calendars/add").text)
        for role in ("officer", "manager", "head", "director")
    }
    assert offered == {
        "officer": ["person"],
        "manager": ["person", "team"],
        "head": ["person", "team"],
        "director": ["person"],
    }
    assert "Not a valid choice" in as_user("officer").post("/calendars/add", data={"kind": "team"}).text


def test_nobody_makes_one_past_the_form(world: World) -> None:
    with pytest.raises(Refused, match=r"Your role does not allow this\. Who may: Manager, Head of Service\."):
        address(world, "officer", "team")
    db.session.rollback()
    managers = {"person_id": world.person("manager").id, "kind": CalendarKind.person, "secret_sha256": "a" * 64}
    with world.acting("officer"):
        db.session.add(CalendarAddress(**managers))
        with pytest.raises(Refused, match="nobody makes one for another"):
            db.session.commit()
        db.session.rollback()


def test_an_administrator_sees_that_there_is_one_and_ends_it_and_others_do_not(
    app: Flask, world: World, as_user: Any
) -> None:
    path = address(world, "officer")
    number = row(path).id
    assert as_user("administrator").get(f"/calendars/show/{number}").status_code == 200
    for role, codes in {"officer2": 404, "manager": 404, "auditor": 403, "partner": 403}.items():
        assert as_user(role).post(f"/calendars/{number}/revoke", data={"version": "1"}).status_code == codes, role
    assert get(app, path).status_code == 200
    assert as_user("administrator").post(f"/calendars/{number}/revoke", data={"version": "1"}).status_code == 302
    assert get(app, path).status_code == 404


# --- who reads, and until when ---


def test_an_unknown_address_is_not_there_and_says_so_in_a_line(app: Flask, world: World) -> None:
    for path in ("/calendar/unknown.ics", "/calendar/.ics", "/calendar/x", "/calendar/%00.ics", "/calendar/a/b.ics"):
        answer = get(app, path)
        assert answer.status_code == 404
        assert answer.mimetype == "text/plain"
        assert answer.text == "There is no calendar at this address, or no longer. Make a new address in the console."


def test_it_ends_with_the_account_at_once(app: Flask, world: World) -> None:
    path = address(world, "officer")
    with console():
        accounts.set_active(world.person("officer"), False)
    db.session.commit()
    assert get(app, path).status_code == 404


@pytest.mark.parametrize(
    ("kind", "before", "after"), [("person", "officer", "partner"), ("team", "manager", "officer")]
)
def test_it_ends_with_the_role_at_once(app: Flask, world: World, kind: str, before: str, after: str) -> None:
    path = address(world, before, kind)
    assert get(app, path).status_code == 200
    with console():
        person = world.person(before)
        accounts.set_roles(db.session, person, [Role(after)])
    db.session.commit()
    assert get(app, path).status_code == 404


def test_a_password_that_must_be_changed_first_shuts_it_until_then(app: Flask, world: World) -> None:
    path = address(world, "officer")
    for must, code in ((True, 404), (False, 200)):
        with console():
            world.person("officer").must_change_password = must
        db.session.commit()
        assert get(app, path).status_code == code


def test_it_reads_as_its_person_whoever_is_signed_in_and_touches_no_session(
    app: Flask, world: World, as_user: Any
) -> None:
    service = world.service("Larkfield House")
    owed(world, service, "officer", dt.date(2026, 3, 9))
    path = address(world, "officer")
    for client in (as_user("partner"), as_user("manager"), app.test_client()):
        answer = client.get(path)
        assert answer.status_code == 200
        assert b"Larkfield House" in answer.data
        assert "Set-Cookie" not in answer.headers
    assert get(app, "/calendar/unknown.ics").headers.get("Set-Cookie") is None


def test_nobody_on_the_way_keeps_it_and_no_page_that_it_leads_to_learns_its_address(app: Flask, world: World) -> None:
    for path in (address(world, "officer"), "/calendar/unknown.ics"):
        headers = get(app, path).headers
        assert headers["Cache-Control"] == "private, no-store"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["X-Content-Type-Options"] == "nosniff"
    assert get(app, address(world, "officer")).headers["Content-Type"] == "text/calendar; charset=utf-8"


def test_a_reading_is_noted_once_an_hour_and_else_writes_nothing(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = address(world, "officer")
    told: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        told.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        for minutes, noted in ((0, 0), (59, 0), (60, 60), (61, 60)):
            told.clear()
            now = NOW + dt.timedelta(minutes=minutes)
            monkeypatch.setitem(app.config, "CAREWARD_NOW", now)
            assert get(app, path).status_code == 200
            writes = [each for each in told if each.startswith(("UPDATE", "INSERT", "DELETE"))]
            assert len(writes) == (1 if minutes in (0, 60) else 0)
            assert row(path).last_read_at == NOW + dt.timedelta(minutes=noted)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert row(path).version == 1


def test_it_is_limited_as_programs_are(
    app: Flask, world: World, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    limited = create_app(
        {
            "TESTING": True,
            "SECRET_KEY": "only for tests, only for tests, only",
            "CAREWARD_INSTANCE": tmp_path,
            "SQLALCHEMY_DATABASE_URI": app.config["SQLALCHEMY_DATABASE_URI"],
            "CAREWARD_API_LIMIT": "2 per minute",
            "CAREWARD_API_REFUSED_LIMIT": "2 per minute",
            "CAREWARD_NOW": NOW,
        }
    )
    limited.test_client_class = app.test_client_class
    monkeypatch.setitem(db._app_engines, limited, db._app_engines[app])
    one, two = address(world, "officer"), address(world, "head")
    assert [get(limited, one).status_code for _ in range(3)] == [200, 200, 429]
    assert get(limited, one).text == "Too many requests. Wait a minute, then try again."
    assert get(limited, two).status_code == 200
    assert [get(limited, f"/calendar/x{number}.ics").status_code for number in range(3)] == [404, 404, 429]


def test_a_failure_is_logged_without_the_address_and_told_in_a_line(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = address(world, "officer")

    def fail(*args: Any) -> None:
        raise RuntimeError("broken")

    monkeypatch.setitem(app.config, "TESTING", False)
    monkeypatch.setattr(calendars, "contents", fail)
    answer = get(app, path)
    assert (answer.status_code, answer.mimetype) == (500, "text/plain")
    logged = "".join(capsys.readouterr())
    assert "broken" in logged
    assert path[10:-4] not in logged


def test_it_is_not_sent_again_until_something_changed(app: Flask, world: World) -> None:
    service = world.service("Larkfield House")
    owed(world, service, "officer", dt.date(2026, 3, 9))
    path = address(world, "officer")
    first = get(app, path)
    again = get(app, path, If_None_Match=first.headers["ETag"])
    assert (again.status_code, again.data) == (304, b"")
    owed(world, service, "officer", dt.date(2026, 3, 12), name="Another visit")
    changed = get(app, path, If_None_Match=first.headers["ETag"])
    assert changed.status_code == 200
    assert changed.headers["ETag"] != first.headers["ETag"]


# --- what it holds ---


def test_what_is_due_stands_on_its_day_as_a_whole_day(app: Flask, world: World, monkeypatch: Any) -> None:
    monkeypatch.setitem(app.config, "CAREWARD_BASE_URL", "https://careward.example.org")
    service = world.service("Larkfield House")
    number = owed(world, service, "officer", dt.date(2026, 3, 28), clause="HA QM1", identity="quality:7")
    (found,) = entries(app, address(world, "officer")).values()
    assert str(found["SUMMARY"]) == "Quality monitoring visit: Larkfield House"
    assert (found.decoded("DTSTART"), found.decoded("DTEND")) == (dt.date(2026, 3, 28), dt.date(2026, 3, 29))
    assert found["TRANSP"] == "TRANSPARENT"
    assert str(found["DESCRIPTION"]) == "Due by then. Rule: HA QM1."
    assert str(found["URL"]) == f"https://careward.example.org/diary/show/{number}"
    assert str(found["UID"]) == "quality:7@careward.example.org"
    assert found.decoded("DTSTAMP") == dt.datetime(2026, 3, 4, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("due_on", "moment"),
    [
        (dt.date(2026, 3, 23), dt.datetime(2026, 3, 23, 17, tzinfo=dt.UTC)),
        (dt.date(2026, 3, 30), dt.datetime(2026, 3, 30, 16, tzinfo=dt.UTC)),  # the clocks went forward the day before
        (dt.date(2026, 10, 26), dt.datetime(2026, 10, 26, 17, tzinfo=dt.UTC)),  # and back the day before
    ],
)
def test_what_is_due_by_an_hour_stands_at_that_hour_of_the_office_clock(
    app: Flask, world: World, due_on: dt.date, moment: dt.datetime
) -> None:
    owed(world, world.service(), "officer", due_on, due_time=dt.time(17))
    (found,) = entries(app, address(world, "officer")).values()
    assert found.decoded("DTSTART") == moment
    assert "DTEND" not in found


def test_it_holds_what_is_open_from_thirty_days_back_on(app: Flask, world: World) -> None:
    service = world.service("Larkfield House")
    told = {
        "Too long ago": {"due_on": dt.date(2026, 2, 1)},
        "Thirty days ago": {"due_on": dt.date(2026, 2, 2)},
        "In two years": {"due_on": dt.date(2028, 3, 1)},
        "Resting": {"due_on": dt.date(2026, 3, 9), "paused_since": TODAY},
        "Missed": {"due_on": dt.date(2026, 2, 20), "missed": True},
        "On its way": {"due_on": dt.date(2026, 3, 9), "planned_on": dt.date(2026, 3, 6)},
        "Booked too late": {"due_on": dt.date(2026, 3, 9), "planned_on": dt.date(2026, 3, 10)},
        "Booked for a day gone by": {"due_on": dt.date(2026, 3, 9), "planned_on": dt.date(2026, 3, 3)},
    }
    for name, kw in told.items():
        owed(world, service, "officer", name=name, **kw)
    owed(world, service, "officer2", dt.date(2026, 3, 9), name="Another's")
    assert [each.partition(":")[0] for each in entries(app, address(world, "officer"))] == [
        "Thirty days ago",
        "Booked too late",
        "Booked for a day gone by",
        "In two years",
    ]


def test_a_deadline_of_a_record_tells_its_step_and_kind_and_nothing_of_the_case(app: Flask, world: World) -> None:
    service = world.service("Larkfield House")
    case = complaint(world, "investigating", service, subject="Meals come late", due_on=dt.date(2026, 3, 20))
    path = address(world, "officer")
    (found,) = entries(app, path).values()
    assert str(found["SUMMARY"]) == "Draft the response (complaint): Larkfield House"
    assert str(found["URL"]).endswith(f"/complaints/show/{case.id}")
    assert str(found["UID"]) == f"complaint:{case.id}:draft_response@localhost"
    assert b"Meals" not in get(app, path).data


def test_a_booked_visit_stands_at_its_hour_and_place_and_once(app: Flask, world: World) -> None:
    service = world.service("Larkfield House", address_line_1="1 Mill Lane", town="Wexmoor", postcode="ZZ1 1AA")
    at = dt.datetime(2026, 3, 30, 9, 30, tzinfo=dt.UTC)
    visit = world.visit(service, "quality_monitoring", "scheduled", starts_at=at, reason="Bruises were seen.")
    path = address(world, "officer")
    (found,) = entries(app, path).values()
    assert str(found["SUMMARY"]) == "Quality and contract monitoring visit: Larkfield House"
    assert (found.decoded("DTSTART"), found.decoded("DTEND")) == (at, at + dt.timedelta(hours=1))
    assert str(found["LOCATION"]) == "Larkfield House, 1 Mill Lane, Wexmoor, ZZ1 1AA"
    assert (found["TRANSP"], found["SEQUENCE"]) == ("OPAQUE", visit.version)
    assert str(found["UID"]) == f"visit:{visit.id}@localhost"
    assert b"Bruises" not in get(app, path).data
    assert b"\\, 1 Mill Lane\\, Wexmoor" in get(app, path).data


def test_a_meeting_stands_in_the_calendar_of_whoever_the_service_is_linked_to(app: Flask, world: World) -> None:
    service = world.service("Larkfield House", allocated_officer_id=world.person("officer").id)
    at = dt.datetime(2026, 3, 12, 14, tzinfo=dt.UTC)
    meeting(world, "scheduled", service, starts_at=at, meets_on=at.date(), place="Room 2", name="Staffing at night")
    found = entries(app, address(world, "officer"))
    assert {name: str(each["LOCATION"]) for name, each in found.items()} == {
        "Multi-disciplinary team meeting (MDT): Larkfield House": "Room 2"
    }
    assert entries(app, address(world, "officer2")) == {}
    assert b"Staffing" not in get(app, address(world, "officer")).data


def test_the_teams_calendar_holds_everybodys_and_says_whose(app: Flask, world: World) -> None:
    service = world.service("Larkfield House")
    for whose, day in (("officer", 9), ("officer2", 10), (None, 11)):
        owed(world, service, whose, dt.date(2026, 3, day))
    told = Calendar.from_ical(get(app, address(world, "manager", "team")).data).walk("VEVENT")
    assert [str(each["SUMMARY"]) for each in told if "Larkfield" in each["SUMMARY"]] == [
        "Quality monitoring visit: Larkfield House (Test Officer)",
        "Quality monitoring visit: Larkfield House (Test Officer2)",
        "Quality monitoring visit: Larkfield House (nobody)",
    ]
    assert entries(app, address(world, "manager")) == {}


def test_odd_names_are_escaped_and_long_lines_folded(app: Flask, world: World) -> None:
    name = "St. Œdipus; “Old, Mill” \\ Château, " + "é" * 90
    owed(world, world.service(name), "officer", dt.date(2026, 3, 9))
    data = get(app, address(world, "officer")).data
    assert data.endswith(b"END:VCALENDAR\r\n")
    assert max(len(line) for line in data.split(b"\r\n")) <= 75
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert str(Calendar.from_ical(data).walk("VEVENT")[0]["SUMMARY"]) == f"Quality monitoring visit: {name}"


def test_an_entry_keeps_its_identity_when_its_day_moves(app: Flask, world: World) -> None:
    case = complaint(world, "investigating", due_on=dt.date(2026, 3, 20))
    path = address(world, "officer")
    (before,) = entries(app, path).values()
    with console():
        case.due_on = dt.date(2026, 4, 2)
    db.session.commit()
    (after,) = entries(app, path).values()
    assert (before.decoded("DTSTART"), after.decoded("DTSTART")) == (dt.date(2026, 3, 20), dt.date(2026, 4, 2))
    assert str(before["UID"]) == str(after["UID"])


def test_a_large_calendar_is_cut_and_says_so(app: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendars, "MOST", 2)
    service = world.service()
    for day in (9, 10, 11):
        owed(world, service, "officer", dt.date(2026, 3, day), name=f"Visit {day}")
    told = Calendar.from_ical(get(app, address(world, "officer")).data)
    assert str(told["X-WR-CALDESC"]) == "Only the first 2 that are due stand here."
    assert len(told.walk("VEVENT")) == 2


def test_it_takes_the_same_statements_however_much_it_holds(app: Flask, world: World) -> None:
    path = address(world, "manager", "team")

    def cost() -> int:
        told: list[str] = []

        def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
            if statement.startswith("SELECT"):
                told.append(statement)

        event.listen(Engine, "before_cursor_execute", note)
        try:
            assert get(app, path).status_code == 200
        finally:
            event.remove(Engine, "before_cursor_execute", note)
        return len(told)

    cost()
    before = cost()
    for number in range(12):
        service = world.service(f"House {number}")
        owed(world, service, "officer", dt.date(2026, 3, 9))
        world.visit(service, state="scheduled", starts_at=NOW)
        meeting(world, "scheduled", service, starts_at=NOW, meets_on=TODAY)
    assert cost() == before
    assert before <= 6
