"""The mail itself: what a mail program reads is what was written, and nothing else gets in."""

from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from email.utils import parsedate_to_datetime

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.message import Message
from bot.mail.addresses import Sender
from bot.mail.letter import NAMELESS, body, letter, message_id, subject
from tests.mail.conftest import NOW, SENDER

READER = "samverkan@gavle.example"
MESSAGE = Message(
    key="gavle/lagesbild/2018-W11#ahead-3@mail:samverkan@gavle.example",
    occurrence="gavle/lagesbild/2018-W11",
    title="Påminnelse: Gemensam lägesbild för Sätra, Brynäs och Bomhus – förebyggande åtgärder",
    lines=("När: onsdag 14 mars 2018 kl. 9.00–10.30", "Till: Kommunpolis"),
    late="Försenad påminnelse: skulle ha kommit 9 mars 2018 kl. 8.00.",
    history=("Kvitterad – Anna, 9 mars 2018 kl. 10.00",),
)
HEADERS = [
    "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted",
    "MIME-Version", "Content-Type", "Content-Transfer-Encoding",
]  # fmt: skip
HOSTILE = st.one_of(
    st.text(st.characters(exclude_categories=[]), max_size=200),
    st.text('aå. \t\r\n=?_<>@:,;"\\\x00\x0b\x85\u2028\u202e\ud83d😀', max_size=200),
    st.sampled_from(
        [
            "Hej\r\nBcc: alla@gavle.example",
            "Hej\r\n\r\nEn annan text",
            "\r\n.\r\nQUIT\r\n",
            "=?utf-8?q?x=0D=0ABcc=3A_y?=",
            "ord " * 90,
            "långtord" * 60,
            "x" * 2_000,
        ]
    ),
)


def written(message: Message, sender: Sender = SENDER) -> bytes:
    return letter(message, sender=sender, recipient=READER, written=NOW).content


def test_a_mail_reads_as_the_message_does() -> None:
    read = message_from_bytes(written(MESSAGE), policy=default)

    assert read["Subject"] == MESSAGE.title
    assert read.get_content().replace("\r\n", "\n") == f"{MESSAGE.text}\n"
    assert read.get_content_type() == "text/plain"
    assert (read["From"], read["To"]) == ("Löftesbot <loftesbot@gavle.example>", READER)
    assert parsedate_to_datetime(read["Date"]) == NOW
    assert read["Auto-Submitted"] == "auto-generated"


def test_the_same_key_is_the_same_message_id_and_another_key_another() -> None:
    again = replace(MESSAGE, title="Något annat", lines=())
    other = replace(MESSAGE, key="gavle/lagesbild/2018-W11#day@mail:samverkan@gavle.example")
    ids = [message_from_bytes(written(each))["Message-ID"] for each in (MESSAGE, again, other)]

    assert ids[0] == ids[1] == message_id(MESSAGE.key, SENDER)
    assert ids[0] != ids[2]
    assert ids[0].startswith("<")
    assert ids[0].endswith("@gavle.example>")


@given(title=HOSTILE, lines=st.lists(HOSTILE, max_size=3), name=HOSTILE)
def test_no_text_can_add_a_header_a_part_or_a_line_that_ends_the_mail(
    title: str, lines: list[str], name: str
) -> None:
    message = replace(MESSAGE, title=title, lines=tuple(lines))

    raw = written(message, Sender("loftesbot@gavle.example", name))

    assert raw.isascii()
    assert {b"\r", b"\n"}.isdisjoint(bytes([o]) for o in raw.replace(b"\r\n", b""))
    assert all(len(each) <= 78 for each in raw.split(b"\r\n"))
    read = message_from_bytes(raw, policy=default)
    assert read.keys() == HEADERS
    assert read.defects == []
    assert read["Subject"] == subject(title)
    assert read.get_content().replace("\r\n", "\n") == body(message)
    assert [str(each) for each in read["To"].addresses] == [READER]
    assert [each.addr_spec for each in read["From"].addresses] == ["loftesbot@gavle.example"]


@given(title=HOSTILE)
def test_a_subject_is_one_line_that_says_something(title: str) -> None:
    found = subject(title)
    assert found
    assert len(found) <= 200
    assert "\n" not in found
    assert all(ord(each) >= ord(" ") for each in found)


def test_a_message_without_words_still_has_a_subject_and_a_body() -> None:
    empty = replace(MESSAGE, title="\x00", lines=(), late="", history=())
    read = message_from_bytes(written(empty), policy=default)
    assert read["Subject"] == NAMELESS


def test_half_a_character_is_shown_as_unreadable_and_direction_overrides_are_left_out() -> None:
    odd = replace(MESSAGE, title="a\ud83db\u202ec\td", lines=("😀 👩\u200d👩\u200d👧",))
    read = message_from_bytes(written(odd), policy=default)
    assert read["Subject"] == "a\N{REPLACEMENT CHARACTER}bc d"
    assert "😀 👩\u200d👩\u200d👧" in read.get_content()
