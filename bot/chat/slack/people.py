"""Who people are in Slack."""

import logging
from functools import lru_cache
from typing import Any

from slack_sdk.web import WebClient

from bot.chat.slack.blocks import clipped
from bot.chat.slack.outcomes import FAULTS, untaken
from bot.services.membership import Visitor

LONGEST_NAME = 80
MOST_NAMES = 500
NAMES = ("display_name", "real_name")
# Guests of one or several channels, and people of another workspace in a shared channel.
OUTSIDE = ("is_restricted", "is_ultra_restricted", "is_stranger")

log = logging.getLogger(__name__)


class People:
    """Looks people up and remembers the newest few hundred.

    ``prefix`` stands before their ids where there are several workspaces.
    """

    def __init__(self, client: WebClient, prefix: str = "") -> None:
        self._client, self._prefix = client, prefix
        self._remembered = lru_cache(maxsize=MOST_NAMES)(self._asked)

    def visitor(self, user: str, otherwise: str = "") -> Visitor:
        """Return who ``user`` is; without an answer their id, named ``otherwise`` or by the id."""
        try:
            found = self._remembered(user)
        except FAULTS as error:
            log.info("Slack gav inget namn på %s: %s", user, untaken(error).reason)
            found = {}
        profile = found.get("profile") or {}
        named = [*(profile.get(each) for each in NAMES), found.get("real_name"), found.get("name")]
        names = (_short(str(each)) for each in (*named, otherwise) if each)
        return Visitor(
            f"{self._prefix}{user}",
            next(filter(None, names), user),
            str(profile.get("email") or ""),
            outside=any(found.get(each) for each in OUTSIDE),
        )

    def _asked(self, user: str) -> dict[str, Any]:
        found: Any = self._client.users_info(user=user).get("user") or {}
        return dict(found)


def _short(name: str) -> str:
    return clipped(" ".join(name.split()), LONGEST_NAME)
