"""Transactions in someone's name: the settings that row-level security reads."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Final

from arus_runtime.postgres import Database, Tx

_SET: Final = "select set_config('arus.person', %s, true), set_config('arus.proof', %s, true)"
_SET_TENANT: Final = "select set_config('arus.tenant', %s, true)"


@asynccontextmanager
async def acting(db: Database, *, tenant: str = "", person: str = "", proof: str = "") -> AsyncGenerator[Tx]:
    """Give one transaction that sees what organisation, person and proof may see; all empty: nothing.

    proof: the e-mail address typed at login, or the digest of a secret that was shown.
    """
    async with db.tenant(tenant) if tenant else db.system() as tx:
        await become(tx, person=person, proof=proof)
        yield tx


async def become(tx: Tx, *, person: str, proof: str = "") -> None:
    """Go on in this transaction as the person, once the proof has told who that is."""
    await tx.execute(_SET, (person, proof))


async def prove(tx: Tx, proof: str) -> None:
    """Go on in this transaction as who it is, with another proof."""
    await tx.execute("select set_config('arus.proof', %s, true)", (proof,))


async def enter(tx: Tx, tenant: str) -> None:
    """Go on in this transaction inside the organisation."""
    await tx.execute(_SET_TENANT, (tenant,))
