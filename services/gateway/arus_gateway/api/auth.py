"""Signing in and out: /auth."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal

from arus_runtime import auth
from arus_runtime.auth import Principal, authenticated
from arus_runtime.web import Problem, router
from arus_runtime.words import language_of
from fastapi import Depends, Header, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from arus_gateway import edge, rules
from arus_gateway.api.schemas import (
    Closed,
    Email,
    Language,
    Name,
    OrganisationOut,
    Password,
    Preferences,
    PreferencesChange,
    Secret,
    UserOut,
)
from arus_gateway.commands import people
from arus_gateway.commands.people import SignedIn
from arus_gateway.door import Address, CallerOf, DoorOf, persons_only
from arus_gateway.store.organisations import Organisation
from arus_gateway.store.people import Person

routes = router("auth")

Anyone = Annotated[Principal, Depends(authenticated)]
Speaks = Annotated[str | None, Header(alias="Accept-Language")]
ANONYMOUS: Final[dict[str, Any]] = {"security": []}


class Registration(Closed):
    """A person who wants an account, and an organisation of their own."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"email": "siti@example.com", "password": "kopi-pagi-di-gudang", "name": "Siti Rahma"}
            ]
        }
    )

    email: Email
    password: Password
    name: Name
    organisation_name: Name | None = None


class Credentials(Closed):
    """What a person signs in with."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"email": "siti@example.com", "password": "kopi-pagi-di-gudang"}]}
    )

    email: Annotated[str, Field(min_length=1, max_length=254, examples=["siti@example.com"])]
    password: Password
    mfa_token: (
        Annotated[
            str, Field(max_length=20, description="Second factor; of no effect while the account has none.")
        ]
        | None
    ) = None


class RefreshIn(Closed):
    """A refresh token; left out by the console, whose cookie says it."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"refresh_token": "3DCQ9D9ApwUmEIiPn4Q80nGnWsJ_zInYNeN57ztljFdQc"}]}
    )

    refresh_token: Secret | None = None


class TokenIn(Closed):
    """A token from a mail."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"token": "3DCQ9D9ApwUmEIiPn4Q80nGnWsJ_zInYNeN57ztljFdQc"}]}
    )

    token: Secret


class AddressIn(Closed):
    """An e-mail address."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"email": "siti@example.com"}]})

    email: Email


class ResetIn(Closed):
    """A token from a mail, and the new password."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"token": "3DCQ9D9ApwUmEIiPn4Q80nGnWsJ_zInYNeN57ztljFdQc", "password": "kopi-pagi-di-gudang"}
            ]
        }
    )

    token: Secret
    password: Password


class PasswordIn(Closed):
    """The password as it is and as it shall be."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"current_password": "kopi-pagi-di-gudang", "password": "teh-sore-di-depot"}]
        }
    )

    current_password: Password
    password: Password


class SwitchIn(Closed):
    """Where to act from now on."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"organisation_id": "01JGJ4KX7V2E9H5S8D3F6G1A0Q"}]}
    )

    organisation_id: Annotated[str, Field(min_length=1, max_length=50)]


class MeIn(Closed):
    """How the person is called and spoken to, and likes to read; what is left out stays."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"language": "en"},
                {"preferences_change": {"tables": {"transactions": {"hidden": ["recorded"], "dense": True}}}},
            ]
        }
    )

    name: Name | None = None
    language: Language | None = None
    preferences_change: PreferencesChange | None = Field(None, description="Of this organisation.")


class RegisteredOut(BaseModel):
    """A new person and their organisation."""

    user: UserOut
    organisation: OrganisationOut


class TokensOut(BaseModel):
    """A session for programs."""

    access_token: str
    refresh_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 — a word of RFC 6750
    expires_at: datetime = Field(description="When the access token ends; the refresh token brings another.")
    user: UserOut
    organisation: OrganisationOut


class SessionOut(BaseModel):
    """A session for browsers; its secret is in the cookie."""

    user: UserOut
    organisation: OrganisationOut
    expires_at: datetime


class HereOut(OrganisationOut):
    """The organisation the caller acts in. locations null means everywhere."""

    roles: list[str]
    locations: list[str] | None


class MeOut(BaseModel):
    """Who the caller is, where they act, and what they may do there: resource → actions of crud.

    support: where they get help; empty: nobody said.
    """

    user: UserOut
    organisation: HereOut
    organisations: list[OrganisationOut]
    permissions: dict[str, str]
    preferences: Preferences
    support: str


@routes.post("/auth/register", status_code=201, openapi_extra=ANONYMOUS)
async def register(
    body: Registration, door: DoorOf, address: Address, speaks: Speaks = None
) -> RegisteredOut:
    """Make an account with an organisation of its own; a mail asks to verify the address."""
    person, organisation = await people.register(
        door,
        email=body.email,
        password=body.password,
        name=body.name,
        organisation=body.organisation_name,
        language=language_of(speaks),
        address=address,
    )
    return RegisteredOut(user=user_out(person), organisation=organisation_out(organisation))


@routes.post("/auth/login", openapi_extra=ANONYMOUS)
async def login(body: Credentials, door: DoorOf, address: Address) -> TokensOut:
    """Sign in and get a short access token and a rotating refresh token."""
    signed = await people.log_in(
        door, email=body.email.strip().lower(), password=body.password, kind="bearer", address=address
    )
    return _tokens(signed)


@routes.post("/auth/session", openapi_extra=ANONYMOUS)
async def open_session(
    body: Credentials, door: DoorOf, request: Request, response: Response, address: Address
) -> SessionOut:
    """Sign in a browser: the session is an HttpOnly cookie."""
    signed = await people.log_in(
        door, email=body.email.strip().lower(), password=body.password, kind="cookie", address=address
    )
    _set_cookie(request, response, signed.secret)
    return _session(signed)


@routes.post("/auth/refresh", openapi_extra=ANONYMOUS)
async def refresh(
    door: DoorOf, request: Request, response: Response, address: Address, body: RefreshIn | None = None
) -> TokensOut | SessionOut:
    """Go on: a refresh token is exchanged for new tokens and works once; a cookie's session is prolonged."""
    if body and body.refresh_token:
        return _tokens(await people.refresh(door, body.refresh_token, address))
    secret = edge.cookie(request.headers)
    if not secret:
        raise Problem(401, "session_ended")
    _set_cookie(request, response, secret)
    return _session(await people.prolong(door, secret))


@routes.post("/auth/logout", status_code=204)
async def logout(_: Anyone, caller: CallerOf, door: DoorOf, response: Response, address: Address) -> None:
    """End the session: access token, refresh token and cookie stop working."""
    persons_only(caller)
    await people.log_out(door, caller, address)
    response.delete_cookie(edge.COOKIE, path="/")


@routes.get("/auth/me")
async def me(principal: Anyone, caller: CallerOf, door: DoorOf) -> MeOut:
    """Return who is signed in, where, and what they may do there."""
    persons_only(caller)
    person, here, homes, chosen = await people.me(door, caller)
    return MeOut(
        user=user_out(person),
        organisation=HereOut(
            id=here.id,
            name=here.name,
            role=here.role,
            roles=[here.role],
            locations=None if here.location_ids is None else list(here.location_ids),
            version=here.version,
        ),
        organisations=[organisation_out(home) for home in homes],
        permissions=auth.permissions(principal.roles),
        preferences=Preferences.model_validate(chosen),
        support=door.settings.support,
    )


@routes.patch("/auth/me")
async def change_me(body: MeIn, principal: Anyone, caller: CallerOf, door: DoorOf) -> MeOut:
    """Change how one is called, in which language one is spoken to, and how one likes to read."""
    persons_only(caller)
    change = body.preferences_change.model_dump() if body.preferences_change else None
    await people.change_me(door, caller, body.name, body.language, change)
    return await me(principal, caller, door)


@routes.post("/auth/password", status_code=204)
async def change_password(
    _: Anyone, body: PasswordIn, caller: CallerOf, door: DoorOf, address: Address
) -> None:
    """Choose another password; all other sessions end."""
    persons_only(caller)
    await people.change_password(door, caller, body.current_password, body.password, address)


@routes.post("/auth/switch")
async def switch(
    _: Anyone,
    body: SwitchIn,
    caller: CallerOf,
    door: DoorOf,
    *,
    request: Request,
    response: Response,
    address: Address,
) -> TokensOut | SessionOut:
    """Act in another of one's organisations: new tokens for programs, the same session for browsers."""
    persons_only(caller)
    signed = await people.switch(door, caller, body.organisation_id, address)
    if caller.via != "cookie":
        return _tokens(signed)
    _set_cookie(request, response, signed.secret)
    return _session(signed)


@routes.post("/auth/verify-email", status_code=204, openapi_extra=ANONYMOUS)
async def verify_email(body: TokenIn, door: DoorOf, address: Address) -> None:
    """Verify an e-mail address with the mailed token."""
    await people.verify_email(door, body.token, address)


@routes.post("/auth/verify-email/resend", status_code=202)
async def resend_verification(_: Anyone, caller: CallerOf, door: DoorOf) -> None:
    """Mail the verification again, unless the address is verified."""
    persons_only(caller)
    await people.send_verification(door, caller)


@routes.post("/auth/password-reset", status_code=202, openapi_extra=ANONYMOUS)
async def request_reset(body: AddressIn, door: DoorOf) -> None:
    """Mail a link to choose a new password; the answer is the same for unknown addresses."""
    door.afterwards.do(people.send_reset(door, body.email))


@routes.post("/auth/password-reset/confirm", status_code=204, openapi_extra=ANONYMOUS)
async def confirm_reset(body: ResetIn, door: DoorOf, address: Address) -> None:
    """Choose a new password with the mailed token; every session ends."""
    await people.reset_password(door, body.token, body.password, address)


def user_out(person: Person) -> UserOut:
    """Return a person as REST says it."""
    return UserOut(
        id=person.id,
        email=person.email,
        name=person.name,
        email_verified=person.email_verified,
        language=person.language,
    )


def organisation_out(organisation: Organisation) -> OrganisationOut:
    """Return an organisation as REST says it."""
    return OrganisationOut(
        id=organisation.id, name=organisation.name, role=organisation.role, version=organisation.version
    )


def _tokens(signed: SignedIn) -> TokensOut:
    return TokensOut(
        access_token=signed.access_token,
        refresh_token=signed.secret,
        expires_at=signed.access_ends,
        user=user_out(signed.person),
        organisation=organisation_out(signed.organisation),
    )


def _session(signed: SignedIn) -> SessionOut:
    return SessionOut(
        user=user_out(signed.person),
        organisation=organisation_out(signed.organisation),
        expires_at=signed.session_ends,
    )


def _set_cookie(request: Request, response: Response, secret: str) -> None:
    response.set_cookie(
        edge.COOKIE,
        secret,
        max_age=int(rules.SESSION_LIFE.total_seconds()),
        path="/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="lax",
    )
