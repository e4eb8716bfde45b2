"""Addresses: what goes over the wire, and what never does."""

import pytest

from bot.domain.errors import SettingsError
from bot.mail.addresses import Sender, parse_sender, readers, wire_address

GOOD = [
    ("samverkan@gavle.example", "samverkan@gavle.example"),
    ("a.b+c_d@sub.gavle.example", "a.b+c_d@sub.gavle.example"),
    ("samverkan@gävle.example", "samverkan@xn--gvle-loa.example"),
    ("root@localhost", "root@localhost"),
]
BAD = [
    "",
    "samverkan",
    "@gavle.example",
    "samverkan@",
    "a@b@gavle.example",
    "samverkan@gavle..example",
    "samverkan@-gavle.example",
    ".a@gavle.example",
    "a..b@gavle.example",
    "förening@gavle.example",
    "a b@gavle.example",
    "a@gavle.example b@gavle.example",
    "a@gavle.example,b@gavle.example",
    "a@gavle.example>\r\nRCPT TO:<b@gavle.example",
    "a@gavle.example\n",
    "a\x00@gavle.example",
    "<a@gavle.example>",
    '"a b"@gavle.example',
    "a@[127.0.0.1]",
    f"{'a' * 65}@gavle.example",
    f"a@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 60}.{'f' * 60}.example",
    f"a@{'b' * 64}.example",
]


@pytest.mark.parametrize(("text", "wire"), GOOD)
def test_an_address_goes_out_in_ascii(text: str, wire: str) -> None:
    assert wire_address(text) == wire


@pytest.mark.parametrize("text", BAD)
def test_what_is_no_single_address_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(SettingsError) as caught:
        wire_address(text)
    said = str(caught.value)
    assert said.startswith("”")
    assert "samverkan@exempel.se" in said
    assert said.isprintable()


@pytest.mark.parametrize(
    ("text", "sender"),
    [
        ("bot@gävle.example", Sender("bot@xn--gvle-loa.example")),
        (" Löftesbot <bot@gavle.example> ", Sender("bot@gavle.example", "Löftesbot")),
        ('"Löftesbot, Gävle" <bot@gavle.example>', Sender("bot@gavle.example", "Löftesbot, Gävle")),
        ("A\r\nBcc: x <bot@gavle.example>", Sender("bot@gavle.example", "ABcc: x")),
    ],
)
def test_a_sender_is_an_address_with_or_without_a_name(text: str, sender: Sender) -> None:
    assert parse_sender(text) == sender
    assert sender.domain in sender.address


@pytest.mark.parametrize("text", ["", "Löftesbot", "<>", "a <b> c <d@e.example>", "Bot <bot>"])
def test_a_sender_without_an_address_is_refused(text: str) -> None:
    with pytest.raises(SettingsError):
        parse_sender(text)


def test_a_reader_is_one_however_the_address_is_spelt() -> None:
    spelt = ("Anna@Gavle.example", "anna@gavle.example", "bo@GÄVLE.se", "bo@xn--gvle-loa.se")
    assert readers(spelt) == ("anna@gavle.example", "bo@xn--gvle-loa.se")
