"""A plan that follows the calendar of others, and services that read it."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from bot.app.office import Office, open_office, virtual_clock
from bot.app.service import Service
from bot.services.planning import NOTHING_SAID
from bot.settings import DatabaseSettings, FeedsSettings, Settings
from tests.planfile.plan_texts import CADENCE, plan_text
from tests.sources.calendars import meetings
from tests.standins.source import HOST, SourceStandIn

PLAN = "prov-2018-2020"
FOLLOWING = "cadence: {type: relative, to: radet, before: {days: 7}}"
BEFORE, MOVED = meetings("20180213", "20180515"), meetings("20180220", "20180515")


def following(source: SourceStandIn, *changes: tuple[str, str]) -> str:
    """Return the text of a plan in which a call precedes each meeting of ``source``."""
    named = f'{{id: radet, title: Möte i BRÅ, calendar: "{source.url()}", summary: brå}}'
    return plan_text((CADENCE, FOLLOWING), ("targets:", f"events: [{named}]\ntargets:"), *changes)


def settings_for(url: str) -> Settings:
    """Return settings with which a source on loopback may be asked."""
    return Settings(database=DatabaseSettings(url=url), feeds=FeedsSettings(allowed_hosts=(HOST,)))


def calls(office: Office) -> dict[str, date]:
    """Return the calls of the plan, each with the day on which it is due."""
    agenda = office.agendas[PLAN]
    found = agenda.by_commitment["lagesbild"]
    standings = office.answers.standings(PLAN)
    return {
        each.id: agenda.find(each.id, standings.get(each.id, NOTHING_SAID)).due for each in found
    }


def read_again(service: Service) -> None:
    """Let a service read every calendar now."""
    service.calendars.ask()
    service.calendars.look()


@dataclass(slots=True)
class Followers:
    """Services on one database that read one source when told to, by a clock set by hand."""

    url: str
    path: Path
    source: SourceStandIn
    seconds: float = 0.0
    day: date = field(default=date(2018, 1, 8))

    def write(self, *changes: tuple[str, str]) -> None:
        """Write the plan, with ``changes``."""
        self.path.write_text(following(self.source, *changes), encoding="utf-8")

    @contextmanager
    def service(self) -> Iterator[Service]:
        """Return a service that does nothing by itself."""
        settings = settings_for(self.url)
        clock = virtual_clock(settings, self.day, 1.0)
        service = Service(open_office(settings, [self.path], clock), settings, files=[self.path])
        service.files.begin()
        service.calendars.elapsed = service.troubles.elapsed = lambda: self.seconds
        with closing(service.office.database):
            yield service

    def adopt(self, service: Service, *changes: tuple[str, str]) -> None:
        """Write the plan, with ``changes``, and let ``service`` take it in."""
        self.write(*changes)
        service.files.ask()
        service.files.look()
