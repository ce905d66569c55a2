"""Allowances shared by all replicas, and attempts to sign in.

Both are known by digests only, and seen by whoever shows the digest (``arus.proof``). Allowances are worth
nothing after a crash, so they are unlogged: no write-ahead log for what changes most often here.
"""

from alembic import op

revision = "0003"
down_revision = "0002"

PROOF = "current_setting('arus.proof', true)"
TABLES = """
create unlogged table allowances (
  hash text primary key,
  used_until timestamptz not null,
  granted integer not null
);
create table sign_in_attempts (
  account text not null,
  network text not null,
  failures integer not null default 0,
  tried_at timestamptz,
  succeeded_at timestamptz,
  primary key (account, network)
);
"""
WALLS = {"allowances": f"hash = {PROOF}", "sign_in_attempts": f"account = {PROOF}"}


def upgrade() -> None:
    op.execute(TABLES)
    for table, own in WALLS.items():
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        op.execute(f"create policy own on {table} using ({own}) with check ({own})")
