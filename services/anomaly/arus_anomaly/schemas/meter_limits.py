"""What travels over REST: what register reads are judged by, as people write and read it."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Final, Literal, Self

from arus_contracts.reading import plain
from arus_runtime.web.spans import Moment
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic.config import JsonDict

from arus_anomaly.codec.meter_limits import cubic_metres
from arus_anomaly.rules.meter.limits import DEFAULTS, Limits, Version, size_of
from arus_anomaly.store.meter_limits import StoredLimits

_LIMITS: JsonDict = {
    "extreme_m3": "500",
    "drop_pct": 40,
    "drop_floor_m3": "5",
    "month_from_days": 20,
    "month_to_days": 45,
    "zeros": 3,
    "estimates": 2,
    "trouble_codes": ["STAND TIDAK JELAS"],
}
_ID = "01JHB8Z5G0R5C1V8X3N6K2Q7TZ"
_VERSION: JsonDict = {
    "id": _ID,
    "usage_class": "3A",
    "meter_size": "1 1/2",
    "valid_from": "2025-01-12T17:00:00Z",
    "limits": {"id": _ID, **_LIMITS},
    "state": "active",
    "created_by": "01JGJ4M3Z1T5C0V8X2N6K3Q7RB",
    "created_at": "2025-01-12T09:12:00Z",
}


Capitals = StringConstraints(strip_whitespace=True, to_upper=True, min_length=1)
UsageClass = Annotated[str, Capitals, Field(max_length=40)]
MeterSize = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1), Field(max_length=40), AfterValidator(size_of)
]
Code = Annotated[str, Capitals, Field(max_length=60)]
Days = Annotated[int, Field(ge=1, le=366, strict=True)]
Run = Annotated[int, Field(ge=2, le=24, strict=True)]


class MeterLimitsIn(BaseModel):
    """What register reads are to be judged by; what is left out is as built in."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_LIMITS]})

    extreme_m3: Decimal = Field(
        default=Decimal(100), gt=0, le=1_000_000, decimal_places=3, description="More in a month is extreme."
    )
    drop_pct: int = Field(
        default=50, ge=1, le=99, strict=True, description="Below this percentage of the usual use it dropped."
    )
    drop_floor_m3: Decimal = Field(
        default=Decimal(5),
        ge=0,
        le=1_000_000,
        decimal_places=3,
        description="Where a usual month is less, a drop says nothing.",
    )
    month_from_days: Days = Field(
        default=20, description="Periods of so many days to month_to_days are a month; others are prorated."
    )
    month_to_days: Days = 45
    zeros: Run = Field(default=3, description="So many without use in a row look like a stuck meter.")
    estimates: Run = Field(default=3, description="So many estimates in a row are warned of.")
    trouble_codes: list[Code] = Field(
        default=[], max_length=50, description="Reader's codes that say the read is wrong."
    )


class NewMeterLimits(BaseModel):
    """Limits of a tariff class, of a meter size, of both together, or of all without their own.

    For a read those of its class and size count, else of its size, else of its class, else of all.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"usage_class": "3A", "meter_size": '1½"', "limits": {**_LIMITS}}]},
    )

    usage_class: UsageClass | None = Field(default=None, description="null: every class without its own.")
    meter_size: MeterSize | None = Field(
        default=None,
        description='null: every size without its own. However it is written: ½ inch and 1/2" are 1/2.',
    )
    limits: MeterLimitsIn | None = Field(
        description="null: follow what holds next: of the size, of the class, of all, as built in."
    )
    valid_from: Moment | None = Field(
        default=None,
        description="From when on reads are judged by it; null, or sooner than 5 s from now: 5 s from now.",
    )


class MeterLimitsOut(BaseModel):
    """What register reads are judged by. id: of the version that says so; null: built in."""

    id: str | None
    extreme_m3: str
    drop_pct: int
    drop_floor_m3: str
    month_from_days: int
    month_to_days: int
    zeros: int
    estimates: int
    trouble_codes: list[str]

    @classmethod
    def of(cls, limits: Limits) -> Self:
        """Return limits as they are shown."""
        return cls(
            id=limits.version_id or None,
            extreme_m3=plain(cubic_metres(limits.extreme_l)),
            drop_pct=limits.drop_pct,
            drop_floor_m3=plain(cubic_metres(limits.drop_floor_l)),
            month_from_days=limits.month_days[0],
            month_to_days=limits.month_days[1],
            zeros=limits.zeros,
            estimates=limits.estimates,
            trouble_codes=sorted(limits.trouble_codes),
        )


class MeterLimitsVersion(BaseModel):
    """A version of limits. limits: null where it follows what holds next."""

    model_config = ConfigDict(json_schema_extra={"examples": [_VERSION]})

    id: str
    usage_class: str | None = Field(description="null: every class without its own.")
    meter_size: str | None = Field(description="null: every size without its own.")
    valid_from: datetime
    limits: MeterLimitsOut | None
    state: Literal["planned", "active", "replaced"]
    created_by: str
    created_at: datetime

    @classmethod
    def of(cls, stored: StoredLimits) -> Self:
        """Return a stored version as it is shown."""
        version = stored.version
        return cls(
            id=version.id,
            usage_class=version.usage_class or None,
            meter_size=version.meter_size or None,
            valid_from=stored.valid_from,
            limits=version.limits and MeterLimitsOut.of(version.limits),
            state=stored.state,
            created_by=stored.created_by,
            created_at=stored.created_at,
        )


_SCOPES: Final[Mapping[tuple[bool, bool], Literal["every_class", "class", "size", "class_and_size"]]] = {
    (False, False): "every_class",
    (True, False): "class",
    (False, True): "size",
    (True, True): "class_and_size",
}
"""By whether a version is of a class, and of a size."""


class EffectiveMeterLimits(BaseModel):
    """What reads of a tariff class and a meter size are judged by now. scope: what it was set for."""

    usage_class: str | None = Field(description="null: every class without its own.")
    meter_size: str | None = Field(description="null: every size without its own.")
    scope: Literal["built_in", "every_class", "class", "size", "class_and_size"]
    limits: MeterLimitsOut

    @classmethod
    def of(cls, usage_class: str, meter_size: str, version: Version | None) -> Self:
        """Return what holds for a class and size. version: None for the built-in limits."""
        limits = DEFAULTS if version is None or version.limits is None else version.limits
        return cls(
            usage_class=usage_class or None,
            meter_size=meter_size or None,
            scope="built_in"
            if version is None
            else _SCOPES[bool(version.usage_class), bool(version.meter_size)],
            limits=MeterLimitsOut.of(limits),
        )


class EffectiveMeterLimitsList(BaseModel):
    """What holds now: for all, and for each class and size that has, or had, limits of its own."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "items": [
                        {
                            "usage_class": "3A",
                            "meter_size": "1 1/2",
                            "scope": "class_and_size",
                            "limits": {"id": _ID, **_LIMITS},
                        }
                    ]
                }
            ]
        }
    )

    items: list[EffectiveMeterLimits]
