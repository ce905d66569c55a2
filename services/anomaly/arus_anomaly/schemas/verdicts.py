"""What travels over REST: verdicts as people read them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, Literal, Self

from arus.anomaly.v1.events_pb2 import OpinionReached
from arus_contracts import reading
from arus_runtime.words import Language
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from arus_anomaly import codec
from arus_anomaly.rules.fuel import Status
from arus_anomaly.rules.thresholds import Thresholds
from arus_anomaly.schemas.opinions import OPINION, Opinion, litres
from arus_anomaly.schemas.reasons import Reason
from arus_anomaly.store.verdicts import Stored

Domain = Literal["fuel"]
Profile = Literal["plain", "weekday"]
StatusName = Literal["NORMAL", "WASPADA", "ANOMALI"]

GOLDEN: JsonDict = {
    "id": "01JH8PV6W4RZ3M0T5X9K2C7B1N",
    "domain": "fuel",
    "location": {"id": "01JGJ4M3Z8Q0T7C1V5X2B9N6KD", "name": "Gudang A"},
    "product": {"id": "01JGJ4M3ZA5R8W2E6T0Y4V1P7H", "name": "Solar"},
    "date": "2025-01-10",
    "volume": "520",
    "baseline": "300",
    "risk_score": "173.3333",
    "status": "ANOMALI",
    "reason": {
        "code": "FUEL_ANOMALI",
        "params": {
            "volume_l": "520",
            "history_count": 3,
            "history_needed": 3,
            "baseline_l": "300",
            "score_pct": 173,
        },
        "text": "Pemakaian 520 L, 173% dari biasanya (300 L): ANOMALI.",
    },
    "milder": [
        {
            "status": "WASPADA",
            "at_least": "360",
            "at_most": "450",
            "reason": {
                "code": "FLIP_WASPADA_AT_MOST",
                "params": {"volume_l": "450"},
                "text": "WASPADA bila ≤ 450 L.",
            },
        },
        {
            "status": "NORMAL",
            "at_least": None,
            "at_most": "359.999999",
            "reason": {
                "code": "FLIP_NORMAL_BELOW",
                "params": {"volume_l": "360"},
                "text": "NORMAL bila < 360 L.",
            },
        },
    ],
    "thresholds_id": None,
    "fact_id": "01JH8PV6W4RZ3M0T5X9K2C7B1N",
    "judged_at": "2025-01-10T10:15:00Z",
    "superseded": False,
}
GOLDEN_HISTORY: list[JsonDict] = [
    {
        "fact_id": f"01JH8PV6W4RZ3M0T5X9K2C7B1{last}",
        "date": day,
        "volume": "300",
        "status": "NORMAL",
        "expected": "300",
        "usual_from": None,
        "usual_to": None,
    }
    for last, day in (("M", "2025-01-09"), ("K", "2025-01-08"), ("J", "2025-01-07"))
]


BUILT_IN: JsonDict = {
    "id": None,
    "waspada_pct": "120",
    "anomali_pct": "150",
    "low_pct": None,
    "facts_needed": 3,
    "profile": "plain",
}


class Named(BaseModel):
    """A record of the catalogue. Its name is its id while the catalogue has not told it yet."""

    id: str
    name: str


class Milder(BaseModel):
    """The litres that would have been judged milder, both ends included, to the microlitre."""

    status: StatusName
    at_least: str | None = Field(description="null: no lower end.")
    at_most: str
    reason: Reason = Field(
        description="Its numbers are rounded to the side on which the sentence stays true."
    )

    @classmethod
    def of(cls, milder: reading.Milder, language: Language) -> Self:
        """Return a milder answer as it is shown."""
        return cls(
            status=milder.status,
            at_least=None if milder.at_least_ul == 1 else reading.plain(reading.litres(milder.at_least_ul)),
            at_most=reading.plain(reading.litres(milder.at_most_ul)),
            reason=Reason.of(milder.code, milder.params, language),
        )


class Anomaly(BaseModel):
    """What was concluded about one fact."""

    model_config = ConfigDict(json_schema_extra={"examples": [GOLDEN]})

    id: str = Field(description="Stays the same when the fact is judged again.")
    domain: Domain
    location: Named
    product: Named
    date: date
    volume: str = Field(description="Litres.")
    baseline: str | None = Field(description="Usual litres: the mean of the history; null without history.")
    risk_score: str | None = Field(description="Percent of the baseline; null with too little history.")
    status: StatusName
    reason: Reason
    milder: list[Milder] = Field(description="The nearest first; empty for NORMAL.")
    thresholds_id: str | None = Field(description="The version it was judged by; null: as built in.")
    fact_id: str
    judged_at: datetime
    superseded: bool = Field(description="Another verdict took its place, or the fact was voided.")

    @classmethod
    def of(cls, stored: Stored, language: Language) -> Self:
        """Return a stored verdict as it is shown."""
        return cls(**_shown(stored, language))


class PastFact(BaseModel):
    """A fact that a verdict looked back on."""

    model_config = ConfigDict(json_schema_extra={"examples": [*GOLDEN_HISTORY[:1]]})

    fact_id: str
    date: date
    volume: str = Field(description="Litres.")
    status: StatusName
    expected: str | None = Field(description="What the detector expected, in litres; null: not known.")
    usual_from: str | None
    usual_to: str | None

    @classmethod
    def of(cls, stored: Stored, opinion: bytes | None) -> Self:
        """Return the fact of a stored verdict, with the opinion on it."""
        said = OpinionReached.FromString(opinion or b"")
        return cls(
            expected=litres(said.expected_ul),
            usual_from=litres(said.low_ul) if said.high_ul else None,
            usual_to=litres(said.high_ul),
            fact_id=stored.fact_id,
            date=stored.business_date,
            volume=reading.plain(reading.litres(codec.verdict(stored.value).volume_ul)),
            status=status_name(stored.status),
        )


class ThresholdsOut(BaseModel):
    """What volumes are judged by. id: of the version; null: as built in."""

    model_config = ConfigDict(json_schema_extra={"examples": [BUILT_IN]})

    id: str | None
    waspada_pct: str
    anomali_pct: str
    low_pct: str | None
    facts_needed: int
    profile: Profile

    @classmethod
    def of(cls, by: Thresholds) -> Self:
        """Return thresholds as they are shown."""
        return cls(
            id=by.version_id or None,
            waspada_pct=reading.plain(codec.percent(by.waspada_ppm)),
            anomali_pct=reading.plain(codec.percent(by.anomali_ppm)),
            low_pct=reading.plain(codec.percent(by.low_ppm)) if by.low_ppm else None,
            facts_needed=by.facts_needed,
            profile="weekday" if by.by_weekday else "plain",
        )


class AnomalyDetail(Anomaly):
    """A verdict with what it was judged against and what was said before it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    **GOLDEN,
                    "history": [*GOLDEN_HISTORY],
                    "revisions": [],
                    "thresholds": {**BUILT_IN},
                    "second_opinion": {**OPINION},
                }
            ]
        }
    )

    history: list[PastFact] = Field(description="Newest first, at most 30 facts.")
    revisions: list[Anomaly] = Field(description="Earlier verdicts of the same fact, newest first.")
    thresholds: ThresholdsOut = Field(description="What it was judged by.")
    second_opinion: Opinion | None = Field(
        description="What the learned detector says beside the rule; null: nothing yet."
    )

    @classmethod
    def with_history(
        cls,
        revisions: Sequence[Stored],
        history: Sequence[PastFact],
        second_opinion: Opinion | None,
        by: Thresholds,
        language: Language,
    ) -> Self:
        """Return the newest of the revisions, the earlier ones, and the facts it looked back on."""
        newest, *earlier = revisions
        return cls(
            **_shown(newest, language),
            thresholds=ThresholdsOut.of(by),
            history=[*history],
            second_opinion=second_opinion,
            revisions=[Anomaly.of(revision, language) for revision in earlier],
        )


class Summary(BaseModel):
    """How many facts stand at each status."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"normal": 412, "waspada": 9, "anomali": 3}]})

    normal: int
    waspada: int
    anomali: int

    @classmethod
    def of(cls, counts: Mapping[int, int] | Mapping[Status, int]) -> Self:
        """Return counts by status as they are shown; a status without any is absent from counts."""
        return cls(
            normal=counts.get(Status.NORMAL, 0),
            waspada=counts.get(Status.WASPADA, 0),
            anomali=counts.get(Status.ANOMALI, 0),
        )


def status_name(status: int) -> StatusName:
    """Return the word of a stored status."""
    return _STATUS_NAMES[Status(status)]


def _shown(stored: Stored, language: Language) -> dict[str, Any]:
    verdict, status = codec.verdict(stored.value), status_name(stored.status)
    usual = reading.baseline_l(verdict.history_sum_ul, verdict.history_count)
    params = reading.params_of(verdict)
    return {
        "id": stored.fact_id,
        "domain": verdict.domain,
        "location": Named(id=stored.location_id, name=stored.location_name or stored.location_id),
        "product": Named(id=stored.product_id, name=stored.product_name or stored.product_id),
        "date": stored.business_date,
        "volume": reading.plain(reading.litres(verdict.volume_ul)),
        "baseline": None if usual is None else reading.plain(usual),
        "risk_score": verdict.risk_score or None,
        "status": status,
        "reason": Reason.of(verdict.reason_code, params, language),
        "milder": [
            Milder.of(one, language)
            for one in reading.milder(status, verdict.history_sum_ul, verdict.history_count, verdict.bounds)
        ],
        "thresholds_id": verdict.thresholds_id or None,
        "fact_id": stored.fact_id,
        "judged_at": stored.judged_at,
        "superseded": not stored.is_current,
    }


_STATUS_NAMES: Final[Mapping[Status, StatusName]] = {
    Status.NORMAL: "NORMAL",
    Status.WASPADA: "WASPADA",
    Status.ANOMALI: "ANOMALI",
}
