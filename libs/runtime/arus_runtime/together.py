"""Who asks at the same time is served together.

A transaction costs much the same for one request as for fifty. So who asks while one is under way waits for
the next one, which takes all that wait by then; who comes alone waits for nobody.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from psycopg_pool import TooManyRequests

from arus_runtime.postgres import WAITING_AT_MOST, is_away

Ask = TypeVar("Ask")
Answer = TypeVar("Answer")
Key = TypeVar("Key", bound=Hashable)

MOST: Final = 200
"""How many are served at a time, so that a turn stays short."""


@dataclass(frozen=True, slots=True)
class _Asked(Generic[Ask, Answer]):
    ask: Ask
    answer: asyncio.Future[Answer]

    def fail(self, error: Exception) -> None:
        if not self.answer.done():
            self.answer.set_exception(error)


class _AwayError(Exception):
    """The database is away, as cause tells."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(str(cause))
        self.cause = cause


class Together(Generic[Key, Ask, Answer]):
    """Serves who asks under one key turn by turn, in the order of asking; keys do not wait for each other.

    serve: answers every ask of a turn, or raises and has done nothing. What failed for several is tried again
    for each alone, so that nobody fails for another's sake. Only when the database is away all that wait are
    told at once.
    """

    def __init__(self, serve: Callable[[Key, Sequence[Ask]], Awaitable[Sequence[Answer]]]) -> None:
        self._serve = serve
        self._waiting: dict[Key, list[_Asked[Ask, Answer]]] = {}
        self._serving: set[asyncio.Task[None]] = set()

    async def ask(self, key: Key, ask: Ask) -> Answer:
        """Return the answer; raises what serving it raised, TooManyRequests when too many wait."""
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        asked = _Asked(ask, answer)
        if key in self._waiting:
            if len(self._waiting[key]) >= WAITING_AT_MOST:
                raise TooManyRequests(f"at most {WAITING_AT_MOST} requests may wait for one transaction")
            self._waiting[key].append(asked)
        else:
            self._waiting[key] = [asked]
            serving = asyncio.create_task(self._turns(key))
            self._serving.add(serving)
            serving.add_done_callback(self._serving.discard)
        return await answer

    async def _turns(self, key: Key) -> None:
        turn: list[_Asked[Ask, Answer]] = []
        try:
            while waiting := self._waiting[key]:
                turn, self._waiting[key] = waiting[:MOST], waiting[MOST:]
                try:
                    await self._turn(key, turn)
                except _AwayError as away:
                    turn, self._waiting[key] = turn + self._waiting[key], []
                    for asked in turn:
                        asked.fail(away.cause)
        finally:
            for asked in turn + self._waiting.pop(key):
                asked.answer.cancel()  # of those not answered: we were told to end

    async def _turn(self, key: Key, turn: Sequence[_Asked[Ask, Answer]]) -> None:
        try:
            answers = await self._serve(key, [asked.ask for asked in turn])
        except Exception as error:  # it is raised to who asked
            if is_away(error):
                raise _AwayError(error) from error
            if len(turn) == 1:
                turn[0].fail(error)
            for asked in turn if len(turn) > 1 else ():
                await self._turn(key, [asked])
            return
        for asked, answer in zip(turn, answers, strict=True):
            if not asked.answer.done():
                asked.answer.set_result(answer)
