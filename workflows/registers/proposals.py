"""Rows of the registers of Scotland, Wales and Northern Ireland: proposed by an import, decided by a person.

They carry no ids, so none is matched by itself (XX). `apply_file` imports one file; the steps below it
are what a Manager may do with a row. A row that was matched keeps its service up to date at later imports.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session, joinedload

from models.base import session_of
from models.providers import Provider, Regulator, Service
from models.registers import ProposalState, RegisterProposal
from workflows.access import Role
from workflows.actor import Actor
from workflows.engine import Workflow
from workflows.gate import maintenance
from workflows.ledger import plain, revived
from workflows.registers import likeness
from workflows.registers.nations import Row, Sheet, read
from workflows.registers.outcome import Changes, LeftOut, Outcome, tell
from workflows.steps import Input, InputKind, Step

S = ProposalState
MANAGERS = frozenset({Role.manager})
DECIDED = (S.matched, S.added)
FILLS = (
    "regulator_id", "registration_status", "service_type", "care_home", "beds", "register_types", "specialisms",
    "address_line_1", "address_line_2", "town", "postcode", "phone", "local_authority", "last_inspected_on",
)  # fmt: skip
"""The columns of a service that a row's facts fill. Its name stays what the council calls it."""

# --- the import ---------------------------------------------------------------------------------------------------


def apply_file(session: Session, path: Path, outcome: Outcome) -> None:
    """Write one file, in the transaction of the caller. What it adds are proposals."""
    try:
        data = path.read_bytes()
    except OSError as error:
        outcome.note("", _("This file cannot be opened: %(why)s", why=error.strerror or ""))
        return
    sheet = read(str(path), data)
    outcome.problems += sheet.problems
    if sheet.left_out:
        outcome.left_out[LeftOut.other_sector] = sheet.left_out
    if sheet.regulator is not None:
        with maintenance("register import"):
            _propose(session, sheet, sheet.regulator, outcome)
            tell(session, outcome, sheet.sha256, added="proposed")


def _propose(session: Session, sheet: Sheet, regulator: Regulator, outcome: Outcome) -> None:
    known: dict[str, list[RegisterProposal]] = defaultdict(list)
    query = select(RegisterProposal).where(RegisterProposal.regulator == regulator)
    newest = None
    for each in session.scalars(query.options(joinedload(RegisterProposal.service)).order_by(RegisterProposal.number)):
        known[each.key].append(each)
        newest = max(filter(None, (newest, each.as_of)), default=None)
    if sheet.as_of is not None and newest is not None and sheet.as_of < newest:
        days = {"day": sheet.as_of.strftime("%d/%m/%Y"), "newest": newest.strftime("%d/%m/%Y")}
        outcome.note("", _("This file is of %(day)s, and one of %(newest)s was imported before and counts.", **days))
        return
    services = likeness.Index(_known(session, regulator))
    rows: dict[str, list[Row]] = defaultdict(list)
    for row in sheet.rows:
        rows[_key(row.facts)].append(row)
    for key, told in rows.items():
        for row, proposal in _paired(told, known[key]):
            if proposal is None:
                number = max((each.number for each in known[key]), default=0) + 1
                proposal = RegisterProposal(regulator=regulator, key=key, number=number)
                proposal.state, proposal.before = S.proposed, {}
                known[key].append(proposal)
                _write(proposal, sheet, row, outcome.file)
                proposal.certainty, proposal.candidates = services.like(row.facts)
                session.add(proposal)
                outcome.add("proposal", _label(proposal))
            else:
                _bring_up_to_date(proposal, sheet, row, services, outcome)


def _known(session: Session, regulator: Regulator) -> Iterable[likeness.Known]:
    """The services that a row of this regulator may be: its own, and those that no regulator is known of."""
    query = (
        select(Service.id, Service.regulator_id, Service.name, Service.postcode, Service.town, Provider.name,
               Service.beds)
        .join(Service.provider)
        .where(Service.regulator.in_((regulator, Regulator.none)))
        .execution_options(yield_per=1000)
    )  # fmt: skip
    return (likeness.Known(*row) for row in session.execute(query))


def _key(facts: Mapping[str, Any]) -> str:
    """By what a row is known again: name, place and kind in their normal forms. Addresses and phones drift."""
    place = facts.get("postcode") or likeness.plain(facts.get("town"))
    return " | ".join((likeness.name(facts["name"]), place, likeness.plain(" ".join(facts["register_types"]))))


def _label(proposal: RegisterProposal) -> str:
    told = ", ".join((str(proposal), *proposal.facts["register_types"]))
    return f"{told} ({proposal.number})" if proposal.number > 1 else told


def _paired(rows: Sequence[Row], known: Sequence[RegisterProposal]) -> Iterable[tuple[Row, RegisterProposal | None]]:
    """Rows of one key with the proposals that they are: the units of one home, told apart by their other facts."""
    left = list(known)

    def equal(row: Row, proposal: RegisterProposal) -> int:
        return sum(proposal.facts.get(fact) == value for fact, value in row.facts.items())

    for row in sorted(rows, key=lambda row: not any(each.facts == row.facts for each in known)):
        found = max(left, key=lambda each: (each.facts == row.facts, equal(row, each)), default=None)
        if found is not None:
            left.remove(found)
        yield row, found


def _write(proposal: RegisterProposal, sheet: Sheet, row: Row, source: str) -> None:
    facts = proposal.facts = row.facts
    proposal.name, proposal.postcode = facts["name"], facts.get("postcode")
    proposal.town, proposal.provider = facts.get("town"), facts.get("provider")
    proposal.source_file, proposal.source_row, proposal.as_of = source, row.number, sheet.as_of


def _bring_up_to_date(
    proposal: RegisterProposal, sheet: Sheet, row: Row, services: likeness.Index, outcome: Outcome
) -> None:
    """What a later file says of a row that is known. What was decided of it stays decided."""
    changes: Changes = {
        fact: [proposal.facts.get(fact), row.facts.get(fact)]
        for fact in {**proposal.facts, **row.facts}
        if proposal.facts.get(fact) != row.facts.get(fact)
    }
    if changes:
        _write(proposal, sheet, row, outcome.file)
    if proposal.state is S.proposed:
        sure, candidates = services.like(row.facts)
        if (sure, candidates) != (proposal.certainty, proposal.candidates):
            changes["candidates"] = [proposal.candidates, candidates]
            proposal.certainty, proposal.candidates = sure, candidates
    outcome.compare("proposal", _label(proposal), changes)
    if proposal.service is not None and (filled := fill(proposal, proposal.service)):
        outcome.compare("service", proposal.service.name, filled)


# --- what a match writes, and takes back --------------------------------------------------------------------------


def fill(proposal: RegisterProposal, service: Service) -> Changes:
    """Bring a service up to the facts of its row, and remember what stood there before the match.

    What the row does not say stays as it is.
    """
    told = {"regulator": proposal.regulator, **{name: proposal.facts[name] for name in FILLS if name in proposal.facts}}
    changes: Changes = {}
    for name, value in told.items():
        before, after = plain(getattr(service, name)), plain(value)
        if before != after:
            setattr(service, name, revived(inspect(Service).columns[name], after))
            changes[name] = [before, after]
    kept = proposal.before
    proposal.before = kept | {name: [kept.get(name, [was])[0], now] for name, (was, now) in changes.items()}
    return changes


# --- steps: what a person decides ---------------------------------------------------------------------------------


def may_be_it(item: RegisterProposal, actor: Actor, values: Mapping[str, Any]) -> str | None:
    session = session_of(item)
    service = session.get(Service, values["service_id"])
    if service is None:
        return _("What you chose is not there, or not yours to see. Choose again.")
    if service.regulator not in (Regulator.none, item.regulator):
        return _("This service is registered with another regulator, so this row is not about it.")
    own, told = service.regulator_id, item.facts.get("regulator_id")
    if own and told and own != told:
        return _("The register knows this service as %(own)s, and this row is %(told)s.", own=own, told=told)
    other = session.scalar(
        select(RegisterProposal).where(RegisterProposal.service_id == service.id, RegisterProposal.id != item.id)
    )
    if other is not None:
        return _("Another row is matched with this service already: %(row)s. Reopen that one first.", row=other)
    return None


def match(item: RegisterProposal, actor: Actor, values: Mapping[str, Any]) -> None:
    fill(item, session_of(item).get_one(Service, values["service_id"]))


def provider_is_told(item: RegisterProposal, actor: Actor, values: Mapping[str, Any]) -> str | None:
    if values.get("provider_id") is not None:
        return None
    called = values.get("provider_name")
    if not called:
        return _("Choose the provider that runs this service, or give the name of a new one.")
    if not values.get("another") and (known := provider_called(item, called)) is not None:
        return _(
            "A provider of this name is known: %(known)s. Choose it, or say that this is another one.", known=known
        )
    return None


def provider_called(item: RegisterProposal, called: str | None) -> Provider | None:
    """A provider of this name that the row's regulator, or none, is known of. A person says whether it is that one."""
    wanted, session = likeness.name(called), session_of(item)
    query = (
        select(Provider.id, Provider.name)
        .where(Provider.regulator.in_((item.regulator, Regulator.none)), Provider.name.is_not(None))
        .order_by(Provider.id)
    )
    found = next((key for key, name in session.execute(query) if wanted and likeness.name(name) == wanted), None)
    return session.get(Provider, found) if found is not None else None


def add(item: RegisterProposal, actor: Actor, values: Mapping[str, Any]) -> None:
    session = session_of(item)
    provider_id = values.get("provider_id")
    provider = (
        session.get_one(Provider, provider_id)
        if provider_id is not None
        else Provider(name=values["provider_name"], regulator=item.regulator)
    )
    service = Service(name=item.name, provider=provider)
    session.add(service)
    fill(item, service)
    item.before = {}
    item.service = service


def take_back(item: RegisterProposal, actor: Actor, values: Mapping[str, Any]) -> None:
    """Give the service back what the match replaced, but for what was changed since by other means."""
    service = item.service
    if service is not None:
        for name, (before, filled) in item.before.items():
            if plain(getattr(service, name)) == filled:
                setattr(service, name, revived(inspect(Service).columns[name], before))
    item.before, item.service = {}, None


WORKFLOW = Workflow(
    RegisterProposal,
    Step(
        "match",
        _l("Match with a service"),
        frozenset({S.proposed}),
        S.matched,
        roles=MANAGERS,
        does=_l(
            "The row is about the service that you choose. The service keeps its name and takes the register's facts, "
            "now and at each later import."
        ),
        inputs=(
            Input(
                "service_id",
                _l("Service"),
                InputKind.record,
                model=Service,
                hint=_l("Compare name, postcode, town, provider and beds first: the register gives no ids."),
            ),
        ),
        accepts=may_be_it,
        effect=match,
        clause="HA 3.80",
        decides=True,
    ),
    Step(
        "add",
        _l("Add as a new service"),
        frozenset({S.proposed}),
        S.added,
        roles=MANAGERS,
        does=_l("The console does not know this service yet. It is added with the register's facts and its provider."),
        inputs=(
            Input(
                "provider_id",
                _l("Provider"),
                InputKind.record,
                model=Provider,
                required=False,
                sets=False,
                hint=_l("Leave empty where the console does not know the provider yet."),
            ),
            Input(
                "provider_name", _l("Name of a new provider"), InputKind.line, required=False, sets=False, longest=500
            ),
            Input(
                "another",
                _l("It is another provider than the known one of the same name"),
                InputKind.flag,
                required=False,
                sets=False,
            ),
        ),
        accepts=provider_is_told,
        effect=add,
        clause="HA 3.80",
        decides=True,
    ),
    Step(
        "dismiss",
        _l("Dismiss"),
        frozenset({S.proposed}),
        S.dismissed,
        roles=MANAGERS,
        does=_l("The row is of no concern to this council. It stays dismissed when the register is imported again."),
        clause="XX",
        needs_note=True,
    ),
    Step(
        "reopen",
        _l("Reopen"),
        frozenset({S.matched, S.dismissed}),
        S.proposed,
        roles=MANAGERS,
        does=_l(
            "The row waits for a decision again. A service that it was matched with gets back what it had before, "
            "but for what was changed since by other means."
        ),
        effect=take_back,
        clause="XX",
        needs_note=True,
    ),
)
