from arus.catalog.v1 import events_pb2 as _events_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class GetLocationRequest(_message.Message):
    __slots__ = ("location_id",)
    LOCATION_ID_FIELD_NUMBER: _ClassVar[int]
    location_id: str
    def __init__(self, location_id: _Optional[str] = ...) -> None: ...

class GetLocationResponse(_message.Message):
    __slots__ = ("location",)
    LOCATION_FIELD_NUMBER: _ClassVar[int]
    location: _events_pb2.LocationChanged
    def __init__(self, location: _Optional[_Union[_events_pb2.LocationChanged, _Mapping]] = ...) -> None: ...

class GetProductRequest(_message.Message):
    __slots__ = ("product_id",)
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    product_id: str
    def __init__(self, product_id: _Optional[str] = ...) -> None: ...

class GetProductResponse(_message.Message):
    __slots__ = ("product",)
    PRODUCT_FIELD_NUMBER: _ClassVar[int]
    product: _events_pb2.ProductChanged
    def __init__(self, product: _Optional[_Union[_events_pb2.ProductChanged, _Mapping]] = ...) -> None: ...

class CountLocationsRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class CountLocationsResponse(_message.Message):
    __slots__ = ("active", "total")
    ACTIVE_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    active: int
    total: int
    def __init__(self, active: _Optional[int] = ..., total: _Optional[int] = ...) -> None: ...
