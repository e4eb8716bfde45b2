"""What people are called in Slack."""

import logging
from functools import lru_cache
from typing import Any

from slack_sdk.web import WebClient

from bot.chat.slack.blocks import clipped
from bot.chat.slack.outcomes import FAULTS, untaken

LONGEST_NAME = 80
MOST_NAMES = 500
NAMES = ("display_name", "real_name")

log = logging.getLogger(__name__)


class People:
    """Looks up display names and remembers the newest few hundred."""

    def __init__(self, client: WebClient) -> None:
        self._client = client
        self._remembered = lru_cache(maxsize=MOST_NAMES)(self._asked)

    def name(self, user: str, otherwise: str = "") -> str:
        """Return the display name of ``user``; without an answer ``otherwise``, or the id."""
        try:
            return self._remembered(user) or _short(otherwise) or user
        except FAULTS as error:
            log.info("Slack gav inget namn på %s: %s", user, untaken(error).reason)
            return _short(otherwise) or user

    def _asked(self, user: str) -> str:
        found: Any = self._client.users_info(user=user).get("user") or {}
        profile = found.get("profile") or {}
        named = [*(profile.get(each) for each in NAMES), found.get("real_name"), found.get("name")]
        return next((_short(each) for each in named if each and _short(each)), "")


def _short(name: str) -> str:
    return clipped(" ".join(name.split()), LONGEST_NAME)
