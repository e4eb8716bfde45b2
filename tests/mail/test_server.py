"""The server's address: every form that is right, and no secret in what is said of the others."""

import pytest

from bot.domain.errors import SettingsError
from bot.mail.server import MailFolder, MailServer, Security, parse_imap_url, parse_smtp_url

CANARY = "k4n4r1e"
GOOD = [
    ("smtp://mail.example", MailServer("mail.example", 25, Security.NONE)),
    ("SMTP://mail.example:2525/", MailServer("mail.example", 2525, Security.NONE)),
    ("smtp://[::1]:25", MailServer("::1", 25, Security.NONE)),
    ("smtps://mail.example", MailServer("mail.example", 465, Security.TLS)),
    (
        "smtp+starttls://mejl.gävle.example",
        MailServer("mejl.gävle.example", 587, Security.STARTTLS),
    ),
    (
        "smtps://bot%40gavle.example:l%C3%B6sen%2F%40%3A@mail.example:4650",
        MailServer("mail.example", 4650, Security.TLS, "bot@gavle.example", "lösen/@:"),
    ),
    (
        "smtp+starttls://bot@gavle.example:p@ss@mail.example",
        MailServer("mail.example", 587, Security.STARTTLS, "bot@gavle.example", "p@ss"),
    ),
]
BAD = [
    ("", "början"),
    ("mail.example:25", "början"),
    (f"http://bot:{CANARY}@mail.example", "början"),
    (f"smtps://bot:{CANARY}@mail.example:http", "porten"),
    (f"smtps://bot:{CANARY}@mail.example:99999", "porten"),
    (f"smtps://bot:{CANARY}@mail.example:0", "porten"),
    (f"smtps://bot:{CANARY}/x@mail.example", "porten"),
    (f"smtps://bot:1#{CANARY}@mail.example", "värd och port"),
    (f"smtps://bot:{CANARY}?x@mail.example", "porten"),
    (f"smtps://bot:{CANARY}@mail.example/inkorg", "värd och port"),
    (f"smtps://bot:{CANARY}@", "värden"),
    (f"smtps://bot:{CANARY}@mail_$.example", "värden"),
    (f"smtps://bot:{CANARY}@[mail", "tolka"),
    (f"smtps://bot:{CANARY}\u2100@mail.example", "tolka"),
    (f"smtps://bot:{CANARY} x@mail.example", "mellanslag"),
    (f"smtps://bot:{CANARY}@mail.example\n", "mellanslag"),
    (f"smtps://{CANARY}@mail.example", "både"),
    (f"smtps://:{CANARY}@mail.example", "både"),
    (f"smtp://bot:{CANARY}@mail.example", "okrypterat"),
]


@pytest.mark.parametrize(("url", "server"), GOOD, ids=[url for url, _ in GOOD])
def test_a_right_address_is_read(url: str, server: MailServer) -> None:
    assert parse_smtp_url(url) == server


@pytest.mark.parametrize(("url", "word"), BAD, ids=[url for url, _ in BAD])
def test_a_wrong_address_is_told_by_what_is_wrong_and_not_by_itself(url: str, word: str) -> None:
    with pytest.raises(SettingsError) as caught:
        parse_smtp_url(url)
    said = str(caught.value)
    assert word in said.partition("Skriv smtp://")[0]
    assert "LOFTESBOT_MAIL__SMTP_URL" in said
    assert CANARY not in said
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_a_server_that_is_printed_keeps_its_secrets() -> None:
    server = parse_smtp_url(f"smtps://bot:{CANARY}@mail.example")
    assert server.password == CANARY
    assert CANARY not in f"{server} {server!r}"


GOOD_FOLDERS = [
    (
        "imaps://bot:hush@mail.example",
        MailFolder(MailServer("mail.example", 993, Security.TLS, "bot", "hush"), "INBOX"),
    ),
    (
        "imap+starttls://bot%40gavle.example:l%C3%B6sen%2F@[::1]:1143/Svar/L%C3%B6ften",
        MailFolder(
            MailServer("::1", 1143, Security.STARTTLS, "bot@gavle.example", "lösen/"), "Svar/Löften"
        ),
    ),
]
BAD_FOLDERS = [
    ("", "början"),
    (f"imap://bot:{CANARY}@mail.example", "början"),
    (f"smtps://bot:{CANARY}@mail.example", "början"),
    (f"imaps://bot:{CANARY}@mail.example:0", "porten"),
    (f"imaps://bot:{CANARY}@mail.example:x", "porten"),
    (f"imaps://bot:{CANARY}/x@mail.example", "porten"),
    (f"imaps://bot:{CANARY}#@mail.example", "porten"),
    (f"imaps://{CANARY}@mail.example", "både"),
    ("imaps://mail.example", "saknas"),
    (f"imaps://bot:{CANARY}@mail.example/INBOX?x", "värd och port"),
    (f"imaps://bot:{CANARY}@mail.example/IN%0ABOX", "styrtecken"),
    (f"imaps://bot:{CANARY} @mail.example/INBOX", "mellanslag"),
]


@pytest.mark.parametrize(("url", "folder"), GOOD_FOLDERS, ids=[url for url, _ in GOOD_FOLDERS])
def test_a_right_address_of_a_mailbox_is_read(url: str, folder: MailFolder) -> None:
    assert parse_imap_url(url) == folder
    assert folder.server.password not in repr(folder)


@pytest.mark.parametrize(("url", "word"), BAD_FOLDERS, ids=[url for url, _ in BAD_FOLDERS])
def test_a_wrong_address_of_a_mailbox_is_told_without_its_secrets(url: str, word: str) -> None:
    with pytest.raises(SettingsError) as caught:
        parse_imap_url(url)
    said = str(caught.value)
    assert word in said.partition("Skriv imaps://")[0]
    assert "LOFTESBOT_MAIL__IMAP_URL" in said
    assert CANARY not in said
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
