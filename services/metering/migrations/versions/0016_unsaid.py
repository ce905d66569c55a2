"""Let a version of a customer name the fields that it does not say, a status that it has to hold among them.

Services of before 0014 take a status that is null for a closed service, and cannot keep it.
"""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

# By all versions so far files say every status that they hold, and persons every field.
UNSAID = """
alter table customer_periods add column unsaid text[] not null default '{}';
alter table customer_periods no force row level security;
update customer_periods set is_active = true, unsaid = '{is_active}' where is_active is null;
alter table customer_periods force row level security;
"""


def upgrade() -> None:
    # No tenant is set here, and a forced policy would hide every row from the owner as well.
    op.execute(UNSAID)
