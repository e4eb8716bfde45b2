"""Wording: what a delivery says as things stand now, whatever part it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.answer import Standing
from bot.domain.delivery import WAITING, Delivery, DeliveryState, Draft, Part
from bot.domain.message import Message
from bot.services import composing, gathering, retelling
from bot.services.planning import Agenda
from bot.services.ports import AnswerLedger, DeliveryLedger

# What an operator is told of; whatever waits is tried again without anybody's help.
UNSENT = {*WAITING, DeliveryState.FAILED}


@dataclass(frozen=True, slots=True)
class Wording:
    """Finds the words for deliveries of every plan; ``late_after`` is when one says it is late."""

    agendas: Mapping[str, Agenda]
    answers: AnswerLedger
    ledger: DeliveryLedger
    late_after: timedelta

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
        at = delivery.posted or delivery.written
        sending = composing.Sending(draft.key, draft.step, draft.due, at, self.late_after, again)
        if agenda and draft.part is Part.LIST:
            items, standings = self.ledger.items(draft.key), self.answers.standings(draft.plan)
            return gathering.message(agenda, items, standings, sending)
        if agenda is None or draft.occurrence not in agenda.by_id:
            return None
        if draft.part is Part.RETELLING:
            return retelling.message(agenda.plan, draft, standing)
        occurrence = agenda.find(draft.occurrence, standing)
        base = agenda.followed(occurrence, self.answers.standing)
        return composing.message(agenda.plan, occurrence, standing, sending, base)

    def _notice(self, draft: Draft, standing: Standing) -> Message | None:
        """Word of a message that does not arrive, as long as it does not."""
        failed = self.ledger.find(int(draft.thread))
        if failed is None or failed.state not in UNSENT or not failed.reason:
            return None
        lost = self.words(failed, standing)
        return composing.undelivered(failed, lost, draft.key) if lost else None
