"""Signed tokens: what was not signed as it stands, for this and until now, is worth nothing."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import BadTokenError
from bot.domain.signing import Key, Purpose, opened, signed, tag, untagged
from tests.builders import utc

KEY = Key(b"a key that is at least 32 letters long")
OTHER = Key(b"another key of at least 32 letters ...")
NOW = utc(2018, 1, 16)
LATER = NOW + timedelta(days=1)
SUBJECT = "gavle/lagesbild/2018-W03\nanna@gavle.example"
TOKEN = signed(KEY, Purpose.LINK, SUBJECT, expires=LATER)
DIGEST = bytes(range(16))
READER = "anna@gavle.example"
TAG = tag(KEY, Purpose.REPLY, DIGEST, READER)


def altered(place: int) -> str:
    """The token with one letter exchanged for another of the alphabet."""
    return TOKEN[:place] + ("A" if TOKEN[place] != "A" else "B") + TOKEN[place + 1 :]


def with_subject(subject: str) -> str:
    """The token with another subject, under the old signature."""
    octets = urlsafe_b64decode(TOKEN + "=" * (-len(TOKEN) % 4))
    forged = octets[:9] + subject.encode() + octets[-16:]
    return urlsafe_b64encode(forged).decode().rstrip("=")


FORGED = {
    "empty": "",
    "a letter": "A",
    "words": "klart",
    "padded": TOKEN + "=",
    "padded to four": TOKEN + "=" * (-len(TOKEN) % 4 or 4),
    "a space before": " " + TOKEN,
    "a line end after": TOKEN + "\n",
    "in the other alphabet": "+/" + TOKEN[2:],
    "a letter of no alphabet inside": TOKEN[:9] + "." + TOKEN[9:],
    "the first letter altered": altered(0),
    "the expiry altered": altered(8),
    "the subject altered": altered(30),
    "the signature altered": altered(len(TOKEN) - 8),
    "the last letter altered": altered(len(TOKEN) - 1),
    "cut by a letter": TOKEN[:-1],
    "cut by four": TOKEN[:-4],
    "cut to its head": TOKEN[:12],
    "longer by a letter": TOKEN + "A",
    "longer by four": TOKEN + "AAAA",
    "twice": TOKEN * 2,
    "another's": with_subject("gavle/lagesbild/2018-W03\nbo@gavle.example"),
    "without a subject": with_subject(""),
    "capital": TOKEN.upper(),
    "no ASCII": TOKEN[:-1] + "å",
    "huge": "A" * 2_000_000,
    "of another key": signed(OTHER, Purpose.LINK, SUBJECT, expires=LATER),
    "of another purpose": signed(KEY, Purpose.BUTTON, SUBJECT, expires=LATER),
    "expired": signed(KEY, Purpose.LINK, SUBJECT, expires=NOW),
    "a tag": TAG,
}


def test_a_token_says_what_was_signed_until_it_expires() -> None:
    assert opened(KEY, Purpose.LINK, TOKEN, now=NOW) == SUBJECT
    assert opened(KEY, Purpose.LINK, TOKEN, now=LATER - timedelta(seconds=1)) == SUBJECT
    assert "=" not in TOKEN
    with pytest.raises(BadTokenError):
        opened(KEY, Purpose.LINK, TOKEN, now=LATER)


@pytest.mark.parametrize("token", FORGED.values(), ids=FORGED.keys())
def test_a_forged_token_is_refused_with_one_clear_text(token: str) -> None:
    with pytest.raises(BadTokenError, match="ingenting har ändrats"):
        opened(KEY, Purpose.LINK, token, now=NOW)


@given(st.text(max_size=80), st.sampled_from(Purpose))
def test_any_subject_comes_back_for_its_own_purpose_only(subject: str, purpose: Purpose) -> None:
    token = signed(KEY, Purpose.LINK, subject, expires=LATER)
    if purpose is Purpose.LINK:
        assert opened(KEY, purpose, token, now=NOW) == subject
    else:
        with pytest.raises(BadTokenError):
            opened(KEY, purpose, token, now=NOW)


@given(st.integers(0, len(TOKEN) - 1), st.characters(min_codepoint=33, max_codepoint=126))
def test_no_letter_can_be_exchanged(place: int, letter: str) -> None:
    forged = TOKEN[:place] + letter + TOKEN[place + 1 :]
    if forged != TOKEN:
        with pytest.raises(BadTokenError):
            opened(KEY, Purpose.LINK, forged, now=NOW)


def test_a_tag_is_short_and_holds_for_its_holder_also_in_capitals() -> None:
    assert len(TAG) == 42
    assert TAG.lower() == TAG
    assert untagged(KEY, Purpose.REPLY, TAG, READER) == DIGEST
    assert untagged(KEY, Purpose.REPLY, TAG.upper(), READER) == DIGEST


FORGED_TAGS = {
    "empty": ("", READER),
    "another reader's": (TAG, "bo@gavle.example"),
    "cut": (TAG[:-1], READER),
    "cut by eight": (TAG[:-8], READER),
    "longer": (TAG + "a", READER),
    "padded": (TAG + "======", READER),
    "altered": (("b" if TAG[0] != "b" else "c") + TAG[1:], READER),
    "altered at the end": (TAG[:-1] + ("7" if TAG[-1] != "7" else "6"), READER),
    "of no alphabet": (TAG[:-1] + "1", READER),
    "no ASCII": (TAG[:-1] + "ſ", READER),
    "of another key": (tag(OTHER, Purpose.REPLY, DIGEST, READER), READER),
    "of another purpose": (tag(KEY, Purpose.BUTTON, DIGEST, READER), READER),
    "of another message": (TAG[:10] + tag(KEY, Purpose.REPLY, bytes(16), READER)[10:], READER),
    "without content": (tag(KEY, Purpose.REPLY, b"", READER), READER),
    "huge": ("a" * 100_000, READER),
}


@pytest.mark.parametrize(("text", "holder"), FORGED_TAGS.values(), ids=FORGED_TAGS.keys())
def test_a_forged_tag_is_refused(text: str, holder: str) -> None:
    with pytest.raises(BadTokenError):
        untagged(KEY, Purpose.REPLY, text, holder)


def test_a_key_that_is_printed_keeps_its_secret() -> None:
    assert "key that" not in repr(KEY)
    assert Key(b"x").id != Key(b"y").id
