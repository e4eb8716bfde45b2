"""The App Home: what lacks an answer, the coming week, what to book, and how it goes."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from slack_bolt import Ack
from slack_sdk.web import WebClient

from bot.chat.slack.blocks import Block, clipped, notice, plain
from bot.chat.slack.command import NOTHING, plan_text, week_heading
from bot.chat.slack.lists import listed
from bot.chat.slack.outcomes import FAULTS, untaken
from bot.chat.slack.people import People
from bot.domain.message import Ask
from bot.services.desk import Desk
from bot.services.following_up import StatusRow
from bot.services.overview import Overview

# Slack shows a hundred blocks in a view; so many plans with their lists have room.
MOST_PLANS = 3
MOST_LISTED = 5
MOST_PEOPLE = 500
LONGEST_TITLE = 150

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Home:
    """Shows each person their page, when they open it and after they have answered.

    Whoever is a member sees what their roles are responsible for, everybody else everything.
    """

    desk: Desk
    client: WebClient
    people: People
    _seen: dict[str, bool] = field(default_factory=dict)

    def opened(self, ack: Ack, body: dict[str, Any]) -> None:
        """Show the page to whoever opens it."""
        ack()
        event = body["event"]
        if event.get("tab", "home") == "home":
            self._show(str(event["user"]))

    def answered(self, user: str) -> None:
        """Show the page anew to somebody who has opened it before."""
        if user in self._seen:
            self._show(user)

    def _show(self, user: str) -> None:
        view = {"type": "home", "blocks": self._blocks(user)}
        try:
            self.client.views_publish(user_id=user, view=view)
        except FAULTS as error:
            log.warning("Startsidan i Slack kunde inte visas: %s", untaken(error).reason)
            return
        self._seen.pop(user, None)
        self._seen[user] = True
        while len(self._seen) > MOST_PEOPLE:
            self._seen.pop(next(iter(self._seen)))

    def _blocks(self, user: str) -> list[Block]:
        overviews, status = self.desk.overviews(self.people.visitor(user)), self.desk.status()
        today = self.desk.today()
        shown = [
            block
            for title, found in list(overviews.items())[:MOST_PLANS]
            for block in plan_blocks(title, found, status[title], today[title])
        ]
        more = len(overviews) - MOST_PLANS
        rest = notice(f"… och {more} planer till; /lofte status visar alla.") if more > 0 else []
        return [*shown, *rest] or notice(NOTHING)


def plan_blocks(title: str, found: Overview, rows: Sequence[StatusRow], today: date) -> list[Block]:
    """Return one plan's part of the page."""
    header = {"type": "header", "text": plain(clipped(title, LONGEST_TITLE))}
    week = found.within_a_week(today)
    tally = "\n".join(plan_text(title, rows).split("\n")[1:])
    return [
        header,
        *listed("Saknar svar", found.unanswered, Ask.DONE, most=MOST_LISTED, none="Inget."),
        *listed(week_heading(today), week, Ask.ACKNOWLEDGE, most=MOST_LISTED, none="Inget."),
        *listed("Att boka", found.to_book, Ask.BOOK, most=MOST_LISTED),
        *listed("Logga en insats", found.needs, Ask.DONE, most=MOST_LISTED),
        *notice(f"Så går det med löftena\n{tally}"),
    ]
