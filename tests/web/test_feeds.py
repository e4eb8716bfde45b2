"""Calendars as clients ask for them: whole, unchanged, unknown and gone."""

import pytest

from tests.web.builders import FEED, MEETING, OLD_TOKEN, TOKEN
from tests.web.serving import Client

PATH = f"/feeds/{TOKEN}.ics"
MODIFIED = "Fri, 05 Jan 2018 12:00:30 GMT"
LATER = "Sat, 06 Jan 2018 12:00:00 GMT"
EARLIER = "Thu, 04 Jan 2018 12:00:00 GMT"


@pytest.mark.parametrize(("method", "body"), [("GET", FEED), ("HEAD", b"")])
def test_a_feed_is_served_with_its_validators(client: Client, method: str, body: bytes) -> None:
    reply = client.ask(PATH, method=method, headers={"Accept": "image/png"})
    assert (reply.status, reply.body) == (200, body)
    assert reply.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert reply.headers["ETag"] == '"first"'
    assert reply.headers["Last-Modified"] == MODIFIED
    assert reply.headers["Content-Length"] == str(len(FEED))


UNCHANGED = [
    ({"If-None-Match": '"first"'}, 304),
    ({"If-None-Match": 'W/"first"'}, 304),
    ({"If-None-Match": '"other", "first"'}, 304),
    ({"If-None-Match": "*"}, 304),
    ({"If-None-Match": '"other"'}, 200),
    ({"If-Modified-Since": MODIFIED}, 304),
    ({"If-Modified-Since": LATER}, 304),
    ({"If-Modified-Since": EARLIER}, 200),
    ({"If-Modified-Since": "yesterday"}, 200),
    ({"If-None-Match": '"other"', "If-Modified-Since": LATER}, 200),
    ({"If-None-Match": '"first"', "If-Modified-Since": EARLIER}, 304),
]


@pytest.mark.parametrize(("headers", "status"), UNCHANGED)
def test_a_client_that_has_it_is_told_so(
    client: Client, headers: dict[str, str], status: int
) -> None:
    reply = client.ask(PATH, headers=headers)
    assert reply.status == status
    assert (reply.body == b"") == (status == 304)
    assert (reply.headers["ETag"], reply.headers["Last-Modified"]) == ('"first"', MODIFIED)


@pytest.mark.parametrize(
    ("token", "status"),
    [
        ("an-unknown-token-of-some-length", 404),
        ("x" * 5_000, 404),
        ("short", 404),
        (OLD_TOKEN, 410),
    ],
)
def test_a_link_that_opens_nothing_says_so_in_plain_text(
    client: Client, token: str, status: int
) -> None:
    reply = client.ask(f"/feeds/{token}.ics")
    assert reply.status == status
    assert reply.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert token not in reply.text


def test_one_occurrence_is_a_file_to_open(client: Client) -> None:
    reply = client.ask(f"/occurrences/{MEETING}.ics")
    assert (reply.status, reply.body) == (200, FEED)
    name = 'attachment; filename="gavle-lagesbild-2018-W02.ics"'
    assert reply.headers["Content-Disposition"] == name
    assert client.ask(f"/occurrences/{MEETING}.ics", method="HEAD").status == 200
