"""Incidents: one alarm for one occurrence, however many facts it takes."""

from enum import IntEnum
from typing import Final

from arus_anomaly.rules.learned.severity import Severity
from arus_anomaly.state.memory import NEVER

QUIET_FACTS: Final = 3
"""An incident is over after so many facts without an alarm."""


class Incident(IntEnum):
    """What a fact does to its key's incident."""

    NONE = 0
    OPENED = 1
    UPDATED = 2
    ESCALATED = 3
    CLOSED = 4


def followed(
    quiet: int, worst: int, now: Severity, least: Severity = Severity.WARNING
) -> tuple[Incident, int, int]:
    """Return what a fact does to the incident, the facts since its last alarm, and its highest severity.

    quiet: the facts since the last alarm before this one, -1 when no incident is open. A fact of the least
    severity opens an incident, a more severe one than all before escalates it.
    """
    alarms = now >= least
    if quiet == NEVER:
        return (Incident.OPENED, 0, int(now)) if alarms else (Incident.NONE, NEVER, 0)
    if alarms:
        return (Incident.ESCALATED, 0, int(now)) if now > worst else (Incident.UPDATED, 0, worst)
    if quiet + 1 >= QUIET_FACTS:
        return Incident.CLOSED, NEVER, 0
    return Incident.NONE, quiet + 1, worst
