"""Real measurements, recorded through the public API as depots' use, are judged as the contract says."""

import time
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import pytest
from arus_stack import demo
from arus_stack.demo import public
from arus_stack.strangers import PASSWORD, Stranger
from arus_stack.testing import RunningStack

pytestmark = [pytest.mark.integration, pytest.mark.timeout(1200)]

DEADLINE_S = 120
Verdict = tuple[str, str | None]
"""Status and risk score."""


def test_public_series_are_judged_as_the_plain_rule_says(stack: RunningStack) -> None:
    with Stranger(stack.gateway) as owner:
        report = demo.run_public(stack.gateway, owner.email, PASSWORD, unheard)
        deadline = time.monotonic() + DEADLINE_S
        while sum(owner.http.get("/anomalies/summary").json().values()) < report.transactions:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        said = verdicts(owner)
    assert said == {one.name: plainly(one.volumes_l) for one in public.series()}


def unheard(_what: str, _done: int, _total: int) -> None:
    """Take progress without showing it."""


def verdicts(owner: Stranger) -> Mapping[str, Mapping[date, Verdict]]:
    """Return every current verdict by place and date, read page by page."""
    found: dict[str, dict[date, Verdict]] = {}
    cursor: str | None = None
    while True:
        query: dict[str, Any] = {"limit": 500} | ({"cursor": cursor} if cursor else {})
        page = owner.http.get("/anomalies", params=query).raise_for_status().json()
        for item in page["items"]:
            place = found.setdefault(item["location"]["name"], {})
            place[date.fromisoformat(item["date"])] = item["status"], item["risk_score"]
        cursor = page["next_cursor"]
        if cursor is None:
            return found


def plainly(volumes_l: Sequence[tuple[date, Decimal]]) -> Mapping[date, Verdict]:
    """Return the verdicts of a series, oldest first and one a date, by the words of the contract."""
    said: dict[date, Verdict] = {}
    for place, (day, volume_l) in enumerate(volumes_l):
        near = [Fraction(past) for then, past in volumes_l[:place] if (day - then).days <= 180][-30:]
        if len(near) < 3:
            said[day] = "NORMAL", None
            continue
        score = Fraction(volume_l) / (sum(near, Fraction()) / len(near)) * 100
        status = "NORMAL" if score < 120 else "WASPADA" if score <= 150 else "ANOMALI"
        said[day] = status, four_places(score)
    return said


def four_places(value: Fraction) -> str:
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return str(exact.quantize(Decimal("0.0001"), ROUND_HALF_UP))
