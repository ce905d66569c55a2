from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional

DESCRIPTOR: _descriptor.FileDescriptor

class FuelTransactionRecorded(_message.Message):
    __slots__ = ("tenant_id", "transaction_id", "location_id", "product_id", "business_date", "volume_ul", "timezone", "recorded_by")
    TENANT_ID_FIELD_NUMBER: _ClassVar[int]
    TRANSACTION_ID_FIELD_NUMBER: _ClassVar[int]
    LOCATION_ID_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    BUSINESS_DATE_FIELD_NUMBER: _ClassVar[int]
    VOLUME_UL_FIELD_NUMBER: _ClassVar[int]
    TIMEZONE_FIELD_NUMBER: _ClassVar[int]
    RECORDED_BY_FIELD_NUMBER: _ClassVar[int]
    tenant_id: str
    transaction_id: str
    location_id: str
    product_id: str
    business_date: str
    volume_ul: int
    timezone: str
    recorded_by: str
    def __init__(self, tenant_id: _Optional[str] = ..., transaction_id: _Optional[str] = ..., location_id: _Optional[str] = ..., product_id: _Optional[str] = ..., business_date: _Optional[str] = ..., volume_ul: _Optional[int] = ..., timezone: _Optional[str] = ..., recorded_by: _Optional[str] = ...) -> None: ...

class FuelTransactionCorrected(_message.Message):
    __slots__ = ("tenant_id", "transaction_id", "location_id", "product_id", "business_date", "volume_ul", "timezone", "corrected_by")
    TENANT_ID_FIELD_NUMBER: _ClassVar[int]
    TRANSACTION_ID_FIELD_NUMBER: _ClassVar[int]
    LOCATION_ID_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    BUSINESS_DATE_FIELD_NUMBER: _ClassVar[int]
    VOLUME_UL_FIELD_NUMBER: _ClassVar[int]
    TIMEZONE_FIELD_NUMBER: _ClassVar[int]
    CORRECTED_BY_FIELD_NUMBER: _ClassVar[int]
    tenant_id: str
    transaction_id: str
    location_id: str
    product_id: str
    business_date: str
    volume_ul: int
    timezone: str
    corrected_by: str
    def __init__(self, tenant_id: _Optional[str] = ..., transaction_id: _Optional[str] = ..., location_id: _Optional[str] = ..., product_id: _Optional[str] = ..., business_date: _Optional[str] = ..., volume_ul: _Optional[int] = ..., timezone: _Optional[str] = ..., corrected_by: _Optional[str] = ...) -> None: ...

class FuelTransactionVoided(_message.Message):
    __slots__ = ("tenant_id", "transaction_id", "location_id", "product_id", "voided_by")
    TENANT_ID_FIELD_NUMBER: _ClassVar[int]
    TRANSACTION_ID_FIELD_NUMBER: _ClassVar[int]
    LOCATION_ID_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    VOIDED_BY_FIELD_NUMBER: _ClassVar[int]
    tenant_id: str
    transaction_id: str
    location_id: str
    product_id: str
    voided_by: str
    def __init__(self, tenant_id: _Optional[str] = ..., transaction_id: _Optional[str] = ..., location_id: _Optional[str] = ..., product_id: _Optional[str] = ..., voided_by: _Optional[str] = ...) -> None: ...

class FuelDeliveryRecorded(_message.Message):
    __slots__ = ("tenant_id", "delivery_id", "location_id", "product_id", "business_date", "volume_ul", "timezone", "recorded_by")
    TENANT_ID_FIELD_NUMBER: _ClassVar[int]
    DELIVERY_ID_FIELD_NUMBER: _ClassVar[int]
    LOCATION_ID_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    BUSINESS_DATE_FIELD_NUMBER: _ClassVar[int]
    VOLUME_UL_FIELD_NUMBER: _ClassVar[int]
    TIMEZONE_FIELD_NUMBER: _ClassVar[int]
    RECORDED_BY_FIELD_NUMBER: _ClassVar[int]
    tenant_id: str
    delivery_id: str
    location_id: str
    product_id: str
    business_date: str
    volume_ul: int
    timezone: str
    recorded_by: str
    def __init__(self, tenant_id: _Optional[str] = ..., delivery_id: _Optional[str] = ..., location_id: _Optional[str] = ..., product_id: _Optional[str] = ..., business_date: _Optional[str] = ..., volume_ul: _Optional[int] = ..., timezone: _Optional[str] = ..., recorded_by: _Optional[str] = ...) -> None: ...

class FuelDeliveryCorrected(_message.Message):
    __slots__ = ("tenant_id", "delivery_id", "location_id", "product_id", "business_date", "volume_ul", "timezone", "corrected_by")
    TENANT_ID_FIELD_NUMBER: _ClassVar[int]
    DELIVERY_ID_FIELD_NUMBER: _ClassVar[int]
    LOCATION_ID_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    BUSINESS_DATE_FIELD_NUMBER: _ClassVar[int]
    VOLUME_UL_FIELD_NUMBER: _ClassVar[int]
    TIMEZONE_FIELD_NUMBER: _ClassVar[int]
    CORRECTED_BY_FIELD_NUMBER: _ClassVar[int]
    tenant_id: str
    delivery_id: str
    location_id: str
    product_id: str
    business_date: str
    volume_ul: int
    timezone: str
    corrected_by: str
    def __init__(self, tenant_id: _Optional[str] = ..., delivery_id: _Optional[str] = ..., location_id: _Optional[str] = ..., product_id: _Optional[str] = ..., business_date: _Optional[str] = ..., volume_ul: _Optional[int] = ..., timezone: _Optional[str] = ..., corrected_by: _Optional[str] = ...) -> None: ...

class FuelDeliveryVoided(_message.Message):
    __slots__ = ("tenant_id", "delivery_id", "location_id", "product_id", "voided_by")
    TENANT_ID_FIELD_NUMBER: _ClassVar[int]
    DELIVERY_ID_FIELD_NUMBER: _ClassVar[int]
    LOCATION_ID_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    VOIDED_BY_FIELD_NUMBER: _ClassVar[int]
    tenant_id: str
    delivery_id: str
    location_id: str
    product_id: str
    voided_by: str
    def __init__(self, tenant_id: _Optional[str] = ..., delivery_id: _Optional[str] = ..., location_id: _Optional[str] = ..., product_id: _Optional[str] = ..., voided_by: _Optional[str] = ...) -> None: ...
