"""The gate: what may be read and written, on every path that the ORM and the forms have."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from flask_appbuilder.security.sqla.models import Group
from flask_appbuilder.security.sqla.models import Role as RoleRow
from sqlalchemy import (
    and_,
    delete,
    exists,
    extract,
    func,
    insert,
    inspect,
    lambda_stmt,
    literal,
    or_,
    select,
    text,
    union_all,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import RelationshipDirection, aliased, make_transient, selectinload
from sqlalchemy.orm.attributes import set_committed_value
from world import NOW, PASSWORD, World, console, sign_in

from models import Model, db
from models.documents import Letter
from models.ledger import LedgerEntry, LedgerKind
from models.people import Agency, AgencyKind, Person
from models.providers import Contact, ContactKind, ContactNote, NoteChannel, Provider, Rating, Service, ServicePart
from models.suspensions import Suspension, SuspensionReview, SuspensionState, SuspensionVariation, restricted_services
from models.visits import Visit, VisitReport, VisitState
from workflows import actor as actors
from workflows import people as accounts
from workflows.access import Role
from workflows.engine import WORKFLOWS as BY_MODEL
from workflows.engine import Workflow, drafted_by_console
from workflows.gate import Refused, maintenance, record
from workflows.steps import Step
from workflows.suspensions import WORKFLOW
from workflows.visibility import GOVERNED

BY_STEP = "These are changed only by a step, never by hand: %s."
MOVED_ON = "This can no longer be edited: it has moved on. Use one of its steps."
NO_RIGHT = "Your role may not add or change this."
NOT_BY_HAND = "This is changed only by the steps of its workflow, never by hand."
NOT_YOURS = "One of the records that this points to is not there, or not yours to see."
NO_DELETE = "Nothing is deleted. Withdraw it or end it instead: what was once written stays."
ONE_BY_ONE = "Records are changed one by one, so that each change is checked and recorded."
NOBODY = "Nobody is acting: sign in first."
NOT_NARROWED = "This question cannot be narrowed to the rows that you may see, so it is not asked."
ADMINISTRATOR = "Accounts are kept by an Administrator."
IN_THE_CODE = "Roles and their rights are kept in the code, and changed by nobody here."
JOB_ONLY = "Only a job of the console itself may do maintenance."


def refusal(world: World, username: str | None, write: Callable[[], Any]) -> str:
    """What somebody is told who writes this and commits. Nothing of it may be left behind."""
    before = rows()

    def act() -> None:
        write()
        db.session.commit()

    with actors.acting(world.actor(username) if username else None), pytest.raises(Refused) as refused:
        act()
    db.session.rollback()
    with world.acting("officer"):
        db.session.commit()  # what was refused is not saved later, by somebody who may
    assert rows() == before
    return refused.value.sentence


TABLES = [model.__table__ for model in (Suspension, ContactNote, Contact, Visit, Provider, Agency, LedgerEntry, Person)]
TABLES += [
    Model.metadata.tables[name] for name in ("ab_role", "ab_group", "ab_user_role", "ab_user_group", "ab_group_role")
]


def rows() -> list[Any]:
    """Everything that the tests below try to change, read past the gate."""
    connection = db.session.connection()
    return [connection.execute(select(table).order_by(*table.primary_key)).all() for table in TABLES]


def note(service: Service, **kw: Any) -> ContactNote:
    return ContactNote(
        **{
            "provider_id": service.provider_id,
            "service_id": service.id,
            "at": NOW,
            "channel": NoteChannel.phone,
            "text": "Rang.",
        }
        | kw
    )


def suspension(service: Service, **kw: Any) -> Suspension:
    return Suspension(provider_id=service.provider_id, service_id=service.id, **kw)


def entries() -> list[Any]:
    """What the ledger holds of records, in order; the framework's own entry aside."""
    table = LedgerEntry.__table__
    found = select(table).where(table.c.record_type != "framework").order_by(table.c.id)
    return list(db.session.connection().execute(found).mappings())


def load(model: type[Any], pk: int) -> Any:
    return db.session.get(model, pk)


# --- writing: states ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "write",
    [
        lambda case, _: setattr(load(Suspension, case), "state", SuspensionState.in_force),
        lambda case, _: setattr(load(Suspension, case), "state", "withdrawn"),
        lambda case, _: db.session.merge(Suspension(id=case, state=SuspensionState.withdrawn)),
        lambda case, service: db.session.add(suspension(service, state=SuspensionState.submitted)),
        lambda case, service: db.session.add_all([suspension(service, state="withdrawn")]),
    ],
    ids=["set", "set as text", "merge", "add", "add as text"],
)  # fmt: skip
def test_a_state_moves_only_by_a_step(world: World, write: Any) -> None:
    service = world.service()
    case = world.suspension(service).id
    assert refusal(world, "officer", lambda: write(case, service)) == BY_STEP % "state"


def test_a_state_set_on_an_expired_record_moves_no_more_than_another(world: World) -> None:
    case = world.suspension()

    def write() -> None:
        db.session.expire(load(Suspension, case.id))
        case.state = SuspensionState.withdrawn

    assert refusal(world, "officer", write) == BY_STEP % "state"


def test_a_state_set_past_the_attributes_opens_no_closed_record(world: World) -> None:
    case = world.suspension(state="submitted").id

    def write() -> None:
        item = load(Suspension, case)
        set_committed_value(item, "state", SuspensionState.draft)
        item.grounds = "Other."

    assert refusal(world, "officer", write) == MOVED_ON


@pytest.mark.parametrize(
    "statement",
    [
        lambda: update(Suspension).values(state=SuspensionState.withdrawn),
        lambda: update(Suspension.__table__).values(state=SuspensionState.withdrawn),
        lambda: delete(Suspension),
        lambda: delete(Suspension.__table__),
        lambda: insert(Suspension).values(provider_id=1),
        lambda: insert(Suspension.__table__).values(provider_id=1),
        lambda: insert(LedgerEntry).values(record_type="suspension"),
        lambda: update(Person).values(password="x"),
        lambda: update(Person).values(login_count=0, password="x"),
        lambda: update(Person).ordered_values((Person.login_count, 0), (Person.password, "x")),
        lambda: insert(Model.metadata.tables["ab_user_role"]).values(user_id=1, role_id=10),
        lambda: update(RoleRow).values(name="administrator"),
    ],
    ids=[
        "update", "update table", "delete", "delete table", "insert", "insert table", "ledger", "password",
        "password beside what signing in counts", "in order", "role", "role's name",
    ],
)  # fmt: skip
@pytest.mark.parametrize("username", ["officer", "administrator"])
def test_nothing_is_written_in_bulk(world: World, username: str, statement: Any) -> None:
    world.suspension()
    assert refusal(world, username, lambda: db.session.execute(statement())) == ONE_BY_ONE


@pytest.mark.parametrize(
    "write",
    [
        lambda: db.session.query(Suspension).update({"state": SuspensionState.withdrawn}),
        lambda: db.session.query(Suspension).delete(),
        lambda: db.session.query(Person).update({"active": False}),
        lambda: db.session.execute(insert(ContactNote), [{"text": "a"}, {"text": "b"}]),
        lambda: db.session.scalars(update(Suspension).values(grounds="x").returning(Suspension)).all(),
    ],
    ids=["query update", "query delete", "query accounts", "many", "returning"],
)
def test_nothing_is_written_in_bulk_by_the_older_ways(world: World, write: Any) -> None:
    world.suspension()
    assert refusal(world, "officer", write) == ONE_BY_ONE


@pytest.mark.parametrize("method", ["bulk_save_objects", "bulk_insert_mappings", "bulk_update_mappings"])
def test_the_session_has_no_way_past_its_hooks(world: World, method: str) -> None:
    with world.acting("officer"), pytest.raises(TypeError, match="one by one"):
        getattr(db.session, method)(Suspension, [])


# --- writing: fields ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("decided_by_id", 1),
        ("submitted_by_id", 1),
        ("starts_on", dt.date(2026, 1, 1)),
        ("next_review_on", dt.date(2026, 1, 1)),
        ("mandatory_ground", "cqc_inadequate"),
        ("lift_evidence", "None."),
        ("decision_minute", "4.2"),
        ("created_by_id", 1),
        ("created_at", dt.datetime(2020, 1, 1, tzinfo=dt.UTC)),
        ("version", 9),
        ("id", 99_999),
    ],
)
def test_what_a_step_writes_is_not_written_by_hand(world: World, field: str, value: Any) -> None:
    service = world.service()
    case = world.suspension(service).id
    told = BY_STEP % field
    assert refusal(world, "officer", lambda: setattr(load(Suspension, case), field, value)) == told
    assert refusal(world, "officer", lambda: db.session.add(suspension(service, **{field: value}))) == told


@pytest.mark.parametrize("relation", ["decided_by", "submitted_by"])
def test_a_relation_is_written_no_more_than_its_column(world: World, relation: str) -> None:
    service = world.service()
    case, head = world.suspension(service).id, world.person("head")
    told = BY_STEP % f"{relation}_id"
    assert refusal(world, "officer", lambda: setattr(load(Suspension, case), relation, head)) == told
    head = world.person("head")
    assert refusal(world, "officer", lambda: db.session.add(suspension(service, **{relation: head}))) == told


def test_a_record_is_not_moved_to_another_by_the_other_end_of_the_relation(world: World) -> None:
    """A review is a step's; adding it to another suspension's reviews changes the review."""
    one, other = world.suspension(state="in_force"), world.suspension(state="in_force")
    with console():
        review = SuspensionReview(suspension_id=one.id, kind="review", on=NOW.date(), still_needed=True)
        db.session.add(review)
    db.session.commit()
    told = refusal(
        world, "officer", lambda: load(Suspension, other.id).reviews.append(load(SuspensionReview, review.id))
    )
    assert told == NOT_BY_HAND


def test_every_collection_is_told_by_its_other_end() -> None:
    """The gate reads changes where the foreign key is. A collection without the other end would change it unseen."""
    alone = {
        f"{model.__name__}.{relation.key}"
        for model in GOVERNED
        for relation in inspect(model).relationships
        if relation.direction is not RelationshipDirection.MANYTOONE and not relation._reverse_property
    }
    assert alone == set()


@pytest.mark.parametrize("state", ["submitted", "in_force", "lift_requested", "lifted", "declined", "withdrawn"])
def test_what_was_submitted_is_no_longer_edited(world: World, state: str) -> None:
    case = world.suspension(state=state).id
    assert refusal(world, "officer", lambda: setattr(load(Suspension, case), "grounds", "Other.")) == MOVED_ON


def test_setting_the_state_back_first_opens_no_closed_record(world: World) -> None:
    case = world.suspension(state="submitted").id

    def write() -> None:
        item = load(Suspension, case)
        item.state = SuspensionState.draft
        item.grounds = "Other."

    assert refusal(world, "officer", write) == MOVED_ON


@pytest.mark.parametrize(
    ("username", "write"),
    [
        ("head", lambda w: db.session.add(note(w))),
        ("partner", lambda w: db.session.add(note(w))),
        ("administrator", lambda w: db.session.add(note(w))),
        ("auditor", lambda w: db.session.add(suspension(w))),
        ("head", lambda w: db.session.add(suspension(w))),
        ("head", lambda w: setattr(load(Service, w.id), "commissioning", "commissioned")),
        ("partner", lambda w: setattr(load(Service, w.id), "commissioning", "commissioned")),
        ("officer", lambda w: db.session.add(Agency(name="Ours", kind=AgencyKind.other))),
        ("officer", lambda w: setattr(load(Provider, w.provider_id), "name", "Ours")),
        ("officer", lambda w: db.session.add(Provider(name="Ours"))),
        (
            "officer",
            lambda w: db.session.add(
                LedgerEntry(
                    record_type="service", record_id=w.id, seq=1, kind=LedgerKind.created, changes={}, at=NOW,
                    actor_role="head", previous_hash="", hash="",
                )
            ),
        ),
    ],
    ids=[
        "head's note", "partner's note", "administrator's note", "auditor's suspension", "head's suspension",
        "head's service", "partner's service", "officer's agency", "officer's provider", "a new provider", "ledger",
    ],
)  # fmt: skip
def test_nobody_writes_without_the_right_to(world: World, username: str, write: Any) -> None:
    service = world.service()
    assert refusal(world, username, lambda: write(service)) == NO_RIGHT


@pytest.mark.parametrize(
    "make",
    [
        lambda s, c: Service(name="Ours", provider_id=s.provider_id),
        lambda s, c: Rating(service_id=s.id, source_key="x"),
        lambda s, c: SuspensionReview(suspension_id=c.id, kind="review", on=NOW.date(), still_needed=False),
        lambda s, c: SuspensionVariation(
            suspension_id=c.id, kind="voluntary", reason="x", old_kind="voluntary", old_conditions=""
        ),
        lambda s, c: VisitReport(visit_id=1, number=1, findings="x"),
    ],
    ids=["service", "rating", "review", "variation", "report"],
)  # fmt: skip
def test_what_only_steps_make_is_not_added_by_hand(world: World, make: Any) -> None:
    service, case = world.service(), world.suspension(state="in_force")
    assert refusal(world, "officer", lambda: db.session.add(make(service, case))) == NOT_BY_HAND


def test_a_new_parent_does_not_come_in_with_its_child(world: World) -> None:
    new = Provider(name="Invented Care")
    told = refusal(
        world, "officer", lambda: db.session.add(Contact(provider=new, kind=ContactKind.office, post="x", phone="1"))
    )
    assert told == NO_RIGHT


@pytest.mark.parametrize("how", ["column", "relation", "merge"])
def test_a_record_points_only_at_what_its_author_may_see(world: World, narrowed: Any, how: str) -> None:
    """Nobody who may write is barred from any service today, so the rule is narrowed for this test."""
    hidden, open_ = world.service("Hidden House"), world.service("Open House")
    mine = world._add(note(open_))
    provider, pk = hidden.provider_id, hidden.id
    narrowed(Service, lambda actor: Service.id != pk)

    def write() -> None:
        if how == "column":
            db.session.add(note(open_, provider_id=provider, service_id=pk))
        elif how == "relation":
            db.session.add(
                ContactNote(provider_id=provider, service=hidden, at=NOW, channel=NoteChannel.phone, text="x")
            )
        else:
            db.session.merge(ContactNote(id=mine.id, provider_id=provider, service_id=pk))

    assert refusal(world, "manager", write) == NOT_YOURS


@pytest.mark.parametrize("username", ["officer", "manager", "administrator", "auditor"])
def test_nothing_is_deleted(world: World, username: str) -> None:
    mine = world._add(note(world.service()))
    assert refusal(world, username, lambda: db.session.delete(mine)) == NO_DELETE


def test_no_account_is_deleted_by_nobody_or_anybody(world: World) -> None:
    person = world.person("officer2")
    assert refusal(world, None, lambda: db.session.delete(person)) == NOBODY
    assert refusal(world, "administrator", lambda: db.session.delete(world.person("officer2"))) == NO_DELETE


# --- writing: who ------------------------------------------------------------------------------------------------


def test_nobody_acting_writes_nothing(world: World) -> None:
    service = world.service()
    assert refusal(world, None, lambda: db.session.add(note(service))) == NOBODY
    assert refusal(world, None, lambda: setattr(world.person("officer"), "active", False)) == NOBODY
    officer = world.person("officer")
    assert refusal(world, None, lambda: officer.roles.clear()) == NOBODY
    assert refusal(world, None, lambda: db.session.add(Person(username="x"))) == NOBODY
    assert refusal(world, None, lambda: db.session.add(Group(name="x"))) == NOBODY


def test_a_job_writes_nothing_by_hand(world: World) -> None:
    service = world.service()
    with actors.acting(actors.system("clock", NOW)):
        db.session.add(note(service))
        with pytest.raises(Refused) as refused:
            db.session.commit()
        db.session.rollback()
        assert db.session.scalar(select(func.count(ContactNote.id))) == 0
    assert refused.value.sentence == "The console changes this only by a step."


def test_maintenance_is_for_jobs(world: World) -> None:
    with world.acting("administrator"), pytest.raises(Refused) as refused, maintenance("mischief"):
        pass
    assert refused.value.sentence == JOB_ONLY


def test_a_person_inside_a_maintenance_is_still_a_person(world: World) -> None:
    case = world.suspension().id
    job = actors.system("clock", NOW)
    for write, told in (
        (lambda: setattr(load(Suspension, case), "state", SuspensionState.withdrawn), JOB_ONLY),
        (lambda: db.session.execute(update(Suspension).values(grounds="x")), ONE_BY_ONE),
    ):
        with actors.acting(job), maintenance("import"):
            assert refusal(world, "officer", write) == told


def test_a_maintenance_may_write_in_bulk_and_tells_what_it_did(world: World) -> None:
    service = world.service()
    with actors.acting(actors.system("clean up", NOW)), maintenance("clean up"):
        db.session.execute(update(Service).values(phone=None))
        record(db.session, LedgerKind.maintenance, service, {"phone": [None, None]}, "Phones cleared.")
        db.session.commit()
    (entry,) = entries()
    assert (entry["kind"], entry["actor_role"], entry["note"]) == ("maintenance", "clean up", "Phones cleared.")


def test_who_made_it_and_when_is_stamped(world: World) -> None:
    service = world.service()
    with world.acting("officer") as actor:
        mine = note(service)
        db.session.add(mine)
        db.session.commit()
        assert (mine.created_by_id, mine.created_at, mine.version) == (actor.person_id, NOW, 1)
    later = NOW + dt.timedelta(hours=3)
    with world.acting("officer", later):
        mine.text = "Rang again."
        db.session.commit()
        assert (mine.created_by_id, mine.created_at, mine.version) == (actor.person_id, NOW, 2)


def test_forged_extra_form_fields_change_nothing(world: World, as_user: Any) -> None:
    service, head = world.service(), world.person("head").id
    answer = as_user("officer").post(
        "/suspensions/add",
        data={
            "provider_id": f"#{service.provider_id}",
            "service_id": f"#{service.id}",
            "kind": "no_new_purchase",
            "grounds": "Falls.",
            "state": "in_force",
            "version": "77",
            "id": "4711",
            "created_by_id": str(head),
            "created_at": "2020-01-01T00:00",
            "decided_by_id": str(head),
            "decided_at": "2020-01-01T00:00",
            "mandatory_ground": "cqc_inadequate",
        },
    )
    assert answer.status_code == 302
    with world.acting("officer") as actor:
        case = db.session.scalars(select(Suspension)).one()
        assert case.id != 4711
        assert (case.state, case.version, case.created_by_id, case.created_at) == ("draft", 1, actor.person_id, NOW)
        assert (case.decided_by_id, case.decided_at, case.mandatory_ground) == (None, None, None)


@pytest.mark.parametrize("step", ["approve", "lift", "submit"])
def test_forged_extra_step_fields_change_nothing(world: World, as_user: Any, step: str) -> None:
    case = world.suspension(state="submitted")
    answer = as_user("officer").post(
        f"/suspensions/{case.id}/{step}",
        data={
            "version": str(case.version),
            "state": "in_force",
            "roles": "head",
            "actor": "head",
            "target": "in_force",
        },
    )
    assert answer.status_code == 403
    assert db.session.connection().execute(select(Suspension.__table__.c.state)).scalar() == "submitted"


# --- writing: steps and what lies about in the session -----------------------------------------------------------


@pytest.mark.parametrize(
    ("forge", "told"),
    [
        (lambda s, other: db.session.add(suspension(s, state=SuspensionState.submitted)), BY_STEP % "state"),
        (lambda s, other: setattr(other, "state", SuspensionState.withdrawn), BY_STEP % "state"),
        (lambda s, other: setattr(other, "decided_by_id", 1), BY_STEP % "decided_by_id"),
        (lambda s, other: db.session.add(Provider(name="Ours")), NO_RIGHT),
        (lambda s, other: db.session.delete(other), NO_DELETE),
    ],
    ids=["add", "state", "decider", "provider", "delete"],
)
def test_a_step_launders_nothing_that_lies_in_the_session(world: World, forge: Any, told: str) -> None:
    """A step writes what people may not by hand. What they wrote before it is not part of it."""
    service = world.service()
    case, other = world.suspension(service), world.suspension(service)

    def write() -> None:
        mine, theirs = load(Suspension, case.id), load(Suspension, other.id)
        forge(service, theirs)
        with db.session.no_autoflush:
            WORKFLOW.take("submit", mine, actors.current_actor())

    assert refusal(world, "officer", write) == told


def test_a_step_does_not_take_a_forged_change_of_its_own_record_along(world: World) -> None:
    case = world.suspension().id

    def write() -> None:
        item = load(Suspension, case)
        item.mandatory_ground = "cqc_inadequate"
        WORKFLOW.take("submit", item, actors.current_actor())

    assert refusal(world, "officer", write) == BY_STEP % "mandatory_ground"


def test_an_edit_before_a_step_is_told_as_an_edit_of_its_own(world: World) -> None:
    """Else whoever edits and acts in one transaction would not count as an editor for four eyes."""
    case = world.suspension()
    with world.acting("officer") as actor:
        case.grounds = "Worse."
        WORKFLOW.take("submit", case, actor)
        db.session.commit()
    assert kinds(case.id) == ["edited", "step"]


def test_a_step_is_taken_in_no_other_s_name(world: World) -> None:
    """The rights that are asked and the name that is told must be one person's."""
    case = world.suspension(state="submitted").id
    forged = actors.Actor(roles=frozenset({Role.head}), now=NOW, person_id=world.person("officer").id)
    for actor in (world.actor("head"), forged):
        told = refusal(world, "officer", lambda actor=actor: WORKFLOW.take("approve", load(Suspension, case), actor))
        assert told == "A step is taken by whoever is acting, in their own name."


def kinds(case: int) -> list[str]:
    return [
        each["kind"].value for each in entries() if (each["record_type"], each["record_id"]) == ("suspension", case)
    ]


def test_a_draft_of_the_console_takes_nothing_else_along(world: World) -> None:
    service = world.service()
    with actors.acting(actors.system("clock", NOW)):
        db.session.add(Provider(name="Ours"))
        with pytest.raises(Refused) as refused, db.session.no_autoflush:
            drafted_by_console(db.session, suspension(service), "A rating.", "HP 8")
        db.session.rollback()
    assert refused.value.sentence == "The console changes this only by a step."


def test_two_steps_in_one_transaction_are_two_entries(world: World) -> None:
    one, other = world.suspension(), world.suspension()
    with world.acting("manager") as actor:
        WORKFLOW.take("submit", one, actor)
        WORKFLOW.take("submit", other, actor)
        WORKFLOW.take("withdraw", other, actor, note="Sent by mistake.")
        db.session.commit()
    assert kinds(one.id) == ["step"]
    assert kinds(other.id) == ["step", "step"]
    versions = db.session.connection().execute(select(Suspension.__table__.c.id, Suspension.__table__.c.version)).all()
    assert dict(versions) == {one.id: 1, other.id: 2}


def nosy(effect: Any) -> Workflow:
    """A workflow whose one step has this effect. Its model's own rules stay as they are."""
    known, none = BY_MODEL[Service], frozenset[Any]({None})
    made = Workflow(
        Service,
        Step("look", "Look", none, None, roles=frozenset({Role.officer}), does="Looks.", effect=effect),  # type: ignore[arg-type]
    )
    BY_MODEL[Service] = known  # what pages read of it stays too
    return made


def test_a_flush_in_the_middle_of_a_step_tells_it_once(world: World) -> None:
    service = world.service()

    def effect(item: Service, actor: Any, values: Any) -> None:
        item.phone = "1"
        db.session.flush()
        db.session.add(ServicePart(service_id=item.id, name="Rose unit"))
        db.session.flush()

    with world.acting("officer") as actor:
        nosy(effect).take("look", service, actor)
        db.session.commit()
    told = [(entry["record_type"], entry["kind"], entry["step"], entry["seq"]) for entry in entries()]
    assert told == [
        ("service", LedgerKind.step, "look", 1),
        ("service_part", LedgerKind.created, None, 1),
    ]
    assert entries()[0]["changes"] == {"phone": [None, "1"]}


def test_a_step_within_a_step_tells_both_and_calls_neither_an_edit(world: World) -> None:
    service, case = world.service(), world.suspension()

    def effect(item: Service, actor: Any, values: Any) -> None:
        item.phone = "1"
        WORKFLOW.take("submit", case, actor)
        item.website = "w"

    with world.acting("officer") as actor:
        nosy(effect).take("look", service, actor)
        db.session.commit()
    told = [(entry["record_type"], entry["kind"], entry["step"], entry["record_version"]) for entry in entries()]
    assert told == [
        ("service", LedgerKind.step, "look", 1),
        ("suspension", LedgerKind.step, "submit", 1),
        ("service", LedgerKind.step, "look", 2),
    ]


def test_a_step_undone_by_a_savepoint_leaves_no_trace(world: World) -> None:
    case = world.suspension()
    with world.acting("officer") as actor:
        savepoint = db.session.begin_nested()
        WORKFLOW.take("submit", case, actor)
        savepoint.rollback()
        case.grounds = "Worse."
        db.session.commit()
    assert kinds(case.id) == ["edited"]
    assert db.session.connection().execute(select(Suspension.__table__.c.state)).scalar() == "draft"


def test_a_flush_that_the_database_refuses_is_not_told_with_the_next(world: World) -> None:
    service = world.service()
    with world.acting("officer"):
        with pytest.raises(IntegrityError), db.session.begin_nested():
            db.session.add_all([note(service), note(service, text="")])
        db.session.add(note(service, text="Rang again."))
        db.session.commit()
    assert [(entry["kind"], entry["record_version"]) for entry in entries()] == [(LedgerKind.created, 1)]


def test_a_flush_that_the_database_refuses_is_not_told_by_a_maintenance_after_it(world: World) -> None:
    taken = Person(username="officer", first_name="A", last_name="B", email="a@example.org", active=True, password="x")
    with actors.acting(actors.system("user add", NOW)):
        with pytest.raises(IntegrityError), db.session.begin_nested():
            db.session.add(taken)
        with maintenance("clean up"):
            db.session.add(Provider(name="Larkfield Care"))
            db.session.commit()
    assert entries() == []


def test_a_refused_flush_is_not_told_with_the_next(world: World) -> None:
    """Even where somebody forgets to roll back, and takes out only what was refused."""
    service = world.service()
    with world.acting("officer"):
        good, bad = note(service), Provider(name="Ours")
        db.session.add_all([good, bad])
        with pytest.raises(Refused):
            db.session.flush()
        db.session.expunge(bad)
        make_transient(good)
        db.session.expunge_all()
        db.session.add(note(service, text="Rang again."))
        db.session.commit()
    assert [entry["kind"] for entry in entries()] == [LedgerKind.created]


def test_an_autoflush_in_the_middle_of_an_edit_checks_what_it_flushes(world: World) -> None:
    case = world.suspension().id

    def write() -> None:
        load(Suspension, case).state = SuspensionState.withdrawn
        db.session.scalars(select(Service)).all()

    assert refusal(world, "officer", write) == BY_STEP % "state"


# --- writing: accounts -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "write",
    [
        lambda me, head: me.roles.append(head),
        lambda me, head: setattr(me, "roles", [head]),
        lambda me, head: head.user.append(me),
        lambda me, head: me.groups.append(Group(name="heads", roles=[head])),
        lambda me, head: db.session.add(Group(name="heads", roles=[head], users=[me])),
        lambda me, head: setattr(head, "name", "x"),
        lambda me, head: setattr(me.roles[0], "name", "manager2"),
        lambda me, head: db.session.add(RoleRow(name="superhead", user=[me])),
        lambda me, head: db.session.delete(head),
        lambda me, head: setattr(me, "agency_id", 1),
        lambda me, head: setattr(me, "provider_id", None) or setattr(me, "username", "x"),
        lambda me, head: setattr(me, "active", False),
    ],
    ids=[
        "append", "set", "from the role", "by a group", "into a group", "role renamed", "own role renamed", "new role",
        "role deleted", "agency", "user name", "deactivated",
    ],
)  # fmt: skip
def test_nobody_gives_themselves_another_role_or_place(world: World, write: Any) -> None:
    def act() -> None:
        write(world.person("officer"), db.session.scalars(select(RoleRow).where(RoleRow.name == "head")).one())

    assert refusal(world, "officer", act) in (ADMINISTRATOR, IN_THE_CODE)


def test_nobody_joins_a_group_by_themselves(world: World) -> None:
    heads = world._add(Group(name="heads"))
    me = world.person("officer")
    assert refusal(world, "officer", lambda: me.groups.append(heads)) == ADMINISTRATOR
    assert refusal(world, "officer", lambda: heads.users.append(me)) == ADMINISTRATOR


def test_not_even_an_administrator_changes_what_a_role_is(world: World) -> None:
    def role() -> RoleRow:
        return db.session.scalars(select(RoleRow).where(RoleRow.name == "head")).one()

    assert refusal(world, "administrator", lambda: setattr(role(), "name", "boss")) == IN_THE_CODE
    assert refusal(world, "administrator", lambda: db.session.delete(role())) == IN_THE_CODE
    assert refusal(world, "administrator", lambda: db.session.add(Group(name="heads", roles=[role()]))) == IN_THE_CODE


def test_somebody_elses_password_is_not_changed(world: World) -> None:
    assert refusal(world, "officer", lambda: setattr(world.person("head"), "password", "x")) == ADMINISTRATOR
    assert refusal(world, "head", lambda: setattr(world.person("officer"), "session_version", 9)) == ADMINISTRATOR


def test_a_person_changes_their_own_password_and_the_ledger_keeps_no_hash(world: World) -> None:
    with world.acting("officer") as actor:
        me = world.person("officer")
        accounts.change_password(me, PASSWORD, "quite another long one")
        db.session.commit()
        hashed = me.password
    (entry,) = entries()
    assert (entry["record_type"], entry["record_id"], entry["actor_id"]) == (
        "ab_user",
        actor.person_id,
        actor.person_id,
    )
    assert entry["changes"] == {"password": [None, None], "session_version": [1, 2]}
    assert hashed not in str(dict(entry))


def test_an_account_that_is_made_is_told_with_its_roles_and_without_its_hash(world: World) -> None:
    with world.acting("administrator") as actor:
        made = Person(
            username="new",
            first_name="New",
            last_name="Person",
            email="new@example.org",
            active=True,
            password="hash:of:it",
        )
        accounts.set_roles(db.session, made, [Role.officer, Role.manager])
        db.session.add(made)
        db.session.commit()
        pk = made.id
    (entry,) = entries()
    assert (entry["kind"], entry["record_id"], entry["actor_id"]) == (LedgerKind.created, pk, actor.person_id)
    assert entry["changes"]["roles"] == [None, ["manager", "officer"]]
    assert "hash:of:it" not in str(dict(entry))


def test_a_role_is_given_from_the_person_s_side_alone(world: World) -> None:
    """There it is checked and told. That the role's own list was read before is no hindrance."""
    head, officer2 = db.session.scalars(select(RoleRow).where(RoleRow.name == "head")).one(), world.person("officer2")
    assert refusal(world, "administrator", lambda: head.user.append(officer2)) == IN_THE_CODE
    with world.acting("administrator"):
        assert len(head.user) == 2
        accounts.set_roles(db.session, officer2, [Role.head])
        db.session.commit()
    (entry,) = entries()
    assert entry["changes"]["roles"] == [["officer"], ["head"]]


def test_a_changed_role_is_in_the_ledger(world: World) -> None:
    with world.acting("administrator"):
        accounts.set_roles(db.session, world.person("officer2"), [Role.manager])
        db.session.commit()
    (entry,) = entries()
    assert entry["changes"] == {"roles": [["officer"], ["manager"]], "session_version": [1, 2]}


def test_signing_in_counts_itself_and_tells_nobody(world: World, client: Any) -> None:
    assert sign_in(client, "officer").status_code == 302
    counted = db.session.connection().execute(select(Person.login_count).where(Person.username == "officer")).scalar()
    assert counted == 1
    assert entries() == []


def test_a_name_that_nobody_has_is_refused_as_a_wrong_password_is(world: World, client: Any) -> None:
    """FAB makes both take as long, by an UPDATE of the first account, with nobody acting."""
    answers = [client.post("/login/", data={"username": name, "password": "wrong"}) for name in ("nobody", "officer")]
    assert [answer.status_code for answer in answers] == [200, 200]
    for answer in answers:
        assert "Check your user name and password." in answer.text


# --- reading -----------------------------------------------------------------------------------------------------

ALIAS, TABLE = aliased(Suspension), Suspension.__table__
QUESTIONS: dict[str, Callable[[], Any]] = {
    "record": lambda: select(Suspension),
    "column": lambda: select(Suspension.grounds),
    "column in a function": lambda: select(func.lower(Suspension.grounds)),
    "long text, two columns": lambda: select(Suspension.grounds, Suspension.evidence),
    "only columns": lambda: select(Suspension).with_only_columns(Suspension.grounds),
    "typed text": lambda: select(text("grounds")).select_from(Suspension),
    "everything": lambda: select(text("*")).select_from(Suspension),
    "another name": lambda: select(ALIAS),
    "another name, column": lambda: select(ALIAS.grounds),
    "a subquery's record": lambda: select(aliased(Suspension, select(Suspension).subquery())),
    "the table's subquery as a record": lambda: select(aliased(Suspension, select(TABLE).subquery())),
    "subquery": lambda: select(select(Suspension.grounds).subquery()),
    "cte": lambda: select(select(Suspension.grounds).cte()),
    "union": lambda: union_all(select(Suspension.grounds), select(Suspension.evidence)),
    "union in a subquery": lambda: select(
        union_all(select(Suspension.grounds), select(Suspension.evidence)).subquery()
    ),
    "for update": lambda: select(Suspension).with_for_update(),
    "lambda": lambda: lambda_stmt(lambda: select(Suspension.grounds)),
    "row by row": lambda: select(Suspension).execution_options(yield_per=1),
    "fetched anew": lambda: select(Suspension).execution_options(populate_existing=True),
    "join by relation": lambda: select(Provider.name).join(Suspension.provider),
    "joined from the other side": lambda: select(Service.name).join(Suspension, Suspension.service_id == Service.id),
    "its own join": lambda: select(Suspension.grounds).join(Suspension.service),
    "relation exists": lambda: select(Suspension).where(Suspension.provider.has()),
    "exists elsewhere": lambda: select(Service).where(exists().where(Suspension.service_id == Service.id)),
    "in elsewhere": lambda: select(Service).where(Service.id.in_(select(Suspension.service_id))),
    "scalar elsewhere": lambda: select(select(Suspension.grounds).limit(1).scalar_subquery()).where(literal(1) == 1),
    "beside another": lambda: select(Service.name, Suspension.grounds).where(Service.id == Suspension.service_id),
    "grouped": lambda: select(Suspension.state, func.count()).group_by(Suspension.state),
    "a condition": lambda: select(literal(1)).where(Suspension.id > 0),
    "window beside it": lambda: select(Suspension.id, func.row_number().over(order_by=Suspension.id)),
}  # fmt: skip


@pytest.mark.parametrize("shape", QUESTIONS)
def test_every_question_is_narrowed_to_the_rows_of_whoever_asks(world: World, shape: str) -> None:
    world.suspension()
    for username, sees in (("partner", False), ("provider", False), ("administrator", False), ("officer", True)):
        db.session.expunge_all()
        with world.acting(username):
            assert any(value for row in db.session.execute(QUESTIONS[shape]()) for value in row) == sees
    db.session.expunge_all()
    with actors.acting(None):
        assert [value for row in db.session.execute(QUESTIONS[shape]()) for value in row if value] == []


@pytest.mark.parametrize("count", ["count", "count of a column", "query", "subquery", "exists"])
def test_counts_are_narrowed_too(world: World, count: str) -> None:
    world.suspension()
    ask: dict[str, Callable[[], Any]] = {
        "count": lambda: db.session.scalar(select(func.count()).select_from(Suspension)),
        "count of a column": lambda: db.session.scalar(select(func.count(Suspension.id))),
        "query": lambda: db.session.query(Suspension).count(),
        "subquery": lambda: db.session.scalar(select(func.count()).select_from(select(Suspension).subquery())),
        "exists": lambda: int(db.session.scalar(select(exists(select(Suspension.id)))) or 0),
    }
    with world.acting("partner"):
        assert ask[count]() == 0
    with world.acting("officer"):
        assert ask[count]() == 1


ODD: dict[str, Callable[[Any], Any]] = {
    "window": lambda s: func.max(s.grounds).over(order_by=s.id),
    "first value": lambda s: func.first_value(s.grounds).over(),
    "filter": lambda s: func.max(s.grounds).filter(s.id > 0),
    "extract": lambda s: extract("year", s.created_at),
    "or": lambda s: or_(s.id > 0, and_(s.id < 5, s.id > 3)),
}


@pytest.mark.parametrize("odd", ODD)
def test_what_cannot_be_narrowed_is_not_asked(world: World, odd: str) -> None:
    """SQLAlchemy adds no rule to a SELECT that names mapped columns only in one of these: measured."""
    world.suspension()
    for source in (Suspension, ALIAS):
        for question in (
            select(ODD[odd](source)),
            select(ODD[odd](source).label("x")),
            select(Service.name, select(ODD[odd](source)).limit(1).scalar_subquery()),
            select(Service.name).where(exists(select(ODD[odd](source)))),
            select(select(ODD[odd](source)).subquery()),
            select(select(ODD[odd](source)).cte()),
            union_all(select(literal("x")), select(ODD[odd](source))),
        ):
            for username in ("partner", "officer"):
                with world.acting(username), pytest.raises(Refused) as refused:
                    db.session.execute(question)
                assert refused.value.sentence == NOT_NARROWED
        with world.acting("partner"):
            asked = select(ODD[odd](source)).select_from(source)  # known for the ORM's, so narrowed
            assert [value for value in db.session.scalars(asked) if value] == []


@pytest.mark.parametrize(
    "ask",
    [
        lambda: db.session.execute(select(TABLE)),
        lambda: db.session.execute(select(TABLE.c.grounds)),
        lambda: db.session.execute(select(TABLE.alias().c.grounds)),
        lambda: db.session.execute(select(literal(1)).select_from(TABLE.join(Service.__table__, literal(1) == 1))),
        lambda: db.session.scalars(select(Suspension).from_statement(text("SELECT * FROM suspension"))),
        lambda: db.session.scalars(select(Suspension).from_statement(select(TABLE))),
        lambda: db.session.query(Suspension).from_statement(text("SELECT * FROM suspension")).all(),
    ],
    ids=["table", "its column", "its alias", "its join", "typed statement", "built statement", "query"],
)
def test_a_bare_table_is_not_read_through_the_session(world: World, ask: Any) -> None:
    """Facts that everybody reads come from `session.connection()`, on purpose and in models/ alone."""
    world.suspension()
    with world.acting("partner"), pytest.raises(Refused) as refused:
        ask()
    assert refused.value.sentence == NOT_NARROWED


def test_a_derived_fact_inside_a_question_stays_true_for_everybody(world: World) -> None:
    service = world.service()
    world.suspension(service, state="in_force")
    for username in ("partner", "care_manager", "officer"):
        with world.acting(username):
            found = db.session.scalars(select(Service.id).where(Service.id.in_(restricted_services()))).all()
            assert found == [service.id]


def test_one_record_by_its_number_is_narrowed_too(world: World) -> None:
    pk = world.suspension().id
    db.session.expunge_all()
    with world.acting("partner"):
        assert db.session.get(Suspension, pk) is None
        assert db.session.get(Suspension, pk, populate_existing=True) is None
        assert db.session.query(Suspension).filter_by(id=pk).one_or_none() is None
    with world.acting("officer"):
        assert load(Suspension, pk).id == pk


def test_what_somebody_has_read_they_have_read(world: World) -> None:
    """A record in memory is not taken back when its row moves out of sight. A request has one reader and a session
    of its own, so nobody finds there what another has read."""
    service = world.service()
    visit = world.visit(service, state="published")
    pk = visit.id
    with world.acting("partner"):
        assert load(Visit, pk).state is VisitState.published
        with console():
            load(Visit, pk).published_at, load(Visit, pk).state = None, "written_up"
        db.session.expire_all()
        assert db.session.scalars(select(Visit)).all() == []
        assert db.session.scalars(select(Visit.reason)).all() == []
    db.session.expunge_all()
    with world.acting("partner"):
        assert load(Visit, pk) is None


def test_relations_and_their_loaders_are_narrowed_too(world: World) -> None:
    service = world.service()
    with console():
        db.session.add(
            Contact(provider_id=service.provider_id, service_id=service.id, kind="office", post="Desk", phone="1")
        )
    world._add(ServicePart(service_id=service.id, name="Rose unit"))
    pk = service.id
    for options, username, seen in (
        ([], "partner", (0, 1)),
        ([selectinload(Service.contacts), selectinload(Service.parts)], "partner", (0, 1)),
        ([selectinload(Service.contacts), selectinload(Service.parts)], "officer", (1, 1)),
        ([], "officer", (1, 1)),
    ):
        db.session.expunge_all()
        with world.acting(username):
            found = db.session.scalars(select(Service).where(Service.id == pk).options(*options)).one()
            assert (len(found.contacts), len(found.parts)) == seen


def test_merging_a_record_that_one_may_not_see_reads_nothing_of_it(world: World) -> None:
    pk = world.suspension().id
    db.session.expunge_all()
    told = refusal(world, "partner", lambda: db.session.merge(Suspension(id=pk, grounds="Mine now.")))
    assert told == NO_RIGHT


def test_a_published_visit_is_read_and_an_unpublished_one_is_not(world: World) -> None:
    """A rule that looks at the row, not only at who asks."""
    service = world.service()
    published = world.visit(service, state="published").id
    world.visit(service, state="scheduled")
    db.session.expunge_all()
    with world.acting("partner"):
        assert db.session.scalars(select(Visit.id)).all() == [published]
        assert db.session.scalar(select(func.count()).select_from(Visit)) == 1
        assert db.session.scalars(select(Visit.state).distinct()).all() == [VisitState.published]


def test_a_letter_is_read_by_its_provider_alone(world: World) -> None:
    own = db.session.connection().execute(select(Person.provider_id).where(Person.username == "provider")).scalar()
    for provider_id in (own, world.provider().id):
        case = world.suspension(provider_id=provider_id, state="in_force")
        world._add(
            Letter(
                suspension_id=case.id, provider_id=provider_id, kind="decision", filename=f"{provider_id}.docx",
                content=b"x", sha256="0" * 64,
            )
        )  # fmt: skip
    db.session.expunge_all()
    with world.acting("provider"):
        assert db.session.scalars(select(Letter.filename)).all() == [f"{own}.docx"]
    with world.acting("partner"):
        assert db.session.scalars(select(Letter.filename)).all() == []
    with world.acting("officer"):
        assert db.session.scalar(select(func.count(Letter.id))) == 2
