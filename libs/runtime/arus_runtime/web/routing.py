"""How a request body is read: strict JSON, and only text that PostgreSQL can store."""

import json
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, cast

import orjson
from fastapi import Request, Response
from fastapi.routing import APIRoute

from arus_runtime.web.problems import FieldProblem, Problem


class StrictRequest(Request):
    """A request whose JSON is RFC 8259's: no NaN, no lone surrogates, no unbounded nesting."""

    async def json(self) -> Any:
        """Return the parsed body; raises json.JSONDecodeError."""
        return orjson.loads(await self.body())


class StrictRoute(APIRoute):
    """A route that reads its body strictly."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return FastAPI's handler behind a strict request."""
        handler = super().get_route_handler()

        async def strict(request: Request) -> Response:
            strictly = StrictRequest(request.scope, request.receive)
            if self.body_field is not None:
                await _check(strictly)
            return await handler(strictly)

        return strict


async def _check(request: Request) -> None:
    """Raise the 415 of a body that is neither JSON nor a form, and the 422 of text with NUL characters.

    PostgreSQL's text cannot hold NUL. Only an escape can bring one through the parser, so the walk is paid
    for by bodies that hold such an escape.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind.startswith("multipart/") or kind == "application/x-www-form-urlencoded":
        return
    body = await request.body()
    if body and kind != "application/json" and not kind.endswith("+json"):
        raise Problem(415, "unsupported_media_type")
    if b"\\u0000" not in body:
        return
    try:
        document = orjson.loads(body)
    except json.JSONDecodeError:
        return  # told as malformed by the reading that follows
    if fields := list(_with_nul(document, "")):
        raise Problem(422, "invalid_input", errors=[FieldProblem(name, "nul_character") for name in fields])


def _with_nul(value: object, at: str) -> Iterator[str]:
    match value:
        case str() if "\0" in value:
            yield at or "body"
        case dict():
            for name, inner in cast("dict[str, object]", value).items():
                yield from _with_nul(name, "body")
                yield from _with_nul(inner, f"{at}.{name}" if at else name)
        case list():
            for index, inner in enumerate(cast("list[object]", value)):
                yield from _with_nul(inner, f"{at}.{index}" if at else str(index))
        case _:
            return
