"""(i) A feed of 500 occurrences, asked for again and again: whole, and unchanged."""

import base64
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.client import HTTPConnection
from pathlib import Path

from benchmarks.asking import Answer, Question, once, per_second
from benchmarks.databases import empty_file, scratch
from benchmarks.feed_plans import link_to, plan_of
from benchmarks.machine import facts
from benchmarks.processes import PATIENCE_SECONDS, Stuck, running
from benchmarks.serving import serving
from benchmarks.sizes import Sizes
from benchmarks.tables import Table, Target, ratios, spread

WHOLE_TIMES, UNCHANGED_TIMES = 100, 300
COLLECTION = "/bench/feed/"
# Radicale asks nobody for a password here, but it wants to know whose calendar it is.
WHO = {"Authorization": "Basic " + base64.b64encode(b"bench:bench").decode()}
CONFIGURED = """\
[server]
hosts = 127.0.0.1:{port}
[auth]
type = none
[storage]
filesystem_folder = {folder}
[logging]
level = critical
"""
LOOK_SECONDS = 0.05
HEADINGS = ("", "whole, a second", "unchanged, a second", "packed, a second")


@dataclass(frozen=True, slots=True)
class Rates:
    """Answers a second: whole ones, "unchanged", and packed ones."""

    whole: float
    unchanged: float
    packed: float


def tables(sizes: Sizes) -> Iterator[Table]:
    """Serve the very same bytes from both, and ask them in turn."""
    measured_on = facts()
    with scratch() as folder:
        plan, url = plan_of(sizes.events, folder), empty_file(folder, "ours")
        path = link_to(plan, url)
        with serving(url, "--plan", str(plan)) as service:
            ours = Question(service.port, path, 200)
            body = once(ours).body
            with _radicale(folder, body) as peer:
                _same(body, once(peer), sizes.events)
                found = [_round(ours, peer, sizes, first=n % 2) for n in range(sizes.rounds)]
    mine, theirs = [each[0] for each in found], [each[1] for each in found]
    whole = ratios([each.whole for each in mine], [each.whole for each in theirs])
    unchanged = ratios([each.unchanged for each in mine], [each.unchanged for each in theirs])
    yield Table(
        f"{sizes.events} occurrences, {len(body):,} bytes",
        HEADINGS,
        [_row("Radicale (the peer)", theirs), _row("serve", mine)],
        [
            Target("whole: times Radicale", whole, WHOLE_TIMES, least=True),
            Target("unchanged: times Radicale", unchanged, UNCHANGED_TIMES, least=True),
        ],
        [
            "Radicale has no answer that says `unchanged`, and sends the whole calendar instead.",
            measured_on,
        ],
    )


def _round(ours: Question, peer: Question, sizes: Sizes, *, first: int) -> tuple[Rates, Rates]:
    """Ask both, the one or the other first; Radicale answers every question with all of it."""
    if first:
        slow, rates = _rate(peer, sizes), _all_rates(ours, sizes)
    else:
        rates, slow = _all_rates(ours, sizes), _rate(peer, sizes)
    return rates, Rates(slow, slow, slow)


def _all_rates(asked: Question, sizes: Sizes) -> Rates:
    tag = once(asked).header("etag")
    known = replace(asked, status=304, headers={"If-None-Match": tag})
    packed = replace(asked, headers={"Accept-Encoding": "gzip"})
    return Rates(*(_rate(each, sizes) for each in (asked, known, packed)))


def _rate(asked: Question, sizes: Sizes) -> float:
    return per_second(asked, seconds=sizes.asking_seconds)


def _same(body: bytes, theirs: Answer, events: int) -> None:
    counts = [each.count(b"BEGIN:VEVENT") for each in (body, theirs.body)]
    if counts != [events, events]:
        raise Stuck(f"{counts} occurrences are served where {events} were to be")


@contextmanager
def _radicale(folder: Path, body: bytes) -> Iterator[Question]:
    """Run Radicale with the calendar ``body`` in it, and give what to ask for."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    settings = folder / "radicale.ini"
    settings.write_text(CONFIGURED.format(port=port, folder=folder / "collections"))
    with running("radicale", "--config", str(settings)):
        _put(port, body)
        asked = Question(port, COLLECTION, 200, WHO)
        # It is 200 here too: were it 304, that is what ours would have to be measured beside.
        once(replace(asked, headers={**WHO, "If-None-Match": once(asked).header("etag")}))
        yield asked


def _put(port: int, body: bytes) -> None:
    """Hand the calendar over as soon as somebody listens."""
    connection = _listening(port)
    connection.request("PUT", COLLECTION, body, {**WHO, "Content-Type": "text/calendar"})
    answer = connection.getresponse()
    if answer.status != 201:
        raise Stuck(f"Radicale took no calendar: {answer.status} {answer.read(200)!r}")
    connection.close()


def _listening(port: int) -> HTTPConnection:
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
        try:
            connection.connect()
        except ConnectionRefusedError:
            time.sleep(LOOK_SECONDS)
        else:
            return connection
    raise Stuck("nobody listened in time")


def _row(name: str, found: list[Rates]) -> tuple[str, ...]:
    every = ([getattr(each, kind) for each in found] for kind in ("whole", "unchanged", "packed"))
    return name, *(spread(each) for each in every)
