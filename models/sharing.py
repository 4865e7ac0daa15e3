"""What is shared with which agency, record by record (domain section 12)."""

import datetime as dt

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Model, Versioned
from models.people import Agency


class Share(Versioned, Model):
    """One record, read by one agency until the sharing ends. Kept when it has ended."""

    __tablename__ = "share"
    __table_args__ = (
        Index(
            "uq_share_once",
            "record_type",
            "record_id",
            "agency_id",
            unique=True,
            sqlite_where=text("ended_on IS NULL"),
            postgresql_where=text("ended_on IS NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    record_type: Mapped[str]
    """The table of what is shared, as the ledger names kinds of record."""
    record_id: Mapped[int]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), index=True)
    shared_on: Mapped[dt.date]
    ended_on: Mapped[dt.date | None]
    agency: Mapped[Agency] = relationship()
