from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class WebhookChange(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    WEBHOOK_CHANGE_UNSPECIFIED: _ClassVar[WebhookChange]
    WEBHOOK_CHANGE_CREATED: _ClassVar[WebhookChange]
    WEBHOOK_CHANGE_CHANGED: _ClassVar[WebhookChange]
    WEBHOOK_CHANGE_SECRET_ROTATED: _ClassVar[WebhookChange]
    WEBHOOK_CHANGE_REMOVED: _ClassVar[WebhookChange]
WEBHOOK_CHANGE_UNSPECIFIED: WebhookChange
WEBHOOK_CHANGE_CREATED: WebhookChange
WEBHOOK_CHANGE_CHANGED: WebhookChange
WEBHOOK_CHANGE_SECRET_ROTATED: WebhookChange
WEBHOOK_CHANGE_REMOVED: WebhookChange

class WebhookChanged(_message.Message):
    __slots__ = ("tenant_id", "webhook_id", "change", "name", "host", "is_active", "version", "changed_by")
    TENANT_ID_FIELD_NUMBER: _ClassVar[int]
    WEBHOOK_ID_FIELD_NUMBER: _ClassVar[int]
    CHANGE_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    HOST_FIELD_NUMBER: _ClassVar[int]
    IS_ACTIVE_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    CHANGED_BY_FIELD_NUMBER: _ClassVar[int]
    tenant_id: str
    webhook_id: str
    change: WebhookChange
    name: str
    host: str
    is_active: bool
    version: int
    changed_by: str
    def __init__(self, tenant_id: _Optional[str] = ..., webhook_id: _Optional[str] = ..., change: _Optional[_Union[WebhookChange, str]] = ..., name: _Optional[str] = ..., host: _Optional[str] = ..., is_active: _Optional[bool] = ..., version: _Optional[int] = ..., changed_by: _Optional[str] = ...) -> None: ...
