"""The App Home: shown when it is opened, and anew after an answer."""

from slack_sdk.web import WebClient

from bot.chat.slack.connection import make_app
from bot.chat.slack.intake import Intake
from bot.domain.answer import AnswerKind
from bot.services.membership import Member, Membership
from tests.chat.slack.http_events import SECRET, HttpEvents
from tests.chat.slack.plans import SLOT, Office
from tests.chat.slack.room import Room, at, one
from tests.standins.slack import faults, payloads
from tests.standins.slack.server import SlackStandIn
from tests.standins.slack.workspace import Payload

EARLIER = "gavle/lagesbild/2018-W10"
THIS_WEEK = "gavle/lagesbild/2018-W11"


def open_home(room: Room, user: str = "UANNA") -> None:
    assert room.events.event(room.slack.event(payloads.home_event(user))).status == 200


def shown(room: Room, user: str = "UANNA") -> list[Payload]:
    blocks: list[Payload] = room.slack.workspace.homes[user]["blocks"]
    return blocks


def values(room: Room) -> dict[str, Payload]:
    found = [each["accessory"] for each in shown(room) if "accessory" in each]
    return {each["value"].removeprefix("- "): each for each in found}


def press(room: Room, occurrence: str) -> None:
    workspace = room.slack.workspace
    trigger = f"trigger-{workspace.number()}"
    workspace.tickets.add(trigger)
    moment, element = workspace.stamp(), values(room)[occurrence]
    pressed = payloads.home_action(element, "UANNA", moment=moment, trigger=trigger)
    assert room.events.interaction(pressed).status == 200


def test_it_shows_what_is_open_the_week_what_to_book_and_the_pace(room: Room) -> None:
    open_home(room)
    text = "\n".join(each["text"]["text"] for each in shown(room))
    for heading in ("Saknar svar", "Veckan som kommer (v. 11)", "Att boka", "Logga en insats"):
        assert heading in text
    assert "✓ enligt plan: " in text
    assert all(each["text"]["type"] == "plain_text" for each in shown(room))
    assert {THIS_WEEK, SLOT} <= set(values(room))


def test_a_press_at_home_is_an_answer_and_the_page_shows_it(room: Room) -> None:
    open_home(room)
    press(room, THIS_WEEK)
    assert [each.kind for each in room.stored] == [AnswerKind.ACKNOWLEDGED]
    published = room.slack.workspace.called("views.publish")
    assert len(published) == 2


def test_a_form_opened_at_home_takes_what_was_open_off_the_page(room: Room) -> None:
    open_home(room)
    first = next(iter(values(room)))
    press(room, first)
    done = {"selected_option": {"value": "done"}}
    room.fill_in({"utfall": done, "datum": {"selected_date": "2018-03-13"}})
    assert [each.kind for each in room.stored] == [AnswerKind.DONE]
    assert first not in values(room)


def test_whoever_has_not_opened_it_is_shown_nothing(room: Room) -> None:
    room.react(room.show(THIS_WEEK), "white_check_mark")
    assert room.slack.workspace.homes == {}


def test_a_refusal_at_home_is_told_in_a_direct_message(room: Room) -> None:
    open_home(room)
    element = values(room)[THIS_WEEK]
    element["value"] = "- gavle/lagesbild/1999-W01"
    pressed = payloads.home_action(element, "UANNA", moment="9.9", trigger="none")
    assert room.events.interaction(pressed).status == 200
    (told,) = room.slack.workspace.called("chat.postMessage")
    assert told["channel"] == "UANNA"


def test_a_page_that_cannot_be_shown_does_not_stop_the_answer(room: Room) -> None:
    open_home(room)
    room.slack.workspace.fail_next("views.publish", faults.SERVER_ERROR)
    press(room, THIS_WEEK)
    assert len(room.stored) == 1


def test_a_member_sees_what_their_roles_are_responsible_for(
    slack: SlackStandIn, client: WebClient, office: Office, intake: Intake
) -> None:
    office.membership = Membership([Member("Anna", ("skola",), slack="UANNA")])
    room = Room(slack, office, HttpEvents(make_app(one(client), SECRET, *at(office, intake))))
    open_home(room, "UANNA")
    open_home(room, "UBO")
    assert values(room) == {}
    assert any("accessory" in each for each in shown(room, "UBO"))


def test_an_emoji_and_a_reply_are_answers_that_the_page_shows(room: Room) -> None:
    open_home(room)
    room.react(room.show(THIS_WEEK), "eyes")
    room.reply(room.show(SLOT), "bokat 20/3")
    assert len(room.slack.workspace.called("views.publish")) == 3
    assert SLOT not in {name for name in values(room) if "Boka" in str(values(room)[name])}
