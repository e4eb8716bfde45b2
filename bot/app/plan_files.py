"""Plan files that a running service looks at: a changed one is adopted, a broken one refused."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.app.office import Office
from bot.domain.errors import BotError, PlanFileError, SettingsError
from bot.planfile.reading import parse_plan, read_text
from bot.services.comparing import Comparison, compare
from bot.services.planning import Agenda
from bot.storage.plans import SqlPlans

log = logging.getLogger(__name__)

SHOWN_FAULTS = 3
Stamp = tuple[int, int]


@dataclass(slots=True)
class _Seen:
    """A file as it was looked at last: the plan it holds, and what the disk said of it."""

    plan: str
    text: str
    stamp: Stamp | None = None
    changing: Stamp | None = None


@dataclass(slots=True)
class PlanFiles:
    """Looks at the files that a service was started with.

    A file that has changed is read when it has rested from one look to the next, since it may
    be half written; after ``ask`` it is read at once. A good one becomes the plan's newest
    version, and ``adopted`` is called. A broken one changes nothing, is told in the log, and
    stays in ``refused`` until a good one comes.
    """

    office: Office
    paths: Sequence[Path]
    adopted: Callable[[], None]
    refused: dict[str, str] = field(default_factory=dict)
    _asked: bool = False
    _seen: dict[Path, _Seen] = field(default_factory=dict)

    def begin(self) -> None:
        """Take the files as they are for known: the office has just read them."""
        for path in self.paths:
            text = read_text(path)
            self._seen[path] = _Seen(parse_plan(text, str(path)).id, text, _stamp(path))

    def ask(self) -> None:
        """Let the next look read every file, changed or not."""
        self._asked = True

    def look(self) -> None:
        """Look at every file once."""
        asked, self._asked = self._asked, False
        for path, seen in self._seen.items():
            if self._has_changed(path, seen, asked=asked):
                self._read(path, seen)

    def status(self) -> Mapping[str, str]:
        """Return what was refused, file by file."""
        return dict(self.refused)

    def _has_changed(self, path: Path, seen: _Seen, *, asked: bool) -> bool:
        stamp = _stamp(path)
        rested, seen.changing = stamp == seen.changing, stamp
        if not asked and (stamp == seen.stamp or not rested):
            return False
        seen.stamp = stamp
        return True

    def _read(self, path: Path, seen: _Seen) -> None:
        try:
            text = read_text(path)
            if text == seen.text:
                self.refused.pop(str(path), None)
                return
            self._adopt(path, seen, text)
        except BotError as error:
            self.refused[str(path)] = _in_short(error)
            log.error(  # noqa: TRY400 - told in its own words
                "Planfilen används inte; planen gäller som den var. %s", _in_short(error)
            )

    def _adopt(self, path: Path, seen: _Seen, text: str) -> None:
        plan = parse_plan(text, str(path))
        if plan.id != seen.plan:
            raise SettingsError(
                f"{path}: id är {plan.id}, men filen höll {seen.plan}. Starta om tjänsten för att "
                "byta plan, eller ändra tillbaka id."
            )
        standings = self.office.answers.standings(plan.id)
        newer = Agenda(self.office.filled(plan))
        found = compare(self.office.agendas[plan.id], newer, standings)
        kept = SqlPlans(self.office.database, self.office.key)
        kept.adopt(plan.id, name=path.name, text=text, now=self.office.now())
        seen.text = text
        self.refused.pop(str(path), None)
        log.warning("Ny version av planen %s: %s", plan.id, _sums(found))
        self.adopted()


def _stamp(path: Path) -> Stamp | None:
    """When a file was changed, and how long it is; None while it cannot be looked at."""
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_mtime_ns, found.st_size)


def _in_short(error: BotError) -> str:
    if not isinstance(error, PlanFileError):
        return str(error)
    lines = str(error).split("\n")
    more = f" … och {len(lines) - SHOWN_FAULTS} fel till" if len(lines) > SHOWN_FAULTS else ""
    return " ".join(lines[:SHOWN_FAULTS]) + more


def _sums(found: Comparison) -> str:
    return (
        f"{len(found.added)} tillfällen tillkommer, {len(found.moved)} flyttas, "
        f"{len(found.removed)} tas bort, {len(found.answered)} av dem är besvarade."
    )
