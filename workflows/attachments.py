"""Files of a record: who may add one, and withdrawing it, which is all the deleting there is (domain section 15)."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_dirty

from models.attachments import Attachment, AttachmentState
from models.base import Model, session_of
from models.ledger import LedgerKind
from workflows import ledger
from workflows.access import RIGHTS, Resource, Right, Role, rights, who
from workflows.actor import COUNCIL, Actor
from workflows.engine import Workflow
from workflows.files import Examined
from workflows.gate import Refused, stepping
from workflows.steps import Input, InputKind, Step
from workflows.visibility import ATTACHABLE, GOVERNED

WRITING = Right.add | Right.edit


def record_of(session: Session, record_type: str, record_id: int) -> Model | None:
    """The record that files may be added to, where there is one and the actor sees it."""
    kind = ATTACHABLE.get(record_type)
    return session.get(kind.model, record_id) if kind is not None else None


def works_on(actor: Actor, record_type: str) -> bool:
    """Whether somebody of the council may write records of this kind, and so add and withdraw their files (XX)."""
    kind = ATTACHABLE.get(record_type)
    return (
        kind is not None
        and actor.works_here
        and bool(rights(actor.roles, kind.worked_by) & WRITING)
        and Right.add in rights(actor.roles, Resource.attachments)
    )


def may_work_on(record_type: str) -> str:
    """The roles for which `works_on` holds, for a refusal."""
    kind = ATTACHABLE[record_type]
    pairs = zip(Role, RIGHTS[kind.worked_by], RIGHTS[Resource.attachments], strict=True)
    return who([role for role, of_record, of_file in pairs if role in COUNCIL and of_record & WRITING & of_file])


def read_outside(record_type: str) -> bool:
    """Whether others than the council's own people read records of this kind, so that a file may be kept from them."""
    row = RIGHTS[GOVERNED[ATTACHABLE[record_type].model].resource]
    return any(Right.read in given for role, given in zip(Role, row, strict=True) if role not in COUNCIL)


def refusal(session: Session, record_type: str, record_id: int, actor: Actor, sha256: str = "") -> Refused | None:
    """Why this actor may not add a file to this record, or None. Asked before the bytes are stored, and after."""
    if record_of(session, record_type, record_id) is None:
        return Refused(_("The record that the file belongs to is not there, or not yours to see."))
    if not works_on(actor, record_type):
        return Refused(_("Your role may not add files to this record."), may=may_work_on(record_type))
    there = select(Attachment.id).where(
        Attachment.record_type == record_type,
        Attachment.record_id == record_id,
        Attachment.sha256 == sha256,
        Attachment.state == AttachmentState.kept,
    )
    if sha256 and session.scalar(there) is not None:
        return Refused(_("This very file is here already."))
    return None


def attach(
    session: Session,
    actor: Actor,
    record_type: str,
    record_id: int,
    file: Examined,
    storage_key: str,
    what: str,
    internal: bool,
) -> Attachment:
    """Add a file whose bytes are stored to a record. The caller commits. There is no other way to add one."""
    if reason := refusal(session, record_type, record_id, actor, file.sha256):
        raise reason
    made = Attachment(
        record_type=record_type,
        record_id=record_id,
        filename=file.filename,
        media_type=file.media_type,
        size=file.size,
        sha256=file.sha256,
        storage_key=storage_key,
        what=what,
        internal=internal or not read_outside(record_type),
    )
    with stepping(ledger.Event(made, LedgerKind.created)), session.no_autoflush:
        session.add(made)
        session.flush()
    _edits_its_record(made, _("A file was added: %(file)s", file=made.filename))
    return made


def _edits_its_record(item: Attachment, note: str) -> None:
    """A file is part of what is decided upon: whoever adds or withdraws one has edited its record (four eyes, XX),
    and whoever has the record open before them is told that it changed."""
    session = session_of(item)
    record = record_of(session, item.record_type, item.record_id)
    if record is None:
        raise Refused(_("The record that the file belongs to is not there, or not yours to see."))
    session.refresh(record, with_for_update=True)  # whoever adds another at this moment has changed it, or waits
    flag_dirty(record)
    with stepping(ledger.Event(record, LedgerKind.edited, note=note)), session.no_autoflush:
        session.flush()


def _works_on_its_record(item: Attachment, actor: Actor) -> str | None:
    if record_of(session_of(item), item.record_type, item.record_id) is None:
        return _("The record that the file belongs to is not there, or not yours to see.")
    if not works_on(actor, item.record_type):
        return _("Files of this record are withdrawn by: %(who)s.", who=may_work_on(item.record_type))
    return None


def _note_withdrawn(item: Attachment, actor: Actor, values: Mapping[str, Any]) -> None:
    item.withdrawn_at, item.withdrawn_by_id = actor.now, actor.person_id
    session_of(item).flush()
    _edits_its_record(item, _("A file was withdrawn: %(file)s", file=item.filename))


WORKFLOW = Workflow(
    Attachment,
    Step(
        "withdraw",
        _l("Withdraw"),
        frozenset({AttachmentState.kept}),
        AttachmentState.withdrawn,
        roles=frozenset({Role.officer, Role.manager, Role.head}),
        does=_l("Nobody can open the file any more. The council still reads that it was here, and why it is gone."),
        guards=[_works_on_its_record],
        inputs=(Input("withdrawn_reason", _l("Why it is withdrawn"), InputKind.line),),
        effect=_note_withdrawn,
        clause="XX",
    ),
)
