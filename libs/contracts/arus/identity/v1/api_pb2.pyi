from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ListChangersRequest(_message.Message):
    __slots__ = ("resource",)
    RESOURCE_FIELD_NUMBER: _ClassVar[int]
    resource: str
    def __init__(self, resource: _Optional[str] = ...) -> None: ...

class ListChangersResponse(_message.Message):
    __slots__ = ("changers",)
    CHANGERS_FIELD_NUMBER: _ClassVar[int]
    changers: _containers.RepeatedCompositeFieldContainer[Changer]
    def __init__(self, changers: _Optional[_Iterable[_Union[Changer, _Mapping]]] = ...) -> None: ...

class Changer(_message.Message):
    __slots__ = ("user_id", "name", "everywhere", "location_ids")
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    EVERYWHERE_FIELD_NUMBER: _ClassVar[int]
    LOCATION_IDS_FIELD_NUMBER: _ClassVar[int]
    user_id: str
    name: str
    everywhere: bool
    location_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, user_id: _Optional[str] = ..., name: _Optional[str] = ..., everywhere: _Optional[bool] = ..., location_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class ListRecipientsRequest(_message.Message):
    __slots__ = ("tenant_id", "resource")
    TENANT_ID_FIELD_NUMBER: _ClassVar[int]
    RESOURCE_FIELD_NUMBER: _ClassVar[int]
    tenant_id: str
    resource: str
    def __init__(self, tenant_id: _Optional[str] = ..., resource: _Optional[str] = ...) -> None: ...

class ListRecipientsResponse(_message.Message):
    __slots__ = ("recipients", "organisation_name")
    RECIPIENTS_FIELD_NUMBER: _ClassVar[int]
    ORGANISATION_NAME_FIELD_NUMBER: _ClassVar[int]
    recipients: _containers.RepeatedCompositeFieldContainer[Recipient]
    organisation_name: str
    def __init__(self, recipients: _Optional[_Iterable[_Union[Recipient, _Mapping]]] = ..., organisation_name: _Optional[str] = ...) -> None: ...

class Recipient(_message.Message):
    __slots__ = ("user_id", "email", "name", "language", "role", "everywhere", "location_ids")
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    EMAIL_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    EVERYWHERE_FIELD_NUMBER: _ClassVar[int]
    LOCATION_IDS_FIELD_NUMBER: _ClassVar[int]
    user_id: str
    email: str
    name: str
    language: str
    role: str
    everywhere: bool
    location_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, user_id: _Optional[str] = ..., email: _Optional[str] = ..., name: _Optional[str] = ..., language: _Optional[str] = ..., role: _Optional[str] = ..., everywhere: _Optional[bool] = ..., location_ids: _Optional[_Iterable[str]] = ...) -> None: ...
