"""Calendars as clients ask for them: whole, packed, unchanged, unknown and gone."""

import gzip
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing

import pytest
from sqlalchemy import event

from bot.domain.answer import Answer, AnswerKind
from bot.domain.errors import DatabaseTroubleError
from bot.domain.feed import Feed, FeedLink
from bot.services.ports import Decision
from bot.storage.database import open_database
from bot.storage.feeds import SqlFeeds
from bot.web.feeds import TOO_MANY, UNKNOWN
from bot.web.guessing import MOST_GUESSES
from tests.web.builders import MEETING, OLD_TOKEN, TOKEN, World
from tests.web.serving import Client, Reply, served

PATH = f"/feeds/{TOKEN}.ics"
MODIFIED = "Mon, 08 Jan 2018 08:00:00 GMT"
LATER = "Tue, 09 Jan 2018 12:00:00 GMT"
EARLIER = "Thu, 04 Jan 2018 12:00:00 GMT"
ZIPPED = {"Accept-Encoding": "br, gzip;q=0.8"}


@pytest.fixture
def one_client(one_url: str) -> Iterator[Client]:
    """A client of pages over one kind of database, for what takes long."""
    with closing(open_database(one_url)) as database, served(World(database)) as found:
        yield found


def feed(client: Client, headers: Mapping[str, str] | None = None) -> Reply:
    return client.ask(PATH, headers=headers)


@pytest.mark.parametrize("accept", ["image/png", "text/html", "*/*"])
def test_a_feed_is_served_with_its_validators(client: Client, accept: str) -> None:
    reply = feed(client, {"Accept": accept})
    assert reply.status == 200
    assert reply.body.startswith(b"BEGIN:VCALENDAR\r\n")
    assert reply.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert reply.headers["Last-Modified"] == MODIFIED
    assert reply.headers["Content-Length"] == str(len(reply.body))
    assert reply.headers["Vary"] == "Accept-Encoding"
    assert reply.headers["ETag"].startswith('"')
    assert reply.headers["Content-Encoding"] is None


def test_head_says_the_same_without_the_bytes(client: Client) -> None:
    whole, head = feed(client), client.ask(PATH, method="HEAD")
    assert (head.status, head.body) == (200, b"")
    for name in ("ETag", "Last-Modified", "Content-Length", "Content-Type", "Vary"):
        assert head.headers[name] == whole.headers[name]


def test_it_is_packed_only_for_who_asks_and_under_a_tag_of_its_own(client: Client) -> None:
    plain, packed = feed(client), feed(client, ZIPPED)
    assert gzip.decompress(packed.body) == plain.body
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["ETag"] != plain.headers["ETag"]
    for refusing in (
        "gzip;q=0",
        "gzip;q=0.",
        "gzip;\tq=0",
        "gzip;x=1;q=0.000",
        "gzip;q=none",
        "x-gzip, gzip;q=0",
        "identity",
        "br",
        "",
    ):
        assert feed(client, {"Accept-Encoding": refusing}).body == plain.body
    again = feed(client, ZIPPED | {"If-None-Match": packed.headers["ETag"]})
    assert (again.status, again.headers["ETag"]) == (304, packed.headers["ETag"])
    assert feed(client, {"If-None-Match": packed.headers["ETag"]}).status == 200


UNCHANGED = [
    ({"If-None-Match": "TAG"}, 304),
    ({"If-None-Match": "W/TAG"}, 304),
    ({"If-None-Match": '"other", TAG'}, 304),
    ({"If-None-Match": "*"}, 304),
    ({"If-None-Match": '"other"'}, 200),
    ({"If-Modified-Since": MODIFIED}, 304),
    ({"If-Modified-Since": LATER}, 304),
    ({"If-Modified-Since": EARLIER}, 200),
    ({"If-Modified-Since": "yesterday"}, 200),
    ({"If-Modified-Since": "Fri, 05 Jan 99999999999999999999 12:00:30 GMT"}, 200),
    ({"If-Modified-Since": "Fri, 05 Jan 2018 12:00:30 +99999999999999999999"}, 200),
    ({"If-None-Match": '"other"', "If-Modified-Since": LATER}, 200),
    ({"If-None-Match": "TAG", "If-Modified-Since": EARLIER}, 304),
]


@pytest.mark.parametrize(("headers", "status"), UNCHANGED)
def test_a_client_that_has_it_is_told_so(
    client: Client, headers: dict[str, str], status: int
) -> None:
    tag = feed(client).headers["ETag"]
    reply = feed(client, {name: value.replace("TAG", tag) for name, value in headers.items()})
    assert reply.status == status
    assert (reply.body == b"") == (status == 304)
    assert (reply.headers["ETag"], reply.headers["Last-Modified"]) == (tag, MODIFIED)


def test_an_answer_changes_bytes_tag_and_time(client: Client, world: World) -> None:
    before = feed(client)
    done = Answer(MEETING, AnswerKind.DONE, "Anna", world.now, source="once")
    world.answers.decide(MEETING, "once", lambda _: Decision(store=done))
    world.seconds += 1
    after = feed(client, {"If-None-Match": before.headers["ETag"]})
    assert after.status == 200
    assert "Genomförd: Lägesbild".encode() in after.body
    assert after.headers["Last-Modified"] == "Mon, 08 Jan 2018 08:00:01 GMT"


NONE_SUCH = [
    "an-unknown-token-of-some-length.ics",
    f"{TOKEN[:-1]}.ics",
    f"{TOKEN}x.ics",
    f"{TOKEN}",
    f"{TOKEN}.ics.ics",
    "x" * 5_000 + ".ics",
    "short.ics",
    ".ics",
    "a/b.ics",
    "%00%1b.ics",
    "..%2F..%2Fetc%2Fpasswd",
]


@pytest.mark.parametrize("name", NONE_SUCH)
def test_a_link_that_nobody_gave_out_is_unknown_whatever_it_looks_like(
    client: Client, name: str
) -> None:
    reply = client.ask(f"/feeds/{name}")
    assert (reply.status, reply.text) == (404, client.ask("/feeds/unknown-to-everybody.ics").text)
    assert reply.headers["Content-Type"] == "text/plain; charset=utf-8"


def test_a_link_that_ended_long_ago_is_gone(client: Client) -> None:
    reply = client.ask(f"/feeds/{OLD_TOKEN}.ics")
    assert (reply.status, "gäller inte längre" in reply.text) == (410, True)


def test_only_reading_is_possible(client: Client) -> None:
    assert client.ask(PATH, method="PUT").status == 405


def test_a_feed_says_what_every_response_says(client: Client) -> None:
    headers = feed(client).headers
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "private, no-cache"


def test_who_guesses_has_to_wait_while_known_links_are_served(
    client: Client, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    statuses = [client.ask(f"/feeds/guess-number-{n:010}.ics").status for n in range(60)]
    assert statuses == [404] * 30 + [429] * 30
    refused = client.ask("/feeds/another-guess-of-some-length.ics")
    assert 1 <= int(refused.headers["Retry-After"]) <= 61
    assert feed(client).status == 200
    assert len(caplog.messages) == 1
    assert "guess-number" not in caplog.text
    world.seconds += 61
    assert client.ask("/feeds/guess-number-again.ics").status == 404


def test_of_ten_thousand_guesses_only_thirty_are_told_that_there_is_no_such_link(
    one_client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    guessed = (f"/feeds/guess-number-{n:010}.ics" for n in range(10_000))
    replies = one_client.ask_on_one_line([*guessed, PATH])
    served = replies.pop()
    told = Counter((each.status, each.text) for each in replies)
    assert told == {(404, UNKNOWN): 30, (429, TOO_MANY): 9_970}
    assert (served.status, served.body[:15]) == (200, b"BEGIN:VCALENDAR")
    assert len(caplog.messages) == 1


def test_a_guess_costs_as_much_whether_there_was_such_a_link_or_not(
    client: Client, world: World
) -> None:
    asked = list[str]()

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    event.listen(world.links.database.engine, "before_cursor_execute", note)
    said = []
    for name in (OLD_TOKEN, "x" * len(OLD_TOKEN)):
        asked.clear()
        said.append((client.ask(f"/feeds/{name}.ics").status, list(asked)))
    (ended, to_find), (unknown, as_much) = said
    assert (ended, unknown) == (410, 404)
    assert to_find == as_much != []


def test_while_the_database_does_not_work_a_client_gets_the_last_good_bytes(
    client: Client, world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    good = feed(client)
    world.seconds += 5

    def trouble(_links: SqlFeeds, _token: str) -> FeedLink | None:
        raise DatabaseTroubleError("Databasen svarar inte.")

    monkeypatch.setattr(SqlFeeds, "find", trouble)
    for _ in range(3):
        again = feed(client)
        assert (again.status, again.body) == (200, good.body)
        world.seconds += 5
    assert feed(client, {"If-None-Match": good.headers["ETag"]}).status == 304
    assert len(caplog.messages) == 1
    assert "Databasen svarar inte." in caplog.text
    assert TOKEN not in caplog.text
    unknown = client.ask("/feeds/never-seen-before-by-anyone.ics")
    assert (unknown.status, unknown.headers["Retry-After"]) == (503, "10")


CONDITIONS = [{"If-None-Match": '"whatever"'}, {"If-Modified-Since": MODIFIED}]


@pytest.mark.parametrize("headers", CONDITIONS)
def test_a_client_that_has_something_keeps_it_while_nothing_can_be_found_out(
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    headers: dict[str, str],
) -> None:
    def trouble(_links: SqlFeeds, _token: str) -> FeedLink | None:
        raise DatabaseTroubleError("Databasen svarar inte.")

    monkeypatch.setattr(SqlFeeds, "find", trouble)
    reply = feed(client, headers)
    assert (reply.status, reply.body) == (304, b"")
    assert "Databasen svarar inte." in caplog.text
    assert TOKEN not in caplog.text


def test_a_link_to_a_plan_that_is_not_there_is_no_guess(client: Client, world: World) -> None:
    token = "a-token-of-a-plan-that-left"
    world.links.add(token, Feed("annan"), now=world.now)
    for _ in range(MOST_GUESSES + 5):
        reply = client.ask(f"/feeds/{token}.ics")
        assert (reply.status, "Planen finns inte" in reply.text) == (404, True)
    assert client.ask("/feeds/an-unknown-token-of-some-length.ics").text == UNKNOWN


def test_one_occurrence_is_a_file_to_open(client: Client) -> None:
    reply = client.ask(f"/occurrences/{MEETING}.ics")
    assert (reply.status, reply.body.count(b"BEGIN:VEVENT")) == (200, 1)
    name = 'attachment; filename="gavle-lagesbild-2018-W02.ics"'
    assert reply.headers["Content-Disposition"] == name
    assert client.ask(f"/occurrences/{MEETING}.ics", method="HEAD").status == 200
