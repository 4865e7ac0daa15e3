"""Two entries that turn out to be one service: everything of the one given up moves to the one kept (domain section 2).

To undo it, a step would read from the ledger which records this one moved, and move back those that still stand where
it put them.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Column, ColumnElement, Connection, Table, exists, func, select
from sqlalchemy.orm import Session, aliased

from models.attachments import Attachment
from models.base import Model, session_of
from models.contracts import ContinuityPlan, ManagerPost, OccupancyReturn
from models.diary import Obligation
from models.providers import BOUGHT, Commissioning, Rating, RegisterLink, Regulator, Service, ServicePart
from models.registers import RegisterProposal
from models.risk import BandState, ServiceBand
from models.successions import Succession
from models.suspensions import IN_FORCE_STATES, Suspension, restricted_providers
from workflows.actor import Actor, acting, system

_row = RegisterProposal.__table__
_service, _part, _suspension = Service.__table__, ServicePart.__table__, Suspension.__table__


def stands(service: Service) -> bool:
    """Whether it is a service still, and not merged into another."""
    return service.merged_into_id is None


def may_merge(given_up: Service, actor: Actor, values: Mapping[str, Any]) -> str | None:
    """Why the one cannot be merged into the other, or None. What must stay unique is asked of the tables."""
    session = session_of(given_up)
    kept = session.get(Service, values["merged_into_id"])
    if kept is None:
        return _("The service that is to be kept is not there.")
    if kept is given_up:
        return _("Choose another service: this one cannot be merged into itself.")
    if not stands(kept):
        return _("That service was merged into another itself. Choose the one that was kept.")
    if given_up.regulator is Regulator.cqc and kept.regulator is Regulator.cqc:
        return _(
            "Both are registered with the Care Quality Commission, so they are two. "
            "What carries over from one to the other is kept as a re-registration."
        )
    if given_up.regulator is not Regulator.none and kept.regulator is Regulator.none:
        return _("The register knows this one and not the other. Merge the other into this one.")
    return _clash(session, given_up, kept)


def _clash(session: Session, given_up: Service, kept: Service) -> str | None:
    connection = session.connection()
    one, other = _part.alias(), _part.alias()
    both = (
        select(one.c.name)
        .join(other, other.c.name == one.c.name)
        .where(one.c.service_id == given_up.id, other.c.service_id == kept.id)
        .order_by(one.c.name)
    )
    if names := list(connection.execute(both).scalars()):
        return _(
            "Both have a unit or property of the same name: %(names)s. Rename one of them first.",
            names=", ".join(names),
        )
    whole = select(func.count(_suspension.c.service_id.distinct())).where(
        _suspension.c.service_id.in_([given_up.id, kept.id]),
        _suspension.c.part_id.is_(None),
        _suspension.c.state.in_(IN_FORCE_STATES),
    )
    if connection.execute(whole).scalar() == 2:
        return _("A restriction is in force on each of them. Have one of the two lifted first.")
    if restricted_providers(session, given_up.id) - restricted_providers(session, kept.id):
        return _(
            "All services of %(provider)s are restricted, and merging would free this one. "
            "Have the service that is kept restricted first, or that restriction lifted.",
            provider=given_up.provider,
        )
    if clash := _stands_twice(connection, given_up, kept):
        return clash
    matched = select(func.count(_row.c.id)).where(_row.c.service_id.in_([given_up.id, kept.id]))
    if connection.execute(matched).scalar() == 2:
        return _("Each of them belongs to a row of another register. Reopen one of those rows first.")
    linked = Succession.__table__
    pair = {given_up.id, kept.id}
    if connection.execute(
        select(linked.c.id).where(linked.c.predecessor_id.in_(pair), linked.c.successor_id.in_(pair))
    ).first():
        return _("The register calls one of them the successor of the other, so they are two.")
    return None


def _stands_twice(connection: Connection, given_up: Service, kept: Service) -> str | None:
    """Facts of which a service has one: at a time, or of a day, or at all."""
    ids = [given_up.id, kept.id]
    post, count, plan = ManagerPost.__table__, OccupancyReturn.__table__, ContinuityPlan.__table__
    running = select(func.count(post.c.id)).where(post.c.service_id.in_(ids), post.c.to_on.is_(None))
    if connection.execute(running).scalar() == 2:
        return _("Each of them has a manager's post that still runs. Say of one until when it was held so.")
    one, other = count.alias(), count.alias()
    both = select(one.c.id).join(other, other.c.counted_on == one.c.counted_on)
    if connection.execute(both.where(one.c.service_id == given_up.id, other.c.service_id == kept.id)).first():
        return _("The places of both were counted on the same day. Change the day of one of the two counts.")
    if connection.execute(select(func.count(plan.c.id)).where(plan.c.service_id.in_(ids))).scalar() == 2:
        return _("Each of them has a continuity plan of its own, so they are two to the council.")
    return None


def merge(given_up: Service, actor: Actor, values: Mapping[str, Any]) -> None:
    """Move every record that points at the one given up, whoever may see it. Each tells its own history of it."""
    session = session_of(given_up)
    with acting(system("merge", actor.now)):
        kept = session.get_one(Service, values["merged_into_id"])
        found = list(_pointing(session, given_up, kept))
        rated = any(rating.is_current for rating in kept.ratings)
        bands = select(ServiceBand).where(ServiceBand.state.in_(BAND_ENDS))
        stands = {(band.scheme, band.state) for band in session.scalars(bands.where(ServiceBand.service_id == kept.id))}
        twice = [
            band
            for band in session.scalars(bands.where(ServiceBand.service_id == given_up.id))
            if (band.scheme, band.state) in stands
        ]
    for band in twice:  # of the two, that of the service that is kept counts on
        band.until_on = actor.today if band.state is BandState.confirmed else None
        band.state = BAND_ENDS[band.state]
    for item, key in found:
        setattr(item, key, kept.id)
        if getattr(item, "provider_id", None) == given_up.provider_id:
            item.provider_id = kept.provider_id
        if isinstance(item, Rating):
            item.is_current = item.is_current and not rated
    if not rated:
        kept.rating, kept.rated_on = given_up.rating, given_up.rated_on
    if kept.allocated_officer_id is None:
        kept.allocated_officer_id = given_up.allocated_officer_id
    if kept.commissioning is Commissioning.not_recorded:
        kept.commissioning = given_up.commissioning
        kept.bought_since, kept.bought_until = given_up.bought_since, given_up.bought_until
    elif kept.commissioning in BOUGHT and given_up.commissioning in BOUGHT and kept.bought_since is not None:
        kept.bought_since = min(kept.bought_since, given_up.bought_since or kept.bought_since)


def pointers() -> Iterator[tuple[type[Any], Table, Column[Any]]]:
    """Every column of every model that points at a service, whatever area it is of."""
    for mapper in Model.registry.mappers:
        table = mapper.local_table
        if isinstance(table, Table) and mapper.class_ is not Obligation:  # derived anew, and not moved
            for foreign in sorted(table.foreign_keys, key=lambda each: each.parent.name):
                if foreign.column is _service.c.id:
                    yield mapper.class_, table, foreign.parent


def _pointing(session: Session, given_up: Service, kept: Service) -> Iterator[tuple[Any, str]]:
    for model, table, column in pointers():
        key = next(prop.key for prop in model.__mapper__.column_attrs if column in prop.columns)
        query = select(model).where(getattr(model, key) == given_up.id)
        if model in SAME_FACT:
            # A register fact that both have is one fact, and may stand only once.
            same = aliased(model)
            alike = [getattr(same, name).is_not_distinct_from(getattr(model, name)) for name in SAME_FACT[model]]
            query = query.where(~exists(select(same.id).where(same.service_id == kept.id, *alike)))
        for item in session.scalars(query.order_by(table.c.id)):
            yield item, key
    same_file = aliased(Attachment)
    twice = exists(select(same_file.id).where(*_files_of(same_file, kept), same_file.sha256 == Attachment.sha256))
    for file in session.scalars(select(Attachment).where(*_files_of(Attachment, given_up), ~twice)):
        yield file, "record_id"


def _files_of(files: Any, service: Service) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return files.record_type == Service.__tablename__, files.record_id == service.id


BAND_ENDS = {BandState.confirmed: BandState.replaced, BandState.proposed: BandState.withdrawn}
SAME_FACT = {Rating: ("source_key",), RegisterLink: ("kind", "related_id")}
