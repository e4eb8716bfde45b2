"""Faults to plant in a copy of the code: each is a change of its text that must fit just once."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Change:
    """In one file of ``bot/`` some text becomes another."""

    path: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Plant:
    """A fault by its name, and the seeds that are played to find it."""

    name: str
    seeds: tuple[int, ...]
    changes: tuple[Change, ...]


def plant(folder: Path, changes: Sequence[Change]) -> None:
    """Make ``changes`` in the copy of the code in ``folder``; each must fit exactly once."""
    for each in changes:
        path = folder / each.path
        text = path.read_text(encoding="utf-8")
        fits = text.count(each.old)
        if fits != 1:
            raise LookupError(f"{each.path} has this {fits} times, not once: {each.old!r}")
        path.write_text(text.replace(each.old, each.new), encoding="utf-8")


def _plant(name: str, seeds: tuple[int, ...], path: str, *texts: str) -> Plant:
    pairs = zip(texts[::2], texts[1::2], strict=True)
    return Plant(name, seeds, tuple(Change(path, old, new) for old, new in pairs))


SERVICE, STORE = "services/delivering.py", "storage/answers.py"
SWALLOW = """\
    try:
        recorded = ledger.decide(answer.occurrence, answer.source, choose)
    except Exception as error:
        if type(error).__name__ != "DatabaseTroubleError":
            raise
        from bot.services.ports import Recorded

        recorded = Recorded(answer, fresh=True)
"""
DECIDE = "    recorded = ledger.decide(answer.occurrence, answer.source, choose)\n"
WINTER = "datetime.combine(day, at, UTC) - datetime(2018, 1, 1, tzinfo=zone).utcoffset()"
GIVE_UP = "if now + rest.delivery > (delivery.attempted or now) + LAST_TRY:"
FENCE = 'deliveries.c.attempt == bindparam("attempt_held"),\n    claimed,\n'
LOGGED = "log.add(connection, log.answering(_plan_of(occurrence), stored), key=self.key)"
ALONE = "found.where(RESTED, deliveries.c.target.not_in(busy))"
LONGEST = "next_turn=case((turns.c.next_turn > UNTIL, turns.c.next_turn), else_=UNTIL),"
LEASE_ENDS = "    select(func.min(_lease)).where(claimed, _lease > NOW, _lease <= UNTIL),\n"

PLANTS = (
    _plant("an answer is accepted although it was not stored", (7,), "services/answering.py",
           DECIDE, SWALLOW),
    _plant("no look at the answers right before a post", (31,), SERVICE,
           "if lost := self._meaningless(delivery, standing, now):", 'if lost := "":'),
    _plant("a short lease, and no look at what is left of it", (5,), SERVICE,
           "LEASE = timedelta(seconds=120)", "LEASE = timedelta(seconds=12)",
           "NEEDED_TO_POST = timedelta(seconds=40)", "NEEDED_TO_POST = timedelta()"),
    _plant("the end of a lease wakes nobody", (9,), "storage/queue.py",
           LEASE_ENDS, ""),
    _plant("what is unclear is sent again without a look", (9,), SERVICE,
           "if not delivery.uncertain or draft.product not in", "if True or draft.product not in"),
    _plant("a look before the product's search can know", (38,), "domain/delivery.py",
           "SEARCH_LAG = timedelta(seconds=5)", "SEARCH_LAG = timedelta()"),
    _plant("messages are not told of an answer", (39,), STORE,
           '"wanted": answer.id}', '"wanted": 0}'),
    _plant("withdrawn without a reason", (31,), SERVICE,
           "self.ledger.withdraw(delivery, lost, now", 'self.ledger.withdraw(delivery, "", now'),
    _plant("winter time all the year", (9,), "domain/walltime.py",
           "datetime.combine(day, at, zone).astimezone(UTC)", WINTER),
    _plant("settled without a fence", (35,), "storage/deliveries.py",
           FENCE, 'bindparam("attempt_held") > 0,\n'),
    _plant("the source of an answer is lost", (39,), STORE,
           '"source": answer.source or None', '"source": None'),
    _plant("three tries and gone", (9,), SERVICE, GIVE_UP, "if delivery.attempt >= 3:"),
    _plant("the log leaves an answer out", (9,), STORE, LOGGED, f"if stored.id % 4: {LOGGED}"),
    _plant("what was done is counted twice", (9,), "services/pacing.py",
           "done = sum(item.count(AnswerKind.DONE) for item in items)\n    if first",
           "done = 2 * sum(item.count(AnswerKind.DONE) for item in items)\n    if first"),
    _plant("the timetable is not worked out anew after an answer", (39,), "services/timetable.py",
           "if known is None or known.standing is not standing:", "if known is None:"),
    _plant("a target that asked for silence is called", (6,), "storage/turns.py",
           LONGEST, "next_turn=turns.c.next_turn,"),
    _plant("a clock that is set back loses reminders", (9,), "services/relevance.py",
           "now=max(now, draft.due)", "now=now"),
    _plant("a clock that is set back makes reminders early", (9,), SERVICE,
           "if early > timedelta() and", "if early > timedelta(days=1) and"),
    _plant("two at once at one target", (24,), "storage/queue.py",
           ALONE, "found.where(RESTED)"),
    _plant("sent again without a mark where nobody can look", (9,), SERVICE,
           "again=isinstance(found, Unsearchable)", "again=False"),
)  # fmt: skip
