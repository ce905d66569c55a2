"""Persons, their passwords, and the proofs that travel by mail."""

# ruff: noqa: S608 — what is spliced into the SQL is this module's own text

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, LiteralString

from arus_runtime.postgres import Tx
from psycopg.errors import UniqueViolation

Purpose = Literal["verify", "reset"]


class EmailTakenError(Exception):
    """Somebody has an account with this e-mail address."""


@dataclass(frozen=True, slots=True)
class Person:
    """Someone with an account."""

    id: str
    email: str
    name: str
    language: str
    email_verified: bool


@dataclass(frozen=True, slots=True)
class Password:
    """What is kept of a password. changed_at: since when it is this one, however often it is hashed anew."""

    hash: str
    changed_at: datetime


_PERSON: Final = "id, email, name, language, email_verified_at is not null as email_verified"


async def add(tx: Tx, person: Person, password_hash: str) -> None:
    """Add a person with a password; the transaction must act as them. Raises EmailTakenError."""
    try:
        async with tx.transaction():
            await tx.execute(
                "insert into persons (id, email, name, language) values (%s, %s, %s, %s)",
                (person.id, person.email, person.name, person.language),
            )
    except UniqueViolation as error:
        raise EmailTakenError(person.email) from error
    await tx.execute("insert into passwords (person_id, hash) values (%s, %s)", (person.id, password_hash))


async def by_email(tx: Tx, email: str) -> Person | None:
    """Return who has the address; the transaction must carry it as its proof."""
    return _person(
        await (await tx.execute(f"select {_PERSON} from persons where email = %s", (email,))).fetchone()
    )


async def by_id(tx: Tx, person_id: str) -> Person | None:
    """Return the person, if the transaction may see them."""
    return _person(
        await (await tx.execute(f"select {_PERSON} from persons where id = %s", (person_id,))).fetchone()
    )


async def change(tx: Tx, person_id: str, name: str | None, language: str | None) -> None:
    """Change how the person is called and spoken to; None keeps."""
    await tx.execute(
        "update persons set name = coalesce(%s, name), language = coalesce(%s, language) where id = %s",
        (name, language, person_id),
    )


async def verify_email(tx: Tx, person_id: str) -> None:
    """Note that the person reads mail at their address."""
    await tx.execute(
        "update persons set email_verified_at = now() where id = %s and email_verified_at is null",
        (person_id,),
    )


async def password(tx: Tx, person_id: str) -> Password | None:
    """Return the acting person's password."""
    return await _password(tx, "select hash, changed_at from passwords where person_id = %s", person_id)


async def hold_password(tx: Tx, person_id: str) -> Password | None:
    """Return the acting person's password; nobody chooses another before the transaction ends."""
    return await _password(
        tx, "select hash, changed_at from passwords where person_id = %s for update", person_id
    )


async def set_password(tx: Tx, person_id: str, password_hash: str) -> None:
    """Replace the acting person's password."""
    await tx.execute(
        """insert into passwords (person_id, hash) values (%s, %s)
           on conflict (person_id) do update set hash = excluded.hash, changed_at = now()""",
        (person_id, password_hash),
    )


async def hash_anew(tx: Tx, person_id: str, password_hash: str) -> None:
    """Keep the acting person's password by another hash."""
    await tx.execute("update passwords set hash = %s where person_id = %s", (password_hash, person_id))


async def add_mail_proof(tx: Tx, digest: str, person_id: str, purpose: Purpose, expires_at: datetime) -> None:
    """Keep the digest of a token sent by mail; earlier ones of the same purpose stop working."""
    await tx.execute(
        "update mail_proofs set used_at = now() where person_id = %s and purpose = %s and used_at is null",
        (person_id, purpose),
    )
    await tx.execute(
        "insert into mail_proofs (hash, person_id, purpose, expires_at) values (%s, %s, %s, %s)",
        (digest, person_id, purpose, expires_at),
    )


async def take_mail_proof(tx: Tx, digest: str, purpose: Purpose, now: datetime) -> str | None:
    """Use up a mailed token and return whose it was, None when it is unknown, used or old."""
    row = await (
        await tx.execute(
            """update mail_proofs set used_at = %s
               where hash = %s and purpose = %s and used_at is null and expires_at > %s
               returning person_id""",
            (now, digest, purpose, now),
        )
    ).fetchone()
    return row["person_id"] if row else None


def _person(row: dict[str, Any] | None) -> Person | None:
    return Person(**row) if row else None


async def _password(tx: Tx, statement: LiteralString, person_id: str) -> Password | None:
    row = await (await tx.execute(statement, (person_id,))).fetchone()
    return Password(**row) if row else None
