"""One message can speak of many occurrences, and shows the answers to all of them.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_deliveries_stale", table_name="deliveries")
    for name, columns, where in (
        ("stale", ["target", "not_before"], "state = 'sent' AND wanted > shown"),
        ("listed", ["thread", "id"], "part = 'item'"),
    ):
        op.create_index(
            f"ix_deliveries_{name}",
            "deliveries",
            columns,
            sqlite_where=sa.text(where),
            postgresql_where=sa.text(where),
        )
