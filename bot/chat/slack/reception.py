"""Taking what one person says to the desk, and telling that person what came of it."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from slack_sdk.web import WebClient

from bot.chat.slack.blocks import fallback, notice
from bot.chat.slack.modals import Speaker
from bot.chat.slack.outcomes import FAULTS, untaken
from bot.chat.slack.people import People
from bot.domain.answer import Answer
from bot.domain.errors import BotError, DatabaseError
from bot.services.desk import Desk
from bot.services.membership import Visitor

log = logging.getLogger(__name__)


def nothing_more(_user: str) -> None:
    """Do nothing about an answer that was taken."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where only one person is told something: a channel, and a thread if it began in one.

    Without a channel it is told in a direct message.
    """

    channel: str
    user: str
    thread: str = ""


@dataclass(frozen=True, slots=True)
class Reception:
    """Takes answers, and gives a word to whoever gave them where there is one to give.

    What the database could not store is raised, so that Slack delivers it again. One that is
    ``quiet`` tells nobody anything. ``answered`` is told whose answer was taken.
    ``prefix`` stands before addresses where there are several workspaces.
    """

    desk: Desk
    client: WebClient
    people: People
    quiet: bool = False
    answered: Callable[[str], None] = nothing_more
    prefix: str = ""

    def occurrence_at(self, channel: str, receipt: str, user: str) -> str | None:
        """Return the occurrence that our message there speaks of; direct ones are known by whom."""
        if not channel.startswith("D"):
            return self._at(channel, receipt)
        found = self._at(user, receipt)
        email = self.people.visitor(user).email if found is None else ""
        return self._at(email, receipt) if email else found

    def _at(self, address: str, receipt: str) -> str | None:
        return self.desk.occurrence_at(f"slack:{self.prefix}{address}", receipt)

    def give(self, given: Answer, visitor: Visitor, place: Place) -> None:
        """Take an answer; its message shows it, so only what is not new is told."""
        try:
            self.desk.refuse(given.occurrence, visitor)
            taken = self.desk.give(given)
        except DatabaseError:
            raise
        except BotError as error:
            self.tell(place, str(error))
        else:
            self.answered(place.user)
            if taken.repeated and taken.answer.source != given.source:
                self.tell(place, self.desk.confirmation(taken))

    def take_back(self, given: Answer, place: Place) -> bool:
        """Take ``given`` back; false, and a word to the person, where it has to stay."""
        try:
            self.desk.take_back(given, by=given.by)
        except DatabaseError:
            raise
        except BotError as error:
            self.tell(place, str(error))
            return False
        self.answered(place.user)
        return True

    def tell(self, place: Place, text: str) -> None:
        """Tell one person; what was answered stands even if they cannot be told."""
        if self.quiet:
            return
        try:
            if not place.channel:
                self.client.chat_postMessage(
                    channel=place.user, text=fallback(text), blocks=notice(text)
                )
                return
            self.client.chat_postEphemeral(
                channel=place.channel,
                user=place.user,
                thread_ts=place.thread or None,
                text=fallback(text),
                blocks=notice(text),
            )
        except FAULTS as error:
            log.warning("En person kunde inte få besked i Slack: %s", untaken(error).reason)

    def speaker(self, user: dict[str, Any], source: str) -> Speaker:
        """Return who speaks; ``source`` is the same however often Slack delivers it."""
        otherwise = str(user.get("name") or user.get("username") or "")
        visitor = self.people.visitor(str(user["id"]), otherwise)
        return Speaker(visitor, self.desk.now(), source)
