"""What a report of a period says of verdicts and incidents: how many, and the worst of all of them."""

import heapq
from collections import Counter
from collections.abc import Sequence
from contextlib import aclosing
from datetime import date
from decimal import Decimal
from itertools import chain
from typing import Final

from arus.anomaly.v1.api_pb2 import IncidentCount, ReportedIncident
from arus.anomaly.v1.events_pb2 import STAGE_JUDGED, OpinionReached, VerdictReached
from arus_runtime.postgres import Tx

from arus_anomaly import codec, store
from arus_anomaly.rules.feedback import Answer
from arus_anomaly.rules.learned.causes import Cause
from arus_anomaly.store.incidents import CLOSED, Alarming
from arus_anomaly.store.verdicts import Asked

WORST: Final = 10


async def worst_verdicts(tx: Tx, asked: Asked) -> Sequence[VerdictReached]:
    """Return the verdicts farthest from the usual of all that are asked for, farthest first."""
    worst: list[VerdictReached] = []
    async with aclosing(store.verdicts.every(tx, asked)) as chunks:
        async for chunk in chunks:
            said = (VerdictReached.FromString(stored.value) for stored in chunk)
            worst = heapq.nlargest(WORST, chain(worst, said), key=_score)
    return worst


async def incidents(tx: Tx, asked: Asked) -> Sequence[ReportedIncident]:
    """Return all incidents with a record of the period that alarmed, the worst first."""
    since, until = asked.since or date.min, asked.until or date.max
    found: dict[str, ReportedIncident] = {}
    async with aclosing(store.incidents.alarming(tx, since, until, asked.locations)) as chunks:
        async for chunk in chunks:
            for one in chunk:
                _add(found.setdefault(one.id, _reported(one)), one)
    return sorted(found.values(), key=_gravity, reverse=True)


def counted(found: Sequence[ReportedIncident]) -> Sequence[IncidentCount]:
    """Return how many incidents of each kind there are."""
    kinds = Counter((one.severity, one.is_closed, one.answer) for one in found)
    return [
        IncidentCount(severity=severity, is_closed=is_closed, answer=answer, incidents=number)
        for (severity, is_closed, answer), number in kinds.items()
    ]


def _score(verdict: VerdictReached) -> Decimal:
    return Decimal(verdict.risk_score or 0)


def _gravity(one: ReportedIncident) -> tuple[int, int, str]:
    return one.severity, abs(one.volume_ul - one.expected_ul), one.incident_id


def _reported(one: Alarming) -> ReportedIncident:
    return ReportedIncident(
        incident_id=one.id,
        location_id=one.location_id,
        product_id=one.product_id,
        severity=codec.WIRE_SEVERITY[one.severity],
        is_closed=one.state == CLOSED,
        first_date=one.first_date.isoformat(),
        last_date=one.last_date.isoformat(),
        answer=codec.WIRE_ANSWER[Answer(one.answer)] if one.answer else None,
        cause=codec.WIRE_CAUSE[Cause(one.cause)] if one.cause else None,
        note=one.note or "",
    )


def _add(reported: ReportedIncident, one: Alarming) -> None:
    verdict, opinion = VerdictReached.FromString(one.verdict), OpinionReached.FromString(one.opinion)
    reported.records += 1
    reported.volume_ul += verdict.volume_ul
    if opinion.stage == STAGE_JUDGED:
        reported.expected_ul += opinion.expected_ul
    elif verdict.history_count:
        reported.expected_ul += verdict.history_sum_ul // verdict.history_count
