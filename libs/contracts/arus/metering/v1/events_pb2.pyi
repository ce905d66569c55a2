from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class CustomerChanged(_message.Message):
    __slots__ = ("tenant_id", "nomen", "name", "address", "rayon", "usage_class", "serial", "is_active", "is_gone")
    TENANT_ID_FIELD_NUMBER: _ClassVar[int]
    NOMEN_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    RAYON_FIELD_NUMBER: _ClassVar[int]
    USAGE_CLASS_FIELD_NUMBER: _ClassVar[int]
    SERIAL_FIELD_NUMBER: _ClassVar[int]
    IS_ACTIVE_FIELD_NUMBER: _ClassVar[int]
    IS_GONE_FIELD_NUMBER: _ClassVar[int]
    tenant_id: str
    nomen: str
    name: str
    address: str
    rayon: str
    usage_class: str
    serial: str
    is_active: bool
    is_gone: bool
    def __init__(self, tenant_id: _Optional[str] = ..., nomen: _Optional[str] = ..., name: _Optional[str] = ..., address: _Optional[str] = ..., rayon: _Optional[str] = ..., usage_class: _Optional[str] = ..., serial: _Optional[str] = ..., is_active: _Optional[bool] = ..., is_gone: _Optional[bool] = ...) -> None: ...

class RegisterReadRecorded(_message.Message):
    __slots__ = ("tenant_id", "nomen", "period", "reads", "rayon", "usage_class", "is_active", "meter_size")
    class Replacement(_message.Message):
        __slots__ = ("old_final_l", "new_start_l", "replaced_on")
        OLD_FINAL_L_FIELD_NUMBER: _ClassVar[int]
        NEW_START_L_FIELD_NUMBER: _ClassVar[int]
        REPLACED_ON_FIELD_NUMBER: _ClassVar[int]
        old_final_l: int
        new_start_l: int
        replaced_on: str
        def __init__(self, old_final_l: _Optional[int] = ..., new_start_l: _Optional[int] = ..., replaced_on: _Optional[str] = ...) -> None: ...
    class Read(_message.Message):
        __slots__ = ("read_id", "read_date", "stand_l", "previous_l", "read_method", "skip_status", "trouble", "serial", "reader", "replacement", "dials", "multiplier", "volume_l", "recorded_at", "is_date_assumed", "raw_stand_l")
        READ_ID_FIELD_NUMBER: _ClassVar[int]
        READ_DATE_FIELD_NUMBER: _ClassVar[int]
        STAND_L_FIELD_NUMBER: _ClassVar[int]
        PREVIOUS_L_FIELD_NUMBER: _ClassVar[int]
        READ_METHOD_FIELD_NUMBER: _ClassVar[int]
        SKIP_STATUS_FIELD_NUMBER: _ClassVar[int]
        TROUBLE_FIELD_NUMBER: _ClassVar[int]
        SERIAL_FIELD_NUMBER: _ClassVar[int]
        READER_FIELD_NUMBER: _ClassVar[int]
        REPLACEMENT_FIELD_NUMBER: _ClassVar[int]
        DIALS_FIELD_NUMBER: _ClassVar[int]
        MULTIPLIER_FIELD_NUMBER: _ClassVar[int]
        VOLUME_L_FIELD_NUMBER: _ClassVar[int]
        RECORDED_AT_FIELD_NUMBER: _ClassVar[int]
        IS_DATE_ASSUMED_FIELD_NUMBER: _ClassVar[int]
        RAW_STAND_L_FIELD_NUMBER: _ClassVar[int]
        read_id: str
        read_date: str
        stand_l: int
        previous_l: int
        read_method: str
        skip_status: str
        trouble: str
        serial: str
        reader: str
        replacement: RegisterReadRecorded.Replacement
        dials: int
        multiplier: int
        volume_l: int
        recorded_at: str
        is_date_assumed: bool
        raw_stand_l: int
        def __init__(self, read_id: _Optional[str] = ..., read_date: _Optional[str] = ..., stand_l: _Optional[int] = ..., previous_l: _Optional[int] = ..., read_method: _Optional[str] = ..., skip_status: _Optional[str] = ..., trouble: _Optional[str] = ..., serial: _Optional[str] = ..., reader: _Optional[str] = ..., replacement: _Optional[_Union[RegisterReadRecorded.Replacement, _Mapping]] = ..., dials: _Optional[int] = ..., multiplier: _Optional[int] = ..., volume_l: _Optional[int] = ..., recorded_at: _Optional[str] = ..., is_date_assumed: _Optional[bool] = ..., raw_stand_l: _Optional[int] = ...) -> None: ...
    TENANT_ID_FIELD_NUMBER: _ClassVar[int]
    NOMEN_FIELD_NUMBER: _ClassVar[int]
    PERIOD_FIELD_NUMBER: _ClassVar[int]
    READS_FIELD_NUMBER: _ClassVar[int]
    RAYON_FIELD_NUMBER: _ClassVar[int]
    USAGE_CLASS_FIELD_NUMBER: _ClassVar[int]
    IS_ACTIVE_FIELD_NUMBER: _ClassVar[int]
    METER_SIZE_FIELD_NUMBER: _ClassVar[int]
    tenant_id: str
    nomen: str
    period: str
    reads: _containers.RepeatedCompositeFieldContainer[RegisterReadRecorded.Read]
    rayon: str
    usage_class: str
    is_active: bool
    meter_size: str
    def __init__(self, tenant_id: _Optional[str] = ..., nomen: _Optional[str] = ..., period: _Optional[str] = ..., reads: _Optional[_Iterable[_Union[RegisterReadRecorded.Read, _Mapping]]] = ..., rayon: _Optional[str] = ..., usage_class: _Optional[str] = ..., is_active: _Optional[bool] = ..., meter_size: _Optional[str] = ...) -> None: ...

class RegisterReadWithdrawn(_message.Message):
    __slots__ = ("tenant_id", "nomen", "period")
    TENANT_ID_FIELD_NUMBER: _ClassVar[int]
    NOMEN_FIELD_NUMBER: _ClassVar[int]
    PERIOD_FIELD_NUMBER: _ClassVar[int]
    tenant_id: str
    nomen: str
    period: str
    def __init__(self, tenant_id: _Optional[str] = ..., nomen: _Optional[str] = ..., period: _Optional[str] = ...) -> None: ...

class MeterReplaced(_message.Message):
    __slots__ = ("tenant_id", "nomen", "replaced_on", "old_serial", "old_final_l", "new_serial", "new_start_l")
    TENANT_ID_FIELD_NUMBER: _ClassVar[int]
    NOMEN_FIELD_NUMBER: _ClassVar[int]
    REPLACED_ON_FIELD_NUMBER: _ClassVar[int]
    OLD_SERIAL_FIELD_NUMBER: _ClassVar[int]
    OLD_FINAL_L_FIELD_NUMBER: _ClassVar[int]
    NEW_SERIAL_FIELD_NUMBER: _ClassVar[int]
    NEW_START_L_FIELD_NUMBER: _ClassVar[int]
    tenant_id: str
    nomen: str
    replaced_on: str
    old_serial: str
    old_final_l: int
    new_serial: str
    new_start_l: int
    def __init__(self, tenant_id: _Optional[str] = ..., nomen: _Optional[str] = ..., replaced_on: _Optional[str] = ..., old_serial: _Optional[str] = ..., old_final_l: _Optional[int] = ..., new_serial: _Optional[str] = ..., new_start_l: _Optional[int] = ...) -> None: ...

class MeterReplacementWithdrawn(_message.Message):
    __slots__ = ("tenant_id", "nomen", "replaced_on", "old_serial", "old_final_l", "new_serial", "new_start_l")
    TENANT_ID_FIELD_NUMBER: _ClassVar[int]
    NOMEN_FIELD_NUMBER: _ClassVar[int]
    REPLACED_ON_FIELD_NUMBER: _ClassVar[int]
    OLD_SERIAL_FIELD_NUMBER: _ClassVar[int]
    OLD_FINAL_L_FIELD_NUMBER: _ClassVar[int]
    NEW_SERIAL_FIELD_NUMBER: _ClassVar[int]
    NEW_START_L_FIELD_NUMBER: _ClassVar[int]
    tenant_id: str
    nomen: str
    replaced_on: str
    old_serial: str
    old_final_l: int
    new_serial: str
    new_start_l: int
    def __init__(self, tenant_id: _Optional[str] = ..., nomen: _Optional[str] = ..., replaced_on: _Optional[str] = ..., old_serial: _Optional[str] = ..., old_final_l: _Optional[int] = ..., new_serial: _Optional[str] = ..., new_start_l: _Optional[int] = ...) -> None: ...

class PeriodRebilled(_message.Message):
    __slots__ = ("tenant_id", "nomen", "period", "delta_l", "delta_minor", "rayon", "usage_class")
    TENANT_ID_FIELD_NUMBER: _ClassVar[int]
    NOMEN_FIELD_NUMBER: _ClassVar[int]
    PERIOD_FIELD_NUMBER: _ClassVar[int]
    DELTA_L_FIELD_NUMBER: _ClassVar[int]
    DELTA_MINOR_FIELD_NUMBER: _ClassVar[int]
    RAYON_FIELD_NUMBER: _ClassVar[int]
    USAGE_CLASS_FIELD_NUMBER: _ClassVar[int]
    tenant_id: str
    nomen: str
    period: str
    delta_l: int
    delta_minor: int
    rayon: str
    usage_class: str
    def __init__(self, tenant_id: _Optional[str] = ..., nomen: _Optional[str] = ..., period: _Optional[str] = ..., delta_l: _Optional[int] = ..., delta_minor: _Optional[int] = ..., rayon: _Optional[str] = ..., usage_class: _Optional[str] = ...) -> None: ...

class PaymentRecorded(_message.Message):
    __slots__ = ("tenant_id", "payment_id", "nomen", "payment_date", "amount_minor", "payment_type", "bill_period")
    TENANT_ID_FIELD_NUMBER: _ClassVar[int]
    PAYMENT_ID_FIELD_NUMBER: _ClassVar[int]
    NOMEN_FIELD_NUMBER: _ClassVar[int]
    PAYMENT_DATE_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MINOR_FIELD_NUMBER: _ClassVar[int]
    PAYMENT_TYPE_FIELD_NUMBER: _ClassVar[int]
    BILL_PERIOD_FIELD_NUMBER: _ClassVar[int]
    tenant_id: str
    payment_id: str
    nomen: str
    payment_date: str
    amount_minor: int
    payment_type: str
    bill_period: str
    def __init__(self, tenant_id: _Optional[str] = ..., payment_id: _Optional[str] = ..., nomen: _Optional[str] = ..., payment_date: _Optional[str] = ..., amount_minor: _Optional[int] = ..., payment_type: _Optional[str] = ..., bill_period: _Optional[str] = ...) -> None: ...

class PaymentWithdrawn(_message.Message):
    __slots__ = ("tenant_id", "payment_id", "nomen")
    TENANT_ID_FIELD_NUMBER: _ClassVar[int]
    PAYMENT_ID_FIELD_NUMBER: _ClassVar[int]
    NOMEN_FIELD_NUMBER: _ClassVar[int]
    tenant_id: str
    payment_id: str
    nomen: str
    def __init__(self, tenant_id: _Optional[str] = ..., payment_id: _Optional[str] = ..., nomen: _Optional[str] = ...) -> None: ...

class BillIssued(_message.Message):
    __slots__ = ("tenant_id", "bill_id", "nomen", "period", "bill_number", "volume_l", "amount_minor", "due_date")
    TENANT_ID_FIELD_NUMBER: _ClassVar[int]
    BILL_ID_FIELD_NUMBER: _ClassVar[int]
    NOMEN_FIELD_NUMBER: _ClassVar[int]
    PERIOD_FIELD_NUMBER: _ClassVar[int]
    BILL_NUMBER_FIELD_NUMBER: _ClassVar[int]
    VOLUME_L_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MINOR_FIELD_NUMBER: _ClassVar[int]
    DUE_DATE_FIELD_NUMBER: _ClassVar[int]
    tenant_id: str
    bill_id: str
    nomen: str
    period: str
    bill_number: str
    volume_l: int
    amount_minor: int
    due_date: str
    def __init__(self, tenant_id: _Optional[str] = ..., bill_id: _Optional[str] = ..., nomen: _Optional[str] = ..., period: _Optional[str] = ..., bill_number: _Optional[str] = ..., volume_l: _Optional[int] = ..., amount_minor: _Optional[int] = ..., due_date: _Optional[str] = ...) -> None: ...

class BillWithdrawn(_message.Message):
    __slots__ = ("tenant_id", "bill_id", "nomen", "period")
    TENANT_ID_FIELD_NUMBER: _ClassVar[int]
    BILL_ID_FIELD_NUMBER: _ClassVar[int]
    NOMEN_FIELD_NUMBER: _ClassVar[int]
    PERIOD_FIELD_NUMBER: _ClassVar[int]
    tenant_id: str
    bill_id: str
    nomen: str
    period: str
    def __init__(self, tenant_id: _Optional[str] = ..., bill_id: _Optional[str] = ..., nomen: _Optional[str] = ..., period: _Optional[str] = ...) -> None: ...
