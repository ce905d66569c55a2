from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional

DESCRIPTOR: _descriptor.FileDescriptor

class LocationChanged(_message.Message):
    __slots__ = ("tenant_id", "location_id", "name", "type", "timezone", "external_code", "address", "latitude", "longitude", "capacity", "is_active", "version", "changed_by")
    TENANT_ID_FIELD_NUMBER: _ClassVar[int]
    LOCATION_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    TIMEZONE_FIELD_NUMBER: _ClassVar[int]
    EXTERNAL_CODE_FIELD_NUMBER: _ClassVar[int]
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    LATITUDE_FIELD_NUMBER: _ClassVar[int]
    LONGITUDE_FIELD_NUMBER: _ClassVar[int]
    CAPACITY_FIELD_NUMBER: _ClassVar[int]
    IS_ACTIVE_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    CHANGED_BY_FIELD_NUMBER: _ClassVar[int]
    tenant_id: str
    location_id: str
    name: str
    type: str
    timezone: str
    external_code: str
    address: str
    latitude: float
    longitude: float
    capacity: int
    is_active: bool
    version: int
    changed_by: str
    def __init__(self, tenant_id: _Optional[str] = ..., location_id: _Optional[str] = ..., name: _Optional[str] = ..., type: _Optional[str] = ..., timezone: _Optional[str] = ..., external_code: _Optional[str] = ..., address: _Optional[str] = ..., latitude: _Optional[float] = ..., longitude: _Optional[float] = ..., capacity: _Optional[int] = ..., is_active: _Optional[bool] = ..., version: _Optional[int] = ..., changed_by: _Optional[str] = ...) -> None: ...

class ProductChanged(_message.Message):
    __slots__ = ("tenant_id", "product_id", "code", "name", "kind", "unit", "is_active", "version", "changed_by")
    TENANT_ID_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    UNIT_FIELD_NUMBER: _ClassVar[int]
    IS_ACTIVE_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    CHANGED_BY_FIELD_NUMBER: _ClassVar[int]
    tenant_id: str
    product_id: str
    code: str
    name: str
    kind: str
    unit: str
    is_active: bool
    version: int
    changed_by: str
    def __init__(self, tenant_id: _Optional[str] = ..., product_id: _Optional[str] = ..., code: _Optional[str] = ..., name: _Optional[str] = ..., kind: _Optional[str] = ..., unit: _Optional[str] = ..., is_active: _Optional[bool] = ..., version: _Optional[int] = ..., changed_by: _Optional[str] = ...) -> None: ...
