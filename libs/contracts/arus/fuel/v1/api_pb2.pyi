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

class TrendRequest(_message.Message):
    __slots__ = ("period", "from_date", "to_date", "by", "compare", "top", "location_id")
    PERIOD_FIELD_NUMBER: _ClassVar[int]
    FROM_DATE_FIELD_NUMBER: _ClassVar[int]
    TO_DATE_FIELD_NUMBER: _ClassVar[int]
    BY_FIELD_NUMBER: _ClassVar[int]
    COMPARE_FIELD_NUMBER: _ClassVar[int]
    TOP_FIELD_NUMBER: _ClassVar[int]
    LOCATION_ID_FIELD_NUMBER: _ClassVar[int]
    period: str
    from_date: str
    to_date: str
    by: str
    compare: str
    top: int
    location_id: str
    def __init__(self, period: _Optional[str] = ..., from_date: _Optional[str] = ..., to_date: _Optional[str] = ..., by: _Optional[str] = ..., compare: _Optional[str] = ..., top: _Optional[int] = ..., location_id: _Optional[str] = ...) -> None: ...

class TrendResponse(_message.Message):
    __slots__ = ("starts", "series")
    STARTS_FIELD_NUMBER: _ClassVar[int]
    SERIES_FIELD_NUMBER: _ClassVar[int]
    starts: _containers.RepeatedScalarFieldContainer[str]
    series: _containers.RepeatedCompositeFieldContainer[TrendSeries]
    def __init__(self, starts: _Optional[_Iterable[str]] = ..., series: _Optional[_Iterable[_Union[TrendSeries, _Mapping]]] = ...) -> None: ...

class TrendSeries(_message.Message):
    __slots__ = ("id", "name", "is_rest", "points")
    ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    IS_REST_FIELD_NUMBER: _ClassVar[int]
    POINTS_FIELD_NUMBER: _ClassVar[int]
    id: str
    name: str
    is_rest: bool
    points: _containers.RepeatedCompositeFieldContainer[TrendPoint]
    def __init__(self, id: _Optional[str] = ..., name: _Optional[str] = ..., is_rest: _Optional[bool] = ..., points: _Optional[_Iterable[_Union[TrendPoint, _Mapping]]] = ...) -> None: ...

class TrendPoint(_message.Message):
    __slots__ = ("volume_ul", "transactions", "before_volume_ul", "before_transactions")
    VOLUME_UL_FIELD_NUMBER: _ClassVar[int]
    TRANSACTIONS_FIELD_NUMBER: _ClassVar[int]
    BEFORE_VOLUME_UL_FIELD_NUMBER: _ClassVar[int]
    BEFORE_TRANSACTIONS_FIELD_NUMBER: _ClassVar[int]
    volume_ul: int
    transactions: int
    before_volume_ul: int
    before_transactions: int
    def __init__(self, volume_ul: _Optional[int] = ..., transactions: _Optional[int] = ..., before_volume_ul: _Optional[int] = ..., before_transactions: _Optional[int] = ...) -> None: ...
