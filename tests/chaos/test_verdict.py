"""The verdict on a storm: it can fail, whatever is lost, doubled, left open or never written."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot.app.office import Office, open_office, virtual_clock
from bot.chat.slack.transport import file_mark
from bot.domain.answer import Answer, AnswerKind
from bot.domain.delivery import Delivery, DeliveryState, Draft, Part, Rest, Sent
from bot.services.ports import Claim
from bot.settings import DatabaseSettings, Settings
from bot.storage.plans import SqlClock
from bot.storage.tables import answers, deliveries
from tests.chaos.answers import Heard, Reply, Said
from tests.chaos.plan import DAY, PLAN, plan_text
from tests.chaos.verdict import Counted, Verdict
from tests.standins.slack.workspace import Payload, Workspace
from tests.storage.ledger import enlist_nowhere

CHANNEL = "C1"
TARGET = f"slack:{CHANNEL}"
FIRST, SECOND = (f"{PLAN}/vakt-0101-{number}/{DAY}" for number in (1, 2))
NOW = datetime.combine(DAY, time(0, 2), UTC)
LEASE = timedelta(minutes=2)
NO_REST = Rest(timedelta(), timedelta())


@dataclass
class Scene:
    """One channel in which two reminders were sent, each with its file; nothing is wrong."""

    office: Office
    workspace: Workspace = field(default_factory=Workspace)
    heard: list[Heard] = field(default_factory=list)

    def lay_out(self) -> None:
        self.send(*(self.draft(each) for each in (FIRST, SECOND)))
        for each in (FIRST, SECOND):
            file = f"{self.key(each)}/{Part.CALENDAR}"
            self.send(replace(self.draft(each), key=file, part=Part.CALENDAR))
            self.show(each)
            self.add({"files": [{"name": f"vakt-{file_mark(file)}.ics"}]})

    def draft(self, occurrence: str) -> Draft:
        return Draft(self.key(occurrence), PLAN, occurrence, "day", TARGET, NOW)

    def key(self, occurrence: str) -> str:
        return f"{occurrence}#day@{TARGET}"

    def send(self, *drafts: Draft) -> None:
        """Write, claim and record."""
        ledger = self.office.deliveries
        ledger.write(drafts, written=NOW, now=NOW)
        for _ in drafts:
            for each in ledger.claim(Claim(NOW, LEASE, {}, 9, "n1"), enlist_nowhere):
                ledger.settle(self._posted(each), Sent("1.1"), now=NOW, rest=NO_REST, then=[])

    def show(self, occurrence: str, text: str = "") -> None:
        """Let the message stand in Slack."""
        metadata = {"event_payload": {"key": self.key(occurrence)}}
        self.add({"metadata": metadata, "blocks": [text]})

    def add(self, message: Payload) -> None:
        self.workspace.add(CHANNEL, {"ts": self.workspace.stamp(), **message})

    def answer(self, by: str, kind: AnswerKind = AnswerKind.ACKNOWLEDGED) -> None:
        """Say it at the desk, hear that it is noted, and let the message show it."""
        self.office.desk(lambda _: None).give(Answer(FIRST, kind, by, NOW))
        self.hear(by, kind)
        self.workspace.messages[CHANNEL][0]["blocks"].append(by)

    def hear(self, by: str, kind: AnswerKind = AnswerKind.ACKNOWLEDGED) -> None:
        """Be told that it is noted."""
        self.heard.append(Heard(Said(by, FIRST, kind), Reply.NOTED, 1.0))

    def change(self, **values: object) -> None:
        """Change the first message's row behind everybody's back."""
        chosen = update(deliveries).where(deliveries.c.key == self.key(FIRST))
        with self.office.database.write() as connection:
            connection.execute(chosen.values(**values))

    def verdict(self, targets: Sequence[str] = (TARGET,)) -> Verdict:
        return Counted(self.office, self.workspace, targets).verdict(self.heard, [], 0)

    def _posted(self, delivery: Delivery) -> Delivery:
        return replace(delivery, posted=NOW)


@pytest.fixture
def scene(sqlite_url: str, tmp_path: Path) -> Iterator[Scene]:
    plan = tmp_path / "kaos.yaml"
    plan.write_text(plan_text(1, 2), encoding="utf-8")
    settings = Settings(database=DatabaseSettings(url=sqlite_url))
    early = open_office(settings, [plan], virtual_clock(settings, DAY, 1.0))
    with closing(early.database):
        SqlClock(early.database).note(NOW)
    office = open_office(settings)
    with closing(office.database):
        made = Scene(office)
        made.lay_out()
        yield made


def test_where_everything_arrived_once_it_is_in_order(scene: Scene) -> None:
    scene.answer("anna1")
    verdict = scene.verdict()
    assert verdict.in_order, verdict.table()
    assert (verdict.tallies["messages"].there, verdict.tallies["files"].there) == (2, 2)


def _lose_message(scene: Scene) -> None:
    del scene.workspace.messages[CHANNEL][0]


def _lose_file(scene: Scene) -> None:
    del scene.workspace.messages[CHANNEL][1]


def _lose_answer(scene: Scene) -> None:
    scene.hear("anna1")


@pytest.mark.parametrize("lose", [_lose_message, _lose_file, _lose_answer])
def test_what_is_not_there_is_lost(scene: Scene, lose: Callable[[Scene], None]) -> None:
    lose(scene)
    verdict = scene.verdict()
    assert (verdict.lost, verdict.doubled, verdict.in_order) == (1, 0, False)
    assert "lost 1, doubled 0: NOT in order" in verdict.table()


def _double_message(scene: Scene) -> None:
    scene.show(FIRST)


def _double_file(scene: Scene) -> None:
    scene.add(dict(scene.workspace.messages[CHANNEL][1]))


def _double_answer(scene: Scene) -> None:
    scene.answer("anna1", AnswerKind.DONE)
    with scene.office.database.write() as connection:
        row = dict(connection.execute(select(answers)).mappings().one())
        connection.execute(answers.insert().values(row | {"id": 77, "source": None}))


@pytest.mark.parametrize("double", [_double_message, _double_file, _double_answer])
def test_what_is_there_twice_is_doubled(scene: Scene, double: Callable[[Scene], None]) -> None:
    double(scene)
    verdict = scene.verdict()
    assert (verdict.lost, verdict.doubled, verdict.in_order) == (0, 1, False)
    assert "lost 0, doubled 1: NOT in order" in verdict.table()


def test_what_is_on_its_way_for_ever_is_not_in_order(scene: Scene) -> None:
    scene.change(state=DeliveryState.UNCERTAIN)
    assert (scene.verdict().tallies["messages"].open, scene.verdict().in_order) == (1, False)


def test_what_nobody_sent_and_is_there_is_not_in_order(scene: Scene) -> None:
    scene.change(state=DeliveryState.WITHDRAWN, reason="besvarad")
    assert (scene.verdict().tallies["messages"].stray, scene.verdict().in_order) == (1, False)


def test_a_message_that_does_not_show_its_answer_is_not_in_order(scene: Scene) -> None:
    scene.answer("anna1")
    scene.workspace.messages[CHANNEL][0]["blocks"].clear()
    assert (scene.verdict().answers["unshown"], scene.verdict().in_order) == (1, False)


def test_what_fell_due_and_was_never_written_is_lost(scene: Scene) -> None:
    verdict = scene.verdict([TARGET, "slack:C2"])
    assert (verdict.lost, verdict.in_order) == (2, False)
    assert f"FAULT {FIRST}#day@slack:C2 was due and never written" in verdict.table()


def test_what_was_found_by_a_look_up_is_counted(scene: Scene) -> None:
    scene.change(posted=None)
    tally = scene.verdict().tallies["messages"]
    assert (tally.found, tally.cut) == (1, 1)
    scene.change(reason="uppkopplingen bröts")
    tally = scene.verdict().tallies["messages"]
    assert (tally.found, tally.cut) == (1, 0)
