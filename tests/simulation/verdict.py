"""The verdict: what must hold when all has been calm for days."""

from bot.domain.message import Message
from tests.simulation.faults import Breach
from tests.simulation.ledger import Row
from tests.simulation.oracle import Story
from tests.simulation.products import Copy, Sort
from tests.simulation.town import Town, answer_of


def verdict(town: Town) -> None:
    """Raise a ``Breach`` where anything is stuck, lost, doubled or out of date."""
    ledger = town.world.ledger
    for row in (*ledger.open.values(), *ledger.stale.values()):
        raise Breach("stuck at the end", f"{row.key}: {row.state}, {row.reason}")
    _answers(town)
    town.chain.verify(town.awake()[0].process.database)
    for row in ledger.rows.values():
        _row(town, row)
        if row.state == "sent" and row.part == "message":
            _shown(town, row)
    town.world.counts["reminders"] = sum(r.part == "message" for r in ledger.rows.values())


def _answers(town: Town) -> None:
    found = [answer_of(row) for row in town.world.disk.look("SELECT * FROM answers ORDER BY id")]
    if found != town.world.known.every:
        raise Breach("the answers are not what they were", f"{len(found)}")
    sources = [each.source for each in found]
    if len(set(sources)) != len(sources):
        raise Breach("one event became two answers", str(sources))


def _row(town: Town, row: Row) -> None:
    """What was sent is there; what was not may be there only where nobody could know."""
    product = town.layout.products[row.target.partition(":")[0]]
    copies = _copies(town, row)
    if row.state == "sent" and row.receipt not in {each.receipt for each in copies}:
        raise Breach("sent, it says, but it never arrived", row.key)
    if row.state != "sent" and product.sort is not Sort.MARKED:
        for copy in copies:
            if not (row.uncertain or copy.late or copy.attempt.disturbed(town.world.now)):
                raise Breach("it arrived, and the ledger says no", f"{row.key}: {row.state}")
    told = row.part != "message" or town.layout.operator in {"", row.target}
    if row.state == "failed" and not told:
        notices = [
            each for each in town.world.ledger.about(row.occurrence) if each.part == "notice"
        ]
        if str(row.id) not in {each.thread for each in notices}:
            raise Breach("nobody was told that it failed", row.key)


def _shown(town: Town, row: Row) -> None:
    """A message shows the newest answer, and nobody can answer a settled one again."""
    works = town.awake()[0]
    agenda = works.process.agendas.get(row.plan)
    said = town.world.known.of(row.occurrence)
    if agenda is None or not works.process.always_in(row.plan, row.occurrence) or not said:
        return
    story = Story(agenda.plan, agenda.by_id[row.occurrence], said)
    for copy in _copies(town, row):
        if copy.receipt != row.receipt or copy.deleted or row.target.startswith(Sort.MARKED):
            continue
        if copy.crossed and (copy.crossed.died or copy.crossed.hurt):
            # Whoever wrote older words over newer ones was killed before it could say so.
            continue
        message = copy.content
        if said[-1].note not in "".join(getattr(message, "history", ())[-1:]):
            raise Breach("a message lacks the newest answer", f"{row.key}: {said[-1].note}")
        if (
            story.end
            and story.planned.kind != "need"
            and (isinstance(message, Message) and message.asks)
        ):
            raise Breach("a settled message still asks", row.key)


def _copies(town: Town, row: Row) -> list[Copy]:
    product = town.layout.products[row.target.partition(":")[0]]
    address = row.target.partition(":")[2]
    return [c for c in product.copies.get(row.key, []) if c.attempt.address == address]
