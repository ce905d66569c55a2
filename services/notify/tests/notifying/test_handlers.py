"""An incident's change becomes an alert and the job that tells it."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from arus.anomaly.v1.events_pb2 import IncidentChange, IncidentChanged, Severity
from arus.catalog.v1.events_pb2 import LocationChanged, ProductChanged
from arus_notify import codec, handlers, rules, state
from arus_notify.state import Told
from arus_runtime import jobs
from arus_runtime.testing import NOON, Bench
from google.protobuf.json_format import ParseDict
from hypothesis import given
from hypothesis import strategies as st

from .world import said

GOLDEN = Path(__file__).parents[4] / "protos/examples/anomaly.incident.v1/golden-520-l-opens-an-incident.json"
KEY = "t:gudang-a:solar"


def event(**more: Any) -> IncidentChanged:
    return said("t", "gudang-a", "solar", **more)


def bench() -> Bench:
    return Bench("notify", [handlers.incidents, handlers.catalogue])


async def test_the_golden_incident_is_told_at_once() -> None:
    record = json.loads(GOLDEN.read_text("utf-8"))
    golden = ParseDict(record["value"], IncidentChanged())
    async with bench() as made:
        await made.feed(golden, key=record["key"], tenant=golden.tenant_id)
    [alert] = made.rows(handlers.ALERTS)
    assert (alert["incident_id"], alert["severity"], alert["group_id"]) == (golden.incident_id, 3, "")
    assert codec.incident(alert["said"]) == golden
    [job] = made.rows(jobs.TABLE)
    assert (job["kind"], job["state"], job["run_after"]) == (handlers.TELL, "waiting", NOON)
    assert json.loads(job["params"]) == {"incident_id": golden.incident_id, "severity": 3}


async def test_an_update_tells_nobody_and_a_rise_in_severity_tells_again() -> None:
    opened = event(severity=Severity.SEVERITY_WARNING)
    updated, escalated, closed = (IncidentChanged() for _ in range(3))
    for change, target in (
        (IncidentChange.INCIDENT_CHANGE_UPDATED, updated),
        (IncidentChange.INCIDENT_CHANGE_ESCALATED, escalated),
        (IncidentChange.INCIDENT_CHANGE_CLOSED, closed),
    ):
        target.CopyFrom(opened)
        target.change = change
    escalated.severity = Severity.SEVERITY_CRITICAL
    async with bench() as made:
        await made.feed(opened, opened, updated, escalated, escalated, closed, key=KEY, tenant="t")
    assert [row["severity"] for row in made.rows(handlers.ALERTS)] == [3, 4]
    assert len(made.rows(jobs.TABLE)) == 2
    assert [row["standing"] for row in made.rows(handlers.INCIDENTS)] == ["closed"]


async def test_a_whole_import_asks_for_one_summary_that_waits_until_it_is_through() -> None:
    async with bench() as made:
        for number in range(14):
            old = event(is_history=True, import_id="import-1")
            await made.feed(old, key=KEY, tenant="t", at=NOON + timedelta(seconds=number))
    assert len(made.rows(handlers.ALERTS)) == 14
    [job] = made.rows(jobs.TABLE)
    assert job["kind"] == handlers.SUMMARISE
    assert job["run_after"] == NOON + timedelta(seconds=13) + rules.SETTLES_AFTER


async def test_late_facts_are_summarised_by_the_day_they_were_recorded_on() -> None:
    async with bench() as made:
        for days in (0, 0, 1):
            await made.feed(event(is_history=True), key=KEY, tenant="t", at=NOON + timedelta(days=days))
    groups = sorted(row["group_id"] for row in made.rows(handlers.ALERTS))
    assert groups == ["t/late/2025-01-10", "t/late/2025-01-10", "t/late/2025-01-11"]
    assert len(made.rows(jobs.TABLE)) == 2


async def test_an_incident_under_anothers_key_is_parked() -> None:
    async with bench() as made:
        await made.feed(event(), key="t:gudang-b:solar", tenant="t")
    assert made.rows(handlers.ALERTS) == []
    assert len(made.log.records("anomaly.incident.v1.dlq")) == 1


async def test_names_and_clocks_of_the_catalogue_are_remembered() -> None:
    place = LocationChanged(tenant_id="t", location_id="l", name="Gudang A", timezone="Asia/Makassar")
    async with bench() as made:
        await made.feed(place, key="t:l", tenant="t")
        await made.feed(ProductChanged(tenant_id="t", product_id="p", name="Solar"), key="t:p", tenant="t")
    assert [(row["name"], row["timezone"]) for row in made.rows(handlers.LOCATIONS)] == [
        ("Gudang A", "Asia/Makassar")
    ]
    assert [row["name"] for row in made.rows(handlers.PRODUCTS)] == ["Solar"]


@given(
    st.dictionaries(
        st.text(min_size=1), st.sampled_from([state.Severity.INFO, state.Severity.CRITICAL]), max_size=20
    )
)
def test_what_people_know_is_read_back_as_it_was_written(severities: dict[str, state.Severity]) -> None:
    assert codec.load_told(codec.dump_told(Told(severities))) == Told(severities)
