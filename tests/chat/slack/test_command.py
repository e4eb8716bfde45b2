"""What ``/lofte`` answers, and the buttons in it."""

from datetime import date

import pytest

from bot.domain.answer import Answer, AnswerKind
from tests.chat.slack.plans import DIALOGUE, NEED, NOW, SLOT, WEEKLY
from tests.chat.slack.room import CHANNEL, Room
from tests.standins.slack import payloads
from tests.standins.slack.workspace import Payload


def ask(room: Room, words: str) -> list[Payload]:
    """Give the command, and return the blocks of what only this person sees."""
    answered = room.events.command(payloads.slash_command(words, "UANNA", CHANNEL)).payload
    assert answered["response_type"] == "ephemeral"
    assert answered["text"]
    blocks: list[Payload] = answered["blocks"]
    assert all(each["text"]["type"] == "plain_text" for each in blocks)
    return blocks


def texts(blocks: list[Payload]) -> str:
    return "\n".join(each["text"]["text"] for each in blocks)


def buttons(blocks: list[Payload]) -> dict[str, str]:
    """The button of each occurrence."""
    found = [each["accessory"] for each in blocks if "accessory" in each]
    return {each["value"].removeprefix("- "): each["action_id"] for each in found}


@pytest.mark.parametrize("words", ["", "status", "Status "])
def test_status_tells_how_the_promises_stand(room: Room, words: str) -> None:
    lines = texts(ask(room, words)).splitlines()
    assert lines[0] == "Gävle 2018"
    assert lines[1].startswith("✓ enligt plan: ")
    assert any(line.startswith("! Lägesbild (2018): ") for line in lines)


@pytest.mark.parametrize("words", ["nästa", "next"])
def test_next_tells_what_lacks_an_answer_and_what_comes(room: Room, words: str) -> None:
    shown = ask(room, words)
    assert texts(shown).splitlines()[0] == "Gävle 2018: saknar svar"
    assert "• Lägesbild, onsdag 14 mars 2018 kl. 9.00–10.30" in texts(shown)
    assert buttons(shown)["gavle/lagesbild/2018-W10"] == "loftesbot.done"
    assert WEEKLY not in buttons(shown)
    done = Answer("gavle/lagesbild/2018-W10", AnswerKind.DONE, "Eva", NOW, day=date(2018, 3, 7))
    room.office.desk.give(done)
    assert "gavle/lagesbild/2018-W10" not in buttons(ask(room, words))


@pytest.mark.parametrize("words", ["boka", "book"])
def test_book_lists_what_waits_for_a_day_with_a_button_that_books(room: Room, words: str) -> None:
    shown = buttons(ask(room, words))
    assert {SLOT, DIALOGUE} <= set(shown)
    assert set(shown.values()) == {"loftesbot.book"}


@pytest.mark.parametrize("words", ["logga", "log"])
def test_log_lists_the_needs_of_now(room: Room, words: str) -> None:
    assert NEED in buttons(ask(room, words))


@pytest.mark.parametrize("words", ["hjälp", "help"])
def test_help_names_every_word(room: Room, words: str) -> None:
    shown = texts(ask(room, words))
    assert all(f"/lofte {each}" in shown for each in ("status", "nästa", "boka", "logga"))


def test_a_word_that_is_not_understood_is_said_so_and_harms_nobody(room: Room) -> None:
    shown = texts(ask(room, "<!channel> *x*"))
    assert shown.startswith("”<!channel> *x*” finns inte.")


def test_a_button_in_the_answer_opens_its_form(room: Room) -> None:
    (element,) = [
        each["accessory"]
        for each in ask(room, "boka")
        if each.get("accessory", {}).get("value") == f"- {SLOT}"
    ]
    workspace = room.slack.workspace
    workspace.tickets.add("trigger-9")
    pressed = payloads.block_actions(
        CHANNEL, {"ts": "1.1"}, element, "UANNA", moment="2.1", trigger="trigger-9"
    )
    assert room.events.interaction(pressed).status == 200
    room.fill_in({"datum": {"selected_date": "2018-03-20"}})
    assert [each.kind for each in room.stored] == [AnswerKind.BOOKED]
