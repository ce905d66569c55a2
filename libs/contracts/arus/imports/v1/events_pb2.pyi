from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ImportChunkPublished(_message.Message):
    __slots__ = ("tenant_id", "import_id", "type", "period", "chunk", "chunks", "rows", "file_name", "imported_by")
    class Row(_message.Message):
        __slots__ = ("row_id", "number", "key", "hash", "fields", "place")
        class FieldsEntry(_message.Message):
            __slots__ = ("key", "value")
            KEY_FIELD_NUMBER: _ClassVar[int]
            VALUE_FIELD_NUMBER: _ClassVar[int]
            key: str
            value: str
            def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
        ROW_ID_FIELD_NUMBER: _ClassVar[int]
        NUMBER_FIELD_NUMBER: _ClassVar[int]
        KEY_FIELD_NUMBER: _ClassVar[int]
        HASH_FIELD_NUMBER: _ClassVar[int]
        FIELDS_FIELD_NUMBER: _ClassVar[int]
        PLACE_FIELD_NUMBER: _ClassVar[int]
        row_id: str
        number: int
        key: str
        hash: str
        fields: _containers.ScalarMap[str, str]
        place: int
        def __init__(self, row_id: _Optional[str] = ..., number: _Optional[int] = ..., key: _Optional[str] = ..., hash: _Optional[str] = ..., fields: _Optional[_Mapping[str, str]] = ..., place: _Optional[int] = ...) -> None: ...
    TENANT_ID_FIELD_NUMBER: _ClassVar[int]
    IMPORT_ID_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    PERIOD_FIELD_NUMBER: _ClassVar[int]
    CHUNK_FIELD_NUMBER: _ClassVar[int]
    CHUNKS_FIELD_NUMBER: _ClassVar[int]
    ROWS_FIELD_NUMBER: _ClassVar[int]
    FILE_NAME_FIELD_NUMBER: _ClassVar[int]
    IMPORTED_BY_FIELD_NUMBER: _ClassVar[int]
    tenant_id: str
    import_id: str
    type: str
    period: str
    chunk: int
    chunks: int
    rows: _containers.RepeatedCompositeFieldContainer[ImportChunkPublished.Row]
    file_name: str
    imported_by: str
    def __init__(self, tenant_id: _Optional[str] = ..., import_id: _Optional[str] = ..., type: _Optional[str] = ..., period: _Optional[str] = ..., chunk: _Optional[int] = ..., chunks: _Optional[int] = ..., rows: _Optional[_Iterable[_Union[ImportChunkPublished.Row, _Mapping]]] = ..., file_name: _Optional[str] = ..., imported_by: _Optional[str] = ...) -> None: ...

class ImportWithdrawn(_message.Message):
    __slots__ = ("tenant_id", "import_id", "type", "period", "withdrawn_by")
    TENANT_ID_FIELD_NUMBER: _ClassVar[int]
    IMPORT_ID_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    PERIOD_FIELD_NUMBER: _ClassVar[int]
    WITHDRAWN_BY_FIELD_NUMBER: _ClassVar[int]
    tenant_id: str
    import_id: str
    type: str
    period: str
    withdrawn_by: str
    def __init__(self, tenant_id: _Optional[str] = ..., import_id: _Optional[str] = ..., type: _Optional[str] = ..., period: _Optional[str] = ..., withdrawn_by: _Optional[str] = ...) -> None: ...

class ImportRowsAnswered(_message.Message):
    __slots__ = ("tenant_id", "import_id", "chunk", "rows")
    class Outcome(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        OUTCOME_UNSPECIFIED: _ClassVar[ImportRowsAnswered.Outcome]
        OUTCOME_CREATED: _ClassVar[ImportRowsAnswered.Outcome]
        OUTCOME_UPDATED: _ClassVar[ImportRowsAnswered.Outcome]
        OUTCOME_UNCHANGED: _ClassVar[ImportRowsAnswered.Outcome]
        OUTCOME_REJECTED: _ClassVar[ImportRowsAnswered.Outcome]
    OUTCOME_UNSPECIFIED: ImportRowsAnswered.Outcome
    OUTCOME_CREATED: ImportRowsAnswered.Outcome
    OUTCOME_UPDATED: ImportRowsAnswered.Outcome
    OUTCOME_UNCHANGED: ImportRowsAnswered.Outcome
    OUTCOME_REJECTED: ImportRowsAnswered.Outcome
    class Row(_message.Message):
        __slots__ = ("row_id", "outcome", "field", "code", "params")
        class ParamsEntry(_message.Message):
            __slots__ = ("key", "value")
            KEY_FIELD_NUMBER: _ClassVar[int]
            VALUE_FIELD_NUMBER: _ClassVar[int]
            key: str
            value: str
            def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
        ROW_ID_FIELD_NUMBER: _ClassVar[int]
        OUTCOME_FIELD_NUMBER: _ClassVar[int]
        FIELD_FIELD_NUMBER: _ClassVar[int]
        CODE_FIELD_NUMBER: _ClassVar[int]
        PARAMS_FIELD_NUMBER: _ClassVar[int]
        row_id: str
        outcome: ImportRowsAnswered.Outcome
        field: str
        code: str
        params: _containers.ScalarMap[str, str]
        def __init__(self, row_id: _Optional[str] = ..., outcome: _Optional[_Union[ImportRowsAnswered.Outcome, str]] = ..., field: _Optional[str] = ..., code: _Optional[str] = ..., params: _Optional[_Mapping[str, str]] = ...) -> None: ...
    TENANT_ID_FIELD_NUMBER: _ClassVar[int]
    IMPORT_ID_FIELD_NUMBER: _ClassVar[int]
    CHUNK_FIELD_NUMBER: _ClassVar[int]
    ROWS_FIELD_NUMBER: _ClassVar[int]
    tenant_id: str
    import_id: str
    chunk: int
    rows: _containers.RepeatedCompositeFieldContainer[ImportRowsAnswered.Row]
    def __init__(self, tenant_id: _Optional[str] = ..., import_id: _Optional[str] = ..., chunk: _Optional[int] = ..., rows: _Optional[_Iterable[_Union[ImportRowsAnswered.Row, _Mapping]]] = ...) -> None: ...

class ImportWithdrawalAnswered(_message.Message):
    __slots__ = ("tenant_id", "import_id", "dependants", "dependants_in_all", "withdrawn", "is_partial")
    class Dependant(_message.Message):
        __slots__ = ("kind", "id", "label")
        KIND_FIELD_NUMBER: _ClassVar[int]
        ID_FIELD_NUMBER: _ClassVar[int]
        LABEL_FIELD_NUMBER: _ClassVar[int]
        kind: str
        id: str
        label: str
        def __init__(self, kind: _Optional[str] = ..., id: _Optional[str] = ..., label: _Optional[str] = ...) -> None: ...
    TENANT_ID_FIELD_NUMBER: _ClassVar[int]
    IMPORT_ID_FIELD_NUMBER: _ClassVar[int]
    DEPENDANTS_FIELD_NUMBER: _ClassVar[int]
    DEPENDANTS_IN_ALL_FIELD_NUMBER: _ClassVar[int]
    WITHDRAWN_FIELD_NUMBER: _ClassVar[int]
    IS_PARTIAL_FIELD_NUMBER: _ClassVar[int]
    tenant_id: str
    import_id: str
    dependants: _containers.RepeatedCompositeFieldContainer[ImportWithdrawalAnswered.Dependant]
    dependants_in_all: int
    withdrawn: int
    is_partial: bool
    def __init__(self, tenant_id: _Optional[str] = ..., import_id: _Optional[str] = ..., dependants: _Optional[_Iterable[_Union[ImportWithdrawalAnswered.Dependant, _Mapping]]] = ..., dependants_in_all: _Optional[int] = ..., withdrawn: _Optional[int] = ..., is_partial: _Optional[bool] = ...) -> None: ...

class ImportChanged(_message.Message):
    __slots__ = ("tenant_id", "import_id", "state", "type", "period", "file_name", "rows", "done", "created", "updated", "unchanged", "rejected", "imported_by", "progress", "asked_by", "asked_at")
    TENANT_ID_FIELD_NUMBER: _ClassVar[int]
    IMPORT_ID_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    PERIOD_FIELD_NUMBER: _ClassVar[int]
    FILE_NAME_FIELD_NUMBER: _ClassVar[int]
    ROWS_FIELD_NUMBER: _ClassVar[int]
    DONE_FIELD_NUMBER: _ClassVar[int]
    CREATED_FIELD_NUMBER: _ClassVar[int]
    UPDATED_FIELD_NUMBER: _ClassVar[int]
    UNCHANGED_FIELD_NUMBER: _ClassVar[int]
    REJECTED_FIELD_NUMBER: _ClassVar[int]
    IMPORTED_BY_FIELD_NUMBER: _ClassVar[int]
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    ASKED_BY_FIELD_NUMBER: _ClassVar[int]
    ASKED_AT_FIELD_NUMBER: _ClassVar[int]
    tenant_id: str
    import_id: str
    state: str
    type: str
    period: str
    file_name: str
    rows: int
    done: int
    created: int
    updated: int
    unchanged: int
    rejected: int
    imported_by: str
    progress: float
    asked_by: str
    asked_at: str
    def __init__(self, tenant_id: _Optional[str] = ..., import_id: _Optional[str] = ..., state: _Optional[str] = ..., type: _Optional[str] = ..., period: _Optional[str] = ..., file_name: _Optional[str] = ..., rows: _Optional[int] = ..., done: _Optional[int] = ..., created: _Optional[int] = ..., updated: _Optional[int] = ..., unchanged: _Optional[int] = ..., rejected: _Optional[int] = ..., imported_by: _Optional[str] = ..., progress: _Optional[float] = ..., asked_by: _Optional[str] = ..., asked_at: _Optional[str] = ...) -> None: ...
