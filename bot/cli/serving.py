"""Commands that run the service: serve and demo."""

import logging
import signal
import sys
import tempfile
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from threading import Event

from bot.app.office import Office, open_office, virtual_clock
from bot.app.service import Service
from bot.app.worker import Worker
from bot.cli.colleagues import Colleagues
from bot.cli.server import listen, serve_pages
from bot.domain.errors import SettingsError
from bot.domain.feed import Feed, feed_address
from bot.domain.swedish import day_text, moment_text
from bot.domain.walltime import local_day
from bot.settings import DatabaseSettings, Settings, WebSettings, load_settings
from bot.storage.lock import sole_service
from bot.web.site import make_site

DEMO_PLAN = Path("schedules/gavle-2018-2020.yaml")
DEMO_START = date(2018, 1, 1)


def serve(options: Namespace) -> int:
    """Run the service until it is told to end."""
    settings = _settings(options)
    _log_to_stderr(settings.log_level)
    with sole_service(settings.database.url):
        clock = None
        if options.clock or options.speed != 1.0:
            clock = virtual_clock(settings, options.clock, options.speed)
        office = open_office(settings, options.plan or settings.plans, clock)
        with closing(office.database):
            if not office.agendas:
                raise SettingsError("Databasen har ingen plan. Ange en med --plan FIL.")
            _refuse_a_clock_before_the_plan(office)
            _say_of_clock(office)
            service = Service(office, settings, files=options.plan or settings.plans)
            with hung_up(service.ask):
                _run(service, settings)
    return 0


def worker(options: Namespace) -> int:  # noqa: ARG001 - every command takes its options
    """Deliver, and nothing else, until told to end."""
    settings = load_settings()
    _log_to_stderr(settings.log_level)
    office = open_office(settings)
    with closing(office.database):
        if not office.database.shared:
            raise SettingsError(
                "loftesbot worker delar databas med loftesbot serve, och det kan bara PostgreSQL. "
                "Ange LOFTESBOT_DATABASE__URL=postgresql://…"
            )
        working = Worker(office, settings)
        with ending() as end:
            working.start()
            print("Löftesbot levererar. (Ctrl-C avslutar)", flush=True)
            end.wait()
        working.stop()
    return 0


def demo(options: Namespace) -> int:
    """Play the Gävle plan on a fresh database that is thrown away afterwards."""
    _log_to_stderr("WARNING")
    with tempfile.TemporaryDirectory(prefix="loftesbot-demo-") as folder:
        # Whatever is set on this machine, a demo reads no other plan and posts to no one.
        settings = load_settings(
            database=DatabaseSettings(url=f"sqlite:///{folder}/demo.db"),
            web=WebSettings(port=WebSettings().port if options.port is None else options.port),
            slack=None,
            mail=None,
            plans=(),
        )
        clock = virtual_clock(settings, DEMO_START, options.speed)
        office = open_office(settings, [_demo_plan()], clock)
        with closing(office.database):
            _play(office, settings, alone=options.alone)
    print("Demonstrationen är slut.")
    return 0


def _play(office: Office, settings: Settings, *, alone: bool) -> None:
    note = "Demo: klockan går fort, och det som sägs här glöms när demonstrationen slutar."
    service = Service(office, settings, demo_note=note)
    if not alone:
        helpers = Colleagues(office, service.desk)
        service.scheduler.every("demo", "Kollegor", helpers.answer, seconds=1.0)
    token = office.calendars.create(Feed(next(iter(office.agendas))))
    _run(service, settings, token=token)


def _run(service: Service, settings: Settings, *, token: str = "") -> None:
    """Serve until the end; the port is taken before any job can run."""
    with listen(settings.web.host, settings.web.port) as port:
        base = f"http://{settings.web.host}:{port.getsockname()[1]}"
        service.start()
        try:
            print(f"Löftesbot: {base}/  (Ctrl-C avslutar)", flush=True)
            if token:
                print(f"Kalenderlänk: {feed_address(base, token)}", flush=True)
            serve_pages(make_site(service.site, service.routes), [port], service.closing.set)
        finally:
            service.stop()


def _refuse_a_clock_before_the_plan(office: Office) -> None:
    """A plan owes nothing from before it was adopted, so such a service would only be silent.

    Within the day there is no telling: two services that start at once have a clock each.
    """
    zone = next(iter(office.agendas.values())).plan.zone
    begun = min(at for each in office.timetables.values() for at in each.since.values())
    first_day = local_day(begun, zone)
    if local_day(office.now(), zone) < first_day:
        raise SettingsError(
            f"Planen lästes in {day_text(first_day)}, och klockan kan inte börja före den "
            "dagen. Ange en tom databas."
        )


def _say_of_clock(office: Office) -> None:
    """Tell whoever starts the service that the database lives on a clock of its own."""
    if office.clock.virtual:
        zone = next(iter(office.agendas.values())).plan.zone
        print(
            f"Obs! Databasen lever på en egen klocka, som nu visar "
            f"{moment_text(office.now(), zone)}. Börja om med en tom databas för verklig tid.",
            flush=True,
        )


def _settings(options: Namespace) -> Settings:
    settings = load_settings()
    if options.port is None:
        return settings
    web = settings.web.model_copy(update={"port": options.port})
    return settings.model_copy(update={"web": web})


@contextmanager
def hung_up(then: Callable[[], None]) -> Iterator[None]:
    """Call ``then`` at each SIGHUP, which would end the process otherwise."""
    before = signal.signal(signal.SIGHUP, lambda *_: then())
    try:
        yield
    finally:
        signal.signal(signal.SIGHUP, before)


@contextmanager
def ending() -> Iterator[Event]:
    """Give an event that SIGINT and SIGTERM set, in place of what they do otherwise."""
    end = Event()
    before = {
        each: signal.signal(each, lambda *_: end.set()) for each in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield end
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _demo_plan() -> Path:
    """Find the plan that lies beside the program, wherever the command is run."""
    nearby = Path(__file__).parents[2] / DEMO_PLAN
    if not nearby.is_file():
        raise SettingsError(f"Demon behöver {DEMO_PLAN}; kör den i loftesbots egen mapp.")
    return nearby


def _log_to_stderr(level: str) -> None:
    logging.basicConfig(
        stream=sys.stderr, level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    # It tells at every start what it found, even where there is nothing to do.
    logging.getLogger("alembic").setLevel(logging.WARNING)
