"""How a request is read: strict JSON, members once, text PostgreSQL can store, a path by its own slashes."""

import asyncio
import json
import re
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable, Iterator
from itertools import islice
from math import isinf
from typing import Any, Final, cast
from urllib.parse import unquote

import orjson
from fastapi import APIRouter, Request, Response
from fastapi.params import Form
from fastapi.routing import APIRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from arus_runtime.web.document import PROBLEM_REF
from arus_runtime.web.problems import MEDIA_TYPE, FieldProblem, Problem

PREFIX: Final = "/api/v1"
_ERRORS: Final[dict[int, str]] = {
    400: "Malformed request.",
    401: "Not signed in.",
    403: "Not allowed.",
    404: "Not found.",
    409: "In conflict with the current state.",
    412: "Changed meanwhile.",
    413: "Body too large.",
    415: "Not JSON.",
    422: "Wrong input; errors name each field.",
    429: "Too many requests; see Retry-After.",
    503: "Not available right now; see Retry-After.",
}
_SHOWN: Final = 80
_NAMED: Final = 20
"""Repeated members that are named at most; the way to each may be long."""
_LARGE: Final = 256 * 1024
"""Bytes of a body from which on a look into it is left to a thread."""
_LONG_NUMBER: Final = re.compile(rb"[0-9][eE]\+?[0-9]{3}|[0-9]{300}")
"""What a number beyond every float looks like; texts may look like it too."""
_SLASH: Final = re.compile(rb"%2f", re.IGNORECASE)
_HELD: Final = "\0"
"""Stands for a slash inside a segment while a route is looked for; no path that comes this far has one."""


class StrictRequest(Request):
    """A request whose JSON is RFC 8259's: no NaN, no lone surrogates, no unbounded nesting."""

    async def json(self) -> Any:
        """Return the parsed body; raises json.JSONDecodeError."""
        return orjson.loads(await self.body())

    async def refuse_repeated_members(self) -> None:
        """Raise the 422 of objects that name a member twice: RFC 8259 leaves open which one counts."""
        body = await self.body()
        if twice := await asyncio.to_thread(_twice, body) if len(body) > _LARGE else _twice(body):
            raise Problem(
                422, "invalid_input", errors=[FieldProblem(name, "repeated_field") for name in twice]
            )

    async def refuse_unless_readable(self) -> None:
        """Raise the 422 of numbers that no float holds: they are JSON, and orjson calls it malformed."""
        body = await self.body()
        if _LONG_NUMBER.search(body) is None:
            return
        try:
            document = json.loads(body, parse_float=_number, parse_int=_number)
        except ValueError:
            return  # told as malformed by the reading that follows
        beyond = [
            FieldProblem(name, "number_too_large", {"value": _cut(number)})
            for name, number in _texts(document, "")
            if isinstance(number, _Beyond)
        ]
        if beyond:
            raise Problem(422, "invalid_input", errors=beyond)


class HeldSlashes:
    """Goes right before the routes: an escaped slash belongs to its segment and parts no two."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hold the slashes; `StrictRoute` lets go of them."""
        raw: bytes = scope.get("raw_path") or b""
        if scope["type"] == "http" and _SLASH.search(raw):
            scope["path"] = unquote(_SLASH.sub(b"%00", raw).decode("ascii"))
        try:
            await self._app(scope, receive, send)
        finally:
            _let_go(scope)


def _let_go(scope: Scope) -> None:
    if _HELD not in scope.get("path", ""):
        return
    scope["path"] = scope["path"].replace(_HELD, "/")
    scope["path_params"] = {
        name: value.replace(_HELD, "/") if isinstance(value, str) else value
        for name, value in scope.get("path_params", {}).items()
    }


class StrictRoute(APIRoute):
    """A route that reads its body strictly."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return FastAPI's handler behind a strict request."""
        handler = super().get_route_handler()

        async def strict(request: Request) -> Response:
            _let_go(request.scope)
            strictly = StrictRequest(request.scope, request.receive)
            if self.body_field is not None and not isinstance(self.body_field.field_info, Form):
                try:
                    await _check(strictly)
                    await strictly.refuse_unless_readable()
                    await strictly.refuse_repeated_members()
                except RecursionError:
                    # Nested deeper than these can look: as malformed as what orjson finds too deep.
                    raise Problem(400, "malformed_json") from None
            return await handler(strictly)

        return strict


def router(tag: str) -> APIRouter:
    """Return a router whose routes read their bodies strictly; paths are relative to /api/v1."""
    return APIRouter(
        prefix=PREFIX,
        tags=[tag],
        route_class=StrictRoute,
        generate_unique_id_function=lambda route: route.name,
        responses={
            status: {"description": text, "content": {MEDIA_TYPE: {"schema": {"$ref": PROBLEM_REF}}}}
            for status, text in _ERRORS.items()
        },
    )


async def _check(request: Request) -> None:
    """Raise the 415 of a body that is not JSON, and the 422 of text with NUL characters.

    PostgreSQL's text cannot hold NUL. Only an escape can bring one through the parser, so the walk is paid
    for by bodies that hold such an escape.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = await request.body()
    if body and kind != "application/json" and not kind.endswith("+json"):
        raise Problem(415, "unsupported_media_type")
    if b"\\u0000" not in body:
        return
    try:
        document = orjson.loads(body)
    except json.JSONDecodeError:
        return  # told as malformed by the reading that follows
    if fields := [name for name, text in _texts(document, "") if "\0" in text]:
        raise Problem(422, "invalid_input", errors=[FieldProblem(name, "nul_character") for name in fields])


class _Pairs(list[tuple[str, object]]):
    """The members of an object as they were sent."""

    __slots__ = ()


class _Twice(Exception):  # noqa: N818 — a finding
    """An object names a member twice."""


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    if len(members := dict(pairs)) < len(pairs):
        raise _Twice
    return members


def _twice(body: bytes) -> list[str]:
    """Return dotted names of members that objects name twice, some of many."""
    try:
        json.loads(body, object_pairs_hook=_once)
    except ValueError:
        return []  # told as malformed by the reading that follows
    except _Twice:
        found = _repeated(json.loads(body, object_pairs_hook=_Pairs))
        return [".".join(map(str, name)) for name in islice(found, _NAMED)]
    return []


def _repeated(value: object) -> Iterator[tuple[str | int, ...]]:
    """Give the way to every member that an object names twice, once each."""
    members: Iterable[tuple[str | int, object]]
    match value:
        case _Pairs():
            counts = Counter(name for name, _ in value)
            yield from ((name,) for name, count in counts.items() if count > 1)
            members = value
        case list():
            members = enumerate(cast("list[object]", value))
        case _:
            return
    for name, inner in members:
        for below in _repeated(inner):
            yield name, *below


def _below(at: str, name: str | int) -> str:
    return f"{at}.{name}" if at else str(name)


class _Beyond(str):
    """A number as it was sent, too large to be one."""

    __slots__ = ()


def _number(text: str) -> float | _Beyond:
    return _Beyond(text) if isinf(number := float(text)) else number


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def _texts(value: object, at: str) -> Iterator[tuple[str, str]]:
    """Give every text with the dotted name of its field; names of fields with "body"."""
    match value:
        case str():
            yield at or "body", value
        case dict():
            for name, inner in cast("dict[str, object]", value).items():
                yield "body", name
                yield from _texts(inner, _below(at, name))
        case list():
            for index, inner in enumerate(cast("list[object]", value)):
                yield from _texts(inner, _below(at, index))
        case _:
            return
