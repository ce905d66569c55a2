"""What travels over REST: the second opinion on a fact."""

from decimal import ROUND_HALF_UP, Decimal
from math import log1p, log10
from typing import Any, Final, Literal, Self

from arus.anomaly.v1.events_pb2 import (
    STAGE_JUDGED,
    OpinionReached,
)
from arus_contracts import reading
from arus_runtime.words import Language
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from arus_anomaly import codec
from arus_anomaly.rules.learned import explanation
from arus_anomaly.rules.learned.causes import Cause, Hint
from arus_anomaly.rules.learned.detector import DETECTOR, Assessment, Stage
from arus_anomaly.rules.learned.incidents import Incident
from arus_anomaly.rules.learned.profile import FUEL
from arus_anomaly.rules.learned.severity import Severity
from arus_anomaly.rules.opinions import UL_PER_L
from arus_anomaly.schemas.reasons import Reason

SeverityName = Literal["none", "info", "warning", "critical"]
CauseName = Literal["BOCOR", "PENYALAHGUNAAN", "SALAH_CATAT", "PEMBOROSAN"]
StageName = Literal["LEARNING", "JUDGED", "LATE"]

OPINION: JsonDict = {
    "stage": "JUDGED",
    "severity": "critical",
    "expected": "302.41",
    "usual_from": "214.08",
    "usual_to": "427.18",
    "p": 0.00006,
    "reason": {
        "code": "LEARNED_HIGH",
        "params": {
            "volume_l": "520",
            "expected_l": "302.41",
            "low_l": "214.08",
            "high_l": "427.18",
            "one_in": 16667,
        },
        "text": "Di atas pola: 520 L, perkiraan 302,41 L, kisaran wajar 214,08 sampai 427,18 L."
        " Pada catatan yang wajar ini terjadi sekitar 1 dari 16.667 kali.",
    },
    "milder": {
        "code": "FLIP_WARNING_AT_MOST",
        "params": {"volume_l": "511.9"},
        "text": "Hanya peringatan bila ≤ 511,9 L.",
    },
    "causes": [
        {
            "cause": "PENYALAHGUNAAN",
            "share": 1.0,
            "reason": {
                "code": "CAUSE_PENYALAHGUNAAN",
                "params": {"share_pct": 100},
                "text": "Mirip penyalahgunaan (100%): lonjakan mendadak di luar pola.",
            },
        }
    ],
    "shift": None,
    "history_count": 60,
    "detector": "learned/2",
    "calibration": "fuel-simulated-2",
    "calendar": "holidays-0.109",
    "incident_id": "01JH8PV6W4RZ3M0T5X9K2C7B1N",
}
_SEVERITIES: Final[tuple[SeverityName, ...]] = ("none", "none", "info", "warning", "critical")
_HUNDREDTH: Final = Decimal("0.01")


class CauseHint(BaseModel):
    """What a fact looks like. A person says what it was."""

    cause: CauseName
    share: float = Field(description="Of all evidence, 0 to 1.")
    reason: Reason


class Opinion(BaseModel):
    """What the learned detector says of a fact. It never changes the fact's status."""

    model_config = ConfigDict(json_schema_extra={"examples": [OPINION]})

    stage: StageName = Field(
        description="LEARNING: too few records to judge by. LATE: it came when 60 records stood behind it."
    )
    severity: SeverityName
    expected: str | None = Field(description="Litres; null while nothing is known.")
    usual_from: str | None = Field(description="Litres; between these less than one record in 100 falls out.")
    usual_to: str | None
    p: float | None = Field(description="Share of honest records that surprise as much; null: not told yet.")
    reason: Reason
    milder: Reason | None = Field(description="Which litres would have been judged milder.")
    causes: list[CauseHint] = Field(description="Likeliest first; empty while nothing surprises.")
    shift: Reason | None = Field(description="The level of use is said to have shifted with it.")
    history_count: int
    detector: str
    calibration: str | None
    calendar: str | None
    incident_id: str | None = Field(description="The incident that the record belongs to.")

    @classmethod
    def of(cls, value: bytes, language: Language) -> Self:
        """Return a stored opinion as it is shown."""
        return cls(**_shown(OpinionReached.FromString(value), language))

    @classmethod
    def too_late(cls, language: Language) -> Self:
        """Return what is shown of a record that came too late for an opinion."""
        nothing = cls.of(OpinionReached(p=1.0, detector=DETECTOR).SerializeToString(), language)
        reason = Reason.of("LEARNED_LATE", {}, language)
        return nothing.model_copy(update={"stage": "LATE", "reason": reason})


def litres(volume_ul: int) -> str | None:
    """Return what the detector expects, in litres with two decimals; None for what it does not know."""
    if not volume_ul:
        return None
    return reading.plain(reading.litres(volume_ul).quantize(_HUNDREDTH, ROUND_HALF_UP))


def _shown(event: OpinionReached, language: Language) -> dict[str, Any]:
    said, volume_l = _assessment(event), reading.litres(event.volume_ul)
    why = explanation.reason(said, volume_l, event.history_count, FUEL)
    shift = explanation.shift(said)
    milder = None
    if event.milder:
        milder = explanation.flips(Severity(event.milder - 1).name, event.milder_ul, event.volume_ul)
    hints = [
        Hint(cause, hint.share_permille / 1000)
        for hint in event.hints
        for cause, wire in codec.WIRE_CAUSE.items()
        if wire == hint.cause
    ]
    return {
        "stage": _STAGES.get(event.stage, "LEARNING"),
        "severity": _SEVERITIES[event.severity],
        "expected": litres(event.expected_ul),
        "usual_from": litres(event.low_ul) if event.high_ul else None,
        "usual_to": litres(event.high_ul),
        "p": event.p if event.p < 1.0 else None,
        "reason": Reason.of(*why, language),
        "milder": milder and Reason.of(*milder, language),
        "causes": [
            CauseHint(
                cause=_CAUSES[hint.cause],
                share=hint.share,
                reason=Reason.of(*explanation.cause(hint), language),
            )
            for hint in hints
        ],
        "shift": shift and Reason.of(*shift, language),
        "history_count": event.history_count,
        "detector": event.detector,
        "calibration": event.calibration or None,
        "calendar": event.calendar or None,
        "incident_id": event.incident_id or None,
    }


def _assessment(event: OpinionReached) -> Assessment:
    return Assessment(
        Stage.JUDGED if event.stage == STAGE_JUDGED else Stage.LEARNING,
        event.expected_ul / UL_PER_L,
        event.low_ul / UL_PER_L,
        event.high_ul / UL_PER_L,
        1.0 if event.volume_ul > event.expected_ul else -1.0,
        -log10(event.p) if event.p > 0.0 else 0.0,
        Severity(max(event.severity - 1, 0)),
        Incident.NONE,
        log1p(event.shift_permille / 1000),
    )


_STAGES: Final[dict[int, StageName]] = {STAGE_JUDGED: "JUDGED"}
_CAUSES: Final[dict[Cause, CauseName]] = {
    Cause.BOCOR: "BOCOR",
    Cause.PENYALAHGUNAAN: "PENYALAHGUNAAN",
    Cause.SALAH_CATAT: "SALAH_CATAT",
    Cause.PEMBOROSAN: "PEMBOROSAN",
}
