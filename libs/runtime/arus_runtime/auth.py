"""Who is calling and what they may do. Every service checks tokens and permissions itself."""

import asyncio
import json
import time
import urllib.request
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Final, Protocol

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from jwt import InvalidTokenError, PyJWK
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from arus_runtime.catalogue import contract
from arus_runtime.words import DEFAULT_LANGUAGE, Language

ISSUER: Final = "arus"
AUDIENCE: Final = "arus"
ALGORITHM: Final = "EdDSA"
ACTIONS: Final = "crud"
FETCH_TIMEOUT_S: Final = 3
REFRESH_AT_MOST_EVERY_S: Final = 5.0
REMEMBERED_TOKENS: Final = 4096


class NotAuthenticatedError(Exception):
    """The token is missing, forged, expired or malformed."""


class ForbiddenError(Exception):
    """The caller is known but may not do this."""

    def __init__(self, resource: str, action: str) -> None:
        super().__init__(f"{resource}:{action}")
        self.resource = resource
        self.action = action


class LimitedError(Exception):
    """The caller is limited to locations, and what they ask for knows of none."""


class KeysUnavailableError(Exception):
    """The signing keys could not be fetched, so nothing can be said about the token."""


@dataclass(frozen=True, slots=True)
class Principal:
    """The caller: a person, a machine key or a service, inside one tenant. locations None means all.

    maker_roles: what the person who made the key is now, None when the caller is no key. resources: resource
    → actions that a key is limited to, None for all its role allows.
    """

    user_id: str
    tenant_id: str
    roles: frozenset[str]
    locations: frozenset[str] | None
    language: Language
    token: str
    maker_roles: frozenset[str] | None = None
    resources: Mapping[str, str] | None = None

    def may(self, resource: str, action: str) -> bool:
        """Say whether one of the caller's roles, and nothing around it, allows the action (c, r, u, d)."""
        return (
            allowed(self.roles, resource, action)
            and (self.maker_roles is None or allowed(self.maker_roles, resource, action))
            and (self.resources is None or action in self.resources.get(resource, ""))
        )

    def covers(self, role: str) -> bool:
        """Say whether the caller may do everything the role may."""
        return all(
            self.may(resource, action)
            for resource in roles().get(role, {})
            for action in _actions(role, resource)
        )

    def sees(self, location_id: str) -> bool:
        """Say whether the location lies inside the caller's scope."""
        return self.locations is None or location_id in self.locations


class Keys(Protocol):
    """Where public keys come from."""

    async def key(self, kid: str) -> Ed25519PublicKey | None:
        """Return the key of that id, if there is one; raises KeysUnavailableError when nobody can say."""
        ...


@dataclass(frozen=True, slots=True)
class FixedKeys:
    """Keys known beforehand: the gateway's own, and those of tests."""

    keys: Mapping[str, Ed25519PublicKey]

    async def key(self, kid: str) -> Ed25519PublicKey | None:
        """Return the key of that id."""
        return self.keys.get(kid)


class JwksKeys:
    """Keys published at a URL, fetched when an unknown key id appears and kept from then on.

    A stranger's invented key ids cause one fetch per REFRESH_AT_MOST_EVERY_S at most.
    """

    def __init__(self, url: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._url = url
        self._clock = clock
        self._keys: dict[str, Ed25519PublicKey] = {}
        self._fetched_at = float("-inf")
        self._lock = asyncio.Lock()

    async def key(self, kid: str) -> Ed25519PublicKey | None:
        """Return the key of that id, fetching when it is new."""
        if kid in self._keys:
            return self._keys[kid]
        async with self._lock:
            if kid not in self._keys and self._clock() - self._fetched_at >= REFRESH_AT_MOST_EVERY_S:
                try:
                    self._keys = await asyncio.to_thread(_fetch_jwks, self._url)
                except (OSError, ValueError) as error:
                    raise KeysUnavailableError(f"no signing keys at {self._url}: {error}") from error
                self._fetched_at = self._clock()
        return self._keys.get(kid)


def _fetch_jwks(url: str) -> dict[str, Ed25519PublicKey]:
    with urllib.request.urlopen(url, timeout=FETCH_TIMEOUT_S) as answer:  # noqa: S310 — the URL is our own setting
        document = json.load(answer)
    return {
        entry["kid"]: PyJWK(entry, ALGORITHM).key
        for entry in document.get("keys", ())
        if entry.get("crv") == "Ed25519"
    }


class Verifier:
    """Turns bearer tokens into principals.

    A token that was found good stays good until it expires: checking a signature costs more than the rest of
    a small request.
    """

    def __init__(self, keys: Keys, clock: Callable[[], float] = time.time) -> None:
        self._keys = keys
        self._clock = clock
        self._good: OrderedDict[str, tuple[float, Principal]] = OrderedDict()

    async def verify(self, token: str) -> Principal:
        """Return who holds the token; raises NotAuthenticatedError or KeysUnavailableError."""
        expires_at, principal = self._good.get(token, (0.0, None))
        if principal is not None and self._clock() < expires_at:
            return principal
        self._good.pop(token, None)
        try:
            kid = jwt.get_unverified_header(token).get("kid", "")
            key = await self._keys.key(kid)
            if key is None:
                raise NotAuthenticatedError("unknown signing key")
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=[ALGORITHM],
                audience=AUDIENCE,
                issuer=ISSUER,
                options={"require": ["exp", "sub", "org", "roles"]},
            )
            principal = _principal(claims, token)
        except (InvalidTokenError, ValidationError) as error:
            raise NotAuthenticatedError(str(error)) from error
        self._good[token] = (float(claims["exp"]), principal)
        if len(self._good) > REMEMBERED_TOKENS:
            self._good.popitem(last=False)
        return principal


class _Claims(BaseModel):
    """What a token must say, whoever signed it."""

    model_config = ConfigDict(strict=True)

    sub: str = Field(min_length=1)
    org: str = Field(min_length=1)
    roles: list[str]
    locations: list[str] | None = None
    lang: str = DEFAULT_LANGUAGE
    maker_roles: list[str] | None = None
    resources: dict[str, str] | None = None


def _principal(claims: Mapping[str, Any], token: str) -> Principal:
    checked = _Claims.model_validate(claims)
    return Principal(
        user_id=checked.sub,
        tenant_id=checked.org,
        roles=frozenset(checked.roles),
        locations=None if checked.locations is None else frozenset(checked.locations),
        language="en" if checked.lang == "en" else DEFAULT_LANGUAGE,
        token=token,
        maker_roles=None if checked.maker_roles is None else frozenset(checked.maker_roles),
        resources=checked.resources,
    )


@cache
def roles() -> Mapping[str, Mapping[str, str]]:
    """Return the table role → resource → actions, as the contracts state it."""
    return contract("permissions")["roles"]


def allowed(held: frozenset[str], resource: str, action: str) -> bool:
    """Say whether any of the roles held allows the action (c, r, u, d) on the resource."""
    return any(action in _actions(role, resource) for role in held)


def permissions(held: frozenset[str], resources: tuple[str, ...] | None = None) -> dict[str, str]:
    """Return resource → actions (in the order c, r, u, d) of the roles held; '*' means every resource."""
    names = resources or tuple(sorted({name for role in held for name in roles().get(role, {})}))
    table = {
        name: "".join(a for a in ACTIONS if any(a in _actions(role, name) for role in held)) for name in names
    }
    return {name: actions for name, actions in table.items() if actions}


def _actions(role: str, resource: str) -> str:
    entry = roles().get(role, {})
    granted = entry.get(resource, "") + entry.get("*", "")
    return ACTIONS if "*" in granted else granted


_bearer: Final = HTTPBearer(
    auto_error=False, bearerFormat="JWT", description="Access token, or an API key (ak_…)."
)


async def authenticated(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Principal:
    """Return the caller of this request; raises NotAuthenticatedError when there is none."""
    if credentials is None:
        raise NotAuthenticatedError("no bearer token")
    principal = await request.app.state.context.verifier.verify(credentials.credentials)
    request.state.principal = principal
    return principal


@dataclass(frozen=True, slots=True)
class Permission:
    """A FastAPI dependency that admits callers who may do the action on the resource.

    The matrix test of roles and endpoints reads here what each route demands.
    """

    resource: str
    action: str

    async def __call__(self, principal: Annotated[Principal, Depends(authenticated)]) -> Principal:
        """Return the caller; raises ForbiddenError."""
        if not principal.may(self.resource, self.action):
            raise ForbiddenError(self.resource, self.action)
        return principal


@dataclass(frozen=True, slots=True)
class Everywhere:
    """A FastAPI dependency that admits whom ``permission`` admits, unless they are limited to locations."""

    permission: Permission

    async def __call__(self, principal: Annotated[Principal, Depends(authenticated)]) -> Principal:
        """Return the caller; raises ForbiddenError, LimitedError."""
        await self.permission(principal)
        if principal.locations is not None:
            raise LimitedError
        return principal


def require_everywhere(resource: str, action: str) -> Everywhere:
    """Return the dependency of what belongs to no location: who is limited to some is not admitted."""
    return Everywhere(require(resource, action))


def require(resource: str, action: str) -> Permission:
    """Return the FastAPI dependency that admits callers who may do the action (c, r, u, d) on the resource.

    Used as ``principal: Annotated[Principal, Depends(require("fuel.transactions", "c"))]``.
    """
    return Permission(resource, action)
