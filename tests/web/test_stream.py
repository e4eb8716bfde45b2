"""The stream: what is new, once and in order, to as many as there is room for."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from http.client import HTTPResponse
from threading import Event
from time import monotonic

import pytest

from bot.domain.errors import DatabaseTroubleError
from bot.web.stream import MOST_STREAMS, event
from tests.web.builders import DIALOG, MEETING, World
from tests.web.serving import PATIENCE_SECONDS, Client, answer

MOST_LINES = 2_000


@contextmanager
def following(client: Client, path: str = "/stream", **headers: str) -> Iterator[HTTPResponse]:
    with client.open(path, headers={k.replace("_", "-"): v for k, v in headers.items()}) as opened:
        response = opened.getresponse()
        assert response.status == 200
        yield response


def until(response: HTTPResponse, wanted: str) -> list[str]:
    """Read lines up to the one that begins with ``wanted``."""
    lines: list[str] = []
    for _ in range(MOST_LINES):
        lines.append(response.readline().decode().rstrip("\n"))
        if lines[-1].startswith(wanted):
            return lines
    raise AssertionError(f"no {wanted!r} among {lines[-20:]}")


def test_a_new_message_comes_as_an_article_with_its_version(client: Client, world: World) -> None:
    with following(client) as response:
        assert response.headers["Content-Type"].startswith("text/event-stream")
        until(response, "event: clock")
        world.post(MEETING)
        until(response, "id: 1")
        assert "Påminnelse: Lägesbild" in until(response, 'data:     <h2 id="m-1-title"')[-1]


def test_a_changed_message_comes_again(client: Client, world: World) -> None:
    world.post(MEETING)
    with following(client) as response:
        until(response, "event: clock")
        client.send("/answers", answer(MEETING, "acknowledged"))
        until(response, "id: 2")
        assert "Kvitterat – Kommunpolis" in "".join(until(response, "data: </article>"))


def test_a_reader_who_comes_back_misses_nothing(client: Client, world: World) -> None:
    world.post(MEETING)
    world.post(DIALOG, "book-14")
    with following(client, "/stream?after=0", Last_Event_ID="1") as response:
        lines = until(response, "id: ")
    assert lines[-1] == "id: 2"
    with following(client, "/stream?after=0") as response:
        assert until(response, "id: ")[-1] == "id: 1"


def test_the_clock_comes_whenever_it_has_moved(client: Client, world: World) -> None:
    with following(client) as response:
        until(response, "data: måndag 8 januari 2018 kl. 9.00")
        world.now += timedelta(days=1)
        until(response, "data: tisdag 9 januari 2018 kl. 9.00")


def test_a_reader_stays_while_the_database_does_not_work(
    client: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = Event()

    def after(*_: object, **_more: object) -> None:
        tried.set()
        raise DatabaseTroubleError("Databasen svarar inte.")

    with following(client) as response:
        until(response, "event: clock")
        with monkeypatch.context() as away:
            away.setattr("bot.storage.room.SqlRoom.after", after)
            assert tried.wait(PATIENCE_SECONDS)
        world.post(MEETING)
        until(response, "id: 1")


def test_streams_end_when_the_site_closes(client: Client, world: World) -> None:
    with following(client) as response:
        until(response, "event: clock")
        world.closing.set()
        assert response.read().count(b"id: ") == 0


def test_there_is_room_for_pages_beside_all_the_streams(client: Client) -> None:
    with ExitStack() as open_streams:
        for _ in range(MOST_STREAMS):
            open_streams.enter_context(following(client))
        refused = client.ask("/stream")
        assert (refused.status, refused.headers["Retry-After"]) == (503, "15")
        assert client.ask("/").status == 200
    give_up = monotonic() + PATIENCE_SECONDS
    while stream_status(client) == 503:
        assert monotonic() < give_up


def stream_status(client: Client) -> int:
    with client.open("/stream") as opened:
        return opened.getresponse().status


def test_asking_for_the_head_of_the_stream_opens_none(client: Client) -> None:
    asked = [client.ask("/stream", method="HEAD") for _ in range(MOST_STREAMS + 1)]
    assert {each.status for each in asked} == {200}


def test_an_event_keeps_every_line_of_its_data() -> None:
    assert event("a\r\nb\rc\nd", number=3) == "id: 3\ndata: a\ndata: b\ndata: c\ndata: d\n\n"
    assert event("x", name="clock") == "event: clock\ndata: x\n\n"
