"""Delivering: from a claimed row of the ledger to a message that is sent once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import assert_never

from bot.domain.answer import Standing
from bot.domain.delivery import (
    LAST_TRY,
    LONGEST_REST,
    Absent,
    Delivery,
    Draft,
    Found,
    Outcome,
    Part,
    Refused,
    Rest,
    Sent,
    Sought,
    TryAgain,
    Uncertain,
    Unsearchable,
    Withdrawal,
    rest_after,
)
from bot.domain.reminder import Reminder
from bot.services import composing, retelling
from bot.services.editions import Editions
from bot.services.inviting import INVITES_NOBODY, InvitationLedger
from bot.services.planning import NOTHING_SAID, Agenda
from bot.services.ports import AnswerLedger, Carrier, Claim, Clock, DeliveryLedger, Transport
from bot.services.relevance import lost_invitation, lost_meaning
from bot.services.wording import Invite, Render, Wording

LEASE = timedelta(seconds=120)
NEEDED_TO_POST = timedelta(seconds=40)
# A machine's clock may have been set wrong when it posted; the product's is right.
CLOCKS_DIFFER = timedelta(days=1)
REST_AFTER_FAULT = timedelta(seconds=10)
NO_REST = Rest(timedelta(), timedelta())
# What hangs under a message that was sent.
HANGING = frozenset({Part.CALENDAR, Part.RETELLING})
# What is delivered for its own sake, and not because of something else that was.
WHOLE = frozenset({Part.MESSAGE, Part.LIST, Part.INVITATION})
TOO_LATE = Uncertain("svaret kom när reservationen hade gått ut; leveransen slås upp")


def nobody(draft: Draft, _standing: Standing) -> bytes:
    """Invite to nothing: invitations are written only where they can be made."""
    raise LookupError(f"nobody makes invitations: {draft.key}")


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
    ``plan_clock`` tells which steps are due. ``render`` makes the calendar file of a dated
    occurrence, ``invite`` an invitation; ``invited`` is who was told what, ``editions`` what plans
    have dropped. ``chance`` gives a number from 0 to 1, to spread
    retries. ``operator`` is the target that is told of what did not arrive, ``holder`` the name
    under which this process claims.
    """

    agendas: Mapping[str, Agenda]
    answers: AnswerLedger
    ledger: DeliveryLedger
    transports: Mapping[str, Transport]
    render: Render
    clock: Clock
    plan_clock: Clock
    chance: Callable[[], float]
    operator: str = ""
    holder: str = ""
    late_after: timedelta = composing.LATE_AFTER
    invite: Invite = nobody
    invited: InvitationLedger = INVITES_NOBODY
    editions: Mapping[str, Editions] = field(default_factory=dict)

    @property
    def _wording(self) -> Wording:
        return Wording(
            self.agendas, self.answers, self.ledger, self.late_after, self.render, self.invite,
            self.editions,
        )  # fmt: skip

    def dispatch(self, carrier: Carrier) -> int:
        """Hand what is ripe to ``carrier``, as much as it can take; return how many."""
        limit = carrier.free
        if limit <= 0:
            return 0
        claim = Claim(self.clock(), LEASE, self._pace(), limit, self.holder)
        claimed = self.ledger.claim(claim, carrier.enlist)
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
            self._record(delivery, Uncertain(f"{type(error).__name__}: {error}"), [])
            raise

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

    def _attempt(self, delivery: Delivery) -> Outcome | None:
        found = self._look_up(delivery)
        match found:
            case Sent():
                outcome: Outcome = found
            case TryAgain():
                outcome = Uncertain(found.reason, found.after, found.target_wide)
            case Absent() | Unsearchable() | None:
                standing = self._wording.standing(delivery.draft)
                now = self.plan_clock()
                if lost := self._meaningless(delivery, standing, now):
                    self.ledger.withdraw(delivery, lost, now=self.clock())
                    return None
                # Where the same key is the same message, words of an earlier attempt may stand.
                shown = 0 if delivery.uncertain else standing.newest
                delivery = replace(delivery, posted=now, shown=shown)
                outcome = self._post(delivery, standing, again=isinstance(found, Unsearchable))
            case _:
                assert_never(found)
        recorded = self._record(delivery, outcome, self._calendar(delivery, outcome))
        return outcome if recorded else TOO_LATE

    def _record(self, delivery: Delivery, outcome: Outcome, then: Sequence[Draft]) -> bool:
        """Settle the attempt; after the last try give up, and tell an operator.

        False when it was taken over meanwhile: then the one that has it looks it up.
        """
        now, rest = self.clock(), NO_REST
        if delivery.uncertain and isinstance(outcome, TryAgain):
            # This attempt came to nothing for certain, but an earlier one may have arrived.
            outcome = Uncertain(outcome.reason, outcome.after, outcome.target_wide)
        broken = isinstance(outcome, TryAgain) and outcome.broken and not delivery.failures
        if broken or isinstance(outcome, Refused):
            then = self._notice(delivery)
        if isinstance(outcome, TryAgain | Uncertain):
            rest = rest_after(outcome, delivery, chance=self.chance())
            if now + rest.delivery > (delivery.attempted or now) + LAST_TRY:
                reason = f"gav upp efter {LAST_TRY.days} dygn: {outcome.reason}"
                unclear = delivery.uncertain or isinstance(outcome, Uncertain)
                delivery = replace(delivery, uncertain=unclear)
                told = self._notice(delivery)
                return self.ledger.give_up(delivery, reason, now=now, then=told)
        return self.ledger.settle(delivery, outcome, now=now, rest=rest, then=then)

    def _notice(self, delivery: Delivery) -> list[Draft]:
        """Word to an operator that a message did not arrive; never about such word itself."""
        draft = delivery.draft
        if draft.part not in WHOLE or self.operator in {"", draft.target}:
            return []
        key, told = f"{draft.key}/{Part.NOTICE}-{delivery.attempt}", str(delivery.id)
        return [replace(draft, key=key, target=self.operator, part=Part.NOTICE, thread=told)]

    def _pace(self) -> dict[str, timedelta]:
        return {product: each.pace for product, each in self.transports.items()}

    def _show(self, delivery: Delivery, answer: int) -> None:
        draft = delivery.draft
        message = self._wording.words(delivery, self._wording.standing(draft))
        transport = self.transports.get(draft.product)
        if message is None or transport is None:
            self.ledger.show(delivery, answer, now=self.clock())
            return
        outcome = transport.update(message, address=draft.address, receipt=delivery.receipt)
        match outcome:
            case Sent() | Refused():
                then = self._retellings(delivery, answer)
                self.ledger.show(delivery, answer, now=self.clock(), then=then)
            case TryAgain():
                until = self.clock() + (outcome.after or REST_AFTER_FAULT)
                self.ledger.hold(delivery, until, target_wide=outcome.target_wide)
            case Uncertain():
                # It may yet overwrite newer words that somebody else has shown meanwhile.
                self.ledger.show(delivery, delivery.shown, now=self.clock())
                self.ledger.hold(delivery, self.clock() + REST_AFTER_FAULT)
            case _:
                assert_never(outcome)

    def _retellings(self, delivery: Delivery, answer: int) -> list[Draft]:
        """The answers to tell in the thread: that of the newest message, where there are many."""
        draft = delivery.draft
        if draft.part is not Part.MESSAGE or not self.transports[draft.product].retells:
            return []
        if not self.ledger.is_newest(delivery):
            return []
        standing, now = self.answers.standing(draft.occurrence), self.plan_clock()
        return retelling.drafts(delivery, standing, upto=answer, now=now)

    def _meaningless(self, delivery: Delivery, standing: Standing, now: datetime) -> str:
        """Why the delivery has lost its meaning by ``now``; nothing while it has one."""
        draft = delivery.draft
        if draft.product not in self.transports:
            return f"ingen {draft.product} är inställd"
        if draft.part is Part.NOTICE:
            gone = self._wording.words(delivery, standing) is None
            return "meddelandet har kommit fram eller tagits tillbaka" if gone else ""
        if draft.part is Part.INVITATION:
            last = self.invited.told_of(draft.occurrence, draft.target)
            return lost_invitation(draft, self.agendas.get(draft.plan), last, standing, now=now)
        if draft.part is Part.RETELLING:
            known = self._wording.words(delivery, standing)
            return "" if known else Withdrawal.UNPLANNED
        if draft.part is Part.LIST:
            return self._list_lost(draft, now)
        return lost_meaning(draft, self.agendas.get(draft.plan), standing, now=now)

    def _list_lost(self, draft: Draft, now: datetime) -> str:
        """Why nothing in a list means anything any more; nothing while something does."""
        agenda, standings = self.agendas.get(draft.plan), self.answers.standings(draft.plan)
        found = [
            lost_meaning(each, agenda, standings.get(each.occurrence, NOTHING_SAID), now=now)
            for each in self.ledger.items(draft.key)
        ]
        return found[0] if found and all(found) else ""

    def _look_up(self, delivery: Delivery) -> Found | None:
        """Look an unclear attempt up; None when there is nothing to look up."""
        draft = delivery.draft
        if not delivery.uncertain or draft.product not in self.transports:
            return None
        since = (delivery.attempted or delivery.not_before) - CLOCKS_DIFFER
        sought = Sought(draft.key, since, draft.thread if draft.part in HANGING else "")
        return self.transports[draft.product].find(sought, address=draft.address)

    def _post(self, delivery: Delivery, standing: Standing, *, again: bool) -> Outcome:
        """Post, unless it is too early, or too little of the lease is left to do it safely."""
        draft, message = delivery.draft, self._wording.words(delivery, standing, again=again)
        early = draft.due - (delivery.posted or draft.due)
        if early > timedelta() and draft.part in WHOLE:
            return TryAgain("klockan har ställts tillbaka; väntar", min(early, LONGEST_REST))
        held, ends = self.ledger.claimed(delivery.id, delivery.attempt), delivery.lease_until
        if held is None:
            return TryAgain("någon annan har tagit över")
        if held.wanted > standing.newest:
            return TryAgain("ett svar kom i samma stund")
        if message is None or ends is None or self.clock() + NEEDED_TO_POST > ends:
            return TryAgain("för lite tid kvar av reservationen")
        transport = self.transports[draft.product]
        if enclosure := self._wording.enclosure(draft, message, standing):
            return transport.enclose(enclosure, address=draft.address)
        return transport.post(message, address=draft.address)

    def _calendar(self, delivery: Delivery, outcome: Outcome) -> list[Draft]:
        """The calendar file that goes under a message about a dated occurrence."""
        draft = delivery.draft
        if draft.part is not Part.MESSAGE or not isinstance(outcome, Sent):
            return []
        if not self.transports[draft.product].encloses:
            return []
        message = self._wording.words(delivery, self.answers.standing(draft.occurrence))
        if not (message and message.calendar):
            return []
        key = f"{draft.key}/{Part.CALENDAR}"
        return [replace(draft, key=key, part=Part.CALENDAR, thread=outcome.receipt)]
