"""How a member likes to read: columns and density of tables, and the views they saved."""

from alembic import op

revision = "0002"
down_revision = "0001"

OWN = "tenant_id = current_setting('arus.tenant', true) and person_id = current_setting('arus.person', true)"


def upgrade() -> None:
    op.execute(
        """create table preferences (
             tenant_id text not null,
             person_id text not null,
             value jsonb not null,
             primary key (tenant_id, person_id),
             foreign key (tenant_id, person_id) references memberships (tenant_id, person_id)
               on delete cascade
           )"""
    )
    op.execute("alter table preferences enable row level security")
    op.execute("alter table preferences force row level security")
    op.execute(f"create policy own on preferences using ({OWN}) with check ({OWN})")
