"""People of the desk: who they are, what they may do, and the links and tokens that let them in."""

import enum
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from claims_app.db import Base, Id, created_at, primary_key, revision, words


class Role(enum.StrEnum):
    """What a person may do; each role may do all that the ones before it may."""

    READER = "reader"
    CHECKER = "checker"
    EDITOR = "editor"
    ADMIN = "admin"

    def covers(self, needed: "Role") -> bool:
        order = list(Role)
        return order.index(self) >= order.index(needed)


class Theme(enum.StrEnum):
    AUTO = "auto"
    LIGHT = "light"
    DARK = "dark"


class Person(Base):
    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint("email = lower(email) AND email LIKE '%_@_%'", name="email_shape"),
        CheckConstraint("trim(name) <> ''", name="name_not_blank"),
        CheckConstraint("language IN ('he', 'en')", name="language_known"),
    )

    id: Mapped[primary_key]
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    role: Mapped[Role] = mapped_column(words(Role, "role"))
    #: None: the person has only ever come in by a one-time link.
    password_hash: Mapped[str | None]
    #: Part of every session's identity; a new one ends all sessions of the person.
    session_key: Mapped[str]
    language: Mapped[str]
    theme: Mapped[Theme] = mapped_column(words(Theme, "theme"), default=Theme.AUTO)
    has_shortcuts: Mapped[bool] = mapped_column(default=True)
    is_active: Mapped[bool] = mapped_column(default=True)
    revision: Mapped[revision]
    created_at: Mapped[created_at]
    #: May sign an article off for legal, where its sign-off asks for that.
    signs_legal: Mapped[bool] = mapped_column(default=False, server_default=false())

    def may(self, needed: Role) -> bool:
        """Whether this person may do what asks for ``needed``."""
        return self.is_active and self.role.covers(needed)


class SignInLink(Base):
    """A link that signs one person in once; only its digest is kept."""

    __tablename__ = "sign_in_link"
    __table_args__ = (
        # A person has at most one link that still works; a new one replaces the old.
        Index(
            "uq_sign_in_link_open",
            "person_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[primary_key]
    person_id: Mapped[int] = mapped_column(Id, ForeignKey("person.id"))
    token_sha256: Mapped[str] = mapped_column(unique=True)
    expires_at: Mapped[datetime]
    #: When it was used or replaced. None: it still works until it expires.
    ended_at: Mapped[datetime | None]
    created_at: Mapped[created_at]

    person: Mapped[Person] = relationship()


class Scope(enum.StrEnum):
    """What a token may be used for, and never more than its person may do; each may what the ones before it may."""

    READ = "read"
    WORK = "work"
    SIGN = "sign"

    def covers(self, needed: "Scope") -> bool:
        order = list(Scope)
        return order.index(self) >= order.index(needed)


class Token(Base):
    """What a program of a person's shows to the desk in place of a password; only its digest is kept."""

    __tablename__ = "token"
    __table_args__ = (
        CheckConstraint("trim(name) <> ''", name="name_not_blank"),
        CheckConstraint("length(token_sha256) = 64", name="digest_length"),
        CheckConstraint("revoked_by_id IS NULL OR revoked_at IS NOT NULL", name="revoker_has_date"),
        Index("ix_token_person_id", "person_id", "id"),
    )

    id: Mapped[primary_key]
    person_id: Mapped[int] = mapped_column(Id, ForeignKey("person.id"))
    #: What the person calls it: the program or the machine that has it.
    name: Mapped[str]
    scope: Mapped[Scope] = mapped_column(words(Scope, "scope"))
    token_sha256: Mapped[str] = mapped_column(unique=True)
    expires_at: Mapped[datetime]
    #: The last day on which it was used. None: it never was.
    used_on: Mapped[date | None]
    created_at: Mapped[created_at]
    revoked_at: Mapped[datetime | None]
    #: None: it still works, or it ended with the account, by a sign-in link or with a restored backup.
    revoked_by_id: Mapped[int | None] = mapped_column(Id, ForeignKey("person.id"))

    person: Mapped[Person] = relationship(foreign_keys=person_id)

    def works(self, at: datetime) -> bool:
        """Whether it lets its person in at this moment."""
        return self.revoked_at is None and at < self.expires_at and self.person.is_active
