"""Signed tokens: what we gave somebody comes back as it was, for one purpose and for a time."""

import hashlib
import hmac
from base64 import b32decode, b32encode, urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from bot.domain.errors import BadTokenError

KEY_ID_OCTETS = 4
EXPIRY_OCTETS = 5
SEAL_OCTETS = 16
TAG_SEAL_OCTETS = 10
LONGEST_TOKEN = 1_000
LONGEST_TAG = 64
_HEAD_OCTETS = KEY_ID_OCTETS + EXPIRY_OCTETS


class Purpose(StrEnum):
    """What a signature is good for; one for another purpose is worth nothing."""

    LINK = "link"
    BUTTON = "button"
    REPLY = "reply"
    MESSAGE = "message"


@dataclass(frozen=True, slots=True)
class Key:
    """The secret that signs; ``id`` tells keys apart and gives nothing away."""

    secret: bytes = field(repr=False)

    @property
    def id(self) -> bytes:
        """The first octets of a digest of the key."""
        return hashlib.sha256(b"loftesbot key id\x00" + self.secret).digest()[:KEY_ID_OCTETS]

    def seal(self, purpose: Purpose, content: bytes) -> bytes:
        """Return the signature (HMAC-SHA-256) of ``content`` for ``purpose``."""
        return hmac.digest(self.secret, purpose.encode() + b"\x00" + content, "sha256")


def signed(key: Key, purpose: Purpose, subject: str, *, expires: datetime) -> str:
    """Return a token that says ``subject`` until ``expires``, in letters that fit an address."""
    expiry = int(expires.timestamp()).to_bytes(EXPIRY_OCTETS)
    content = key.id + expiry + subject.encode()
    return _letters(content + key.seal(purpose, content)[:SEAL_OCTETS])


def opened(key: Key, purpose: Purpose, token: str, *, now: datetime) -> str:
    """Return the subject of ``token``; ``BadTokenError`` for any that is not ours as it was.

    One subject, key, purpose and time has one spelling only.
    """
    octets = _octets(token)
    content, seal = octets[:-SEAL_OCTETS], octets[-SEAL_OCTETS:]
    genuine = hmac.compare_digest(seal, key.seal(purpose, content)[:SEAL_OCTETS])
    if not genuine or content[:KEY_ID_OCTETS] != key.id or len(content) < _HEAD_OCTETS:
        raise BadTokenError
    expiry = int.from_bytes(content[KEY_ID_OCTETS:_HEAD_OCTETS])
    if now >= datetime.fromtimestamp(expiry, UTC):
        raise BadTokenError
    return content[_HEAD_OCTETS:].decode()


def tag(key: Key, purpose: Purpose, content: bytes, holder: str) -> str:
    """Return ``content`` and a signature that holds for ``holder`` alone, who is not in it.

    It is short, and in letters that survive a mail system which makes all of them small.
    """
    seal = key.seal(purpose, content + b"\x00" + holder.encode())[:TAG_SEAL_OCTETS]
    return b32encode(content + seal).decode().rstrip("=").lower()


def untagged(key: Key, purpose: Purpose, text: str, holder: str) -> bytes:
    """Return what a tag of ``holder`` holds; ``BadTokenError`` for any other tag."""
    octets = _tag_octets(text.lower())
    content = octets[:-TAG_SEAL_OCTETS]
    if not content or not hmac.compare_digest(
        tag(key, purpose, content, holder).encode(), text.lower().encode()
    ):
        raise BadTokenError
    return content


def _letters(octets: bytes) -> str:
    return urlsafe_b64encode(octets).decode().rstrip("=")


def _octets(token: str) -> bytes:
    if len(token) > LONGEST_TOKEN or not token.isascii():
        raise BadTokenError
    try:
        octets = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError:
        raise BadTokenError from None
    if _letters(octets) != token:
        raise BadTokenError
    return octets


def _tag_octets(text: str) -> bytes:
    if len(text) > LONGEST_TAG or not text.isascii():
        raise BadTokenError
    try:
        return b32decode(text.upper() + "=" * (-len(text) % 8))
    except ValueError:
        raise BadTokenError from None
