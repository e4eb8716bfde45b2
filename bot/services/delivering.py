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
from bot.domain.message import Enclosure, Message
from bot.domain.occurrence import Occurrence
from bot.domain.reminder import Reminder
from bot.services import composing
from bot.services.planning import Agenda
from bot.services.ports import AnswerLedger, Carrier, Clock, DeliveryLedger, Transport
from bot.services.reminding import newest_due, schedule

LEASE = timedelta(seconds=120)
NEEDED_TO_POST = timedelta(seconds=40)
CLOCKS_DIFFER = timedelta(minutes=2)
REST_AFTER_FAULT = timedelta(seconds=10)

Render = Callable[[Occurrence, Standing], bytes]


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
    ``plan_clock`` tells which steps are due.
    ``render`` makes the calendar file of a dated occurrence.
    """

    agendas: Mapping[str, Agenda]
    answers: AnswerLedger
    ledger: DeliveryLedger
    transports: Mapping[str, Transport]
    render: Render
    clock: Clock
    plan_clock: Clock
    late_after: timedelta = composing.LATE_AFTER

    def dispatch(self, carrier: Carrier) -> int:
        """Hand every ripe delivery of a free target to ``carrier``; return how many."""
        claimed = self.ledger.claim(now=self.clock(), lease=LEASE, pace=self._pace())
        carrier.submit(claimed)
        return len(claimed)

    def deliver(self, delivery: Delivery) -> Outcome | None:
        """Deliver one claimed delivery and record what became of it.

        An unclear earlier attempt is looked up first. Right before posting it is asked whether
        the message still means anything; None comes back when it does not. Whatever is raised
        on the way leaves the delivery unclear, to be looked up later, and is raised again.
        """
        try:
            return self._attempt(delivery)
        except Exception as error:
            unclear = Uncertain(f"{type(error).__name__}: {error}")
            self.ledger.settle(delivery, unclear, now=self.clock(), then=[])
            raise

    def _attempt(self, delivery: Delivery) -> Outcome | None:
        outcome = self._looked_up(delivery)
        standing = self.answers.standing(delivery.draft.occurrence)
        now = self.plan_clock()
        if outcome is None:
            if lost := self._meaningless(delivery, standing, now):
                self.ledger.withdraw(delivery, lost, now=self.clock())
                return None
            delivery = replace(delivery, posted=now, shown=standing.newest)
            outcome = self._sent(delivery, standing)
        message = self._words(delivery, standing)
        then = self._calendar(delivery, message, outcome)
        self.ledger.settle(delivery, outcome, now=self.clock(), then=then)
        return outcome

    def show_answers(self) -> int:
        """Bring a message of each free target up to the newest answer; return how many were."""
        stale = self.ledger.stale(now=self.clock(), pace=self._pace())
        for delivery, answer in stale:
            try:
                self._show(delivery, answer)
            except Exception:
                self.ledger.hold(delivery, self.clock() + REST_AFTER_FAULT)
                raise
        return len(stale)

    def _pace(self) -> dict[str, timedelta]:
        return {product: each.pace for product, each in self.transports.items()}

    def _show(self, delivery: Delivery, answer: int) -> None:
        draft = delivery.draft
        message = self._words(delivery, self.answers.standing(draft.occurrence))
        transport = self.transports.get(draft.product)
        if message is None or transport is None:
            self.ledger.show(delivery, answer)
            return
        outcome = transport.update(message, address=draft.address, receipt=delivery.receipt)
        match outcome:
            case Sent() | Refused():
                self.ledger.show(delivery, answer)
            case TryAgain():
                until = self.clock() + (outcome.after or REST_AFTER_FAULT)
                self.ledger.hold(delivery, until, target_wide=outcome.target_wide)
            case Uncertain():
                self.ledger.hold(delivery, self.clock() + REST_AFTER_FAULT)
            case _:
                assert_never(outcome)

    def _meaningless(self, delivery: Delivery, standing: Standing, now: datetime) -> str:
        """Why the delivery has lost its meaning by ``now``; nothing while it has one."""
        draft, message = delivery.draft, self._words(delivery, standing)
        if draft.product not in self.transports:
            return f"ingen {draft.product} är inställd"
        if message is None:
            return "tillfället finns inte längre i planen"
        if draft.part is Part.CALENDAR:
            return "" if message.calendar else "tillfället har inget datum längre"
        agenda = self.agendas[draft.plan]
        occurrence = agenda.find(draft.occurrence, standing)
        newest = newest_due(schedule(agenda.plan, occurrence, standing), now=now)
        if newest and newest.step == draft.step:
            return ""
        return "besvarad" if standing.outcome else "gäller inte längre; något nyare har hänt"

    def _words(self, delivery: Delivery, standing: Standing) -> Message | None:
        """The message as it should read now; nothing when the plan has dropped its occurrence."""
        draft = delivery.draft
        agenda = self.agendas.get(draft.plan)
        if agenda is None or draft.occurrence not in agenda.by_id:
            return None
        occurrence = agenda.find(draft.occurrence, standing)
        at = delivery.posted or delivery.written
        sending = composing.Sending(draft.key, draft.step, draft.due, at, self.late_after)
        return composing.message(agenda.plan, occurrence, standing, sending)

    def _looked_up(self, delivery: Delivery) -> Outcome | None:
        """Look an unclear attempt up; nothing comes back when it has to be sent (again)."""
        if not delivery.uncertain or delivery.draft.product not in self.transports:
            return None
        draft = delivery.draft
        since = (delivery.attempted or delivery.not_before) - CLOCKS_DIFFER
        sought = Sought(draft.key, since, draft.thread)
        found: Found = self.transports[draft.product].find(sought, address=draft.address)
        match found:
            case Sent():
                return found
            case TryAgain():
                return Uncertain(found.reason, found.after, found.target_wide)
            case Absent():
                return None
            case _:
                assert_never(found)

    def _sent(self, delivery: Delivery, standing: Standing) -> Outcome:
        """Post, unless too little of the lease is left to do it safely."""
        draft, message = delivery.draft, self._words(delivery, standing)
        if (
            message is None
            or delivery.lease_until is None
            or self.clock() + NEEDED_TO_POST > delivery.lease_until
        ):
            return TryAgain("för lite tid kvar av reservationen")
        transport = self.transports[draft.product]
        if draft.part is Part.MESSAGE:
            return transport.post(message, address=draft.address)
        occurrence = self.agendas[draft.plan].find(draft.occurrence, standing)
        content = self.render(occurrence, standing)
        enclosure = Enclosure(
            draft.key, draft.thread, message.calendar, "Lägg i kalendern", content
        )
        return transport.enclose(enclosure, address=draft.address)

    def _calendar(
        self, delivery: Delivery, message: Message | None, outcome: Outcome
    ) -> list[Draft]:
        """The calendar file that goes under a message about a dated occurrence."""
        draft = delivery.draft
        wanted = draft.part is Part.MESSAGE and message and message.calendar
        if not (wanted and isinstance(outcome, Sent) and self.transports[draft.product].encloses):
            return []
        key = f"{draft.key}/{Part.CALENDAR}"
        return [replace(draft, key=key, part=Part.CALENDAR, thread=outcome.receipt)]
