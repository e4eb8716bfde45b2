"""The mail itself: what a mail program reads is what was written, and nothing else gets in."""

from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import parsedate_to_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.message import Ask, Enclosure, Entry, Message
from bot.domain.signing import Key
from bot.mail.addresses import Sender
from bot.mail.letter import invitation, letter
from bot.mail.stationery import Stationery
from bot.mail.wire import NAMELESS, subject
from bot.mail.wording import Wording
from bot.services.links import Invited, Links
from bot.settings import LONGEST_TAGGED
from tests.mail.conftest import NOW, SENDER
from tests.mail.pages import Page

READER = "samverkan@gavle.example"
MESSAGE = Message(
    key="gavle/lagesbild/2018-W11#ahead-3@mail:samverkan@gavle.example",
    occurrence="gavle/lagesbild/2018-W11",
    title="Påminnelse: Gemensam lägesbild för Sätra, Brynäs och Bomhus – förebyggande åtgärder",
    lines=("När: onsdag 14 mars 2018 kl. 9.00–10.30", "Till: Kommunpolis"),
    late="Försenad påminnelse: skulle ha kommit 9 mars 2018 kl. 8.00.",
    history=("Kvitterad – Anna, 9 mars 2018 kl. 10.00",),
    asks=(Ask.ACKNOWLEDGE, Ask.DONE, Ask.SNOOZE, Ask.POSTPONE, Ask.CANNOT),
)
PAGES = "https://loftesbot.gavle.example"
LINKS = Links(Key(b"k" * 32), PAGES, lambda: NOW)
WITHOUT_KEY = Stationery(SENDER, PAGES)
WITH_LINKS = Stationery(SENDER, PAGES, LINKS)
WITH_ALL = Stationery(SENDER, PAGES, LINKS, replies=True)
HEADERS = [
    "From", "To", "Reply-To", "Subject", "Date", "Message-ID", "In-Reply-To", "References",
    "Auto-Submitted", "MIME-Version", "Content-Type",
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


def written(message: Message, stationery: Stationery = WITH_ALL) -> bytes:
    return letter(message, stationery=stationery, recipient=READER, written=NOW).content


def read(message: Message, stationery: Stationery = WITH_ALL) -> EmailMessage:
    found = message_from_bytes(written(message, stationery), policy=default)
    assert isinstance(found, EmailMessage)
    return found


def plain(mail: EmailMessage) -> str:
    (part, _) = mail.iter_parts()
    return str(part.get_content()).replace("\r\n", "\n")


def page(mail: EmailMessage) -> Page:
    (_, part) = mail.iter_parts()
    return Page.read(str(part.get_content()))


def test_a_mail_reads_as_the_message_does() -> None:
    mail = read(MESSAGE, Stationery(SENDER))

    assert mail["Subject"] == MESSAGE.title
    assert plain(mail) == f"{MESSAGE.text}\n"
    assert (mail["From"], mail["To"]) == ("Löftesbot <loftesbot@gavle.example>", READER)
    assert parsedate_to_datetime(mail["Date"]) == NOW
    assert mail["Auto-Submitted"] == "auto-generated"
    kinds = [each.get_content_type() for each in mail.walk()]
    assert kinds == ["multipart/alternative", "text/plain", "text/html"]
    shown = page(mail)
    assert all(" ".join(line.split()) in shown.text for line in MESSAGE.text.splitlines())
    assert shown.links == {}


def test_with_a_key_each_answer_has_a_link_for_this_reader_and_occurrence() -> None:
    mail = read(MESSAGE, WITH_LINKS)
    invited = Invited(MESSAGE.occurrence, READER)
    link = LINKS.to(invited)

    assert f"\nSvara här: {link}\n" in plain(mail)
    assert LINKS.invited(link.rpartition("/")[2]) == invited
    assert page(mail).links == {
        f"{link}?svar=done": "Genomförd",
        f"{link}?svar=acknowledge": "Kvittera",
        f"{link}?svar=postpone": "Skjut upp",
        f"{link}?svar=cannot": "Kan inte",
        f"{link}?svar=snooze": "Påminn senare",
    }
    assert "skicka den inte vidare" in plain(mail)
    assert "Reply-To" not in mail


def test_without_a_key_a_mail_says_where_to_answer_and_carries_no_link_of_its_own() -> None:
    mail = read(MESSAGE, WITHOUT_KEY)
    where = f"{PAGES}/occurrences/{MESSAGE.occurrence}"

    assert f"\nSvara på webbsidan: {where}\n" in plain(mail)
    assert page(mail).links == {where: "Svara på webbsidan"}
    assert "Reply-To" not in mail
    assert "/svar/" not in written(MESSAGE, WITHOUT_KEY).decode()


def test_what_asks_nothing_has_no_link_and_no_address_for_replies() -> None:
    mail = read(replace(MESSAGE, asks=()))

    assert plain(mail) == f"{MESSAGE.text}\n"
    assert page(mail).links == {}
    assert "Reply-To" not in mail


def test_what_has_a_day_can_be_put_into_the_calendar_with_a_link() -> None:
    dated = replace(MESSAGE, calendar="gavle-lagesbild-2018-W11.ics")
    mail = read(dated, WITH_LINKS)
    invited = Invited(MESSAGE.occurrence, READER)

    assert f"\nLägg i kalendern: {LINKS.to(invited)}/kalender.ics\n" in plain(mail)
    assert page(mail).links[f"{LINKS.to(invited)}/kalender.ics"] == "Lägg i kalendern"
    assert "skicka dem inte vidare" in plain(mail)
    assert "skicka den inte vidare" in plain(read(replace(dated, asks=()), WITH_LINKS))


def test_without_a_key_or_a_day_no_mail_leads_to_a_calendar_file() -> None:
    dated = replace(MESSAGE, calendar="gavle-lagesbild-2018-W11.ics")
    for mail in (read(dated, WITHOUT_KEY), read(MESSAGE, WITH_ALL)):
        assert "Lägg i kalendern" not in plain(mail)


def invited(method: str) -> EmailMessage:
    words = replace(MESSAGE, asks=())
    content = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
    enclosure = Enclosure(words.key, "", "m.ics", words.title, content, words, method)
    made = invitation(enclosure, words, stationery=WITH_ALL, recipient=READER, written=NOW)
    found = message_from_bytes(made.content, policy=default)
    assert isinstance(found, EmailMessage)
    return found


def test_an_invitation_can_be_answered_with_a_link_by_those_whose_calendar_cannot() -> None:
    plain_part, page_part, _ = invited("REQUEST").iter_parts()
    link, text = LINKS.to(Invited(MESSAGE.occurrence, READER)), str(plain_part.get_content())
    assert f"Svara här: {link}" in text
    assert "Kom inbjudan till en grupp? Svara då med länken" in text
    assert "”kommer”, ”kanske” eller ”kommer inte” på det här mejlet" in text
    assert Page.read(str(page_part.get_content())).links == {
        f"{link}?svar=attending": "Kommer",
        f"{link}?svar=tentative": "Kanske",
        f"{link}?svar=absent": "Kommer inte",
    }


def test_the_end_of_an_invitation_asks_nothing() -> None:
    plain_part, page_part, _ = invited("CANCEL").iter_parts()
    assert "Svara" not in str(plain_part.get_content())
    assert Page.read(str(page_part.get_content())).links == {}


def test_a_list_has_a_link_for_each_of_its_occurrences_that_waits() -> None:
    entries = (
        Entry("gavle/a/2018-W11", "Lägesbild, Sätra", asks=(Ask.DONE,)),
        Entry("gavle/b/2018-W11", "Lägesbild, Brynäs", "Genomförd – Anna"),
    )
    mail = read(replace(MESSAGE, occurrence="", asks=(), entries=entries))
    link = LINKS.to(Invited("gavle/a/2018-W11", READER))

    assert f"• Lägesbild, Sätra\n  Svara: {link}\n✓ Lägesbild, Brynäs" in plain(mail)
    assert page(mail).links == {link: "Lägesbild, Sätra"}
    assert not {"Reply-To", "References", "In-Reply-To"} & set(mail.keys())


def test_mails_to_one_reader_about_one_occurrence_are_one_thread() -> None:
    later = replace(MESSAGE, key="gavle/lagesbild/2018-W11#day@mail:samverkan@gavle.example")
    other = replace(MESSAGE, occurrence="gavle/lagesbild/2018-W13")
    threads = [str(read(each)["References"]) for each in (MESSAGE, later, other)]

    assert threads[0] == threads[1] == read(later)["In-Reply-To"]
    assert threads[0] != threads[2]
    assert threads[0] == WITH_ALL.thread_id(MESSAGE.occurrence, READER)
    assert threads[0] != WITH_ALL.thread_id(MESSAGE.occurrence, "bo@gavle.example")


def test_replies_go_to_an_address_of_the_readers_own() -> None:
    address = read(MESSAGE)["Reply-To"].addresses[0]
    assert address.display_name == "Löftesbot"
    tag = WITH_ALL.tag_in(address.addr_spec)
    assert WITH_ALL.replied_to(tag, READER) == WITH_ALL.message_id(MESSAGE.key)
    assert WITH_ALL.replied_to(tag.upper(), READER.upper()) == WITH_ALL.message_id(MESSAGE.key)


@pytest.mark.parametrize(
    ("local", "plus"), [("loftesbot", False), ("medborgarloften-i-gavle-kommun", True)]
)
def test_where_no_address_can_be_added_to_replies_go_to_the_senders_own(
    local: str, plus: bool
) -> None:
    sender = Sender(f"{local}@gavle.example", "Löftesbot")
    paper = Stationery(sender, PAGES, LINKS, replies=True, plus=plus)
    mail = read(MESSAGE, paper)
    assert mail["Reply-To"].addresses[0].addr_spec == sender.address
    assert "svara på det här mejlet" in plain(mail)


def test_as_long_an_address_as_may_invite_leaves_room_for_that_of_each_reader() -> None:
    for number, fits in ((LONGEST_TAGGED, True), (LONGEST_TAGGED + 1, False)):
        paper = replace(WITH_ALL, sender=Sender(f"{'a' * number}@gavle.example"))
        assert (paper.organizer("gavle/x/1", READER) != paper.sender.address) is fits


def test_a_message_id_cannot_be_worked_out_without_the_key() -> None:
    ours, theirs = (
        Stationery(SENDER, PAGES, Links(Key(each * 32), PAGES, lambda: NOW))
        for each in (b"k", b"x")
    )
    ids = {each.message_id(MESSAGE.key) for each in (ours, theirs, WITHOUT_KEY)}
    assert len(ids) == 3
    assert ours.message_id(MESSAGE.key) == WITH_ALL.message_id(MESSAGE.key)


def test_the_same_key_is_the_same_message_id_and_another_key_another() -> None:
    again = replace(MESSAGE, title="Något annat", lines=())
    other = replace(MESSAGE, key="gavle/lagesbild/2018-W11#day@mail:samverkan@gavle.example")
    ids = [read(each)["Message-ID"] for each in (MESSAGE, again, other)]

    assert ids[0] == ids[1] == WITH_ALL.message_id(MESSAGE.key)
    assert ids[0] != ids[2]
    assert ids[0].startswith("<")
    assert ids[0].endswith("@gavle.example>")


@given(title=HOSTILE, lines=st.lists(HOSTILE, max_size=3), name=HOSTILE)
def test_no_text_can_add_a_header_a_part_or_a_line_that_ends_the_mail(
    title: str, lines: list[str], name: str
) -> None:
    message = replace(MESSAGE, title=title, lines=tuple(lines))

    paper = replace(WITH_ALL, sender=Sender("loftesbot@gavle.example", name))
    raw = written(message, paper)

    assert raw.isascii()
    assert {b"\r", b"\n"}.isdisjoint(bytes([o]) for o in raw.replace(b"\r\n", b""))
    assert all(len(each) <= 78 for each in raw.split(b"\r\n"))
    mail = read(message, paper)
    assert mail.keys() == HEADERS
    assert [each.defects for each in mail.walk()] == [[], [], []]
    assert mail["Subject"] == subject(title)
    assert plain(mail) == Wording(message, paper, READER).plain
    assert page(mail).liberties == []
    assert set(page(mail).links.values()) == {
        "Genomförd", "Kvittera", "Skjut upp", "Kan inte", "Påminn senare",
    }  # fmt: skip
    assert [str(each) for each in mail["To"].addresses] == [READER]
    senders = mail["From"].addresses
    assert [each.addr_spec for each in senders] == ["loftesbot@gavle.example"]


@given(title=HOSTILE)
def test_a_subject_is_one_line_that_says_something(title: str) -> None:
    found = subject(title)
    assert found
    assert len(found) <= 200
    assert "\n" not in found
    assert all(ord(each) >= ord(" ") for each in found)


def test_a_message_without_words_still_has_a_subject_and_a_body() -> None:
    empty = replace(MESSAGE, title="\x00", lines=(), late="", history=())
    mail = read(empty)
    assert mail["Subject"] == NAMELESS
    assert NAMELESS in page(mail).text


def test_half_a_character_is_shown_as_unreadable_and_direction_overrides_are_left_out() -> None:
    odd = replace(MESSAGE, title="a\ud83db\u202ec\td", lines=("😀 👩\u200d👩\u200d👧",))
    mail = read(odd)
    assert mail["Subject"] == "a\N{REPLACEMENT CHARACTER}bc d"
    assert "😀 👩\u200d👩\u200d👧" in plain(mail)
    assert "😀 👩\u200d👩\u200d👧" in page(mail).text


def test_no_text_becomes_markup_in_the_page() -> None:
    bold = "<b>fet</b> &amp; <img src=x onerror=alert(1)> <a href='x'>"
    odd = replace(MESSAGE, title=bold, lines=(bold,), late=bold, history=(bold,))
    shown = page(read(odd))
    assert shown.liberties == []
    assert shown.text.count(bold) == 5
    assert len(shown.links) == 5
