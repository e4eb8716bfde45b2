"""SQLite on a small disk that is filled, freed, and fails, under a service that runs."""

import json
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from functools import partial
from http.client import HTTPException
from pathlib import Path
from random import Random
from threading import Event
from time import monotonic
from urllib.parse import urlencode

from bot.app.office import Office, open_office
from bot.settings import DatabaseSettings, Settings
from bot.storage.trouble import DISK, FULL
from tests.chaos.options import Options
from tests.chaos.people import People, ask, key_of
from tests.chaos.scene import Scene, leave, setting
from tests.chaos.verdict import Verdict
from tests.disks import FailingDisk, NoDiskError, SmallDisk, failing_disk, small_disk
from tests.standins.slack.faults import slow

# Longer than a minute, so that reminders fall due meanwhile.
FULL_SECONDS = 62.0
TOLD_WITHIN_SECONDS = 30.0
# Reminders fall due each minute, and some seconds are enough to post them.
POSTED_WITHIN_SECONDS = 90.0
HELD_BACK_SECONDS = 4.0
LOOK_SECONDS = 0.25
PER_MINUTE = 4


@dataclass
class Trouble:
    """One trouble of the disk under a service: what it must say, and what of that was wrong."""

    scene: Scene
    office: Office
    words: str
    faults: list[str] = field(default_factory=list)

    def told(self) -> None:
        """Wait until ``/health`` says what is wrong, in these words and no others."""
        said = self._until(lambda: self._health()[0] == 503)
        troubles = self._health()[1].get("troubles")
        if not said or troubles != [self.words]:
            self.faults.append(f"/health said {troubles} of: {self.words}")

    def refused(self) -> None:
        """Try to answer; a person must be told what is wrong, and nothing may be noted."""
        *_, later, _follow_up = next(iter(self.office.agendas.values())).by_id
        fields = {
            "occurrence": later,
            "kind": "acknowledged",
            "by": "ingen",
            "nonce": "an-answer-that-is-refused",
        }
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Sec-Fetch-Site": "same-origin",
            "X-Requested-With": "fetch",
        }
        first = self.scene.fleet.members[0]
        status, body = ask(
            first.address, "/answers", method="POST", body=urlencode(fields), headers=headers
        )
        told = json.loads(body)
        if status == 200 or told["ok"] or told["text"] != self.words:
            self.faults.append(f"an answer got {status} {told} while: {self.words}")

    def over(self) -> None:
        """Wait until ``/health`` says that all is well again."""
        if not self._until(lambda: self._health()[0] == 200):
            self.faults.append(f"/health did not recover: {self._health()}")

    def posting(self) -> None:
        """Wait until a message is at Slack that nobody has recorded yet."""
        slack, channel = self.scene.weather, self.scene.channels[0]
        before = len(slack.posted(channel))
        # One that comes too fast is not taken, and its turn to be slow is over.
        slack.fail_next("chat.postMessage", *[slow(HELD_BACK_SECONDS)] * 3)

        def taken() -> bool:
            newer = slack.posted(channel)[before:]
            return any(key_of(each) for each in newer)

        if not self._until(taken, POSTED_WITHIN_SECONDS):
            self.faults.append("nothing was posted any more")

    def verdict(self, people: Sequence[People]) -> Verdict:
        """Wait until all is calm, and count; what was never recorded must have been found."""
        ended = self.scene.calm(self.office, partial(leave, self.office), leave)
        verdict = self.scene.verdict(self.office, people, [*self.faults, *ended], 0)
        if not verdict.cut:
            verdict.faults.append("nothing was posted and not recorded, as it was meant to be")
        return verdict

    def _health(self) -> tuple[int, dict[str, object]]:
        try:
            status, body = ask(self.scene.fleet.members[0].address, "/health")
        except (OSError, HTTPException, ValueError):
            return 0, {}
        return status, json.loads(body)

    def _until(self, true: Callable[[], bool], seconds: float = TOLD_WITHIN_SECONDS) -> bool:
        limit = monotonic() + seconds
        while monotonic() < limit:
            if true():
                return True
            Event().wait(LOOK_SECONDS)
        return False


def full_disk(options: Options, folder: Path) -> Verdict:
    """Fill the disk under a service while it posts and people answer, and free it again."""
    with ExitStack() as stack:
        disk = stack.enter_context(small_disk(folder / "small"))
        scene, office = _opened(stack, options, folder, disk.folder)
        trouble = Trouble(scene, office, FULL)
        people = scene.people()
        with ExitStack() as crowd:
            for each in people:
                crowd.enter_context(each)
            _messages(scene, PER_MINUTE)
            trouble.posting()
            _be_full(disk, trouble)
            _kill_while_full(scene, disk, trouble)
            _messages(scene, PER_MINUTE)
        return trouble.verdict(people)


def failed_disk(options: Options, folder: Path) -> Verdict:
    """Let the disk turn read-only under a service, end it, mend the disk and begin anew."""
    with ExitStack() as stack:
        disk = stack.enter_context(failing_disk(folder / "failing"))
        scene, office = _opened(stack, options, folder, disk.folder)
        trouble = Trouble(scene, office, DISK)
        people = scene.people()
        with ExitStack() as crowd:
            for each in people:
                crowd.enter_context(each)
            _messages(scene, PER_MINUTE)
            trouble.posting()
            disk.fail()
            trouble.told()
            trouble.refused()
        office.database.close()
        _mend(scene, disk, trouble)
        return trouble.verdict(people)


PHASES = {
    "SQLite on a disk that is full for a while": full_disk,
    "SQLite on a disk that fails, and is mended": failed_disk,
}


def disk_phases(
    options: Options, folder: Path, tell: Callable[[str], None]
) -> list[Verdict | None]:
    """Run each phase and ``tell`` how it went; None for one that this machine does not allow."""
    found: list[Verdict | None] = []
    for number, (name, phase) in enumerate(PHASES.items()):
        tell(f"\ndisk: {name}")
        began, place = monotonic(), folder / f"disk-{number}"
        place.mkdir(parents=True, exist_ok=True)
        try:
            verdict = phase(options, place)
        except NoDiskError as error:
            tell(f"LEFT OUT: {error}")
            found.append(None)
            continue
        tell(f"{monotonic() - began:.0f} s\n{verdict.table()}")
        found.append(verdict)
    return found


def _opened(stack: ExitStack, options: Options, folder: Path, disk: Path) -> tuple[Scene, Office]:
    """Start one service on a database on the disk; return it, and an office that only looks."""
    alone = replace(
        options, carrier="inline", serves=1, workers=0, channels=1, per_minute=PER_MINUTE
    )
    url = f"sqlite:///{disk}/loftesbot.db"
    scene = stack.enter_context(setting(alone, folder, url, Random(options.seed)))
    scene.launch(url)
    office = open_office(Settings(database=DatabaseSettings(url=url)))
    stack.enter_context(closing(office.database))
    return scene, office


def _be_full(disk: SmallDisk, trouble: Trouble) -> None:
    disk.fill()
    trouble.told()
    trouble.refused()
    Event().wait(FULL_SECONDS)
    disk.fill()
    trouble.refused()
    disk.free()
    trouble.over()


def _kill_while_full(scene: Scene, disk: SmallDisk, trouble: Trouble) -> None:
    """Kill it as it posts on a full disk; whoever comes after finds the disk full, then free."""
    first = scene.fleet.members[0]
    trouble.posting()
    disk.fill()
    scene.fleet.kill_one(first)
    Event().wait(HELD_BACK_SECONDS)
    disk.free()
    scene.until_ready(first)


def _mend(scene: Scene, disk: FailingDisk, trouble: Trouble) -> None:
    first = scene.fleet.members[0]
    trouble.faults += scene.fleet.retire(first)
    disk.mend()
    scene.fleet.launch(first)
    scene.until_ready(first)


def _messages(scene: Scene, number: int) -> None:
    """Wait until so many messages more are in Slack."""
    posted, limit = scene.weather.posted, monotonic() + scene.options.ready_limit_seconds
    before = len(posted(scene.channels[0]))
    while len(posted(scene.channels[0])) < before + number:
        if monotonic() > limit:
            raise RuntimeError("nothing arrives any more")
        Event().wait(LOOK_SECONDS)
