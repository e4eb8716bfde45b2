"""A channel with our messages in it, and the people who answer them."""

from dataclasses import dataclass
from typing import Protocol

from slack_sdk.web import WebClient

from bot.chat.slack.blocks import blocks
from bot.chat.slack.intake import Intake
from bot.chat.slack.workspaces import OneWorkspace
from bot.domain.answer import Answer, AnswerKind
from bot.domain.message import Ask
from bot.feeds.calendars import Calendars
from bot.services.desk import Desk
from bot.services.editions import editions
from bot.services.handing_out import FeedCounter
from bot.services.selecting import Selecting
from bot.storage.feeds import SqlFeeds
from bot.storage.inbox import SqlInbox
from tests.chat.slack.http_events import Answered
from tests.chat.slack.plans import NOW, UNKNOWN, WEEKLY, Office
from tests.standins.slack import payloads
from tests.standins.slack.server import SlackStandIn
from tests.standins.slack.workspace import BOT, Payload

CHANNEL = "C0000001"
Values = payloads.Values


def one(client: WebClient) -> OneWorkspace:
    """Return the workspace of that client."""
    return OneWorkspace(client.token or "", client.base_url)


def at(office: Office, intake: Intake) -> tuple[Desk, FeedCounter, Intake]:
    """Return what the app hands to the desk, to the counter with the calendars, and keeps."""
    assert isinstance(intake.inbox, SqlInbox)
    agendas, clock = office.agendas, office.clock
    texts = {name: editions([(agenda, NOW)]) for name, agenda in agendas.items()}
    calendars = Calendars(
        agendas, texts, office.answers, SqlFeeds(intake.inbox.database), clock, lambda: 0.0,
        Selecting(office.membership.members),
    )  # fmt: skip
    counter = FeedCounter(agendas, calendars, office.membership, "https://loftesbot.example.se")
    return office.desk, counter, intake


class Events(Protocol):
    """A way in."""

    def event(self, payload: Payload) -> Answered:
        """Deliver an event."""

    def interaction(self, payload: Payload) -> Answered:
        """Deliver a press or a form."""

    def command(self, payload: Payload) -> Answered:
        """Deliver the command."""


@dataclass(frozen=True, slots=True)
class Room:
    """A channel with our messages in it, and the people who answer them."""

    slack: SlackStandIn
    office: Office
    events: Events

    def show(self, occurrence: str) -> str:
        """Post a message about ``occurrence`` as the transport would; return its ``ts``."""
        ts = self.slack.workspace.stamp()
        message = self.office.desk.describe(WEEKLY if occurrence == UNKNOWN else occurrence)
        shown = blocks(message, nonce="1")
        for each in (e for block in shown for e in block.get("elements", [])):
            for valued in each.get("options", [each]):
                valued["value"] = f"{valued['value'].partition(' ')[0]} {occurrence}"
        self.slack.workspace.add(CHANNEL, {"ts": ts, "bot_id": BOT, "blocks": shown})
        self.office.receipts.known["slack:" + CHANNEL, ts] = occurrence
        return ts

    def press(self, ts: str, ask: Ask, user: str = "UANNA") -> Answered:
        """Press a button."""
        pressed = self.slack.pressed(CHANNEL, ts, f"loftesbot.{ask}", user)
        return self.events.interaction(pressed)

    def fill_in(self, values: Values, user: str = "UANNA") -> Answered:
        """Hand in the form that was opened last."""
        view = self.slack.workspace.views[-1]
        return self.events.interaction(payloads.view_submission(view, values, user))

    def reply(self, ts: str, text: str, user: str = "UANNA") -> Answered:
        """Write in a thread."""
        return self.events.event(self.slack.replied(CHANNEL, ts, text, user))

    def react(self, ts: str, emoji: str, user: str = "UANNA") -> Answered:
        """React to a message."""
        return self.events.event(self.slack.reacted(CHANNEL, ts, emoji, user))

    def take_away(self, ts: str, emoji: str, user: str = "UANNA") -> Answered:
        """Take a reaction away."""
        moment = self.slack.workspace.stamp()
        event = payloads.unreaction_event(CHANNEL, ts, emoji, user, moment=moment)
        return self.events.event(self.slack.event(event))

    def edit(self, reply: Payload, text: str) -> Answered:
        """Change what a reply says; ``reply`` is the event that brought it."""
        moment = self.slack.workspace.stamp()
        event = payloads.edited_event(CHANNEL, reply, text, moment=moment)
        return self.events.event(self.slack.event(event))

    def remove(self, reply: Payload) -> Answered:
        """Remove a reply."""
        moment = self.slack.workspace.stamp()
        event = payloads.removed_event(CHANNEL, reply, moment=moment)
        return self.events.event(self.slack.event(event))

    @property
    def stored(self) -> list[Answer]:
        """Every answer that was taken."""
        return self.office.answers.stored

    @property
    def told(self) -> list[str]:
        """What single persons were told."""
        return [each["blocks"][0]["text"]["text"] for each in self.slack.workspace.ephemerals]

    def settle(self, occurrence: str) -> None:
        """Let somebody have answered before, somewhere else."""
        note = "Allt gick bra"
        done = Answer(occurrence, AnswerKind.DONE, "Eva Ek", NOW, note=note, source="web:1")
        self.office.desk.give(done)
