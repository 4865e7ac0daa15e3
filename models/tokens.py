"""Tokens by which programs act for a person, and the answers that are given again to a repeated request (XX)."""

import datetime as dt
from enum import StrEnum, auto

from sqlalchemy import JSON, CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Model, Versioned
from models.people import Person


class TokenState(StrEnum):
    in_use = auto()
    revoked = auto()


class ApiToken(Versioned, Model):
    """A key that a person gave to a program. Of the secret only its hash is kept: it is shown once and never again."""

    __tablename__ = "api_token"
    __table_args__ = (CheckConstraint("length(secret_sha256) = 64", name="secret_whole"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), index=True)
    """Whose it is, and as whom it acts."""
    name: Mapped[str]
    """What it is for, in its owner's words."""
    prefix: Mapped[str] = mapped_column(unique=True)
    """The part that is no secret: by it a token is found, and told from the others."""
    secret_sha256: Mapped[str]
    scopes: Mapped[list[str]] = mapped_column(JSON)
    """What it is good for: `read`, `write`, `steps`, or these in one area, as `read:visits`."""
    expires_on: Mapped[dt.date]
    """The last day on which it works."""
    last_used_on: Mapped[dt.date | None]
    session_version: Mapped[int]
    """The owner's when it was made: it ends with the sessions, when the password, the roles or the account change."""
    state: Mapped[TokenState] = mapped_column(default=TokenState.in_use)
    person: Mapped[Person] = relationship(foreign_keys=[person_id])

    def __str__(self) -> str:
        return self.name


class ApiAnswer(Model):
    """What a request with an `Idempotency-Key` was answered, so that sending it again does nothing again."""

    __tablename__ = "api_answer"
    __table_args__ = (UniqueConstraint("token_id", "key"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    token_id: Mapped[int] = mapped_column(ForeignKey("api_token.id"))
    key: Mapped[str]
    fingerprint: Mapped[str]
    """SHA-256 of the method, the address and the body: the key belongs to this request and to no other."""
    status: Mapped[int]
    headers: Mapped[dict[str, str]] = mapped_column(JSON)
    body: Mapped[str]
    at: Mapped[dt.datetime] = mapped_column(index=True)
