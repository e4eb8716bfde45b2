"""The ledger of answers: append-only, one immutable row for each."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.engine import RowMapping

from bot.domain.answer import Answer, AnswerKind, Form, Standing
from bot.domain.delivery import DeliveryState, Part
from bot.services.ports import Decision, Recorded
from bot.storage.database import Database
from bot.storage.tables import answers, deliveries


@dataclass(frozen=True, slots=True)
class SqlAnswers:
    """Keeps answers; implements ``AnswerLedger``."""

    database: Database

    def standings(self, plan: str) -> Mapping[str, Standing]:
        """Return what has been said of each occurrence of ``plan`` that anything was said of."""
        with self.database.read() as connection:
            rows = connection.execute(
                select(answers).where(answers.c.plan == plan).order_by(answers.c.id)
            )
            said: dict[str, list[Answer]] = defaultdict(list)
            for row in rows.mappings():
                said[row["occurrence"]].append(_answer(row))
        return {occurrence: Standing(tuple(each)) for occurrence, each in said.items()}

    def standing(self, occurrence: str) -> Standing:
        """Return what has been said of one occurrence."""
        with self.database.read() as connection:
            return _standing(connection, occurrence)

    def decide(
        self, occurrence: str, source: str, choose: Callable[[Standing], Decision]
    ) -> Recorded:
        """Let ``choose`` decide in the transaction that stores its answer; return what stands."""
        with self.database.write() as connection:
            if earlier := _from(connection, source):
                return Recorded(earlier, fresh=False)
            decision = choose(_standing(connection, occurrence))
            if decision.repeated:
                return Recorded(decision.repeated, fresh=False)
            if decision.store is None:
                raise ValueError("a decision stores an answer or names the one it repeats")
            stored = _store(connection, decision.store)
            if decision.ends_reminders:
                _withdraw_pending(connection, stored)
            return Recorded(stored, fresh=True)


def _standing(connection: Connection, occurrence: str) -> Standing:
    chosen = select(answers).where(answers.c.occurrence == occurrence).order_by(answers.c.id)
    return Standing(tuple(_answer(row) for row in connection.execute(chosen).mappings()))


def _from(connection: Connection, source: str) -> Answer | None:
    if not source:
        return None
    row = connection.execute(select(answers).where(answers.c.source == source)).mappings().first()
    return _answer(row) if row else None


def _store(connection: Connection, answer: Answer) -> Answer:
    values = {each.name: getattr(answer, each.name) for each in fields(answer)}
    del values["id"]
    values |= {"plan": answer.occurrence.partition("/")[0], "source": answer.source or None}
    result = connection.execute(insert(answers).values(values).returning(answers))
    return _answer(result.mappings().one())


def _withdraw_pending(connection: Connection, answer: Answer) -> None:
    connection.execute(
        update(deliveries)
        .where(
            deliveries.c.occurrence == answer.occurrence,
            deliveries.c.state == DeliveryState.PENDING,
            deliveries.c.part == Part.MESSAGE,
        )
        .values(state=DeliveryState.WITHDRAWN, reason="besvarad")
    )


def _answer(row: RowMapping) -> Answer:
    values: dict[str, Any] = {each.name: row[each.name] for each in fields(Answer)}
    form = Form(row["form"]) if row["form"] else None
    values |= {"kind": AnswerKind(row["kind"]), "form": form, "source": row["source"] or ""}
    return Answer(**values)
