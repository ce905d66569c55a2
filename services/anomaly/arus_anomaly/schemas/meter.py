"""Verdicts on register reads as they are shown."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from math import expm1
from typing import Any, Final, Literal, Self

from arus_contracts.reading import plain
from arus_runtime.words import Language, format_period
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from arus_anomaly.codec.meter import MeterVerdict, meter_verdict
from arus_anomaly.rules.learned.detector import DETECTOR, Stage
from arus_anomaly.rules.meter import REMARKS, TAGS, Kind, Tag
from arus_anomaly.rules.meter.opinions import Opinion, reason, shown
from arus_anomaly.schemas.reasons import Reason
from arus_anomaly.store.meter import StoredMeter

_LITRES: Final = 1_000
_MINOR: Final = 100
_SEVERITIES: Final = ("none", "info", "warning", "critical")
"""By ``Severity``."""


class Count(BaseModel):
    """Of how many customers it holds."""

    count: int = Field(examples=[45])


class MeterSummary(BaseModel):
    """The seed's summary of a period: all seven kinds, and how many customers have any, or were not read."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "periode": "Desember 2025",
                    "anomalies": {
                        "extreme": {"count": 45},
                        "turun": {"count": 67},
                        "zero": {"count": 120},
                        "negative": {"count": 3},
                        "salah_catat": {"count": 2},
                        "rebill": {"count": 0},
                        "estimasi": {"count": 31},
                    },
                    "distinct_customers": 250,
                    "skipped": 12,
                    "tags": {
                        "STUCK_METER": {"count": 18},
                        "ROLLOVER": {"count": 1},
                        "GANTI_METER": {"count": 25},
                        "CATCH_UP": {"count": 9},
                        "OVER_ESTIMATE": {"count": 4},
                        "USAGE_INACTIVE": {"count": 6},
                    },
                    "judged": 5000,
                    "period": "2025-12",
                    "periods": ["2025-12", "2025-11"],
                    "data_as_of": "2025-12-31T10:00:00Z",
                }
            ]
        }
    )

    periode: str
    anomalies: dict[Kind, Count]
    distinct_customers: int = Field(description="Customers of whom any kind holds.")
    skipped: int = Field(description="Customers whose meter was not read: neither zero nor estimated.")
    tags: dict[Tag, Count] = Field(description="Of how many customers each tag holds, an anomaly or not.")
    judged: int
    period: str | None
    periods: list[str] = Field(description="Every one that can be asked for, newest first.")
    data_as_of: datetime | None

    @classmethod
    def of(
        cls, period: str | None, periods: list[str], counts: Mapping[str, Any] | None, language: Language
    ) -> Self:
        """Return the summary of a period; nothing judged: zeros."""
        return cls(
            periode=format_period(period, language) if period else "",
            anomalies={kind: Count(count=counts[kind] if counts else 0) for kind in Kind},
            distinct_customers=counts["customers"] if counts else 0,
            skipped=counts["skipped"] if counts else 0,
            tags={tag: Count(count=counts[tag] if counts else 0) for tag in Tag},
            judged=counts["judged"] if counts else 0,
            period=period,
            periods=periods,
            data_as_of=counts["judged_at"] if counts else None,
        )


GOLDEN: JsonDict = {
    "nomen": "123456",
    "period": "2025-12",
    "rayon": "34",
    "kinds": ["extreme"],
    "reasons": [
        {
            "code": "METER_EXTREME",
            "params": {"use_m3": "272", "days": 30, "limit_m3": "100"},
            "text": "Pemakaian 272 m³ dalam 30 hari, lebih dari 100 m³ sebulan.",
        }
    ],
    "remarks": [],
    "tags": [],
    "read_date": "2025-12-14",
    "stand_m3": "1522",
    "from_m3": "1250",
    "days": 30,
    "use_m3": "272",
    "use30_m3": "272",
    "usual_m3": "20",
    "limits_id": None,
    "serial": None,
    "beside": [],
    "judged_at": "2025-12-15T02:00:00Z",
}


class MeterSaid(BaseModel):
    """What is said of a meter's billing period. Volumes are m³; null: there is none."""

    serial: str | None = Field(
        description="Of the meter, without blanks and zeros in front, where the customer has several."
    )
    kinds: list[Kind]
    reasons: list[Reason] = Field(description="Why each kind holds.")
    remarks: list[Reason] = Field(description="What else there is to say; no anomaly.")
    tags: list[Tag] = Field(description="In one word, of reasons and remarks that have one.")
    read_date: date | None
    stand_m3: str | None
    from_m3: str | None
    days: int
    use_m3: str | None
    use30_m3: str | None = Field(description="Of 30 days.")
    usual_m3: str | None
    limits_id: str | None = Field(description="Version of the limits it was judged by; null: built in.")

    @classmethod
    def of_meter(cls, said: MeterVerdict, language: Language) -> Self:
        """Return what is said of a meter as shown in a language."""
        return cls(**_shown(said, language))


class MeterAnomaly(MeterSaid):
    """What is said of a customer's billing period. Volumes are m³; null: there is none."""

    model_config = ConfigDict(json_schema_extra={"examples": [GOLDEN]})

    nomen: str
    period: str
    rayon: str
    kinds: list[Kind] = Field(description="Of whichever of the customer's meters.")
    tags: list[Tag] = Field(description="In one word, of whichever of the customer's meters.")
    beside: list[MeterSaid] = Field(
        description="The customer's other meters that were read in the period, what tells most first."
    )
    judged_at: datetime

    @classmethod
    def of(cls, stored: StoredMeter, language: Language) -> Self:
        """Return a verdict as shown in a language."""
        said = meter_verdict(stored.value)
        values = _shown(said, language)
        beside = [MeterSaid.of_meter(one, language) for one in said.beside]
        held = {*values["kinds"], *(kind for one in beside for kind in one.kinds)}
        tagged = {*values["tags"], *(tag for one in beside for tag in one.tags)}
        values["kinds"] = [kind for kind in Kind if kind in held]
        values["tags"] = [tag for tag in Tag if tag in tagged]
        return cls(
            **values,
            nomen=said.nomen,
            period=said.period,
            rayon=said.rayon,
            beside=beside,
            judged_at=stored.judged_at,
        )


GOLDEN_OPINION: JsonDict = {
    "stage": "JUDGED",
    "severity": "critical",
    "expected_m3": "20.4",
    "usual_from_m3": "9.8",
    "usual_to_m3": "42.6",
    "p": 0.00002,
    "peers_moved_pct": 4,
    "history_count": 23,
    "reason": {
        "code": "METER_LEARNED_HIGH",
        "params": {
            "use30_m3": "272",
            "expected_m3": "20.4",
            "low_m3": "9.8",
            "high_m3": "42.6",
            "one_in": 50000,
        },
        "text": "Di atas pola: 272 m³ sebulan, perkiraan 20,4 m³, kisaran wajar 9,8 sampai"
        " 42,6 m³. Pada pemakaian yang wajar ini terjadi sekitar 1 dari 50.000 kali.",
    },
    "detector": "learned/2",
    "calibration": "meter-simulated-2",
}


class MeterOpinion(BaseModel):
    """What the learned detector says of a use of 30 days, in m³. It never changes what the rule says."""

    model_config = ConfigDict(json_schema_extra={"examples": [GOLDEN_OPINION]})

    stage: Literal["LEARNING", "JUDGED"] = Field(description="LEARNING: too few uses to judge by.")
    severity: Literal["none", "info", "warning", "critical"]
    expected_m3: str
    usual_from_m3: str = Field(description="Between these less than one honest use in 100 falls out.")
    usual_to_m3: str
    p: float | None = Field(description="Share of honest uses that surprise as much; null: not told yet.")
    peers_moved_pct: int = Field(
        description="How much more others of the class, in the rayon, use than when this customer was first"
        " read; 0 also where too few are known. It is part of expected_m3."
    )
    history_count: int
    reason: Reason
    detector: str
    calibration: str = Field(description="What p was read from: own-… was fitted on the organisation's uses.")

    @classmethod
    def of(cls, opinion: Opinion, use30_l: int, language: Language) -> Self:
        """Return an opinion on a use as it is shown."""
        said = opinion.said
        return cls(
            stage="JUDGED" if said.stage is Stage.JUDGED else "LEARNING",
            severity=_SEVERITIES[said.severity],
            expected_m3=plain(shown(said.expected)),
            usual_from_m3=plain(shown(said.low)),
            usual_to_m3=plain(shown(said.high)),
            p=said.p if said.decades else None,
            peers_moved_pct=round(100 * expm1(opinion.moved)),
            history_count=opinion.facts,
            reason=Reason.of(*reason(opinion, use30_l), language),
            detector=DETECTOR,
            calibration=opinion.calibration,
        )


class MeterPeriod(MeterAnomaly):
    """What is said of a customer's billing period, and what the learned detector thinks of its use."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**GOLDEN, "second_opinion": GOLDEN_OPINION}]})

    second_opinion: MeterOpinion | None = Field(
        description="null where no use was read rightly, at the first one, and where nothing was used."
    )

    @classmethod
    def with_opinion(cls, stored: StoredMeter, opinion: Opinion | None, language: Language) -> Self:
        """Return a verdict as shown in a language, with the opinion on it."""
        use30_l = meter_verdict(stored.value).use30_l
        second = opinion and MeterOpinion.of(opinion, use30_l, language)
        return cls(**dict(MeterAnomaly.of(stored, language)), second_opinion=second)


class MeterHistoryOut(BaseModel):
    """What is said of every period of a customer, newest first."""

    nomen: str
    items: list[MeterPeriod]


def _shown(said: MeterVerdict, language: Language) -> dict[str, Any]:
    """Return the fields that say what a meter's verdict says."""
    params = _params(said)
    reasons = [Reason.of(code, params, language) for code in said.reason_codes]
    return {
        "serial": said.serial or None,
        "kinds": list(said.kinds),
        "reasons": [reason for reason in reasons if reason.code not in REMARKS],
        "remarks": [reason for reason in reasons if reason.code in REMARKS],
        "tags": [TAGS[reason.code] for reason in reasons if reason.code in TAGS],
        "read_date": said.read_date,
        "stand_m3": _m3(said.stand_l),
        "from_m3": _m3(said.from_l),
        "days": said.days,
        "use_m3": _m3(said.use_l) if said.days else None,
        "use30_m3": _m3(said.use30_l) if said.days else None,
        "usual_m3": _m3(said.usual_l) if said.usual_periods else None,
        "limits_id": said.limits_id or None,
    }


def _m3(litres: int | None) -> str | None:
    return None if litres is None else plain(Decimal(litres) / _LITRES)


def _params(said: MeterVerdict) -> Mapping[str, Decimal | int]:
    """Return the numbers that sentences take; what there is none of is absent."""
    volumes = {
        "use_m3": said.use_l,
        "use30_m3": said.use30_l,
        "limit_m3": said.limit_l,
        "stand_m3": said.stand_l,
        "from_m3": said.from_l,
        "would_be_m3": said.would_be_l,
        "delta_m3": said.delta_l,
    }
    return {
        # A mean is not known to the litre.
        "usual_m3": round(Decimal(said.usual_l) / _LITRES, 1),
        **{name: Decimal(litres) / _LITRES for name, litres in volumes.items() if litres is not None},
        "days": said.days,
        "run": said.run,
        "drop_pct": said.drop_pct,
        "delta_idr": Decimal(said.delta_minor) / _MINOR,
    }
