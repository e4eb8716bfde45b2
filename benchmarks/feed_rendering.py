"""(j) One answer among 1,000 occurrences: rendering the feed anew, and only what changed."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from benchmarks.machine import facts
from benchmarks.sizes import Sizes
from benchmarks.tables import Table, Target, ratios, spread
from bot.domain.answer import Answer, AnswerKind, Standing
from bot.domain.feed import Feed
from bot.domain.periods import Window
from bot.domain.rhythms import Interval, IntervalUnit
from bot.feeds.rendering import Rendered, Rendering
from bot.services.editions import editions
from bot.services.planning import Agenda, Standings
from bot.services.selecting import Selecting
from tests.builders import THREE_YEARS, make_commitment, make_plan

MOST_SHARE = 0.1
ADOPTED = datetime(2018, 1, 1, tzinfo=UTC)
EACH_DAYS = 5
ADDRESS = "https://loftesbot.example"


@dataclass(frozen=True, slots=True)
class Subject:
    """A plan of which something is said, again and again."""

    agenda: Agenda

    def rendering(self) -> Rendering:
        """Return a rendering that has nothing kept yet."""
        known = {self.agenda.plan.id: editions([(self.agenda, ADOPTED)])}
        return Rendering(known, Selecting(), ADDRESS)

    def answered(self, number: int) -> Standings:
        """Return the standings once so many occurrences have an answer, one after another."""
        names = list(self.agenda.by_id)[:number]
        at = ADOPTED + timedelta(days=1)
        return {
            each: Standing((Answer(each, AnswerKind.DONE, "Anna", at, id=n),))
            for n, each in enumerate(names, start=1)
        }


def tables(sizes: Sizes) -> Iterator[Table]:
    """Let everything be rendered, and then what one answer changes, time after time."""
    measured_on = facts()
    subject = Subject(_agenda(2 * sizes.events))
    whole, one = list[float](), list[float]()
    for number in range(max(sizes.rounds, 3) * 3):
        rendering, standings = subject.rendering(), subject.answered(number)
        seconds, first = _timed(_feed(subject, rendering, standings))
        whole.append(seconds)
        changed = {**standings, **_only_new(standings, subject.answered(number + 1))}
        seconds, second = _timed(_feed(subject, rendering, changed))
        one.append(seconds)
        _check(first, second)
    found = ratios(one, whole)
    yield Table(
        f"{len(subject.agenda.by_id):,} occurrences",
        ("", "milliseconds", "of the whole"),
        [
            ("everything rendered", spread(_milliseconds(whole)), "1"),
            ("after one answer", spread(_milliseconds(one)), spread(found, 3)),
        ],
        [Target("of the whole, after one answer", found, most=MOST_SHARE, under=True)],
        [measured_on],
    )


def _agenda(events: int) -> Agenda:
    """A plan of about as many occurrences, a meeting every few days in each of its commitments."""
    days = (THREE_YEARS.last - THREE_YEARS.first).days
    number = max(1, round(events / (days / EACH_DAYS)))
    every = Interval(EACH_DAYS, IntervalUnit.DAY, THREE_YEARS.first)
    period = Window(THREE_YEARS.first, THREE_YEARS.last)
    return Agenda(
        make_plan(*(make_commitment(every, f"sak-{n}") for n in range(number)), period=period)
    )


def _only_new(before: Standings, after: Standings) -> Standings:
    return {name: each for name, each in after.items() if name not in before}


def _feed(subject: Subject, rendering: Rendering, standings: Standings) -> Callable[[], Rendered]:
    now = ADOPTED + timedelta(days=2)
    return lambda: rendering.feed(Feed(subject.agenda.plan.id), subject.agenda, standings, now=now)


def _check(first: Rendered, second: Rendered) -> None:
    if first.body == second.body:
        raise ValueError("the answer changed nothing")


def _timed(run: Callable[[], Rendered]) -> tuple[float, Rendered]:
    begun = time.perf_counter()
    found = run()
    return time.perf_counter() - begun, found


def _milliseconds(seconds: list[float]) -> list[float]:
    return [1000 * each for each in seconds]
