"""The log in the database: one chain for each plan, which grows and never changes."""

from dataclasses import dataclass, fields

from sqlalchemy import Connection, bindparam, insert, select
from sqlalchemy.engine import RowMapping

from bot.domain.answer import Answer
from bot.domain.log import BEGINNING, Entry, EntryKind, Logged, breaks, digest, link
from bot.storage.database import Database
from bot.storage.rows import as_answer
from bot.storage.tables import answers, log, plans

Kept = dict[tuple[EntryKind, int], str]
# Made once, since to make a statement costs more than to run it.
LAST = (
    select(log.c.number, log.c.link)
    .where(log.c.plan == bindparam("named"))
    .order_by(log.c.number.desc())
    .limit(1)
)
ADDED = insert(log)

NAMES = {EntryKind.ADOPTED: "planens version", EntryKind.ANSWERED: "svar"}


@dataclass(frozen=True, slots=True)
class SqlLog:
    """Reads and verifies the log; ``key`` is the one that it was written with."""

    database: Database
    key: bytes = b""

    def entries(self, plan: str) -> list[Logged]:
        """Return what happened to ``plan``, the oldest first."""
        with self.database.read() as connection:
            return _entries(connection, plan)

    def seal(self, plan: str) -> str:
        """Return the newest link, nothing while there is none.

        Written down elsewhere it shows if anything is cut off later.
        """
        with self.database.read() as connection:
            number, newest = _last(connection, plan)
        return newest if number else ""

    def breaks(self, plan: str, *, head: str = "") -> list[str]:
        """Return where the chain does not hold, or what is kept is not what it binds."""
        with self.database.read() as connection:
            logged, kept = _entries(connection, plan), _kept(connection, plan)
        found = breaks(logged, key=self.key, head=head)
        for each in logged:
            what = (each.entry.kind, each.entry.subject)
            if kept.pop(what, None) != each.entry.digest:
                found.append(f"{NAMES[what[0]]} {what[1]} är ändrad eller borttagen")
        return found + [f"{NAMES[kind]} {number} finns inte i loggen" for kind, number in kept]


def add(connection: Connection, entry: Entry, *, key: bytes) -> None:
    """Bind ``entry`` to the newest of its plan; the caller is alone under the plan's name."""
    last, previous = _last(connection, entry.plan)
    values = {each.name: getattr(entry, each.name) for each in fields(Entry)}
    made = link(last + 1, entry, previous=previous, key=key)
    connection.execute(ADDED, values | {"number": last + 1, "link": made})


def adoption(row: RowMapping) -> Entry:
    """Return the entry of a plan's version that is kept as ``row``."""
    told = {column.name: row[column.name] for column in plans.columns}
    return Entry(row["id"], EntryKind.ADOPTED, row["adopted"], row["version"], digest(told))


def answering(plan: str, answer: Answer) -> Entry:
    """Return the entry of an answer that is stored."""
    told = {each.name: getattr(answer, each.name) for each in fields(answer)}
    return Entry(plan, EntryKind.ANSWERED, answer.at, answer.id, digest(told))


def _last(connection: Connection, plan: str) -> tuple[int, str]:
    row = connection.execute(LAST, {"named": plan}).first()
    return (row.number, row.link) if row else (0, BEGINNING)


def _entries(connection: Connection, plan: str) -> list[Logged]:
    chosen = select(log).where(log.c.plan == plan).order_by(log.c.number)
    return [_logged(row) for row in connection.execute(chosen).mappings()]


def _logged(row: RowMapping) -> Logged:
    kind = EntryKind(row["kind"])
    entry = Entry(row["plan"], kind, row["at"], row["subject"], row["digest"])
    return Logged(row["number"], entry, row["link"])


def _kept(connection: Connection, plan: str) -> Kept:
    """What the log ought to bind, as it is now."""
    versions = connection.execute(select(plans).where(plans.c.id == plan)).mappings()
    said = connection.execute(select(answers).where(answers.c.plan == plan)).mappings()
    entries = [adoption(row) for row in versions]
    entries += [answering(plan, as_answer(row)) for row in said]
    return {(each.kind, each.subject): each.digest for each in entries}
