"""People, organisations, sessions, keys, audit, and the names the live feed shows.

Three walls, all of them row-level security and all closed while their setting is empty: ``arus.tenant`` (the
organisation acted in), ``arus.person`` (the person acting) and ``arus.proof`` (the one thing a stranger has
shown: an e-mail address typed at login, or the hash of a secret). A row is seen only by whoever owns it or by
whoever holds the secret that names it; signing in therefore needs no role that can read everything.
"""

from alembic import op
from arus_runtime import ddl

revision = "0001"
down_revision = None

TENANT = "current_setting('arus.tenant', true)"
PERSON = "current_setting('arus.person', true)"
PROOF = "current_setting('arus.proof', true)"

TABLES = """
create table persons (
  id text primary key,
  email text not null unique check (email = lower(email)),
  name text not null,
  language text not null default 'id',
  email_verified_at timestamptz,
  created_at timestamptz not null default now()
);
create table passwords (
  person_id text primary key references persons (id) on delete cascade,
  hash text not null,
  changed_at timestamptz not null default now()
);
create table organisations (
  tenant_id text primary key,
  name text not null,
  created_at timestamptz not null default now()
);
create table memberships (
  tenant_id text not null references organisations (tenant_id) on delete cascade,
  person_id text not null references persons (id) on delete cascade,
  role text not null,
  location_ids text[],
  is_active boolean not null default true,
  created_at timestamptz not null default now(),
  primary key (tenant_id, person_id)
);
create index memberships_of_person on memberships (person_id);
create table sessions (
  id text primary key,
  tenant_id text not null,
  person_id text not null,
  kind text not null check (kind in ('bearer', 'cookie')),
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  revoked_at timestamptz,
  foreign key (tenant_id, person_id) references memberships (tenant_id, person_id) on delete cascade
);
create index sessions_of_member on sessions (tenant_id, person_id) where revoked_at is null;
create index sessions_of_person on sessions (person_id);
create table session_secrets (
  hash text primary key,
  session_id text not null references sessions (id) on delete cascade,
  person_id text not null,
  issued_at timestamptz not null default now(),
  used_at timestamptz
);
create index session_secrets_of_session on session_secrets (session_id);
create table mail_proofs (
  hash text primary key,
  person_id text not null references persons (id) on delete cascade,
  purpose text not null check (purpose in ('verify', 'reset')),
  expires_at timestamptz not null,
  used_at timestamptz
);
create index mail_proofs_of_person on mail_proofs (person_id, purpose);
create table invitations (
  tenant_id text not null references organisations (tenant_id) on delete cascade,
  id text not null,
  email text not null,
  role text not null,
  location_ids text[],
  hash text not null unique,
  invited_by text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  accepted_at timestamptz,
  primary key (tenant_id, id)
);
create table api_keys (
  tenant_id text not null references organisations (tenant_id) on delete cascade,
  id text not null,
  name text not null,
  prefix text not null,
  hash text not null unique,
  role text not null,
  resources jsonb,
  location_ids text[],
  created_by text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  revoked_at timestamptz,
  primary key (tenant_id, id)
);
create table audit_events (
  tenant_id text not null,
  id text not null,
  at timestamptz not null default now(),
  action text not null,
  actor_id text not null,
  resource_type text not null,
  resource_id text not null,
  ip text not null default '',
  detail jsonb not null default '{}',
  primary key (tenant_id, id)
);
create table locations (
  tenant_id text not null,
  id text not null,
  name text not null,
  primary key (tenant_id, id)
);
create table products (
  tenant_id text not null,
  id text not null,
  name text not null,
  primary key (tenant_id, id)
);
"""

OWN_TENANT = f"tenant_id = {TENANT}"
OWN_PERSON = f"person_id = {PERSON}"
SHOWN = f"hash = {PROOF}"
COLLEAGUE = f"exists (select 1 from memberships m where m.person_id = persons.id and m.tenant_id = {TENANT})"
MINE = (
    "exists (select 1 from memberships m"
    f" where m.tenant_id = organisations.tenant_id and m.person_id = {PERSON})"
)

# table → what may be read, what may be written (None: the same).
WALLS = {
    "persons": (f"id = {PERSON} or email = {PROOF} or {COLLEAGUE}", f"id = {PERSON}"),
    "passwords": (OWN_PERSON, None),
    "organisations": (f"{OWN_TENANT} or {MINE}", OWN_TENANT),
    "memberships": (f"{OWN_TENANT} or {OWN_PERSON}", OWN_TENANT),
    "sessions": (f"{OWN_TENANT} or {OWN_PERSON}", None),
    "session_secrets": (f"{OWN_PERSON} or {SHOWN}", None),
    "mail_proofs": (f"{OWN_PERSON} or {SHOWN}", None),
    "invitations": (f"{OWN_TENANT} or {SHOWN}", OWN_TENANT),
    "api_keys": (f"{OWN_TENANT} or {SHOWN}", OWN_TENANT),
    "audit_events": (OWN_TENANT, None),
    "locations": (OWN_TENANT, None),
    "products": (OWN_TENANT, None),
}


def upgrade() -> None:
    op.execute(TABLES)
    for table, (read, write) in WALLS.items():
        changed = write or read
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        op.execute(f"create policy seen on {table} for select using ({read})")
        op.execute(f"create policy added on {table} for insert with check ({changed})")
        op.execute(f"create policy changed on {table} for update using ({changed}) with check ({changed})")
        op.execute(f"create policy removed on {table} for delete using ({changed})")
    # What happened stays as it was written.
    op.execute("revoke update, delete, truncate on audit_events from gateway_api")
    op.execute(ddl.worker_tables())
    op.execute(ddl.idempotency_tables())
