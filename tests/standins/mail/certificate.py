"""A self-signed certificate for loopback, made with nothing but the standard library."""

import hashlib
import secrets
import ssl
from base64 import encodebytes
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Self

KEY_BITS = 2048
EXPONENT = 65_537
ROUNDS = 20
SMALL_PRIMES = [n for n in range(3, 2_000, 2) if all(n % each for each in range(3, n, 2))]

INTEGER, BITS, OCTETS, NULL, OBJECT, UTF8 = 0x02, 0x03, 0x04, 0x05, 0x06, 0x0C
UTC_TIME, SEQUENCE, SET, BOOLEAN = 0x17, 0x30, 0x31, 0x01
SHA256_WITH_RSA = bytes.fromhex("2a864886f70d01010b")
RSA = bytes.fromhex("2a864886f70d010101")
SHA256_INFO = bytes.fromhex("3031300d060960864801650304020105000420")
COMMON_NAME = bytes.fromhex("550403")
KEY_IDENTIFIER, KEY_USAGE = bytes.fromhex("551d0e"), bytes.fromhex("551d0f")
ALTERNATIVE_NAMES, CONSTRAINTS = bytes.fromhex("551d11"), bytes.fromhex("551d13")
CERTIFICATE_SIGNING = bytes.fromhex("0186")  # and digital signatures; the first octet pads
LOOPBACK = bytes([127, 0, 0, 1])


@dataclass(frozen=True, slots=True)
class KeyPair:
    """An RSA key."""

    modulus: int
    secret: int
    primes: tuple[int, int]

    @classmethod
    def make(cls) -> Self:
        """Make a new one; it takes about a second."""
        while True:
            p, q = _prime(KEY_BITS // 2), _prime(KEY_BITS // 2)
            order = (p - 1) * (q - 1)
            if p != q and order % EXPONENT:
                return cls(p * q, pow(EXPONENT, -1, order), (p, q))

    def sign(self, content: bytes) -> bytes:
        """Sign by RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017 §8.2.1)."""
        length = KEY_BITS // 8
        digest = SHA256_INFO + hashlib.sha256(content).digest()
        padded = b"\x00\x01" + b"\xff" * (length - len(digest) - 3) + b"\x00" + digest
        return pow(int.from_bytes(padded), self.secret, self.modulus).to_bytes(length)

    @property
    def public(self) -> bytes:
        """The public half in DER."""
        return _der(SEQUENCE, _integer(self.modulus), _integer(EXPONENT))

    @property
    def private(self) -> bytes:
        """All of it in DER (RFC 8017 A.1.2)."""
        p, q = self.primes
        parts = [0, self.modulus, EXPONENT, self.secret, p, q]
        parts += [self.secret % (p - 1), self.secret % (q - 1), pow(q, -1, p)]
        return _der(SEQUENCE, *map(_integer, parts))


@cache
def made() -> tuple[str, str]:
    """Return a certificate and its key as PEM; the same ones for the whole run."""
    pair = KeyPair.make()
    return _pem("CERTIFICATE", certificate(pair)), _pem("RSA PRIVATE KEY", pair.private)


def server_side(folder: Path) -> ssl.SSLContext:
    """Return what a server needs; the library reads it from files."""
    path = folder / "stand-in.pem"
    path.write_text("".join(made()), encoding="ascii")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


def trusting() -> ssl.SSLContext:
    """Return what a client needs that trusts the stand-in and nobody else."""
    return ssl.create_default_context(cadata=made()[0])


def certificate(pair: KeyPair) -> bytes:
    """Return a certificate for 127.0.0.1, by that name alone (RFC 5280 §4.1)."""
    algorithm = _der(SEQUENCE, _der(OBJECT, SHA256_WITH_RSA), _der(NULL))
    part = _der(SEQUENCE, _der(OBJECT, COMMON_NAME), _der(UTF8, b"stand-in"))
    name = _der(SEQUENCE, _der(SET, part))
    validity = _der(SEQUENCE, _der(UTC_TIME, b"180101000000Z"), _der(UTC_TIME, b"491231235959Z"))
    kind = _der(SEQUENCE, _der(OBJECT, RSA), _der(NULL))
    key = _der(SEQUENCE, kind, _der(BITS, b"\x00" + pair.public))
    unsigned = _der(
        SEQUENCE,
        _der(0xA0, _integer(2)),
        _integer(secrets.randbits(63) + 1),
        algorithm,
        name,
        validity,
        name,
        key,
        _der(0xA3, _der(SEQUENCE, *_extensions(pair))),
    )
    return _der(SEQUENCE, unsigned, algorithm, _der(BITS, b"\x00" + pair.sign(unsigned)))


def _extensions(pair: KeyPair) -> list[bytes]:
    names = _der(SEQUENCE, _der(0x87, LOOPBACK))
    authority = _der(SEQUENCE, _der(BOOLEAN, b"\xff"))
    identifier = hashlib.sha256(pair.public).digest()[:20]
    critical = _der(BOOLEAN, b"\xff")
    return [
        _extension(CONSTRAINTS, critical, authority),
        _extension(KEY_USAGE, critical, _der(BITS, CERTIFICATE_SIGNING)),
        _extension(ALTERNATIVE_NAMES, b"", names),
        _extension(KEY_IDENTIFIER, b"", _der(OCTETS, identifier)),
    ]


def _extension(kind: bytes, critical: bytes, value: bytes) -> bytes:
    return _der(SEQUENCE, _der(OBJECT, kind), critical, _der(OCTETS, value))


def _der(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    length = len(content)
    if length < 0x80:
        return bytes([tag, length]) + content
    octets = length.to_bytes((length.bit_length() + 7) // 8)
    return bytes([tag, 0x80 | len(octets)]) + octets + content


def _integer(number: int) -> bytes:
    return _der(INTEGER, number.to_bytes(number.bit_length() // 8 + 1))


def _pem(label: str, content: bytes) -> str:
    return f"-----BEGIN {label}-----\n{encodebytes(content).decode()}-----END {label}-----\n"


def _prime(bits: int) -> int:
    while True:
        # The two highest bits are set, so that a product of two has all its bits.
        found = secrets.randbits(bits) | (3 << (bits - 2)) | 1
        if all(found % each for each in SMALL_PRIMES) and _probably_prime(found):
            return found


def _probably_prime(number: int) -> bool:
    """Whether Miller and Rabin's test finds nothing against it."""
    odd, twos = number - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    for _ in range(ROUNDS):
        found = pow(secrets.randbelow(number - 3) + 2, odd, number)
        if found in {1, number - 1}:
            continue
        for _ in range(twos - 1):
            found = pow(found, 2, number)
            if found == number - 1:
                break
        else:
            return False
    return True
