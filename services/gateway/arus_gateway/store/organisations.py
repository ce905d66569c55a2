"""Organisations, their members and the invitations to them."""

# ruff: noqa: S608 — what is spliced into the SQL is this module's own text

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from arus_runtime.postgres import Tx


class AlreadyMemberError(Exception):
    """The person belongs to the organisation already."""


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation as one of its members sees it."""

    id: str
    name: str
    role: str
    location_ids: tuple[str, ...] | None
    version: int = 1


@dataclass(frozen=True, slots=True)
class Member:
    """A person inside one organisation. location_ids None means everywhere."""

    id: str
    email: str
    name: str
    role: str
    location_ids: tuple[str, ...] | None
    is_active: bool
    email_verified: bool
    created_at: datetime
    version: int
    """Of what they are here, not of the person."""


@dataclass(frozen=True, slots=True)
class Contact:
    """How to reach a member, and what they may be told. location_ids None means everywhere."""

    id: str
    email: str
    name: str
    language: str
    role: str
    location_ids: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation that waits."""

    id: str
    tenant_id: str
    email: str
    role: str
    location_ids: tuple[str, ...] | None
    invited_by: str
    created_at: datetime
    expires_at: datetime


_MEMBER: Final = """p.id, p.email, p.name, m.role, m.location_ids, m.is_active,
             p.email_verified_at is not null as email_verified, m.created_at, m.version"""
_INVITATION: Final = "id, tenant_id, email, role, location_ids, invited_by, created_at, expires_at"


async def add(tx: Tx, tenant_id: str, name: str) -> None:
    """Add an organisation without members; the transaction must be inside it."""
    await tx.execute("insert into organisations (tenant_id, name) values (%s, %s)", (tenant_id, name))


async def hold(tx: Tx, tenant_id: str) -> tuple[str, int]:
    """Return name and version of the organisation one is inside of, held until the transaction ends."""
    row = await (
        await tx.execute(
            "select name, version from organisations where tenant_id = %s for update", (tenant_id,)
        )
    ).fetchone()
    assert row is not None
    return row["name"], row["version"]


async def rename(tx: Tx, tenant_id: str, name: str) -> None:
    """Give the organisation another name."""
    await tx.execute(
        "update organisations set name = %s, version = version + 1 where tenant_id = %s", (name, tenant_id)
    )


async def of_person(tx: Tx, person_id: str) -> list[Organisation]:
    """Return where the acting person is an active member, first joined first."""
    rows = await (
        await tx.execute(
            """select o.tenant_id as id, o.name, m.role, m.location_ids, o.version
               from memberships m join organisations o using (tenant_id)
               where m.person_id = %s and m.is_active order by m.created_at, o.tenant_id""",
            (person_id,),
        )
    ).fetchall()
    return [Organisation(**_tupled(row)) for row in rows]


async def name(tx: Tx, tenant_id: str) -> str:
    """Return what the organisation is called."""
    row = await (
        await tx.execute("select name from organisations where tenant_id = %s", (tenant_id,))
    ).fetchone()
    return row["name"] if row else ""


async def add_member(
    tx: Tx, tenant_id: str, person_id: str, role: str, location_ids: Sequence[str] | None
) -> None:
    """Make the person a member, or an active one again; raises AlreadyMemberError for an active member."""
    row = await (
        await tx.execute(
            """insert into memberships (tenant_id, person_id, role, location_ids) values (%s, %s, %s, %s)
               on conflict (tenant_id, person_id) do update
                 set role = excluded.role, location_ids = excluded.location_ids, is_active = true,
                     version = memberships.version + 1
                 where not memberships.is_active
               returning person_id""",
            (tenant_id, person_id, role, None if location_ids is None else list(location_ids)),
        )
    ).fetchone()
    if row is None:
        raise AlreadyMemberError(person_id)


async def members(tx: Tx, tenant_id: str, after: str | None, limit: int, q: str | None) -> list[Member]:
    """Return members by id, those after the given id, whose name or address holds q."""
    rows = await (
        await tx.execute(
            f"""select {_MEMBER} from memberships m join persons p on p.id = m.person_id
                where m.tenant_id = %(tenant)s and (%(after)s::text is null or p.id > %(after)s)
                  and (%(q)s::text is null or strpos(lower(p.name), %(q)s) > 0 or strpos(p.email, %(q)s) > 0)
                order by p.id limit %(limit)s""",
            {"tenant": tenant_id, "after": after, "limit": limit, "q": q.lower() if q else None},
        )
    ).fetchall()
    return [Member(**_tupled(row)) for row in rows]


async def recipients(tx: Tx, tenant_id: str, roles: Sequence[str]) -> list[Contact]:
    """Return how to reach the active members who hold one of the roles.

    email "": nobody has proved that it is theirs, so it is not written to.
    """
    rows = await (
        await tx.execute(
            """select p.id, case when p.email_verified_at is null then '' else p.email end as email, p.name,
                      p.language, m.role, m.location_ids
               from memberships m join persons p on p.id = m.person_id
               where m.tenant_id = %s and m.is_active and m.role = any(%s) order by p.id""",
            (tenant_id, list(roles)),
        )
    ).fetchall()
    return [Contact(**_tupled(row)) for row in rows]


async def member(tx: Tx, tenant_id: str, person_id: str) -> Member | None:
    """Return one member and hold them until the transaction ends."""
    row = await (
        await tx.execute(
            f"""select {_MEMBER} from memberships m join persons p on p.id = m.person_id
                where m.tenant_id = %s and m.person_id = %s for update of m""",
            (tenant_id, person_id),
        )
    ).fetchone()
    return Member(**_tupled(row)) if row else None


async def has_member(tx: Tx, tenant_id: str, email: str) -> bool:
    """Say whether somebody with the address is an active member."""
    row = await (
        await tx.execute(
            """select from memberships m join persons p on p.id = m.person_id
               where m.tenant_id = %s and m.is_active and p.email = %s""",
            (tenant_id, email),
        )
    ).fetchone()
    return row is not None


async def change_member(
    tx: Tx, tenant_id: str, person_id: str, role: str, location_ids: Sequence[str] | None, *, is_active: bool
) -> None:
    """Set what the member is and where, and whether they still belong."""
    await tx.execute(
        """update memberships m
           set role = new.role, location_ids = new.location_ids, is_active = new.is_active,
               version = m.version + ((m.role, m.location_ids, m.is_active) is distinct from new)::int
           from (select %s::text as role, %s::text[] as location_ids, %s::boolean as is_active) new
           where m.tenant_id = %s and m.person_id = %s""",
        (role, None if location_ids is None else list(location_ids), is_active, tenant_id, person_id),
    )


async def owners(tx: Tx, tenant_id: str) -> int:
    """Count active owners and hold them, so that two cannot both be the last to leave."""
    rows = await (
        await tx.execute(
            """select person_id from memberships
               where tenant_id = %s and role = 'owner' and is_active order by person_id for update""",
            (tenant_id,),
        )
    ).fetchall()
    return len(rows)


async def invite(tx: Tx, invitation: Invitation, digest: str) -> None:
    """Keep an invitation; an older one to the same address stops working."""
    await tx.execute(
        "delete from invitations where tenant_id = %s and email = %s and accepted_at is null",
        (invitation.tenant_id, invitation.email),
    )
    await tx.execute(
        f"""insert into invitations ({_INVITATION}, hash) values (%s, %s, %s, %s, %s, %s, %s, %s, %s)""",
        (
            invitation.id,
            invitation.tenant_id,
            invitation.email,
            invitation.role,
            None if invitation.location_ids is None else list(invitation.location_ids),
            invitation.invited_by,
            invitation.created_at,
            invitation.expires_at,
            digest,
        ),
    )


async def invitations(tx: Tx, tenant_id: str, after: str | None, limit: int) -> list[Invitation]:
    """Return the invitations nobody has accepted, by id."""
    rows = await (
        await tx.execute(
            f"""select {_INVITATION} from invitations
                where tenant_id = %(tenant)s and accepted_at is null
                  and (%(after)s::text is null or id > %(after)s)
                order by id limit %(limit)s""",
            {"tenant": tenant_id, "after": after, "limit": limit},
        )
    ).fetchall()
    return [Invitation(**_tupled(row)) for row in rows]


async def waiting(tx: Tx, tenant_id: str, invitation_id: str) -> Invitation | None:
    """Return an invitation that nobody has accepted, old ones included, and hold it."""
    return await _waiting(tx, "id", tenant_id, invitation_id)


async def invitation_to(tx: Tx, tenant_id: str, email: str) -> Invitation | None:
    """Return the invitation to the address that nobody has accepted, old ones included, and hold it."""
    return await _waiting(tx, "email", tenant_id, email)


async def _waiting(tx: Tx, column: str, tenant_id: str, value: str) -> Invitation | None:
    row = await (
        await tx.execute(
            f"""select {_INVITATION} from invitations
                where tenant_id = %s and {column} = %s and accepted_at is null for update""".encode(),
            (tenant_id, value),
        )
    ).fetchone()
    return Invitation(**_tupled(row)) if row else None


async def withdraw_invitation(tx: Tx, tenant_id: str, invitation_id: str) -> None:
    """Remove a waiting invitation."""
    await tx.execute(
        "delete from invitations where tenant_id = %s and id = %s and accepted_at is null",
        (tenant_id, invitation_id),
    )


async def invitation_of(tx: Tx, digest: str, now: datetime) -> Invitation | None:
    """Return the invitation that the shown token opens, None when it is unknown, accepted or old."""
    row = await (
        await tx.execute(
            f"""select {_INVITATION} from invitations
                where hash = %s and accepted_at is null and expires_at > %s""",
            (digest, now),
        )
    ).fetchone()
    return Invitation(**_tupled(row)) if row else None


async def accept_invitation(tx: Tx, tenant_id: str, invitation_id: str, now: datetime) -> bool:
    """Use an invitation up; False when somebody was faster."""
    done = await tx.execute(
        "update invitations set accepted_at = %s where tenant_id = %s and id = %s and accepted_at is null",
        (now, tenant_id, invitation_id),
    )
    return done.rowcount > 0


def _tupled(row: dict[str, Any]) -> dict[str, Any]:
    ids: list[str] | None = row["location_ids"]
    return {**row, "location_ids": None if ids is None else tuple(ids)}
