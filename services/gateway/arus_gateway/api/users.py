"""Members of the organisation: /users."""

from typing import Annotated

from arus_runtime.auth import Principal, require
from arus_runtime.commands import Commanded
from arus_runtime.ids import is_ulid
from arus_runtime.web import IfMatch, Page, Paging, Problem, etag, router
from arus_runtime.words import language_of
from fastapi import Depends, Query, Response
from pydantic import ConfigDict, Field, StringConstraints

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


PasswordHash = Annotated[
    str,
    StringConstraints(min_length=1, max_length=500),
    Field(
        description="bcrypt, Werkzeug's pbkdf2 or scrypt, or argon2; becomes argon2id at the first sign-in.",
        examples=["pbkdf2:sha256:600000$mXk3…$9f2c…"],
    ),
]


class NewUser(Closed):
    """Somebody who shall belong, with a first password or the hash of the one they have in another system.

    location_ids null means everywhere.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "email": "budi@example.com",
                    "name": "Budi",
                    "password": "kopi-pagi-di-gudang",
                    "role": "operator",
                }
            ]
        }
    )

    email: Email
    name: Name
    password: Password | None = None
    password_hash: PasswordHash | None = None
    role: RoleName
    location_ids: LocationIds | None = None


class UserPatch(Closed):
    """What shall be different; what is left out stays. location_ids null means everywhere."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"role": "analyst"}]})

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


@routes.post("/users", status_code=201, response_model=MemberOut)
async def create_user(
    *,
    _: Creator,
    body: NewUser,
    command: Commanded,
    caller: CallerOf,
    door: DoorOf,
    address: Address,
    speaks: Speaks = None,
) -> Response:
    """Make an account for somebody who has none and let it into the organisation."""
    new = await members.newcomer(
        door,
        caller,
        email=body.email,
        name=body.name,
        password=body.password,
        password_hash=body.password_hash,
        role=body.role,
        location_ids=body.location_ids,
        language=language_of(speaks),
    )
    command = command.known_by(body.model_dump_json(exclude={"password", "password_hash"}).encode())
    async with command.transaction() as tx:
        member, letter = await members.add(tx, door, caller, new, address)
        answer = await command.answer(tx, 201, member_out(member), {"ETag": etag(member.version)})
    door.postbox.post(letter)
    return answer


@routes.get("/users/{id}")
async def get_user(
    principal: Reader,
    id: str,  # noqa: A002 — the public name
    door: DoorOf,
    response: Response,
) -> MemberOut:
    """Return one member."""
    async with acting(door.db, tenant=principal.tenant_id) as tx:
        member = await organisations.member(tx, principal.tenant_id, id) if is_ulid(id) else None
    if member is None:
        raise Problem(404, "not_found")
    response.headers["ETag"] = etag(member.version)
    return member_out(member)


@routes.patch("/users/{id}", response_model=MemberOut)
async def change_user(
    *,
    _: Editor,
    id: str,  # noqa: A002 — the public name
    body: UserPatch,
    if_match: IfMatch,
    command: Commanded,
    caller: CallerOf,
    door: DoorOf,
    address: Address,
) -> Response:
    """Change a member's role, places, or whether they still belong; deactivation ends their sessions here."""
    async with command.transaction() as tx:
        member = await members.change(
            tx,
            caller,
            id,
            if_match=if_match,
            role=body.role,
            location_ids=body.location_ids,
            keeps_locations="location_ids" not in body.model_fields_set,
            is_active=body.is_active,
            address=address,
        )
        answer = await command.answer(tx, 200, member_out(member), {"ETag": etag(member.version)})
    door.callers.forget()
    return answer


@routes.delete("/users/{id}", status_code=204)
async def deactivate_user(
    *,
    _: Remover,
    id: str,  # noqa: A002 — the public name
    if_match: IfMatch,
    command: Commanded,
    caller: CallerOf,
    door: DoorOf,
    address: Address,
) -> Response:
    """Deactivate a member; their history and their account stay, their sessions here end."""
    async with command.transaction() as tx:
        await members.change(
            tx,
            caller,
            id,
            if_match=if_match,
            role=None,
            location_ids=None,
            keeps_locations=True,
            is_active=False,
            address=address,
        )
        answer = await command.answer(tx, 204)
    door.callers.forget()
    return answer


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
        version=member.version,
    )
