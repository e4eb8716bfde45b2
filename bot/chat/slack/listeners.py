"""What people do in Slack with buttons, forms and the command."""

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from slack_bolt import Ack, App
from slack_sdk.web import WebClient

from bot.chat.slack.blocks import CALENDAR, MORE, PREFIX, Block, fallback, occurrence_of
from bot.chat.slack.calendar import IN_THE_THREAD, calendar_blocks
from bot.chat.slack.command import help_blocks, meant, overview_blocks, status_blocks
from bot.chat.slack.home import Home
from bot.chat.slack.intake import Intake
from bot.chat.slack.modals import (
    FORMS_BEHIND,
    answer,
    callback_id,
    error_field,
    modal,
)
from bot.chat.slack.outcomes import FAULTS, untaken
from bot.chat.slack.people import People
from bot.chat.slack.reception import Place, Reception
from bot.chat.slack.talk import Talk
from bot.domain.answer import AnswerKind
from bot.domain.errors import BotError, DatabaseError
from bot.domain.message import Ask, Message, Tone
from bot.services.desk import Desk
from bot.services.handing_out import FeedCounter

Payload = dict[str, Any]

AT_ONCE = {
    Ask.ACKNOWLEDGE: AnswerKind.ACKNOWLEDGED,
    Ask.SNOOZE: AnswerKind.SNOOZED,
    Ask.NO_NEED: AnswerKind.NO_NEED,
}
LONGEST_ERROR = 500

SETTLED = "Tillfället är redan besvarat. Ingenting har ändrats."
NOT_OPENED = "Formuläret gick inte att öppna. Tryck på knappen igen."

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Listeners:
    """Takes what Slack delivers to the desk; a message shows its answers elsewhere.

    An event is answered before it is acknowledged. Whatever ``desk`` cannot store is left
    unacknowledged, so that Slack delivers it again.
    """

    reception: Reception
    home: Home
    counter: FeedCounter

    @property
    def desk(self) -> Desk:
        """Where answers go."""
        return self.reception.desk

    def pressed(self, ack: Ack, body: Payload) -> None:
        """Take a button: an answer at once, or the form behind it."""
        ack()
        action, user = body["actions"][0], body["user"]
        ask = Ask(str(action["action_id"]).removeprefix(PREFIX))
        occurrence = occurrence_of(str(action.get("value", "")))
        # From the App Home there is no channel.
        channel = str((body.get("channel") or {}).get("id", ""))
        place = Place(channel, str(user["id"]))
        if ask in AT_ONCE:
            source = f"slack:action:{action['action_ts']}:{user['id']}"
            speaker = self.reception.speaker(user, source)
            self.reception.give(speaker.says(occurrence, AT_ONCE[ask]), speaker.visitor, place)
        else:
            self._open(ask, occurrence, place, str(body["trigger_id"]))

    def submitted(self, ack: Ack, body: Payload) -> None:
        """Take a form; a refusal is shown in it, and nothing that was filled in is lost."""
        view = body["view"]
        speaker = self.reception.speaker(body["user"], f"slack:view:{view['id']}")
        try:
            given = answer(view, speaker)
            self.desk.refuse(given.occurrence, speaker.visitor)
            self.desk.give(given)
        except BotError as error:
            ack(response_action="errors", errors={error_field(view): str(error)[:LONGEST_ERROR]})
        else:
            ack()
            self.home.answered(str(body["user"]["id"]))

    def asked(self, ack: Ack, body: Payload) -> None:
        """Answer the command to the one who gave it."""
        shown = self._reply(str(body.get("text", "")), str(body["user_id"]))
        text = "\n".join(each["text"]["text"] for each in shown)
        ack(text=fallback(text), blocks=shown, response_type="ephemeral")

    def at_hand(self, ack: Ack, body: Payload) -> None:
        """Say where the calendar file of a message is, and how to get one's own calendar."""
        ack()
        channel = str((body.get("channel") or {}).get("id", ""))
        self.reception.tell(Place(channel, str(body["user"]["id"])), IN_THE_THREAD)

    def _reply(self, text: str, user: str) -> list[Block]:
        match meant(text):
            case "status":
                return status_blocks(self.desk.status())
            case "next" | "book" | "log" as word:
                return overview_blocks(word, self.desk.overviews())
            case "feed":
                words = text.strip().partition(" ")[2]
                return calendar_blocks(words, self.counter, self.reception.people.visitor(user))
            case _:
                return help_blocks(text)

    def _open(self, ask: Ask, occurrence: str, place: Place, trigger: str) -> None:
        try:
            message = self.desk.describe(occurrence)
        except DatabaseError:
            raise
        except BotError as error:
            self.reception.tell(place, str(error))
            return
        if message.tone is Tone.SETTLED and ask not in message.asks:
            self.reception.tell(place, settled(message))
            return
        try:
            self.reception.client.views_open(trigger_id=trigger, view=modal(ask, message))
        except FAULTS as error:
            log.warning("Ett formulär gick inte att öppna: %s", untaken(error).reason)
            self.reception.tell(place, NOT_OPENED)


@dataclass(frozen=True, slots=True)
class Staff:
    """Who takes what people do in one workspace."""

    listeners: Listeners
    home: Home
    talk: Talk


def make_staff(desk: Desk, counter: FeedCounter, client: WebClient, prefix: str = "") -> Staff:
    """Return the staff of a workspace; ``client`` names people and opens forms there."""
    people = People(client, prefix)
    home = Home(desk, client, people)
    reception = Reception(desk, client, people, answered=home.answered, prefix=prefix)
    return Staff(Listeners(reception, home, counter), home, Talk(reception))


def register(app: App, staff: Callable[[Payload], Staff], intake: Intake) -> None:
    """Let ``app`` take answers through the ``staff`` of the workspace that they come from.

    What is an answer by itself is kept by ``intake`` until it has been taken; what only opens a
    form is of no use later. The staff's clients should have a short time-out: Slack waits three
    seconds.
    """

    def pressed(ack: Ack, body: Payload) -> None:
        staff(body).listeners.pressed(ack, body)

    kept = intake.kept(pressed)
    for ask in Ask:
        app.action(f"{PREFIX}{ask}")(kept if ask in AT_ONCE else pressed)

    def chosen(ack: Ack, body: Payload) -> None:
        """Take a choice from the menu as the press of the button that it stands for."""
        if is_calendar(body):
            staff(body).listeners.at_hand(ack, body)
            return
        ask = unfold(body)
        (kept if ask in AT_ONCE else pressed)(ack, body)

    replies = intake.kept(lambda ack, body: staff(body).talk.heard(ack, body))

    def heard(ack: Ack, body: Payload) -> None:
        """Keep what may be an answer, and nothing else that people talk about."""
        if staff(body).talk.concerns_us(body["event"]):
            replies(ack, body)
        else:
            ack()

    def opened(ack: Ack, body: Payload) -> None:
        staff(body).home.opened(ack, body)

    def asked(ack: Ack, body: Payload) -> None:
        staff(body).listeners.asked(ack, body)

    app.action(MORE)(chosen)
    submitted = intake.kept(lambda ack, body: staff(body).listeners.submitted(ack, body))
    for ask in FORMS_BEHIND:
        app.view(callback_id(ask))(submitted)
    app.event("message")(heard)
    app.event("reaction_added")(intake.kept(lambda ack, body: staff(body).talk.reacted(ack, body)))
    app.event("reaction_removed")(
        intake.kept(lambda ack, body: staff(body).talk.unreacted(ack, body))
    )
    app.event("app_home_opened")(opened)
    app.event(re.compile(r".*"))(ignored)
    app.command("/lofte")(asked)


def ignored() -> None:
    """Take what nobody asked for, so that Slack does not deliver it again."""


def is_calendar(body: Payload) -> bool:
    """Whether what was chosen from a menu is the calendar, which answers nothing."""
    value = str(body["actions"][0]["selected_option"]["value"])
    return value.partition(" ")[0] == CALENDAR


def unfold(body: Payload) -> Ask:
    """Make the choice from a menu in ``body`` the press of a button, and return which one."""
    action = body["actions"][0]
    named, _, occurrence = str(action["selected_option"]["value"]).partition(" ")
    ask = Ask(named)
    action |= {"action_id": f"{PREFIX}{ask}", "value": f"- {occurrence}"}
    return ask


def settled(message: Message) -> str:
    """Return what somebody is told who asks for a form that is no longer needed."""
    return "\n".join([SETTLED, *message.history[-1:]])
