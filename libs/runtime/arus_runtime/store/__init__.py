"""Where a worker's leases, states and results are kept: a small port, and PostgreSQL behind it.

``PostgresStore`` is the store of the services; the fake stands in ``arus_runtime.memory``. One suite runs on
both.
"""

from arus_runtime.store.port import Away, Fenced, Grant, Outgoing, Part, RowPacker, Store, Unstorable, Writing
from arus_runtime.store.postgres import PostgresStore

__all__ = [
    "Away",
    "Fenced",
    "Grant",
    "Outgoing",
    "Part",
    "PostgresStore",
    "RowPacker",
    "Store",
    "Unstorable",
    "Writing",
]
