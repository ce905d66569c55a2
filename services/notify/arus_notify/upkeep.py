"""What this service does for itself now and then.

It shows what waits, forgets what was told long ago, and seals anew what an earlier key has sealed.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Final

import structlog
from arus_runtime import observe
from arus_runtime.context import Context
from arus_runtime.crypto import UndecryptableError
from arus_runtime.postgres import UNANSWERED

from arus_notify import store
from arus_notify.outside import number_place, outside_of, secret_place
from arus_notify.store import sealed

MEASURE_S: Final = 10.0
FORGET_S: Final = 3600.0
KEPT_DAYS: Final = 400
"""How long people can look up what they were told: as long as the audit log."""
SEALED_AT_ONCE: Final = 200
PLACES: Final[Mapping[sealed.Column, Callable[[str, str], str]]] = {
    sealed.NUMBERS: number_place,
    sealed.SECRETS: secret_place,
    sealed.FORMER_SECRETS: secret_place,
}
"""What each sealed column's values are bound to."""

_log: Final = structlog.get_logger(__name__)


@asynccontextmanager
async def keeping(context: Context) -> AsyncGenerator[None]:
    """Keep the house in order while the process runs, where it runs jobs."""
    if "jobs" not in context.settings.roles:
        yield
        return
    task = asyncio.create_task(_keep(context))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _keep(context: Context) -> None:
    forgot_at = float("-inf")
    while True:
        try:
            async with context.worker_db.system() as tx:
                waiting_s = await store.deliveries.oldest_waiting_s(tx)
                observe.DELIVERY_OLDEST_WAITING_SECONDS.set(waiting_s)
            if time.monotonic() - forgot_at >= FORGET_S:
                async with context.worker_db.system() as tx:
                    await store.forget(tx, KEPT_DAYS)
                forgot_at = time.monotonic()
                await seal_anew(context)
        except UNANSWERED as error:
            _log.warning("no upkeep for now: the database is away", reason=str(error))
        except (OSError, ValueError) as error:
            _log.error("nothing is sealed anew: field keys cannot be read", reason=str(error))
        await asyncio.sleep(MEASURE_S)


async def seal_anew(context: Context) -> None:
    """Seal with the current key what another one has sealed, so that an old key may go.

    What no key opens any more is left as it lies, and said.
    """
    keys, renewed, lost = outside_of(context).keys, 0, 0
    for column, place in PLACES.items():
        last = sealed.START
        while True:
            async with context.worker_db.system() as tx:
                found = await sealed.unlike(tx, column, keys.prefix, after=last, limit=SEALED_AT_ONCE)
                for value in found:
                    bound_to = place(value.tenant_id, value.id)
                    try:
                        text = keys.encrypt(keys.decrypt(value.text, bound_to), bound_to)
                    except UndecryptableError:
                        lost += 1
                    else:
                        renewed += await sealed.replace(tx, column, value, text)
            if len(found) < SEALED_AT_ONCE:
                break
            last = found[-1]
    if renewed:
        _log.info("sealed anew", values=renewed, key=keys.current)
    if lost:
        _log.error("no key opens these", values=lost)
