"""Taking over: what becomes of the meetings that are known when their calendar is read anew."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.domain.errors import SourceError
from bot.domain.meetings import Entry, Meeting
from bot.domain.periods import Window

# A meeting of a series that has moved no further is the same one, however it is named now.
NEAR = timedelta(days=14)
# So many that are not yet held, or new; what has been is only added to.
MOST_KEPT = 1_000
# As many as do not all change at once.
MANY = 2


@dataclass(frozen=True, slots=True)
class Reading:
    """A calendar as it was read at ``at``, with ``entries`` for the plan's days and those around.

    ``within`` are the days of the plan. What was to be held before ``since``, the day of the last
    reading, has been and stays as it is known. Many calendars leave out what has been ``today``.
    Of an ``other`` calendar than the one before nothing is expected.
    """

    entries: Sequence[Entry]
    within: Window
    since: date
    today: date
    at: datetime
    other: bool = False


def taken_over(known: Sequence[Meeting], reading: Reading) -> tuple[Meeting, ...]:
    """Return every meeting that is known after ``reading``, those known before it first.

    A meeting is known again by its identity, else by its day, else as the nearest of its series.
    One that the calendar no longer has, or calls cancelled, has fallen away. A calendar that is
    suddenly empty, or wholly or forever other, is refused with a ``SourceError``.
    """
    live = [each for each in known if each.day >= reading.since]
    if not reading.entries and any(each.day > reading.today and not each.fallen for each in live):
        raise SourceError("Kalendern är tom, men har haft möten som ännu inte har varit.")
    coming = [each for each in reading.entries if each.day >= reading.since]
    pairs = _pairs(live, coming, reading.entries)
    _refuse_strangers([each for each in live if each.day > reading.today], pairs, reading)
    changed = {each.key: _changed(each, pairs.get(each.key), reading.today) for each in live}
    found = {id(entry) for entry in pairs.values()}
    news = [each for each in coming if id(each) not in found and not each.cancelled]
    kept = tuple(changed.get(each.key, each) for each in known)
    made = tuple(_new(kept, (e for e in news if e.day in reading.within), reading.at))
    if len(live) + len(made) > MOST_KEPT:
        raise SourceError(f"Kalendern har bytt ut sina möten för ofta; högst {MOST_KEPT} ryms.")
    return (*kept, *made)


def _refuse_strangers(
    coming: Sequence[Meeting], pairs: Mapping[str, Entry], reading: Reading
) -> None:
    """Refuse a calendar that knows none of the meetings to come, although they are several."""
    held = [each for each in coming if not each.fallen]
    if len(held) >= MANY and not reading.other and not any(each.key in pairs for each in held):
        raise SourceError(
            "Kalendern har bara andra möten än de som är kända och ännu inte har varit."
        )


@dataclass(frozen=True, slots=True)
class Difference:
    """How many meetings are new, have moved, have fallen away, and have come back."""

    new: int
    moved: int
    fallen: int
    back: int


def difference(before: Sequence[Meeting], after: Sequence[Meeting]) -> Difference:
    """Return what has become of the meetings known ``before``, and how many are new."""
    known = {each.key: each for each in before}
    pairs = [(known[each.key], each) for each in after if each.key in known]
    return Difference(
        new=len(after) - len(pairs),
        moved=sum(was.day != now.day for was, now in pairs),
        fallen=sum(now.fallen and not was.fallen for was, now in pairs),
        back=sum(was.fallen and not now.fallen for was, now in pairs),
    )


def differ(before: Sequence[Meeting], after: Sequence[Meeting]) -> bool:
    """Whether anything that a plan can tell has changed; how a calendar names it is no such."""
    return [_shown(each) for each in before] != [_shown(each) for each in after]


def _shown(meeting: Meeting) -> Meeting:
    return replace(meeting, identity="", series="")


def _pairs(
    live: Sequence[Meeting], coming: Sequence[Entry], every: Sequence[Entry]
) -> dict[str, Entry]:
    """Each meeting's entry; what is surest is settled first."""
    found: dict[str, Entry] = {}
    taken = set[int]()
    for meeting, entry in _candidates(live, coming, every):
        if meeting.key not in found and id(entry) not in taken:
            found[meeting.key] = entry
            taken.add(id(entry))
    return found


def _candidates(
    live: Sequence[Meeting], coming: Sequence[Entry], every: Sequence[Entry]
) -> Iterator[tuple[Meeting, Entry]]:
    named = {each.identity: each for each in every}
    yield from ((each, named[each.identity]) for each in live if each.identity in named)
    held = [each for each in coming if not each.cancelled]
    yield from ((each, entry) for each in live for entry in held if entry.day == each.day)
    near = [
        (abs(entry.day - meeting.day), entry.day, number, meeting, entry)
        for number, meeting in enumerate(live)
        for entry in held
        if entry.series == meeting.series and abs(entry.day - meeting.day) <= NEAR
    ]
    yield from ((each[3], each[4]) for each in sorted(near, key=lambda each: each[:3]))


def _changed(meeting: Meeting, entry: Entry | None, today: date) -> Meeting:
    """The meeting as the calendar tells of it now, if it still does."""
    if entry is None and meeting.day <= today:
        return meeting
    if entry is None or entry.cancelled:
        return meeting if meeting.fallen else _counted(replace(meeting, fallen=True))
    again = replace(
        meeting, identity=entry.identity, series=entry.series, hours=entry.hours, fallen=False
    )
    moved = replace(again, day=entry.day)
    return _counted(moved) if meeting.fallen or meeting.day != entry.day else moved


def _counted(meeting: Meeting) -> Meeting:
    return replace(meeting, changes=meeting.changes + 1)


def _new(known: Sequence[Meeting], news: Iterator[Entry], at: datetime) -> Iterator[Meeting]:
    keys = {each.key for each in known}
    for each in news:
        key = _free_key(each.identity, keys)
        keys.add(key)
        yield Meeting(key, each.identity, each.series, each.day, each.day, at, each.hours)


def _free_key(identity: str, keys: set[str]) -> str:
    """The identity itself, or with a number where a meeting that has been bears it."""
    number = 2
    key = identity
    while key in keys:
        key, number = f"{identity}-{number}", number + 1
    return key
