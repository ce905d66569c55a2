from arus.anomaly.v1 import events_pb2 as _events_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class WatchRequest(_message.Message):
    __slots__ = ("statuses", "location_ids", "resume_after")
    STATUSES_FIELD_NUMBER: _ClassVar[int]
    LOCATION_IDS_FIELD_NUMBER: _ClassVar[int]
    RESUME_AFTER_FIELD_NUMBER: _ClassVar[int]
    statuses: _containers.RepeatedScalarFieldContainer[_events_pb2.Status]
    location_ids: _containers.RepeatedScalarFieldContainer[str]
    resume_after: str
    def __init__(self, statuses: _Optional[_Iterable[_Union[_events_pb2.Status, str]]] = ..., location_ids: _Optional[_Iterable[str]] = ..., resume_after: _Optional[str] = ...) -> None: ...

class WatchResponse(_message.Message):
    __slots__ = ("event_id", "reset", "verdict", "reason_text", "milder")
    EVENT_ID_FIELD_NUMBER: _ClassVar[int]
    RESET_FIELD_NUMBER: _ClassVar[int]
    VERDICT_FIELD_NUMBER: _ClassVar[int]
    REASON_TEXT_FIELD_NUMBER: _ClassVar[int]
    MILDER_FIELD_NUMBER: _ClassVar[int]
    event_id: str
    reset: bool
    verdict: _events_pb2.VerdictReached
    reason_text: str
    milder: _containers.RepeatedCompositeFieldContainer[Milder]
    def __init__(self, event_id: _Optional[str] = ..., reset: _Optional[bool] = ..., verdict: _Optional[_Union[_events_pb2.VerdictReached, _Mapping]] = ..., reason_text: _Optional[str] = ..., milder: _Optional[_Iterable[_Union[Milder, _Mapping]]] = ...) -> None: ...

class Milder(_message.Message):
    __slots__ = ("status", "at_least_l", "at_most_l", "text")
    STATUS_FIELD_NUMBER: _ClassVar[int]
    AT_LEAST_L_FIELD_NUMBER: _ClassVar[int]
    AT_MOST_L_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    status: _events_pb2.Status
    at_least_l: str
    at_most_l: str
    text: str
    def __init__(self, status: _Optional[_Union[_events_pb2.Status, str]] = ..., at_least_l: _Optional[str] = ..., at_most_l: _Optional[str] = ..., text: _Optional[str] = ...) -> None: ...
