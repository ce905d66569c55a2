"""Register reads that people edited or estimated: who, why, and on which import's read."""

from alembic import op
from arus_runtime import ddl

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

EDITS = """
-- What a version of meter_readings that came from no file is: its values stand there, under the same number.
create table read_edits (
    tenant_id    text not null,
    id           text not null,
    key          text not null,
    number       bigint not null,
    act          text not null check (act in ('EDITED', 'ESTIMATED')),
    nomen        text not null,
    period       text not null,
    -- The import that brought the read which was corrected: it is not taken back while this stands.
    import_id    text not null,
    raw_l        bigint,
    stand_l      bigint not null,
    reason       text not null,
    case_id      text not null,
    said_by      text not null,
    said_at      timestamptz not null,
    withdrawn_by text,
    withdrawn_at timestamptz,
    primary key (tenant_id, id)
);
create unique index read_edits_version on read_edits (tenant_id, key, number);
create index read_edits_of on read_edits (tenant_id, nomen, said_at);
create index read_edits_import on read_edits (tenant_id, import_id) where withdrawn_at is null;
"""


def upgrade() -> None:
    op.execute(EDITS)
    op.execute(ddl.tenant_policy("read_edits"))
