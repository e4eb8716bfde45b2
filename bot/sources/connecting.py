"""Connecting: to an address and by TLS, in short steps, so that a service can close meanwhile."""

import errno
import os
import socket
import ssl
from collections.abc import Callable, Sequence
from functools import partial
from selectors import EVENT_WRITE, DefaultSelector

from bot.sources.deadline import LOOK_SECONDS, Deadline

CONNECT_SECONDS = 5.0


def opened(addresses: Sequence[str], port: int, deadline: Deadline) -> socket.socket:
    """Connect to the first address that answers; each has ``CONNECT_SECONDS`` at most."""
    *others, last = addresses
    for address in others:
        try:
            return _connection(address, port, deadline)
        except OSError:
            continue
    return _connection(last, port, deadline)


def shake_hands(secure: ssl.SSLSocket, deadline: Deadline) -> None:
    """Agree with the other side on how to talk."""
    _in_steps(deadline.left, partial(_shaken, secure))


def _connection(address: str, port: int, deadline: Deadline) -> socket.socket:
    plain = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
    try:
        _connect(plain, (address, port), deadline)
    except BaseException:
        plain.close()
        raise
    return plain


def _connect(plain: socket.socket, place: tuple[str, int], deadline: Deadline) -> None:
    plain.setblocking(False)
    failed = plain.connect_ex(place)
    if failed == errno.EINPROGRESS:
        left = partial(deadline.left_of, CONNECT_SECONDS, deadline.elapsed())
        _in_steps(left, partial(_writable, plain))
        failed = plain.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if failed:
        raise OSError(failed, os.strerror(failed))


def _in_steps(left: Callable[[], float], is_done: Callable[[float], bool]) -> None:
    while not is_done(min(left(), LOOK_SECONDS)):
        pass


def _shaken(secure: ssl.SSLSocket, seconds: float) -> bool:
    secure.settimeout(seconds)
    try:
        secure.do_handshake()
    except TimeoutError:
        return False
    return True


def _writable(plain: socket.socket, seconds: float) -> bool:
    with DefaultSelector() as selector:
        selector.register(plain, EVENT_WRITE)
        return bool(selector.select(seconds))
