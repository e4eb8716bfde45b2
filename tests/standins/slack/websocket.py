"""The server's side of a WebSocket (RFC 6455), as much as Socket Mode needs."""

import hashlib
import struct
from base64 import b64encode
from enum import IntEnum
from io import BufferedIOBase

MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class Opcode(IntEnum):
    """What a frame is."""

    CONTINUATION = 0
    TEXT = 1
    BINARY = 2
    CLOSE = 8
    PING = 9
    PONG = 10


def accept_key(key: str) -> str:
    """Return the answer to a client's ``Sec-WebSocket-Key``."""
    return b64encode(hashlib.sha1(f"{key}{MAGIC}".encode()).digest()).decode()


def frame(opcode: Opcode, payload: bytes) -> bytes:
    """Return a whole, unmasked frame, as a server sends it."""
    length = len(payload)
    if length < 126:
        header = struct.pack("!BB", 0x80 | opcode, length)
    elif length < 65_536:
        header = struct.pack("!BBH", 0x80 | opcode, 126, length)
    else:
        header = struct.pack("!BBQ", 0x80 | opcode, 127, length)
    return header + payload


def read_frame(stream: BufferedIOBase) -> tuple[Opcode, bytes]:
    """Read one masked frame, as a client sends it; an ``EOFError`` when the stream ends."""
    first, second = _exactly(stream, 2)
    length = second & 0x7F
    if length == 126:
        (length,) = struct.unpack("!H", _exactly(stream, 2))
    elif length == 127:
        (length,) = struct.unpack("!Q", _exactly(stream, 8))
    if not second & 0x80:
        raise ValueError("a client must mask its frames")
    mask = _exactly(stream, 4)
    payload = _exactly(stream, length)
    return Opcode(first & 0x0F), bytes(b ^ mask[n % 4] for n, b in enumerate(payload))


def _exactly(stream: BufferedIOBase, length: int) -> bytes:
    read = stream.read(length)
    if len(read) < length:
        raise EOFError
    return read
