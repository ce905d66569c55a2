"""A verdict reads the same in the list of anomalies and on the live feed."""

from datetime import UTC, date, datetime
from fractions import Fraction

import orjson
import pytest
from arus.anomaly.v1.events_pb2 import VerdictReached
from arus_anomaly import codec as anomaly
from arus_anomaly.rules import fuel
from arus_anomaly.rules.thresholds import DEFAULTS, Thresholds
from arus_anomaly.schemas.verdicts import Anomaly
from arus_anomaly.state import Fact, Window
from arus_anomaly.store.verdicts import Stored
from arus_contracts import reading
from arus_gateway import codec as gateway
from arus_runtime.ids import new_ulid
from arus_runtime.words import Language
from hypothesis import given
from hypothesis import strategies as st

TENANT, LOCATION, PRODUCT = (new_ulid() for _ in range(3))
DAY = date(2025, 1, 10)
AT = datetime(2025, 1, 10, 9, tzinfo=UTC)
NAMES = {LOCATION: "Gudang A", PRODUCT: "Solar"}
MOST_UL = 1_000_000_000_000


def reached(volume_ul: int, history_ul: list[int], by: Thresholds = DEFAULTS) -> VerdictReached:
    """Return the event of a volume judged against a history, by the service's own rule."""
    window = Window(sum(history_ul), len(history_ul))
    fact_id = new_ulid()
    fact = Fact(DAY.toordinal(), anomaly.ulid_bytes(fact_id), volume_ul)
    key = anomaly.Key(TENANT, LOCATION, PRODUCT)
    return VerdictReached.FromString(anomaly.reached(fuel.judge(fact, window, by), fact_id, key).value)


def check(event: VerdictReached, language: Language) -> None:
    stored = Stored(
        fact_id=event.fact_id,
        business_date=DAY,
        status=event.status,
        judged_at=AT,
        is_current=True,
        value=event.SerializeToString(),
        location_id=LOCATION,
        location_name="Gudang A",
        product_id=PRODUCT,
        product_name="Solar",
    )
    listed = orjson.loads(Anomaly.of(stored, language).model_dump_json())
    fed = orjson.loads(orjson.dumps(gateway.item(event, "2025-01-10T09:00:00Z", NAMES, language)))
    assert listed == fed


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize(
    ("volume_l", "history_l"),
    [
        ("520", [300, 300, 300]),
        ("120", [100, 100, 100]),
        ("150", [100, 100, 100]),
        ("150.0001", [100, 100, 100]),
        ("150.000001", [100, 100, 100]),
        ("520", []),
        ("520", [300, 300]),
        ("520", [0, 0, 0]),
        ("0.000001", [1_000_000, 1_000_000, 1]),
        ("1000000", [0.000001] * 3),
        ("100.5", [100, 100, 100.000001, 100]),
    ],
)
def test_the_cases_of_the_contract_read_the_same(
    volume_l: str, history_l: list[float], language: Language
) -> None:
    microlitres = [round(Fraction(str(litres)) * 1_000_000) for litres in (volume_l, *history_l)]
    check(reached(microlitres[0], microlitres[1:]), language)


OWN = Thresholds(new_ulid(), 1_105_000, 1_300_000, 500_000, 2, by_weekday=True)


@given(
    volume_ul=st.integers(1, MOST_UL),
    history_ul=st.lists(st.integers(0, MOST_UL), max_size=30),
    by=st.sampled_from((DEFAULTS, OWN, OWN._replace(low_ppm=0))),
    language=st.sampled_from(("id", "en")),
)
def test_every_verdict_reads_the_same(
    volume_ul: int, history_ul: list[int], by: Thresholds, language: Language
) -> None:
    check(reached(volume_ul, history_ul, by), language)


def test_a_milder_answer_is_told_by_the_bounds_that_judged() -> None:
    history_ul = [300_000_000] * 3
    for by, sentences in (
        (DEFAULTS, ["WASPADA bila ≤ 450 L.", "NORMAL bila < 360 L."]),
        (OWN, ["WASPADA bila ≤ 390 L.", "NORMAL bila ≥ 150 L dan < 331,5 L."]),
    ):
        item = gateway.item(reached(520_000_000, history_ul, by), "2025-01-10T09:00:00Z", NAMES, "id")
        assert [one["reason"]["text"] for one in item["milder"]] == sentences
    assert gateway.item(reached(300_000_000, history_ul), "", NAMES, "id")["milder"] == []


def test_a_verdict_of_before_its_bounds_were_told_promises_nothing() -> None:
    event = reached(520_000_000, [300_000_000] * 3, OWN)
    event.ClearField("waspada_ppm")
    assert gateway.milder(event) == ()
    check(event, "id")


@given(sum_ul=st.integers(0, 30 * MOST_UL), count=st.integers(1, 30))
def test_a_baseline_is_the_exact_mean_rounded_once_half_up(sum_ul: int, count: int) -> None:
    exact = Fraction(sum_ul, count)
    rounded = (2 * exact + 1) // 2  # whole microlitres, half-up
    assert reading.baseline_l(sum_ul, count) == reading.litres(rounded)


@given(sum_ul=st.integers(0, 30 * MOST_UL), count=st.integers(1, 30))
def test_a_spoken_baseline_is_rounded_from_the_exact_mean(sum_ul: int, count: int) -> None:
    params = reading.reason_params(1, sum_ul, count, 3, "")
    hundredths = (Fraction(sum_ul, count * 10_000) * 2 + 1) // 2
    assert params["baseline_l"] == reading.litres(hundredths * 10_000)
