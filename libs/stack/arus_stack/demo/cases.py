"""The demo's cases: each planted cause looked into, one on site, one to its end, one by nobody yet."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Final

from arus_stack.demo.organisation import Cause
from arus_stack.demo.rest import Api, JsonObject
from arus_stack.errors import ServerFailed

JUDGED_WITHIN_S: Final = 120.0
WIB: Final = timezone(timedelta(hours=7))
"""Due dates are days there."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A case of the demo. due_in_days: None for no due date. visit: what was found on site an hour ago."""

    cause: str
    description: str
    priority: str
    is_mine: bool = True
    due_in_days: int | None = None
    comment: str = ""
    visit: JsonObject | None = None
    then: JsonObject | None = None


PLANS: Final = (
    Plan(
        "kesalahan pencatatan",
        "Sepuluh kali pemakaian biasa dalam satu hari; tangki tidak sebesar itu.",
        "medium",
        then={"status": "resolved", "resolution": "Koma tergeser satu angka saat dicatat."},
    ),
    Plan("pemborosan", "Naik sedikit demi sedikit setiap hari sejak dua bulan.", "low", is_mine=False),
    Plan(
        "penyalahgunaan",
        "Tiga kali lipat setiap Sabtu kedua; catatannya genset cadangan.",
        "critical",
        due_in_days=5,
        comment="Minta jam kerja genset dari kepala depot.",
        then={"status": "waiting_field"},
    ),
    Plan(
        "kebocoran",
        "Pemakaian merayap naik tanpa kegiatan tambahan.",
        "high",
        due_in_days=2,
        comment="Dicek dengan tongkat ukur sebelum dan sesudah malam.",
        visit={"outcome": "leak", "note": "Sambungan pipa di bawah dispenser basah; kran ditutup."},
        then={"status": "in_progress"},
    ),
)


def opened(
    api: Api,
    causes: Sequence[Cause],
    locations: Mapping[str, str],
    products: Mapping[str, str],
    now: datetime,
) -> int:
    """Open the demo's cases unless there are any, and return how many. now: aware.

    Raises ServerFailed when the records are not judged in time.
    """
    if api.get("/cases", limit="1")["items"]:
        return 0
    me = api.get("/auth/me")["user"]["id"]
    of = {cause.kind: cause for cause in causes}
    for plan in PLANS:
        cause = of[plan.cause]
        _open(api, plan, _oddest(api, cause, locations[cause.depot], products[cause.fuel]), me, now)
    return len(PLANS)


def _open(api: Api, plan: Plan, judged: JsonObject, me: str, now: datetime) -> None:
    due = None if plan.due_in_days is None else now.astimezone(WIB).date() + timedelta(plan.due_in_days)
    new = {
        "fact_id": judged["fact_id"],
        "type": "other" if judged["status"] == "NORMAL" else judged["status"],
        "description": plan.description,
        "priority": plan.priority,
        "assignee_id": me if plan.is_mine else None,
        "due_date": due and due.isoformat(),
    }
    path = f"/cases/{api.post('/cases', new)['id']}"
    if plan.comment:
        api.post(f"{path}/comments", {"text": plan.comment})
    if plan.visit:
        visited_at = (now - timedelta(hours=1)).isoformat(timespec="minutes")
        api.post(f"{path}/visits", {**plan.visit, "visited_at": visited_at})
    if plan.then:
        api.patch(path, plan.then)


def _oddest(api: Api, cause: Cause, location_id: str, product_id: str) -> JsonObject:
    """Return the judgement farthest from the usual while a cause was at work, once all are there."""
    of = {"location_id": location_id, "product_id": product_id}
    span = {"from": cause.first.isoformat(), "to": cause.last.isoformat()}
    newest = api.get("/fuel/transactions", **of, **span, limit="1")["items"][0]["id"]
    deadline = time.monotonic() + JUDGED_WITHIN_S
    while True:
        judged = api.get("/anomalies", **of, **span, limit="500")["items"]
        if judged and judged[0]["fact_id"] == newest:
            return max(judged, key=lambda one: Decimal(one["risk_score"] or 0))
        if time.monotonic() > deadline:
            raise ServerFailed(f"the demo's records are not judged after {JUDGED_WITHIN_S:g} s")
        time.sleep(0.2)
