"""What people keep of lists: the views that they saved, and what was exported (domain sections 1 and 15)."""

from enum import StrEnum, auto

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Model, Versioned
from models.people import Person


class SavedView(Versioned, Model):
    """A list as somebody narrowed, ordered and laid it out, under a name. It is its author's (`created_by`)."""

    __tablename__ = "saved_view"
    __table_args__ = (
        CheckConstraint("length(name) > 0", name="named"),
        Index(
            "uq_saved_view_one_default",
            "created_by_id",
            "screen",
            unique=True,
            sqlite_where=text("opens_first AND NOT withdrawn"),
            postgresql_where=text("opens_first AND NOT withdrawn"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    screen: Mapped[str] = mapped_column(index=True)
    """Whose list it is: the first part of the list's address."""
    resource: Mapped[str]
    """What whoever reads it must be allowed to read."""
    address: Mapped[str] = mapped_column(default="")
    """What follows the question mark in the list's address, and nothing else: it leads nowhere but to that list."""
    shared: Mapped[bool] = mapped_column(default=False)
    """Whether the council's other people are offered it too."""
    opens_first: Mapped[bool] = mapped_column(default=False)
    """Whether its author's list opens with it."""
    withdrawn: Mapped[bool] = mapped_column(default=False)
    created_by: Mapped[Person | None] = relationship(foreign_keys="SavedView.created_by_id")

    def __str__(self) -> str:
        return self.name


class ExportFormat(StrEnum):
    csv = auto()
    xlsx = auto()


class Export(Versioned, Model):
    """Rows that somebody took out of the console, as a file: who (`created_by`), when, which list, how many."""

    __tablename__ = "export"
    __table_args__ = (CheckConstraint("rows >= 0", name="rows_not_negative"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    screen: Mapped[str] = mapped_column(index=True)
    address: Mapped[str] = mapped_column(default="")
    """How the list was narrowed, and which columns were chosen."""
    format: Mapped[ExportFormat]
    rows: Mapped[int]
    created_by: Mapped[Person | None] = relationship(foreign_keys="Export.created_by_id")

    def __str__(self) -> str:
        return f"{self.screen}.{self.format}"
