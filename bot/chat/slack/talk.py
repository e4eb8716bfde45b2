"""What people say under a message: replies in its thread, edited or removed, and emoji."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from slack_bolt import Ack

from bot.chat.slack.blocks import unescaped
from bot.chat.slack.reception import Place, Reception
from bot.domain.answer import Answer, AnswerKind
from bot.services.understanding import Unsure

Payload = dict[str, Any]

# People's own words come as plain messages, shown in the channel too, or with a file.
SPOKEN = frozenset({None, "thread_broadcast", "file_share"})
# What our message speaks of where it is a list.
OF_MANY = ""
EMOJI = {
    "white_check_mark": AnswerKind.DONE,
    "heavy_check_mark": AnswerKind.DONE,
    "eyes": AnswerKind.ACKNOWLEDGED,
    "alarm_clock": AnswerKind.SNOOZED,
}
CROSSES = frozenset({"x", "negative_squared_cross_mark"})
LISTED = (
    "Meddelandet gäller flera tillfällen. Svara i menyn (⋯) på tillfällets egen rad, så att det "
    "syns vilket svaret gäller."
)
WHY = "Vad betyder ❌ här? Skriv i tråden ”inställt: ” eller ”kan inte: ” och orsaken."


@dataclass(frozen=True, slots=True)
class Talk:
    """Takes what is said under our messages; talk elsewhere, and of bots, is none of ours."""

    reception: Reception

    def heard(self, ack: Ack, body: Payload) -> None:
        """Take a reply, or what became of one."""
        self.take_message(body["event"])
        ack()

    def reacted(self, ack: Ack, body: Payload) -> None:
        """Take an emoji."""
        self.take_reaction(body["event"])
        ack()

    def concerns_us(self, event: Payload) -> bool:
        """Whether a message is in a thread of ours, said by a person; other talk is not kept."""
        said = event.get("message") or event.get("previous_message") or event
        reply = _Reply.of(event, said)
        return reply is not None and self._of_thread(reply) is not None

    def take_message(self, event: Payload) -> None:
        """Take a reply as an answer, or take back what an edited or removed one answered."""
        match event.get("subtype"):
            case "message_changed":
                self._changed(event)
            case "message_deleted":
                before = event.get("previous_message") or {}
                self._unsaid(_Reply.of(event, before))
            case subtype if subtype in SPOKEN:
                self._said(_Reply.of(event, event))

    def take_reaction(self, event: Payload) -> None:
        """Take an emoji as an answer; a cross is asked about, since it needs a reason."""
        occurrence, place = self._under(event)
        emoji, user = str(event.get("reaction")), str(event.get("user"))
        kind = EMOJI.get(emoji)
        if occurrence == OF_MANY and (kind or emoji in CROSSES):
            self.reception.tell(place, LISTED)
        elif occurrence and emoji in CROSSES:
            self.reception.tell(place, WHY)
        elif occurrence and kind:
            source = _emoji_source(event)
            said = self.reception.desk.said(occurrence, source)
            times = sum(each.kind is AnswerKind.TAKEN_BACK for each in said)
            speaker = self.reception.speaker({"id": user}, f"{source}{times}")
            self.reception.give(speaker.says(occurrence, kind), speaker.visitor, place)

    def unreacted(self, ack: Ack, body: Payload) -> None:
        """Take the answer back that an emoji gave."""
        event = body["event"]
        occurrence, place = self._under(event)
        if occurrence and (given := self._standing(occurrence, _emoji_source(event))):
            self.reception.take_back(given, place)
        ack()

    def let_go(
        self, occurrence: str, channel: str, receipt: str, thread: Sequence[Payload]
    ) -> None:
        """Take back what replies and emoji answered that are not in ``thread`` any more.

        That is the message with ``receipt`` and all that stands under it. A reply that reads
        otherwise now is another one.
        """
        for kind, still in (("reply", _replies), ("reaction", _reactions)):
            given = self._standing(occurrence, f"slack:{kind}:{channel}:{receipt}:")
            if given and not any(given.source.startswith(s) for s in still(channel, thread)):
                self.reception.take_back(given, Place(channel, "", receipt))

    def _said(self, reply: "_Reply | None") -> None:
        """Take a reply that is an answer; ask politely where it might be one."""
        occurrence = reply and self._of_thread(reply)
        if reply and occurrence == OF_MANY and self.reception.desk.is_answer(reply.text):
            self.reception.tell(reply.place, LISTED)
        if not reply or not occurrence:
            return
        meant = self.reception.desk.understood(occurrence, reply.text)
        if isinstance(meant, Unsure):
            self.reception.tell(reply.place, meant.question)
        elif meant:
            speaker = self.reception.speaker({"id": reply.user}, reply.source)
            given = replace(
                speaker.says(occurrence, meant.kind), day=meant.day, start=meant.start,
                end=meant.end, form=meant.form, number=meant.number, note=meant.note,
                stand_in=meant.stand_in,
            )  # fmt: skip
            self.reception.give(given, speaker.visitor, reply.place)

    def _changed(self, event: Payload) -> None:
        """An edited reply says something else: what it said before is taken back."""
        before, after = event.get("previous_message") or {}, event.get("message") or {}
        if before.get("text") != after.get("text") and self._unsaid(_Reply.of(event, before)):
            self._said(_Reply.of(event, after))

    def _unsaid(self, reply: "_Reply | None") -> bool:
        """Take back what ``reply`` answered; false where that has to stay."""
        occurrence = reply and self._of_thread(reply)
        given = reply and occurrence and self._standing(occurrence, reply.message)
        return self.reception.take_back(given, reply.place) if reply and given else True

    def _standing(self, occurrence: str, source: str) -> Answer | None:
        """The newest answer that came of ``source`` and was not taken back."""
        said = self.reception.desk.said(occurrence, source)
        back = {each.corrects for each in said if each.kind is AnswerKind.TAKEN_BACK}
        given = [e for e in said if e.id not in back and e.kind is not AnswerKind.TAKEN_BACK]
        return given[-1] if given else None

    def _of_thread(self, reply: "_Reply") -> str | None:
        return self.reception.occurrence_at(reply.channel, reply.thread, reply.user)

    def _under(self, event: Payload) -> tuple[str | None, Place]:
        """The occurrence of the message that an emoji is about, and where its giver is told."""
        item, user = event.get("item") or {}, str(event.get("user"))
        channel = str(item.get("channel", ""))
        place = Place(channel, user)
        if item.get("type") != "message":
            return None, place
        receipt = str(item.get("ts", ""))
        return self.reception.occurrence_at(channel, receipt, user), place


@dataclass(frozen=True, slots=True)
class _Reply:
    """A reply in a thread, as it reads after each edit."""

    channel: str
    thread: str
    user: str
    text: str
    message: str
    edited: str

    @classmethod
    def of(cls, event: Payload, message: Payload) -> "_Reply | None":
        """Return the reply that ``message`` is; none of a bot's, and nothing outside a thread."""
        thread, user, stamp = (message.get(each) for each in ("thread_ts", "user", "ts"))
        if message.get("bot_id") or not (thread and user and stamp) or thread == stamp:
            return None
        channel = str(event["channel"])
        edited = str((message.get("edited") or {}).get("ts", ""))
        source = f"slack:reply:{channel}:{thread}:{stamp}:"
        text = unescaped(str(message.get("text", "")))
        return cls(channel, str(thread), str(user), text, source, edited)

    @property
    def source(self) -> str:
        """What is the same however often this wording is delivered."""
        return f"{self.message}{self.edited}"

    @property
    def place(self) -> Place:
        return Place(self.channel, self.user, self.thread)


def _emoji_source(event: Payload) -> str:
    item = event.get("item") or {}
    parts = (item.get("channel"), item.get("ts"), event.get("reaction"), event.get("user"))
    return f"slack:reaction:{':'.join(str(each) for each in parts)}:"


def _replies(channel: str, thread: Sequence[Payload]) -> Iterator[str]:
    """The sources of what is said in a thread, as it reads now."""
    for each in thread:
        if reply := _Reply.of({"channel": channel}, each):
            yield reply.source


def _reactions(channel: str, thread: Sequence[Payload]) -> Iterator[str]:
    """What the sources of the emoji under the messages of a thread begin with."""
    for message in thread:
        item = {"channel": channel, "ts": message.get("ts")}
        for each in message.get("reactions") or []:
            users, name = each.get("users") or [], each.get("name")
            whole = len(users) >= int(each.get("count") or 0)
            for user in users if whole else [""]:
                # Slack may name only some of those who gave it.
                source = _emoji_source({"item": item, "user": user, "reaction": name})
                yield source if whole else source.removesuffix(":")
