"""Rows of the registers of Scotland, Wales and Northern Ireland, until a person says which services they are."""

import datetime as dt
from enum import StrEnum, auto
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Model, Versioned
from models.providers import Regulator, Service


class ProposalState(StrEnum):
    proposed = auto()
    matched = auto()
    added = auto()
    dismissed = auto()


class Certainty(StrEnum):
    """How like the row the services are that the console knows. In the order of the alphabet, as lists sort it."""

    exact = auto()
    likely = auto()
    possible = auto()
    unlike = auto()


class RegisterProposal(Versioned, Model):
    """A row of a register that carries no ids: it is proposed with its likeness to known services, and a person
    confirms which of them it is, if any (HA 3.80; that nothing is matched by itself is ours, XX).
    """

    __tablename__ = "register_proposal"
    __table_args__ = (
        UniqueConstraint("regulator", "key", "number"),
        UniqueConstraint("service_id"),
        CheckConstraint("(state IN ('matched', 'added')) = (service_id IS NOT NULL)", name="decided_names_service"),
        Index("ix_register_proposal_state_certainty_name", "state", "certainty", "name"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    regulator: Mapped[Regulator]
    key: Mapped[str]
    """The normal forms of name, place and kind: by them the row is known again in a later file."""
    number: Mapped[int] = mapped_column(default=1)
    """Units of one home may share all of these; 1, 2, 3 ... among them."""
    name: Mapped[str]
    postcode: Mapped[str | None]
    town: Mapped[str | None]
    provider: Mapped[str | None]
    """These stand in `facts` too; here lists search and sort by them."""
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    """What the row says, as JSON values. Those named like columns of `Service` are that column's."""
    source_file: Mapped[str]
    source_row: Mapped[int]
    """The file that last told something new of it, and the row there as a spreadsheet counts it."""
    as_of: Mapped[dt.date | None]
    """The day that the file says it was made on, where it does."""
    certainty: Mapped[Certainty] = mapped_column(default=Certainty.unlike)
    candidates: Mapped[list[int]] = mapped_column(JSON, default=list)
    """Ids of the services that it may be, the likeliest first."""
    state: Mapped[ProposalState] = mapped_column(default=ProposalState.proposed)
    service_id: Mapped[int | None] = mapped_column(ForeignKey("service.id"))
    before: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Field of the service -> its value before the match, and the one that the match gave it."""
    service: Mapped[Service | None] = relationship()

    def __str__(self) -> str:
        return ", ".join(filter(None, (self.name, self.postcode or self.town)))
