"""Many items at once, the same through REST and gRPC: one transaction, one answer per item."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from arus_runtime.postgres import Tx
from arus_runtime.web import Problem
from arus_runtime.web.problems import of_validation
from pydantic import ValidationError

from arus_ingest.catalogue import Catalogue
from arus_ingest.commands import fuel as commands
from arus_ingest.commands.fuel import Ledger, Recorded
from arus_ingest.schemas.facts import NewFact
from arus_ingest.state import Entry

ITEMS_PER_TURN: Final = 500


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one item: the record, or the problem that refused it."""

    recorded: Recorded | None
    problem: Problem | None


async def record(
    tx: Tx, catalogue: Catalogue, ledger: Ledger, items: Sequence[object], at: datetime
) -> list[Outcome]:
    """Record every item that is sound and return one outcome per item, in the order sent."""
    read: list[Entry | Problem] = []
    for start in range(0, len(items), ITEMS_PER_TURN):
        read += map(_read, items[start : start + ITEMS_PER_TURN])
        await asyncio.sleep(0)  # ten thousand items must not make every other request wait
    entries = [entry for entry in read if isinstance(entry, Entry)]
    became = iter(await commands.record(tx, catalogue, ledger, entries, at))
    outcomes: list[Outcome] = []
    for entry in read:
        if isinstance(entry, Problem):
            outcomes.append(Outcome(None, entry))
            continue
        outcome = next(became)
        if isinstance(outcome, Recorded):
            outcomes.append(Outcome(outcome, None))
        else:
            outcomes.append(Outcome(None, commands.refusal(outcome.flaws)))
    return outcomes


def _read(item: object) -> Entry | Problem:
    try:
        return NewFact.model_validate(item).entry()
    except ValidationError as error:
        return of_validation(error.errors(include_url=False))  # pyright: ignore[reportArgumentType] -- TypedDicts are mappings
