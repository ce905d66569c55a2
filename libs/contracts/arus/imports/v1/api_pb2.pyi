from arus.imports.v1 import events_pb2 as _events_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ListDependantsRequest(_message.Message):
    __slots__ = ("import_id",)
    IMPORT_ID_FIELD_NUMBER: _ClassVar[int]
    import_id: str
    def __init__(self, import_id: _Optional[str] = ...) -> None: ...

class ListDependantsResponse(_message.Message):
    __slots__ = ("dependants", "dependants_in_all")
    DEPENDANTS_FIELD_NUMBER: _ClassVar[int]
    DEPENDANTS_IN_ALL_FIELD_NUMBER: _ClassVar[int]
    dependants: _containers.RepeatedCompositeFieldContainer[_events_pb2.ImportWithdrawalAnswered.Dependant]
    dependants_in_all: int
    def __init__(self, dependants: _Optional[_Iterable[_Union[_events_pb2.ImportWithdrawalAnswered.Dependant, _Mapping]]] = ..., dependants_in_all: _Optional[int] = ...) -> None: ...
