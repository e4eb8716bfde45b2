"""Deeds at the ledger of deliveries, each in one line."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import TypeVar

from bot.domain.answer import Answer, AnswerKind
from bot.domain.delivery import Delivery, Draft, Outcome, Rest
from bot.services.ports import Claim, Decision
from bot.storage.answers import SqlAnswers
from bot.storage.deliveries import SqlDeliveries
from tests.builders import make_answer, utc

Done = TypeVar("Done")

NOW = utc(2018, 1, 11)
LEASE = timedelta(seconds=120)
MEETING = "gavle/lagesbild/2018-W03"
LATER = "gavle/lagesbild/2018-W05"
SECOND = timedelta(seconds=1)
AT_ONCE = timedelta()
MANY = 8


def draft(step: str = "day", occurrence: str = MEETING, target: str = "slack:C1") -> Draft:
    key = f"{occurrence}#{step}@{target}"
    return Draft(key, "gavle", occurrence, step, target, NOW)


def write(deliveries: SqlDeliveries, *drafts: Draft, after: timedelta = AT_ONCE) -> int:
    return deliveries.write(drafts, written=NOW, now=NOW + after)


def wish(*, after: timedelta = AT_ONCE, limit: int = 1_000, holder: str = "n1") -> Claim:
    return Claim(NOW + after, LEASE, {"slack": SECOND}, limit, holder)


def enlist_nowhere(_connection: object, _deliveries: Sequence[Delivery]) -> None:
    """Carry nothing along."""


def claim(
    deliveries: SqlDeliveries,
    *,
    after: timedelta = AT_ONCE,
    limit: int = 1_000,
    holder: str = "n1",
) -> list[Delivery]:
    return deliveries.claim(wish(after=after, limit=limit, holder=holder), enlist_nowhere)


def settle(
    deliveries: SqlDeliveries,
    delivery: Delivery,
    outcome: Outcome,
    then: Sequence[Draft] = (),
    *,
    rest: timedelta = 5 * SECOND,
) -> bool:
    return deliveries.settle(delivery, outcome, now=NOW, rest=Rest(rest, rest), then=then)


def stale(deliveries: SqlDeliveries, *, after: timedelta = AT_ONCE) -> list[tuple[Delivery, int]]:
    return deliveries.stale(now=NOW + after, pace={})


def say(
    answers: SqlAnswers,
    occurrence: str = MEETING,
    kind: AnswerKind = AnswerKind.ACKNOWLEDGED,
    *,
    ends: bool = False,
) -> Answer:
    said = make_answer(occurrence, kind)
    return answers.decide(
        occurrence, "", lambda _standing: Decision(store=said, ends_reminders=ends)
    ).answer


def at_once(work: Callable[[int], Done], number: int = MANY) -> list[Done]:
    """Do ``work`` in as many threads, which begin together; raise what any of them raises."""
    together = Barrier(number)

    def begin(thread: int) -> Done:
        together.wait()
        return work(thread)

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(begin, range(number)))
