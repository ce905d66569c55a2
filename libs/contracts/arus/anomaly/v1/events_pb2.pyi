from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Status(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    STATUS_UNSPECIFIED: _ClassVar[Status]
    STATUS_NORMAL: _ClassVar[Status]
    STATUS_WASPADA: _ClassVar[Status]
    STATUS_ANOMALI: _ClassVar[Status]

class Profile(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PROFILE_UNSPECIFIED: _ClassVar[Profile]
    PROFILE_PLAIN: _ClassVar[Profile]
    PROFILE_WEEKDAY: _ClassVar[Profile]
STATUS_UNSPECIFIED: Status
STATUS_NORMAL: Status
STATUS_WASPADA: Status
STATUS_ANOMALI: Status
PROFILE_UNSPECIFIED: Profile
PROFILE_PLAIN: Profile
PROFILE_WEEKDAY: Profile

class VerdictReached(_message.Message):
    __slots__ = ("tenant_id", "verdict_id", "domain", "fact_id", "location_id", "product_id", "business_date", "status", "volume_ul", "history_sum_ul", "history_count", "risk_score", "reason_code", "rule", "history_needed", "thresholds_id")
    TENANT_ID_FIELD_NUMBER: _ClassVar[int]
    VERDICT_ID_FIELD_NUMBER: _ClassVar[int]
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    FACT_ID_FIELD_NUMBER: _ClassVar[int]
    LOCATION_ID_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    BUSINESS_DATE_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    VOLUME_UL_FIELD_NUMBER: _ClassVar[int]
    HISTORY_SUM_UL_FIELD_NUMBER: _ClassVar[int]
    HISTORY_COUNT_FIELD_NUMBER: _ClassVar[int]
    RISK_SCORE_FIELD_NUMBER: _ClassVar[int]
    REASON_CODE_FIELD_NUMBER: _ClassVar[int]
    RULE_FIELD_NUMBER: _ClassVar[int]
    HISTORY_NEEDED_FIELD_NUMBER: _ClassVar[int]
    THRESHOLDS_ID_FIELD_NUMBER: _ClassVar[int]
    tenant_id: str
    verdict_id: str
    domain: str
    fact_id: str
    location_id: str
    product_id: str
    business_date: str
    status: Status
    volume_ul: int
    history_sum_ul: int
    history_count: int
    risk_score: str
    reason_code: str
    rule: str
    history_needed: int
    thresholds_id: str
    def __init__(self, tenant_id: _Optional[str] = ..., verdict_id: _Optional[str] = ..., domain: _Optional[str] = ..., fact_id: _Optional[str] = ..., location_id: _Optional[str] = ..., product_id: _Optional[str] = ..., business_date: _Optional[str] = ..., status: _Optional[_Union[Status, str]] = ..., volume_ul: _Optional[int] = ..., history_sum_ul: _Optional[int] = ..., history_count: _Optional[int] = ..., risk_score: _Optional[str] = ..., reason_code: _Optional[str] = ..., rule: _Optional[str] = ..., history_needed: _Optional[int] = ..., thresholds_id: _Optional[str] = ...) -> None: ...

class VerdictWithdrawn(_message.Message):
    __slots__ = ("tenant_id", "verdict_id", "domain", "fact_id", "location_id", "product_id")
    TENANT_ID_FIELD_NUMBER: _ClassVar[int]
    VERDICT_ID_FIELD_NUMBER: _ClassVar[int]
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    FACT_ID_FIELD_NUMBER: _ClassVar[int]
    LOCATION_ID_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    tenant_id: str
    verdict_id: str
    domain: str
    fact_id: str
    location_id: str
    product_id: str
    def __init__(self, tenant_id: _Optional[str] = ..., verdict_id: _Optional[str] = ..., domain: _Optional[str] = ..., fact_id: _Optional[str] = ..., location_id: _Optional[str] = ..., product_id: _Optional[str] = ...) -> None: ...

class ThresholdSet(_message.Message):
    __slots__ = ("tenant_id", "version_id", "location_id", "product_id", "valid_from", "thresholds", "set_by")
    class Thresholds(_message.Message):
        __slots__ = ("waspada_pct", "anomali_pct", "facts_needed", "low_pct", "profile")
        WASPADA_PCT_FIELD_NUMBER: _ClassVar[int]
        ANOMALI_PCT_FIELD_NUMBER: _ClassVar[int]
        FACTS_NEEDED_FIELD_NUMBER: _ClassVar[int]
        LOW_PCT_FIELD_NUMBER: _ClassVar[int]
        PROFILE_FIELD_NUMBER: _ClassVar[int]
        waspada_pct: str
        anomali_pct: str
        facts_needed: int
        low_pct: str
        profile: Profile
        def __init__(self, waspada_pct: _Optional[str] = ..., anomali_pct: _Optional[str] = ..., facts_needed: _Optional[int] = ..., low_pct: _Optional[str] = ..., profile: _Optional[_Union[Profile, str]] = ...) -> None: ...
    TENANT_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_ID_FIELD_NUMBER: _ClassVar[int]
    LOCATION_ID_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    VALID_FROM_FIELD_NUMBER: _ClassVar[int]
    THRESHOLDS_FIELD_NUMBER: _ClassVar[int]
    SET_BY_FIELD_NUMBER: _ClassVar[int]
    tenant_id: str
    version_id: str
    location_id: str
    product_id: str
    valid_from: str
    thresholds: ThresholdSet.Thresholds
    set_by: str
    def __init__(self, tenant_id: _Optional[str] = ..., version_id: _Optional[str] = ..., location_id: _Optional[str] = ..., product_id: _Optional[str] = ..., valid_from: _Optional[str] = ..., thresholds: _Optional[_Union[ThresholdSet.Thresholds, _Mapping]] = ..., set_by: _Optional[str] = ...) -> None: ...
