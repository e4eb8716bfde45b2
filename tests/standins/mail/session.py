"""One conversation from the server's side: the part of RFC 5321 that sending mail needs."""

import re
from base64 import b64decode
from binascii import Error as Base64Error
from ssl import SSLContext

from tests.standins.mail.line import HangUpError, Line
from tests.standins.mail.mailbox import Arrived, Mailbox, Moment

MIDDLE_OCTETS = 100
LONGEST_COMMAND = 512
# RFC 4954 §4 gives a line of AUTH more room.
LONGEST_AUTH = 12_288
LONGEST_TEXT_LINE = 1_000
LOWEST_ASCII_BEYOND = 0x80

OUT_OF_TURN = "503 5.5.1 not now"
_PATH = re.compile(r"(FROM|TO):<([^<>\s]*)>((?: \S+)*)", re.IGNORECASE)


class Session:
    """Answers one client until it leaves or is cut off."""

    def __init__(self, line: Line, mailbox: Mailbox, tls: SSLContext | None) -> None:
        self._line, self._mailbox, self._tls = line, mailbox, tls
        self._greeted = False
        self._user = ""
        self._sender: str | None = None
        self._recipients: list[str] = []

    def run(self) -> None:
        """Greet, then answer a command after the other."""
        if not self._line.suffer(self._mailbox.next_fault(Moment.CONNECT)):
            self._line.say("220 stand-in.example.se ESMTP")
        while True:
            self._answer(self._line.read_line())

    def _answer(self, raw: bytes) -> None:
        command = raw.decode("utf-8", errors="replace").rstrip("\r\n")
        self._mailbox.hear(command)
        verb, _, rest = command.partition(" ")
        verb = verb.upper()
        longest = LONGEST_AUTH if verb == "AUTH" else LONGEST_COMMAND
        if len(raw) > longest or not raw.endswith(b"\r\n") or not raw.isascii():
            self._line.say("500 5.5.2 no such line")
            return
        known = {
            "EHLO": self._ehlo,
            "STARTTLS": self._starttls,
            "AUTH": self._auth,
            "MAIL": self._mail,
            "RCPT": self._rcpt,
            "DATA": self._data,
            "RSET": self._rset,
            "QUIT": self._quit,
        }
        moment = Moment(verb) if verb in set(Moment) else None
        if moment and self._line.suffer(self._mailbox.next_fault(moment)):
            return
        answer = known.get(verb)
        if answer:
            answer(rest)
        else:
            self._line.say("502 5.5.1 never heard of it")

    def _ehlo(self, name: str) -> None:
        if not name:
            self._line.say("501 5.5.4 who?")
            return
        self._greeted = True
        self._forget()
        offers = ["250 stand-in.example.se"]
        if self._tls and not self._line.encrypted:
            offers.append("250 STARTTLS")
        if self._mailbox.accounts and self._line.encrypted:
            offers.append(f"250 AUTH {' '.join(self._mailbox.mechanisms)}")
        self._line.say(*offers, "250 ENHANCEDSTATUSCODES")

    def _starttls(self, rest: str) -> None:
        if rest or not self._tls or self._line.encrypted:
            self._line.say(OUT_OF_TURN)
            return
        self._line.say("220 2.0.0 go ahead")
        self._line.suffer(self._mailbox.next_fault(Moment.HANDSHAKE))
        self._line.encrypt(self._tls)
        self._greeted, self._user = False, ""
        self._forget()

    def _auth(self, rest: str) -> None:
        mechanism, _, given = rest.partition(" ")
        if not self._greeted or self._user:
            self._line.say(OUT_OF_TURN)
        elif not self._line.encrypted:
            self._line.say("538 5.7.11 encrypt first")
        elif mechanism.upper() not in self._mailbox.mechanisms:
            self._line.say("504 5.5.4 no such way")
        elif mechanism.upper() == "PLAIN":
            _, user, password = (_decoded(given) + "\0\0\0").split("\0")[:3]
            self._log_in(user, password)
        else:
            user = _decoded(given) if given else self._ask("334 VXNlcm5hbWU6")
            self._log_in(user, self._ask("334 UGFzc3dvcmQ6"))

    def _ask(self, challenge: str) -> str:
        self._line.say(challenge)
        return _decoded(self._line.read_line().decode("ascii", errors="replace").strip())

    def _log_in(self, user: str, password: str) -> None:
        if user and self._mailbox.accounts.get(user) == password:
            self._user = user
            self._line.say("235 2.7.0 welcome")
        else:
            self._line.say(f"535 5.7.8 no: {password}")

    def _mail(self, rest: str) -> None:
        path = _PATH.fullmatch(rest)
        if not self._greeted or self._sender is not None:
            self._line.say(OUT_OF_TURN)
        elif self._mailbox.accounts and not self._user:
            self._line.say("530 5.7.0 log in first")
        elif path is None or path[1].upper() != "FROM":
            self._line.say("501 5.5.4 from whom?")
        elif path[3]:
            self._line.say("555 5.5.4 no parameters")
        else:
            self._sender = path[2]
            self._line.say("250 2.1.0 ok")

    def _rcpt(self, rest: str) -> None:
        path = _PATH.fullmatch(rest)
        if self._sender is None:
            self._line.say(OUT_OF_TURN)
        elif path is None or path[1].upper() != "TO" or "@" not in path[2]:
            self._line.say("501 5.5.4 to whom?")
        else:
            self._recipients.append(path[2])
            self._line.say("250 2.1.5 ok")

    def _data(self, rest: str) -> None:
        if rest or not self._recipients:
            self._line.say(OUT_OF_TURN)
            return
        self._line.say("354 go ahead")
        middle = self._mailbox.next_fault(Moment.MIDDLE)
        if middle.hangs_up or middle.seconds:
            self._line.read(MIDDLE_OCTETS)
            self._line.suffer(middle)
        lines = self._lines()
        fault = self._mailbox.next_fault(Moment.END)
        wrong = _fault_in(lines)
        planned = fault.reply or fault.hangs_up or fault.drips
        if not wrong and (fault.taken or not planned):
            self._take(b"".join(lines))
        self._forget()
        if not self._line.suffer(fault):
            self._line.say(wrong or "250 2.0.0 taken")

    def _lines(self) -> list[bytes]:
        """The mail's lines up to the final dot, with the dots taken off that were put before."""
        lines: list[bytes] = []
        while (line := self._line.read_line()) != b".\r\n":
            lines.append(line.removeprefix(b"."))
        return lines

    def _take(self, content: bytes) -> None:
        assert self._sender is not None
        recipients = tuple(self._recipients)
        mail = Arrived(self._sender, recipients, content, self._user, self._line.encrypted)
        self._mailbox.take(mail)

    def _rset(self, _rest: str) -> None:
        self._forget()
        self._line.say("250 2.0.0 forgotten")

    def _quit(self, _rest: str) -> None:
        self._line.say("221 2.0.0 bye")
        raise HangUpError

    def _forget(self) -> None:
        self._sender, self._recipients = None, []


def _fault_in(lines: list[bytes]) -> str:
    """The reply to content that no server has to take (RFC 5321 §2.3.8, §4.5.3.1.6; RFC 6152)."""
    content = b"".join(lines)
    bare = content.replace(b"\r\n", b"")
    if b"\r" in bare or b"\n" in bare:
        return "550 5.6.11 bare carriage return or line feed"
    if any(len(each) > LONGEST_TEXT_LINE for each in lines):
        return "550 5.6.0 line too long"
    if any(each >= LOWEST_ASCII_BEYOND for each in content):
        return "550 5.6.3 eight bits were not offered"
    return ""


def _decoded(text: str) -> str:
    try:
        return b64decode(text, validate=True).decode()
    except (Base64Error, UnicodeDecodeError):
        return ""
