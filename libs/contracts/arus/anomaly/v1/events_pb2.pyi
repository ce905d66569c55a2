from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Status(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    STATUS_UNSPECIFIED: _ClassVar[Status]
    STATUS_NORMAL: _ClassVar[Status]
    STATUS_WASPADA: _ClassVar[Status]
    STATUS_ANOMALI: _ClassVar[Status]

class Profile(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PROFILE_UNSPECIFIED: _ClassVar[Profile]
    PROFILE_PLAIN: _ClassVar[Profile]
    PROFILE_WEEKDAY: _ClassVar[Profile]

class Severity(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SEVERITY_UNSPECIFIED: _ClassVar[Severity]
    SEVERITY_NONE: _ClassVar[Severity]
    SEVERITY_INFO: _ClassVar[Severity]
    SEVERITY_WARNING: _ClassVar[Severity]
    SEVERITY_CRITICAL: _ClassVar[Severity]

class Cause(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CAUSE_UNSPECIFIED: _ClassVar[Cause]
    CAUSE_BOCOR: _ClassVar[Cause]
    CAUSE_PENYALAHGUNAAN: _ClassVar[Cause]
    CAUSE_SALAH_CATAT: _ClassVar[Cause]
    CAUSE_PEMBOROSAN: _ClassVar[Cause]

class Stage(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    STAGE_UNSPECIFIED: _ClassVar[Stage]
    STAGE_LEARNING: _ClassVar[Stage]
    STAGE_JUDGED: _ClassVar[Stage]

class IncidentChange(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    INCIDENT_CHANGE_UNSPECIFIED: _ClassVar[IncidentChange]
    INCIDENT_CHANGE_OPENED: _ClassVar[IncidentChange]
    INCIDENT_CHANGE_UPDATED: _ClassVar[IncidentChange]
    INCIDENT_CHANGE_ESCALATED: _ClassVar[IncidentChange]
    INCIDENT_CHANGE_CLOSED: _ClassVar[IncidentChange]
    INCIDENT_CHANGE_WITHDRAWN: _ClassVar[IncidentChange]

class Answer(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ANSWER_UNSPECIFIED: _ClassVar[Answer]
    ANSWER_ACKNOWLEDGED: _ClassVar[Answer]
    ANSWER_CONFIRMED: _ClassVar[Answer]
    ANSWER_FALSE_POSITIVE: _ClassVar[Answer]
    ANSWER_REVERTED: _ClassVar[Answer]

class MeterKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    METER_KIND_UNSPECIFIED: _ClassVar[MeterKind]
    METER_KIND_EXTREME: _ClassVar[MeterKind]
    METER_KIND_TURUN: _ClassVar[MeterKind]
    METER_KIND_ZERO: _ClassVar[MeterKind]
    METER_KIND_NEGATIVE: _ClassVar[MeterKind]
    METER_KIND_SALAH_CATAT: _ClassVar[MeterKind]
    METER_KIND_REBILL: _ClassVar[MeterKind]
    METER_KIND_ESTIMASI: _ClassVar[MeterKind]

class CaseStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CASE_STATUS_UNSPECIFIED: _ClassVar[CaseStatus]
    CASE_STATUS_OPEN: _ClassVar[CaseStatus]
    CASE_STATUS_IN_PROGRESS: _ClassVar[CaseStatus]
    CASE_STATUS_WAITING_FIELD: _ClassVar[CaseStatus]
    CASE_STATUS_RESOLVED: _ClassVar[CaseStatus]
    CASE_STATUS_CLOSED: _ClassVar[CaseStatus]

class CasePriority(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CASE_PRIORITY_UNSPECIFIED: _ClassVar[CasePriority]
    CASE_PRIORITY_LOW: _ClassVar[CasePriority]
    CASE_PRIORITY_MEDIUM: _ClassVar[CasePriority]
    CASE_PRIORITY_HIGH: _ClassVar[CasePriority]
    CASE_PRIORITY_CRITICAL: _ClassVar[CasePriority]

class CaseChange(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CASE_CHANGE_UNSPECIFIED: _ClassVar[CaseChange]
    CASE_CHANGE_OPENED: _ClassVar[CaseChange]
    CASE_CHANGE_CHANGED: _ClassVar[CaseChange]
    CASE_CHANGE_COMMENTED: _ClassVar[CaseChange]
    CASE_CHANGE_ATTACHED: _ClassVar[CaseChange]
    CASE_CHANGE_ATTACHMENT_REMOVED: _ClassVar[CaseChange]
    CASE_CHANGE_VISITED: _ClassVar[CaseChange]
    CASE_CHANGE_FELL_DUE: _ClassVar[CaseChange]
    CASE_CHANGE_BECAME_OVERDUE: _ClassVar[CaseChange]
STATUS_UNSPECIFIED: Status
STATUS_NORMAL: Status
STATUS_WASPADA: Status
STATUS_ANOMALI: Status
PROFILE_UNSPECIFIED: Profile
PROFILE_PLAIN: Profile
PROFILE_WEEKDAY: Profile
SEVERITY_UNSPECIFIED: Severity
SEVERITY_NONE: Severity
SEVERITY_INFO: Severity
SEVERITY_WARNING: Severity
SEVERITY_CRITICAL: Severity
CAUSE_UNSPECIFIED: Cause
CAUSE_BOCOR: Cause
CAUSE_PENYALAHGUNAAN: Cause
CAUSE_SALAH_CATAT: Cause
CAUSE_PEMBOROSAN: Cause
STAGE_UNSPECIFIED: Stage
STAGE_LEARNING: Stage
STAGE_JUDGED: Stage
INCIDENT_CHANGE_UNSPECIFIED: IncidentChange
INCIDENT_CHANGE_OPENED: IncidentChange
INCIDENT_CHANGE_UPDATED: IncidentChange
INCIDENT_CHANGE_ESCALATED: IncidentChange
INCIDENT_CHANGE_CLOSED: IncidentChange
INCIDENT_CHANGE_WITHDRAWN: IncidentChange
ANSWER_UNSPECIFIED: Answer
ANSWER_ACKNOWLEDGED: Answer
ANSWER_CONFIRMED: Answer
ANSWER_FALSE_POSITIVE: Answer
ANSWER_REVERTED: Answer
METER_KIND_UNSPECIFIED: MeterKind
METER_KIND_EXTREME: MeterKind
METER_KIND_TURUN: MeterKind
METER_KIND_ZERO: MeterKind
METER_KIND_NEGATIVE: MeterKind
METER_KIND_SALAH_CATAT: MeterKind
METER_KIND_REBILL: MeterKind
METER_KIND_ESTIMASI: MeterKind
CASE_STATUS_UNSPECIFIED: CaseStatus
CASE_STATUS_OPEN: CaseStatus
CASE_STATUS_IN_PROGRESS: CaseStatus
CASE_STATUS_WAITING_FIELD: CaseStatus
CASE_STATUS_RESOLVED: CaseStatus
CASE_STATUS_CLOSED: CaseStatus
CASE_PRIORITY_UNSPECIFIED: CasePriority
CASE_PRIORITY_LOW: CasePriority
CASE_PRIORITY_MEDIUM: CasePriority
CASE_PRIORITY_HIGH: CasePriority
CASE_PRIORITY_CRITICAL: CasePriority
CASE_CHANGE_UNSPECIFIED: CaseChange
CASE_CHANGE_OPENED: CaseChange
CASE_CHANGE_CHANGED: CaseChange
CASE_CHANGE_COMMENTED: CaseChange
CASE_CHANGE_ATTACHED: CaseChange
CASE_CHANGE_ATTACHMENT_REMOVED: CaseChange
CASE_CHANGE_VISITED: CaseChange
CASE_CHANGE_FELL_DUE: CaseChange
CASE_CHANGE_BECAME_OVERDUE: CaseChange

class VerdictReached(_message.Message):
    __slots__ = ("tenant_id", "verdict_id", "domain", "fact_id", "location_id", "product_id", "business_date", "status", "volume_ul", "history_sum_ul", "history_count", "risk_score", "reason_code", "rule", "history_needed", "thresholds_id", "waspada_ppm", "anomali_ppm", "low_ppm")
    TENANT_ID_FIELD_NUMBER: _ClassVar[int]
    VERDICT_ID_FIELD_NUMBER: _ClassVar[int]
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    FACT_ID_FIELD_NUMBER: _ClassVar[int]
    LOCATION_ID_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    BUSINESS_DATE_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    VOLUME_UL_FIELD_NUMBER: _ClassVar[int]
    HISTORY_SUM_UL_FIELD_NUMBER: _ClassVar[int]
    HISTORY_COUNT_FIELD_NUMBER: _ClassVar[int]
    RISK_SCORE_FIELD_NUMBER: _ClassVar[int]
    REASON_CODE_FIELD_NUMBER: _ClassVar[int]
    RULE_FIELD_NUMBER: _ClassVar[int]
    HISTORY_NEEDED_FIELD_NUMBER: _ClassVar[int]
    THRESHOLDS_ID_FIELD_NUMBER: _ClassVar[int]
    WASPADA_PPM_FIELD_NUMBER: _ClassVar[int]
    ANOMALI_PPM_FIELD_NUMBER: _ClassVar[int]
    LOW_PPM_FIELD_NUMBER: _ClassVar[int]
    tenant_id: str
    verdict_id: str
    domain: str
    fact_id: str
    location_id: str
    product_id: str
    business_date: str
    status: Status
    volume_ul: int
    history_sum_ul: int
    history_count: int
    risk_score: str
    reason_code: str
    rule: str
    history_needed: int
    thresholds_id: str
    waspada_ppm: int
    anomali_ppm: int
    low_ppm: int
    def __init__(self, tenant_id: _Optional[str] = ..., verdict_id: _Optional[str] = ..., domain: _Optional[str] = ..., fact_id: _Optional[str] = ..., location_id: _Optional[str] = ..., product_id: _Optional[str] = ..., business_date: _Optional[str] = ..., status: _Optional[_Union[Status, str]] = ..., volume_ul: _Optional[int] = ..., history_sum_ul: _Optional[int] = ..., history_count: _Optional[int] = ..., risk_score: _Optional[str] = ..., reason_code: _Optional[str] = ..., rule: _Optional[str] = ..., history_needed: _Optional[int] = ..., thresholds_id: _Optional[str] = ..., waspada_ppm: _Optional[int] = ..., anomali_ppm: _Optional[int] = ..., low_ppm: _Optional[int] = ...) -> None: ...

class VerdictWithdrawn(_message.Message):
    __slots__ = ("tenant_id", "verdict_id", "domain", "fact_id", "location_id", "product_id")
    TENANT_ID_FIELD_NUMBER: _ClassVar[int]
    VERDICT_ID_FIELD_NUMBER: _ClassVar[int]
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    FACT_ID_FIELD_NUMBER: _ClassVar[int]
    LOCATION_ID_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    tenant_id: str
    verdict_id: str
    domain: str
    fact_id: str
    location_id: str
    product_id: str
    def __init__(self, tenant_id: _Optional[str] = ..., verdict_id: _Optional[str] = ..., domain: _Optional[str] = ..., fact_id: _Optional[str] = ..., location_id: _Optional[str] = ..., product_id: _Optional[str] = ...) -> None: ...

class ThresholdSet(_message.Message):
    __slots__ = ("tenant_id", "version_id", "location_id", "product_id", "valid_from", "thresholds", "set_by")
    class Thresholds(_message.Message):
        __slots__ = ("waspada_pct", "anomali_pct", "facts_needed", "low_pct", "profile")
        WASPADA_PCT_FIELD_NUMBER: _ClassVar[int]
        ANOMALI_PCT_FIELD_NUMBER: _ClassVar[int]
        FACTS_NEEDED_FIELD_NUMBER: _ClassVar[int]
        LOW_PCT_FIELD_NUMBER: _ClassVar[int]
        PROFILE_FIELD_NUMBER: _ClassVar[int]
        waspada_pct: str
        anomali_pct: str
        facts_needed: int
        low_pct: str
        profile: Profile
        def __init__(self, waspada_pct: _Optional[str] = ..., anomali_pct: _Optional[str] = ..., facts_needed: _Optional[int] = ..., low_pct: _Optional[str] = ..., profile: _Optional[_Union[Profile, str]] = ...) -> None: ...
    TENANT_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_ID_FIELD_NUMBER: _ClassVar[int]
    LOCATION_ID_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    VALID_FROM_FIELD_NUMBER: _ClassVar[int]
    THRESHOLDS_FIELD_NUMBER: _ClassVar[int]
    SET_BY_FIELD_NUMBER: _ClassVar[int]
    tenant_id: str
    version_id: str
    location_id: str
    product_id: str
    valid_from: str
    thresholds: ThresholdSet.Thresholds
    set_by: str
    def __init__(self, tenant_id: _Optional[str] = ..., version_id: _Optional[str] = ..., location_id: _Optional[str] = ..., product_id: _Optional[str] = ..., valid_from: _Optional[str] = ..., thresholds: _Optional[_Union[ThresholdSet.Thresholds, _Mapping]] = ..., set_by: _Optional[str] = ...) -> None: ...

class MeterThresholdSet(_message.Message):
    __slots__ = ("tenant_id", "version_id", "usage_class", "valid_from", "limits", "set_by", "meter_size")
    class Limits(_message.Message):
        __slots__ = ("extreme_l", "drop_pct", "drop_floor_l", "month_from_days", "month_to_days", "zeros", "estimates", "trouble_codes")
        EXTREME_L_FIELD_NUMBER: _ClassVar[int]
        DROP_PCT_FIELD_NUMBER: _ClassVar[int]
        DROP_FLOOR_L_FIELD_NUMBER: _ClassVar[int]
        MONTH_FROM_DAYS_FIELD_NUMBER: _ClassVar[int]
        MONTH_TO_DAYS_FIELD_NUMBER: _ClassVar[int]
        ZEROS_FIELD_NUMBER: _ClassVar[int]
        ESTIMATES_FIELD_NUMBER: _ClassVar[int]
        TROUBLE_CODES_FIELD_NUMBER: _ClassVar[int]
        extreme_l: int
        drop_pct: int
        drop_floor_l: int
        month_from_days: int
        month_to_days: int
        zeros: int
        estimates: int
        trouble_codes: _containers.RepeatedScalarFieldContainer[str]
        def __init__(self, extreme_l: _Optional[int] = ..., drop_pct: _Optional[int] = ..., drop_floor_l: _Optional[int] = ..., month_from_days: _Optional[int] = ..., month_to_days: _Optional[int] = ..., zeros: _Optional[int] = ..., estimates: _Optional[int] = ..., trouble_codes: _Optional[_Iterable[str]] = ...) -> None: ...
    TENANT_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_ID_FIELD_NUMBER: _ClassVar[int]
    USAGE_CLASS_FIELD_NUMBER: _ClassVar[int]
    VALID_FROM_FIELD_NUMBER: _ClassVar[int]
    LIMITS_FIELD_NUMBER: _ClassVar[int]
    SET_BY_FIELD_NUMBER: _ClassVar[int]
    METER_SIZE_FIELD_NUMBER: _ClassVar[int]
    tenant_id: str
    version_id: str
    usage_class: str
    valid_from: str
    limits: MeterThresholdSet.Limits
    set_by: str
    meter_size: str
    def __init__(self, tenant_id: _Optional[str] = ..., version_id: _Optional[str] = ..., usage_class: _Optional[str] = ..., valid_from: _Optional[str] = ..., limits: _Optional[_Union[MeterThresholdSet.Limits, _Mapping]] = ..., set_by: _Optional[str] = ..., meter_size: _Optional[str] = ...) -> None: ...

class OpinionReached(_message.Message):
    __slots__ = ("tenant_id", "fact_id", "domain", "location_id", "product_id", "business_date", "volume_ul", "stage", "history_count", "expected_ul", "low_ul", "high_ul", "p", "severity", "hints", "shift_permille", "milder", "milder_ul", "detector", "calibration", "calendar", "incident_id")
    class Hint(_message.Message):
        __slots__ = ("cause", "share_permille")
        CAUSE_FIELD_NUMBER: _ClassVar[int]
        SHARE_PERMILLE_FIELD_NUMBER: _ClassVar[int]
        cause: Cause
        share_permille: int
        def __init__(self, cause: _Optional[_Union[Cause, str]] = ..., share_permille: _Optional[int] = ...) -> None: ...
    TENANT_ID_FIELD_NUMBER: _ClassVar[int]
    FACT_ID_FIELD_NUMBER: _ClassVar[int]
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    LOCATION_ID_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    BUSINESS_DATE_FIELD_NUMBER: _ClassVar[int]
    VOLUME_UL_FIELD_NUMBER: _ClassVar[int]
    STAGE_FIELD_NUMBER: _ClassVar[int]
    HISTORY_COUNT_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_UL_FIELD_NUMBER: _ClassVar[int]
    LOW_UL_FIELD_NUMBER: _ClassVar[int]
    HIGH_UL_FIELD_NUMBER: _ClassVar[int]
    P_FIELD_NUMBER: _ClassVar[int]
    SEVERITY_FIELD_NUMBER: _ClassVar[int]
    HINTS_FIELD_NUMBER: _ClassVar[int]
    SHIFT_PERMILLE_FIELD_NUMBER: _ClassVar[int]
    MILDER_FIELD_NUMBER: _ClassVar[int]
    MILDER_UL_FIELD_NUMBER: _ClassVar[int]
    DETECTOR_FIELD_NUMBER: _ClassVar[int]
    CALIBRATION_FIELD_NUMBER: _ClassVar[int]
    CALENDAR_FIELD_NUMBER: _ClassVar[int]
    INCIDENT_ID_FIELD_NUMBER: _ClassVar[int]
    tenant_id: str
    fact_id: str
    domain: str
    location_id: str
    product_id: str
    business_date: str
    volume_ul: int
    stage: Stage
    history_count: int
    expected_ul: int
    low_ul: int
    high_ul: int
    p: float
    severity: Severity
    hints: _containers.RepeatedCompositeFieldContainer[OpinionReached.Hint]
    shift_permille: int
    milder: Severity
    milder_ul: int
    detector: str
    calibration: str
    calendar: str
    incident_id: str
    def __init__(self, tenant_id: _Optional[str] = ..., fact_id: _Optional[str] = ..., domain: _Optional[str] = ..., location_id: _Optional[str] = ..., product_id: _Optional[str] = ..., business_date: _Optional[str] = ..., volume_ul: _Optional[int] = ..., stage: _Optional[_Union[Stage, str]] = ..., history_count: _Optional[int] = ..., expected_ul: _Optional[int] = ..., low_ul: _Optional[int] = ..., high_ul: _Optional[int] = ..., p: _Optional[float] = ..., severity: _Optional[_Union[Severity, str]] = ..., hints: _Optional[_Iterable[_Union[OpinionReached.Hint, _Mapping]]] = ..., shift_permille: _Optional[int] = ..., milder: _Optional[_Union[Severity, str]] = ..., milder_ul: _Optional[int] = ..., detector: _Optional[str] = ..., calibration: _Optional[str] = ..., calendar: _Optional[str] = ..., incident_id: _Optional[str] = ...) -> None: ...

class OpinionWithdrawn(_message.Message):
    __slots__ = ("tenant_id", "fact_id", "domain", "location_id", "product_id")
    TENANT_ID_FIELD_NUMBER: _ClassVar[int]
    FACT_ID_FIELD_NUMBER: _ClassVar[int]
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    LOCATION_ID_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    tenant_id: str
    fact_id: str
    domain: str
    location_id: str
    product_id: str
    def __init__(self, tenant_id: _Optional[str] = ..., fact_id: _Optional[str] = ..., domain: _Optional[str] = ..., location_id: _Optional[str] = ..., product_id: _Optional[str] = ...) -> None: ...

class IncidentChanged(_message.Message):
    __slots__ = ("tenant_id", "incident_id", "domain", "location_id", "product_id", "change", "severity", "first_date", "last_date", "facts", "fact_id", "volume_ul", "status", "risk_score", "history_sum_ul", "history_count", "history_needed", "reason_code", "expected_ul", "cause", "is_history", "import_id", "thresholds_id", "waspada_ppm", "anomali_ppm", "low_ppm")
    TENANT_ID_FIELD_NUMBER: _ClassVar[int]
    INCIDENT_ID_FIELD_NUMBER: _ClassVar[int]
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    LOCATION_ID_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    CHANGE_FIELD_NUMBER: _ClassVar[int]
    SEVERITY_FIELD_NUMBER: _ClassVar[int]
    FIRST_DATE_FIELD_NUMBER: _ClassVar[int]
    LAST_DATE_FIELD_NUMBER: _ClassVar[int]
    FACTS_FIELD_NUMBER: _ClassVar[int]
    FACT_ID_FIELD_NUMBER: _ClassVar[int]
    VOLUME_UL_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    RISK_SCORE_FIELD_NUMBER: _ClassVar[int]
    HISTORY_SUM_UL_FIELD_NUMBER: _ClassVar[int]
    HISTORY_COUNT_FIELD_NUMBER: _ClassVar[int]
    HISTORY_NEEDED_FIELD_NUMBER: _ClassVar[int]
    REASON_CODE_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_UL_FIELD_NUMBER: _ClassVar[int]
    CAUSE_FIELD_NUMBER: _ClassVar[int]
    IS_HISTORY_FIELD_NUMBER: _ClassVar[int]
    IMPORT_ID_FIELD_NUMBER: _ClassVar[int]
    THRESHOLDS_ID_FIELD_NUMBER: _ClassVar[int]
    WASPADA_PPM_FIELD_NUMBER: _ClassVar[int]
    ANOMALI_PPM_FIELD_NUMBER: _ClassVar[int]
    LOW_PPM_FIELD_NUMBER: _ClassVar[int]
    tenant_id: str
    incident_id: str
    domain: str
    location_id: str
    product_id: str
    change: IncidentChange
    severity: Severity
    first_date: str
    last_date: str
    facts: int
    fact_id: str
    volume_ul: int
    status: Status
    risk_score: str
    history_sum_ul: int
    history_count: int
    history_needed: int
    reason_code: str
    expected_ul: int
    cause: Cause
    is_history: bool
    import_id: str
    thresholds_id: str
    waspada_ppm: int
    anomali_ppm: int
    low_ppm: int
    def __init__(self, tenant_id: _Optional[str] = ..., incident_id: _Optional[str] = ..., domain: _Optional[str] = ..., location_id: _Optional[str] = ..., product_id: _Optional[str] = ..., change: _Optional[_Union[IncidentChange, str]] = ..., severity: _Optional[_Union[Severity, str]] = ..., first_date: _Optional[str] = ..., last_date: _Optional[str] = ..., facts: _Optional[int] = ..., fact_id: _Optional[str] = ..., volume_ul: _Optional[int] = ..., status: _Optional[_Union[Status, str]] = ..., risk_score: _Optional[str] = ..., history_sum_ul: _Optional[int] = ..., history_count: _Optional[int] = ..., history_needed: _Optional[int] = ..., reason_code: _Optional[str] = ..., expected_ul: _Optional[int] = ..., cause: _Optional[_Union[Cause, str]] = ..., is_history: _Optional[bool] = ..., import_id: _Optional[str] = ..., thresholds_id: _Optional[str] = ..., waspada_ppm: _Optional[int] = ..., anomali_ppm: _Optional[int] = ..., low_ppm: _Optional[int] = ...) -> None: ...

class IncidentAnswered(_message.Message):
    __slots__ = ("tenant_id", "incident_id", "domain", "location_id", "product_id", "answer_id", "answer", "cause", "reverts", "answered_by", "valid_from")
    TENANT_ID_FIELD_NUMBER: _ClassVar[int]
    INCIDENT_ID_FIELD_NUMBER: _ClassVar[int]
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    LOCATION_ID_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    ANSWER_ID_FIELD_NUMBER: _ClassVar[int]
    ANSWER_FIELD_NUMBER: _ClassVar[int]
    CAUSE_FIELD_NUMBER: _ClassVar[int]
    REVERTS_FIELD_NUMBER: _ClassVar[int]
    ANSWERED_BY_FIELD_NUMBER: _ClassVar[int]
    VALID_FROM_FIELD_NUMBER: _ClassVar[int]
    tenant_id: str
    incident_id: str
    domain: str
    location_id: str
    product_id: str
    answer_id: str
    answer: Answer
    cause: Cause
    reverts: str
    answered_by: str
    valid_from: str
    def __init__(self, tenant_id: _Optional[str] = ..., incident_id: _Optional[str] = ..., domain: _Optional[str] = ..., location_id: _Optional[str] = ..., product_id: _Optional[str] = ..., answer_id: _Optional[str] = ..., answer: _Optional[_Union[Answer, str]] = ..., cause: _Optional[_Union[Cause, str]] = ..., reverts: _Optional[str] = ..., answered_by: _Optional[str] = ..., valid_from: _Optional[str] = ...) -> None: ...

class MeterVerdictReached(_message.Message):
    __slots__ = ("tenant_id", "nomen", "period", "kinds", "reason_codes", "rule", "read_id", "read_date", "stand_l", "from_l", "days", "use_l", "use30_l", "usual_l", "usual_periods", "would_be_l", "run", "limit_l", "limits_id", "delta_l", "delta_minor", "rayon", "drop_pct", "usage_class", "serial", "beside")
    TENANT_ID_FIELD_NUMBER: _ClassVar[int]
    NOMEN_FIELD_NUMBER: _ClassVar[int]
    PERIOD_FIELD_NUMBER: _ClassVar[int]
    KINDS_FIELD_NUMBER: _ClassVar[int]
    REASON_CODES_FIELD_NUMBER: _ClassVar[int]
    RULE_FIELD_NUMBER: _ClassVar[int]
    READ_ID_FIELD_NUMBER: _ClassVar[int]
    READ_DATE_FIELD_NUMBER: _ClassVar[int]
    STAND_L_FIELD_NUMBER: _ClassVar[int]
    FROM_L_FIELD_NUMBER: _ClassVar[int]
    DAYS_FIELD_NUMBER: _ClassVar[int]
    USE_L_FIELD_NUMBER: _ClassVar[int]
    USE30_L_FIELD_NUMBER: _ClassVar[int]
    USUAL_L_FIELD_NUMBER: _ClassVar[int]
    USUAL_PERIODS_FIELD_NUMBER: _ClassVar[int]
    WOULD_BE_L_FIELD_NUMBER: _ClassVar[int]
    RUN_FIELD_NUMBER: _ClassVar[int]
    LIMIT_L_FIELD_NUMBER: _ClassVar[int]
    LIMITS_ID_FIELD_NUMBER: _ClassVar[int]
    DELTA_L_FIELD_NUMBER: _ClassVar[int]
    DELTA_MINOR_FIELD_NUMBER: _ClassVar[int]
    RAYON_FIELD_NUMBER: _ClassVar[int]
    DROP_PCT_FIELD_NUMBER: _ClassVar[int]
    USAGE_CLASS_FIELD_NUMBER: _ClassVar[int]
    SERIAL_FIELD_NUMBER: _ClassVar[int]
    BESIDE_FIELD_NUMBER: _ClassVar[int]
    tenant_id: str
    nomen: str
    period: str
    kinds: _containers.RepeatedScalarFieldContainer[MeterKind]
    reason_codes: _containers.RepeatedScalarFieldContainer[str]
    rule: str
    read_id: str
    read_date: str
    stand_l: int
    from_l: int
    days: int
    use_l: int
    use30_l: int
    usual_l: int
    usual_periods: int
    would_be_l: int
    run: int
    limit_l: int
    limits_id: str
    delta_l: int
    delta_minor: int
    rayon: str
    drop_pct: int
    usage_class: str
    serial: str
    beside: _containers.RepeatedCompositeFieldContainer[MeterVerdictReached]
    def __init__(self, tenant_id: _Optional[str] = ..., nomen: _Optional[str] = ..., period: _Optional[str] = ..., kinds: _Optional[_Iterable[_Union[MeterKind, str]]] = ..., reason_codes: _Optional[_Iterable[str]] = ..., rule: _Optional[str] = ..., read_id: _Optional[str] = ..., read_date: _Optional[str] = ..., stand_l: _Optional[int] = ..., from_l: _Optional[int] = ..., days: _Optional[int] = ..., use_l: _Optional[int] = ..., use30_l: _Optional[int] = ..., usual_l: _Optional[int] = ..., usual_periods: _Optional[int] = ..., would_be_l: _Optional[int] = ..., run: _Optional[int] = ..., limit_l: _Optional[int] = ..., limits_id: _Optional[str] = ..., delta_l: _Optional[int] = ..., delta_minor: _Optional[int] = ..., rayon: _Optional[str] = ..., drop_pct: _Optional[int] = ..., usage_class: _Optional[str] = ..., serial: _Optional[str] = ..., beside: _Optional[_Iterable[_Union[MeterVerdictReached, _Mapping]]] = ...) -> None: ...

class MeterVerdictWithdrawn(_message.Message):
    __slots__ = ("tenant_id", "nomen", "period")
    TENANT_ID_FIELD_NUMBER: _ClassVar[int]
    NOMEN_FIELD_NUMBER: _ClassVar[int]
    PERIOD_FIELD_NUMBER: _ClassVar[int]
    tenant_id: str
    nomen: str
    period: str
    def __init__(self, tenant_id: _Optional[str] = ..., nomen: _Optional[str] = ..., period: _Optional[str] = ...) -> None: ...

class CaseChanged(_message.Message):
    __slots__ = ("tenant_id", "case_id", "number", "change", "domain", "type", "status", "priority", "assignee_id", "due_date", "incident_id", "fact_id", "location_id", "product_id", "nomen", "period", "rayon", "version", "changed_fields", "opened_by", "changed_by")
    TENANT_ID_FIELD_NUMBER: _ClassVar[int]
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    CHANGE_FIELD_NUMBER: _ClassVar[int]
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    ASSIGNEE_ID_FIELD_NUMBER: _ClassVar[int]
    DUE_DATE_FIELD_NUMBER: _ClassVar[int]
    INCIDENT_ID_FIELD_NUMBER: _ClassVar[int]
    FACT_ID_FIELD_NUMBER: _ClassVar[int]
    LOCATION_ID_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    NOMEN_FIELD_NUMBER: _ClassVar[int]
    PERIOD_FIELD_NUMBER: _ClassVar[int]
    RAYON_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    CHANGED_FIELDS_FIELD_NUMBER: _ClassVar[int]
    OPENED_BY_FIELD_NUMBER: _ClassVar[int]
    CHANGED_BY_FIELD_NUMBER: _ClassVar[int]
    tenant_id: str
    case_id: str
    number: int
    change: CaseChange
    domain: str
    type: str
    status: CaseStatus
    priority: CasePriority
    assignee_id: str
    due_date: str
    incident_id: str
    fact_id: str
    location_id: str
    product_id: str
    nomen: str
    period: str
    rayon: str
    version: int
    changed_fields: _containers.RepeatedScalarFieldContainer[str]
    opened_by: str
    changed_by: str
    def __init__(self, tenant_id: _Optional[str] = ..., case_id: _Optional[str] = ..., number: _Optional[int] = ..., change: _Optional[_Union[CaseChange, str]] = ..., domain: _Optional[str] = ..., type: _Optional[str] = ..., status: _Optional[_Union[CaseStatus, str]] = ..., priority: _Optional[_Union[CasePriority, str]] = ..., assignee_id: _Optional[str] = ..., due_date: _Optional[str] = ..., incident_id: _Optional[str] = ..., fact_id: _Optional[str] = ..., location_id: _Optional[str] = ..., product_id: _Optional[str] = ..., nomen: _Optional[str] = ..., period: _Optional[str] = ..., rayon: _Optional[str] = ..., version: _Optional[int] = ..., changed_fields: _Optional[_Iterable[str]] = ..., opened_by: _Optional[str] = ..., changed_by: _Optional[str] = ...) -> None: ...
