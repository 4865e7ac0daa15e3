"""The diary kept: what is due follows from whatever changes, in the transaction of the change."""

import datetime as dt
from typing import Any

import pytest
from areas.complaints import complaint
from areas.meetings import meeting
from areas.placements import validation
from areas.plans import in_agreed_plan
from areas.risk import band
from sqlalchemy import Engine, event, select
from steps_taken import not_changed, not_written, take, write
from workbooks import workbook
from world import FRAMEWORKS, NOW, World, console

from models import db
from models.arrivals import ArrivalKind
from models.contracts import ContinuityPlan, Contract, ContractKind, ContractState, Rag
from models.diary import Obligation, ObligationSource, Occurrence, Pause
from models.framework import ActivityType, Cadence, CadenceSubject, Framework, Reach
from models.ledger import LedgerEntry
from models.providers import Commissioning, Provider, RegistrationStatus, Service, ServiceType
from views.labels import word
from workflows import arrivals, clock_run, diary
from workflows.actor import acting, system
from workflows.framework_files import load
from workflows.gate import maintenance

TODAY = dt.date(2026, 3, 4)


def due(**named: Any) -> list[tuple[str, str, int | None, dt.date]]:
    """(kind of record, step, whose, by when) of every deadline in the diary."""
    with console():
        rows = db.session.execute(
            select(Obligation.record_type, Obligation.step, Obligation.officer_id, Obligation.due_on)
            .where(Obligation.source == ObligationSource.deadline)
            .filter_by(**named)
            .order_by(Obligation.due_on, Obligation.identity)
        )
        return [tuple(row) for row in rows]


def the_deadline() -> Obligation:
    """The only one that there is."""
    return db.session.scalars(select(Obligation).where(Obligation.source == ObligationSource.deadline)).one()


def test_a_record_that_waits_stands_in_the_diary_until_it_waits_no_more(world: World) -> None:
    found = complaint(world, "response_approved", due_on=dt.date(2026, 3, 20))
    officer = world.person("officer").id
    assert due() == [("complaint", "draft_response", officer, dt.date(2026, 3, 20))]
    take(world, "officer", "respond", found, responded_on=TODAY)
    assert due() == []


def test_what_names_nobody_is_the_linked_officers_and_moves_with_the_link(world: World) -> None:
    service = world.service()
    suspension = world.suspension(service, "in_force", next_review_on=dt.date(2026, 3, 10), next_steps_on=None)
    assert due() == [("suspension", "review", None, dt.date(2026, 3, 10))]
    officer2 = world.person("officer2").id
    take(world, "manager", "allocate", service, allocated_officer_id=officer2)
    assert due() == [("suspension", "review", officer2, dt.date(2026, 3, 10))]
    take(world, "officer", "review", suspension, still_needed="yes", risks="None.")
    assert due() == [
        ("suspension", "record_next_steps", officer2, dt.date(2026, 3, 4)),
        ("suspension", "review", officer2, dt.date(2026, 4, 1)),
    ]


def test_an_action_is_due_for_the_service_of_its_plan(world: World) -> None:
    waiting = in_agreed_plan(world, "open")
    with console():
        found = db.session.scalars(select(Obligation).where(Obligation.record_id == waiting.id)).one()
        assert (found.record_type, found.record_id, found.service_id) == ("action", waiting.id, waiting.plan.service_id)


def test_a_visit_is_due_to_be_scheduled_and_then_to_begin(world: World) -> None:
    visit = world.visit(state="planned", due_on=dt.date(2026, 3, 30), officer_id=None)
    assert due() == [("visit", "schedule", None, dt.date(2026, 3, 30))]
    world.visit(visit.service, state="scheduled", starts_at=dt.datetime(2026, 3, 29, 23, 30, tzinfo=dt.UTC))
    officer = world.person("officer").id
    assert due() == [
        ("visit", "schedule", None, dt.date(2026, 3, 30)),
        ("visit", "begin", officer, dt.date(2026, 3, 30)),  # half past midnight: summer time has begun
    ]


def test_what_is_rolled_back_leaves_the_diary_as_it_was(world: World) -> None:
    service = world.service()
    with world.acting("manager"):
        service.commissioning = "commissioned"
        db.session.flush()
        db.session.rollback()
    assert due() == []


def test_nothing_is_written_twice(world: World) -> None:
    complaint(world, "investigating", due_on=dt.date(2026, 3, 20))
    with console():
        before = db.session.execute(select(Obligation.id, Obligation.identity)).all()
        diary.derive(db.session, TODAY, *diary.everything(db.session))
        db.session.commit()
        assert db.session.execute(select(Obligation.id, Obligation.identity)).all() == before


# --- what the framework asks for ---


def owed(service: Service, *activities: str) -> list[tuple[str, dt.date, dt.date | None]]:
    """(activity, due, booked for) of these activities for a service, by the rules of the framework in force."""
    with console():
        rows = db.session.execute(
            select(Obligation.activity, Obligation.due_on, Obligation.planned_on)
            .where(Obligation.service_id == service.id, Obligation.activity.in_(activities))
            .where(Obligation.source == ObligationSource.cadence)
            .order_by(Obligation.activity, Obligation.due_on)
        )
        return [tuple(row) for row in rows]


def test_a_service_owes_from_when_the_council_buys_from_it(world: World) -> None:
    service = world.service(service_type="care_home", care_home=True)
    assert owed(service, "safe_and_well") == []
    write(world, "officer", service, commissioning=Commissioning.commissioned)
    assert owed(service, "safe_and_well") == [("safe_and_well", dt.date(2027, 3, 4), None)]


def test_a_visit_is_booked_then_done_and_the_next_counts_from_its_day(world: World) -> None:
    service = world.service(service_type="care_home", care_home=True, commissioning=Commissioning.commissioned)
    late = dt.datetime(2026, 3, 10, 19, tzinfo=dt.UTC)
    visit = world.visit(service, "safe_and_well", state="scheduled", starts_at=late, announced=False)
    assert owed(service, "safe_and_well") == [("safe_and_well", dt.date(2027, 3, 4), dt.date(2026, 3, 10))]
    take(world, "officer", "cancel", visit, note="The home has an outbreak.")
    assert owed(service, "safe_and_well") == [("safe_and_well", dt.date(2027, 3, 4), None)]
    world.visit(service, "safe_and_well", state="written_up", began_at=NOW, ended_at=NOW, starts_at=NOW)
    assert owed(service, "safe_and_well") == [("safe_and_well", dt.date(2027, 3, 4), None)]


def test_what_closes_owes_nothing_and_what_opens_again_owes_again(world: World) -> None:
    service = world.service(service_type="care_home", care_home=True, commissioning=Commissioning.commissioned)
    with console():
        service.registration_status = RegistrationStatus.deregistered
        with maintenance("test"):
            db.session.commit()
    assert owed(service, "safe_and_well") == []
    with console():
        service.registration_status = RegistrationStatus.registered
        with maintenance("test"):
            db.session.commit()
    assert owed(service, "safe_and_well") == [("safe_and_well", dt.date(2027, 3, 4), None)]


def test_what_was_done_is_recorded_and_taken_back(world: World) -> None:
    service = world.service(service_type="home_care", commissioning=Commissioning.commissioned)
    with console():
        kind = db.session.scalars(select(ActivityType).where(ActivityType.key == "call_monitoring")).one()
    assert owed(service, "call_monitoring") == [("call_monitoring", dt.date(2026, 4, 1), None)]
    done = write(
        world,
        "officer",
        Occurrence(activity_type_id=kind.id, service_id=service.id, done_on=dt.date(2026, 3, 2), result="In order."),
    )
    assert owed(service, "call_monitoring") == [("call_monitoring", dt.date(2026, 3, 30), None)]
    take(world, "officer2", "withdraw", done, note="It was another agency.")
    assert owed(service, "call_monitoring") == [("call_monitoring", dt.date(2026, 4, 1), None)]


def test_what_was_done_cannot_be_a_visit_nor_lie_ahead(world: World) -> None:
    service = world.service(service_type="home_care", commissioning=Commissioning.commissioned)
    with console():
        kinds = {kind.key: kind.id for kind in db.session.scalars(select(ActivityType))}
    told = not_written(
        world, "officer", Occurrence(activity_type_id=kinds["focused"], service_id=service.id, done_on=TODAY)
    )
    assert told == "Choose an activity of the framework in force that has no record of its own kind, as visits have."
    ahead = dt.date(2026, 3, 5)
    told = not_written(
        world, "officer", Occurrence(activity_type_id=kinds["call_monitoring"], service_id=service.id, done_on=ahead)
    )
    assert told == "It cannot have been done in the future. Check the day."


def test_a_contract_for_all_services_of_a_provider_makes_them_owe(world: World) -> None:
    service = world.service(service_type="care_home", care_home=True)
    made = {"kind": ContractKind.framework, "starts_on": dt.date(2026, 1, 31), "title": "Homes framework"}
    write(world, "officer", Contract(provider_id=service.provider_id, **made))
    assert owed(service, "keeping_in_touch") == [("keeping_in_touch", dt.date(2026, 4, 4), None)]


# --- what has lasted, and what begins ---

IN_2024 = dt.datetime(2024, 4, 1, 10, tzinfo=dt.UTC)


def by_framework_of(council: str) -> None:
    """The framework of a council has been in force since 2024."""
    with acting(system("test", IN_2024)):
        load(db.session, FRAMEWORKS / "common.toml", FRAMEWORKS / f"{council}.toml")
        db.session.commit()


def known_since_2024(**told: Any) -> Service:
    """A service out of the area, in the register with its provider since April 2024."""
    with console(IN_2024):
        provider = Provider(name="Larkfield Care", registration_status=RegistrationStatus.registered)
        told = {"registration_status": RegistrationStatus.registered, "local_authority": "Elsewhere", **told}
        service = Service(name="Larkfield House", provider=provider, **told)
        db.session.add(service)
    db.session.commit()
    return service


def with_contract(service: Service, starts_on: dt.date, now: dt.datetime = NOW, **told: Any) -> Contract:
    """A contract with its provider: for this service, unless `service_id` says otherwise."""
    told = {"provider_id": service.provider_id, "service_id": service.id, "kind": ContractKind.framework, **told}
    with console(now):
        contract = Contract(title="Care homes", starts_on=starts_on, **told)
        db.session.add(contract)
    db.session.commit()
    return contract


def overdue(**named: Any) -> list[tuple[str, dt.date]]:
    """(activity, due) of what is late by the rules of the framework in force and not given up as missed."""
    with console():
        rows = db.session.execute(
            select(Obligation.activity, Obligation.due_on)
            .where(Obligation.source == ObligationSource.cadence, Obligation.due_on < TODAY, ~Obligation.missed)
            .filter_by(**named)
            .order_by(Obligation.due_on, Obligation.activity)
        )
        return [tuple(row) for row in rows]


def missed(activity: str) -> list[dt.date]:
    """When the periods of an activity were due that were given up."""
    with console():
        asked = select(Obligation.due_on).where(Obligation.activity == activity, Obligation.missed)
        return list(db.session.scalars(asked.order_by(Obligation.due_on)))


def test_what_is_overdue_stays_so_when_a_contract_follows_another(world: World) -> None:
    service = known_since_2024(service_type="care_home")
    before = with_contract(service, dt.date(2024, 7, 1))
    late = [
        ("keeping_in_touch", dt.date(2024, 8, 1)),
        ("quality_monitoring", dt.date(2025, 1, 1)),
        ("safe_and_well", dt.date(2025, 7, 1)),
    ]
    assert overdue(service_id=service.id) == late
    with_contract(service, dt.date(2026, 3, 4))
    take(world, "officer", "end", before, ended_on=dt.date(2026, 3, 3))
    assert overdue(service_id=service.id) == late


def test_a_contract_that_ended_a_day_earlier_leaves_a_gap_and_counting_begins_anew(world: World) -> None:
    service = known_since_2024(service_type="care_home")
    before = with_contract(service, dt.date(2024, 7, 1))
    with_contract(service, dt.date(2026, 3, 4))
    take(world, "officer", "end", before, ended_on=dt.date(2026, 3, 2))
    assert overdue(service_id=service.id) == []
    assert owed(service, "keeping_in_touch") == [("keeping_in_touch", dt.date(2026, 4, 4), None)]


def test_a_chain_of_contracts_goes_back_to_its_first_whichever_of_them_is_for_all_services(world: World) -> None:
    service = known_since_2024(service_type="care_home")
    for starts_on, ended_on, whose in (
        (dt.date(2024, 5, 1), dt.date(2024, 5, 31), {}),  # nothing follows on it
        (dt.date(2024, 7, 1), dt.date(2025, 6, 30), {"service_id": None}),
        (dt.date(2024, 8, 1), dt.date(2024, 12, 31), {}),  # within the one for all
        (dt.date(2025, 7, 1), dt.date(2026, 2, 28), {}),
    ):
        with_contract(service, starts_on, state=ContractState.ended, ended_on=ended_on, **whose)
    assert overdue(service_id=service.id) == []
    with_contract(service, dt.date(2026, 3, 1))
    assert overdue(service_id=service.id)[0] == ("keeping_in_touch", dt.date(2024, 8, 1))


def test_what_a_provider_missed_stays_so_when_a_contract_follows_another(world: World) -> None:
    by_framework_of("salford")
    service = known_since_2024(service_type="care_home")
    before = with_contract(service, dt.date(2024, 7, 1), service_id=None)
    due_on = [dt.date(2024, 12, 31), dt.date(2025, 6, 30)]
    assert missed("risk_self_assessment") == due_on
    assert ("risk_self_assessment", dt.date(2025, 12, 31)) in overdue(service_id=None)
    with_contract(service, dt.date(2026, 3, 4), service_id=None)
    take(world, "officer", "end", before, ended_on=TODAY)
    assert missed("risk_self_assessment") == due_on
    assert ("risk_self_assessment", dt.date(2025, 12, 31)) in overdue(service_id=None)


def test_what_begins_today_is_not_owed_for_the_past(world: World) -> None:
    service = known_since_2024(service_type="care_home")
    write(world, "officer", service, commissioning=Commissioning.commissioned)
    assert overdue(service_id=service.id) == []
    assert owed(service, "keeping_in_touch") == [("keeping_in_touch", dt.date(2026, 4, 4), None)]


def test_what_is_overdue_stays_so_when_the_first_contract_is_recorded_of_a_service_bought_before(world: World) -> None:
    service = known_since_2024(service_type="care_home", commissioning=Commissioning.spot_purchase)
    late = ("keeping_in_touch", dt.date(2024, 5, 1))
    assert overdue(service_id=service.id)[0] == late
    with_contract(service, TODAY)
    assert overdue(service_id=service.id)[0] == late


def test_what_is_overdue_by_a_contract_stays_so_when_it_is_recorded_how_the_service_is_bought(world: World) -> None:
    service = known_since_2024(service_type="care_home")
    contract = with_contract(service, dt.date(2024, 7, 1))
    write(world, "officer", service, commissioning=Commissioning.commissioned)
    late = ("keeping_in_touch", dt.date(2024, 8, 1))
    assert overdue(service_id=service.id)[0] == late
    take(world, "officer", "end", contract, ended_on=TODAY)  # and it is bought from still
    assert overdue(service_id=service.id)[0] == late


def test_a_provider_owes_since_the_council_buys_one_of_its_services_and_a_contract_begins_nothing_anew(
    world: World,
) -> None:
    def plan(service: Service) -> dt.date | None:
        with console():
            asked = select(Obligation.due_on).where(Obligation.activity == "continuity_plan")
            return db.session.scalar(asked.where(Obligation.provider_id == service.provider_id))

    today = known_since_2024(service_type="care_home")
    write(world, "officer", today, commissioning=Commissioning.commissioned)
    assert plan(today) == dt.date(2027, 3, 4)
    before = known_since_2024(service_type="care_home", commissioning=Commissioning.commissioned)
    assert plan(before) == dt.date(2025, 4, 1)
    with_contract(before, TODAY)
    assert plan(before) == dt.date(2025, 4, 1)


def test_a_service_of_the_area_is_watched_from_its_entry_and_another_since_it_is_bought_from(world: World) -> None:
    by_framework_of("halton")
    with console(IN_2024):
        rule = db.session.scalars(
            select(Cadence).join(Cadence.framework).where(Framework.state == "in_force", Cadence.key == "safe_and_well")
        ).one()
        rule.reach = Reach.watched
    db.session.commit()
    here = known_since_2024(service_type="care_home", local_authority="Halton")
    elsewhere = known_since_2024(service_type="care_home")
    for service in (here, elsewhere):
        write(world, "officer", service, commissioning=Commissioning.commissioned)
    assert owed(here, "safe_and_well") == [("safe_and_well", dt.date(2025, 4, 1), None)]
    assert owed(elsewhere, "safe_and_well") == [("safe_and_well", dt.date(2027, 3, 4), None)]


def test_a_grant_is_monitored_since_the_grant(world: World) -> None:
    service = known_since_2024(service_type="advice", commissioning=Commissioning.commissioned)
    write(world, "officer", service, commissioning=Commissioning.grant_funded)
    assert owed(service, "core_grant_monitoring") == [("core_grant_monitoring", dt.date(2027, 3, 4), None)]


def test_a_service_that_becomes_a_care_home_today_owes_no_logs_of_last_year(world: World) -> None:
    by_framework_of("oldham")
    service = known_since_2024(service_type="other", commissioning=Commissioning.commissioned)
    assert owed(service, "harm_log") == []
    with console():  # as an import of a register does
        service.service_type = ServiceType.care_home
    db.session.commit()
    assert owed(service, "harm_log") == [("harm_log", dt.date(2026, 3, 16), None)]


def test_a_contract_that_goes_up_a_level_today_owes_no_returns_of_last_year(world: World) -> None:
    by_framework_of("oxfordshire")
    service = known_since_2024(service_type="care_home")
    contract = with_contract(service, dt.date(2024, 7, 1), IN_2024, monitoring_level=2)
    assert owed(service, "provider_return") == []
    write(world, "officer", contract, monitoring_level=3)
    assert owed(service, "provider_return") == [("provider_return", dt.date(2026, 7, 14), None)]


def test_returns_that_were_missed_stay_so_when_a_contract_of_the_same_level_follows(world: World) -> None:
    by_framework_of("oxfordshire")
    service = known_since_2024(service_type="care_home")
    before = with_contract(service, dt.date(2025, 4, 1), monitoring_level=3)
    told = [dt.date(2025, 7, 14), dt.date(2025, 10, 14)]
    assert missed("provider_return") == told
    with_contract(service, TODAY, monitoring_level=3)
    take(world, "officer", "end", before, ended_on=dt.date(2026, 3, 3))
    assert missed("provider_return") == told
    write(world, "officer", service, commissioning=Commissioning.commissioned)
    assert missed("provider_return") == told


# --- the days that the console keeps ---

LATER = dt.datetime(2026, 5, 6, 10, tzinfo=dt.UTC)


def bought(service: Service) -> tuple[dt.date | None, dt.date | None]:
    return service.bought_since, service.bought_until


def buys(world: World, service: Service, how: Commissioning, now: dt.datetime = NOW) -> tuple[Any, Any]:
    """Since and until when the council buys from it, once an officer has said how."""
    with world.acting("officer", now):
        service.commissioning = how
        db.session.commit()
        return bought(service)


def test_it_is_noted_since_when_the_council_buys_from_a_service(world: World) -> None:
    service, c = known_since_2024(), Commissioning
    with console():
        assert bought(service) == (None, None)
        assert bought(known_since_2024(commissioning=c.spot_purchase)) == (dt.date(2024, 4, 1), None)
    assert buys(world, service, c.not_commissioned) == (None, None)
    assert buys(world, service, c.spot_purchase) == (dt.date(2026, 3, 4), None)
    assert buys(world, service, c.commissioned, LATER) == (dt.date(2026, 3, 4), None)
    assert buys(world, service, c.grant_funded, LATER) == (dt.date(2026, 5, 6), None)


def test_a_slip_that_is_put_right_by_the_next_day_is_no_break(world: World) -> None:
    service, c = known_since_2024(commissioning=Commissioning.commissioned), Commissioning
    assert buys(world, service, c.not_commissioned) == (dt.date(2024, 4, 1), dt.date(2026, 3, 4))
    assert buys(world, service, c.commissioned, NOW + dt.timedelta(days=1)) == (dt.date(2024, 4, 1), None)
    assert buys(world, service, c.not_commissioned) == (dt.date(2024, 4, 1), dt.date(2026, 3, 4))
    assert buys(world, service, c.commissioned, NOW + dt.timedelta(days=2)) == (dt.date(2026, 3, 6), None)


def test_it_is_noted_when_the_type_of_a_service_and_the_grades_of_a_contract_change(world: World) -> None:
    service = known_since_2024(service_type="other")
    contract = with_contract(service, dt.date(2025, 4, 1), monitoring_level=2, rag=Rag.green)
    with console():
        assert service.type_since is None
        assert (contract.kind_since, contract.level_since, contract.rag_since) == (None, None, None)
    write(world, "officer", contract, monitoring_level=3, rag=Rag.green)
    with console(LATER):
        service.service_type = ServiceType.care_home
        contract.kind = ContractKind.block
    with console(LATER):
        assert service.type_since == dt.date(2026, 5, 6)
        assert (contract.kind_since, contract.level_since, contract.rag_since) == (dt.date(2026, 5, 6), TODAY, None)


def test_these_days_are_written_by_nobody_and_told_by_no_history(world: World) -> None:
    service = known_since_2024()
    told = not_changed(world, "officer", service, bought_since=dt.date(2020, 1, 1))
    assert told == "These are changed only by a step, never by hand: bought_since."
    write(world, "officer", service, commissioning=Commissioning.commissioned)
    with console():
        newest = select(LedgerEntry.changes).where(LedgerEntry.record_type == "service").order_by(LedgerEntry.id.desc())
        assert db.session.scalars(newest).first() == {"commissioning": ["not_recorded", "commissioned"]}


def test_a_change_costs_the_same_however_much_there_is(world: World) -> None:
    for name in ("Ash", "Birch"):
        world.service(name, commissioning=Commissioning.commissioned)
    service = world.service("Cedar", service_type="care_home", care_home=True)

    def cost() -> int:
        with console():
            statements: list[str] = []
            event.listen(Engine, "before_cursor_execute", note := lambda c, u, told, *rest: statements.append(told))
            try:
                diary.derive(db.session, TODAY, services=[service.id])
            finally:
                event.remove(Engine, "before_cursor_execute", note)
            db.session.rollback()
            return len(statements)

    few = cost()
    write(world, "officer", service, commissioning=Commissioning.commissioned)
    for year in range(10):
        day = NOW - dt.timedelta(days=365 * year + 30)
        world.visit(service, "safe_and_well", state="written_up", began_at=day, ended_at=day, starts_at=day)
    assert (few, cost()) == (14, 14)


# --- letting the counting rest ---


def test_a_deadline_that_rested_is_later_by_the_working_days_that_it_rested(world: World) -> None:
    found = complaint(world, "investigating", due_on=dt.date(2026, 3, 20))
    with console():
        which = the_deadline().id
    pause = write(world, "officer", Pause(obligation_id=which, reason="The family is away."))
    with console():
        assert the_deadline().paused_since == dt.date(2026, 3, 4)
    later = NOW + dt.timedelta(days=12)  # Monday 16 March: eight working days on
    take(world, "officer2", "resume", pause, now=later)
    assert due() == [("complaint", "draft_response", world.person("officer").id, dt.date(2026, 4, 1))]
    with console():
        assert the_deadline().paused_since is None
        assert found.due_on == dt.date(2026, 4, 1)


def test_a_rest_needs_a_reason_and_no_restriction_rests(world: World) -> None:
    world.suspension(state="in_force", next_review_on=dt.date(2026, 3, 10))
    with console():
        which = the_deadline().id
    told = not_written(world, "officer", Pause(obligation_id=which, reason="Busy."))
    assert (
        told == "A restriction's clock never rests, and a day that was booked, approved or found moves on its record."
    )


@pytest.mark.parametrize(
    ("make", "step"),
    [
        (lambda world: world.visit(state="scheduled", starts_at=NOW + dt.timedelta(days=20)), "begin"),
        (lambda world: meeting(world, "scheduled"), "hold"),
        (lambda world: validation(world, "approved", expires_on=dt.date(2026, 4, 5)), "expire"),
    ],
)
def test_what_was_booked_or_approved_does_not_rest(world: World, make: Any, step: str) -> None:
    """Or an officer alone would move a visit behind its checks, or lengthen what a Manager approved."""
    make(world)
    with console():
        which = db.session.scalars(select(Obligation.id).where(Obligation.step == step)).one()
    told = not_written(world, "officer", Pause(obligation_id=which, reason="Busy."))
    assert told.startswith("A restriction's clock never rests, and a day that was booked, approved or found")


def test_a_rest_ends_with_what_it_was_for(world: World) -> None:
    """A complaint that is answered while it rests and opened again later is due as ever."""
    found = complaint(world, "response_approved", due_on=dt.date(2026, 3, 20))
    with console():
        which = the_deadline().id
    pause = write(world, "officer", Pause(obligation_id=which, reason="The family is away."))
    take(world, "officer", "respond", found, responded_on=TODAY)
    clock_run.run(db.session(), lambda: NOW)
    with console():
        assert (pause.state.value, pause.until_on) == ("ended", TODAY)
    take(world, "officer", "reopen", found, officer_id=world.person("officer").id)
    with console():
        assert the_deadline().paused_since is None
        assert the_deadline().due_on == dt.date(2026, 3, 20)


def test_what_is_done_while_it_rests_is_due_next_as_ever(world: World) -> None:
    service = world.service(service_type="care_home", commissioning=Commissioning.commissioned)
    with console():
        which = db.session.scalars(select(Obligation.id).where(Obligation.activity == "safe_and_well")).one()
    pause = write(world, "officer", Pause(obligation_id=which, reason="Closed for works."))
    day = NOW + dt.timedelta(days=10)
    world.visit(service, "safe_and_well", "published", began_at=day, ended_at=day, published_at=day)
    with console():
        found = db.session.scalars(select(Obligation).where(Obligation.activity == "safe_and_well")).one()
        assert (found.due_on, found.paused_since) == (dt.date(2027, 3, 14), None)
    clock_run.run(db.session(), lambda: day)
    with console():
        assert pause.state.value == "ended"
        assert owed(service, "safe_and_well") == [("safe_and_well", dt.date(2027, 3, 14), None)]


def test_a_home_that_is_shut_rests_on_until_it_opens(world: World) -> None:
    service = world.service(service_type="care_home", commissioning=Commissioning.commissioned)
    with console():
        which = db.session.scalars(select(Obligation.id).where(Obligation.activity == "safe_and_well")).one()
    pause = write(world, "officer", Pause(obligation_id=which, reason="Closed for works."))
    with console(), maintenance("test"):
        service.dormant = True
        db.session.commit()
    clock_run.run(db.session(), lambda: NOW + dt.timedelta(days=1))
    with console():
        assert pause.state.value == "running"


def test_what_an_undone_workbook_brought_is_owed_no_more(world: World) -> None:
    service = world.service("Larkfield House", service_type="care_home")
    head = ["Provider", "Service", "Title", "Kind of contract", "Yearly value", "Starts", "Ends", "RAG", "Joint"]
    head[-1] = "Joint with the ICB"
    line = [None, service.regulator_id, "One", "Block", 1, dt.date(2026, 2, 1), None, None, None]
    content = workbook("Contracts", head, line)
    with world.acting("manager") as manager:
        made = arrivals.upload(
            db.session, manager, ArrivalKind.contracts, "Sheet", dt.date(2026, 3, 1), "contracts.xlsx", content, word
        )
        db.session.commit()
    take(world, "manager", "bring_in", made)
    assert owed(service, "keeping_in_touch") == [("keeping_in_touch", dt.date(2026, 4, 4), None)]
    take(world, "manager", "undo", made, note="Of another year.")
    with console():
        assert db.session.scalars(select(Obligation).where(Obligation.service_id == service.id)).all() == []


def test_a_provider_that_is_bought_from_owes_without_a_contract_on_record(world: World) -> None:
    """HA 3.104: each provider's continuity plan, within a year, until there is one."""
    service = world.service(service_type="care_home")
    assert of_provider(service) == []
    write(world, "officer", service, commissioning=Commissioning.spot_purchase)
    assert of_provider(service) == [("continuity_plan", dt.date(2027, 3, 4))]
    plan = write(world, "officer", ContinuityPlan(provider_id=service.provider_id, service_id=service.id))
    assert of_provider(service) == []
    with console():
        assert plan.check_due_on == dt.date(2027, 3, 4)  # no day was named: by the framework's clock
    write(world, "officer", service, commissioning=Commissioning.not_commissioned)
    assert of_provider(service) == []


def of_provider(service: Service) -> list[tuple[str, dt.date]]:
    with console():
        own = Obligation.provider_id == service.provider_id, Obligation.service_id.is_(None)
        rows = db.session.execute(select(Obligation.activity, Obligation.due_on).where(*own))
        return [(row.activity, row.due_on) for row in rows]


def test_a_band_that_is_confirmed_again_begins_nothing_anew(world: World) -> None:
    service = world.service(service_type="care_home", commissioning=Commissioning.commissioned)
    band(world, "replaced", service, band="high", from_on=dt.date(2025, 11, 3), until_on=dt.date(2026, 1, 5))
    band(world, "replaced", service, band="high", from_on=dt.date(2026, 1, 5), until_on=TODAY)
    band(world, "confirmed", service, band="high", from_on=TODAY)
    with console():
        scope = diary.Scope(CadenceSubject.service, [service.id])
        connection = db.session.connection()
        owner = diary.owners_of(connection, scope, diary.in_force(connection), diary.subjects(connection, scope))[
            service.id
        ]
    assert owner.facts.bands == {"risk": "high"}
    assert owner.facts.changed["bands:risk"] == dt.date(2025, 11, 3)
