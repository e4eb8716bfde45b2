"""The contract: what every transport does with a message, whatever its product does with it."""

import time
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.delivery import (
    Absent,
    Found,
    Refused,
    Sent,
    Sought,
    TryAgain,
    Uncertain,
    Unsearchable,
)
from bot.domain.message import Ask, Enclosure, Message
from tests.builders import utc
from tests.transports.rig import Rig, Trouble
from tests.transports.rigs import that_can, that_cannot

KEY = "gavle/lagesbild/2018-W03#day@samverkan"
MESSAGE = Message(
    key=KEY,
    occurrence="gavle/lagesbild/2018-W03",
    title="I dag: Gemensam lägesbild",
    lines=("När: tisdag 16 januari 2018 kl. 9.00–10.30", "Till: Kommunpolis"),
    asks=(Ask.ACKNOWLEDGE, Ask.DONE),
)
SETTLED = replace(MESSAGE, asks=(), history=("Genomförd – Anna, 16 januari 2018 kl. 11.00",))
SOUGHT = Sought(KEY, utc(2018, 1, 1))
LONGEST_SECONDS = 10.0
SWEDISH = {"inte", "är", "ingen", "kontrollera"}


def found(rig: Rig) -> Found:
    return rig.transport.find(SOUGHT, address=rig.address)


def test_what_is_taken_is_sent_and_arrives_once_with_title_lines_and_key(rig: Rig) -> None:
    outcome = rig.transport.post(MESSAGE, address=rig.address)

    (arrived,) = rig.arrived
    assert arrived.receipt
    assert outcome == Sent(arrived.receipt)
    assert arrived.title == MESSAGE.title
    assert all(line in arrived.text for line in MESSAGE.lines)
    assert arrived.mark == rig.mark(KEY)


def test_another_key_is_another_message(rig: Rig) -> None:
    other = replace(MESSAGE, key=f"{KEY}/2")

    outcomes = [rig.transport.post(each, address=rig.address) for each in (MESSAGE, other)]

    assert outcomes == [Sent(each.receipt) for each in rig.arrived]
    assert [each.mark for each in rig.arrived] == [rig.mark(KEY), rig.mark(f"{KEY}/2")]
    assert rig.mark(KEY) != rig.mark(f"{KEY}/2")


@pytest.mark.parametrize("rig", that_can(Trouble.REFUSES), indirect=True)
def test_what_is_refused_for_good_is_refused_with_words_and_does_not_arrive(rig: Rig) -> None:
    rig.meet(Trouble.REFUSES)

    outcome = rig.transport.post(MESSAGE, address=rig.address)

    assert isinstance(outcome, Refused)
    assert SWEDISH & set(outcome.reason.split())
    assert rig.arrived == []


@pytest.mark.parametrize("rig", that_can(Trouble.BUSY), indirect=True)
def test_a_busy_product_is_tried_again_after_the_time_that_it_asks_for(rig: Rig) -> None:
    rig.meet(Trouble.BUSY)

    outcome = rig.transport.post(MESSAGE, address=rig.address)

    assert isinstance(outcome, TryAgain)
    assert outcome.after == rig.asks_for
    assert rig.arrived == []
    assert isinstance(rig.transport.post(MESSAGE, address=rig.address), Sent)


@pytest.mark.parametrize("rig", that_can(Trouble.LOSES_THE_ANSWER), indirect=True)
def test_a_lost_answer_is_unclear_and_the_very_message_is_found_where_one_can_ask(
    rig: Rig,
) -> None:
    rig.meet(Trouble.LOSES_THE_ANSWER)

    outcome = rig.transport.post(MESSAGE, address=rig.address)

    assert isinstance(outcome, Uncertain)
    (arrived,) = rig.arrived
    assert found(rig) == (Sent(arrived.receipt) if rig.searchable else Unsearchable())


@pytest.mark.parametrize("rig", that_can(Trouble.LOSES_THE_MESSAGE), indirect=True)
def test_a_lost_message_is_unclear_and_absent_where_one_can_ask(rig: Rig) -> None:
    rig.meet(Trouble.LOSES_THE_MESSAGE)

    outcome = rig.transport.post(MESSAGE, address=rig.address)

    assert isinstance(outcome, Uncertain)
    assert rig.arrived == []
    assert found(rig) == (Absent() if rig.searchable else Unsearchable())


@pytest.mark.parametrize(("rig", "trouble"), that_cannot(), indirect=["rig"])
def test_where_a_product_spares_us_a_trouble_a_repeated_key_is_the_same_message(
    rig: Rig, trouble: Trouble
) -> None:
    """So whatever cuts an attempt short, posting again does no harm, and nothing need be found."""
    outcomes = [rig.transport.post(MESSAGE, address=rig.address) for _ in range(3)]

    (arrived,) = rig.arrived
    assert outcomes == [Sent(arrived.receipt)] * 3
    assert found(rig) == Absent()
    assert rig.never[trouble]


@pytest.mark.parametrize("rig", that_can(Trouble.DOWN), indirect=True)
def test_a_product_that_is_down_is_tried_again_and_nothing_raises(rig: Rig) -> None:
    rig.meet(Trouble.DOWN)
    transport, file = rig.transport, Enclosure(KEY, "1.1", "a.ics", "Kalender", b"BEGIN:VCALENDAR")

    assert isinstance(transport.post(MESSAGE, address=rig.address), TryAgain)

    assert isinstance(found(rig), TryAgain if rig.searchable else Unsearchable)
    untaken = TryAgain | Uncertain | Refused
    assert isinstance(transport.update(SETTLED, address=rig.address, receipt="1.1"), untaken)
    assert isinstance(transport.enclose(file, address=rig.address), untaken)


@pytest.mark.parametrize("rig", that_can(Trouble.HANGS), indirect=True)
def test_a_product_that_hangs_is_left_in_time(rig: Rig) -> None:
    rig.meet(Trouble.HANGS)
    began = time.monotonic()

    outcome = rig.transport.post(MESSAGE, address=rig.address)

    assert isinstance(outcome, Uncertain | TryAgain)
    assert time.monotonic() - began < LONGEST_SECONDS


def test_an_update_is_harmless_when_repeated(rig: Rig) -> None:
    outcome = rig.transport.post(MESSAGE, address=rig.address)
    assert isinstance(outcome, Sent)

    outcomes = [
        rig.transport.update(SETTLED, address=rig.address, receipt=outcome.receipt)
        for _ in range(2)
    ]

    (arrived,) = rig.arrived
    assert arrived.receipt == outcome.receipt
    assert arrived.mark == rig.mark(KEY)
    assert (SETTLED.history[0] in arrived.text) is rig.changes
    assert all(each == outcome if rig.changes else isinstance(each, Refused) for each in outcomes)


def test_a_file_is_posted_where_files_are_and_refused_where_they_are_not(rig: Rig) -> None:
    outcome = rig.transport.post(MESSAGE, address=rig.address)
    assert isinstance(outcome, Sent)
    file = Enclosure(f"{KEY}/calendar", outcome.receipt, "a.ics", "Kalender", b"BEGIN:VCALENDAR")

    posted = rig.transport.enclose(file, address=rig.address)

    assert len(rig.arrived) == 1
    if rig.transport.encloses:
        sought = replace(SOUGHT, key=file.key, thread=file.thread)
        assert isinstance(posted, Sent)
        assert rig.transport.find(sought, address=rig.address) == posted
    else:
        assert isinstance(posted, Refused)


def test_the_pace_is_short_enough_to_reach_everybody(rig: Rig) -> None:
    assert timedelta() <= rig.transport.pace <= timedelta(seconds=5)


HOSTILE = {
    "mrkdwn": (
        "*Fet* _lut_ ~struken~ `kod`",
        ("<!channel> <@U1> <http://a.example|b>", ":tada: &"),
    ),
    "HTML": ("<script>alert(1)</script>", ('"><img src=x onerror=alert(1)>', "<b>fet</b> &amp;")),
    "encoded words": ("=?utf-8?q?dold?=", ("=?utf-8?b?ZG9sZA==?=",)),
    "formulas": ("=HYPERLINK(1)", ("=1+1", "@SUM(1)", "+1", "-1")),
    "emoji": ("👩\u200d👩\u200d👧 möts 🇸🇪", ("e\u0301 🏳️\u200d🌈",)),
    "dots": (".", (".", "..", "...x")),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_markup_arrives_as_the_plain_text_that_it_is(rig: Rig, name: str) -> None:
    title, lines = HOSTILE[name]
    message = replace(MESSAGE, title=title, lines=lines)

    outcome = rig.transport.post(message, address=rig.address)

    (arrived,) = rig.arrived
    assert outcome == Sent(arrived.receipt)
    assert arrived.title == title
    assert all(line in arrived.text.splitlines() for line in lines)
    assert rig.liberties(message) == []


BROKEN = {
    "headers": "FÖRST\r\nBcc: alla@ond.example\r\nContent-Type: text/html\r\n\r\n<h1>SIST",
    "commands": "FÖRST\r\n.\r\nMAIL FROM:<ond@ond.example>\r\nQUIT\r\nSIST",
    "bare returns": "FÖRST\r.\rQUIT\rSIST",
    "bare feeds": "FÖRST\n.\nRCPT TO:<ond@ond.example>\nSIST",
    "odd line ends": "FÖRST\x0b.\x0c\x85\u2028\u2029SIST",
    "controls": "FÖRST\x00\x07\x1b[31m\x7f\x9bSIST",
    "directions": "FÖRST\u202egnal\u202c\u2066SIST",
    "half characters": "FÖRST\ud83d och \udfffSIST",
    "long lines": "FÖRST" + "å" * 100 + "x" * 1_500 + "SIST",
}


@pytest.mark.parametrize("name", BROKEN)
def test_texts_that_break_out_of_their_place_do_not(rig: Rig, name: str) -> None:
    text = BROKEN[name]
    message = replace(MESSAGE, title=text, lines=(text, "EFTER"))

    outcome = rig.transport.post(message, address=rig.address)

    (arrived,) = rig.arrived
    assert outcome == Sent(arrived.receipt)
    assert arrived.title.startswith("FÖRST")
    assert all(each in arrived.text for each in ("FÖRST", "SIST", "EFTER"))
    assert arrived.mark == rig.mark(KEY)
    assert rig.liberties(message) == []


def test_a_message_without_end_arrives_with_its_beginning(rig: Rig) -> None:
    message = replace(MESSAGE, title="Lång " * 1_000, lines=("BÖRJAN " + "å" * 50_000,))

    outcome = rig.transport.post(message, address=rig.address)

    (arrived,) = rig.arrived
    assert outcome == Sent(arrived.receipt)
    assert arrived.title.startswith("Lång Lång")
    assert "BÖRJAN åååå" in arrived.text
