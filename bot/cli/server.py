"""Opening the port, and serving the pages until somebody ends it."""

import errno
import logging
import socket
from collections.abc import Callable, Sequence
from types import FrameType

import uvicorn
from starlette.applications import Starlette

from bot.domain.errors import PortTakenError, SettingsError

# Streams end by themselves when the service closes; nobody waits longer than this for one.
GRACE_SECONDS = 3


class Server(uvicorn.Server):
    """A server that tells the pages before it waits for them to end."""

    def __init__(self, config: uvicorn.Config, closing: Callable[[], None]) -> None:
        super().__init__(config)
        self._closing = closing

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002
        """End in good order on the first signal, at once on the next.

        The signal is not raised again afterwards, so that the caller can put things away.
        """
        if self.should_exit:
            # What is cut short now says so in tracebacks that help nobody.
            logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
            self.force_exit = True
        self.should_exit = True
        self._closing()


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens on ``host:port``; ``PortTakenError`` when it cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    found = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Else the second half of a short answer waits 40 ms for the client to confirm the first.
    found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        found.bind((host, port))
        found.listen()
    except OSError as error:
        found.close()
        if error.errno == errno.EADDRINUSE:
            raise PortTakenError(host, port) from None
        raise SettingsError(f"Det går inte att lyssna på {host}:{port}: {error}") from None
    return found


def serve_pages(
    pages: Starlette, sockets: Sequence[socket.socket], closing: Callable[[], None]
) -> None:
    """Serve until SIGINT or SIGTERM; ``closing`` is called as soon as one comes."""
    config = uvicorn.Config(
        pages,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    Server(config, closing).run(sockets=list(sockets))
