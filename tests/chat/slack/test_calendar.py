"""``/lofte kalender``: everybody has their own links, and nobody else's."""

import re
from collections.abc import Callable

import pytest
from slack_sdk.web import WebClient

from bot.chat.slack.connection import make_app
from bot.chat.slack.intake import Intake
from bot.services.membership import Member, Membership
from tests.chat.slack.http_events import SECRET, HttpEvents
from tests.chat.slack.plans import WEEKLY, Office
from tests.chat.slack.room import CHANNEL, Room, at, one
from tests.chat.slack.test_command import texts
from tests.standins.slack import payloads
from tests.standins.slack.server import SlackStandIn

ANNA = Member("Anna", ("kommunpolis",), slack="UANNA")
BO = Member("Bo", ("kommunpolis",), slack="UBO")
LINK = re.compile(r"https://loftesbot\.example\.se/feeds/[\w-]{32}\.ics")

Asked = Callable[[str, str], str]


@pytest.fixture
def members() -> list[Member]:
    return [ANNA, BO]


@pytest.fixture
def asked(
    slack: SlackStandIn, client: WebClient, office: Office, intake: Intake, members: list[Member]
) -> Asked:
    """Give the command with those words as that person; return what only they see."""
    office.membership = Membership(members)
    events = HttpEvents(make_app(one(client), SECRET, *at(office, intake)))

    def ask(words: str, user: str = "UANNA") -> str:
        answered = events.command(payloads.slash_command(f"kalender {words}", user, CHANNEL))
        assert answered.payload["response_type"] == "ephemeral"
        return texts(answered.payload["blocks"])

    return ask


def test_a_member_gets_a_link_to_what_is_theirs_once(asked: Asked) -> None:
    assert asked("", "UANNA").startswith("Du har inga kalenderlänkar.")
    new = asked("ny", "UANNA")
    assert new.startswith("Gävle 2018, Person: Anna\n")
    assert len(LINK.findall(new)) == 1
    listed = asked("", "UANNA")
    assert "1  Gävle 2018, Person: Anna" in listed
    assert LINK.findall(listed) == []


def test_a_link_is_changed_for_another_and_ended_by_its_owner(asked: Asked) -> None:
    first = LINK.findall(asked("ny", "UANNA"))
    second = LINK.findall(asked("byt 1", "UANNA"))
    assert first != second
    assert asked("dra in 2", "UANNA").endswith("Anna gäller inte längre.")
    assert asked("", "UANNA").startswith("Du har inga kalenderlänkar.")


@pytest.mark.parametrize("words", ["byt 1", "dra in 1", "revoke 1", "rotate 1"])
def test_of_others_links_nothing_is_told(asked: Asked, words: str) -> None:
    asked("ny", "UANNA")
    assert "inga kalenderlänkar" in asked("", "UBO")
    assert asked(words, "UBO") == "Det finns ingen kalenderlänk med nummer 1 som gäller."
    assert "1  Gävle 2018" in asked("", "UANNA")


def test_who_has_left_a_role_or_goes_by_another_address_still_ends_their_links(
    asked: Asked, members: list[Member]
) -> None:
    asked("ny", "UANNA")
    members[0] = Member("Anna", (), email="anna@gavle.example", slack="UANNA")
    assert "1  Gävle 2018, Person: UANNA" in asked("", "UANNA")
    assert asked("dra in 1", "UANNA").endswith("UANNA gäller inte längre.")
    assert asked("", "UANNA").startswith("Du har inga kalenderlänkar.")


def test_who_has_no_role_and_who_is_a_guest_get_a_friendly_no(
    asked: Asked, slack: SlackStandIn
) -> None:
    slack.workspace.add_user("UEVA", "Eva")
    assert asked("ny", "UEVA").startswith("Du har ingen roll")
    slack.workspace.add_user("UGUEST", "Gäst")
    slack.workspace.users["UGUEST"]["is_restricted"] = True
    assert asked("ny", "UGUEST").startswith("Bara de som hör till")


@pytest.mark.parametrize("members", [[]])
def test_where_no_members_are_named_a_link_is_to_the_whole_plan(asked: Asked) -> None:
    assert asked("new", "UANNA").startswith("Gävle 2018, Hela planen\nhttps://")
    assert "på webbsidan" in asked("dra in 1", "UANNA")


@pytest.mark.parametrize("words", ["byt", "byt tre", "dra in", "<!channel>"])
def test_what_is_not_understood_shows_what_can_be_said(asked: Asked, words: str) -> None:
    assert "/lofte kalender ny" in asked(words, "UANNA")


def test_the_menu_of_a_message_says_where_its_file_and_the_calendar_are(room: Room) -> None:
    ts = room.show(WEEKLY)
    pressed = room.slack.pressed(CHANNEL, ts, "loftesbot.calendar", "UANNA")
    assert room.events.interaction(pressed).status == 200
    assert "i meddelandets tråd" in room.told[0]
    assert room.stored == []
