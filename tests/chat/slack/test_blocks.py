"""Messages as blocks: within Slack's limits, and never markup."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.chat.slack.blocks import blocks, fallback, notice, occurrence_of, plain, section
from bot.chat.slack.modals import FORMS_BEHIND, modal
from bot.domain.message import Ask, Choice, Entry, Message, Tone
from bot.services.gathering import MOST_LISTED
from tests.standins.slack.limits import blocks_fault, view_fault

# With the longest ask before it, it just fits into a menu's value.
LONGEST_OF_MENU = 150 - len("acknowledge ")

HOSTILE = ["<!channel>", "*fet*", "_kursiv_ ~struken~ `kod`", "<http://x|y>", "@here &amp; <@U1>"]
NASTY = st.text(alphabet=st.sampled_from('aÅ<&>"\\\n\x00\u202e😀*'), max_size=6_000)


def message(text: str = "Lägesbild", *, many: int = 1) -> Message:
    return Message(
        key=f"nyckel {text[:20]}",
        occurrence="gavle/lagesbild/2018-W11",
        title=text,
        lines=(text,) * many,
        tone=Tone.ASKING,
        late=text,
        history=(text,) * many,
        asks=tuple(Ask),
        areas=tuple(Choice(f"o{n}", text) for n in range(many)),
    )


def text_objects(node: object) -> Iterator[dict[str, Any]]:
    if isinstance(node, list):
        for each in node:
            yield from text_objects(each)
    elif isinstance(node, dict):
        if isinstance(node.get("text"), str):
            yield node
        for each in node.values():
            yield from text_objects(each)


@pytest.mark.parametrize("text", HOSTILE)
def test_text_from_outside_stands_only_in_plain_text(text: str) -> None:
    shown = [blocks(message(text), nonce="1"), notice(text)]
    forms = [modal(ask, message(text)) for ask in FORMS_BEHIND]

    for each in text_objects([shown, forms]):
        assert each["type"] == "plain_text"
        assert each["emoji"] is False
    assert "mrkdwn" not in json.dumps([shown, forms])


@pytest.mark.parametrize("text", HOSTILE)
def test_the_fallback_text_pings_nobody_and_links_nowhere(text: str) -> None:
    assert "<" not in fallback(text)
    assert ">" not in fallback(text)


@settings(deadline=None)
@example(text="x" * 9_000, many=1)
@example(text='"' * 9_000, many=120)
@given(text=NASTY, many=st.integers(0, 120))
def test_every_message_is_within_slacks_limits(text: str, many: int) -> None:
    shown = blocks(message(text, many=many), nonce="1")

    assert blocks_fault(shown) == ""
    assert len(json.dumps(shown, ensure_ascii=False)) <= 13_000
    assert 0 < len(fallback(message(text, many=many).text)) <= 4_000


@settings(deadline=None)
@example(text="x" * 9_000, many=1)
@example(text='"' * 9_000, many=120)
@given(text=NASTY, many=st.integers(0, 120))
def test_every_form_is_within_slacks_limits(text: str, many: int) -> None:
    for ask in FORMS_BEHIND:
        assert view_fault(modal(ask, message(text, many=many))) == ""


def test_a_long_fallback_is_not_cut_inside_an_escape() -> None:
    text = fallback("&" * 4_000)

    assert len(text) <= 4_000
    assert text.removesuffix("…").replace("&amp;", "") == ""


def test_late_lines_and_history_are_each_visible_however_long_the_others_are() -> None:
    every = Message(
        key="k",
        occurrence="o",
        title="T" * 500,
        lines=("L" * 9_000, "sist"),
        late="Försenad påminnelse",
        history=("Kvitterat – Anna " + "x" * 2_000,) * 11 + ("Kan inte – Bo",),
    )

    texts = [each["text"]["text"] for each in blocks(every, nonce="1")]

    title, late, lines, history = texts
    assert (len(title), title[-1]) == (150, "…")
    assert late == "Försenad påminnelse"
    assert lines.startswith("LLL")
    assert lines.endswith("…")
    assert history.startswith("…\nKvitterat – Anna")
    assert history.endswith("Kan inte – Bo")


def test_at_most_four_buttons_are_shown_and_the_rest_is_a_menu() -> None:
    (*_, actions) = blocks(message(), nonce="1")

    *buttons, menu = actions["elements"]
    assert [(each["text"]["text"], each.get("style")) for each in buttons] == [
        ("Kvittera", None),
        ("Genomförd", "primary"),
        ("Boka datum", None),
    ]
    assert [each["text"]["text"] for each in menu["options"]] == [
        "Påminn senare",
        "Skjut upp",
        "Kan inte",
        "Inget behov",
        "Kalender",
    ]
    named = {occurrence_of(each["value"]) for each in (*buttons, *menu["options"])}
    assert named == {"gavle/lagesbild/2018-W11"}


def test_four_buttons_need_no_menu_and_a_long_name_has_none() -> None:
    four = replace(message(), asks=tuple(Ask)[:4])
    (*_, actions) = blocks(four, nonce="1")
    assert [each["type"] for each in actions["elements"]] == ["button"] * 4
    long = replace(message(), occurrence="gavle/" + "x" * 150)
    (*_, actions) = blocks(long, nonce="1")
    assert {each["type"] for each in actions["elements"]} == {"button"}


def test_control_characters_and_direction_overrides_are_left_out() -> None:
    shown = json.dumps(blocks(message("a\x00\x1b\u202eb"), nonce="1"), ensure_ascii=False)

    assert '"ab"' in shown


def test_a_list_has_a_line_for_each_with_all_that_can_be_answered_in_its_menu() -> None:
    asks = (Ask.ACKNOWLEDGE, Ask.DONE, Ask.SNOOZE, Ask.POSTPONE, Ask.CANNOT)
    entries = (
        Entry("gavle/lagesbild/2018-W03", "Påminnelse: <!channel>", asks=asks),
        Entry("gavle/lagesbild/2018-W05", "Lägesbild", "Genomförd – Anna"),
    )
    listing = Message("k", "", "2 påminnelser", ("Svara för vart och ett.",), entries=entries)
    _header, _lines, first, second = blocks(listing, nonce="1")
    assert first["text"] == plain("• Påminnelse: <!channel>")
    menu = first["accessory"]
    assert (menu["type"], len(menu["options"])) == ("overflow", 5)
    assert menu["options"][0]["value"] == "acknowledge gavle/lagesbild/2018-W03"
    assert second == section("✓ Lägesbild. Genomförd – Anna")


def test_the_longest_list_fits_into_a_message() -> None:
    asks = (Ask.ACKNOWLEDGE, Ask.DONE, Ask.SNOOZE, Ask.POSTPONE, Ask.CANNOT)
    entry = Entry("o" * LONGEST_OF_MENU, "å" * 500, asks=asks)
    listing = Message("k", "", "8 påminnelser", ("Svara.",), entries=(entry,) * MOST_LISTED)
    shown = blocks(listing, nonce="1")
    assert all("accessory" in each for each in shown[2:])
    assert blocks_fault(shown) == ""
