"""Fetching a calendar from servers that answer well, badly, slowly and without end."""

import gzip
from collections.abc import Sequence
from itertools import chain, repeat

import pytest

from bot.domain.errors import SourceError
from bot.sources.fetching import Fetcher, resolved
from bot.sources.lines import LIMIT_BYTES
from tests.sources.asking import NAME, fetcher, loopback
from tests.sources.calendars import meetings
from tests.standins.source import HOST, SourceStandIn, reply

BODY = meetings("20260210")
SECONDS = 0.4
WHEN = "Tue, 03 Feb 2026 12:00:00 GMT"


def refusal(source: SourceStandIn, seconds: float = 20.0) -> str:
    with pytest.raises(SourceError) as refused:
        fetcher(seconds).fetch(source.url(NAME))
    return str(refused.value)


def test_a_calendar_comes_with_what_the_server_knows_it_by(source: SourceStandIn) -> None:
    source.say(BODY, 'ETag: "7"', "Last-Modified: Tue, 03 Feb 2026 12:00:00 GMT")
    found = fetcher().fetch(source.url(NAME, "/möten/bra.ics?år=2026"))
    assert found
    assert (found.body, found.etag) == (BODY, '"7"')
    assert found.modified == "Tue, 03 Feb 2026 12:00:00 GMT"
    first, *headers = source.requests[0].split("\r\n")
    assert first == "GET /m%C3%B6ten/bra.ics?%C3%A5r=2026 HTTP/1.1"
    assert f"Host: {NAME}:{source.port}" in headers
    assert "Accept-Encoding: identity" in headers
    assert not [each for each in headers if each.startswith(("If-", "Cookie", "Authorization"))]


def test_what_has_not_changed_costs_nothing(source: SourceStandIn) -> None:
    source.answer = lambda _request: [reply(status="304 Not Modified")]
    assert fetcher().fetch(source.url(NAME), etag='"7"', modified=WHEN) is None
    assert 'If-None-Match: "7"' in source.requests[0]
    assert f"If-Modified-Since: {WHEN}" in source.requests[0]


ODD_NAMES = ["7", '"å"', '"7" "8"', '"a\tb"', 'w/"7"', f'"{"7" * 111}"', '"7', ""]
ODD_DATES = ["Tue", "7", "2026-13-40", f"{WHEN} {'x' * 60}", ""]


@pytest.mark.parametrize("etag", ODD_NAMES)
def test_a_name_that_is_none_is_not_kept_and_not_sent(source: SourceStandIn, etag: str) -> None:
    source.say(BODY, f"ETag: {etag}")
    found = fetcher().fetch(source.url(NAME), etag=etag)
    assert found
    assert found.etag == ""
    assert "If-None-Match" not in source.requests[0]


@pytest.mark.parametrize("modified", ODD_DATES)
def test_a_date_that_is_none_is_not_kept_and_not_sent(source: SourceStandIn, modified: str) -> None:
    source.say(BODY, f"Last-Modified: {modified}")
    found = fetcher().fetch(source.url(NAME), modified=modified)
    assert found
    assert found.modified == ""
    assert "If-Modified-Since" not in source.requests[0]


@pytest.mark.parametrize("etag", ['"7"', 'W/"7"', '""', f'"{"7" * 110}"'])
def test_a_name_as_it_should_be_is_kept(source: SourceStandIn, etag: str) -> None:
    source.say(BODY, f"ETag: {etag}")
    found = fetcher().fetch(source.url(NAME))
    assert found
    assert found.etag == etag


def test_a_server_that_dislikes_its_own_name_for_a_version_is_asked_without_it(
    source: SourceStandIn,
) -> None:
    source.answer = lambda request: [
        reply(status="412 No") if "If-None-Match" in request else reply(BODY)
    ]
    found = fetcher().fetch(source.url(NAME), etag='"7"')
    assert found
    assert found.body == BODY
    assert len(source.requests) == 2


@pytest.mark.parametrize("status", ["429 Slow", "500 Oh"])
def test_a_server_that_has_enough_to_do_is_asked_once(source: SourceStandIn, status: str) -> None:
    source.answer = lambda _request: [reply(status=status)]
    with pytest.raises(SourceError):
        fetcher().fetch(source.url(NAME), etag='"7"')
    assert len(source.requests) == 1


def test_nothing_new_where_nothing_was_known_is_a_fault(source: SourceStandIn) -> None:
    source.answer = lambda _request: [reply(status="304 Not Modified")]
    assert refusal(source) == "Servern svarar 304."


def test_a_calendar_in_pieces_is_put_together(source: SourceStandIn) -> None:
    pieces = [
        f"{len(BODY[n : n + 50]):x}\r\n".encode() + BODY[n : n + 50] + b"\r\n"
        for n in range(0, len(BODY), 50)
    ]
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    source.answer = lambda _request: [head, *pieces, b"0\r\n\r\n"]
    found = fetcher().fetch(source.url(NAME))
    assert found
    assert found.body == BODY


REDIRECT = "302 Found"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (reply(status="404 Not Found"), "finns inte på adressen"),
        (reply(status="410 Gone"), "är borttagen"),
        (reply(status="401 No"), "kräver inloggning"),
        (reply(status="403 No"), "släpper inte in"),
        (reply(status="500 Oh"), "Servern svarar 500."),
        (reply(status="204 No Content"), "Servern svarar 204."),
        (reply(b"", "Location: http://169.254.169.254/hemligt/", status=REDIRECT), "på http://169.254.169.254."),
        (reply(b"", "Location: /hemligt.ics?token=hemligt", status=REDIRECT), f"en annan adress på http://{NAME}."),
        (reply(b"", "Location: https://hemligt@x.se:8/", status="308 So"), "en annan adress på https://x.se."),
        (reply(b"", status=REDIRECT), "Servern svarar 302."),
        (reply(b"", "Location: /ny.ics", status="300 Many"), "Servern svarar 300."),
        (reply(b"", "Location: http://[", status=REDIRECT), "svarar inte som den ska"),
        (reply(gzip.compress(BODY), "Content-Encoding: gzip"), "komprimerad"),
        (reply(BODY, length=LIMIT_BYTES + 1), "större än 1 MB"),
        (reply(b"x" * (LIMIT_BYTES + 1), length=LIMIT_BYTES + 1), "större än 1 MB"),
        (reply(BODY, length=len(BODY) + 9), "slutade mitt i"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", "(IncompleteRead)"),
        (b"", "svarar inte som den ska"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "svarar inte som den ska"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n", "svarar inte som den ska"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000, "svarar inte som den ska"),
    ],
)  # fmt: skip
def test_any_other_answer_is_refused_with_a_clear_line(
    source: SourceStandIn, answer: bytes, said: str
) -> None:
    source.answer = lambda _request: [answer]
    told = refusal(source)
    assert said in told
    assert "hemligt" not in told
    assert len(source.requests) == 1


def test_a_calendar_without_end_is_cut_off(source: SourceStandIn) -> None:
    head = b"HTTP/1.1 200 OK\r\n\r\n"
    source.answer = lambda _request: chain([head], repeat(b"x" * 10_000))
    assert "större än 1 MB" in refusal(source)
    chunk = b"2710\r\n" + b"x" * 10_000 + b"\r\n"
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    source.answer = lambda _request: chain([chunked], repeat(chunk))
    assert "större än 1 MB" in refusal(source)


@pytest.mark.parametrize(
    ("head", "piece"),
    [
        (b"", b"H"),
        (b"HTTP/1.1 200 OK\r\n", b"X-Slow: yes\r\n"),
        (b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (b"HTTP/1.1 200 OK\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    ],
)
def test_a_server_that_drips_is_left_when_the_time_is_up(
    source: SourceStandIn, head: bytes, piece: bytes
) -> None:
    source.answer = lambda _request: source.drip(chain([head], repeat(piece)))
    assert refusal(source, SECONDS) == "Servern svarar för långsamt."


def test_a_server_that_says_nothing_is_left_when_the_time_is_up(source: SourceStandIn) -> None:
    source.answer = lambda _request: source.drip(repeat(b""))
    assert refusal(source, SECONDS) == "Servern svarar för långsamt."


def test_an_address_that_changes_between_the_check_and_the_call_changes_nothing(
    source: SourceStandIn,
) -> None:
    asked: list[str] = []

    def turning(host: str, _port: int) -> Sequence[str]:
        asked.append(host)
        return [HOST] if len(asked) == 1 else ["127.0.0.2"]

    source.say(BODY)
    assert Fetcher([NAME], resolve=turning).fetch(source.url(NAME))
    assert asked == [NAME]


@pytest.mark.parametrize("named", ["kalendrar.brå", "KALENDRAR.BRÅ.", "kalendrar.xn--br-zia"])
@pytest.mark.parametrize("host", ["kalendrar.brå", "kalendrar.brå.", "kalendrar.xn--br-zia"])
def test_a_name_is_allowed_however_it_is_written(
    source: SourceStandIn, named: str, host: str
) -> None:
    source.say(BODY)
    assert Fetcher([named], resolve=loopback).fetch(source.url(host))


@pytest.mark.parametrize("host", [NAME, HOST, "localhost", "2130706433", "0x7f.1", "127.1"])
def test_nobody_on_this_machine_is_asked_unless_the_operator_names_it(
    source: SourceStandIn, host: str
) -> None:
    resolve = loopback if host == NAME else resolved
    with pytest.raises(SourceError, match=r"inte är öppen på nätet|finns inte på nätet"):
        Fetcher(resolve=resolve).fetch(source.url(host))
    assert source.requests == []
