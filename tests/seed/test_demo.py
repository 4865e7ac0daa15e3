"""The demo: everything there is to show is on show, and came about as it would in a council."""

import datetime as dt
import json
import stat
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import Babel
from new_databases import new_database
from sqlalchemy import select, text
from werkzeug.security import check_password_hash

from models import schema
from models.base import LONDON, db
from models.people import Person
from seed.cli import kept_models
from seed.demo import build, deliver_past, fill, settings
from workflows import ledger
from workflows.actor import acting, system
from workflows.gate import Refused
from workflows.mail import FileSender
from workflows.storage import Disk

NOW = dt.datetime(2026, 3, 18, 11, 20, tzinfo=dt.UTC)  # a Wednesday
TODAY = dt.date(2026, 3, 18)
PASSWORD = "a-password-of-the-tests"


@pytest.fixture(scope="module")
def demo(database_url, tmp_path_factory):
    """A database with the demo in it, made once: nothing here changes it."""
    folder = tmp_path_factory.mktemp("demo")
    with new_database(database_url, folder) as url, pytest.MonkeyPatch.context() as patch:
        patch.setenv("CAREWARD_DEMO_PASSWORD", PASSWORD)
        app = Flask("demo")
        app.config["SQLALCHEMY_DATABASE_URI"] = url.render_as_string(hide_password=False)
        db.init_app(app)
        Babel(app)
        with app.app_context():
            schema.upgrade(db.engine)
            assert fill(db.engine, "public", "halton", NOW, Disk(folder)) == PASSWORD
            yield db
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def rows(demo):
    """What SQL says, past every policy."""

    def ask(statement, **values):
        return [tuple(row) for row in demo.session.execute(text(statement), values)]

    yield ask
    demo.session.rollback()


@pytest.fixture(scope="module")
def mail(demo, tmp_path_factory):
    """The folder that the post of the two years went to."""
    folder = tmp_path_factory.mktemp("mail")
    sender = FileSender(folder, "careward@localhost")
    deliver_past(demo.session.session_factory, sender, "http://127.0.0.1:8080")
    return folder


def words(found):
    return {word for (word,) in found}


def test_visits_of_every_state(rows):
    assert words(rows("SELECT DISTINCT state FROM visit")) == {
        "planned", "awaiting_authorisation", "scheduled", "under_way", "written_up", "published", "cancelled",
    }  # fmt: skip


def test_rows_of_another_register_that_wait_for_a_decision(rows):
    assert rows("SELECT name, certainty, state FROM register_proposal ORDER BY name") == [
        ("Kelpie Haugh", "unlike", "proposed"),
        ("Lantern Close", "unlike", "proposed"),
        ("Peat Lane", "unlike", "dismissed"),
        ("Stay Put Advice", "likely", "proposed"),
    ]


def test_visits_of_every_kind_that_the_council_makes(rows):
    assert words(rows("SELECT DISTINCT a.key FROM visit v JOIN activity_type a ON a.id = v.activity_type_id")) == {
        "quality_monitoring",
        "follow_up",
        "self_assessment_verification",
        "focused",
        "safe_and_well",
        "property",
    }


def test_a_planned_visit_is_authorised_and_another_is_not(rows):
    found = rows("SELECT DISTINCT authorised_by_id IS NOT NULL FROM visit WHERE state = 'planned'")
    assert {bool(authorised) for (authorised,) in found} == {True, False}


def test_scheduled_visits_are_coming_and_overdue(rows):
    found = rows("SELECT starts_at FROM visit WHERE state = 'scheduled'")
    ahead = [str(starts_at)[:10] > "2026-03-18" for (starts_at,) in found]
    assert (ahead.count(True), ahead.count(False)) == (8, 2)


def test_a_published_visit_was_corrected(rows):
    assert (
        rows(
            "SELECT count(*) FROM visit v JOIN visit_report r ON r.visit_id = v.id "
            "WHERE v.state = 'published' AND r.number = 2 AND length(r.reason) > 0"
        )[0][0]
        >= 3
    )


def test_visits_were_cancelled_in_each_way(rows):
    assert words(
        rows(
            "SELECT DISTINCT step FROM ledger_entry WHERE record_type = 'visit' "
            "AND step IN ('cancel', 'refuse_authorisation', 'abandon', 'withdraw_request')"
        )
    ) == {"cancel", "refuse_authorisation", "abandon", "withdraw_request"}


def test_restrictions_of_every_state(rows):
    assert words(rows("SELECT DISTINCT state FROM suspension")) == {
        "draft", "submitted", "in_force", "lift_requested", "lifted", "declined", "withdrawn",
    }  # fmt: skip


def test_restrictions_in_force_of_every_kind_and_scope(rows):
    found = rows("SELECT kind, service_id, part_id FROM suspension WHERE state = 'in_force'")
    assert {kind for kind, _service, _part in found} == {"no_new_purchase", "with_conditions", "voluntary"}
    assert {(service is not None, part is not None) for _kind, service, part in found} == {
        (False, False), (True, False), (True, True),
    }  # fmt: skip


def test_every_step_of_a_restriction_was_taken(rows):
    assert words(
        rows("SELECT DISTINCT step FROM ledger_entry WHERE record_type = 'suspension' AND step IS NOT NULL")
    ) == {
        "submit", "return", "approve", "decline", "withdraw", "review", "record_next_steps", "propose_variation",
        "vary", "refuse_variation", "request_lift", "withdraw_lift_request", "refuse_lift", "lift",
    }  # fmt: skip


def test_variations_wait_and_were_made_and_refused(rows):
    assert words(rows("SELECT DISTINCT state FROM suspension_variation")) == {"proposed", "made", "refused"}


def test_letters_of_every_kind_wait_in_the_outbox(rows):
    assert words(
        rows(
            "SELECT DISTINCT l.kind FROM letter l JOIN outbox_message o "
            "ON o.record_type = 'letter' AND o.record_id = l.id"
        )
    ) == {
        "decision",
        "variation",
        "lift_refused",
        "lifted",
    }


def test_word_of_each_letter_went_a_minute_after_it_was_written(mail, rows):
    ((letters,),) = rows("SELECT count(*) FROM letter")
    sent = rows("SELECT o.message_id FROM outbox_message o WHERE o.state = 'sent'")
    of_letters = rows("SELECT o.id FROM outbox_message o WHERE o.state = 'sent' AND o.kind = 'letter_ready'")
    assert len(of_letters) == letters - 1 > 20
    assert {path.name for path in mail.iterdir()} == {f"{number}.eml" for (number,) in sent}
    moments = rows("SELECT created_at, sent_at FROM outbox_message WHERE state = 'sent'")
    read = [[dt.datetime.fromisoformat(str(each)) for each in both] for both in moments]
    assert {sent - written for written, sent in read} == {dt.timedelta(minutes=1)}


def test_one_provider_could_not_be_written_to(mail, rows):
    dead = "SELECT p.name, o.fault FROM outbox_message o JOIN provider p ON p.id = o.recipient_id WHERE state = 'dead'"
    assert rows(dead) == [("Openfield Living Limited", "no_address")]


def test_reviews_are_overdue_due_soon_and_later(rows):
    found = rows("SELECT next_review_on FROM suspension WHERE state IN ('in_force', 'lift_requested')")
    days = [dt.date.fromisoformat(str(day)) - TODAY for (day,) in found]
    assert any(day < dt.timedelta(0) for day in days)
    assert any(dt.timedelta(0) <= day <= dt.timedelta(7) for day in days)
    assert any(day > dt.timedelta(14) for day in days)


def test_next_steps_are_recorded_for_one_long_stop_and_due_for_another(rows):
    found = rows(
        "SELECT DISTINCT s.id, r.id IS NOT NULL FROM suspension s LEFT JOIN suspension_review r "
        "ON r.suspension_id = s.id AND r.kind = 'next_steps' "
        "WHERE s.state = 'in_force' AND s.kind = 'no_new_purchase' AND s.starts_on < :day",
        day=dt.date(2025, 9, 18) if db.engine.dialect.name == "postgresql" else "2025-09-18",
    )
    assert sorted(bool(recorded) for _id, recorded in found) == [False, True]


def test_nobody_decided_what_they_wrote(rows):
    decided = {
        "approve", "decline", "vary", "refuse_variation", "refuse_lift", "lift", "authorise", "refuse_authorisation",
    }  # fmt: skip
    wrote: dict[tuple[str, int], set[int]] = {}
    count = 0
    for record_type, record_id, kind, step, actor in rows(
        "SELECT record_type, record_id, kind, step, actor_id FROM ledger_entry "
        "WHERE record_type IN ('visit', 'suspension') ORDER BY id"
    ):
        authors = wrote.setdefault((record_type, record_id), set())
        if kind in ("created", "edited") or step in (
            "submit", "propose_variation", "request_lift", "request_authorisation",
        ):  # fmt: skip
            authors.add(actor)
        elif step in decided:
            count += 1
            assert actor not in authors, (record_type, record_id, step)
    assert count == 38


def test_the_history_is_whole(demo, tmp_path):
    assert list(ledger.verify(demo.session, "key", tmp_path / "seals", kept_models())) == []
    demo.session.rollback()


def test_people_work_on_working_days_and_in_office_hours_but_for_visits(rows):
    found = rows("SELECT at, step, record_type FROM ledger_entry WHERE actor_id IS NOT NULL")
    outside = set()
    for at, step, record_type in found:
        moment = dt.datetime.fromisoformat(str(at))
        local = moment.replace(tzinfo=moment.tzinfo or dt.UTC).astimezone(LONDON)
        holidays = {dt.date(2024, 12, 25), dt.date(2025, 4, 21), dt.date(2025, 12, 25), dt.date(2026, 1, 1)}
        if local.weekday() > 4 or local.date() in holidays or not 8 <= local.hour < 18:
            outside.add((record_type, step))
    assert outside == {("visit", "begin")}


def test_two_years_end_now(rows):
    ((first, last),) = rows("SELECT min(at), max(at) FROM ledger_entry")
    assert str(first)[:10] == "2024-03-17"
    assert str(last)[:10] == "2026-03-17"


def test_accounts_of_every_role(rows):
    assert dict(
        rows(
            "SELECT u.username, r.name FROM ab_user u JOIN ab_user_role x ON x.user_id = u.id "
            "JOIN ab_role r ON r.id = x.role_id"
        )
    ) == {
        "officer": "officer", "officer2": "officer", "manager": "manager", "head": "head", "head2": "head",
        "director": "director", "partner": "partner", "contributor": "contributor", "provider": "provider",
        "caremanager": "care_manager", "auditor": "auditor", "admin": "administrator",
    }  # fmt: skip


def test_outsiders_belong_somewhere(rows):
    found = rows("SELECT username FROM ab_user WHERE agency_id IS NOT NULL AND provider_id IS NULL ORDER BY username")
    assert words(found) == {"partner", "contributor"}
    assert words(rows("SELECT username FROM ab_user WHERE provider_id IS NOT NULL")) == {"provider"}


def test_every_account_has_the_password_that_was_given(demo):
    found = demo.session.scalars(select(Person)).all()
    assert all(check_password_hash(person.password, PASSWORD) for person in found)
    assert not any(person.must_change_password for person in found)
    demo.session.rollback()


def test_nobody_is_named(rows):
    assert words(rows("SELECT DISTINCT first_name FROM ab_user")) == {"Demo"}
    assert words(rows("SELECT last_name FROM ab_user")) == {
        "Officer", "Officer 2", "Manager", "Head of Service", "Head of Service 2", "Director", "Partner",
        "Contributor", "Provider", "Care Manager", "Auditor", "Administrator",
    }  # fmt: skip
    assert rows("SELECT count(*) FROM contact WHERE name IS NOT NULL") == [(0,)]
    assert words(rows("SELECT DISTINCT post FROM contact")) == {
        "Registered manager", "Interim manager", "Manager", "Office", "On-call coordinator", "Nominated individual",
    }  # fmt: skip


def test_numbers_and_addresses_lead_nowhere(rows):
    for table in ("contact", "service", "provider"):
        for (phone,) in rows(f"SELECT phone FROM {table} WHERE phone IS NOT NULL"):
            assert phone.replace(" ", "").startswith("01632960")
    for (email,) in rows("SELECT email FROM contact WHERE email IS NOT NULL"):
        assert email.endswith(".example.org")


def test_the_market(rows):
    assert words(rows("SELECT DISTINCT service_type FROM service")) == {
        "care_home_with_nursing", "care_home", "extra_care", "supported_living", "home_care", "day_service",
        "advice", "other",
    }  # fmt: skip
    assert rows("SELECT count(*) FROM service") == [(62,)]
    assert words(rows("SELECT DISTINCT local_authority FROM service")) == {"Wexmoor and Tarnvale", "Ottermoor"}
    assert rows("SELECT authority FROM framework WHERE state = 'in_force'") == [("Wexmoor and Tarnvale",)]
    assert words(rows("SELECT name FROM service WHERE registration_status = 'deregistered'")) == {
        "Inglewick Cottage", "Lowe Meadow Cottage", "Lowe Valley Live-in Care",
    }  # fmt: skip
    assert words(rows("SELECT name FROM service WHERE sector != 'Social Care Org'")) == {
        "Wexmoor Smiles Dental Practice", "Moorgate Surgery",
    }  # fmt: skip
    assert words(rows("SELECT DISTINCT rating FROM service WHERE rating IS NOT NULL")) == {
        "outstanding", "good", "requires_improvement", "inadequate",
    }  # fmt: skip
    assert words(
        rows("SELECT name FROM service WHERE allocated_officer_id IS NULL AND sector = 'Social Care Org'")
    ) == {"Lanternlight Nights", "Marl Valley Moves", "Otter Lodge", "Stay Put Advice"}
    assert words(rows("SELECT DISTINCT commissioning FROM service")) == {
        "commissioned", "spot_purchase", "grant_funded", "direct_payment", "not_commissioned", "not_recorded",
    }  # fmt: skip


def test_the_register_was_imported_again_and_again(rows):
    ((days,),) = rows("SELECT count(DISTINCT created_at) FROM register_import")
    assert days > 20
    assert rows("SELECT count(*) FROM register_import WHERE unreadable > 0") == [(0,)]
    ((services,),) = rows("SELECT count(*) FROM (SELECT service_id FROM rating GROUP BY 1 HAVING count(*) > 1) AS x")
    assert services > 25


def test_much_was_noted_and_visited(rows):
    assert rows("SELECT count(*) FROM contact_note")[0][0] > 400
    assert rows("SELECT count(*) FROM visit")[0][0] > 250
    # Nothing that should have been filled in was left as it stands in the text.
    assert rows("SELECT count(*) FROM contact_note WHERE text LIKE '%{%'") == [(0,)]
    assert rows("SELECT count(*) FROM visit_report WHERE findings LIKE '%{%' OR concerns LIKE '%{%'") == [(0,)]


def test_filling_again_does_nothing_and_building_again_is_refused(demo, rows):
    before = rows("SELECT count(*), max(hash) FROM ledger_entry")
    demo.session.rollback()
    assert fill(demo.engine, "public", "halton", NOW + dt.timedelta(days=1), Disk(Path("nowhere"))) is None
    with pytest.raises(Refused, match="This database is not empty"):
        build(demo.session, NOW, PASSWORD)
    demo.session.rollback()
    assert rows("SELECT count(*), max(hash) FROM ledger_entry") == before


def test_a_demo_that_fails_half_way_leaves_nothing(database_url, tmp_path, monkeypatch):
    def fail(self, moment, password):
        raise RuntimeError("the power went")

    monkeypatch.setattr("seed.demo.Demo.open_accounts", fail)
    with new_database(database_url, tmp_path) as url:
        app = Flask("demo")
        app.config["SQLALCHEMY_DATABASE_URI"] = url.render_as_string(hide_password=False)
        db.init_app(app)
        Babel(app)
        with app.app_context():
            schema.upgrade(db.engine)
            with pytest.raises(RuntimeError, match="the power went"):
                fill(db.engine, "public", "halton", NOW, Disk(tmp_path))
            for table in ("service", "register_import", "ledger_entry", "framework", "ab_role"):
                assert db.session.execute(text(f"SELECT count(*) FROM {table}")).scalar() == 0
            db.session.remove()
            db.engine.dispose()


def test_secrets_are_made_up_once_and_kept_for_their_owner(tmp_path, monkeypatch):
    for name in ("CAREWARD_SECRET_KEY", "CAREWARD_AUDIT_KEY", "CAREWARD_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    first = settings(tmp_path / "instance")
    kept = tmp_path / "instance" / "demo-secrets.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert settings(tmp_path / "instance") == first
    assert set(json.loads(kept.read_text())) == {"SECRET_KEY", "AUDIT_KEY"}
    assert len(first["SECRET_KEY"]) > 40
    assert first["SECRET_KEY"] != first["CAREWARD_AUDIT_KEY"]
    assert settings(tmp_path / "other")["SECRET_KEY"] != first["SECRET_KEY"]


def test_mail_of_the_demo_goes_to_a_folder_unless_the_environment_says_otherwise(tmp_path, monkeypatch):
    monkeypatch.delenv("CAREWARD_MAIL_URL", raising=False)
    monkeypatch.delenv("CAREWARD_BASE_URL", raising=False)
    told = settings(tmp_path, "http://127.0.0.1:9000")
    assert told["CAREWARD_MAIL_URL"] == f"file://{tmp_path}/mail"
    assert told["CAREWARD_BASE_URL"] == "http://127.0.0.1:9000"
    monkeypatch.setenv("CAREWARD_MAIL_URL", "smtp://localhost?from=a@b.example")
    assert settings(tmp_path)["CAREWARD_MAIL_URL"] == "smtp://localhost?from=a@b.example"


OTHERS = {
    "oldham": (
        {"Ad hoc visit", "Improvement visit", "Routine monitoring visit"},
        {"Suspension", "Suspension with conditions", "Voluntary suspension"},
        "Strategic Provider Risk Group",
        {None},
    ),
    "salford": (
        {"Ad hoc visit", "PAMMS quality assessment"},
        {"Placement suspension", "Placements with conditions", "Voluntary placement suspension"},
        "Market Oversight Board",
        {None, "excellent", "good", "requires_improvement"},
    ),
    "oxfordshire": (
        {"Monitoring visit", "Sample visit"},
        {"No new purchase", "Purchase with conditions", "Voluntary no new purchase"},
        {"head", "head2"},
        {None},
    ),
    "hampshire": (
        {"Provider Quality visit", "Unscheduled visit"},
        {"No New Purchase", "Purchase with Conditions", "Voluntary No New Purchase"},
        {"head", "head2", "manager"},
        {None},
    ),
}
"""The visits of each, what it calls its restrictions, who decided on them, and how its visits came out."""


@pytest.mark.parametrize("name", OTHERS)
def test_the_demo_of_each_other_council_differs_as_the_papers_do(name, database_url, tmp_path, monkeypatch):
    visits, restrictions, deciders, outcomes = OTHERS[name]
    monkeypatch.setenv("CAREWARD_DEMO_PASSWORD", PASSWORD)
    with new_database(database_url, tmp_path) as url:
        app = Flask("demo")
        app.config["SQLALCHEMY_DATABASE_URI"] = url.render_as_string(hide_password=False)
        db.init_app(app)
        Babel(app)
        with app.app_context():
            schema.upgrade(db.engine)
            fill(db.engine, "public", name, NOW, Disk(tmp_path))

            def ask(statement):
                return words(tuple(row) for row in db.session.execute(text(statement)))

            made = "FROM visit v JOIN activity_type a ON a.id = v.activity_type_id"
            assert ask(f"SELECT DISTINCT a.name {made}") == visits
            assert ask(f"SELECT DISTINCT outcome {made} WHERE v.state IN ('written_up', 'published')") == outcomes
            decided = "FROM suspension s JOIN restriction_kind k ON k.effect = s.kind WHERE s.decided_at IS NOT NULL"
            assert ask(f"SELECT DISTINCT k.name {decided}") == restrictions
            if isinstance(deciders, str):
                assert ask(f"SELECT DISTINCT s.decided_by_group {decided}") == {deciders}
            else:
                assert ask(f"SELECT DISTINCT s.decided_by_group {decided}") == {None}
                who = "SELECT username FROM ab_user WHERE id IN (SELECT s.decided_by_id"
                assert ask(f"{who} {decided})") == deciders
            db.session.remove()
            db.engine.dispose()


def test_no_clock_is_read(demo, rows):
    with acting(system("test", NOW)):
        assert rows("SELECT count(*) FROM ledger_entry WHERE at > '2026-03-18 11:20:00'") == [(0,)]
    assert rows("SELECT count(*) FROM ab_user WHERE created_on > '2024-03-20'") == [(0,)]
