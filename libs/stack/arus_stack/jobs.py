"""Slow work that services gave up: what it is, and another try of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import psycopg
from psycopg.rows import class_row


@dataclass(frozen=True, slots=True)
class GivenUp:
    """One job that was given up, and why."""

    id: str
    tenant_id: str
    kind: str
    ended_at: datetime
    error: str | None


def given_up(connection: psycopg.Connection, most: int) -> Sequence[GivenUp]:
    """Return the jobs that were given up last, newest first; the connection is the service's worker's."""
    with connection.cursor(row_factory=class_row(GivenUp)) as cursor:
        return cursor.execute(
            """select id, tenant_id, kind, ended_at, error from jobs where state = 'failed'
               order by ended_at desc, id limit %s""",
            (most,),
        ).fetchall()


def retry(connection: psycopg.Connection, job_id: str) -> Sequence[GivenUp]:
    """Let the jobs of that id which were given up run again, and return them as they stood."""
    with connection.cursor(row_factory=class_row(GivenUp)) as cursor:
        return cursor.execute(
            """with old as (
                 select tenant_id, id, ended_at from jobs where id = %s and state = 'failed' for update
               )
               update jobs set state = 'waiting', failures = 0, run_after = now(), ended_at = null
               from old where jobs.tenant_id = old.tenant_id and jobs.id = old.id
               returning jobs.id, jobs.tenant_id, kind, old.ended_at, error""",
            (job_id,),
        ).fetchall()
