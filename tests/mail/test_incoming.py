"""Reading mails: what people write comes out as text, and nothing else comes out at all."""

import base64
import json
from dataclasses import asdict
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.mail.incoming import LARGEST_MAIL_OCTETS, Incoming, Kind, UnreadableMailError, read

HEAD = (
    "From: Anna Andersson <anna@gavle.example>\r\n"
    "To: Bot <loftesbot+tag@gavle.example>\r\n"
    "Message-ID: <1@gavle.example>\r\n"
    "In-Reply-To: <2@gavle.example>\r\n"
    "References: <3@gavle.example>\r\n <2@gavle.example>\r\n"
    "Subject: =?utf-8?q?Sv:_L=C3=A4gesbild?=\r\n"
)
REPLY = "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nEND:VCALENDAR\r\n"


def a_mail(body: str | bytes = "Klart.", *headers: str, kind: str = "text/plain") -> bytes:
    encoded = body if isinstance(body, bytes) else body.encode()
    more = "".join(f"{each}\r\n" for each in (f"Content-Type: {kind}", *headers))
    return f"{HEAD}{more}\r\n".encode() + encoded


def of_parts(*parts: tuple[str, str], kind: str = "alternative") -> bytes:
    whole = "".join(f"--b\r\nContent-Type: {each}\r\n\r\n{text}\r\n" for each, text in parts)
    return a_mail(f"{whole}--b--\r\n", kind=f"multipart/{kind}; boundary=b")


def test_a_reply_is_read_with_all_that_counts() -> None:
    found = read(a_mail("Klart, 12 deltagare.\r\n\r\nMvh Anna\r\n> Genomförd?\r\n"))
    assert found == Incoming(
        id="<1@gavle.example>",
        sender="anna@gavle.example",
        recipients=("loftesbot+tag@gavle.example",),
        references=("<2@gavle.example>", "<2@gavle.example>", "<3@gavle.example>"),
        subject="Sv: Lägesbild",
        text="Klart, 12 deltagare.",
    )


TEXTS = {
    "utf-8": (a_mail("Inställt pga åska"), "Inställt pga åska"),
    "latin-1": (
        a_mail("Inställt".encode("latin-1"), kind="text/plain; charset=iso-8859-1"),
        "Inställt",
    ),
    "said to be utf-8": (
        a_mail("Inställt".encode("latin-1"), kind="text/plain; charset=utf-8"),
        "Inställt",
    ),
    "an unknown charset": (a_mail("Inställt", kind="text/plain; charset=x-nope"), "Inställt"),
    "quoted-printable": (
        a_mail("Inst=C3=A4llt =\r\nidag", "Content-Transfer-Encoding: quoted-printable"),
        "Inställt idag",
    ),
    "base64": (
        a_mail(base64.b64encode("Inställt".encode()), "Content-Transfer-Encoding: base64"),
        "Inställt",
    ),
    "broken base64": (a_mail("S2xhcnQ", "Content-Transfer-Encoding: base64"), "Klart"),
    "an unknown encoding": (a_mail("Klart", "Content-Transfer-Encoding: x-nope"), "Klart"),
    "flowing lines": (
        a_mail("Inställt pga att \r\nAnna är sjuk\r\n", kind="text/plain; format=flowed"),
        "Inställt pga att Anna är sjuk",
    ),
    "plain before HTML": (
        of_parts(("text/plain", "Klart"), ("text/html", "<p>Inte klart</p>")),
        "Klart",
    ),
    "HTML where plain is empty": (
        of_parts(("text/plain", "  "), ("text/html", "<p>Klart</p>")),
        "Klart",
    ),
    "HTML alone": (
        a_mail(
            "<html><head><style>p{}</style><title>x</title></head><body><p>Klart, 12 deltagare."
            "</p><script>alert(1)</script><p>Mvh<br>Anna</p><blockquote><p>Genomförd?</p>"
            "</blockquote></body></html>",
            kind="text/html; charset=utf-8",
        ),
        "Klart, 12 deltagare.",
    ),
    "HTML with a quote above": (
        a_mail("<blockquote>Inte klart</blockquote><div>Klart &amp; fint</div>", kind="text/html"),
        "Klart & fint",
    ),
    "HTML of Outlook": (
        a_mail("<p>Klart</p><hr><p><b>Från:</b> Löftesbot</p><p>Genomförd?</p>", kind="text/html"),
        "Klart",
    ),
    "broken HTML": (a_mail("<p>Klart<div><b>idag</p></i>", kind="text/html"), "Klart\nidag"),
    "no attachment": (
        of_parts(
            ("text/plain", "Klart"),
            ("text/plain\r\nContent-Disposition: attachment", "Inställt"),
            kind="mixed",
        ),
        "Klart",
    ),
    "no enclosed mail": (
        of_parts(("text/plain", "Klart"), ("message/rfc822", "\r\nInställt"), kind="mixed"),
        "Klart",
    ),
    "nothing": (of_parts(("application/pdf", "x"), kind="mixed"), ""),
    "controls": (a_mail("Kla\x00rt\x1b!\x07"), "Klart!"),
}


@pytest.mark.parametrize(("raw", "text"), TEXTS.values(), ids=TEXTS.keys())
def test_the_writers_words_are_read_however_they_are_packed(raw: bytes, text: str) -> None:
    assert read(raw).text == text


KINDS = {
    "a person": ((), Kind.PERSON),
    "a person who says so": (("Auto-Submitted: no",), Kind.PERSON),
    "a machine": (("Auto-Submitted: auto-generated",), Kind.AUTOMATIC),
    "an answering machine": (("Auto-Submitted: auto-replied; owner-email=x",), Kind.AUTOMATIC),
    "Outlook's machine": (("X-Auto-Response-Suppress: All",), Kind.AUTOMATIC),
    "an old machine": (("Precedence: auto_reply",), Kind.AUTOMATIC),
    "bulk": (("Precedence: bulk",), Kind.AUTOMATIC),
    "a list": (("List-Id: <nytt.gavle.example>",), Kind.LIST),
    "an old list": (("Precedence: list",), Kind.LIST),
    "nobody": (("Return-Path: <>",), Kind.BOUNCE),
    "a failure": (("X-Failed-Recipients: bo@gavle.example",), Kind.BOUNCE),
}


@pytest.mark.parametrize(("headers", "kind"), KINDS.values(), ids=KINDS.keys())
def test_machines_are_told_from_people(headers: tuple[str, ...], kind: Kind) -> None:
    assert read(a_mail("Klart", *headers)).kind is kind


@pytest.mark.parametrize(
    "subject",
    ["Autosvar: x", "Automatiskt svar: Lägesbild", "Frånvarande: x", "Out of office", "Auto-reply"],
)
def test_who_is_away_is_known_by_the_subject_too(subject: str) -> None:
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["Subject"] = "anna@gavle.example", subject
    mail.set_content("Jag är borta. Klart.")
    assert read(bytes(mail)).kind is Kind.AUTOMATIC


def test_reports_and_postmasters_are_bounces() -> None:
    report = of_parts(("text/plain", "It failed"), ("message/delivery-status", "x"), kind="report")
    postmaster = a_mail().replace(b"anna@gavle", b"MAILER-DAEMON@gavle")
    assert [read(each).kind for each in (report, postmaster)] == [Kind.BOUNCE, Kind.BOUNCE]


def test_calendars_are_kept_each_once() -> None:
    part = ("text/calendar; method=REPLY; charset=utf-8", REPLY)
    once, twice = of_parts(("text/plain", "Ja"), part), of_parts(part, part, kind="mixed")
    other = of_parts(part, (part[0], REPLY.replace("REPLY", "COUNTER")), kind="mixed")
    assert [len(read(each).calendars) for each in (once, twice, other)] == [1, 1, 2]
    assert "METHOD:REPLY" in read(once).calendars[0]


def nested(depth: int, kind: str = "multipart/mixed; boundary=b{}") -> bytes:
    parts = [f"Content-Type: {kind.format(n)}\r\n\r\n--b{n}\r\n" for n in range(depth)]
    return (HEAD + "".join(parts) + "\r\nKlart").encode()


def test_the_same_calendar_in_two_codings_is_one() -> None:
    coded = base64.b64encode(f"{REPLY}\r\n".encode()).decode()
    second = (
        f"--b\r\nContent-Type: text/calendar\r\nContent-Transfer-Encoding: base64\r\n\r\n{coded}"
    )
    first = f"--b\r\nContent-Type: text/calendar\r\n\r\n{REPLY}\r\n"
    mail = a_mail(f"{first}{second}\r\n--b--\r\n", kind="multipart/mixed; boundary=b")
    assert read(mail).calendars == (REPLY.replace("\r\n", "\n").strip(),)


def test_a_calendar_that_comes_as_a_file_counts_where_it_is_the_only_one() -> None:
    file = ("application/ics", REPLY)
    other = ("text/calendar", REPLY.replace("REPLY", "COUNTER"))
    assert "METHOD:REPLY" in read(of_parts(file, kind="mixed")).calendars[0]
    (found,) = read(of_parts(other, file, kind="mixed")).calendars
    assert "METHOD:COUNTER" in found


@pytest.mark.parametrize(
    ("date", "written"),
    [
        ("Fri, 12 Jan 2018 10:00:00 +0100", "2018-01-12T09:00:00+00:00"),
        ("Fri, 12 Jan 2018 10:00:00 GMT", "2018-01-12T10:00:00+00:00"),
        ("i går", ""),
        ("Fri, 31 Dec 9999 23:00:00 -1200", ""),
        ("Fri, 12 Jan 2018 10:00:00 +9999", ""),
    ],
)
def test_a_mail_was_written_when_it_says_so(date: str, written: str) -> None:
    assert read(a_mail("Klart.", f"Date: {date}")).written == written
    assert read(a_mail()).written == ""


UNREADABLE = {
    "larger than 5 MB": a_mail("x" * LARGEST_MAIL_OCTETS),
    "nested boxes": nested(200),
    "nested mails": nested(300, "message/rfc822"),
    "many nested mails": nested(20_000, "message/rfc822"),
    "many parts": of_parts(*[("text/plain", "x")] * 200, kind="mixed"),
    "a huge calendar": of_parts(("text/calendar", "x" * 250_000), kind="mixed"),
    "many calendars": of_parts(*[("text/calendar", str(n)) for n in range(9)], kind="mixed"),
    "nobody": a_mail().replace(b"From:", b"X-From:"),
    "two senders": a_mail().replace(b"<anna@gavle.example>", b"<a@b.example>, c@d.example"),
    "two From lines": b"From: a@b.example\r\n" + a_mail(),
    "no address": a_mail().replace(b"<anna@gavle.example>", b""),
    "an odd address": a_mail().replace(b"anna@gavle", b"\xc3\xa5sa@gavle"),
    "nothing": b"",
}


@pytest.mark.parametrize("raw", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_what_cannot_be_read_safely_is_refused_in_one_line(raw: bytes) -> None:
    with pytest.raises(UnreadableMailError, match=r"^Ett mejl gick inte att läsa: [^\n]+\.$"):
        read(raw)


def test_a_mail_without_an_id_has_one_of_its_own() -> None:
    first, second = (
        read(a_mail(each).replace(b"Message-ID: <1@gavle.example>\r\n", b""))
        for each in ("Klart", "Inställt")
    )
    assert first.id != second.id
    assert first.source != second.source
    assert first == read(a_mail("Klart").replace(b"Message-ID: <1@gavle.example>\r\n", b""))


def test_the_source_of_a_mail_is_its_id_and_sender() -> None:
    mail = a_mail()
    assert read(mail).source == read(mail + b"\r\nIgen").source
    assert read(mail).source != read(mail.replace(b"<1@", b"<9@")).source
    assert read(mail).source != read(mail.replace(b"anna@gavle", b"bo@gavle")).source


@given(st.binary(max_size=400), st.sampled_from([b"", HEAD.encode(), of_parts(("text/html", "x"))]))
def test_whatever_comes_is_read_or_refused(noise: bytes, start: bytes) -> None:
    try:
        found = read(start + noise)
    except UnreadableMailError:
        return
    assert "\\u0000" not in json.dumps(asdict(found))
