from arus.anomaly.v1 import events_pb2 as _events_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class GetOverviewRequest(_message.Message):
    __slots__ = ("from_date", "to_date")
    FROM_DATE_FIELD_NUMBER: _ClassVar[int]
    TO_DATE_FIELD_NUMBER: _ClassVar[int]
    from_date: str
    to_date: str
    def __init__(self, from_date: _Optional[str] = ..., to_date: _Optional[str] = ...) -> None: ...

class GetOverviewResponse(_message.Message):
    __slots__ = ("partial", "missing", "verdicts", "newest", "fuel", "active_locations", "total_locations")
    PARTIAL_FIELD_NUMBER: _ClassVar[int]
    MISSING_FIELD_NUMBER: _ClassVar[int]
    VERDICTS_FIELD_NUMBER: _ClassVar[int]
    NEWEST_FIELD_NUMBER: _ClassVar[int]
    FUEL_FIELD_NUMBER: _ClassVar[int]
    ACTIVE_LOCATIONS_FIELD_NUMBER: _ClassVar[int]
    TOTAL_LOCATIONS_FIELD_NUMBER: _ClassVar[int]
    partial: bool
    missing: _containers.RepeatedScalarFieldContainer[str]
    verdicts: VerdictCounts
    newest: _containers.RepeatedCompositeFieldContainer[_events_pb2.VerdictReached]
    fuel: FuelUse
    active_locations: int
    total_locations: int
    def __init__(self, partial: _Optional[bool] = ..., missing: _Optional[_Iterable[str]] = ..., verdicts: _Optional[_Union[VerdictCounts, _Mapping]] = ..., newest: _Optional[_Iterable[_Union[_events_pb2.VerdictReached, _Mapping]]] = ..., fuel: _Optional[_Union[FuelUse, _Mapping]] = ..., active_locations: _Optional[int] = ..., total_locations: _Optional[int] = ...) -> None: ...

class VerdictCounts(_message.Message):
    __slots__ = ("normal", "waspada", "anomali")
    NORMAL_FIELD_NUMBER: _ClassVar[int]
    WASPADA_FIELD_NUMBER: _ClassVar[int]
    ANOMALI_FIELD_NUMBER: _ClassVar[int]
    normal: int
    waspada: int
    anomali: int
    def __init__(self, normal: _Optional[int] = ..., waspada: _Optional[int] = ..., anomali: _Optional[int] = ...) -> None: ...

class FuelUse(_message.Message):
    __slots__ = ("transactions", "volume_l", "days")
    TRANSACTIONS_FIELD_NUMBER: _ClassVar[int]
    VOLUME_L_FIELD_NUMBER: _ClassVar[int]
    DAYS_FIELD_NUMBER: _ClassVar[int]
    transactions: int
    volume_l: str
    days: _containers.RepeatedCompositeFieldContainer[FuelUseDay]
    def __init__(self, transactions: _Optional[int] = ..., volume_l: _Optional[str] = ..., days: _Optional[_Iterable[_Union[FuelUseDay, _Mapping]]] = ...) -> None: ...

class FuelUseDay(_message.Message):
    __slots__ = ("business_date", "transactions", "volume_l")
    BUSINESS_DATE_FIELD_NUMBER: _ClassVar[int]
    TRANSACTIONS_FIELD_NUMBER: _ClassVar[int]
    VOLUME_L_FIELD_NUMBER: _ClassVar[int]
    business_date: str
    transactions: int
    volume_l: str
    def __init__(self, business_date: _Optional[str] = ..., transactions: _Optional[int] = ..., volume_l: _Optional[str] = ...) -> None: ...
