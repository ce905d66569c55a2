"""What travels over REST: how many verdicts of each status there are over time."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Final, Literal, Self

from arus_runtime.periods import Period, started
from arus_runtime.web import Span
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from arus_anomaly import store
from arus_anomaly.schemas.verdicts import Summary
from arus_anomaly.store.trends import Counted

By = Literal["none", "location", "product"]
COLUMN: Final[Mapping[By, store.trends.By | None]] = {
    "none": None,
    "location": "location_id",
    "product": "product_id",
}

GOLDEN_TREND: JsonDict = {
    "period": "month",
    "from_date": "2025-01-01",
    "to_date": "2025-02-10",
    "by": "location",
    "periods": [
        {"start": "2025-01-01", "end": "2025-01-31"},
        {"start": "2025-02-01", "end": "2025-02-10"},
    ],
    "series": [
        {
            "id": "01JGJ4M3Z8Q0T7C1V5X2B9N6KD",
            "name": "Gudang A",
            "is_rest": False,
            "total": {"normal": 54, "waspada": 3, "anomali": 1},
            "points": [
                {"normal": 40, "waspada": 3, "anomali": 0},
                {"normal": 14, "waspada": 0, "anomali": 1},
            ],
        }
    ],
}


class CountedPeriod(BaseModel):
    """Business dates that one point of each series counts, both included."""

    start: dt.date
    end: dt.date


class StatusSeries(BaseModel):
    """One line: a location, a product, everything (id and name null), or the rest of many (is_rest)."""

    id: str | None
    name: str | None
    is_rest: bool
    total: Summary
    points: list[Summary] = Field(description="One for each of the periods, in their order.")


class AnomalyTrend(BaseModel):
    """Current verdicts of each status over time, by business date."""

    model_config = ConfigDict(json_schema_extra={"examples": [GOLDEN_TREND]})

    period: Period
    from_date: dt.date
    to_date: dt.date
    by: By
    periods: list[CountedPeriod] = Field(description="Oldest first; the outer ones are cut to from and to.")
    series: list[StatusSeries] = Field(description="Most alarms first, the rest of many last.")

    @classmethod
    def of(cls, span: Span, by: By, counts: Sequence[Counted]) -> Self:
        """Return counts, which come series by series, as they are shown."""
        if by == "none" and not counts:
            series = [_series(span, "", [])]
        else:
            series = [
                _series(span, id_, list(own)) for id_, own in groupby(counts, key=lambda one: one.series)
            ]
        return cls(
            period=span.period,
            from_date=span.whole.first,
            to_date=span.whole.last,
            by=by,
            periods=[CountedPeriod(start=part.first, end=part.last) for part in span.parts],
            series=series,
        )


def _series(span: Span, id_: str | None, counts: Sequence[Counted]) -> StatusSeries:
    counted: dict[dt.date, dict[int, int]] = {}
    for one in counts:
        counted.setdefault(one.start, {})[one.status] = one.verdicts
    total = Counter[int]()
    for by_status in counted.values():
        total.update(by_status)
    return StatusSeries(
        id=id_ or None,
        name=(counts[0].name or id_) if id_ else None,
        is_rest=id_ is None,
        total=Summary.of(total),
        points=[Summary.of(counted.get(started(span.period, part.first), {})) for part in span.parts],
    )
