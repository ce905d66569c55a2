"""Whatever is sent, the answer is an answer: right, or a problem that says what is wrong to its reader."""

import asyncio
import gzip
import re
from collections.abc import AsyncIterator
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal
from unittest.mock import sentinel

import httpx
import orjson
import psycopg
import pytest
from arus_runtime.auth import Principal, Verifier, require
from arus_runtime.context import Context, Service
from arus_runtime.settings import Settings
from arus_runtime.web import FieldProblem, IfMatch, Page, Paging, Problem, create_app, etag, router
from arus_runtime.web.exports import AT_ONCE, Exported
from arus_runtime.web.problems import told, wrong
from arus_runtime.web.spans import Day
from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field, PlainValidator, StringConstraints
from pydantic.json_schema import SkipJsonSchema
from pydantic_core import PydanticCustomError

from .conftest import Token

MOST = Decimal(1_000_000)
JSON = {"Content-Type": "application/json"}
things = router("things")
Caller = Annotated[Principal, Depends(require("things", "c"))]


class NewThing(BaseModel):
    name: str = Field(min_length=1, max_length=10)
    volume_l: Decimal = Field(gt=0, le=1_000_000, decimal_places=6)
    count: int = 0
    label: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)] = "none"
    kind: Literal["fuel", "water", "food"] = "fuel"


@things.post("/things", status_code=201)
async def create_thing(new: NewThing, caller: Caller) -> dict[str, str]:
    return {"name": new.name, "tenant": caller.tenant_id}


def _at_most(value: Any) -> Decimal:
    if Decimal(str(value)) > MOST:
        raise PydanticCustomError("too_large", "too large", {"bound": MOST, "value": value})
    return Decimal(str(value))


class ThingPatch(BaseModel):
    """As the services' patches are: what is left out stays, and no schema speaks of null."""

    name: Annotated[str, Field(max_length=10)] | SkipJsonSchema[None] = None
    volume_l: Annotated[Decimal, PlainValidator(_at_most)] | SkipJsonSchema[None] = None
    kind: Literal["fuel", "water", "food"] | SkipJsonSchema[None] = None
    parts: list[NewThing] | SkipJsonSchema[None] = None


@things.patch("/things")
async def change_things(patch: ThingPatch) -> dict[str, Any]:
    return {"name": patch.name}


@things.get("/things")
async def list_things(paging: Paging) -> Page[int]:
    after = paging.after(int)
    first = after[0] + 1 if after else 0
    rows = list(range(first, min(first + paging.fetch, 5)))
    return paging.page(rows, lambda row: row, lambda row: (row,))


@things.get("/things/feed", include_in_schema=False)
async def feed_things() -> StreamingResponse:
    return StreamingResponse(_for_ever(), media_type="text/event-stream")


@things.head("/things/uploads/{one}", include_in_schema=False, response_class=Response)
async def ask_upload(one: str) -> Response:
    return Response(headers={"Upload-Offset": one})


async def _for_ever() -> AsyncIterator[bytes]:
    while True:
        yield b"data: 1\n\n"
        await asyncio.sleep(0)


EXPORTING: list[int] = []


@things.get("/things/export")
async def export_things(_: Caller, export: Exported) -> str:
    EXPORTING.append(1)
    most = sum(EXPORTING)
    await asyncio.sleep(0)
    EXPORTING.append(-1)
    return f"{export.format} {most}"


@things.put("/things/{version}")
async def replace_thing(version: int, if_match: IfMatch, response: Response) -> None:
    if_match.check(version)
    response.headers["ETag"] = etag(version)


@things.get("/named/{name}")
async def get_named(name: str) -> str:
    return name


@things.get("/named/{name}/parts")
async def list_parts_of(
    name: str, kind: Annotated[list[Literal["fuel", "water"]] | None, Query()] = None
) -> list[str]:
    return [name, *(kind or ())]


@things.get("/days", include_in_schema=False)
async def echo_day(since: Annotated[Day | None, Query(alias="from")] = None) -> date | None:
    return since


@things.get("/failures/{kind}")
async def fail(kind: str) -> None:
    raise {
        "bug": KeyError("secret detail"),
        "away": psycopg.OperationalError("connection refused"),
        "unstorable": psycopg.errors.NumericValueOutOfRange("bigint out of range"),
        "conflict": Problem(409, "already_exists", params={"field": "code", "value": "BBM"}),
        "own": Problem(
            422, "invalid_input", errors=[FieldProblem("volume_l", "too_big_for_depot", {"bound": 7})]
        ),
        "validator": PydanticCustomError("x", "y"),
    }[kind]


SERVICE = Service(
    "things",
    routers=[things],
    uploads=("/uploads",),
    words={
        "too_big_for_depot": {
            "id": "{field} melebihi depot: {bound}.",
            "en": "{field} exceeds the depot: {bound}.",
        }
    },
)


@pytest.fixture
async def http(verifier: Verifier) -> AsyncIterator[httpx.AsyncClient]:
    settings = Settings.model_validate({"max_body_bytes": 2048, "max_upload_bytes": 8192})
    context = Context(
        settings, sentinel.db, sentinel.db, verifier, sentinel.peers, sentinel.mail, sentinel.log
    )
    app = create_app(SERVICE, context)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://things") as client:
        yield client


@pytest.fixture
def bearer(token: Token) -> dict[str, str]:
    return {"Authorization": f"Bearer {token()}"}


GOOD: dict[str, Any] = {"name": "solar", "volume_l": "12.5"}


async def test_a_good_command_is_answered(http: httpx.AsyncClient, bearer: dict[str, str]) -> None:
    answer = await http.post("/api/v1/things", json=GOOD, headers=bearer)
    assert (answer.status_code, answer.json()) == (201, {"name": "solar", "tenant": "tenant-a"})


async def test_an_export_begins_when_it_is_its_turn(http: httpx.AsyncClient, bearer: dict[str, str]) -> None:
    path = "/api/v1/things/export?format=csv"
    answers = await asyncio.gather(*(http.get(path, headers=bearer) for _ in range(3 * AT_ONCE)))
    running = [int(answer.json().split()[1]) for answer in answers]
    assert max(running) == AT_ONCE


@pytest.mark.parametrize(
    ("body", "field", "code", "message"),
    [
        (GOOD | {"volume_l": -5}, "volume_l", "not_greater", "volume_l must be > 0 L, got -5 L."),
        (
            GOOD | {"volume_l": "1000000.1"},
            "volume_l",
            "too_large",
            "volume_l must be <= 1,000,000 L, got 1000000.1 L.",
        ),
        (GOOD | {"volume_l": "0.0000001"}, "volume_l", "too_many_places", None),
        (GOOD | {"volume_l": "many"}, "volume_l", "not_number", None),
        (GOOD | {"volume_l": None}, "volume_l", "not_null", "volume_l must not be null."),
        ({"name": "solar"}, "volume_l", "missing", "volume_l is required."),
        (GOOD | {"name": ""}, "name", "too_short", "name must have at least 1 characters, got 0."),
        (GOOD | {"label": "  "}, "label", "too_short", "label must have at least 1 characters, got 0."),
        (GOOD | {"name": "x" * 11}, "name", "too_long", "name must have at most 10 characters, got 11."),
        (GOOD | {"name": None}, "name", "not_null", None),
        (GOOD | {"name": 7}, "name", "not_text", "name must be text, got 7."),
        (GOOD | {"name": "so\0lar"}, "name", "nul_character", None),
        (GOOD | {"count": "many"}, "count", "not_integer", None),
        (GOOD | {"count": 1.5}, "count", "not_integer", None),
        (
            GOOD | {"kind": "x"},
            "kind",
            "not_one_of",
            "kind must be one of 'fuel', 'water', 'food', got x.",
        ),
        ([], "body", "not_object", None),
    ],
)
async def test_a_wrong_field_is_named_with_its_bound_and_unit(  # noqa: PLR0917 — parameters of the table
    http: httpx.AsyncClient, bearer: dict[str, str], body: Any, field: str, code: str, message: str | None
) -> None:
    answer = await http.post("/api/v1/things", json=body, headers={**bearer, "Accept-Language": "en"})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    error = answer.json()["errors"][0]
    assert (error["field"], error["code"]) == (field, code)
    assert message is None or error["message"] == message


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"name": 7}, {"name": "name must be text, got 7."}),
        ({"volume_l": 2_000_000}, {"volume_l": "volume_l must be <= 1,000,000 L, got 2000000 L."}),
        ({"kind": "x"}, {"kind": "kind must be one of 'fuel', 'water', 'food', got x."}),
        (
            {"name": "x" * 11, "parts": [GOOD | {"count": "many"}]},
            {
                "name": "name must have at most 10 characters, got 11.",
                "parts.0.count": "parts.0.count must be a whole number, got many.",
            },
        ),
    ],
)
async def test_a_wrong_field_that_may_be_left_out_is_named_once_and_as_it_was_sent(
    http: httpx.AsyncClient, body: Any, told: dict[str, str]
) -> None:
    answer = await http.patch("/api/v1/things", json=body, headers={"Accept-Language": "en"})
    assert answer.status_code == 422
    assert {error["field"]: error["message"] for error in answer.json()["errors"]} == told


@pytest.mark.parametrize("day", ["1735689600", "20250101", "2025-01-01T00:00:00", "2025-13-01"])
async def test_a_day_is_written_in_one_way(http: httpx.AsyncClient, day: str) -> None:
    assert (await http.get("/api/v1/days", params={"from": "2025-01-01"})).json() == "2025-01-01"
    (error,) = (await http.get("/api/v1/days", params={"from": day})).json()["errors"]
    assert (error["field"], error["code"]) == ("from", "not_date")


async def test_a_parameter_that_is_given_several_times_has_one_name(http: httpx.AsyncClient) -> None:
    path = "/api/v1/named/x/parts?kind=fuel&kind=gas"
    (error,) = (await http.get(path, headers={"Accept-Language": "en"})).json()["errors"]
    assert (error["field"], error["message"]) == ("kind", "kind must be one of 'fuel', 'water', got gas.")


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/named/34%2F0001", "34/0001"),
        ("/named/34%2f0001/parts", ["34/0001"]),
        ("/named/a%2Fparts", "a/parts"),
        ("/named/a%252Fb", "a%2Fb"),
        ("/named/a/parts", ["a"]),
    ],
)
async def test_an_escaped_slash_is_part_of_its_segment(http: httpx.AsyncClient, path: str, told: Any) -> None:
    answer = await http.get("/api/v1" + path)
    assert (answer.status_code, answer.json()) == (200, told)


async def test_an_escaped_slash_parts_no_segments(http: httpx.AsyncClient) -> None:
    for path in ("/api/v1%2Fnamed/a", "/api/v1/named%2Fa", "/api/v1/named/a%2Fb%2Fparts/more"):
        assert (await http.get(path)).status_code == 404, path
    refused = await http.delete("/api/v1/named/a%2Fb")
    assert (refused.status_code, refused.headers["Allow"]) == (405, "GET, HEAD")


async def test_a_refused_method_is_answered_with_those_the_address_knows(http: httpx.AsyncClient) -> None:
    answer = await http.delete("/api/v1/things")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, PATCH, POST")


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ('{"name": "a", "name": "b"}', ["name"]),
        ('{"name": "a", "n\\u0061me" : "b", "kind": 1, "kind": 2, "kind": 3}', ["name", "kind"]),
        ('{"parts": [{"name": "a"}, {"volume_l": 1, "volume_l"\n: 1}]}', ["parts.1.volume_l"]),
        ('{"parts": [{"other": {"name": "a", "name": "a"}}]}', ["parts.0.other.name"]),
    ],
)
async def test_a_member_given_twice_is_refused(http: httpx.AsyncClient, body: str, named: list[str]) -> None:
    headers = {**JSON, "Accept-Language": "en"}
    answer = await http.patch("/api/v1/things", content=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")
    assert [error["field"] for error in answer.json()["errors"]] == named
    assert answer.json()["errors"][0]["message"] == f"{named[0]} is given more than once."


@pytest.mark.parametrize("depth", [400, 900, 1000])
@pytest.mark.parametrize("inner", ['{"a": 1, "a": 2}', '"\\u0000"', "1e999"])
async def test_what_is_wrong_is_refused_however_deep_it_stands(
    http: httpx.AsyncClient, inner: str, depth: int
) -> None:
    answer = await http.patch("/api/v1/things", content=nested(inner, depth), headers=JSON)
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status_code, answer.json()["code"]) in {(422, "invalid_input"), (400, "malformed_json")}


@pytest.mark.parametrize("depth", [400, 900, 1000])
@pytest.mark.parametrize("inner", ["1", '{"a": "\\":"}', '"1e999"'])
async def test_depth_alone_is_no_failure(http: httpx.AsyncClient, inner: str, depth: int) -> None:
    answer = await http.patch("/api/v1/things", content=nested(inner, depth), headers=JSON)
    assert answer.status_code == 200 or answer.json()["code"] == "malformed_json"


def nested(inner: str, depth: int) -> str:
    return f'{{"a": {"[" * depth}{inner}{"]" * depth}}}'


async def test_of_many_repeated_members_the_first_are_named(http: httpx.AsyncClient) -> None:
    body = "{" + ", ".join(f'"f{n}": 1, "f{n}": 1' for n in range(50)) + "}"
    answer = await http.patch("/api/v1/things", content=body, headers=JSON)
    assert [error["field"] for error in answer.json()["errors"]] == [f"f{n}" for n in range(20)]


@pytest.mark.parametrize(
    "body", ['{"name": "a\\":b\\" :"}', '{"name" : "a", "kind":"fuel"}', '{"parts": null}', "{}"]
)
async def test_what_only_looks_like_a_member_is_none(http: httpx.AsyncClient, body: str) -> None:
    assert (await http.patch("/api/v1/things", content=body, headers=JSON)).status_code == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [("/healthz", 200), ("/api/v1/things", 200), ("/api/v1/failures/away", 503), ("/api/v1/nowhere", 404)],
)
async def test_head_is_answered_as_get_is_without_the_body(
    http: httpx.AsyncClient, path: str, status: int
) -> None:
    shown, told = await http.get(path), await http.head(path)
    assert (shown.status_code, told.status_code, told.content) == (status, status, b"")
    assert told.headers["content-length"] == str(len(shown.content))
    unlike = {name for name, _ in shown.headers.items() ^ told.headers.items()}
    assert unlike <= {"x-request-id"}


async def test_head_waits_for_no_feed_and_needs_a_get(http: httpx.AsyncClient) -> None:
    feed = await http.head("/api/v1/things/feed")
    assert (feed.status_code, feed.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
    refused = await http.head("/api/v1/things/3")
    assert (refused.status_code, refused.headers["allow"]) == (405, "PUT")
    asked = await http.head("/api/v1/things/uploads/7")
    assert (asked.status_code, asked.headers["upload-offset"]) == (200, "7"), "a route of its own"


async def test_problems_speak_indonesian_unless_asked_otherwise(
    http: httpx.AsyncClient, bearer: dict[str, str]
) -> None:
    answer = await http.post("/api/v1/things", json=GOOD | {"volume_l": "-0.5"}, headers=bearer)
    assert answer.headers["content-language"] == "id"
    assert answer.json()["errors"][0]["message"] == "volume_l harus lebih dari 0 L, diterima -0.5 L."


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("too_small", "due_date harus 27 Nov 2026 atau sesudahnya, diterima 26 Nov 2026."),
        ("too_large", "due_date harus 27 Nov 2026 atau sebelumnya, diterima 26 Nov 2026."),
    ],
)
def test_a_date_is_earlier_or_later_not_smaller_or_larger(code: str, sentence: str) -> None:
    refused = wrong("due_date", code, bound=date(2026, 11, 27), value=date(2026, 11, 26))
    assert told(refused, "id").errors[0].message == sentence


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b'{"name": NaN}',
        b'{"name": "\xff"}',
        b'{"name": "\\ud800"}',
        b"[" * 2000,
        b"\xff\xfe{\0}\0",
        b'"\0"',
    ],
)
async def test_what_is_not_json_is_malformed(
    http: httpx.AsyncClient, bearer: dict[str, str], body: bytes
) -> None:
    headers = {**bearer, "Content-Type": "application/json"}
    answer = await http.post("/api/v1/things", content=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed_json")


@pytest.mark.parametrize("number", ["1e999", "-1E+400", "9" * 400])
async def test_a_number_beyond_all_numbers_is_named_with_its_field(
    http: httpx.AsyncClient, bearer: dict[str, str], number: str
) -> None:
    body = f'{{"name": "solar", "volume_l": {number}}}'
    headers = {**bearer, "Content-Type": "application/json", "Accept-Language": "en"}
    answer = await http.post("/api/v1/things", content=body, headers=headers)
    error = answer.json()["errors"][0]
    assert (answer.status_code, error["field"], error["code"]) == (422, "volume_l", "number_too_large")
    assert f"got {number[:80]}" in error["message"]
    assert len(error["message"]) < 200


async def test_a_text_that_looks_like_a_long_number_is_a_text(
    http: httpx.AsyncClient, bearer: dict[str, str]
) -> None:
    answer = await http.post("/api/v1/things", json=GOOD | {"name": "1e999"}, headers=bearer)
    assert answer.status_code == 201


async def test_a_body_that_is_not_said_to_be_json_is_refused(
    http: httpx.AsyncClient, bearer: dict[str, str]
) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        answer = await http.post("/api/v1/things", content=b"{}", headers={**bearer, "Content-Type": kind})
        assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type"), kind


async def test_a_packed_body_is_refused_as_such_and_one_said_to_be_plain_is_not(
    http: httpx.AsyncClient, bearer: dict[str, str]
) -> None:
    plain = orjson.dumps(GOOD)
    for kind in ("application/json", "multipart/form-data; boundary=x", "application/offset+octet-stream"):
        for packed_as in ("gzip", "BR", "gzip, identity"):
            headers = {**bearer, "Content-Type": kind, "Content-Encoding": packed_as}
            answer = await http.post("/api/v1/things", content=gzip.compress(plain), headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (415, "encoding_not_supported"), packed_as
            assert answer.headers["accept-encoding"] == "identity"
    headers = {**bearer, "Content-Type": "application/json", "Content-Encoding": "Identity"}
    assert (await http.post("/api/v1/things", content=plain, headers=headers)).status_code == 201


async def test_a_long_body_is_refused_with_and_without_its_length(
    http: httpx.AsyncClient, bearer: dict[str, str]
) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(5):
            yield b" " * 500

    headers = {**bearer, "Content-Type": "application/json"}
    for content in (b" " * 2049, chunks()):
        answer = await http.post("/api/v1/things", content=content, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "not_found"),
        ("DELETE", "/api/v1/things", 405, "method_not_allowed"),
        ("POST", "/api/v1/things", 401, "not_authenticated"),
        ("GET", "/api/v1/things?limit=0", 422, "invalid_input"),
        ("GET", "/api/v1/things?limit=501", 422, "invalid_input"),
        ("GET", "/api/v1/things?cursor=nonsense", 422, "invalid_input"),
        ("GET", "/api/v1/things?cursor=WyJ4Il0", 422, "invalid_input"),
        ("GET", "/api/v1/things?q=%00", 422, "invalid_input"),
        ("GET", "/api/v1/failures/%00", 422, "invalid_input"),
        ("GET", "/api/v1/failures/away", 503, "unavailable"),
        ("GET", "/api/v1/failures/unstorable", 422, "out_of_range"),
        ("GET", "/api/v1/failures/conflict", 409, "already_exists"),
        ("GET", "/api/v1/failures/bug", 500, "internal_error"),
        ("GET", "/api/v1/failures/validator", 500, "internal_error"),
    ],
)
async def test_every_failure_is_a_problem(
    http: httpx.AsyncClient, method: str, path: str, status: int, code: str
) -> None:
    answer = await http.request(method, path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == code
    assert "secret" not in answer.text


async def test_what_is_away_says_when_to_come_back(http: httpx.AsyncClient) -> None:
    assert int((await http.get("/api/v1/failures/away")).headers["retry-after"]) > 0


async def test_a_service_adds_sentences_of_its_own(http: httpx.AsyncClient) -> None:
    answer = await http.get("/api/v1/failures/own", headers={"Accept-Language": "en-GB"})
    assert answer.json()["errors"][0]["message"] == "volume_l exceeds the depot: 7 L."


async def test_a_forged_and_an_expired_token_are_refused(http: httpx.AsyncClient, token: Token) -> None:
    for bad in ("nonsense", token(exp=1), token(aud="other"), token(iss="other"), token()[:-4] + "AAAA"):
        answer = await http.post("/api/v1/things", json=GOOD, headers={"Authorization": f"Bearer {bad}"})
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_role_without_the_right_is_forbidden(http: httpx.AsyncClient, token: Token) -> None:
    headers = {"Authorization": f"Bearer {token('t', 'u', 'viewer')}"}
    answer = await http.post("/api/v1/things", json=GOOD, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


async def test_pages_follow_each_other_to_the_end(http: httpx.AsyncClient) -> None:
    seen: list[int] = []
    cursor: str | None = ""
    while cursor is not None:
        page = (
            await http.get("/api/v1/things", params={"limit": 2} | ({"cursor": cursor} if cursor else {}))
        ).json()
        seen += page["items"]
        cursor = page["next_cursor"]
    assert seen == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("tag", "status"), [('"3"', 200), ('W/"3"', 200), ('"1", "3"', 200), ("*", 200), ('"2"', 412), ("3", 412)]
)
async def test_only_who_has_seen_the_version_may_change_it(
    http: httpx.AsyncClient, tag: str, status: int
) -> None:
    answer = await http.put("/api/v1/things/3", headers={"If-Match": tag})
    assert (answer.status_code, answer.headers["etag"]) == (status, '"3"')


@pytest.mark.parametrize(
    ("language", "message"),
    [
        ("id", "If-Match menyebut versi 1, 2; catatan sekarang versi 3."),
        ("en", "If-Match names version 1, 2; the record is now at version 3."),
    ],
)
async def test_a_stale_version_is_named_beside_the_one_that_stands(
    http: httpx.AsyncClient, language: str, message: str
) -> None:
    headers = {"If-Match": '"2", "1"', "Accept-Language": language}
    answer = await http.put("/api/v1/things/3", headers=headers)
    assert answer.json()["errors"] == [{"field": "If-Match", "code": "stale_tag", "message": message}]


async def test_a_trace_goes_on_and_names_the_request(http: httpx.AsyncClient) -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    answer = await http.get("/healthz", headers={"traceparent": f"00-{trace}-b7ad6b7169203331-01"})
    assert answer.headers["x-request-id"] == trace


async def test_requests_are_counted_by_route_and_not_by_address(http: httpx.AsyncClient) -> None:
    await http.get("/api/v1/failures/away")
    metrics = (await http.get("/metrics")).text
    assert 'arus_request_seconds_count{kind="http",operation="fail",status="503"}' in metrics
    assert "/failures/" not in metrics


async def test_what_probes_and_prometheus_ask_counts_as_no_request(http: httpx.AsyncClient) -> None:
    for path in ("/healthz", "/readyz", "/metrics"):
        await http.get(path)
    assert not re.findall(r'operation="(?:healthz|readyz|metrics)"', (await http.get("/metrics")).text)


def test_the_document_is_openapi_3_1_with_problems_and_unique_operations() -> None:
    document = create_app(SERVICE, settings=Settings()).openapi()
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    assert document["openapi"].startswith("3.1")
    assert {operation["operationId"] for operation in operations} == {
        "create_thing", "change_things", "list_things", "export_things", "replace_thing", "get_named",
        "list_parts_of", "fail",
    }  # fmt: skip
    assert all(
        operation["responses"]["422"]["content"]["application/problem+json"]["schema"]["$ref"].endswith(
            "/Problem"
        )
        for operation in operations
    )
    assert "HTTPValidationError" not in document["components"]["schemas"]
    assert document["paths"]["/api/v1/things"]["post"]["security"] == [{"HTTPBearer": []}]


def test_a_router_that_reads_bodies_loosely_is_refused() -> None:
    loose = APIRouter()
    loose.add_api_route("/loose", fail)
    with pytest.raises(TypeError, match="loosely"):
        create_app(Service("loose", routers=[loose]), settings=Settings())


async def test_what_waits_for_a_person_is_said_by_a_process_that_is_still_ready() -> None:
    trouble: dict[str, str] = {}
    app = create_app(Service("shell"), settings=Settings(), trouble=lambda: trouble)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://shell") as client:
        assert (await client.get("/readyz")).json() == {"status": "ready"}
        trouble["worker fuel"] = "fuel.transaction.v1[3] stopped by ZeroDivisionError"
        answer = await client.get("/readyz")
        assert (answer.status_code, answer.json()) == (200, {"status": "degraded", "trouble": trouble})
        assert (await client.get("/healthz")).status_code == 200


@pytest.mark.parametrize(("path", "bound"), [("/things", 2048), ("/uploads", 8192)])
async def test_a_request_that_brings_files_may_be_larger(
    http: httpx.AsyncClient, bearer: dict[str, str], path: str, bound: int
) -> None:
    sizes = {
        size: (await http.post(f"/api/v1{path}", content=b"x" * size, headers=bearer)).status_code
        for size in (bound, bound + 1)
    }
    assert (sizes[bound] == 413, sizes[bound + 1] == 413) == (False, True)
