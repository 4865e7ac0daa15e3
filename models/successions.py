"""Re-registrations: one service or provider of the register that follows another (domain section 2)."""

import datetime as dt
from collections.abc import Collection
from enum import StrEnum, auto

from sqlalchemy import CTE, CheckConstraint, ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Model, Versioned
from models.framework import DecidedByGroup
from models.people import Person
from models.providers import Provider, Service


class SuccessionState(StrEnum):
    carries = auto()
    end_proposed = auto()
    ended = auto()


CARRYING = (SuccessionState.carries, SuccessionState.end_proposed)
"""That it should no longer carry over is only proposed: until it is decided, it does."""


class Succession(DecidedByGroup, Versioned, Model):
    """What the register calls a predecessor and its successor, where both are known here: two services, or two
    providers. Restrictions, open cases and rating history carry over until somebody decides otherwise (XX).

    It is kept when the register no longer shows the link. Moves only through workflows/successions.py.
    """

    __tablename__ = "succession"
    __table_args__ = (
        UniqueConstraint("predecessor_id", "successor_id"),
        UniqueConstraint("predecessor_provider_id", "successor_provider_id"),
        CheckConstraint(
            "(predecessor_id IS NULL) = (successor_id IS NULL) AND "
            "(predecessor_provider_id IS NULL) = (successor_provider_id IS NULL) AND "
            "(predecessor_id IS NULL) != (predecessor_provider_id IS NULL)",
            name="services_or_providers",
        ),
        CheckConstraint(
            "predecessor_id != successor_id AND predecessor_provider_id != successor_provider_id", name="not_itself"
        ),
        CheckConstraint("decided_by_id != proposed_by_id", name="not_self_decided"),
        CheckConstraint("state != 'ended' OR decided_by_id IS NOT NULL", name="ended_has_decider"),
        CheckConstraint("(acknowledged_by_id IS NULL) = (acknowledged_at IS NULL)", name="acknowledged_by_and_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    predecessor_id: Mapped[int | None] = mapped_column(ForeignKey("service.id"))
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("service.id"), index=True)
    predecessor_provider_id: Mapped[int | None] = mapped_column(ForeignKey("provider.id"))
    successor_provider_id: Mapped[int | None] = mapped_column(ForeignKey("provider.id"), index=True)
    state: Mapped[SuccessionState] = mapped_column(default=SuccessionState.carries)
    acknowledged_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    """Whoever took note that it carries over: it then leaves the home pages."""
    acknowledged_at: Mapped[dt.datetime | None]
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    predecessor: Mapped[Service | None] = relationship(foreign_keys=[predecessor_id])
    successor: Mapped[Service | None] = relationship(foreign_keys=[successor_id])
    predecessor_provider: Mapped[Provider | None] = relationship(foreign_keys=[predecessor_provider_id])
    successor_provider: Mapped[Provider | None] = relationship(foreign_keys=[successor_provider_id])
    acknowledged_by: Mapped[Person | None] = relationship(foreign_keys=[acknowledged_by_id])
    proposed_by: Mapped[Person | None] = relationship(foreign_keys=[proposed_by_id])
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id])

    def __str__(self) -> str:
        # With their ids: mostly both have the same name.
        ends = (self.predecessor or self.predecessor_provider, self.successor or self.successor_provider)
        return " → ".join(f"{each} ({each.regulator_id})" for each in ends if each is not None)


# --- what comes before and after, derived over the tables ---------------------------------------------------------
#
# Followed at each question by a recursive statement, and not kept as rows of its own: what a predecessor is restricted
# by changes with every approval, variation and lift, and a copy that somebody forgot to renew would open purchasing.
# UNION, unlike UNION ALL, drops what was met before, so that a circle of links ends.

_succession, _service = Succession.__table__, Service.__table__


def lineage(service_ids: Collection[int]) -> CTE:
    """(service_id, id) for each of these services: itself, and every service that carries over to it."""
    found = select(_service.c.id.label("service_id"), _service.c.id.label("id")).where(_service.c.id.in_(service_ids))
    line = found.cte("lineage", recursive=True)
    before = (
        select(line.c.service_id, _succession.c.predecessor_id)
        .join(_succession, _succession.c.successor_id == line.c.id)
        .where(_succession.c.state.in_(CARRYING))
    )
    return line.union(before)


def providers_of(line: CTE) -> CTE:
    """(service_id, id) for each service of a lineage: the providers of all in it, and those that carry over to them."""
    found = select(line.c.service_id, _service.c.provider_id.label("id")).join(_service, _service.c.id == line.c.id)
    owners = found.cte("owners", recursive=True)
    before = (
        select(owners.c.service_id, _succession.c.predecessor_provider_id)
        .join(_succession, _succession.c.successor_provider_id == owners.c.id)
        .where(_succession.c.state.in_(CARRYING))
    )
    return owners.union(before)
