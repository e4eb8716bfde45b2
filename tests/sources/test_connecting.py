"""Connecting to servers that are silent, of no trust, or not there, while a service may close."""

import socket
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from itertools import count, repeat
from pathlib import Path
from threading import Event

import pytest

from bot.domain.errors import SourceError
from bot.sources.fetching import Fetcher
from tests.sources.asking import NAME, fetcher, loopback
from tests.sources.calendars import meetings
from tests.standins.mail import certificate
from tests.standins.source import HOST, SourceStandIn
from tests.waiting import until

BODY = meetings("20260210")
SECONDS = 0.4


def test_a_resolver_that_says_nothing_is_left_when_the_time_is_up() -> None:
    never = Event()

    def slow(_host: str, _port: int) -> Sequence[str]:
        never.wait(20)
        return []

    with pytest.raises(SourceError, match="för långsamt"):
        Fetcher([NAME], resolve=slow, whole_seconds=SECONDS).fetch(f"https://{NAME}/")
    never.set()


def closes_when(happens: Callable[[], object]) -> Fetcher:
    return Fetcher(
        [NAME, HOST],
        resolve=loopback,
        tls=certificate.trusting(),
        closing=lambda: bool(happens()),
        whole_seconds=600.0,
    )


@pytest.mark.parametrize("tls", [False, True])
def test_a_service_that_closes_waits_for_nobody(tmp_path: Path, *, tls: bool) -> None:
    with SourceStandIn(tls=certificate.server_side(tmp_path) if tls else None) as source:
        source.answer = lambda _request: source.drip(repeat(b"H"))
        with pytest.raises(SourceError, match="stängs"):
            closes_when(lambda: source.requests).fetch(source.url(HOST))


def test_a_service_that_closes_waits_for_nobody_to_begin_with_tls(source: SourceStandIn) -> None:
    url = source.url(NAME).replace("http://", "https://")
    with pytest.raises(SourceError, match="stängs"):
        closes_when(lambda: source.connections).fetch(url)


def test_a_service_that_closes_waits_for_no_connection() -> None:
    looks = count()
    with socket.create_server((HOST, 0), backlog=0) as full, ExitStack() as stack:
        place = full.getsockname()
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(place)
        with pytest.raises(SourceError, match="stängs"):
            closes_when(lambda: next(looks) > 3).fetch(f"http://{NAME}:{place[1]}/")


def test_the_next_address_is_asked_where_the_first_does_not_answer(source: SourceStandIn) -> None:
    source.say(BODY)
    both = Fetcher([NAME], resolve=lambda _host, _port: ["::1", HOST])
    assert both.fetch(source.url(NAME))


def test_a_server_that_is_not_there_is_told() -> None:
    with SourceStandIn() as source:
        url = source.url(NAME)
    with pytest.raises(SourceError, match="går inte att nå"):
        fetcher().fetch(url)


def test_the_certificate_is_checked_for_the_name_and_not_the_address(tmp_path: Path) -> None:
    with SourceStandIn(tls=certificate.server_side(tmp_path)) as source:
        source.say(BODY)
        by_address = Fetcher([HOST], resolve=loopback, tls=certificate.trusting())
        assert by_address.fetch(source.url(HOST))
        with pytest.raises(SourceError, match="certifikat gäller inte"):
            fetcher().fetch(source.url(NAME))
        with pytest.raises(SourceError, match="certifikat gäller inte"):
            Fetcher([HOST], resolve=loopback).fetch(source.url(HOST))


def test_a_server_without_tls_gets_no_request(source: SourceStandIn) -> None:
    source.say(BODY)
    url = source.url(NAME).replace("http://", "https://")
    with pytest.raises(SourceError, match=r"långsamt|TLS"):
        fetcher(SECONDS).fetch(url)
    until(lambda: source.requests)
    assert not [each for each in source.requests if "GET" in each]
