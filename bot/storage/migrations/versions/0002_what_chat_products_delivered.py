"""What chat products deliver is kept until it has been taken.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "inbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("product", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("received", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken", sa.DateTime(timezone=True), nullable=True),
        sa.Column("body", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_inbox"),
        sa.UniqueConstraint("source", name="uq_inbox_source"),
        sqlite_autoincrement=True,
    )
    untaken = sa.text("taken IS NULL")
    op.create_index(
        "ix_inbox_waiting",
        "inbox",
        ["product", "received"],
        sqlite_where=untaken,
        postgresql_where=untaken,
    )
