"""How one edition of a framework follows another, and what is written of a draft by hand."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from areas.framework import draft, edition
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from world import NOW, World

from models import Model, db
from models.framework import (
    ApprovalRule,
    Cadence,
    CadenceMode,
    CadenceSubject,
    Clock,
    ClockUnit,
    Decision,
    Framework,
    FrameworkState,
    OversightGroup,
    Period,
    Reach,
    Scheme,
    Term,
    TermKey,
)
from seed import framework_files
from workflows import actor as actors
from workflows import framework, ledger
from workflows.access import Role
from workflows.engine import WORKFLOWS
from workflows.framework_editions import row_key
from workflows.framework_files import content_of, counted_from, load
from workflows.gate import Refused

ENTRY = Model.metadata.tables["ledger_entry"]
STEPS = WORKFLOWS[Framework]
LATER = NOW + dt.timedelta(days=30)


@pytest.fixture(autouse=True)
def read_by_the_console(world: World) -> Iterator[None]:
    """Whatever a test looks at between the acts of its people."""
    with actors.acting(actors.system("test", NOW)):
        yield


def take(world: World, who: str, step: str, item: Any, note: str = "", now: dt.datetime = NOW, **values: Any) -> None:
    with world.acting(who, now) as actor:
        STEPS.take(step, item, actor, note=note, **values)
        db.session.commit()


def refused(world: World, who: str, step: str, item: Any, **values: Any) -> str:
    with pytest.raises(Refused) as error:
        take(world, who, step, item, **values)
    db.session.rollback()
    return error.value.sentence


def copied(world: World, who: str = "manager") -> Framework:
    """The draft that somebody makes of the edition in force."""
    with world.acting(who) as actor:
        standing = framework.in_force(db.session)
        STEPS.take("copy_to_draft", standing, actor)
        db.session.commit()
        return db.session.scalars(select(Framework).where(Framework.state == FrameworkState.draft)).one()


def entries(item: Any) -> list[tuple[str, str | None, int | None]]:
    rows = select(ENTRY.c.kind, ENTRY.c.step, ENTRY.c.actor_id)
    rows = rows.where(ENTRY.c.record_type == item.__tablename__, ENTRY.c.record_id == item.id).order_by(ENTRY.c.seq)
    return [(kind.value, step, who) for kind, step, who in db.session.connection().execute(rows)]


def row(item: Framework, relation: str, key: str) -> Any:
    return next(each for each in getattr(item, relation) if each.key == key)


# --- copying ---


def test_a_copy_says_what_the_edition_in_force_says(world: World) -> None:
    made = copied(world)
    with world.acting("officer"):
        standing = framework.in_force(db.session)
        assert standing is not None
        assert (standing.edition, made.edition) == (1, 2)
        assert content_of(made) == content_of(standing)
        assert made.in_force_from is None
        assert {each.since for each in made.cadences} == {None}


def test_the_copy_and_each_of_its_rows_begin_their_history_with_whoever_copied(world: World) -> None:
    made, manager = copied(world), world.person("manager").id
    with world.acting("manager"):
        assert entries(made) == [("created", None, manager)]
        assert entries(made.cadences[0]) == [("created", None, manager)]
        assert entries(framework.in_force(db.session))[-1] == ("step", "copy_to_draft", manager)


def test_there_is_one_draft_of_a_framework_at_a_time(world: World) -> None:
    copied(world)
    with world.acting("manager"):
        standing = framework.in_force(db.session)
    assert refused(world, "manager", "copy_to_draft", standing) == (
        "There is a draft of this framework already. Work on that one, or discard it first."
    )


def test_whoever_copies_at_the_same_moment_is_told_by_the_database(world: World) -> None:
    edition(world, "draft")
    with pytest.raises(IntegrityError):
        world._add(
            Framework(
                key="halton", edition=9, title="x", authority="x", core_hours_start=dt.time(9),
                core_hours_end=dt.time(17),
            )
        )  # fmt: skip


def test_after_a_draft_was_discarded_another_is_made(world: World) -> None:
    made = copied(world)
    take(world, "manager", "discard", made, note="The board wants more.")
    assert made.state is FrameworkState.discarded
    assert copied(world).edition == 3


# --- putting in force ---


def test_whoever_wrote_the_draft_or_a_row_of_it_does_not_put_it_in_force(world: World) -> None:
    made = copied(world)
    assert refused(world, "manager", "put_in_force", made) == ("You wrote this record, so somebody else must decide.")


def test_a_head_of_service_puts_it_in_force_and_the_edition_before_is_retired(world: World) -> None:
    made = copied(world)
    take(world, "head", "put_in_force", made, now=LATER)
    with world.acting("officer", LATER):
        assert framework.in_force(db.session) is made
        assert made.in_force_from == dt.date(2026, 4, 3)
        before = db.session.scalars(select(Framework).where(Framework.edition == 1)).one()
        assert before.state is FrameworkState.retired
        head = world.person("head").id
        assert entries(made)[-1] == ("step", "put_in_force", head)
        assert entries(before)[-1] == ("edited", None, head)


def test_a_draft_from_before_another_edition_was_loaded_comes_into_force_too(world: World, tmp_path: Path) -> None:
    made = copied(world)
    own = tmp_path / "own.toml"
    own.write_text('[framework]\nauthority = "Ownshire"\n', encoding="utf-8")
    with actors.acting(actors.system("framework load", NOW)):
        loaded_id = load(db.session, *framework_files("halton"), own).id
        db.session.commit()
    assert loaded_id > made.id
    take(world, "head", "put_in_force", made)
    assert made.state is FrameworkState.in_force
    assert db.session.get_one(Framework, loaded_id).state is FrameworkState.retired


def test_a_manager_who_wrote_none_of_it_may_too(world: World) -> None:
    made = draft(world)
    take(world, "manager", "put_in_force", made)
    assert made.state is FrameworkState.in_force


def test_periods_are_counted_on_where_they_stay_and_from_today_where_they_change(world: World) -> None:
    made = copied(world)
    with world.acting("manager"):
        calendar = [each for each in made.cadences if each.mode is CadenceMode.calendar]
        changed, kept = calendar[0], calendar[1]
        changed.period = Period.year if changed.period is not Period.year else Period.month
        db.session.commit()
    take(world, "head", "put_in_force", made, now=LATER)
    assert kept.since == dt.date(2026, 3, 4)
    assert changed.since == dt.date(2026, 4, 3)


def asking(**told: Any) -> Framework:
    """A framework of one calendar rule."""
    asked = {"activity": "training_return", "service_types": ["care_home", "home_care"], "period": Period.week}
    subject = {"subject": CadenceSubject.service, "reach": Reach.contracted}
    return Framework(key="halton", cadences=[Cadence(**{"key": "log", **asked, **subject, **told})])


BEFORE = asking(since=dt.date(2026, 1, 5))


@pytest.mark.parametrize(
    "told",
    [
        {"service_types": ["care_home", "home_care", "day_service"]},
        {"service_types": None},
        {"contract_kinds": ["block"]},
        {"ratings": ["good"]},
        {"outcomes": ["good"]},
        {"scheme": "priority", "bands": ["high"]},
        {"levels": [3]},
        {"rags": ["red"]},
        {"reach": Reach.watched},
        {"subject": CadenceSubject.provider},
        {"activity": "safe_and_well"},
    ],
    ids=lambda told: next(iter(told)),
)
def test_a_calendar_rule_that_asks_others_or_for_another_thing_counts_from_today(told: dict[str, Any]) -> None:
    assert counted_from(asking(**told), BEFORE, NOW.date()) == {"log": dt.date(2026, 3, 4)}


def test_a_calendar_rule_counts_on_whatever_else_it_says() -> None:
    told = {"warn": 3, "escalates_to": "head", "clause": "XX", "service_types": ["home_care", "care_home"]}
    assert counted_from(asking(**told), BEFORE, NOW.date()) == {"log": dt.date(2026, 1, 5)}


def test_a_draft_that_leaves_out_what_the_console_asks_is_not_put_in_force(world: World) -> None:
    made = copied(world)
    take(world, "manager", "take_out", made, row=row_key(row(made, "clocks", "suspension_review")))
    told = refused(world, "head", "put_in_force", made)
    assert "no row says “suspension_review”. The console needs one." in told
    assert made.state is FrameworkState.draft


def test_nothing_remembered_by_the_edition_before_outlives_it(world: World) -> None:
    made = copied(world)
    with world.acting("manager"):
        rule = next(each for each in made.approval_rules if each.decision is Decision.authorise_visit)
        assert rule.role == "head"
        rule.role = "manager"
        term = row(made, "terms", TermKey.visit)
        term.many = "calls on services"
        db.session.commit()
    with world.acting("head") as actor:
        assert framework.approver(db.session, Decision.authorise_visit).roles == {Role.head}
        assert framework.words(db.session)[TermKey, "visit"][1] == "visits"
        STEPS.take("put_in_force", made, actor)
        db.session.commit()
        assert framework.approver(db.session, Decision.authorise_visit).roles == {Role.manager, Role.head}
        assert framework.words(db.session)[TermKey, "visit"][1] == "calls on services"


# --- taking a row out ---


def test_a_row_that_is_taken_out_is_gone_and_its_history_says_why(world: World) -> None:
    made = copied(world)
    out = made.cadences[0]
    name, number = str(out), out.id
    take(world, "manager", "take_out", made, row=row_key(out))
    with world.acting("manager"):
        assert db.session.get(Cadence, number) is None
        rows = select(ENTRY).where(ENTRY.c.record_type == "cadence", ENTRY.c.record_id == number)
        last = db.session.connection().execute(rows.order_by(ENTRY.c.seq.desc())).mappings().first()
        assert last is not None
        assert (last["kind"].value, last["step"], last["note"]) == ("undone", "take_out", f"Cadence: {name}")
        assert last["changes"]["mode"][1] is None
        assert list(ledger._missing_tails(db.session.connection(), Cadence)) == []
    assert name not in [str(each) for each in made.cadences]


def test_whoever_took_a_row_out_does_not_put_the_draft_in_force(world: World) -> None:
    made = draft(world)
    take(world, "manager", "take_out", made, row=row_key(made.cadences[0]))
    assert refused(world, "manager", "put_in_force", made) == "You edited this record, so somebody else must decide."


def test_a_row_that_others_name_stays_until_they_do_not(world: World) -> None:
    made = copied(world)
    scheme = made.schemes[0]
    told = refused(world, "manager", "take_out", made, row=row_key(scheme))
    assert told.startswith("Rows of the draft name it: ")
    assert made.bands[0].name in told


def test_a_row_of_another_edition_is_not_taken_out(world: World) -> None:
    made = copied(world)
    with world.acting("manager"):
        standing = framework.in_force(db.session)
        assert standing is not None
        key = row_key(standing.cadences[0])
    assert refused(world, "manager", "take_out", made, row=key) == (
        "There is no such row in this draft: somebody may have taken it out already."
    )


def test_nothing_else_is_deleted_of_a_draft(world: World) -> None:
    made = copied(world)
    with world.acting("manager"):
        db.session.delete(made.cadences[0])
        with pytest.raises(Refused) as error:
            db.session.flush()
    db.session.rollback()
    assert str(error.value) == "Nothing is deleted. Withdraw it or end it instead: what was once written stays."


# --- written by hand ---


def fault(world: World, item: Any, **values: Any) -> dict[str, str]:
    """What is said beside which field, when a Manager writes these values."""
    with world.acting("manager"):
        for name, value in values.items():
            setattr(item, name, value)
        db.session.add(item)
        with pytest.raises(Refused) as error:
            db.session.flush()
    db.session.rollback()
    return dict(error.value.fields) or {"": error.value.sentence}


def test_the_edition_in_force_and_those_retired_are_not_written(world: World) -> None:
    made = copied(world)
    with world.acting("manager"):
        standing = framework.in_force(db.session)
        assert standing is not None
        held = standing.cadences[0]
    assert fault(world, held, note="x") == {"": "This edition is in force: copy it to a draft to change it."}
    take(world, "head", "put_in_force", made)
    assert fault(world, held, note="x") == {"": "This edition is retired: copy it to a draft to change it."}


def test_only_a_manager_writes_a_draft(world: World) -> None:
    made = copied(world)
    for who in ("officer", "head", "administrator"):
        with world.acting(who):
            made.cadences[0].note = "x"
            with pytest.raises(Refused) as error:
                db.session.flush()
        db.session.rollback()
        assert error.value.may == "Manager"


def test_a_row_stays_in_its_draft(world: World) -> None:
    made, other = copied(world), edition(world, "draft", "another")
    assert fault(world, made.terms[0], framework_id=other.id) == {
        "": "This stays with the record that it was written for. Add another one there instead."
    }


FAULTS: list[tuple[str, str, dict[str, Any], dict[str, str]]] = [
    ("cadences", "keeping_in_touch", {"key": "other"}, {
        "key": "This stays as it was first written. Take the row out and add another one instead."}),
    ("cadences", "keeping_in_touch", {"mode": CadenceMode.calendar}, {
        "length": "What falls due in this way is not counted with it. Leave it empty.",
        "unit": "What falls due in this way is not counted with it. Leave it empty.",
        "period": "Fill this in: what falls due in this way is counted with it."}),
    ("cadences", "keeping_in_touch", {"length": 0}, {"length": "Enter a whole number from 1 to 10000."}),
    ("cadences", "keeping_in_touch", {"unit": ClockUnit.weekdays}, {
        "unit": "A cadence is not counted in weekdays. Choose another unit."}),
    ("cadences", "keeping_in_touch", {"bands": ["high"]}, {"scheme": "Choose the scheme of these bands."}),
    ("cadences", "keeping_in_touch", {"scheme": "risk", "bands": ["purple"]}, {
        "bands": "Choose bands of the same scheme."}),
    ("cadences", "keeping_in_touch", {"activity": "dancing"}, {
        "activity": "The draft has no such row. Add it there first, or choose another one."}),
    ("cadences", "keeping_in_touch", {"service_types": ["castle"]}, {"service_types": "Choose from the list only."}),
    ("cadences", "keeping_in_touch", {"warn": 0}, {"warn": "Enter a whole number from 1 to 10000."}),
    ("cadences", "keeping_in_touch", {"escalates_to": "director"}, {"escalates_to": "Choose from the list only."}),
    ("cadences", "keeping_in_touch", {"clause": " "}, {"clause": "Fill this in."}),
    ("clocks", "suspension_review", {"unit": ClockUnit.weekdays}, {
        "weekday": "Choose which day of the week is counted."}),
    ("clocks", "suspension_review", {"length": 0}, {"length": "Enter a whole number from 1 to 10000."}),
    ("activity_types", "keeping_in_touch", {"meeting_kind": None}, {
        "meeting_kind": "Choose which kind of meeting counts as this activity."}),
    ("activity_types", "keeping_in_touch", {"needs_authorisation": True}, {
        "needs_authorisation": "Only a visit has this. Leave it empty."}),
]  # fmt: skip


@pytest.mark.parametrize(("relation", "key", "values", "told"), FAULTS)
def test_what_contradicts_itself_is_told_beside_its_field(
    world: World, relation: str, key: str, values: dict[str, Any], told: dict[str, str]
) -> None:
    assert fault(world, row(copied(world), relation, key), **values) == told


def test_a_second_row_for_the_same_is_refused(world: World) -> None:
    made = copied(world)
    assert fault(
        world, Clock(framework_id=made.id, key="suspension_review", length=1, unit=ClockUnit.days, clause="XX")
    ) == {"key": "The draft has such a row already. Change that one instead."}
    rule = ApprovalRule(framework_id=made.id, decision=Decision.authorise_visit, role="head", clause="XX")
    assert fault(world, rule) == {"effect": "The draft has such a row already. Change that one instead."}


def test_a_key_is_one_word(world: World) -> None:
    made = copied(world)
    assert fault(world, Scheme(framework_id=made.id, key="High Risk", name="x", clause="XX")) == {
        "key": "Use small letters, digits and underscores, and begin with a letter."
    }


def test_either_a_role_or_a_group_decides(world: World) -> None:
    made = copied(world)
    rule = made.approval_rules[0]
    assert fault(world, rule, role=None) == {"role": "Name either a role or a group, whoever decides."}


def test_a_group_that_decides_keeps_its_name(world: World) -> None:
    made = copied(world)
    with world.acting("manager"):
        group, rule = made.groups[0], made.approval_rules[0]
        rule.role, rule.group_name = None, group.name
        db.session.commit()
        name, rule_name = group.name, str(rule)
    told = fault(world, db.session.get_one(OversightGroup, group.id), name="Another board")
    assert told == {"name": f"Rows of the draft name it so: {rule_name}. Change those first."}
    assert group.name == name


def test_a_good_row_is_added_and_told(world: World) -> None:
    made = copied(world)
    with world.acting("manager"):
        added = Scheme(framework_id=made.id, key="colour", name="Colours", clause="HP 7")
        db.session.add(added)
        db.session.commit()
        assert entries(added) == [("created", None, world.person("manager").id)]


def test_the_head_of_a_draft_is_written_too(world: World) -> None:
    made = copied(world)
    assert fault(world, made, core_hours_end=dt.time(8)) == {"core_hours_end": "Core hours end after they start."}
    with world.acting("manager"):
        made.weekly_hours = 25
        db.session.commit()
    assert made.version == 2


def test_a_word_of_the_framework_is_read_by_everybody(world: World) -> None:
    for who in ("partner", "provider", "care_manager"):
        with world.acting(who):
            assert framework.words(db.session)[TermKey, "suspension"] == (
                "temporary suspension of purchasing",
                "temporary suspensions of purchasing",
            )
            assert db.session.scalars(select(Term.one).where(Term.key == TermKey.visit)).all() == ["visit"]


def test_a_row_that_names_others_is_added(world: World) -> None:
    made = copied(world)
    with world.acting("manager"):
        told = {"key": "second_visit", "activity": "keeping_in_touch", "scheme": "risk", "bands": ["high"]}
        added = Cadence(framework_id=made.id, length=2, unit=ClockUnit.weeks, clause="XX", **told)
        db.session.add(added)
        db.session.commit()
        assert added.version == 1
