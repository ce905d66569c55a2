from arus.anomaly.v1 import events_pb2 as _events_pb2
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
    __slots__ = ("normal", "waspada", "anomali", "newest")
    NORMAL_FIELD_NUMBER: _ClassVar[int]
    WASPADA_FIELD_NUMBER: _ClassVar[int]
    ANOMALI_FIELD_NUMBER: _ClassVar[int]
    NEWEST_FIELD_NUMBER: _ClassVar[int]
    normal: int
    waspada: int
    anomali: int
    newest: _containers.RepeatedCompositeFieldContainer[_events_pb2.VerdictReached]
    def __init__(self, normal: _Optional[int] = ..., waspada: _Optional[int] = ..., anomali: _Optional[int] = ..., newest: _Optional[_Iterable[_Union[_events_pb2.VerdictReached, _Mapping]]] = ...) -> None: ...

class ReportRequest(_message.Message):
    __slots__ = ("from_date", "to_date", "location_id")
    FROM_DATE_FIELD_NUMBER: _ClassVar[int]
    TO_DATE_FIELD_NUMBER: _ClassVar[int]
    LOCATION_ID_FIELD_NUMBER: _ClassVar[int]
    from_date: str
    to_date: str
    location_id: str
    def __init__(self, from_date: _Optional[str] = ..., to_date: _Optional[str] = ..., location_id: _Optional[str] = ...) -> None: ...

class ReportResponse(_message.Message):
    __slots__ = ("normal", "waspada", "anomali", "locations", "worst")
    NORMAL_FIELD_NUMBER: _ClassVar[int]
    WASPADA_FIELD_NUMBER: _ClassVar[int]
    ANOMALI_FIELD_NUMBER: _ClassVar[int]
    LOCATIONS_FIELD_NUMBER: _ClassVar[int]
    WORST_FIELD_NUMBER: _ClassVar[int]
    normal: int
    waspada: int
    anomali: int
    locations: _containers.RepeatedCompositeFieldContainer[LocationCounts]
    worst: _containers.RepeatedCompositeFieldContainer[_events_pb2.VerdictReached]
    def __init__(self, normal: _Optional[int] = ..., waspada: _Optional[int] = ..., anomali: _Optional[int] = ..., locations: _Optional[_Iterable[_Union[LocationCounts, _Mapping]]] = ..., worst: _Optional[_Iterable[_Union[_events_pb2.VerdictReached, _Mapping]]] = ...) -> None: ...

class LocationCounts(_message.Message):
    __slots__ = ("location_id", "normal", "waspada", "anomali")
    LOCATION_ID_FIELD_NUMBER: _ClassVar[int]
    NORMAL_FIELD_NUMBER: _ClassVar[int]
    WASPADA_FIELD_NUMBER: _ClassVar[int]
    ANOMALI_FIELD_NUMBER: _ClassVar[int]
    location_id: str
    normal: int
    waspada: int
    anomali: int
    def __init__(self, location_id: _Optional[str] = ..., normal: _Optional[int] = ..., waspada: _Optional[int] = ..., anomali: _Optional[int] = ...) -> None: ...
