from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional

DESCRIPTOR: _descriptor.FileDescriptor

class AuditEventRecorded(_message.Message):
    __slots__ = ("tenant_id", "audit_id", "action", "actor_id", "resource_type", "resource_id")
    TENANT_ID_FIELD_NUMBER: _ClassVar[int]
    AUDIT_ID_FIELD_NUMBER: _ClassVar[int]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    ACTOR_ID_FIELD_NUMBER: _ClassVar[int]
    RESOURCE_TYPE_FIELD_NUMBER: _ClassVar[int]
    RESOURCE_ID_FIELD_NUMBER: _ClassVar[int]
    tenant_id: str
    audit_id: str
    action: str
    actor_id: str
    resource_type: str
    resource_id: str
    def __init__(self, tenant_id: _Optional[str] = ..., audit_id: _Optional[str] = ..., action: _Optional[str] = ..., actor_id: _Optional[str] = ..., resource_type: _Optional[str] = ..., resource_id: _Optional[str] = ...) -> None: ...
