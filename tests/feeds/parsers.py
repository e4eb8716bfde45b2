"""Other people's parsers, each asked for the same: what is in a calendar, and when."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import recurring_ical_events
from ical.calendar_stream import IcsCalendarStream
from icalendar import Calendar

STOCKHOLM = ZoneInfo("Europe/Stockholm")
FROM, DAYS = date(2017, 12, 1), 365 * 12
JAVASCRIPT = Path(__file__).parent / "javascript"
PATIENCE_SECONDS = 60
KHAL = """\
[calendars]
[[one]]
path = {folder}/calendar
[sqlite]
path = {folder}/khal.db
[locale]
local_timezone = Europe/Stockholm
default_timezone = Europe/Stockholm
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
timeformat = %H:%M
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
"""
FIELDS = ("uid", "start-long", "end-long", "all-day", "status", "title")
Moment = date | datetime


@dataclass(frozen=True, slots=True, order=True)
class Read:
    """An entry as a parser understood it: instants are UTC, and an all-day end is exclusive."""

    uid: str
    start: Moment
    end: Moment
    status: str
    summary: str


def with_icalendar(body: bytes, folder: Path) -> Iterable[Read]:
    every = recurring_ical_events.of(Calendar.from_ical(body)).between(
        FROM, FROM + timedelta(days=DAYS)
    )
    for each in every:
        status, summary = str(each["STATUS"]), str(each["SUMMARY"])
        yield Read(str(each["UID"]), utc(each.start), utc(each.end), status, summary)


def with_ical(body: bytes, folder: Path) -> Iterable[Read]:
    for each in IcsCalendarStream.calendar_from_ics(body.decode()).events:
        status = str(each.status.value) if each.status else ""
        assert each.uid
        assert each.summary
        yield Read(each.uid, utc(each.start), utc(each.end), status, each.summary)


def with_khal(body: bytes, folder: Path) -> Iterable[Read]:
    (folder / "calendar").mkdir()
    (folder / "feed.ics").write_bytes(body)
    settings = folder / "khal.ini"
    settings.write_text(KHAL.format(folder=folder))
    khal = [sys.executable, "-m", "khal", "--config", str(settings)]
    run([*khal, "import", "--batch", "--include-calendar", "one", str(folder / "feed.ics")])
    fields = [word for name in FIELDS for word in ("--json", name)]
    listed = run([*khal, "list", "--once", *fields, FROM.isoformat(), f"{DAYS}d"])
    for line in listed.splitlines():
        for each in json.loads(line):
            yield _khal_entry(each)


def _khal_entry(told: dict[str, str]) -> Read:
    if told["all-day"] == "True":
        start: Moment = date.fromisoformat(told["start-long"])
        end: Moment = date.fromisoformat(told["end-long"]) + timedelta(days=1)
    else:
        start, end = (
            utc(datetime.fromisoformat(told[name]).replace(tzinfo=STOCKHOLM))
            for name in ("start-long", "end-long")
        )
    return Read(told["uid"], start, end, told["status"], told["title"])


def with_ical_js(body: bytes, folder: Path) -> Iterable[Read]:
    return _with_javascript("ical.js", body, folder)


def with_node_ical(body: bytes, folder: Path) -> Iterable[Read]:
    return _with_javascript("node-ical", body, folder)


def _with_javascript(name: str, body: bytes, folder: Path) -> Iterable[Read]:
    path = folder / "feed.ics"
    path.write_bytes(body)
    told = json.loads(run([node(), str(JAVASCRIPT / "read.mjs"), str(path)]))
    for uid, start, end, status, summary in told[name]:
        yield Read(uid, _moment(start), _moment(end), status, summary)


def node() -> str:
    """Return the path of Node.js, or leave the test out and say why."""
    found = shutil.which("node")
    if found is None:
        pytest.skip("no Node.js is installed, so no JavaScript parser has read the feeds")
    if not (JAVASCRIPT / "node_modules/.installed").is_file():
        pytest.skip("`make parsers` has not been run, so no JavaScript parser has read the feeds")
    return found


def run(command: list[str]) -> str:
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def utc(moment: Moment) -> Moment:
    return moment.astimezone(UTC) if isinstance(moment, datetime) else moment


def _moment(text: str) -> Moment:
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


PARSERS: dict[str, Callable[[bytes, Path], Iterable[Read]]] = {
    "icalendar": with_icalendar,
    "ical": with_ical,
    "khal": with_khal,
    "ical.js": with_ical_js,
    "node-ical": with_node_ical,
}
