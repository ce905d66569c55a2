"""The audit log as it is asked for: by day, by deed, and as a file."""

import io
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import openpyxl
import pytest
from arus_gateway import words
from arus_runtime.ids import new_ulid
from psycopg.types.json import Jsonb
from pypdf import PdfReader

from .world import Gateway

EXPORT = "/audit/export"
HOSTILE = "=1+1|Sari"
REPOSITORY = Path(__file__).parents[3]
TODAY = datetime.now(UTC).date() - timedelta(days=20)
"""A day of which the log still holds all."""
BEFORE = TODAY - timedelta(days=1)


async def keep(
    gateway: Gateway, tenant: str, *at: str, actor: str = "somebody", action: str = "key.created"
) -> None:
    """Write deeds of these moments down."""
    async with gateway.context.worker_db.system() as tx:
        for moment in at:
            await tx.execute(
                """insert into audit_events
                     (tenant_id, id, at, action, actor_id, resource_type, resource_id, ip, detail)
                   values (%s, %s, %s, %s, %s, 'key', 'k1', '10.0.0.1', %s)""",
                (tenant, new_ulid(), moment, action, actor, Jsonb({"name": HOSTILE})),
            )


async def times(client: httpx.AsyncClient, **asked: str) -> list[str]:
    answer = await client.get("/audit", params={"action": "key.created", **asked})
    assert answer.status_code == 200, answer.text
    return [datetime.fromisoformat(one["at"]).astimezone(UTC).isoformat() for one in answer.json()["items"]]


@pytest.mark.integration
async def test_deeds_are_found_by_the_days_of_a_zone(gateway: Gateway) -> None:
    owner = await gateway.register()
    first, second = f"{BEFORE}T17:00:00+00:00", f"{TODAY}T16:59:59+00:00"  # midnight to midnight WIB
    await keep(gateway, owner.organisation, f"{BEFORE}T16:59:59Z", first, second, f"{TODAY}T17:00:00Z")
    day = {"from": str(TODAY), "to": str(TODAY)}
    assert await times(owner.http, **day) == [second, first]
    assert len(await times(owner.http, **day, timezone="Asia/Makassar")) == 2
    assert await times(owner.http, to=str(BEFORE)) == [f"{BEFORE}T16:59:59+00:00"]
    assert len(await times(owner.http, **{"from": str(TODAY)})) == 3
    page = (await owner.http.get("/audit", params={**day, "action": "key.created", "limit": 1})).json()
    rest = await times(owner.http, **day, cursor=page["next_cursor"])
    assert rest == [first]


@pytest.mark.integration
@pytest.mark.parametrize(
    ("asked", "field", "code"),
    [
        ({"from": "2025-02-01", "to": "2025-01-01"}, "to", "too_small"),
        ({"from": "yesterday"}, "from", "not_date"),
        ({"to": "9999-12-31"}, "to", "too_large"),
        ({"timezone": "Asia/Atlantis"}, "timezone", "not_timezone"),
    ],
)
async def test_days_that_cannot_be_are_refused(
    gateway: Gateway, asked: dict[str, str], field: str, code: str
) -> None:
    owner = await gateway.register()
    for path in ("/audit", f"{EXPORT}/size"):
        answer = await owner.http.get(path, params=asked)
        assert answer.status_code == 422
        [error] = answer.json()["errors"]
        assert (error["field"], error["code"]) == (field, code)


@pytest.mark.integration
async def test_the_log_leaves_as_a_workbook_a_csv_and_a_pdf(gateway: Gateway) -> None:
    owner = await gateway.register()
    await keep(gateway, owner.organisation, f"{TODAY}T03:00:00Z", actor=owner.id)
    asked = {"from": str(TODAY), "to": str(TODAY)}
    indonesian, english = {"Accept-Language": "id"}, {"Accept-Language": "en"}
    answer = await owner.http.get(EXPORT, params={"format": "xlsx", **asked}, headers=indonesian)
    assert f"jejak-audit-{TODAY}-{TODAY}.xlsx" in answer.headers["content-disposition"]
    page: Any = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    head, row = page.iter_rows(values_only=True)
    assert head[:4] == ("Waktu (WIB)", "Siapa", "ID pelaku", "Tindakan")
    assert row[0] == datetime.fromisoformat(f"{TODAY}T10:00")
    assert row[2:7] == (owner.id, "Membuat kunci API", "key", "k1", "10.0.0.1")
    assert row[7] == f'{{"name":"{HOSTILE}"}}'

    text = (await owner.http.get(EXPORT, params={"format": "csv", **asked}, headers=english)).content
    assert "Created an API key" in text.decode("utf-8-sig").splitlines()[1]
    [printed] = PdfReader(
        io.BytesIO(
            (await owner.http.get(EXPORT, params={"format": "pdf", **asked}, headers=indonesian)).content
        )
    ).pages
    assert "Membuat kunci API" in printed.extract_text()
    sized = (await owner.http.get(f"{EXPORT}/size", params=asked)).json()
    assert (sized["rows"], sized["most"]["pdf"]) == (1, 5_000)


@pytest.mark.integration
async def test_nobody_exports_a_log_that_is_not_theirs_to_read(gateway: Gateway) -> None:
    owner = await gateway.register()
    await keep(gateway, owner.organisation, f"{TODAY}T03:00:00Z")
    analyst = await gateway.colleague(owner, "analyst")
    for path in (EXPORT, f"{EXPORT}/size"):
        assert (await analyst.http.get(path, params={"format": "csv"})).status_code == 403
    stranger = await gateway.register("Budi")
    asked = {"format": "csv", "from": str(TODAY), "to": str(TODAY)}
    assert len((await stranger.http.get(EXPORT, params=asked)).content.splitlines()) == 1


@pytest.mark.integration
async def test_who_is_limited_to_places_does_not_read_what_everybody_did(gateway: Gateway) -> None:
    owner = await gateway.register()
    for role in ("admin", "reporter"):
        one = await gateway.colleague(owner, role, location_ids=["01JGJ4M3Z8Q0T7C1V5X2B9N6KD"])
        for path in ("/audit", EXPORT, f"{EXPORT}/size"):
            answer = await one.http.get(path, params={"format": "csv"})
            assert (answer.status_code, answer.json()["code"]) == (403, "limited_to_locations"), (role, path)


def test_the_console_and_files_know_the_same_deeds() -> None:
    console = (REPOSITORY / "web/src/features/audit/deeds.ts").read_text("utf-8")
    shown = set(re.findall(r"^  '([a-z_.]+)':", console, re.MULTILINE))
    told = {code.removeprefix("deed_") for code in words.templates() if code.startswith("deed_")}
    assert shown == told
    source = "\n".join(
        path.read_text("utf-8") for path in (REPOSITORY / "services/gateway").rglob("arus_gateway/**/*.py")
    )
    kept = set(re.findall(r"Deed\(\s*\"([a-z_.]+)\"", source))
    assert kept
    assert kept <= told
