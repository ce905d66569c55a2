"""How a case goes on: which status follows which, when it is due, and what its history says."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Any, Final
from zoneinfo import ZoneInfo

from arus_runtime.words import HOME_ZONE

from arus_anomaly.rules.meter import Kind
from arus_anomaly.state.cases import Case

ZONE: Final = ZoneInfo(HOME_ZONE)
"""Due dates are days here: a case has no clock of its own."""


class Status(StrEnum):
    """How far a case is (R-35)."""

    OPEN = "open"
    IN_PROGRESS = "in_progress"
    WAITING_FIELD = "waiting_field"
    RESOLVED = "resolved"
    CLOSED = "closed"


class Priority(StrEnum):
    """How pressing a case is (R-35)."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Reminded(IntEnum):
    """How far the assignee was reminded that a case is due."""

    NOT_YET = 0
    DUE = 1
    OVERDUE = 2


class Happened(StrEnum):
    """What happened to a case, as its history says it."""

    OPENED = "opened"
    CHANGED = "changed"
    COMMENTED = "commented"
    ATTACHED = "attached"
    ATTACHMENT_REMOVED = "attachment_removed"
    VISITED = "visited"
    FELL_DUE = "fell_due"
    BECAME_OVERDUE = "became_overdue"


OTHER: Final = "other"
TYPES: Final[Mapping[str, Sequence[str]]] = {
    "fuel": ("WASPADA", "ANOMALI", OTHER),
    "meter": (*(str(kind) for kind in Kind), OTHER),
}
"""What a case may be about, by domain: what a judgement calls for somebody with, or anything else."""
DONE: Final = frozenset((Status.RESOLVED, Status.CLOSED))
_NEXT: Final[Mapping[str, Collection[str]]] = {
    Status.OPEN: {Status.IN_PROGRESS, Status.WAITING_FIELD, *DONE},
    Status.IN_PROGRESS: {Status.OPEN, Status.WAITING_FIELD, *DONE},
    Status.WAITING_FIELD: {Status.IN_PROGRESS, *DONE},
    Status.RESOLVED: {Status.CLOSED, Status.IN_PROGRESS},
    Status.CLOSED: {Status.IN_PROGRESS},
}
_TOLD: Final = frozenset(
    ("assignee_id", "description", "due_date", "priority", "resolution", "status", "type")
)
"""Fields whose changes are kept in the history and told."""


def next_statuses(status: str) -> Sequence[str]:
    """Return the statuses that may follow, in the order of R-35."""
    return [one for one in Status if one in _NEXT[status]]


def is_done(status: str) -> bool:
    """Say whether nobody has to do anything any more."""
    return status in DONE


def day_of(moment: datetime) -> date:
    """Return the day of a moment where due dates are counted."""
    return moment.astimezone(ZONE).date()


def is_overdue(case: Case, day: date) -> bool:
    """Say whether a case should have been done before this day."""
    return case.due_date is not None and case.due_date < day and not is_done(case.status)


def reminder(case: Case, day: date) -> Reminded | None:
    """Return what the assignee is to be reminded of on a day, None for nothing new."""
    if case.due_date is None or is_done(case.status):
        return None
    due = Reminded.OVERDUE if case.due_date < day else Reminded.DUE
    return due if case.due_date <= near(day) and due > case.reminded else None


def near(day: date) -> date:
    """Return the last due date that is worth a reminder on a day: tomorrow's."""
    return day + timedelta(days=1)


def consequences(case: Case, values: Mapping[str, Any], now: datetime) -> Mapping[str, Any]:
    """Return the values that a change brings with it, the given ones included.

    A case that is taken up again has no resolution any more; one with another due date, or taken up again,
    may be reminded of anew.
    """
    status = values.get("status", case.status)
    changed = dict(values)
    if status != case.status:
        was_done, done = is_done(case.status), is_done(status)
        if done and not was_done:
            changed["ended_at"] = now
        elif was_done and not done:
            changed |= {"ended_at": None, "resolution": "", "reminded": Reminded.NOT_YET}
    if values.get("due_date", case.due_date) != case.due_date:
        changed["reminded"] = Reminded.NOT_YET
    return changed


def differences(before: Case | None, after: Case) -> Mapping[str, Sequence[Any]]:
    """Return what changed, by field in alphabetical order: what it was (None: no case) and what it is."""
    of = {field.name for field in fields(Case)} & _TOLD
    values = {
        name: (None if before is None else getattr(before, name), getattr(after, name)) for name in sorted(of)
    }
    return {name: pair for name, pair in values.items() if pair[0] != pair[1] and pair != (None, "")}
