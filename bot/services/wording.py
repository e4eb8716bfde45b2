"""Wording: what a delivery says as things stand now, whatever part it is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.answer import Standing
from bot.domain.delivery import LAST_TRY, WAITING, Delivery, DeliveryState, Draft, Part
from bot.domain.invitation import parse_mark
from bot.domain.message import Enclosure, Message, Tone
from bot.domain.occurrence import Occurrence
from bot.domain.plan import Plan
from bot.domain.walltime import local_day
from bot.services import composing, gathering, invitation_words, retelling
from bot.services.editions import Editions
from bot.services.planning import Agenda, applied
from bot.services.ports import AnswerLedger, DeliveryLedger

# What makes the calendar file of a dated occurrence, and what makes an invitation.
Render = Callable[[Occurrence, Standing], bytes]
Invite = Callable[[Draft, Standing], bytes]
# What an operator is told of; whatever waits is tried again without anybody's help.
UNSENT = {*WAITING, DeliveryState.FAILED}


@dataclass(frozen=True, slots=True)
class Wording:
    """Finds the words for deliveries of every plan, and their files.

    ``late_after`` is when a message says that it is late. ``editions`` know what a plan dropped.
    """

    agendas: Mapping[str, Agenda]
    answers: AnswerLedger
    ledger: DeliveryLedger
    late_after: timedelta
    render: Render
    invite: Invite
    editions: Mapping[str, Editions]

    def standing(self, draft: Draft) -> Standing:
        """Return what was said of the occurrence, or of all that a list speaks of."""
        if draft.part is not Part.LIST:
            return self.answers.standing(draft.occurrence)
        standings = self.answers.standings(draft.plan)
        return gathering.said_of(self.ledger.items(draft.key), standings)

    def words(
        self, delivery: Delivery, standing: Standing, *, again: bool = False
    ) -> Message | None:
        """Return the message as it should read now; nothing when there is nothing left to say.

        ``again`` says that it may have arrived before.
        """
        draft = delivery.draft
        if draft.part is Part.NOTICE:
            return self._notice(draft, standing)
        agenda = self.agendas.get(draft.plan)
        if draft.part is Part.INVITATION:
            plan, found = self._found(draft, standing)
            repeat = composing.REPEAT if again else ""
            return invitation_words.message(plan, found, standing, draft, repeat)
        at = delivery.posted or delivery.written
        sending = composing.Sending(draft.key, draft.step, draft.due, at, self.late_after, again)
        if agenda and draft.part is Part.LIST:
            items, standings = self.ledger.items(draft.key), self.answers.standings(draft.plan)
            return gathering.message(agenda, items, standings, sending)
        if agenda is None or draft.occurrence not in agenda.by_id:
            return None
        if draft.part is Part.RETELLING:
            found = agenda.find(draft.occurrence, standing).seen(local_day(at, agenda.plan.zone))
            return retelling.message(agenda.plan, draft, standing, veiled=found.veiled)
        occurrence = agenda.find(draft.occurrence, standing)
        base = agenda.followed(occurrence, self.answers.standing)
        return composing.message(agenda.plan, occurrence, standing, sending, base)

    def enclosure(self, draft: Draft, message: Message, standing: Standing) -> Enclosure | None:
        """Return the file that ``draft`` is, in the words of ``message``; none for most."""
        if draft.part is Part.CALENDAR:
            occurrence = self.agendas[draft.plan].find(draft.occurrence, standing)
            content, name = self.render(occurrence, standing), message.calendar
            return Enclosure(draft.key, draft.thread, name, "Lägg i kalendern", content)
        if draft.part is Part.INVITATION:
            content = self.invite(draft, standing)
            method = "CANCEL" if parse_mark(draft.thread).ended else "REQUEST"
            name = f"{draft.occurrence.replace('/', '-')}.ics"
            return Enclosure(draft.key, "", name, message.title, content, message, method)
        return None

    def _found(self, draft: Draft, standing: Standing) -> tuple[Plan | None, Occurrence | None]:
        """The plan and the occurrence of a draft, as far as they are known."""
        agenda, known = self.agendas.get(draft.plan), self.editions.get(draft.plan)
        if agenda and draft.occurrence in agenda.by_id:
            return agenda.plan, agenda.find(draft.occurrence, standing)
        gone = known.dropped(draft.occurrence) if known else None
        return (gone.plan, applied(gone.occurrence, standing)) if gone else (None, None)

    def _notice(self, draft: Draft, standing: Standing) -> Message | None:
        """Word of a message that does not arrive, as long as it does not."""
        failed = self.ledger.find(int(draft.thread))
        if failed is None or failed.state not in UNSENT or not failed.reason:
            return None
        lost = self.words(failed, standing)
        return undelivered(failed, lost, draft.key) if lost else None


def undelivered(failed: Delivery, lost: Message, key: str) -> Message:
    """Return what an operator is told, under its own key, of a message that did not arrive.

    Either it was given up, or it waits for somebody to mend what is in its way.
    """
    draft, again = failed.draft, f"loftesbot deliveries retry {failed.id}"
    waits = failed.state in WAITING
    after = f"Försöks igen i högst {LAST_TRY.days} dygn; genast med {again}"
    return Message(
        key=key,
        occurrence=draft.occurrence,
        title=f"{'Kommer inte fram' if waits else 'Kom inte fram'}: {lost.title}",
        lines=(
            f"Till: {draft.target}",
            f"Varför: {failed.reason}",
            after if waits else f"När felet är avhjälpt: {again}",
        ),
        tone=Tone.URGENT,
    )
