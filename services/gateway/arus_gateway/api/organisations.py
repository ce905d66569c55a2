"""Organisations and invitations: /organisations."""

from typing import Annotated

from arus_runtime.auth import Principal, authenticated, require
from arus_runtime.commands import Commanded
from arus_runtime.web import IfMatch, Page, Paging, Problem, etag, router
from arus_runtime.words import language_of
from fastapi import Depends, Request, Response
from pydantic import ConfigDict

from arus_gateway.api.auth import Speaks, organisation_out
from arus_gateway.api.schemas import (
    Closed,
    Email,
    InvitationOut,
    LocationIds,
    Name,
    OrganisationOut,
    Password,
    RoleName,
    Secret,
)
from arus_gateway.callers import Caller
from arus_gateway.commands import members
from arus_gateway.door import Address, CallerOf, DoorOf, persons_only
from arus_gateway.store import organisations
from arus_gateway.store.acting import acting
from arus_gateway.store.organisations import Invitation

routes = router("organisations")

Anyone = Annotated[Principal, Depends(authenticated)]
Editor = Annotated[Principal, Depends(require("organisations", "u"))]
InvitationReader = Annotated[Principal, Depends(require("users", "r"))]
Inviter = Annotated[Principal, Depends(require("users", "c"))]
Withdrawer = Annotated[Principal, Depends(require("users", "d"))]


class OrganisationIn(Closed):
    """What an organisation is called."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Depot Sunter"}]})

    name: Name


class NewInvitation(Closed):
    """Whom to invite, as what, and where. location_ids null means everywhere."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"email": "budi@example.com", "role": "operator"}]}
    )

    email: Email
    role: RoleName
    location_ids: LocationIds | None = None


class Acceptance(Closed):
    """The token from the mail; without a session also the account's password, or a new account's."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"token": "3DCQ9D9ApwUmEIiPn4Q80nGnWsJ_zInYNeN57ztljFdQc"}]}
    )

    token: Secret
    password: Password | None = None
    name: Name | None = None


@routes.get("/organisations")
async def list_organisations(_: Anyone, caller: CallerOf, door: DoorOf) -> Page[OrganisationOut]:
    """List the organisations the person at the door belongs to."""
    persons_only(caller)
    async with acting(door.db, person=caller.grant.subject) as tx:
        homes = await organisations.of_person(tx, caller.grant.subject)
    return Page(items=[organisation_out(home) for home in homes], next_cursor=None)


@routes.post("/organisations", status_code=201, response_model=OrganisationOut)
async def create_organisation(
    _: Anyone, body: OrganisationIn, command: Commanded, caller: CallerOf, address: Address
) -> Response:
    """Make another organisation and own it."""
    persons_only(caller)
    async with command.transaction() as tx:
        made = await members.found(tx, caller, body.name, address)
        return await command.answer(tx, 201, organisation_out(made), {"ETag": etag(made.version)})


@routes.patch("/organisations/{id}", response_model=OrganisationOut)
async def rename_organisation(
    *,
    _: Editor,
    id: str,  # noqa: A002 — the public name
    body: OrganisationIn,
    if_match: IfMatch,
    command: Commanded,
    caller: CallerOf,
    address: Address,
) -> Response:
    """Rename the organisation one acts in."""
    async with command.transaction() as tx:
        renamed = await members.rename(tx, caller, id, if_match=if_match, name=body.name, address=address)
        return await command.answer(tx, 200, organisation_out(renamed), {"ETag": etag(renamed.version)})


@routes.post("/organisations/{id}/leave", status_code=204)
async def leave_organisation(
    _: Anyone,
    id: str,  # noqa: A002 — the public name
    command: Commanded,
    caller: CallerOf,
    door: DoorOf,
    address: Address,
) -> Response:
    """Leave an organisation; its last owner cannot."""
    persons_only(caller)
    async with command.transaction() as tx:
        await members.leave(tx, caller, id, address)
        answer = await command.answer(tx, 204)
    door.callers.forget()
    return answer


@routes.get("/organisations/invitations")
async def list_invitations(principal: InvitationReader, door: DoorOf, window: Paging) -> Page[InvitationOut]:
    """List invitations that wait."""
    after = window.after(str)
    async with acting(door.db, tenant=principal.tenant_id) as tx:
        found = await organisations.invitations(
            tx, principal.tenant_id, after[0] if after else None, window.fetch
        )
    return window.page(found, invitation_out, lambda invitation: (invitation.id,))


@routes.post("/organisations/invitations", status_code=201, response_model=InvitationOut)
async def create_invitation(
    *,
    _: Inviter,
    body: NewInvitation,
    command: Commanded,
    caller: CallerOf,
    door: DoorOf,
    address: Address,
    speaks: Speaks = None,
) -> Response:
    """Mail somebody an invitation into the organisation."""
    persons_only(caller)
    async with command.transaction() as tx:
        invitation, letter = await members.invite(
            tx,
            door,
            caller,
            email=body.email,
            role=body.role,
            location_ids=body.location_ids,
            language=language_of(speaks),
            address=address,
        )
        answer = await command.answer(tx, 201, invitation_out(invitation))
    door.postbox.post(letter)
    return answer


@routes.delete("/organisations/invitations/{id}", status_code=204)
async def withdraw_invitation(
    _: Withdrawer,
    id: str,  # noqa: A002 — the public name
    command: Commanded,
    caller: CallerOf,
    address: Address,
) -> Response:
    """Take an invitation back."""
    async with command.transaction() as tx:
        await members.withdraw(tx, caller, id, address)
        return await command.answer(tx, 204)


@routes.post("/organisations/invitations/accept")
async def accept_invitation(
    request: Request, body: Acceptance, door: DoorOf, address: Address, speaks: Speaks = None
) -> OrganisationOut:
    """Join the inviting organisation: signed in, or with the invited address's (new) password."""
    caller: Caller | None = getattr(request.state, "caller", None)
    if caller is not None:
        persons_only(caller)
        return organisation_out(await members.accept_as_member(door, caller, body.token, address))
    if body.password is None:
        raise Problem(401, "not_authenticated")
    joined = await members.accept_as_newcomer(
        door,
        body.token,
        name=body.name,
        password=body.password,
        language=language_of(speaks),
        address=address,
    )
    return organisation_out(joined)


def invitation_out(invitation: Invitation) -> InvitationOut:
    """Return an invitation as REST says it."""
    return InvitationOut(
        id=invitation.id,
        email=invitation.email,
        role=invitation.role,
        location_ids=None if invitation.location_ids is None else list(invitation.location_ids),
        invited_by=invitation.invited_by,
        created_at=invitation.created_at,
        expires_at=invitation.expires_at,
    )
