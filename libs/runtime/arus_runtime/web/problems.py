"""Everything that can go wrong over HTTP, told as RFC 9457 problems in the reader's language."""

import dataclasses
import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

import orjson
import psycopg
import structlog
from fastapi import FastAPI, Request, Response, WebSocket
from fastapi.exceptions import RequestValidationError, WebSocketRequestValidationError
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel, Field
from pydantic_core import PydanticCustomError
from starlette.exceptions import HTTPException
from starlette.routing import compile_path

from arus_runtime import auth, cursor
from arus_runtime.words import Language, Quantity, Templates, language_of, render

MEDIA_TYPE: Final = "application/problem+json"
RETRY_AFTER_S: Final = 2
BAD_QUESTION: Final = 4422
"""What a WebSocket closes with where HTTP answers 422: pages see this code, and no handshake's answer."""
_CLOSE_REASON_BYTES: Final = 123
_SHOWN_VALUE: Final = 80

_log = structlog.get_logger(__name__)


@dataclasses.dataclass(frozen=True, slots=True)
class FieldProblem:
    """One wrong field: its dotted name, a code of the sentences, and the parameters of the sentence."""

    field: str
    code: str
    params: Mapping[str, Any] = dataclasses.field(default_factory=dict[str, Any])


class Problem(Exception):  # noqa: N818 — the RFC's own word for it
    """An answer other than the one asked for. code names a sentence; detail replaces it where given."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str | None = None,
        errors: Sequence[FieldProblem] = (),
        *,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code
        self.detail = detail
        self.errors = tuple(errors)
        self.params = params or {}
        self.headers = headers or {}


def wrong(field: str, code: str, **params: Any) -> Problem:
    """Return the 422 of a single wrong field."""
    return Problem(422, "invalid_input", errors=[FieldProblem(field, code, params)])


class FieldErrorOut(BaseModel):
    """One wrong field."""

    field: str = Field(examples=["volume_l"])
    code: str = Field(examples=["not_greater"])
    message: str = Field(examples=["volume_l harus lebih dari 0 L, diterima -5 L."])


class ProblemOut(BaseModel):
    """A problem as RFC 9457 describes it."""

    type: str = Field(examples=["urn:arus:problem:invalid_input"])
    title: str = Field(examples=["Unprocessable Content"])
    status: int = Field(examples=[422])
    detail: str = Field(examples=["Ada isian yang perlu diperbaiki."])
    code: str = Field(examples=["invalid_input"])
    errors: list[FieldErrorOut] = Field(default_factory=list[FieldErrorOut])


def told(problem: Problem, language: Language, templates: Templates | None = None) -> ProblemOut:
    """Return the problem as a document in the language."""
    return ProblemOut(
        type=f"urn:arus:problem:{problem.code}",
        title=HTTPStatus(problem.status).phrase,
        status=problem.status,
        detail=problem.detail or render(problem.code, problem.params, language, templates),
        code=problem.code,
        errors=[
            FieldErrorOut(
                field=error.field,
                code=error.code,
                message=render(_sentence(error), with_unit(error), language, templates),
            )
            for error in problem.errors
        ],
    )


def answer(problem: Problem, language: Language, templates: Templates | None = None) -> Response:
    """Return the problem as a response."""
    headers = dict(problem.headers)
    if problem.status == HTTPStatus.UNAUTHORIZED:
        headers.setdefault("WWW-Authenticate", "Bearer")
    if problem.status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers.setdefault("Retry-After", str(RETRY_AFTER_S))
    headers.setdefault("Content-Language", language)
    headers.setdefault("Vary", "Accept-Language")
    body = orjson.dumps(told(problem, language, templates).model_dump())
    return Response(body, problem.status, headers, MEDIA_TYPE)


def of(error: Exception) -> Problem:
    """Return the problem that an exception amounts to."""
    match error:
        case Problem():
            return error
        case auth.NotAuthenticatedError():
            return Problem(401, "not_authenticated")
        case auth.ForbiddenError():
            return Problem(403, "forbidden")
        case auth.LimitedError():
            return Problem(403, "limited_to_locations")
        case cursor.BadCursorError():
            return Problem(422, "invalid_input", errors=[FieldProblem("cursor", "bad_cursor")])
        case RequestValidationError() | WebSocketRequestValidationError():
            return of_validation(error.errors())
        case HTTPException():
            return _of_http(error)
        case psycopg.DataError():
            _log.warning("a value passed the schema and was refused by the database", exc_info=error)
            return Problem(422, "out_of_range")
        case (
            psycopg.OperationalError()
            | psycopg.InterfaceError()
            | psycopg.errors.IdleInTransactionSessionTimeout()
            | auth.KeysUnavailableError()
            | UnavailableError()
        ):
            _log.warning("unavailable", reason=str(error))
            return Problem(503, "unavailable")
        case _:
            _log.error("unhandled exception", exc_info=error)
            return Problem(500, "internal_error")


class UnavailableError(Exception):
    """Something this answer needs is away for now."""


class ReplayedError(Exception):
    """The command was answered before; the stored answer is sent instead of running it again."""

    def __init__(self, response: Response) -> None:
        super().__init__("answered before")
        self.response = response


def install(app: FastAPI, templates: Templates | None) -> None:
    """Let the application answer every failure as a problem."""

    async def handle(request: Request, error: Exception) -> Response:
        problem = of(error)
        if problem.status == HTTPStatus.METHOD_NOT_ALLOWED:
            problem.headers = {"Allow": ", ".join(sorted(_methods(app, request.url.path)))}
        return answer(problem, language_of(request.headers.get("accept-language")), templates)

    async def close(socket: WebSocket, error: Exception) -> None:
        await socket.accept()
        await refuse_question(socket, of(error), templates)

    async def replay(_: Request, error: Exception) -> Response:
        if not isinstance(error, ReplayedError):
            raise TypeError(type(error))
        return error.response

    app.add_exception_handler(ReplayedError, replay)
    for kind in (
        Problem,
        auth.NotAuthenticatedError,
        auth.ForbiddenError,
        auth.LimitedError,
        auth.KeysUnavailableError,
        cursor.BadCursorError,
        psycopg.Error,
        UnavailableError,
        RequestValidationError,
        HTTPException,
    ):
        app.add_exception_handler(kind, handle)
    app.add_exception_handler(WebSocketRequestValidationError, close)


async def refuse_question(socket: WebSocket, problem: Problem, templates: Templates | None = None) -> None:
    """Close an accepted socket whose question is wrong; the reason is the first wrong field's sentence."""
    said = told(problem, language_of(socket.headers.get("accept-language")), templates)
    reason = said.errors[0].message if said.errors else said.detail
    await socket.close(BAD_QUESTION, reason.encode()[:_CLOSE_REASON_BYTES].decode(errors="ignore"))


def _methods(app: FastAPI, path: str) -> set[str]:
    """Return every method that the address answers; each route knows its own only, and none HEAD."""
    known = {
        method
        for route in iter_route_contexts(app.routes)
        if route.path is not None and compile_path(route.path)[0].match(path)
        for method in route.methods or ()
    }
    return known | {"HEAD"} if "GET" in known else known


_BY_STATUS: Final = {
    400: "bad_request",
    401: "not_authenticated",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    409: "conflict",
    412: "stale_version",
    413: "body_too_large",
    415: "unsupported_media_type",
    422: "invalid_input",
    429: "too_many_requests",
    503: "unavailable",
}


def _of_http(error: HTTPException) -> Problem:
    code = _BY_STATUS.get(error.status_code, "bad_request" if error.status_code < 500 else "internal_error")
    return Problem(error.status_code, code, headers=error.headers)


# pydantic's error type → our code, and how its context names the bound.
_CODES: Final = {
    "missing": "missing",
    "extra_forbidden": "unknown_field",
    "string_type": "not_text",
    "string_unicode": "not_text",
    "string_too_short": "too_short",
    "string_too_long": "too_long",
    "string_pattern_mismatch": "wrong_pattern",
    "too_short": "too_few",
    "too_long": "too_many",
    "greater_than": "not_greater",
    "greater_than_equal": "too_small",
    "less_than": "not_less",
    "less_than_equal": "too_large",
    "multiple_of": "not_a_multiple",
    "int_type": "not_integer",
    "int_parsing": "not_integer",
    "int_from_float": "not_integer",
    "int_parsing_size": "not_integer",
    "float_type": "not_number",
    "float_parsing": "not_number",
    "finite_number": "not_number",
    "decimal_type": "not_number",
    "decimal_parsing": "not_number",
    "decimal_max_places": "too_many_places",
    "decimal_max_digits": "too_many_digits",
    "decimal_whole_digits": "too_many_digits",
    "bool_type": "not_boolean",
    "bool_parsing": "not_boolean",
    "enum": "not_one_of",
    "literal_error": "not_one_of",
    "date_past": "not_past",
    "datetime_past": "not_past",
    "list_type": "not_list",
    "dict_type": "not_object",
    "model_type": "not_object",
    "model_attributes_type": "not_object",
    "none_required": "invalid",
}
_PREFIXES: Final = (("datetime_", "not_time"), ("timezone_", "not_time"), ("date_", "not_date"))
_BOUNDS: Final = ("gt", "ge", "lt", "le", "multiple_of")
_LENGTHS: Final = {"too_short": "min_length", "too_long": "max_length"}
_PARAMETERS: Final = frozenset(("query", "path", "header", "cookie"))


def of_validation(errors: Iterable[Mapping[str, Any]]) -> Problem:
    """Return the problem for pydantic's errors: 400 for malformed JSON, else 422 with one entry per field."""
    listed = list(errors)
    if any(error["type"] == "json_invalid" for error in listed):
        return Problem(400, "malformed_json")
    return Problem(422, "invalid_input", errors=[field_problem(error) for error in _without_branches(listed)])


def _without_branches(errors: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Give each field's own error: for `X | None` pydantic tells one a branch, and names the branch too."""
    optional = {tuple(error["loc"][:-1]) for error in errors if _is_none_branch(error)}
    for error in errors:
        location = tuple(error["loc"])
        if _is_none_branch(error):
            continue
        depth = next((end for end in range(1, len(location)) if location[:end] in optional), None)
        yield error if depth is None else {**error, "loc": location[:depth] + location[depth + 1 :]}


def _is_none_branch(error: Mapping[str, Any]) -> bool:
    return error["type"] == "none_required" and error["loc"][-1:] == ("none",)


def not_null(value: object) -> object:
    """Refuse null, as a validator (mode "before") of fields that may be left out but not emptied."""
    if value is None:
        raise PydanticCustomError("not_null", "must not be null")
    return value


def field_problem(error: Mapping[str, Any]) -> FieldProblem:
    """Return our entry for one of pydantic's."""
    kind: str = error["type"]
    context: Mapping[str, Any] = error.get("ctx") or {}
    code = _CODES.get(kind) or next((code for prefix, code in _PREFIXES if kind.startswith(prefix)), None)
    if error.get("input", "") is None and code is not None and code.startswith("not_"):
        code = "not_null"
    params: dict[str, Any] = {**context, "value": _shown(error.get("input"))}
    for name in _BOUNDS:
        if name in context:
            params["bound"] = context[name]
    if "max_digits" in context or "whole_digits" in context:
        params["digits"] = context.get("max_digits", context.get("whole_digits"))
    if "expected" in context:
        params["expected"] = str(context["expected"]).replace(" or ", ", ")  # pydantic speaks English only
    if "actual_length" in context:
        params["length"] = context["actual_length"]
    elif isinstance(error.get("input"), str):
        # Text is stripped before it is measured.
        params["length"] = len(error["input"].strip() if code == "too_short" else error["input"])
    # Validators raise PydanticCustomError with a code of ours; all else that is unknown is "invalid".
    return FieldProblem(field_name(error["loc"]), code or (kind if _is_our_code(kind) else "invalid"), params)


def _is_our_code(kind: str) -> bool:
    return (
        not kind.startswith(("value_error", "assertion_error", "union_", "uuid_", "url_"))
        and kind not in _FOREIGN
    )


_FOREIGN: Final = frozenset(
    ("is_instance_of", "none_required", "json_type", "frozen_field", "model_attributes_type")
)


def field_name(location: Sequence[str | int]) -> str:
    """Return the dotted name of a field without the part of the request it came from: items.3.volume_l.

    A parameter that is given several times has one name.
    """
    origin = location[0] if location else "body"
    parts = location[1:2] if origin in _PARAMETERS else location[1:] if origin == "body" else location
    return ".".join(map(str, parts)) or str(origin)


_OF_DATES: Final = {"too_small": "too_early", "too_large": "too_late"}


def _sentence(error: FieldProblem) -> str:
    """Return the code of the sentence that tells of the error: a bound in time is no size."""
    is_time = isinstance(error.params.get("bound"), dt.date)
    return _OF_DATES.get(error.code, error.code) if is_time else error.code


_UNITS: Final = {
    "l": "L",
    "ul": "µL",
    "kg": "kg",
    "g": "g",
    "m": "m",
    "m3": "m³",
    "s": "s",
    "pct": "%",
    "idr": "IDR",
}


def with_unit(error: FieldProblem) -> dict[str, Any]:
    """Return the sentence's parameters; values and bounds of a field named for its unit carry it."""
    params: dict[str, Any] = {"value": "–", **error.params, "field": error.field}
    name, _, suffix = error.field.rpartition("_")
    unit = _UNITS.get(suffix) if name else None
    if unit:
        params |= {key: Quantity(params[key], unit) for key in ("value", "bound") if key in params}
    return params


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    return text if len(text) <= _SHOWN_VALUE else text[:_SHOWN_VALUE] + "…"
