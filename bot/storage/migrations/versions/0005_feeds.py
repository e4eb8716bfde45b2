"""A link opens a part of a plan, with or without details; one that ended was not only revoked.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("feeds", sa.Column("scope", sa.String(), nullable=False, server_default="plan"))
    op.add_column("feeds", sa.Column("of", sa.String(), nullable=False, server_default=""))
    op.add_column(
        "feeds", sa.Column("discreet", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.execute("ALTER TABLE feeds RENAME COLUMN revoked TO ended")
