"""What the house shows of itself: JSON logs, one typed list of metrics, trace context."""

import logging
import re
import secrets
import sys
from collections.abc import Sequence
from contextvars import ContextVar
from typing import Any, Final

import orjson
import structlog
from prometheus_client import Counter, Gauge, Histogram

from arus_runtime import tracing

_LATENCY_S: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_LAG_S: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 15, 60, 300, 3600)

# Rate, errors and duration of every request: the count of the histogram is the rate.
REQUEST_SECONDS: Final = Histogram(
    "arus_request_seconds",
    "HTTP and gRPC requests by outcome.",
    ("kind", "operation", "status"),
    buckets=_LATENCY_S,
)
REQUESTS_OPEN: Final = Gauge("arus_requests_open", "Requests being answered right now.", ("kind",))
EVENT_LAG_SECONDS: Final = Histogram(
    "arus_event_lag_seconds", "From ce_time to the commit of what followed.", ("worker",), buckets=_LAG_S
)
EVENTS: Final = Counter("arus_events", "Records taken by a worker, by outcome.", ("worker", "outcome"))
BATCH_SECONDS: Final = Histogram(
    "arus_batch_seconds", "One poll batch: fold and commit.", ("worker",), buckets=_LATENCY_S
)
PARTITIONS_STOPPED: Final = Gauge(
    "arus_partitions_stopped", "Partitions that wait for a person.", ("worker",)
)
PARTITIONS_HELD_UP: Final = Gauge(
    "arus_partitions_held_up",
    "Partitions not taken yet: somebody keeps them locked, or the database or Kafka is away.",
    ("worker",),
)
PARTITIONS_BEHIND: Final = Gauge(
    "arus_partitions_log_behind", "Partitions whose log ends before what was read of it.", ("worker",)
)
OUTBOX_AGE_SECONDS: Final = Gauge(
    "arus_outbox_age_seconds", "How long the oldest event not yet published has waited.", ("relay",)
)
PUBLISHED: Final = Counter("arus_events_published", "Events a relay published.", ("relay",))
DLQ_DEPTH: Final = Gauge("arus_dlq_depth", "Parked records that wait for a person.", ("topic",))
BEHIND_RECORDS: Final = Gauge(
    "arus_behind_records", "Records between what a worker has committed and the end.", ("worker", "topic")
)
JOBS: Final = Counter("arus_jobs", "Jobs ended, by outcome.", ("kind", "outcome"))
JOBS_WAITING: Final = Gauge("arus_jobs_waiting", "Jobs ready to run.", ("kind",))
JOB_SECONDS: Final = Histogram(
    "arus_job_seconds", "How long a job ran.", ("kind",), buckets=(0.1, 0.5, 1, 5, 15, 60, 300, 1800, 7200)
)
EXPORTS: Final = Counter("arus_exports", "Lists given out as files, by format.", ("format",))
REPORTS: Final = Counter("arus_reports", "Reports that were asked for, by what became of them.", ("outcome",))
IMPORTS: Final = Counter("arus_imports", "Imports that came to a state people wait for.", ("state",))
IMPORT_ROWS: Final = Counter("arus_import_rows", "Imported rows, by what became of them.", ("outcome",))
FILES_SWEPT: Final = Counter("arus_files_swept", "Files deleted because they were kept long enough.", ("of",))
FILES_SWEPT_BYTES: Final = Counter("arus_files_swept_bytes", "What these files held.", ("of",))
UPLOAD_OLDEST_UNFINISHED_SECONDS: Final = Gauge(
    "arus_upload_oldest_unfinished_seconds",
    "How long ago the oldest file was begun of which the rest never came, at the last sweep.",
)
MAILS: Final = Counter("arus_mails", "Mails handed over, by outcome.", ("outcome",))
INCIDENTS: Final = Gauge("arus_incidents", "Incidents by severity and last answer.", ("severity", "answer"))
CASES: Final = Gauge("arus_cases", "Cases by status and priority.", ("status", "priority"))
CASES_OVERDUE: Final = Gauge("arus_cases_overdue", "Cases past their due date that are not done.")
DELIVERIES: Final = Counter(
    "arus_deliveries", "Messages to people and webhooks that ended, by outcome.", ("channel", "outcome")
)
ATTEMPTS_FAILED: Final = Counter(
    "arus_delivery_attempts_failed", "Attempts at a delivery that failed.", ("channel", "reason")
)
DELIVERY_OLDEST_WAITING_SECONDS: Final = Gauge(
    "arus_delivery_oldest_waiting_seconds", "How long the oldest message not yet delivered has waited."
)


def stand_at_zero(counter: Counter, *lines: Sequence[str]) -> None:
    """Let a counter's lines stand at 0 from the start, so that the first event of each is seen to be one."""
    for labels in lines:
        counter.labels(*labels)


TRACEPARENT: Final = "traceparent"
_TRACEPARENT: Final = re.compile(r"^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$").match
_TRACEBACKS: Final = structlog.tracebacks.ExceptionDictTransformer(
    show_locals=False  # tokens and people's data would reach the log
)
_current: Final[ContextVar[str]] = ContextVar("traceparent", default="")


def new_traceparent() -> str:
    """Return the trace context of something that begins here; its flag says whether spans are kept."""
    kept = "01" if tracing.keeps_a_new_trace() else "00"
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-{kept}"


def child_of(traceparent: str | None) -> str:
    """Return the context of a step within the given trace; of a new trace when it is absent or malformed."""
    match = _TRACEPARENT(traceparent or "")
    if match is None or set(match[1]) == {"0"} or set(match[2]) == {"0"}:
        return new_traceparent()
    return f"00-{match[1]}-{secrets.token_hex(8)}-{match[3]}"


def current_traceparent() -> str:
    """Return the trace context of the request or record at hand; of a new trace when there is none."""
    return _current.get() or new_traceparent()


def enter_trace(traceparent: str | None) -> str:
    """Make a step within the given trace the current context and return it; log lines carry its trace id."""
    step = child_of(traceparent)
    _current.set(step)
    structlog.contextvars.bind_contextvars(trace_id=step[3:35])
    return step


class _Line(structlog.WriteLogger):
    """Writes what is said to stderr; name: who says it."""

    def __init__(self, name: str = "") -> None:
        super().__init__(sys.stderr)
        self.name = name


def configure_logging(service: str, level: str = "info") -> None:
    """Write one JSON object per line to stderr, from structlog and from the standard library alike.

    structlog's lines do not travel through the standard library, which would triple what each request pays.
    """
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.ExceptionRenderer(_TRACEBACKS),
    ]
    render = structlog.processors.JSONRenderer(serializer=_dumps)
    structlog.configure(
        processors=[*shared, render],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=_Line,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, render],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    # These two log every request and every heartbeat once more.
    for noisy in ("uvicorn.access", "aiokafka"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    structlog.contextvars.bind_contextvars(service=service)


def _dumps(event: Any, **_: Any) -> str:
    return orjson.dumps(event, default=str, option=orjson.OPT_NON_STR_KEYS).decode()
