from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Status(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    STATUS_UNSPECIFIED: _ClassVar[Status]
    STATUS_NORMAL: _ClassVar[Status]
    STATUS_WASPADA: _ClassVar[Status]
    STATUS_ANOMALI: _ClassVar[Status]
STATUS_UNSPECIFIED: Status
STATUS_NORMAL: Status
STATUS_WASPADA: Status
STATUS_ANOMALI: Status

class VerdictReached(_message.Message):
    __slots__ = ("tenant_id", "verdict_id", "domain", "fact_id", "location_id", "product_id", "business_date", "status", "volume_ul", "history_sum_ul", "history_count", "risk_score", "reason_code", "rule")
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
    def __init__(self, tenant_id: _Optional[str] = ..., verdict_id: _Optional[str] = ..., domain: _Optional[str] = ..., fact_id: _Optional[str] = ..., location_id: _Optional[str] = ..., product_id: _Optional[str] = ..., business_date: _Optional[str] = ..., status: _Optional[_Union[Status, str]] = ..., volume_ul: _Optional[int] = ..., history_sum_ul: _Optional[int] = ..., history_count: _Optional[int] = ..., risk_score: _Optional[str] = ..., reason_code: _Optional[str] = ..., rule: _Optional[str] = ...) -> None: ...

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
