"""The first tables; answers and the log can be added to, and neither changed nor cut.

Revision ID: 0001
Revises: nothing
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

APPEND_ONLY = ("answers", "log")
TRIGGERS = {
    "sqlite": [
        f"CREATE TRIGGER {table}_no_{deed} BEFORE {deed} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table}: append-only'); END"
        for table in APPEND_ONLY
        for deed in ("update", "delete")
    ],
    "postgresql": [
        """
        CREATE FUNCTION refuse_all_but_appending() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION '%: append-only', TG_TABLE_NAME USING ERRCODE = '23000'; END $$
        """,
        *(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_all_but_appending()"
            for table in APPEND_ONLY
        ),
    ],
}


def upgrade() -> None:
    op.create_table(
        "answers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan", sa.String(), nullable=False),
        sa.Column("occurrence", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("start", sa.Time(), nullable=True),
        sa.Column("end", sa.Time(), nullable=True),
        sa.Column("area", sa.String(), nullable=True),
        sa.Column("form", sa.String(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("stand_in", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("corrects", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_answers"),
        sa.UniqueConstraint("source", name="uq_answers_source"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_answers_occurrence", "answers", ["occurrence"])
    op.create_index("ix_answers_plan_answers_id", "answers", ["plan", "id"])

    op.create_table(
        "clock",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("seen", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_clock"),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("plan", sa.String(), nullable=False),
        sa.Column("occurrence", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("thread", sa.String(), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("attempted", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("uncertain", sa.Boolean(), nullable=False),
        sa.Column("receipt", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("posted", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shown", sa.Integer(), nullable=False),
        sa.Column("settled", sa.DateTime(timezone=True), nullable=True),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
        sa.UniqueConstraint("key", name="uq_deliveries_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_deliveries_occurrence", "deliveries", ["occurrence"])
    waiting = "state IN ('pending', 'uncertain')"
    stale = "state = 'sent' AND part = 'message' AND wanted > shown"
    for name, columns, rows in (
        ("waiting_by_time", ["not_before", "target", "due", "state"], waiting),
        ("waiting_by_target", ["target", "not_before"], waiting),
        ("claimed", ["target", "lease_until"], "state = 'claimed'"),
        ("stale", ["target", "not_before"], stale),
        ("over", ["state", "id"], "state IN ('sent', 'failed', 'withdrawn')"),
        ("received", ["target", "receipt"], "receipt <> ''"),
    ):
        where = sa.text(rows)
        op.create_index(
            f"ix_deliveries_{name}",
            "deliveries",
            columns,
            sqlite_where=where,
            postgresql_where=where,
        )

    op.create_table(
        "feeds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan", sa.String(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_feeds"),
        sa.UniqueConstraint("token_hash", name="uq_feeds_token_hash"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "log",
        sa.Column("plan", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("subject", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("link", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("plan", "number", name="pk_log"),
    )
    op.create_table(
        "plans",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("adopted", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", "version", name="pk_plans"),
    )
    op.create_table(
        "room_messages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("posted", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_room_messages"),
        sa.UniqueConstraint("key", name="uq_room_messages_key"),
        sa.UniqueConstraint("version", name="uq_room_messages_version"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "turns",
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("next_turn", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("target", name="pk_turns"),
    )
    op.create_index("ix_turns_next_turn", "turns", ["next_turn"])
    op.create_table(
        "nodes",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("started", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_nodes"),
    )
    for statement in TRIGGERS[op.get_bind().dialect.name]:
        op.execute(statement)
