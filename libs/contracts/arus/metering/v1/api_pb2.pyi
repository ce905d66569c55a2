from arus.metering.v1 import events_pb2 as _events_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class GetCustomerRequest(_message.Message):
    __slots__ = ("nomen",)
    NOMEN_FIELD_NUMBER: _ClassVar[int]
    nomen: str
    def __init__(self, nomen: _Optional[str] = ...) -> None: ...

class GetCustomerResponse(_message.Message):
    __slots__ = ("customer",)
    CUSTOMER_FIELD_NUMBER: _ClassVar[int]
    customer: _events_pb2.CustomerChanged
    def __init__(self, customer: _Optional[_Union[_events_pb2.CustomerChanged, _Mapping]] = ...) -> None: ...
