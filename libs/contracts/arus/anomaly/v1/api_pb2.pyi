from arus.anomaly.v1 import events_pb2 as _events_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class GetCaseRequest(_message.Message):
    __slots__ = ("case_id",)
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    case_id: str
    def __init__(self, case_id: _Optional[str] = ...) -> None: ...

class GetCaseResponse(_message.Message):
    __slots__ = ("case_id", "number", "domain", "nomen")
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    NOMEN_FIELD_NUMBER: _ClassVar[int]
    case_id: str
    number: int
    domain: str
    nomen: str
    def __init__(self, case_id: _Optional[str] = ..., number: _Optional[int] = ..., domain: _Optional[str] = ..., nomen: _Optional[str] = ...) -> None: ...

class GetVisitRequest(_message.Message):
    __slots__ = ("case_id", "visit_id")
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    VISIT_ID_FIELD_NUMBER: _ClassVar[int]
    case_id: str
    visit_id: str
    def __init__(self, case_id: _Optional[str] = ..., visit_id: _Optional[str] = ...) -> None: ...

class GetVisitResponse(_message.Message):
    __slots__ = ("visited_on", "stand_l")
    VISITED_ON_FIELD_NUMBER: _ClassVar[int]
    STAND_L_FIELD_NUMBER: _ClassVar[int]
    visited_on: str
    stand_l: int
    def __init__(self, visited_on: _Optional[str] = ..., stand_l: _Optional[int] = ...) -> None: ...

class ListRefusedReadsRequest(_message.Message):
    __slots__ = ("nomen",)
    NOMEN_FIELD_NUMBER: _ClassVar[int]
    nomen: str
    def __init__(self, nomen: _Optional[str] = ...) -> None: ...

class ListRefusedReadsResponse(_message.Message):
    __slots__ = ("read_ids",)
    READ_IDS_FIELD_NUMBER: _ClassVar[int]
    read_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, read_ids: _Optional[_Iterable[str]] = ...) -> None: ...

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
    __slots__ = ("normal", "waspada", "anomali", "locations", "worst", "incidents", "worst_incidents")
    NORMAL_FIELD_NUMBER: _ClassVar[int]
    WASPADA_FIELD_NUMBER: _ClassVar[int]
    ANOMALI_FIELD_NUMBER: _ClassVar[int]
    LOCATIONS_FIELD_NUMBER: _ClassVar[int]
    WORST_FIELD_NUMBER: _ClassVar[int]
    INCIDENTS_FIELD_NUMBER: _ClassVar[int]
    WORST_INCIDENTS_FIELD_NUMBER: _ClassVar[int]
    normal: int
    waspada: int
    anomali: int
    locations: _containers.RepeatedCompositeFieldContainer[LocationCounts]
    worst: _containers.RepeatedCompositeFieldContainer[_events_pb2.VerdictReached]
    incidents: _containers.RepeatedCompositeFieldContainer[IncidentCount]
    worst_incidents: _containers.RepeatedCompositeFieldContainer[ReportedIncident]
    def __init__(self, normal: _Optional[int] = ..., waspada: _Optional[int] = ..., anomali: _Optional[int] = ..., locations: _Optional[_Iterable[_Union[LocationCounts, _Mapping]]] = ..., worst: _Optional[_Iterable[_Union[_events_pb2.VerdictReached, _Mapping]]] = ..., incidents: _Optional[_Iterable[_Union[IncidentCount, _Mapping]]] = ..., worst_incidents: _Optional[_Iterable[_Union[ReportedIncident, _Mapping]]] = ...) -> None: ...

class IncidentCount(_message.Message):
    __slots__ = ("severity", "is_closed", "answer", "incidents")
    SEVERITY_FIELD_NUMBER: _ClassVar[int]
    IS_CLOSED_FIELD_NUMBER: _ClassVar[int]
    ANSWER_FIELD_NUMBER: _ClassVar[int]
    INCIDENTS_FIELD_NUMBER: _ClassVar[int]
    severity: _events_pb2.Severity
    is_closed: bool
    answer: _events_pb2.Answer
    incidents: int
    def __init__(self, severity: _Optional[_Union[_events_pb2.Severity, str]] = ..., is_closed: _Optional[bool] = ..., answer: _Optional[_Union[_events_pb2.Answer, str]] = ..., incidents: _Optional[int] = ...) -> None: ...

class ReportedIncident(_message.Message):
    __slots__ = ("incident_id", "location_id", "product_id", "severity", "is_closed", "first_date", "last_date", "records", "volume_ul", "expected_ul", "answer", "cause", "note")
    INCIDENT_ID_FIELD_NUMBER: _ClassVar[int]
    LOCATION_ID_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    SEVERITY_FIELD_NUMBER: _ClassVar[int]
    IS_CLOSED_FIELD_NUMBER: _ClassVar[int]
    FIRST_DATE_FIELD_NUMBER: _ClassVar[int]
    LAST_DATE_FIELD_NUMBER: _ClassVar[int]
    RECORDS_FIELD_NUMBER: _ClassVar[int]
    VOLUME_UL_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_UL_FIELD_NUMBER: _ClassVar[int]
    ANSWER_FIELD_NUMBER: _ClassVar[int]
    CAUSE_FIELD_NUMBER: _ClassVar[int]
    NOTE_FIELD_NUMBER: _ClassVar[int]
    incident_id: str
    location_id: str
    product_id: str
    severity: _events_pb2.Severity
    is_closed: bool
    first_date: str
    last_date: str
    records: int
    volume_ul: int
    expected_ul: int
    answer: _events_pb2.Answer
    cause: _events_pb2.Cause
    note: str
    def __init__(self, incident_id: _Optional[str] = ..., location_id: _Optional[str] = ..., product_id: _Optional[str] = ..., severity: _Optional[_Union[_events_pb2.Severity, str]] = ..., is_closed: _Optional[bool] = ..., first_date: _Optional[str] = ..., last_date: _Optional[str] = ..., records: _Optional[int] = ..., volume_ul: _Optional[int] = ..., expected_ul: _Optional[int] = ..., answer: _Optional[_Union[_events_pb2.Answer, str]] = ..., cause: _Optional[_Union[_events_pb2.Cause, str]] = ..., note: _Optional[str] = ...) -> None: ...

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
