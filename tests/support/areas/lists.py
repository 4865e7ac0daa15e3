"""What the suite expects of saved views and of the record of exports."""

from typing import Any

from areas import COUNCIL, Area, Screen
from models import db
from models.lists import Export, ExportFormat, SavedView
from workflows.lists import exported

MOMENT = "2026-03-04 10:00:00+00:00"
EVERYBODY = f"{COUNCIL} partner contributor provider care_manager administrator"


def view(world: Any, state: str = "", **kw: Any) -> SavedView:
    """An officer's view of the list of services, offered to colleagues."""
    told = {"name": "Good ones", "screen": "services", "resource": "services", "address": "rating=good", "shared": True}
    with world.acting("officer"):
        item = SavedView(**told | kw)
        db.session.add(item)
        db.session.commit()
    return item


def export(world: Any, state: str = "", **kw: Any) -> Export:
    """What an officer took out."""
    with world.acting("officer"):
        exported(db.session, "services", kw.get("address", "rating=good"), ExportFormat.csv, 7)
        db.session.commit()
        return db.session.query(Export).order_by(Export.id.desc()).first()


def rows(world: Any, own: Any, other: Any) -> dict[str, Any]:
    return {
        "own saved view": view(world, name="Goldfinch", shared=False),
        "shared saved view": view(world, name="Greenfinch"),
        "export": export(world, address="q=Chaffinch"),
    }


AREA = Area(
    screens=[
        Screen(
            plural="saved-views",
            model=SavedView,
            make=view,
            reads=EVERYBODY,
            sees=COUNCIL,
            adds=EVERYBODY,
            edits=EVERYBODY,
            heading="Saved views",
            browser_user="manager",
        ),
        Screen(
            plural="exports",
            model=Export,
            make=export,
            reads=EVERYBODY,
            sees="officer manager director auditor",
            past=False,
            heading="Exports",
            browser_user="manager",
        ),
    ],
    seen={
        "own saved view": "officer",
        "shared saved view": COUNCIL,
        "export": "officer manager director auditor",
    },
    rows=rows,
    pages=[
        ("saved-views", "own saved view", "goldfinch"),
        ("saved-views", "shared saved view", "greenfinch"),
        ("exports", "export", "chaffinch"),
    ],
    hidden=["Goldfinch", "Greenfinch", "Chaffinch"],
    good={
        "saved_view": (
            {
                "version": 1, "created_at": MOMENT, "created_by_id": 1, "name": "One", "screen": "visits",
                "resource": "visits", "address": "", "shared": False, "opens_first": True, "withdrawn": False,
            },
            {"screen": "services"},
        ),
        "export": (
            {
                "version": 1, "created_at": MOMENT, "screen": "visits", "address": "", "format": "csv", "rows": 0,
            },
            {},
        ),
    },
    checks={
        "ck_saved_view_named": ("saved_view", {"name": ""}),
        "ck_export_rows_not_negative": ("export", {"rows": -1}),
    },
    words="saved_view\nexport: format",
    pointers="saved_view: created_by_id\nexport: created_by_id",
    only_one={
        "uq_saved_view_one_default": (
            "saved_view", {"screen": "visits"}, "saved_view.created_by_id, saved_view.screen",
        ),
    },
    places=lambda world: {
        "view": world._add(SavedView(name="Good ones", screen="services", resource="services", shared=True)).id,
        "export": world._add(Export(screen="services", format=ExportFormat.csv, rows=7)).id,
    },
    budgets="""
    officer       /saved-views/list/                         4   0
    officer       /saved-views/show/{view}                   4   0
    officer       /saved-views/add                           1   0
    manager       /exports/list/                             4  12
    manager       /exports/show/{export}                     2   0
    """,
)  # fmt: skip
