"""Members of the organisation: /users."""

from typing import Annotated

from arus_runtime.auth import Principal, require
from arus_runtime.ids import is_ulid
from arus_runtime.web import Page, Paging, Problem, router
from arus_runtime.words import language_of
from fastapi import Depends, Query

from arus_gateway.api.auth import Speaks
from arus_gateway.api.schemas import Closed, Email, LocationIds, MemberOut, Name, Password, RoleName
from arus_gateway.commands import members
from arus_gateway.door import Address, CallerOf, DoorOf
from arus_gateway.store import organisations
from arus_gateway.store.acting import acting
from arus_gateway.store.organisations import Member

routes = router("users")

Reader = Annotated[Principal, Depends(require("users", "r"))]
Creator = Annotated[Principal, Depends(require("users", "c"))]
Editor = Annotated[Principal, Depends(require("users", "u"))]
Remover = Annotated[Principal, Depends(require("users", "d"))]


class NewUser(Closed):
    """Somebody who shall belong. location_ids null means everywhere."""

    email: Email
    name: Name
    password: Password
    role: RoleName
    location_ids: LocationIds | None = None


class UserPatch(Closed):
    """What shall be different; what is left out stays. location_ids null means everywhere."""

    role: RoleName | None = None
    location_ids: LocationIds | None = None
    is_active: bool | None = None


@routes.get("/users")
async def list_users(
    principal: Reader,
    door: DoorOf,
    window: Paging,
    q: Annotated[str | None, Query(max_length=200, description="Part of name or address.")] = None,
) -> Page[MemberOut]:
    """List the organisation's members, first joined first."""
    after = window.after(str)
    async with acting(door.db, tenant=principal.tenant_id) as tx:
        found = await organisations.members(
            tx, principal.tenant_id, after[0] if after else None, window.fetch, q
        )
    return window.page(found, member_out, lambda member: (member.id,))


@routes.post("/users", status_code=201)
async def create_user(
    _: Creator, body: NewUser, caller: CallerOf, door: DoorOf, address: Address, speaks: Speaks = None
) -> MemberOut:
    """Make an account for somebody who has none and let it into the organisation."""
    member = await members.add(
        door,
        caller,
        email=body.email,
        name=body.name,
        password=body.password,
        role=body.role,
        location_ids=body.location_ids,
        language=language_of(speaks),
        address=address,
    )
    return member_out(member)


@routes.get("/users/{id}")
async def get_user(principal: Reader, id: str, door: DoorOf) -> MemberOut:  # noqa: A002 — the public name
    """Return one member."""
    async with acting(door.db, tenant=principal.tenant_id) as tx:
        member = await organisations.member(tx, principal.tenant_id, id) if is_ulid(id) else None
    if member is None:
        raise Problem(404, "not_found")
    return member_out(member)


@routes.patch("/users/{id}")
async def change_user(
    _: Editor,
    id: str,  # noqa: A002 — the public name
    body: UserPatch,
    caller: CallerOf,
    door: DoorOf,
    address: Address,
) -> MemberOut:
    """Change a member's role, places, or whether they still belong; deactivation ends their sessions here."""
    member = await members.change(
        door,
        caller,
        id,
        role=body.role,
        location_ids=body.location_ids,
        keeps_locations="location_ids" not in body.model_fields_set,
        is_active=body.is_active,
        address=address,
    )
    return member_out(member)


@routes.delete("/users/{id}", status_code=204)
async def deactivate_user(
    _: Remover,
    id: str,  # noqa: A002 — the public name
    caller: CallerOf,
    door: DoorOf,
    address: Address,
) -> None:
    """Deactivate a member; their history and their account stay, their sessions here end."""
    await members.change(
        door, caller, id, role=None, location_ids=None, keeps_locations=True, is_active=False, address=address
    )


def member_out(member: Member) -> MemberOut:
    """Return a member as REST says it."""
    return MemberOut(
        id=member.id,
        email=member.email,
        name=member.name,
        role=member.role,
        location_ids=None if member.location_ids is None else list(member.location_ids),
        is_active=member.is_active,
        email_verified=member.email_verified,
        created_at=member.created_at,
    )
