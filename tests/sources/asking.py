"""Asking a server of calendars on loopback, under a name of its own."""

import ssl

from bot.sources.fetching import Fetcher
from tests.standins.mail import certificate
from tests.standins.source import HOST

NAME = "kalender.intern"


def loopback(_host: str, _port: int) -> list[str]:
    """Return where every name leads."""
    return [HOST]


def fetcher(seconds: float = 20.0, tls: ssl.SSLContext | None = None) -> Fetcher:
    """Return one that may ask loopback."""
    return Fetcher(
        [NAME.upper()], resolve=loopback, tls=tls or certificate.trusting(), whole_seconds=seconds
    )
