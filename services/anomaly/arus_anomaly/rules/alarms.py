"""Alarms: what the rule and the second opinion come to together, and the incidents they make.

The rule's ANOMALI always opens an incident. How severe it is, the detector says where it knows the key: what
it finds usual waits to be looked at, what it finds strange too is more severe than the rule alone. Where it
is still learning, the rule is all there is. What the detector finds strange alarms without the rule, too.
"""

from collections.abc import Iterable, Iterator
from enum import IntEnum
from typing import NamedTuple

from arus_runtime.tuples import new

from arus_anomaly.rules.fuel import Status
from arus_anomaly.rules.learned.detector import Assessment, Stage
from arus_anomaly.rules.learned.incidents import Incident, followed
from arus_anomaly.rules.learned.severity import Severity
from arus_anomaly.state import OpenIncident, Seen
from arus_anomaly.state.memory import NEVER


class Turn(IntEnum):
    """What happened to an incident."""

    OPENED = 1
    UPDATED = 2
    ESCALATED = 3
    CLOSED = 4
    WITHDRAWN = 5
    """The facts that alarmed were corrected or voided: there was none."""


class Step(NamedTuple):
    """What a fact did to its key's incident, and how that stands then; None: nothing, and none."""

    did: Incident
    incident: OpenIncident | None


def alarm(status: int, opinion: Assessment) -> Severity:
    """Return how severe a fact is; NONE alarms nobody."""
    if status == Status.WITHDRAWN:
        return Severity.NONE
    if status != Status.ANOMALI:
        return opinion.severity if opinion.severity >= Severity.WARNING else Severity.NONE
    if opinion.stage is Stage.LEARNING:
        return Severity.WARNING
    return Severity(min(opinion.severity + 1, Severity.CRITICAL))


def stepped(open_: OpenIncident | None, fact: Seen, severity: Severity) -> Step:
    """Return what a fact of this severity does; the incident that it closes is told as it stood."""
    quiet, worst = (open_.quiet, open_.severity) if open_ else (NEVER, 0)
    did, quiet, worst = followed(quiet, worst, severity, Severity.INFO)
    if open_ is None:
        is_opened = did is Incident.OPENED
        opened = OpenIncident(fact.id, worst, fact.day, fact.day, fact.id, 1) if is_opened else None
        return new(Step, (did, opened))
    if did in {Incident.NONE, Incident.CLOSED}:
        return Step(did, open_ if did is Incident.CLOSED else open_._replace(quiet=quiet))
    return Step(
        did,
        open_._replace(
            severity=worst,
            first_day=min(open_.first_day, fact.day),
            last_day=fact.day,
            last_id=fact.id,
            facts=open_.facts + 1,
            quiet=0,
        ),
    )


class Standing(NamedTuple):
    """How an incident stands."""

    incident: OpenIncident
    is_closed: bool


def standing(open_: OpenIncident | None, steps: Iterable[Step]) -> dict[bytes, Standing]:
    """Return how each incident stands after some facts, by its id; open_: the one that was open before."""
    found = {} if open_ is None else {open_.id: Standing(open_._replace(quiet=0), is_closed=False)}
    for did, incident in steps:
        if incident is not None:
            found[incident.id] = Standing(incident._replace(quiet=0), is_closed=did is Incident.CLOSED)
    return found


def turns(was: dict[bytes, Standing], now: dict[bytes, Standing]) -> Iterator[tuple[Turn, OpenIncident]]:
    """Yield what happened to incidents when facts were looked at again."""
    for incident_id, (incident, _) in was.items():
        if incident_id not in now:
            yield Turn.WITHDRAWN, incident
    for incident_id, (incident, is_closed) in now.items():
        before = was.get(incident_id)
        if before == (incident, is_closed):
            continue
        if before is None:
            yield Turn.OPENED, incident
        elif incident.severity > before.incident.severity:
            yield Turn.ESCALATED, incident
        elif incident != before.incident or not is_closed:
            yield Turn.UPDATED, incident
        if is_closed:
            yield Turn.CLOSED, incident
