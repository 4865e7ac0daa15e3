"""What the suite expects of the files of records."""

import datetime as dt
import hashlib
import io
from typing import Any

from flask import current_app
from some_files import PDF

from areas import COUNCIL, Area, Screen
from areas.complaints import complaint
from models.attachments import Attachment
from models.providers import ContactNote, NoteChannel

MOMENT = "2026-03-04 10:00:00+00:00"
NOW = dt.datetime(2026, 3, 4, 10, 0, tzinfo=dt.UTC)


def attachment(world: Any, record: Any = None, state: str = "kept", content: bytes = PDF, **kw: Any) -> Attachment:
    """A file of a record, as the officer added it; of a planned visit unless another record is given."""
    record = record or world.visit()
    withdrawn = {"withdrawn_reason": "The wrong file.", "withdrawn_at": NOW} if state != "kept" else {}
    told = {
        "record_type": record.__tablename__,
        "record_id": record.id,
        "filename": "rota.pdf",
        "media_type": "application/pdf",
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "storage_key": current_app.extensions["careward_files"].put(io.BytesIO(content)),
        "what": "The rota",
        **withdrawn,
        **kw,
    }
    return world._add(Attachment(state=state, **told))


def rows(world: Any, own: Any, other: Any) -> dict[str, Attachment]:
    """A file of each kind of record that may have one, open to its readers or the council's own, kept or withdrawn."""
    note = world._add(
        ContactNote(provider_id=own.provider_id, service_id=own.id, at=NOW, channel=NoteChannel.phone, text="Rang.")
    )
    planned, mine, theirs = (
        world.visit(service, "quality_monitoring", state)
        for service, state in ((own, "planned"), (own, "published"), (other, "published"))
    )
    shared, unshared = complaint(world, "investigating", other), complaint(world, "investigating", other)
    elsewhere = complaint(world, "investigating", other)
    world.share(shared)
    world.share(elsewhere, world.another_agency())
    records = {
        "file of own planned visit": planned,
        "file of own published visit": mine,
        "file of other published visit": theirs,
        "file of own service": own,
        "file of other service": other,
        "file of own provider": own.provider,
        "file of a contact note": note,
        "file of a suspension": world.suspension(own, "draft"),
        "file of a shared complaint": shared,
        "file of a complaint": unshared,
        "file of a complaint shared with others": elsewhere,
    }
    made = {
        name: attachment(world, record, internal=False, filename=f"{name}.pdf", what="Open file")
        for name, record in records.items()
    }
    inside = {"filename": "nightjar.pdf", "what": "Inside file: nightjar", "content": PDF + b"\n"}
    for name, record in {"published visit": mine, "service": own, "shared complaint": shared}.items():
        made[f"the council's own file of a {name}"] = attachment(world, record, **inside)
    gone = {"filename": "dotterel.pdf", "what": "Gone: dotterel", "content": PDF + b"\n\n", "internal": False}
    made["withdrawn file of a published visit"] = attachment(world, mine, "withdrawn", **gone)
    return made


LINES = """\
GET  /attachments/add                                 404 404 404 403 403 403 403 403 403 403 302
POST /attachments/add                                 404 404 404 403 403 403 403 403 403 403 302
GET  /attachments/{attachment}/open                   200 200 200 200 404 404 404 404 200 403 302
GET  /attachments/{open_attachment}/open              200 200 200 200 200 200 404 404 200 403 302
"""


AREA = Area(
    screens=[
        Screen(
            plural="attachments",
            model=Attachment,
            make=lambda world, state: attachment(world, state=state or "kept"),
            reads=f"{COUNCIL} partner contributor provider care_manager",
            sees=COUNCIL,
            steps={("withdraw", "kept"): "officer manager"},
            past=False,
            heading="Files",
            more=LINES,
        )
    ],
    seen={
        "file of own planned visit": COUNCIL,
        "file of own published visit": f"{COUNCIL} partner contributor provider",
        "file of other published visit": f"{COUNCIL} partner contributor",
        "file of own service": f"{COUNCIL} partner contributor care_manager provider",
        "file of other service": f"{COUNCIL} partner contributor care_manager",
        "file of own provider": f"{COUNCIL} partner contributor care_manager provider",
        "file of a contact note": COUNCIL,
        "file of a suspension": COUNCIL,
        "file of a shared complaint": f"{COUNCIL} partner contributor",
        "file of a complaint": COUNCIL,
        "file of a complaint shared with others": COUNCIL,
        "the council's own file of a published visit": COUNCIL,
        "the council's own file of a service": COUNCIL,
        "the council's own file of a shared complaint": COUNCIL,
        "withdrawn file of a published visit": COUNCIL,
    },
    rows=rows,
    pages=[
        ("attachments", "file of own planned visit", "own planned visit"),
        ("attachments", "file of own published visit", "own published visit"),
        ("attachments", "file of other published visit", "other published visit"),
        ("attachments", "file of own service", "own service"),
        ("attachments", "file of other service", "other service"),
        ("attachments", "file of a suspension", "suspension"),
        ("attachments", "file of a shared complaint", "a shared complaint"),
        ("attachments", "file of a complaint shared with others", "shared with others"),
    ],
    hidden=["nightjar", "dotterel", "The wrong file."],
    good={
        "attachment": (
            {
                "version": 1, "created_at": MOMENT, "record_type": "visit", "record_id": 1, "filename": "x",
                "media_type": "x", "size": 1, "sha256": "0" * 64, "storage_key": "one", "what": "x", "internal": True,
                "state": "kept",
            },
            {"storage_key": "two", "sha256": "1" * 64},
        )
    },
    checks={
        "ck_attachment_sha256_whole": ("attachment", {"sha256": "0" * 63}),
        "ck_attachment_not_empty": ("attachment", {"size": 0}),
        "ck_attachment_filename_fits": ("attachment", {"filename": "x" * 201}),
        "ck_attachment_withdrawn_has_moment_and_reason": (
            "attachment", {"state": "withdrawn", "withdrawn_at": MOMENT, "withdrawn_reason": ""},
        ),
    },
    words="attachment: state",
    pointers="attachment: withdrawn_by_id created_by_id",
    only_one={
        "uq_attachment_storage_key": ("attachment", {"storage_key": "one"}, "attachment.storage_key"),
        "uq_attachment_kept_once": (
            "attachment", {"sha256": "0" * 64},
            "attachment.record_type, attachment.record_id, attachment.sha256",
        ),
    },
    places=lambda world: {
        "attachment": attachment(world).id,
        "open_attachment": attachment(world, world.visit(state="published"), internal=False).id,
    },
    budgets="""
    officer       /attachments/list/                         5  24
    officer       /attachments/show/{attachment}            10   0
    partner       /attachments/show/{open_attachment}        8   0
    officer       /attachments/{attachment}/open             3   0
    officer       /attachments/{attachment}/withdraw         5   0""",
)  # fmt: skip
