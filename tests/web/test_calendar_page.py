"""The page of calendar links: made, shown once, changed for another, and revoked."""

import re

import pytest

from bot.domain.feed import Feed, FeedScope
from bot.storage.database import Database
from tests.web.builders import OLD_TOKEN, TOKEN, World
from tests.web.serving import Client, Reply, served


def token_in(reply: Reply) -> str:
    found = re.search(r'value="http://[^"]*/feeds/([A-Za-z0-9_-]+)\.ics"', reply.text)
    assert found, reply.text
    return found[1]


def test_a_link_is_shown_once_and_works(client: Client) -> None:
    reply = client.send("/calendar/links", {"plan": "gavle"})
    token = token_in(reply)
    assert len(token) >= 22  # 128 bits
    assert f'href="webcal://{client.host}/feeds/{token}.ics"' in reply.text
    assert reply.headers["Referrer-Policy"] == "no-referrer"
    assert token not in client.ask("/calendar").text
    assert client.ask(f"/feeds/{token}.ics").status == 200


@pytest.mark.parametrize(("address", "told"), [("", True), ("https://bot.example", False)])
def test_a_link_that_only_this_machine_reaches_says_so(
    database: Database, address: str, told: bool
) -> None:
    world = World(database)
    world.address = address
    with served(world) as client:
        page = client.send("/calendar/links", {"plan": "gavle"}).text
    assert f'value="{address or client.address}/feeds/' in page
    assert ("bara att nå från den här datorn" in page) is told


def test_the_code_to_scan_obeys_the_policy(client: Client) -> None:
    text = client.send("/calendar/links", {"plan": "gavle"}).text
    assert "<svg" in text
    assert "viewBox" in text
    assert "style=" not in text
    assert "<style" not in text
    for product in ("Outlook", "Google", "iPhone", "Thunderbird"):
        assert product in text


def test_the_page_offers_every_kind_of_feed(client: Client) -> None:
    text = client.ask("/calendar").text
    for value in (
        "plan:", "party:Polisen", "role:samordnare", "area:satra", "commitment:insats",
        "person:anna@example.se",
    ):  # fmt: skip
        assert f'<option value="{value}">' in text


@pytest.mark.parametrize(
    ("value", "feed"),
    [
        ("plan:", Feed("gavle", discreet=True)),
        ("role:kommunpolis", Feed("gavle", FeedScope.ROLE, "kommunpolis", discreet=True)),
        ("area:satra", Feed("gavle", FeedScope.AREA, "satra", discreet=True)),
    ],
)
def test_a_link_opens_what_was_chosen(client: Client, world: World, value: str, feed: Feed) -> None:
    client.send("/calendar/links", {"plan": "gavle", "feed": value, "discreet": "yes"})
    assert world.links.every()[-1].feed == feed


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"plan": "annan"},
        {"plan": "gavle", "feed": "role:borgmästare"},
        {"plan": "gavle", "feed": "everything:"},
    ],
)
def test_what_there_is_not_makes_no_link(
    client: Client, world: World, fields: dict[str, str]
) -> None:
    assert client.send("/calendar/links", fields).status == 404
    assert len(world.links.every()) == 2


def test_a_revoked_link_opens_an_empty_calendar_at_once(client: Client, world: World) -> None:
    assert b"BEGIN:VEVENT" in client.ask(f"/feeds/{TOKEN}.ics").body
    assert "Dra in länk 1?" in client.ask("/calendar/links/1/revoke").text
    assert len(world.calendars.in_force()) == 1
    reply = client.send("/calendar/links/1/revoke", {})
    assert (reply.status, reply.headers["Location"]) == (303, "/calendar#said")
    assert "Länk 1 är indragen." in client.ask("/calendar").text
    empty = client.ask(f"/feeds/{TOKEN}.ics")
    assert (empty.status, b"BEGIN:VTIMEZONE" in empty.body) == (200, True)
    assert b"BEGIN:VEVENT" not in empty.body


def test_a_changed_link_opens_under_its_new_name_only(client: Client) -> None:
    assert "Byt länk 1?" in client.ask("/calendar/links/1/rotate").text
    token = token_in(client.send("/calendar/links/1/rotate", {}))
    assert b"BEGIN:VEVENT" in client.ask(f"/feeds/{token}.ics").body
    assert b"BEGIN:VEVENT" not in client.ask(f"/feeds/{TOKEN}.ics").body


@pytest.mark.parametrize("path", ["1/shred", "2/revoke", "2/rotate", "99/revoke"])
def test_only_a_link_that_serves_can_be_changed(client: Client, world: World, path: str) -> None:
    for reply in (
        client.ask(f"/calendar/links/{path}"),
        client.send(f"/calendar/links/{path}", {}),
    ):
        assert reply.status == 404
    assert len(world.calendars.in_force()) == 1


def test_the_list_names_each_link_that_serves_and_no_token(client: Client) -> None:
    text = client.ask("/calendar").text
    assert "Gävle 2018. Hela planen" in text
    assert "5 januari 2018" in text
    assert text.count("Byt länk<") == 1
    assert TOKEN not in text
    assert OLD_TOKEN not in text
