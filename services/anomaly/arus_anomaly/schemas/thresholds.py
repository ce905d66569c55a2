"""What travels over REST: thresholds as people write and read them, and what a draft would change."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Final, Literal, Self

from arus_contracts import reading
from arus_runtime.cursor import encode
from arus_runtime.ids import Ulid
from arus_runtime.web.spans import Day, Moment
from arus_runtime.words import Language
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from arus_anomaly import codec
from arus_anomaly.rules.backtest import Tally, Trial, position
from arus_anomaly.rules.fuel import Status, risk_score
from arus_anomaly.rules.thresholds import DEFAULTS, Version
from arus_anomaly.schemas.reasons import Reason
from arus_anomaly.schemas.verdicts import (
    GOLDEN,
    Named,
    Profile,
    StatusName,
    Summary,
    ThresholdsOut,
    status_name,
)
from arus_anomaly.store.thresholds import Pair, StoredVersion

STRICTER: JsonDict = {
    "waspada_pct": "110",
    "anomali_pct": "140",
    "low_pct": "50",
    "facts_needed": 5,
    "profile": "weekday",
}
_VERSION: JsonDict = {
    "id": "01JHB8Z5G0R5C1V8X3N6K2Q7TZ",
    "location": GOLDEN["location"],
    "product": None,
    "valid_from": "2025-01-12T17:00:00Z",
    "thresholds": {"id": "01JHB8Z5G0R5C1V8X3N6K2Q7TZ", **STRICTER},
    "state": "active",
    "created_by": "01JGJ4M3Z1T5C0V8X2N6K3Q7RB",
    "created_at": "2025-01-12T09:12:00Z",
}
_COUNTS: JsonDict = {
    "facts": 424,
    "changed": 1,
    "before": {"normal": 412, "waspada": 9, "anomali": 3},
    "after": {"normal": 411, "waspada": 10, "anomali": 3},
    "by_location": [
        {
            "location": GOLDEN["location"],
            "before": {"normal": 412, "waspada": 9, "anomali": 3},
            "after": {"normal": 411, "waspada": 10, "anomali": 3},
            "changed": 1,
        }
    ],
}
Percent = Annotated[Decimal, Field(gt=0, le=10_000, decimal_places=4)]


class ThresholdsIn(BaseModel):
    """What a volume is to be judged by; what is left out is as built in."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [STRICTER]})

    waspada_pct: Percent = Field(default=Decimal(120), description="From this percentage on WASPADA.")
    anomali_pct: Percent = Field(default=Decimal(150), description="Above this percentage ANOMALI.")
    low_pct: Percent | None = Field(
        default=None, description="Below this percentage WASPADA too; null: low use is not flagged."
    )
    facts_needed: int = Field(
        default=3, ge=1, le=30, strict=True, description="With fewer earlier records there is no score."
    )
    profile: Profile = Field(
        default="plain",
        description="weekday: the baseline is the mean of that weekday's records, where there are enough.",
    )


class _Draft(BaseModel):
    model_config = ConfigDict(extra="forbid")

    location_id: Ulid | None = Field(default=None, description="null: every location.")
    product_id: Ulid | None = Field(default=None, description="null: every product.")
    thresholds: ThresholdsIn | None = Field(
        description="null: follow the next wider scope, in the end what is built in."
    )


class NewVersion(_Draft):
    """Thresholds for the organisation, a location, a product, or a product at a location."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"location_id": "01JGJ4M3Z8Q0T7C1V5X2B9N6KD", "thresholds": {**STRICTER}}]
        },
    )

    valid_from: Moment | None = Field(
        default=None,
        description="From when on records are judged by it; null, or sooner than 5 s from now: 5 s from now.",
    )


class VersionOut(BaseModel):
    """A version of thresholds. thresholds: null where it follows the next wider scope."""

    model_config = ConfigDict(json_schema_extra={"examples": [_VERSION]})

    id: str
    location: Named | None = Field(description="null: every location.")
    product: Named | None = Field(description="null: every product.")
    valid_from: datetime
    thresholds: ThresholdsOut | None
    state: Literal["planned", "active", "replaced"]
    created_by: str
    created_at: datetime

    @classmethod
    def of(cls, stored: StoredVersion) -> Self:
        """Return a stored version as it is shown."""
        return cls(
            id=stored.id,
            location=_named(stored.location_id, stored.location_name),
            product=_named(stored.product_id, stored.product_name),
            valid_from=stored.valid_from,
            thresholds=None
            if stored.waspada_pct is None or stored.anomali_pct is None
            else ThresholdsOut(
                id=stored.id,
                waspada_pct=reading.plain(stored.waspada_pct),
                anomali_pct=reading.plain(stored.anomali_pct),
                low_pct=None if stored.low_pct is None else reading.plain(stored.low_pct),
                facts_needed=stored.facts_needed or DEFAULTS.facts_needed,
                profile=stored.profile or "plain",
            ),
            state=stored.state,
            created_by=stored.created_by,
            created_at=stored.created_at,
        )


class Effective(BaseModel):
    """What records of a product at a location are judged by now, and which scope says so."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "location": GOLDEN["location"],
                    "product": GOLDEN["product"],
                    "scope": "location",
                    "thresholds": {"id": "01JHB8Z5G0R5C1V8X3N6K2Q7TZ", **STRICTER},
                }
            ]
        }
    )

    location: Named
    product: Named
    scope: Literal["built_in", "organisation", "location", "product", "product_at_location"]
    thresholds: ThresholdsOut

    @classmethod
    def of(cls, pair: Pair, version: Version | None) -> Self:
        """Return what holds for a pair; version: None for the built-in thresholds."""
        scope = None if version is None else (bool(version.scope.location_id), bool(version.scope.product_id))
        return cls(
            location=Named(id=pair.location_id, name=pair.location_name),
            product=Named(id=pair.product_id, name=pair.product_name),
            scope="built_in" if scope is None else _SCOPES[scope],
            thresholds=ThresholdsOut.of((version and version.thresholds) or DEFAULTS),
        )


class NewBacktest(_Draft):
    """A draft to try on what was recorded; from and to: business dates, inclusive."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "location_id": "01JGJ4M3Z8Q0T7C1V5X2B9N6KD",
                    "thresholds": {**STRICTER},
                    "from": "2024-01-01",
                    "to": "2024-12-31",
                }
            ]
        },
    )

    since: Day | None = Field(default=None, alias="from", description="null: from the first record on.")
    until: Day | None = Field(default=None, alias="to", description="null: to the last record.")


class LocationCounts(BaseModel):
    """What a draft does at one location."""

    location: Named
    before: Summary
    after: Summary
    changed: int


class BacktestCounts(BaseModel):
    """What a draft does to all records it reaches."""

    model_config = ConfigDict(json_schema_extra={"examples": [_COUNTS]})

    facts: int
    changed: int
    before: Summary
    after: Summary
    by_location: list[LocationCounts]

    @classmethod
    def of(cls, tally: Tally, names: Mapping[str, str]) -> Self:
        """Return what was counted; names: of locations, by id."""
        before, after = _total(tally.before), _total(tally.after)
        return cls(
            facts=before.total(),
            changed=tally.changed.total(),
            before=Summary.of(before),
            after=Summary.of(after),
            by_location=[
                LocationCounts(
                    location=Named(id=location_id, name=names.get(location_id, location_id)),
                    before=Summary.of(counts),
                    after=Summary.of(tally.after[location_id]),
                    changed=tally.changed[location_id],
                )
                for location_id, counts in tally.before.items()
            ],
        )


class ChangedVerdict(BaseModel):
    """A verdict that would be another. before: as it stands; after: as the draft would have it."""

    fact_id: str
    location: Named
    product: Named
    date: date
    volume: str = Field(description="Litres.")
    baseline: str | None = Field(description="Usual litres, as the draft takes them.")
    risk_score: str | None = Field(description="Percent of that baseline.")
    before: StatusName
    after: StatusName
    reason: Reason

    @classmethod
    def of(cls, trial: Trial, names: Mapping[str, str], language: Language) -> Self:
        """Return a change as it is shown."""
        location_id, product_id, fact, status = trial.judged
        usual = reading.baseline_l(*trial.window)
        score = risk_score(fact.volume_ul, trial.window, trial.by.facts_needed)
        params = reading.reason_params(fact.volume_ul, *trial.window, trial.by.facts_needed, score)
        return cls(
            fact_id=codec.ulid_text(fact.id),
            location=Named(id=location_id, name=names.get(location_id, location_id)),
            product=Named(id=product_id, name=names.get(product_id, product_id)),
            date=date.fromordinal(fact.day),
            volume=reading.plain(reading.litres(fact.volume_ul)),
            baseline=None if usual is None else reading.plain(usual),
            risk_score=score or None,
            before=status_name(status),
            after=status_name(trial.status),
            reason=Reason.of(trial.reason_code, params, language),
        )


class BacktestOut(BaseModel):
    """What a draft would have said of the records it reaches. items: the changed verdicts, page by page."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "counts": _COUNTS,
                    "items": [
                        {
                            "fact_id": "01JH8PV6W4RZ3M0T5X9K2C7B1M",
                            "location": GOLDEN["location"],
                            "product": GOLDEN["product"],
                            "date": "2025-01-09",
                            "volume": "340",
                            "baseline": "300",
                            "risk_score": "113.3333",
                            "before": "NORMAL",
                            "after": "WASPADA",
                            "reason": {
                                "code": "FUEL_WASPADA",
                                "params": {
                                    "volume_l": "340",
                                    "history_count": 12,
                                    "history_needed": 5,
                                    "baseline_l": "300",
                                    "score_pct": 113,
                                },
                                "text": "Pemakaian 340 L, 113% dari biasanya (300 L): WASPADA.",
                            },
                        }
                    ],
                    "next_cursor": None,
                }
            ]
        }
    )

    counts: BacktestCounts | None = Field(description="null on all pages but the first.")
    items: list[ChangedVerdict] = Field(description="By location, date and record.")
    next_cursor: str | None

    @classmethod
    def of(
        cls,
        tally: Tally,
        counts: BacktestCounts | None,
        limit: int,
        names: Mapping[str, str],
        language: Language,
    ) -> Self:
        """Return a page; tally: keeps one change more than are shown, if there are more."""
        shown = tally.changes[:limit]
        last = position(shown[-1]) if len(tally.changes) > limit else None
        return cls(
            counts=counts,
            items=[ChangedVerdict.of(trial, names, language) for trial in shown],
            next_cursor=last and encode(last[0], date.fromordinal(last[1]), codec.ulid_text(last[2])),
        )


def _total(by_location: Mapping[str, Counter[Status]]) -> Counter[Status]:
    return sum(by_location.values(), Counter[Status]())


def _named(record_id: str | None, name: str | None) -> Named | None:
    return None if record_id is None else Named(id=record_id, name=name or record_id)


_SCOPES: Final[Mapping[tuple[bool, bool], Any]] = {
    (False, False): "organisation",
    (True, False): "location",
    (False, True): "product",
    (True, True): "product_at_location",
}
