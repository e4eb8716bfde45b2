"""The ledger of answers: append-only, one immutable row for each."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from threading import Lock
from types import MappingProxyType

from sqlalchemy import Connection, bindparam, case, insert, select, update

from bot.domain.answer import Answer, AnswerKind, Standing
from bot.domain.delivery import DeliveryState, Part, Withdrawal
from bot.services.ports import Decision, Recorded
from bot.storage import log
from bot.storage.database import Database
from bot.storage.rows import as_answer
from bot.storage.tables import answers, deliveries

item = deliveries.alias("item")
# Made once, since to make a statement costs more than to run it.
SAID_OF = select(answers).where(answers.c.occurrence == bindparam("named")).order_by(answers.c.id)
SAID_SINCE = (
    select(answers)
    .where(answers.c.plan == bindparam("named"), answers.c.id > bindparam("newest"))
    .order_by(answers.c.id)
)
FROM_SOURCE = select(answers).where(answers.c.source == bindparam("named"))
ADDED = insert(answers).returning(answers)
ABOUT = update(deliveries).where(
    deliveries.c.occurrence == bindparam("named"), deliveries.c.part == Part.MESSAGE
)
# The lists that speak of the occurrence among others.
LISTS = update(deliveries).where(
    deliveries.c.part == Part.LIST,
    deliveries.c.key.in_(
        select(item.c.thread).where(
            item.c.occurrence == bindparam("named"), item.c.part == Part.ITEM
        )
    ),
)
WAITS = deliveries.c.state == DeliveryState.PENDING
ANSWERED = ABOUT.values(
    state=case((WAITS, DeliveryState.WITHDRAWN), else_=deliveries.c.state),
    reason=case((WAITS, Withdrawal.ANSWERED), else_=deliveries.c.reason),
)
FREED = ABOUT.values(
    reason=case(
        (deliveries.c.reason == Withdrawal.ANSWERED, Withdrawal.TAKEN_BACK),
        else_=deliveries.c.reason,
    )
)


@dataclass(frozen=True, slots=True)
class Read:
    """What was read of one plan: everything up to the answer ``newest``."""

    newest: int = 0
    standings: Mapping[str, Standing] = field(default_factory=dict)

    def and_then(self, later: Sequence[Answer]) -> "Read":
        """Return what is known after ``later`` too; of those it may hold some already."""
        said: dict[str, list[Answer]] = defaultdict(list)
        for answer in later:
            if answer.id > self.newest:
                said[answer.occurrence].append(answer)
        if not said:
            return self
        changed = {
            name: Standing((*self.standings.get(name, Standing()).answers, *new))
            for name, new in said.items()
        }
        return Read(later[-1].id, MappingProxyType({**self.standings, **changed}))


@dataclass(frozen=True, slots=True)
class SqlAnswers:
    """Keeps answers; implements ``AnswerLedger``.

    What was read is remembered, so one of these should live as long as the database is open.
    Answers of one plan become visible in the order of their ids, whichever process stores
    them, and none ever changes: only the newer ones have to be read.
    """

    database: Database
    key: bytes = b""
    _read: dict[str, Read] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def standings(self, plan: str) -> Mapping[str, Standing]:
        """Return what has been said of each occurrence of ``plan`` that anything was said of.

        While nothing new is said it is the very same mapping, and of an occurrence of which
        nothing new was said always the very same standing.
        """
        known = self._read.get(plan, Read())
        asked = {"named": plan, "newest": known.newest}
        with self.database.read(single=True) as connection:
            rows = connection.execute(SAID_SINCE, asked).mappings()
            later = [as_answer(row) for row in rows]
        with self._lock:
            # Another thread may have gone further in the meantime.
            self._read[plan] = self._read.get(plan, known).and_then(later)
            return self._read[plan].standings

    def standing(self, occurrence: str) -> Standing:
        """Return what has been said of one occurrence."""
        with self.database.read(single=True) as connection:
            return _standing(connection, occurrence)

    def decide(
        self, occurrence: str, source: str, choose: Callable[[Standing], Decision]
    ) -> Recorded:
        """Let ``choose`` decide in the transaction that stores its answer; return what stands."""
        with self.database.write(alone=_plan_of(occurrence)) as connection:
            if earlier := _from(connection, source):
                return Recorded(earlier, fresh=False)
            decision = choose(_standing(connection, occurrence))
            if decision.repeated:
                return Recorded(decision.repeated, fresh=False)
            if decision.store is None:
                raise ValueError("a decision stores an answer or names the one it repeats")
            stored = _store(connection, decision.store)
            log.add(connection, log.answering(_plan_of(occurrence), stored), key=self.key)
            _tell_messages(connection, stored, ends_reminders=decision.ends_reminders)
            return Recorded(stored, fresh=True)


def _plan_of(occurrence: str) -> str:
    return occurrence.partition("/")[0]


def _standing(connection: Connection, occurrence: str) -> Standing:
    rows = connection.execute(SAID_OF, {"named": occurrence}).mappings()
    return Standing(tuple(as_answer(row) for row in rows))


def _from(connection: Connection, source: str) -> Answer | None:
    if not source:
        return None
    row = connection.execute(FROM_SOURCE, {"named": source}).mappings().first()
    return as_answer(row) if row else None


def _store(connection: Connection, answer: Answer) -> Answer:
    values = {each.name: getattr(answer, each.name) for each in fields(answer)}
    del values["id"]
    values |= {"plan": _plan_of(answer.occurrence), "source": answer.source or None}
    return as_answer(connection.execute(ADDED, values).mappings().one())


def _tell_messages(connection: Connection, answer: Answer, *, ends_reminders: bool) -> None:
    """Let every message about the occurrence show the answer, or go no more where it waits."""
    freed = FREED if answer.kind is AnswerKind.TAKEN_BACK else ABOUT
    told = ANSWERED if ends_reminders else freed
    what = {"named": answer.occurrence, "wanted": answer.id}
    connection.execute(told, what)
    connection.execute(LISTS, what)
