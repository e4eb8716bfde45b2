"""The count afterwards: what the ledger says was sent, against what Slack, or the room, has."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from sqlalchemy import select

from bot.app.office import Office
from bot.chat.slack.transport import file_mark
from bot.domain.delivery import DeliveryState, Part
from bot.domain.reminder import Reminder
from bot.services.planning import NOTHING_SAID
from bot.services.reminding import newest_due, scheduled
from bot.storage.rows import as_answer
from bot.storage.tables import answers, deliveries, nodes, room_messages, stale
from tests.chaos.answers import Heard, Kept
from tests.chaos.people import key_of
from tests.standins.slack.workspace import Workspace

Row = Mapping[str, Any]
OPEN = (DeliveryState.PENDING, DeliveryState.CLAIMED, DeliveryState.UNCERTAIN)


@dataclass
class Tally:
    """One line of the table; from ``lost`` on everything must be nothing.

    ``found`` is how much of what was sent was never recorded by whoever sent it, and was found
    by a look-up; ``cut`` is how much of that was sent by somebody who was killed at it.
    """

    sent: int = 0
    withdrawn: int = 0
    there: int = 0
    found: int = 0
    cut: int = 0
    lost: int = 0
    doubled: int = 0
    stray: int = 0
    open: int = 0
    failed: int = 0

    @property
    def in_order(self) -> bool:
        """Whether nothing is lost, doubled, or not yet at its end."""
        return not (self.lost or self.doubled or self.stray or self.open or self.failed)


@dataclass
class Verdict:
    """The whole count, and whatever else is wrong."""

    tallies: dict[str, Tally]
    answers: dict[str, int]
    faults: list[str] = field(default_factory=list)

    @property
    def lost(self) -> int:
        """What is lost: messages and answers."""
        return sum(each.lost for each in self.tallies.values()) + self.answers["lost"]

    @property
    def doubled(self) -> int:
        """What is there twice: messages and answers."""
        return sum(each.doubled for each in self.tallies.values()) + self.answers["doubled"]

    @property
    def cut(self) -> int:
        """How much was sent by somebody who was killed at it, and found by somebody else."""
        return sum(each.cut for each in self.tallies.values())

    @property
    def in_order(self) -> bool:
        """Whether everything is as it was promised."""
        tallies = all(each.in_order for each in self.tallies.values())
        wrong = any(self.answers[name] for name in ("lost", "doubled", "stray", "unshown"))
        return tallies and not (wrong or self.faults)

    def table(self) -> str:
        """Return the count as text."""
        names = [each.name for each in fields(Tally)]
        lines = [f"{'':10}" + "".join(f"{each:>10}" for each in names)]
        for name, tally in self.tallies.items():
            numbers = "".join(f"{getattr(tally, each):>10}" for each in names)
            lines.append(f"{name:10}{numbers}")
        lines.append("answers: " + ", ".join(f"{name} {n}" for name, n in self.answers.items()))
        lines += [f"FAULT {each}" for each in self.faults]
        word = "in order" if self.in_order else "NOT in order"
        lines.append(f"lost {self.lost}, doubled {self.doubled}: {word}")
        return "\n".join(lines)


@dataclass(frozen=True)
class Counted:
    """What there is to count: the ledger's rows, Slack, and what is owed where."""

    office: Office
    workspace: Workspace
    targets: Sequence[str]

    def verdict(self, heard: Sequence[Heard], faults: Sequence[str], killed: int) -> Verdict:
        """Count everything; ``heard`` is what people were told of the answers they gave.

        Of all nodes only those that were ``killed`` may not have said good-bye.
        """
        rows = self._rows()
        missing = self._missing(rows)
        tallies = {
            "messages": _tally(_of(rows, "slack", Part.MESSAGE), self._messages()),
            "files": _tally(_of(rows, "slack", Part.CALENDAR), self._files(rows)),
            "room": _tally(_of(rows, "room", Part.MESSAGE), self._room()),
        }
        tallies["messages"].lost += sum(
            each.partition("@")[2].startswith("slack") for each in missing
        )
        tallies["files"].lost += _without_file(rows)
        tallies["room"].lost += sum(each.partition("@")[2].startswith("room") for each in missing)
        left = self._nodes()
        nodes_left = [f"{left} nodes have not left, {killed} were killed"] if left > killed else []
        silent = [f"{r['key']}: withdrawn without a reason" for r in rows if _unexplained(r)]
        kept = self._kept(heard)
        lost = [f"{each} was due and never written" for each in missing[:5]]
        lost += [f"lost: {each}" for each in kept.lost()]
        found = kept.told() | {
            "kept": len(kept.rows),
            "lost": len(kept.lost()),
            "doubled": len(kept.doubled()),
            "stray": len(kept.stray()),
            "unshown": self._unshown(rows),
        }
        return Verdict(tallies, found, [*faults, *nodes_left, *silent, *lost])

    def open(self) -> int:
        """How many deliveries are on their way, and messages lack an answer."""
        with self.office.database.read() as connection:
            waiting = select(deliveries.c.id).where(deliveries.c.state.in_(OPEN))
            lacking = select(deliveries.c.id).where(stale)
            return len(connection.execute(waiting.union(lacking)).all())

    def _rows(self) -> list[Row]:
        with self.office.database.read() as connection:
            return [dict(each) for each in connection.execute(select(deliveries)).mappings()]

    def _nodes(self) -> int:
        with self.office.database.read() as connection:
            return len(connection.execute(select(nodes.c.name)).all())

    def _messages(self) -> Counter[str]:
        posted = [self.workspace.posted(each) for each in list(self.workspace.messages)]
        return Counter(key for each in posted for message in each if (key := key_of(message)))

    def _files(self, rows: Sequence[Row]) -> Counter[str]:
        marks = {file_mark(r["key"]): r["key"] for r in rows if r["part"] == Part.CALENDAR}
        names = [
            file["name"]
            for each in list(self.workspace.messages)
            for message in self.workspace.posted(each)
            for file in message.get("files") or []
        ]
        return Counter(next((k for m, k in marks.items() if m in name), name) for name in names)

    def _room(self) -> Counter[str]:
        with self.office.database.read() as connection:
            return Counter(connection.execute(select(room_messages.c.key)).scalars())

    def _missing(self, rows: Sequence[Row]) -> list[str]:
        """What was due and is not in the ledger, though nobody had answered before."""
        written = {row["key"] for row in rows}
        wanted = (each.key(target) for each in self._due() for target in self.targets)
        return [key for key in wanted if key not in written]

    def _due(self) -> Iterator[Reminder]:
        now = self.office.now()
        for plan, agenda in self.office.agendas.items():
            standings = self.office.answers.standings(plan)
            for name in agenda.by_id:
                if standings.get(name, NOTHING_SAID).outcome is None:
                    step = newest_due(scheduled(agenda, name, standings), now=now)
                    if step and step.at >= self.office.timetables[plan].since[name]:
                        yield step

    def _kept(self, heard: Sequence[Heard]) -> Kept:
        with self.office.database.read() as connection:
            rows = connection.execute(select(answers).order_by(answers.c.id)).mappings()
            return Kept(heard, [as_answer(row) for row in rows])

    def _unshown(self, rows: Sequence[Row]) -> int:
        """How many messages in Slack do not show the newest answer about their occurrence."""
        with self.office.database.read() as connection:
            who = {row.id: row.by for row in connection.execute(select(answers))}
        shown = {
            key: str(message.get("blocks"))
            for each in list(self.workspace.messages)
            for message in self.workspace.posted(each)
            if (key := key_of(message))
        }
        wanted = [
            (r["key"], who[r["wanted"]])
            for r in _of(rows, "slack", Part.MESSAGE)
            if r["state"] == DeliveryState.SENT and r["wanted"]
        ]
        return sum(by not in shown.get(key, "") for key, by in wanted)


def _of(rows: Sequence[Row], product: str, part: Part) -> list[Row]:
    return [r for r in rows if r["part"] == part and r["target"].startswith(f"{product}:")]


def _tally(rows: Sequence[Row], there: Counter[str]) -> Tally:
    state = {row["key"]: row["state"] for row in rows}
    counts = Counter(state.values())
    sent = [key for key, each in state.items() if each == DeliveryState.SENT]
    found = [row for row in rows if row["state"] == DeliveryState.SENT and not row["posted"]]
    return Tally(
        sent=len(sent),
        withdrawn=counts[DeliveryState.WITHDRAWN],
        there=sum(there.values()),
        found=len(found),
        cut=sum(not row["reason"] for row in found),
        lost=sum(there[key] == 0 for key in sent),
        doubled=sum(n - 1 for n in there.values()),
        stray=sum(state.get(key) != DeliveryState.SENT for key in there),
        open=sum(counts[each] for each in OPEN),
        failed=counts[DeliveryState.FAILED],
    )


def _without_file(rows: Sequence[Row]) -> int:
    """How many messages were sent to Slack whose calendar file nobody ever meant to send."""
    keys = {row["key"] for row in rows}
    sent = (r for r in _of(rows, "slack", Part.MESSAGE) if r["state"] == DeliveryState.SENT)
    return sum(f"{row['key']}/{Part.CALENDAR}" not in keys for row in sent)


def _unexplained(row: Row) -> bool:
    return bool(row["state"] == DeliveryState.WITHDRAWN and not row["reason"])
