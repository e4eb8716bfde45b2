"""The tables in which slack-sdk keeps where the app is installed.

Revision ID: 0004
Revises: 0003
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

WEBHOOK = ("url", "channel", "channel_id", "configuration_url")


def installation(*own: sa.Column[Any]) -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("app_id", sa.String(), nullable=False),
        *(sa.Column(name, sa.String()) for name in ("enterprise_id", "team_id")),
        *(sa.Column(name, sa.String()) for name in ("enterprise_name", "team_name", "bot_token")),
        *(sa.Column(name, sa.String()) for name in ("bot_id", "bot_user_id")),
        sa.Column("bot_scopes", sa.String()),
        sa.Column("bot_refresh_token", sa.String()),
        sa.Column("bot_token_expires_at", sa.DateTime()),
        sa.Column("is_enterprise_install", sa.Boolean(), nullable=False),
        sa.Column("installed_at", sa.DateTime(), nullable=False),
        *own,
    )


def upgrade() -> None:
    op.create_table(
        "slack_bots", *installation(), sa.PrimaryKeyConstraint("id", name="pk_slack_bots")
    )
    op.create_table(
        "slack_installations",
        *installation(
            sa.Column("enterprise_url", sa.String()),
            sa.Column("user_id", sa.String(), nullable=False),
            *(sa.Column(name, sa.String()) for name in ("user_token", "user_refresh_token")),
            sa.Column("user_scopes", sa.String()),
            sa.Column("user_token_expires_at", sa.DateTime()),
            *(sa.Column(f"incoming_webhook_{name}", sa.String()) for name in WEBHOOK),
            sa.Column("token_type", sa.String()),
        ),
        sa.PrimaryKeyConstraint("id", name="pk_slack_installations"),
    )
    op.create_table(
        "slack_oauth_states",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("expire_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_slack_oauth_states"),
    )
    team = ["client_id", "enterprise_id", "team_id"]
    op.create_index("slack_bots_idx", "slack_bots", [*team, "installed_at"])
    op.create_index(
        "slack_installations_idx", "slack_installations", [*team, "user_id", "installed_at"]
    )
