"""The runtime's own tables as SQL text, for the migrations of the services that use them.

    def upgrade() -> None:
        op.execute(ddl.worker_tables())
        op.execute(ddl.append_table("verdicts", "tenant_id text not null, fact_id text not null, …",
                                    entity=("tenant_id", "fact_id")))

Every function may be executed again without harm. Tables are created in the first schema of the search path.
"""

from __future__ import annotations


def tenant_policy(table: str) -> str:
    """Return the SQL that shows each tenant its own rows only; an unset tenant sees nothing."""
    return f"""
alter table {table} enable row level security;
alter table {table} force row level security;
drop policy if exists tenant on {table};
create policy tenant on {table}
  using (tenant_id = current_setting('arus.tenant', true))
  with check (tenant_id = current_setting('arus.tenant', true));
"""


def tenant_adds(table: str) -> str:
    """Return the SQL that lets each tenant read and add rows of its own, and change none."""
    return f"""
alter table {table} enable row level security;
alter table {table} force row level security;
drop policy if exists tenant_reads on {table};
create policy tenant_reads on {table} for select
  using (tenant_id = current_setting('arus.tenant', true));
drop policy if exists tenant_adds on {table};
create policy tenant_adds on {table} for insert
  with check (tenant_id = current_setting('arus.tenant', true));
"""


def sealed(table: str) -> str:
    """Return the SQL that hides a table from every role that does not bypass row-level security."""
    return f"alter table {table} enable row level security; alter table {table} force row level security;\n"


def worker_tables() -> str:
    """Return the tables of a service with workers: leases, offsets, states, origins seen, and the outbox."""
    return (
        """
-- Who holds a partition, and what is done: the fence and the offset in one row.
create table if not exists progress (
  worker text not null, topic text not null, partition smallint not null,
  epoch bigint not null, next_offset bigint not null,
  backend_pid int not null, backend_start timestamptz not null, log_end bigint,
  primary key (worker, topic, partition)
) with (fillfactor = 50);
-- One row per key (page '') and one per page of older history.
create table if not exists state (
  worker text not null, topic text not null, partition smallint not null, key text not null,
  page text not null default '', value bytea not null, id bigint generated always as identity,
  primary key (worker, topic, partition, key, page)
) with (fillfactor = 70);
create unique index if not exists state_id on state (id);
-- Highest sequence taken from each origin: what is not above it is a repeat.
create table if not exists seen (
  worker text not null, topic text not null, partition smallint not null, source text not null,
  sequence bigint not null,
  primary key (worker, topic, partition, source)
) with (fillfactor = 50);
-- How far the events of result rows are published.
create table if not exists published (
  worker text not null, partition smallint not null, src_off bigint not null, src_idx int not null,
  primary key (worker, partition)
) with (fillfactor = 50);
"""
        + sealed("progress")
        + sealed("state")
        + sealed("seen")
        + sealed("published")
        + outbox_tables()
    )


def log_end() -> str:
    """Return the column of where a log ended that was found shorter than what was read of it."""
    return "alter table progress add column if not exists log_end bigint;"


def outbox_tables() -> str:
    """Return the queue of outgoing events and the lease of its relay."""
    return (
        """
create table if not exists outbox (
  id bigint generated always as identity primary key,
  pub_seq bigint,
  tenant_id text not null, topic text not null, key text not null,
  value bytea, headers bytea not null,
  added_at timestamptz not null default clock_timestamp()
);
create unique index if not exists outbox_numbered on outbox (pub_seq) where pub_seq is not null;
-- The one active relay of each name.
create table if not exists relay (
  name text primary key,
  epoch bigint not null, backend_pid int not null, backend_start timestamptz not null,
  beat_at timestamptz not null, last_seq bigint not null default 0
) with (fillfactor = 50);
"""
        + tenant_policy("outbox")
        + sealed("relay")
    )


def append_table(name: str, columns: str, entity: tuple[str, ...] = ()) -> str:
    """Return an append table: the runtime's columns, then the given ones, of which tenant_id must be one.

    Rows are seen by tenant; entity: at most one row of it is current.
    """
    current = (
        f"create unique index if not exists {name}_current on {name} ({', '.join(entity)}) where is_current;"
        if entity
        else ""
    )
    return f"""
create table if not exists {name} (
  src_part smallint not null, src_off bigint not null, src_idx int not null,
  is_current boolean not null default true,
  {columns},
  value bytea, headers bytea,
  primary key (src_part, src_off, src_idx)
);
{current}
""" + tenant_policy(name)


def version_table(name: str, columns: str) -> str:
    """Return a side input's table: the runtime's columns, then the given ones; tenant_id must be one of them.

    Tenants read and add their own versions and change none. number: in the order of insertion; complete up to
    the highest one seen only under ``side_inputs``' lock.
    """
    return f"""
create table if not exists {name} (
  number bigint generated always as identity,
  valid_from timestamptz not null,
  {columns}
);
create unique index if not exists {name}_number on {name} (number);
""" + tenant_adds(name)


def idempotency_tables() -> str:
    """Return the SQL of the answers kept for 24 hours under their Idempotency-Key."""
    return f"""
    create table if not exists idempotency (
        tenant_id text not null,
        principal_id text not null,
        path text not null,
        key text not null,
        body_hash bytea not null,
        status smallint not null,
        headers jsonb not null,
        body bytea not null,
        recorded_at timestamptz not null default now(),
        primary key (tenant_id, principal_id, path, key)
    );
    create index if not exists idempotency_recorded_at on idempotency (recorded_at);
    {tenant_policy("idempotency")}
    """


def jobs_tables() -> str:
    """Return the queue of slow work, and whose turn it is among the tenants."""
    return f"""
create table if not exists jobs (
  tenant_id text not null,
  id text not null,
  kind text not null,
  params jsonb not null,
  state text not null default 'waiting' check (state in ('waiting', 'running', 'done', 'failed',
  'cancelled')), run_after timestamptz not null default now(),
  -- Rises with every claim: the fencing token of whoever holds the lease.
  claim int not null default 0,
  failures int not null default 0,
  lease_until timestamptz,
  cancel_requested boolean not null default false,
  progress real not null default 0,
  note text not null default '',
  error text,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  ended_at timestamptz,
  primary key (tenant_id, id)
);
create index if not exists jobs_waiting on jobs (run_after) where state = 'waiting';
create index if not exists jobs_running on jobs (lease_until) where state = 'running';
create index if not exists jobs_ended on jobs (ended_at) where ended_at is not null;
create table if not exists job_turns (
  tenant_id text primary key,
  served_at timestamptz not null
);
{tenant_policy("jobs")}
{sealed("job_turns")}
"""
