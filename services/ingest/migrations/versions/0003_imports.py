"""Imports: files of facts, what was found in them, what was previewed, and what became of each row.

The catalogue's codes come in too, by which files name places and fuels; the copy is read anew.
"""

from alembic import op
from arus_runtime import ddl

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

IMPORTS = """
create table imports (
    tenant_id    text not null,
    id           text not null,
    state        text not null check (state in ('queued', 'analysed', 'needs_mapping', 'preview',
                     'committing', 'completed', 'completed_with_errors', 'failed', 'undoing', 'undone')),
    file_name    text not null,
    size_bytes   bigint not null,
    sha256       text not null,
    -- What people say of the file in place of what was found.
    said         jsonb not null default '{}',
    type         text not null default '',
    period       text not null default '',
    sheet        int not null default 0,
    detections   jsonb not null default '[]',
    preview      jsonb not null default '{}',
    preview_hash text not null default '',
    blocks       jsonb not null default '[]',
    -- The import that brought the same file and stands.
    repeats      text,
    rows         bigint not null default 0,
    chunks       int not null default 0,
    -- Chunks that were carried out, or went to their book.
    sent         int not null default 0,
    -- How far this state is, in rows.
    done         bigint not null default 0,
    created      bigint not null default 0,
    updated      bigint not null default 0,
    unchanged    bigint not null default 0,
    rejected     bigint not null default 0,
    uploaded_at  timestamptz not null,
    uploaded_by  text not null,
    committed_at timestamptz,
    committed_by text,
    -- The places to which who committed it is limited; null: none.
    locations    text[],
    ended_at     timestamptz,
    undone_at    timestamptz,
    undone_by    text,
    version      bigint not null default 1,
    primary key (tenant_id, id)
);
create index imports_by_file on imports (tenant_id, sha256);
"""

# One row per sound row of a committed import. key_id: of its type, period and natural key.
ROWS = """
create table import_rows (
    tenant_id    text not null,
    import_id    text not null,
    number       int not null,
    row_id       uuid not null,
    key_id       uuid not null,
    hash         bytea not null,
    outcome      text check (outcome in ('created', 'updated', 'unchanged', 'rejected')),
    -- Of facts that this service keeps itself: which, its version since, and what it said before.
    fact_id      text,
    fact_version bigint,
    before       jsonb,
    primary key (tenant_id, import_id, number)
);
create index import_rows_by_key on import_rows (tenant_id, key_id);
"""

# A row refused when it was committed; a row that cannot be read is told by the file itself.
REJECTIONS = """
create table import_rejections (
    tenant_id text not null,
    row_id    text not null,
    import_id text not null,
    field     text not null,
    code      text not null,
    params    jsonb not null,
    primary key (tenant_id, row_id)
);
create index import_rejections_by_import on import_rejections (tenant_id, import_id);
"""

CHUNKS = """
create table import_chunks (
    tenant_id text not null,
    import_id text not null,
    chunk     int not null,
    created   int not null,
    updated   int not null,
    unchanged int not null,
    rejected  int not null,
    primary key (tenant_id, import_id, chunk)
);
"""

WITHDRAWALS = """
create table import_withdrawals (
    tenant_id  text not null,
    import_id  text not null,
    dependants jsonb not null,
    in_all     bigint not null,
    primary key (tenant_id, import_id)
);
"""

# What the headers of an organisation's files mean, learned from what people said.
MAPPINGS = """
create table import_mappings (
    tenant_id  text not null,
    type       text not null,
    header     text not null,
    -- Empty: a column to leave out.
    field      text not null,
    learned_at timestamptz not null,
    learned_by text not null,
    primary key (tenant_id, type, header)
);
"""

# A file that comes in pieces: bytes so far.
UPLOADS = """
create table import_uploads (
    tenant_id  text not null,
    id         text not null,
    file_name  text not null,
    size_bytes bigint not null,
    received   bigint not null default 0,
    parts      bigint[] not null default '{}',
    import_id  text,
    started_at timestamptz not null,
    started_by text not null,
    primary key (tenant_id, id)
);
"""

CODES = """
alter table locations add column code text not null default '';
alter table products add column code text not null default '';
alter table progress no force row level security;
update progress set next_offset = 0 where worker = 'catalogue';
alter table progress force row level security;
alter table seen no force row level security;
delete from seen where worker = 'catalogue';
alter table seen force row level security;
"""

TABLES = {
    "imports": IMPORTS,
    "import_rows": ROWS,
    "import_rejections": REJECTIONS,
    "import_chunks": CHUNKS,
    "import_withdrawals": WITHDRAWALS,
    "import_mappings": MAPPINGS,
    "import_uploads": UPLOADS,
}


def upgrade() -> None:
    for table, statement in TABLES.items():
        op.execute(statement)
        op.execute(ddl.tenant_policy(table))
    op.execute(ddl.jobs_tables())
    op.execute(CODES)
