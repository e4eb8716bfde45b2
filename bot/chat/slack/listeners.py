"""What people do in Slack: buttons, forms, thread replies, check marks and the command."""

import logging
import re
from dataclasses import dataclass
from typing import Any

from slack_bolt import Ack, App
from slack_sdk.web import WebClient

from bot.chat.slack.blocks import PREFIX, fallback, notice, occurrence_of
from bot.chat.slack.command import reply
from bot.chat.slack.modals import (
    FORMS_BEHIND,
    Speaker,
    answer,
    callback_id,
    error_field,
    modal,
)
from bot.chat.slack.outcomes import FAULTS, untaken
from bot.chat.slack.people import People
from bot.domain.answer import Answer, AnswerKind
from bot.domain.errors import BotError, DatabaseError
from bot.domain.message import Ask, Message, Tone
from bot.services.desk import Desk

Payload = dict[str, Any]

AT_ONCE = {
    Ask.ACKNOWLEDGE: AnswerKind.ACKNOWLEDGED,
    Ask.SNOOZE: AnswerKind.SNOOZED,
    Ask.NO_NEED: AnswerKind.NO_NEED,
}
SAID_DONE = frozenset({"klart", "klar", "genomförd", "genomfört", "done"})
CHECK_MARKS = frozenset({"white_check_mark", "heavy_check_mark"})
LONGEST_ERROR = 500

SETTLED = "Tillfället är redan besvarat. Ingenting har ändrats."
NOT_OPENED = "Formuläret gick inte att öppna. Tryck på knappen igen."

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Place:
    """Where only one person is told something: a channel, and a thread if it began in one."""

    channel: str
    user: str
    thread: str = ""


@dataclass(frozen=True, slots=True)
class Listeners:
    """Takes what Slack delivers to the desk; a message shows its answers elsewhere.

    An event is answered before it is acknowledged. Whatever ``desk`` cannot store is left
    unacknowledged, so that Slack delivers it again.
    """

    desk: Desk
    client: WebClient
    people: People

    def pressed(self, ack: Ack, body: Payload) -> None:
        """Take a button: an answer at once, or the form behind it."""
        ack()
        action, user = body["actions"][0], body["user"]
        ask = Ask(str(action["action_id"]).removeprefix(PREFIX))
        occurrence = occurrence_of(str(action.get("value", "")))
        place = Place(str(body["channel"]["id"]), str(user["id"]))
        if ask in AT_ONCE:
            source = f"slack:action:{action['action_ts']}:{user['id']}"
            speaker = self._speaker(user, source)
            self._give(_said(occurrence, AT_ONCE[ask], speaker), place)
        else:
            self._open(ask, occurrence, place, str(body["trigger_id"]))

    def submitted(self, ack: Ack, body: Payload) -> None:
        """Take a form; a refusal is shown in it, and nothing that was filled in is lost."""
        view = body["view"]
        speaker = self._speaker(body["user"], f"slack:view:{view['id']}")
        try:
            self.desk.give(answer(view, speaker))
        except BotError as error:
            ack(response_action="errors", errors={error_field(view): str(error)[:LONGEST_ERROR]})
        else:
            ack()

    def heard(self, body: Payload) -> None:
        """Take a reply in the thread of one of our messages that says it is done."""
        event = body["event"]
        ours = not event.get("bot_id") and "subtype" not in event and event.get("thread_ts")
        if ours and says_done(str(event.get("text", ""))):
            self._done(body, str(event["channel"]), str(event["thread_ts"]), in_thread=True)

    def reacted(self, body: Payload) -> None:
        """Take a check mark on one of our messages."""
        event = body["event"]
        item = event.get("item") or {}
        if event.get("reaction") in CHECK_MARKS and item.get("type") == "message":
            self._done(body, str(item["channel"]), str(item["ts"]))

    def asked(self, ack: Ack, body: Payload) -> None:
        """Answer the command to the one who gave it."""
        texts = reply(str(body.get("text", "")), self.desk.status())
        ack(
            text=fallback("\n\n".join(texts)),
            blocks=notice(*texts),
            response_type="ephemeral",
        )

    def ignored(self) -> None:
        """Take what nobody asked for, so that Slack does not deliver it again."""

    def _done(self, body: Payload, channel: str, receipt: str, *, in_thread: bool = False) -> None:
        occurrence = self.desk.occurrence_at(f"slack:{channel}", receipt)
        if occurrence is None:
            return
        user = str(body["event"]["user"])
        speaker = self._speaker({"id": user}, f"slack:event:{body['event_id']}")
        place = Place(channel, user, receipt if in_thread else "")
        self._give(_said(occurrence, AnswerKind.DONE, speaker), place)

    def _give(self, given: Answer, place: Place) -> None:
        try:
            taken = self.desk.give(given)
        except DatabaseError:
            raise
        except BotError as error:
            self._tell(place, str(error))
        else:
            if taken.repeated and taken.answer.source != given.source:
                self._tell(place, self.desk.confirmation(taken))

    def _open(self, ask: Ask, occurrence: str, place: Place, trigger: str) -> None:
        try:
            message = self.desk.describe(occurrence)
        except DatabaseError:
            raise
        except BotError as error:
            self._tell(place, str(error))
            return
        if message.tone is Tone.SETTLED and ask not in message.asks:
            self._tell(place, settled(message))
            return
        try:
            self.client.views_open(trigger_id=trigger, view=modal(ask, message))
        except FAULTS as error:
            log.warning("Ett formulär gick inte att öppna: %s", untaken(error).reason)
            self._tell(place, NOT_OPENED)

    def _tell(self, place: Place, text: str) -> None:
        """Tell one person; what was answered stands even if they cannot be told."""
        try:
            self.client.chat_postEphemeral(
                channel=place.channel,
                user=place.user,
                thread_ts=place.thread or None,
                text=fallback(text),
                blocks=notice(text),
            )
        except FAULTS as error:
            log.warning("En person kunde inte få besked i Slack: %s", untaken(error).reason)

    def _speaker(self, user: Payload, source: str) -> Speaker:
        otherwise = str(user.get("name") or user.get("username") or "")
        return Speaker(self.people.name(str(user["id"]), otherwise), self.desk.now(), source)


def register(app: App, desk: Desk, client: WebClient) -> None:
    """Let ``app`` take answers to ``desk``; ``client`` names people and opens forms.

    The client's time-out should be short: Slack waits three seconds for an answer.
    """
    listeners = Listeners(desk, client, People(client))
    app.action(re.compile(rf"^{re.escape(PREFIX)}({'|'.join(Ask)})$"))(listeners.pressed)
    for ask in FORMS_BEHIND:
        app.view(callback_id(ask))(listeners.submitted)
    app.event("message")(listeners.heard)
    app.event("reaction_added")(listeners.reacted)
    app.event(re.compile(r".*"))(listeners.ignored)
    app.command("/lofte")(listeners.asked)


def says_done(text: str) -> bool:
    """Whether a reply is a plain word for done and nothing else: ``Klart!`` but not ``klar?``."""
    return text.strip().rstrip("!.").rstrip().casefold() in SAID_DONE


def settled(message: Message) -> str:
    """Return what somebody is told who asks for a form that is no longer needed."""
    return "\n".join([SETTLED, *message.history[-1:]])


def _said(occurrence: str, kind: AnswerKind, speaker: Speaker) -> Answer:
    return Answer(occurrence, kind, speaker.by, speaker.at, source=speaker.source)
