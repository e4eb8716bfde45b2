"""The workspaces that the app is in: one by a token in the settings, or several by OAuth."""

import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

from slack_sdk.errors import SlackTokenRotationError
from slack_sdk.oauth.installation_store import Bot
from slack_sdk.oauth.installation_store.sqlalchemy import SQLAlchemyInstallationStore
from slack_sdk.oauth.token_rotation import TokenRotator
from slack_sdk.web import WebClient
from sqlalchemy import select

from bot.chat.slack.client import TIMEOUT_SECONDS, make_client
from bot.chat.slack.outcomes import FAULTS, untaken
from bot.domain.errors import BotError
from bot.services.ports import Clock

# What the app asks for where it is installed by OAuth; the manifest says why.
SCOPES = (
    "channels:history",
    "chat:write",
    "commands",
    "files:write",
    "groups:history",
    "im:history",
    "im:write",
    "reactions:read",
    "users:read",
    "users:read.email",
)
RENEWED_BEFORE = timedelta(hours=2)

Guard = Callable[[], AbstractContextManager[object]]

log = logging.getLogger(__name__)


class NotInstalledError(BotError):
    """The app is not installed in a workspace, or is not to be used there."""

    def __init__(self, team: str) -> None:
        super().__init__(
            f"Appen är inte installerad i arbetsytan {team or '?'}. Installera den genom att öppna "
            "/slack/install på webbsidan."
        )


class Workspaces(Protocol):
    """Where the app may speak, and with which client."""

    @property
    def base_url(self) -> str:
        """Where Slack's Web API is found."""

    @property
    def many(self) -> bool:
        """Whether addresses name their workspace, as in T024BE7LD/C024BE91L."""

    def client(self, team: str, *, timeout_seconds: int = TIMEOUT_SECONDS) -> WebClient:
        """Return a client for the workspace ``team``; ``NotInstalledError`` where there is none."""

    def forget(self, team: str) -> None:
        """Take note that the app may no longer speak in ``team``."""


@dataclass(frozen=True, slots=True)
class OneWorkspace:
    """The workspace of the bot token in the settings."""

    token: str
    base_url: str
    many: bool = False
    _clients: dict[int, WebClient] = field(default_factory=dict)

    def client(self, team: str, *, timeout_seconds: int = TIMEOUT_SECONDS) -> WebClient:  # noqa: ARG002
        """Return the client; there is only one workspace."""
        if timeout_seconds not in self._clients:
            made = make_client(self.token, self.base_url, timeout_seconds=timeout_seconds)
            self._clients[timeout_seconds] = made
        return self._clients[timeout_seconds]

    def forget(self, team: str) -> None:
        """Say so; the token stays in the settings until somebody changes it."""
        log.error("Slack: appen är borttagen ur arbetsytan %s, eller dess token indragen.", team)


@dataclass(frozen=True, slots=True)
class Installed:
    """The workspaces of ``teams`` that the app was installed in by OAuth.

    Their tokens are kept by the SDK's store. ``reading`` guards a look into it, ``alone`` a
    change: nobody else may make one meanwhile, in this process or another. A token that can be
    renewed is so in good time; its refresh token is good for one use only. ``clock`` is the
    machine's.
    """

    store: SQLAlchemyInstallationStore
    rotator: TokenRotator
    teams: Sequence[str]
    base_url: str
    reading: Guard
    alone: Guard
    clock: Clock
    many: bool = True
    _clients: dict[tuple[str, int], tuple[str, WebClient]] = field(default_factory=dict)

    def client(self, team: str, *, timeout_seconds: int = TIMEOUT_SECONDS) -> WebClient:
        """Return a client for the workspace ``team``; ``NotInstalledError`` where there is none."""
        token = self.token(team)
        known = self._clients.get((team, timeout_seconds))
        if known and known[0] == token:
            return known[1]
        made = make_client(token, self.base_url, timeout_seconds=timeout_seconds)
        self._clients[team, timeout_seconds] = token, made
        return made

    def token(self, team: str) -> str:
        """Return the bot's token in ``team``, renewed if it is soon of no use."""
        with self.reading():
            found = self._bot(team)
        if self._expires_soon(found):
            with self.alone():
                # Somebody else may have renewed it meanwhile.
                found = self._renewed(self._bot(team))
        return found.bot_token

    def forget(self, team: str) -> None:
        """Forget the tokens of ``team``; what is said there by others goes on."""
        log.error("Slack: appen är borttagen ur arbetsytan %s, eller dess token indragen.", team)
        with self.alone():
            for enterprise in self._enterprises(team):
                self.store.delete_all(enterprise_id=enterprise, team_id=team)

    def _bot(self, team: str) -> Bot:
        enterprises = self._enterprises(team) if team in self.teams else []
        found = (self.store.find_bot(enterprise_id=e, team_id=team) for e in enterprises)
        bot = next(filter(None, found), None)
        if bot is None:
            raise NotInstalledError(team)
        return bot

    def _enterprises(self, team: str) -> list[str | None]:
        """The organisations that the workspace was in when the app was installed, newest first."""
        row = self.store.bots.c
        chosen = select(row.enterprise_id).where(
            row.client_id == self.store.client_id, row.team_id == team
        )
        with self.store.engine.connect() as connection:
            found = connection.execute(chosen.order_by(row.installed_at.desc())).scalars().all()
        return list(dict.fromkeys(found))

    def _renewed(self, bot: Bot) -> Bot:
        try:
            renewed = self.rotator.perform_bot_token_rotation(
                bot=bot, minutes_before_expiration=RENEWED_BEFORE // timedelta(minutes=1)
            )
        except (SlackTokenRotationError, *FAULTS) as error:
            # The old one may be of use for some time; then the next attempt comes soon enough.
            cause = error.api_error if isinstance(error, SlackTokenRotationError) else error
            log.warning("Slack: en token kunde inte förnyas. %s", untaken(cause).reason)
            return bot
        if renewed is None:
            return bot
        self.store.save_bot(renewed)
        return renewed

    def _expires_soon(self, bot: Bot) -> bool:
        """Whether the rotator, which goes by the machine's clock, would renew it."""
        if bot.bot_token_expires_at is None:
            return False
        expires = datetime.fromtimestamp(bot.bot_token_expires_at, UTC)
        return expires <= self.clock() + RENEWED_BEFORE
