"""What everybody was told last is found without reading all that was ever sent.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    invitations = sa.text("part = 'invitation'")
    op.create_index(
        "ix_deliveries_inviting",
        "deliveries",
        ["plan", "id"],
        sqlite_where=invitations,
        postgresql_where=invitations,
    )
