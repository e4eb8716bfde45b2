"""Delivering: from a claimed row of the ledger to a message that is sent once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import assert_never

from bot.domain.answer import Standing
from bot.domain.delivery import (
    Absent,
    Delivery,
    Draft,
    Found,
    Outcome,
    Part,
    Refused,
    Sent,
    Sought,
    TryAgain,
    Uncertain,
)
from bot.domain.errors import UnknownOccurrenceError
from bot.domain.message import Enclosure, Message
from bot.domain.occurrence import Occurrence
from bot.domain.reminder import Reminder, StepKind
from bot.services import composing
from bot.services.planning import Agenda
from bot.services.ports import AnswerLedger, Carrier, Clock, DeliveryLedger, Transport
from bot.services.reminding import step_kind

LEASE = timedelta(seconds=120)
NEEDED_TO_POST = timedelta(seconds=40)
CLOCKS_DIFFER = timedelta(minutes=2)
SHOWN_AT_ONCE = 50

Render = Callable[[Occurrence, Standing, datetime], bytes]


def drafts(reminders: Sequence[Reminder], targets: Mapping[str, Sequence[str]]) -> list[Draft]:
    """Return the deliveries of ``reminders``, one for each place behind a plan's target."""
    return [
        Draft(
            key=each.key(target),
            plan=each.occurrence.plan,
            occurrence=each.occurrence.id,
            step=each.step,
            target=target,
            due=each.at,
        )
        for each in reminders
        for target in targets[each.target]
    ]


@dataclass(frozen=True, slots=True)
class Delivering:
    """Sends what is due, looks up what is unclear, shows answers on what was sent.

    ``clock`` is the machine's clock: leases, pacing and waiting are about the real world.
    ``render`` makes the calendar file of a dated occurrence.
    """

    agendas: Mapping[str, Agenda]
    answers: AnswerLedger
    ledger: DeliveryLedger
    transports: Mapping[str, Transport]
    render: Render
    clock: Clock
    late_after: timedelta = composing.LATE_AFTER

    def dispatch(self, carrier: Carrier) -> int:
        """Hand every ripe delivery of a free target to ``carrier``; return how many."""
        pace = {product: each.pace for product, each in self.transports.items()}
        claimed = self.ledger.claim(now=self.clock(), lease=LEASE, pace=pace)
        carrier.submit(claimed)
        return len(claimed)

    def deliver(self, delivery: Delivery) -> None:
        """Deliver one claimed delivery and record what became of it."""
        message = self._message(delivery)
        if isinstance(message, str):
            self.ledger.withdraw(delivery, message, now=self.clock())
            return
        outcome = self._settled_before(delivery) or self._sent(delivery, message)
        then = self._calendar(delivery, message, outcome)
        self.ledger.settle(delivery, outcome, now=self.clock(), then=then)

    def show_answers(self) -> int:
        """Bring messages that were sent up to the newest answer; return how many were."""
        stale = self.ledger.stale(now=self.clock(), limit=SHOWN_AT_ONCE)
        for delivery, answer in stale:
            self._show(delivery, answer)
        return len(stale)

    def _show(self, delivery: Delivery, answer: int) -> None:
        message, draft = self._words(delivery), delivery.draft
        transport = self.transports.get(draft.product)
        if message is None or transport is None:
            self.ledger.show(delivery, answer)
            return
        outcome = transport.update(message, address=draft.address, receipt=delivery.receipt)
        match outcome:
            case Sent() | Refused():
                self.ledger.show(delivery, answer)
            case TryAgain():
                after = outcome.after or timedelta(seconds=10)
                self.ledger.hold(delivery, self.clock() + after)
            case Uncertain():
                self.ledger.hold(delivery, self.clock() + timedelta(seconds=10))
            case _:
                assert_never(outcome)

    def _message(self, delivery: Delivery) -> Message | str:
        """Return the words to send, or why the delivery has lost its meaning."""
        draft = delivery.draft
        if draft.product not in self.transports:
            return f"ingen {draft.product} är inställd"
        message = self._words(delivery)
        if message is None:
            return "tillfället finns inte längre i planen"
        settled = self.answers.standing(draft.occurrence).outcome
        if settled and step_kind(draft.step) is not StepKind.NOTICE and not delivery.uncertain:
            return "besvarad"
        return message

    def _words(self, delivery: Delivery) -> Message | None:
        draft = delivery.draft
        agenda = self.agendas.get(draft.plan)
        if agenda is None:
            return None
        standing = self.answers.standing(draft.occurrence)
        try:
            occurrence = agenda.find(draft.occurrence, standing)
        except UnknownOccurrenceError:
            return None
        sending = composing.Sending(
            draft.key, draft.step, draft.due, delivery.written, self.late_after
        )
        return composing.message(agenda.plan, occurrence, standing, sending)

    def _settled_before(self, delivery: Delivery) -> Outcome | None:
        """Look an unclear attempt up; nothing comes back when it has to be sent (again)."""
        if not delivery.uncertain:
            return None
        draft = delivery.draft
        since = (delivery.attempted or delivery.not_before) - CLOCKS_DIFFER
        sought = Sought(draft.key, since, draft.thread)
        found: Found = self.transports[draft.product].find(sought, address=draft.address)
        match found:
            case Sent():
                return found
            case TryAgain():
                return Uncertain(found.reason)
            case Absent():
                return None
            case _:
                assert_never(found)

    def _sent(self, delivery: Delivery, message: Message) -> Outcome:
        """Post, unless too little of the lease is left to do it safely."""
        draft = delivery.draft
        if delivery.lease_until is None or self.clock() + NEEDED_TO_POST > delivery.lease_until:
            return TryAgain("för lite tid kvar av reservationen")
        transport = self.transports[draft.product]
        if draft.part is Part.MESSAGE:
            return transport.post(message, address=draft.address)
        return transport.enclose(self._enclosure(delivery, message), address=draft.address)

    def _enclosure(self, delivery: Delivery, message: Message) -> Enclosure:
        draft = delivery.draft
        standing = self.answers.standing(draft.occurrence)
        occurrence = self.agendas[draft.plan].find(draft.occurrence, standing)
        content = self.render(occurrence, standing, delivery.written)
        return Enclosure(draft.key, draft.thread, message.calendar, "Lägg i kalendern", content)

    def _calendar(self, delivery: Delivery, message: Message, outcome: Outcome) -> list[Draft]:
        """The calendar file that goes under a message about a dated occurrence."""
        draft = delivery.draft
        wanted = draft.part is Part.MESSAGE and message.calendar
        if not (wanted and isinstance(outcome, Sent) and self.transports[draft.product].encloses):
            return []
        key = f"{draft.key}/{Part.CALENDAR}"
        return [replace(draft, key=key, part=Part.CALENDAR, thread=outcome.receipt)]
