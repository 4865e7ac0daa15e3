"""Letters that the console wrote: their bytes as sent, with their hash (domain section 14)."""

from enum import StrEnum, auto

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from models.base import Model, Versioned
from models.providers import Provider, Service
from models.suspensions import Suspension


class LetterKind(StrEnum):
    decision = auto()
    variation = auto()
    lift_refused = auto()
    lifted = auto()


class Letter(Versioned, Model):
    """One letter to a provider about a restriction, exactly as it was made."""

    __tablename__ = "letter"
    __table_args__ = (CheckConstraint("length(sha256) = 64", name="sha256_whole"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    suspension_id: Mapped[int] = mapped_column(ForeignKey("suspension.id"), index=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"), index=True)
    kind: Mapped[LetterKind]
    filename: Mapped[str]
    content: Mapped[bytes] = deferred(mapped_column(LargeBinary))
    sha256: Mapped[str]
    suspension: Mapped[Suspension] = relationship()
    provider: Mapped[Provider] = relationship()

    @property
    def service(self) -> Service | None:
        """The service that it is about; None where it is about all of the provider's."""
        return self.suspension.service

    def __str__(self) -> str:
        return self.filename
