"""Workbooks that are brought in: every cell that is wrong is named, what stands is recorded, and it can be undone."""

import datetime as dt
import io
from typing import Any

import pytest
from areas.contracts import contract
from areas.placements import authority
from python_calamine import CalamineWorkbook
from sqlalchemy import func, select
from steps_taken import refused, take
from workbooks import workbook
from world import World, sign_in

from models import db
from models.arrivals import Arrival, ArrivalKind, ArrivalRow
from models.attachments import Attachment
from models.complaints import Complaint
from models.contracts import Contract
from models.ledger import LedgerEntry
from models.placements import Placement
from models.plans import Plan
from models.providers import Provider, Service
from models.suspensions import PurchasingStatus, Suspension, purchasing
from models.visits import Visit
from views.labels import word
from workflows import arrivals, ledger
from workflows.gate import Refused
from workflows.workbook_sheets import SHEETS
from workflows.workbooks import template

DAY = dt.date
FIRST = DAY(2026, 3, 1)
UNKNOWN = "None is called so, and none has this id in a register. Bring in the register, or services, first."
NEEDS = "A service that no register knows needs this."
SUSPENSIONS = ["Service", "What is restricted", "Grounds", "In force since", "Decided on", "Decided by"]
SOURCE = "Tracker on the shared drive"


def upload(world: World, kind: str, content: bytes, who: str = "manager", as_of: Any = FIRST) -> Arrival:
    """Look a workbook over, as the upload does."""
    with world.acting(who) as actor:
        made = arrivals.upload(db.session, actor, ArrivalKind(kind), SOURCE, as_of, f"{kind}.xlsx", content, word)
        db.session.commit()
    return made


def problems(made: Arrival) -> list[tuple[str, str]]:
    return [(place, reason) for place, reason in made.found["problems"]]


def count(model: Any) -> int:
    return int(db.session.connection().execute(select(func.count()).select_from(model.__table__)).scalar_one())


def told(item: Any) -> list[tuple[str, str | None, str, str]]:
    """What the ledger tells of a record: (kind, step, note, who)."""
    entry = LedgerEntry.__table__
    rows = db.session.connection().execute(
        select(entry.c.kind, entry.c.step, entry.c.note, entry.c.actor_role)
        .where(entry.c.record_type == item.__tablename__, entry.c.record_id == item.id)
        .order_by(entry.c.seq)
    )
    return [(row.kind.value, row.step, row.note, row.actor_role) for row in rows]


def one(world: World, model: Any) -> Any:
    with world.acting("manager"):
        return db.session.scalars(select(model).order_by(model.id.desc())).first()


def brought(world: World, kind: str, content: bytes) -> Arrival:
    made = upload(world, kind, content)
    assert problems(made) == []
    take(world, "manager", "bring_in", made, "")
    return made


# --- cells --------------------------------------------------------------------------------------------------------

CONTRACTS = [
    "Provider",
    "Service",
    "Title",
    "Kind of contract",
    "Yearly value",
    "Starts",
    "Ends",
    "RAG",
    "Joint with the ICB",
]


def test_a_file_with_one_wrong_cell_brings_nothing_and_names_the_cell(world: World) -> None:
    world.service("Larkfield House")
    content = workbook(
        "Contracts",
        CONTRACTS,
        [None, "Larkfield House", "Block beds", "Block", 120000, DAY(2025, 4, 1), DAY(2027, 3, 31), "Green", True],
        [None, "Larkfield Hose", "Respite", "Spot", 9000, DAY(2025, 4, 1), None, None, None],
    )
    made = upload(world, "contracts", content)
    assert made.state.value == "faulty"
    assert (made.rows, made.added, made.faults) == (2, 1, 1)
    assert problems(made) == [
        (
            "B3",
            "“Larkfield Hose”: None is called so, and none has this id in a register. Bring in the register, or "
            "services, first.",
        )
    ]
    assert count(Contract) == 0
    said = refused(world, "manager", "bring_in", made)
    assert said == "It is not in a state in which this can be done: somebody may have moved it on."


@pytest.mark.parametrize(
    ("column", "written", "said"),
    [
        ("Title", None, "Fill in “Title”."),
        ("Title", "x" * 251, "Shorten this to 250 characters at most."),
        ("Kind of contract", "Bulk", "“Bulk” is none of the choices: Framework, Block, Spot, Grant, Other."),
        ("Yearly value", "lots", "This is no whole number: “lots”."),
        ("Yearly value", -5, "This is no whole number: “-5”."),
        ("Yearly value", 99999999999, "This is no whole number: “99999999999”."),
        ("Starts", "31/02/2026", "This is no date: “31/02/2026”. Write one like 31/03/2026."),
        ("Starts", "01/04/1025", "This is no date: “01/04/1025”. Write one like 31/03/2026."),
        ("Ends", DAY(2024, 1, 1), "The contract ends before it starts. Check the dates."),
        ("RAG", "Blue", "“Blue” is none of the choices: Green, Amber, Red."),
        ("Joint with the ICB", "perhaps", "Write Yes or No here, not “perhaps”."),
        ("Service", "1-000", f"“1-000”: {UNKNOWN}"),
        ("Service", "Twin House", "“Twin House”: 2 are called so. Write the id of the regulator's register instead."),
        ("Provider", "Own Care", "That service is not one of this provider's. Choose the provider that runs it."),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_cell_is_said_at_the_cell(world: World, column: str, written: Any, said: str) -> None:
    world.service("Larkfield House")
    world.service("Twin House")
    world.service("Twin House")
    row: list[Any] = [None, "Larkfield House", "Block beds", "Block", 1, DAY(2025, 4, 1), None, None, None]
    place = CONTRACTS.index(column)
    row[place] = written
    made = upload(world, "contracts", workbook("Contracts", CONTRACTS, row))
    assert problems(made) == [(f"{'ABCDEFGHI'[place]}2", said)]


def test_cells_are_read_as_people_write_them(world: World) -> None:
    provider = world.provider("Larkfield Care")
    service = world.service("Larkfield House", provider)
    rows = [
        [None, service.regulator_id, "One", "block", "£120,000", "01/04/2025", "2027-03-31", "GREEN", "yes"],
        [provider.regulator_id, None, " Two ", "Block ", 9000.0, DAY(2025, 4, 1), None, None, "N"],
    ]
    brought(world, "contracts", workbook("Contracts", CONTRACTS, *rows))
    with world.acting("manager"):
        first, second = db.session.scalars(select(Contract).order_by(Contract.id))
        assert (first.title, first.kind.value, first.yearly_value) == ("One", "block", 120000)
        assert (first.starts_on, first.ends_on) == (DAY(2025, 4, 1), DAY(2027, 3, 31))
        assert (first.rag.value, first.joint, first.service_id) == ("green", True, service.id)
        assert first.mid_term_on == DAY(2026, 3, 31)  # follows, as by the form
        assert (second.title, second.yearly_value, second.joint, second.service_id) == ("Two", 9000, False, None)
        assert second.provider_id == service.provider_id


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"no workbook", [("", "This is not a workbook that can be read. Save it again as .xlsx.")]),
        (
            workbook("Contracts", ["Service", "Title"], ["x", "y"]),
            [("", "The first row lacks these headings of the template: Kind of contract, Starts.")],
        ),
        (
            workbook("Contracts", [*CONTRACTS, "Colour"], ["x"]),
            [("J1", "The template has no column “Colour”. Remove it, or correct its heading.")],
        ),
        (workbook("Contracts", CONTRACTS), [("", "The sheet “Contracts” has no rows below its headings.")]),
    ],
)
def test_a_workbook_that_is_not_the_template_s_is_refused_in_words(
    world: World, content: bytes, said: list[tuple[str, str]]
) -> None:
    made = upload(world, "contracts", content)
    assert (made.state.value, problems(made)) == ("faulty", said)


def test_more_rows_than_a_workbook_may_have_are_refused(world: World) -> None:
    content = workbook("Contracts", CONTRACTS, *([["x"]] * 20_001))
    assert problems(upload(world, "contracts", content)) == [
        ("", "The sheet has more than 20000 rows. Split it, and bring in the parts.")
    ]


def test_a_row_that_is_there_twice_names_the_first(world: World) -> None:
    world.service("Larkfield House")
    row = [None, "Larkfield House", "Block beds", "Block", 1, DAY(2025, 4, 1), None, None, None]
    made = upload(world, "contracts", workbook("Contracts", CONTRACTS, row, row))
    assert problems(made) == [("C3", "Row 2 is about the same. Keep one of them.")]


@pytest.mark.parametrize("kind", [kind for kind in ArrivalKind if kind is not ArrivalKind.register])
def test_each_template_has_its_headings_and_explains_each_of_them(app: Any, kind: ArrivalKind) -> None:
    with app.test_request_context():
        held = template(SHEETS[kind], word)
        book = CalamineWorkbook.from_filelike(io.BytesIO(held.read()))
        headings, explained = HEADINGS[kind.value]
    assert book.get_sheet_by_name(book.sheet_names[0]).to_python()[0][:3] == headings
    page = book.get_sheet_by_name("How to fill it in").to_python()
    assert explained in page
    assert len(page) == 2 + len(book.get_sheet_by_name(book.sheet_names[0]).to_python()[0])


HEADINGS: dict[str, tuple[list[str], list[str]]] = {
    "services": (["Id in the register", "Name*", "Provider"], ["Beds", "A whole number."]),
    "contracts": (
        ["Provider", "Service", "Title*"],
        ["Kind of contract", "One of: Framework, Block, Spot, Grant, Other."],
    ),
    "officers": (["Service*", "Officer*"], ["Officer", "The user name or email address of their account."]),
    "placements": (
        ["Case reference*", "Service*", "Host authority"],
        ["Placed since", "A date, like 31/03/2026."],
    ),
    "suspensions": (
        ["Provider", "Service", "Unit or property"],
        ["Decided by", "The post or the group, never a person's name."],
    ),
    "plans": (["Provider", "Service", "Title of the plan*"], ["Significant", "Yes or No."]),
    "complaints": (["Provider", "Service", "Kind*"], ["Received on", "A date, like 31/03/2026."]),
}


# --- what each workbook brings ------------------------------------------------------------------------------------


def test_an_open_suspension_is_in_force_at_once_and_says_from_where_it_is(world: World) -> None:
    service = world.service("Larkfield House")
    part = world.part(service, "Rose unit")
    headings = [
        "Service",
        "Unit or property",
        "What is restricted",
        "Grounds",
        "In force since",
        "Decided on",
        "Decided by",
    ]
    row = [
        service.regulator_id,
        "rose unit",
        "Temporary suspension of purchasing",
        "Medicines",
        DAY(2026, 2, 2),
        DAY(2026, 2, 1),
        "Head of Service",
    ]
    made = brought(world, "suspensions", workbook("Suspensions", headings, row))
    suspension = one(world, Suspension)
    with world.acting("manager"):
        assert (suspension.state.value, suspension.part_id, suspension.kind.value) == (
            "in_force",
            part.id,
            "no_new_purchase",
        )
        assert (suspension.starts_on, suspension.next_review_on) == (DAY(2026, 2, 2), DAY(2026, 3, 2))
        assert (suspension.decided_by_group, suspension.decided_on) == ("Head of Service", DAY(2026, 2, 1))
        assert purchasing(db.session, [service.id])[service.id].parts == {"Rose unit": PurchasingStatus.no_new_purchase}
    assert told(suspension) == [("imported", "bring_in", f"{SOURCE}, as at 1 March 2026", "manager")]
    assert made.state.value == "brought_in"


def test_whoever_brought_a_suspension_decides_nothing_about_it(world: World) -> None:
    """Four eyes (domain section 1): a record from an earlier system counts its importer."""
    service = world.service("Larkfield House")
    row = ["Larkfield House", "Temporary suspension of purchasing", "Falls", DAY(2026, 2, 2), DAY(2026, 2, 1), "Board"]
    with world.console():
        both = world.person("manager")
        both.roles = [*both.roles, *world.person("head").roles]
    db.session.commit()
    brought(world, "suspensions", workbook("Suspensions", SUSPENSIONS, row))
    suspension = one(world, Suspension)
    take(world, "officer", "request_lift", suspension, lift_evidence="Audits are clean.")
    assert refused(world, "manager", "lift", suspension) == "You wrote this record, so somebody else must decide."
    take(world, "head", "lift", suspension)
    assert purchasing(db.session, [service.id])[service.id].status is PurchasingStatus.as_normal


def test_a_second_restriction_for_the_same_scope_is_a_problem_of_its_row(world: World) -> None:
    service = world.service("Larkfield House")
    world.suspension(service, "in_force")
    row = ["Larkfield House", "Temporary suspension of purchasing", "Falls", DAY(2026, 2, 2), DAY(2026, 2, 1), "Board"]
    assert problems(upload(world, "suspensions", workbook("Suspensions", SUSPENSIONS, row))) == [
        ("A2", "A restriction is in force for this already. Vary that one instead.")
    ]


def test_services_that_no_register_knows_are_added_with_their_provider_once(world: World) -> None:
    known = world.service("Larkfield House")
    headings = ["Id in the register", "Name", "Provider", "Type of service", "How the council buys from it", "Town"]
    content = workbook(
        "Services",
        headings,
        [known.regulator_id, "Larkfield House", None, None, "Spot purchase", None],
        [None, "Wednesday Club", "Lantern Trust", "Day service", "Grant funded", "Millbrook"],
        [None, "Thursday Club", "lantern  trust", "Day service", "Grant funded", None],
    )
    made = brought(world, "services", content)
    assert (made.added, made.changed) == (3, 1)
    with world.acting("manager"):
        assert known.commissioning.value == "spot_purchase"
        clubs = db.session.scalars(select(Service).where(Service.name.contains("Club")).order_by(Service.id)).all()
        assert [(each.name, each.town, each.regulator.value) for each in clubs] == [
            ("Wednesday Club", "Millbrook", "none"),
            ("Thursday Club", None, "none"),
        ]
        assert {each.provider.name for each in clubs} == {"Lantern Trust"}
        assert len({each.provider_id for each in clubs}) == 1
    assert told(known) == [("edited", "bring_in", f"{SOURCE}, as at 1 March 2026", "manager")]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (["1-404", "Larkfield House", None, None, None], [
            ("A2", f"“1-404”: {UNKNOWN}")]),
        (["1-8{id}", "Elm House", None, None, None], [
            ("B2", "This id belongs to “Larkfield House”. Correct the id or the name.")]),
        ([None, "Club", None, None, "Grant funded"], [
            ("C2", NEEDS), ("D2", NEEDS)]),
        ([None, "Club", "Lantern Trust", "Day service", None], [("E2", NEEDS)]),
    ],
)  # fmt: skip
def test_services_say_what_they_lack(world: World, row: list[Any], said: list[tuple[str, str]]) -> None:
    known = world.service("Larkfield House")
    row = [known.regulator_id if cell == "1-8{id}" else cell for cell in row]
    headings = ["Id in the register", "Name", "Provider", "Type of service", "How the council buys from it"]
    assert problems(upload(world, "services", workbook("Services", headings, row))) == said


def test_officers_are_allocated_by_user_name_or_email(world: World) -> None:
    first, second, third = (world.service(name) for name in ("Larkfield House", "Elm House", "Oak House"))
    headings = ["Service", "Officer"]
    content = workbook("Officers", headings, [first.regulator_id, "officer"], ["Elm House", "OFFICER2@example.org"])
    brought(world, "officers", content)
    with world.acting("manager"):
        assert first.allocated_officer.username == "officer"
        assert second.allocated_officer.username == "officer2"
    wrong = workbook("Officers", headings, ["Oak House", "partner"], ["Elm House", "nobody"])
    assert problems(upload(world, "officers", wrong)) == [
        ("B2", "Choose an officer or manager who has an account in use."),
        ("B3", "“nobody”: No officer has this user name or email address."),
    ]
    assert third.allocated_officer_id is None


PLACEMENTS = [
    "Case reference", "Service", "Host authority", "What care is sought, and why there", "Validated on",
    "What the validation found", "Host notified on", "Why the host was not notified", "Agreement of", "Placed since",
]  # fmt: skip


def test_a_placement_arrives_with_the_validation_it_rests_on(world: World) -> None:
    service, host = world.service("Seaview"), authority(world, name="Coast Council")
    row = ["P-77", "Seaview", "Coast Council", "Near the family.", DAY(2026, 1, 5), "Good; no concerns.",
           DAY(2026, 1, 8), None, DAY(2026, 1, 9), DAY(2026, 1, 12)]  # fmt: skip
    brought(world, "placements", workbook("Placements", PLACEMENTS, row))
    placement = one(world, Placement)
    with world.acting("manager"):
        assert (placement.state.value, placement.case_reference, placement.service_id) == ("active", "P-77", service.id)
        assert placement.host_id == host.id
        assert (placement.active_on, placement.notified_on) == (DAY(2026, 1, 12), DAY(2026, 1, 8))
        assert placement.next_rating_check_on == DAY(2026, 4, 12)
        assert placement.next_host_check_on == DAY(2027, 1, 12)
        validation = placement.validation
        assert (validation.state.value, validation.decided_on, validation.recommendation) == (
            "approved", DAY(2026, 1, 5), "Good; no concerns.",
        )  # fmt: skip
        assert (validation.title, validation.host_id) == ("Seaview, P-77", host.id)
    where = f"{SOURCE}, as at 1 March 2026"
    assert told(placement) == told(validation) == [("imported", "bring_in", where, "manager")]


def test_a_placement_says_what_it_lacks(world: World) -> None:
    world.service("Seaview")
    authority(world, name="Coast Council")
    good = ["P-77", "Seaview", "Coast Council", "Near the family.", DAY(2026, 1, 5), "Good.", DAY(2026, 1, 8), None,
            DAY(2026, 1, 9), DAY(2026, 1, 12)]  # fmt: skip
    no_host, no_notice, ahead = list(good), list(good), list(good)
    no_host[0], no_host[2] = "P-78", None
    no_notice[0], no_notice[6] = "P-79", None
    ahead[0], ahead[9] = "P-80", DAY(2026, 3, 5)
    made = upload(world, "placements", workbook("Placements", PLACEMENTS, good, no_host, no_notice, ahead, good))
    assert problems(made) == [
        ("C3", "Name the host authority: the register does not say it."),
        ("G4", "Give the day on which the host was notified or, where it was not, why."),
        ("J5", "This day lies in the future. Check it."),
        ("A6", "Row 2 is about the same. Keep one of them."),
    ]


PLANS = [
    "Service", "Title of the plan", "Kind of plan", "Agreed on", "What is to be done", "Who sees to it", "Due by",
    "What was done", "Reported done on", "Evidence that was seen", "Verified on",
]  # fmt: skip


def test_rows_of_one_title_are_one_plan_with_its_actions(world: World) -> None:
    world.service("Larkfield House")
    plan = ["Larkfield House", "After the February visit", "Action plan", DAY(2026, 2, 20)]
    content = workbook(
        "Plans",
        PLANS,
        [*plan, "Audit medicines", "Deputy manager", DAY(2026, 3, 20)],
        [*plan, "Train staff", "Manager", DAY(2026, 3, 1), "All trained.", DAY(2026, 2, 28)],
        [
            *plan,
            "Mend the lift",
            "Owner",
            DAY(2026, 2, 28),
            "Mended.",
            DAY(2026, 2, 25),
            "Seen working.",
            DAY(2026, 2, 26),
        ],
        ["Larkfield House", "Menus", "Improvement plan", None, "Ask residents", "Cook", DAY(2026, 4, 1)],
    )
    brought(world, "plans", content)
    with world.acting("manager"):
        first, second = db.session.scalars(select(Plan).order_by(Plan.id))
        assert (first.title, first.state.value, first.agreed_on) == (
            "After the February visit",
            "agreed",
            DAY(2026, 2, 20),
        )
        assert sorted((each.text, each.state.value) for each in first.actions) == [
            ("Audit medicines", "open"),
            ("Mend the lift", "verified"),
            ("Train staff", "reported_done"),
        ]
        assert (second.title, second.state.value, second.kind.value) == ("Menus", "draft", "improvement_plan")
        assert [each.text for each in second.actions] == ["Ask residents"]


def test_rows_of_one_plan_must_agree_on_it(world: World) -> None:
    world.service("Larkfield House")
    content = workbook(
        "Plans",
        PLANS,
        ["Larkfield House", "Menus", "Action plan", DAY(2026, 2, 20), "Ask residents", "Cook", DAY(2026, 4, 1)],
        ["Larkfield House", "Menus", "Action plan", DAY(2026, 2, 21), "Buy fruit", "Cook", DAY(2026, 4, 1)],
        ["Larkfield House", "Rotas", "Action plan", None, "Plan", "Manager", DAY(2026, 4, 1), "Done.", DAY(2026, 2, 1)],
        ["Larkfield House", "Lift", "Action plan", DAY(2026, 2, 1), "Mend", "Owner", DAY(2026, 4, 1), "Done.",
         DAY(2026, 2, 1), None, DAY(2026, 2, 2)],
    )  # fmt: skip
    assert problems(upload(world, "plans", content)) == [
        ("B3", "Row 2 says otherwise of this plan. Its kind, reason and days must be the same."),
        ("I4", "The plan is not agreed yet, so none of its actions is done. Give the day it was agreed."),
        ("J5", "Say what evidence was seen: this action is verified."),
    ]


COMPLAINTS = [
    "Service", "Kind", "From whom", "Received on", "Customer care's reference", "Subject", "State", "Officer",
    "Outcome", "Response", "Response approved on", "Response sent on", "Answer due by",
]  # fmt: skip


def test_complaints_arrive_in_the_state_in_which_they_stand(world: World) -> None:
    world.service("Larkfield House")
    first = ["Larkfield House", "Complaint", "Family", DAY(2026, 2, 20)]
    content = workbook(
        "Complaints",
        COMPLAINTS,
        [*first, "CC-1", "Meals come late", "Received"],
        [*first, "CC-2", "Cold rooms", "Investigating", "officer", None, None, None, None, DAY(2026, 3, 13)],
        [
            *first,
            "CC-3",
            "Lost clothes",
            "Responded",
            "officer",
            "Upheld",
            "We are sorry.",
            DAY(2026, 2, 26),
            DAY(2026, 2, 27),
        ],
    )
    brought(world, "complaints", content)
    with world.acting("manager"):
        found = db.session.scalars(select(Complaint).order_by(Complaint.id)).all()
        assert [(each.reference, each.state.value, each.due_on) for each in found] == [
            ("CC-1", "received", DAY(2026, 3, 20)),  # 20 working days, as by the form
            ("CC-2", "investigating", DAY(2026, 3, 13)),
            ("CC-3", "responded", DAY(2026, 3, 20)),
        ]
        assert found[2].responded_on == DAY(2026, 2, 27)


def test_complaints_say_what_their_state_needs(world: World) -> None:
    world.service("Larkfield House")
    first = ["Larkfield House", "Complaint", "Family"]
    content = workbook(
        "Complaints",
        COMPLAINTS,
        [*first, DAY(2026, 2, 20), "CC-1", "Meals come late", "Allocated"],
        [*first, DAY(2026, 2, 20), "CC-1", "Cold rooms", "Responded", "officer"],
        [*first, DAY(2026, 3, 20), "CC-3", "Late", "Received"],
    )
    assert problems(upload(world, "complaints", content)) == [
        ("H2", "In this state somebody investigates it: name the officer."),
        ("E3", "Row 2 is about the same. Keep one of them."),
        ("I3", "In this state there is a response: give it, with its outcome."),
        ("J3", "In this state there is a response: give it, with its outcome."),
        ("K3", "In this state the response is approved: give the day."),
        ("L3", "In this state the response has gone out: give the day."),
        ("D4", "This day lies in the future. Check it."),
    ]


# --- who, when, and what changed meanwhile ------------------------------------------------------------------------


def contracts(world: World) -> bytes:
    service = world.service("Larkfield House")
    rows = [
        [None, service.regulator_id, title, "Block", 1, DAY(2025, 4, 1), None, None, None] for title in ("One", "Two")
    ]
    return workbook("Contracts", CONTRACTS, *rows)


def test_only_whoever_uploaded_the_file_brings_it_in(world: World) -> None:
    made = upload(world, "contracts", contracts(world))
    with world.console():
        world.person("officer2").roles = list(world.person("manager").roles)
    db.session.commit()
    said = refused(world, "officer2", "bring_in", made)
    assert said == "Whoever uploaded the file brings it in. Upload it yourself to do it in your name."
    assert count(Contract) == 0


def test_a_file_of_tomorrow_is_refused(world: World) -> None:
    with pytest.raises(Refused) as said:
        upload(world, "contracts", contracts(world), as_of=DAY(2026, 3, 5))
    db.session.rollback()
    assert said.value.sentence == "The day as of which it tells cannot lie in the future. Check it."
    assert count(Arrival) == 0


def test_what_was_recorded_since_the_preview_stops_it(world: World) -> None:
    service = world.service("Larkfield House")
    row = ["Larkfield House", "Temporary suspension of purchasing", "Falls", DAY(2026, 2, 2), DAY(2026, 2, 1), "Board"]
    made = upload(world, "suspensions", workbook("Suspensions", SUSPENSIONS, row))
    world.suspension(service, "in_force")
    said = refused(world, "manager", "bring_in", made)
    assert said == "What is recorded has changed since this file was looked over. Upload it again to see how."
    assert count(Suspension) == 1
    with world.acting("manager"):
        assert db.session.get_one(Arrival, made.id).state.value == "checked"


def test_what_was_changed_since_the_preview_stops_it_too(world: World) -> None:
    service = world.service("Larkfield House", commissioning="commissioned")
    headings = ["Name", "How the council buys from it"]
    made = upload(world, "services", workbook("Services", headings, ["Larkfield House", "Spot purchase"]))
    with world.console():
        service.commissioning = "grant_funded"
    db.session.commit()
    said = refused(world, "manager", "bring_in", made)
    assert said == "What is recorded has changed since this file was looked over. Upload it again to see how."


def test_looking_a_file_over_writes_nothing_of_it(world: World) -> None:
    content = contracts(world)
    before = {each: count(each) for each in (Contract, Service, Provider, LedgerEntry)}
    made = upload(world, "contracts", content)
    assert (made.added, count(Contract), count(ArrivalRow)) == (2, 0, 0)
    assert count(LedgerEntry) == before[LedgerEntry] + 1  # of the upload itself
    assert told(made) == [("created", None, "", "manager")]


def test_what_cases_say_is_not_kept_of_a_file_that_is_not_brought_in(world: World) -> None:
    made = upload(world, "contracts", contracts(world))
    take(world, "manager", "discard", made, "")
    with world.acting("manager"):
        assert (made.state.value, made.content, made.found) == ("discarded", b"", {"problems": []})
    entry = LedgerEntry.__table__
    changes = db.session.connection().execute(select(entry.c.changes).where(entry.c.record_type == "arrival")).scalars()
    assert all("found" not in each for each in changes)


# --- undoing ------------------------------------------------------------------------------------------------------


def test_a_batch_is_undone_as_if_it_had_never_been_and_the_history_says_so(world: World) -> None:
    known = world.service("Larkfield House", commissioning="commissioned")
    headings = ["Id in the register", "Name", "Provider", "Type of service", "How the council buys from it"]
    made = brought(
        world,
        "services",
        workbook(
            "Services",
            headings,
            [known.regulator_id, "Larkfield House", None, None, "Spot purchase"],
            [None, "Wednesday Club", "Lantern Trust", "Day service", "Grant funded"],
        ),
    )
    club = one(world, Service)
    assert club.name == "Wednesday Club"
    key = club.id
    take(world, "manager", "undo", made, "The wrong list.")
    assert (count(Service), count(Provider)) == (1, 2)
    with world.acting("manager"):
        assert known.commissioning.value == "commissioned"
        assert made.state.value == "undone"
        db.session.remove()
    assert told(known) == [
        ("edited", "bring_in", f"{SOURCE}, as at 1 March 2026", "manager"),
        ("undone", "undo", "The wrong list.", "manager"),
    ]
    gone = Service(id=key)
    assert told(gone) == [
        ("imported", "bring_in", f"{SOURCE}, as at 1 March 2026", "manager"),
        ("undone", "undo", "The wrong list.", "manager"),
    ]


def test_an_undone_batch_leaves_no_day_since_when_the_council_buys(world: World) -> None:
    known = world.service("Larkfield House")
    headings = ["Id in the register", "Name", "How the council buys from it"]
    made = brought(
        world, "services", workbook("Services", headings, [known.regulator_id, "Larkfield House", "Spot purchase"])
    )
    with world.acting("manager"):
        assert (known.bought_since, known.bought_until) == (dt.date(2026, 3, 4), None)
    take(world, "manager", "undo", made, "The wrong list.")
    with world.acting("manager"):
        assert (known.bought_since, known.bought_until) == (None, None)


def test_an_id_that_was_undone_is_never_given_again(world: World) -> None:
    """Else the next record would inherit the history of one that is gone."""
    made = brought(world, "contracts", contracts(world))
    last = one(world, Contract).id
    take(world, "manager", "undo", made)
    assert contract(world, service=world.service("Elm House")).id == last + 1


def test_the_history_is_whole_after_an_undo(world: World, tmp_path: Any) -> None:
    made = brought(world, "contracts", contracts(world))
    take(world, "manager", "undo", made)
    faults = list(ledger.verify(db.session, "only for tests", tmp_path / "seals", [Contract, Arrival]))
    assert faults == []


@pytest.mark.parametrize("what", ["edited", "visited", "given a file"])
def test_what_somebody_has_worked_on_since_is_not_undone(world: World, what: str) -> None:
    headings = ["Name", "Provider", "Type of service", "How the council buys from it"]
    row = ["Wednesday Club", "Lantern Trust", "Day service", "Grant funded"]
    made = brought(world, "services", workbook("Services", headings, row))
    club = one(world, Service)
    if what == "edited":
        take(world, "manager", "allocate", club, "", allocated_officer_id=world.person("officer").id)
    elif what == "visited":
        world.visit(club)
    else:
        world._add(
            Attachment(
                record_type="service", record_id=club.id, filename="map.pdf", media_type="application/pdf", size=1,
                sha256="0" * 64, storage_key="map", what="A map",
            )
        )  # fmt: skip
    said = refused(world, "manager", "undo", made)
    assert said == "1 of its records has been worked on since: Wednesday Club. End or withdraw what is wrong instead."
    assert count(Service) == 1
    assert count(Visit) == (what == "visited")


def test_reading_a_record_does_not_stop_an_undo(world: World, client: Any) -> None:
    world.service("Larkfield House")
    row = ["Larkfield House", "Complaint", "Family", DAY(2026, 2, 20), "CC-1", "Meals come late", "Received"]
    made = brought(world, "complaints", workbook("Complaints", COMPLAINTS, row))
    key = one(world, Complaint).id
    sign_in(client, "officer")
    assert client.get(f"/complaints/show/{key}").status_code == 200
    take(world, "manager", "undo", made)
    assert count(Complaint) == 0


def test_nothing_else_deletes(world: World) -> None:
    item = contract(world)
    with world.acting("manager"):
        db.session.delete(item)
        with pytest.raises(Refused) as said:
            db.session.flush()
        db.session.rollback()
    assert said.value.sentence == ("Nothing is deleted. Withdraw it or end it instead: what was once written stays.")
