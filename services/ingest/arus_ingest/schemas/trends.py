"""What travels over REST: how fuel use changes over time."""

import datetime as dt
from collections.abc import Sequence
from typing import Literal, Self

from arus_runtime.periods import Compare, Period
from arus_runtime.web import Span
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from arus_ingest import rules
from arus_ingest.trends import Series, Use

By = Literal["none", "location", "product"]

_GOLDEN_POINT: JsonDict = {
    "volume_l": "820",
    "transactions": 2,
    "mean_l": "410",
    "before_volume_l": "640",
    "before_transactions": 2,
    "change_pct": "28.1",
}
_GOLDEN_GAP: JsonDict = {
    "volume_l": None,
    "transactions": 0,
    "mean_l": None,
    "before_volume_l": "300",
    "before_transactions": 1,
    "change_pct": None,
}
GOLDEN_TREND: JsonDict = {
    "period": "week",
    "from_date": "2025-01-06",
    "to_date": "2025-01-15",
    "by": "location",
    "compare": "previous",
    "periods": [
        {
            "start": "2025-01-06",
            "end": "2025-01-12",
            "before_start": "2024-12-23",
            "before_end": "2024-12-29",
        },
        {
            "start": "2025-01-13",
            "end": "2025-01-15",
            "before_start": "2024-12-30",
            "before_end": "2025-01-01",
        },
    ],
    "series": [
        {
            "id": "01JGJ4M3Z8Q0T7C1V5X2B9N6KD",
            "name": "Gudang A",
            "is_rest": False,
            "total": {
                "volume_l": "820",
                "transactions": 2,
                "mean_l": "410",
                "before_volume_l": "940",
                "before_transactions": 3,
                "change_pct": "-12.8",
            },
            "points": [_GOLDEN_POINT, _GOLDEN_GAP],
        }
    ],
}


class TrendPeriod(BaseModel):
    """Business dates that one point of each series sums up, both included, and those it is compared with."""

    start: dt.date
    end: dt.date
    before_start: dt.date | None
    before_end: dt.date | None


class TrendPoint(BaseModel):
    """Fuel used in a period. A volume is null where nothing was recorded: nobody knows that it was none."""

    volume_l: str | None
    transactions: int
    mean_l: str | None = Field(description="Litres of one record.")
    before_volume_l: str | None = Field(description="Null without a comparison, too.")
    before_transactions: int | None
    change_pct: str | None = Field(description="Against the earlier volume; null unless both are known.")

    @classmethod
    def of(cls, use: Use, before: Use | None) -> Self:
        """Return what was used as it is shown."""
        return cls(
            volume_l=rules.litres(use.volume_ul) if use.transactions else None,
            transactions=use.transactions,
            mean_l=rules.mean_l(use.volume_ul, use.transactions) if use.transactions else None,
            before_volume_l=rules.litres(before.volume_ul) if before and before.transactions else None,
            before_transactions=None if before is None else before.transactions,
            change_pct=rules.change_pct(use.volume_ul, before.volume_ul)
            if use.transactions and before and before.transactions
            else None,
        )


class TrendSeries(BaseModel):
    """One line: a location, a product, everything (id and name null), or the rest of many (is_rest)."""

    id: str | None
    name: str | None
    is_rest: bool
    total: TrendPoint
    points: list[TrendPoint] = Field(description="One for each of the periods, in their order.")


class Trend(BaseModel):
    """Fuel use over time: standing records only, as corrected, by business date."""

    model_config = ConfigDict(json_schema_extra={"examples": [GOLDEN_TREND]})

    period: Period
    from_date: dt.date
    to_date: dt.date
    by: By
    compare: Compare | None
    periods: list[TrendPeriod] = Field(description="Oldest first; the outer ones are cut to from and to.")
    series: list[TrendSeries] = Field(description="Most used first, the rest of many last.")

    @classmethod
    def of(cls, span: Span, by: By, series: Sequence[Series]) -> Self:
        """Return a trend as it is shown."""
        return cls(
            period=span.period,
            from_date=span.whole.first,
            to_date=span.whole.last,
            by=by,
            compare=span.compare,
            periods=[
                TrendPeriod(
                    start=part.first,
                    end=part.last,
                    before_start=before and before.first,
                    before_end=before and before.last,
                )
                for part, before in zip(span.parts, span.befores, strict=True)
            ],
            series=[
                TrendSeries(
                    id=one.id,
                    name=one.name,
                    is_rest=one.is_rest,
                    total=TrendPoint.of(one.total, one.total_before),
                    points=[
                        TrendPoint.of(use, one.befores[at] if one.befores is not None else None)
                        for at, use in enumerate(one.uses)
                    ],
                )
                for one in series
            ],
        )
