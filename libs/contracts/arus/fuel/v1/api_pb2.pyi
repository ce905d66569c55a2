from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class SummariseRequest(_message.Message):
    __slots__ = ("from_date", "to_date")
    FROM_DATE_FIELD_NUMBER: _ClassVar[int]
    TO_DATE_FIELD_NUMBER: _ClassVar[int]
    from_date: str
    to_date: str
    def __init__(self, from_date: _Optional[str] = ..., to_date: _Optional[str] = ...) -> None: ...

class SummariseResponse(_message.Message):
    __slots__ = ("transactions", "volume_ul", "days")
    TRANSACTIONS_FIELD_NUMBER: _ClassVar[int]
    VOLUME_UL_FIELD_NUMBER: _ClassVar[int]
    DAYS_FIELD_NUMBER: _ClassVar[int]
    transactions: int
    volume_ul: int
    days: _containers.RepeatedCompositeFieldContainer[DayUse]
    def __init__(self, transactions: _Optional[int] = ..., volume_ul: _Optional[int] = ..., days: _Optional[_Iterable[_Union[DayUse, _Mapping]]] = ...) -> None: ...

class DayUse(_message.Message):
    __slots__ = ("business_date", "transactions", "volume_ul")
    BUSINESS_DATE_FIELD_NUMBER: _ClassVar[int]
    TRANSACTIONS_FIELD_NUMBER: _ClassVar[int]
    VOLUME_UL_FIELD_NUMBER: _ClassVar[int]
    business_date: str
    transactions: int
    volume_ul: int
    def __init__(self, business_date: _Optional[str] = ..., transactions: _Optional[int] = ..., volume_ul: _Optional[int] = ...) -> None: ...
