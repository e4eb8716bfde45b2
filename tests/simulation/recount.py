"""The recount: where each promise stands, counted occurrence by occurrence on the fingers."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.domain.answer import Answer
from bot.services.following_up import StatusRow
from bot.services.planning import Agenda
from tests.simulation.oracle import Story

SOON = timedelta(days=21)
Said = Callable[[str], Sequence[Answer]]


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of one commitment in one period and area."""

    commitment: str
    area: str
    period: str
    promised: int
    booked: int
    done: int
    partly_done: int
    cancelled: int
    remaining: int
    pace: str
    waiting: int


def recount(agenda: Agenda, said: Said, today: date) -> list[Figures]:
    """Count what had been said by the end of ``today``, in the order of the plan."""
    zone = agenda.plan.zone
    groups: dict[tuple[str, str, str], list[Story]] = {}
    for name, planned in agenda.by_id.items():
        known = tuple(each for each in said(name) if each.at.astimezone(zone).date() <= today)
        key = (planned.commitment.id, planned.area.id if planned.area else "", planned.counted.name)
        groups.setdefault(key, []).append(Story(agenda.plan, planned, known))
    return [_figures(*key, stories, today) for key, stories in groups.items()]


def figures_of(rows: Iterable[StatusRow]) -> list[Figures]:
    """Return what the code under test says, in the same form."""
    return [
        Figures(
            each.commitment.id, each.area.id if each.area else "", each.period.name,
            each.promised, each.booked, each.done, each.partly_done, each.cancelled,
            each.remaining, each.pace.value, len(each.waiting),
        )
        for each in rows
    ]  # fmt: skip


def _figures(commitment: str, area: str, period: str, stories: list[Story], today: date) -> Figures:
    needed = stories[0].planned.kind == "need"
    promised = 0 if needed else len(stories)
    done = sum(_count(each, "done") for each in stories)
    still_open = [each for each in stories if each.end is None]
    return Figures(
        commitment, area, period, promised,
        sum(1 for each in still_open if _has_a_day(each) and each.last >= today),
        done,
        sum(_count(each, "partly_done") for each in stories),
        sum(_count(each, "cancelled") for each in stories),
        max(0, promised - done),
        "enligt plan" if needed else _pace(stories, today),
        sum(1 for each in still_open if _sensible(each) < today),
    )  # fmt: skip


def _count(story: Story, kind: str) -> int:
    if story.planned.kind == "need":
        mended = {each.corrects for each in story.said}
        return sum(1 for a in story.said if a.kind == kind and _held(a) and a.id not in mended)
    if story.end is None or story.end.kind != kind:
        return 0
    window = story.planned.counted.window
    outside = story.end.day and not window.first <= story.end.day <= window.last
    return 0 if story.planned.kind == "slot" and outside else 1


def _held(answer: Answer) -> bool:
    return answer.kind in {"done", "partly_done"}


def _has_a_day(story: Story) -> bool:
    return bool(story.moves) or story.planned.day is not None


def _sensible(story: Story) -> date:
    """The day by which it should have been held."""
    moved = story.moves[-1].day if story.moves else None
    return moved or story.planned.due


def _pace(stories: list[Story], today: date) -> str:
    done = sum(_count(each, "done") for each in stories)
    if done >= len(stories):
        return "enligt plan"
    still_open = [each for each in stories if each.end is None]
    partly = sum(_count(each, "partly_done") for each in stories)
    if done + partly + sum(_may_count(each, today) for each in still_open) < len(stories):
        return "avviker"
    if _too_few_days(stories, len(stories) - done, today):
        return "avviker"
    cancelled = sum(_count(each, "cancelled") for each in stories)
    late = any(_sensible(each) < today for each in still_open)
    near = any(each.unbooked and _sensible(each) <= today + SOON for each in still_open)
    return "risk" if cancelled or partly or late or near else "enligt plan"


def _may_count(story: Story, today: date) -> bool:
    in_time = today <= story.planned.counted.window.last
    return in_time or (story.planned.kind != "slot" and today <= story.last)


def _too_few_days(stories: list[Story], remaining: int, today: date) -> bool:
    """Whether all that remains waits for a day, and there are fewer working days than that."""
    unbooked = [each for each in stories if each.end is None and each.unbooked]
    if not unbooked or len(unbooked) < remaining:
        return False
    day, days = today, 0
    while day <= stories[0].planned.counted.window.last:
        days += stories[0].plan.work.is_working(day)
        day += timedelta(days=1)
    return days < remaining
