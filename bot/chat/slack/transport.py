"""Posting to Slack: translate in, call once, translate out."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import PurePosixPath
from typing import Any
from urllib.request import Request, urlopen

from slack_sdk.errors import SlackClientError
from slack_sdk.web import WebClient

from bot.chat.slack.blocks import blocks, carries, digest, fallback, metadata
from bot.chat.slack.history import history, thread
from bot.chat.slack.outcomes import FAULTS, SETUP_WAIT, retried, taken, untaken
from bot.chat.slack.workspaces import NotInstalledError, Workspaces
from bot.domain.delivery import (
    Absent,
    Found,
    Outcome,
    Refused,
    Sent,
    Sought,
    TryAgain,
    Uncertain,
)
from bot.domain.message import Enclosure, Message

PACE = timedelta(seconds=1.1)
# The ids of people; the rest are conversations.
PERSON = ("U", "W")
LONGEST_STEM = 100


def fresh_nonce() -> str:
    """Return a few letters that no earlier block bore."""
    return secrets.token_hex(4)


@dataclass(frozen=True, slots=True)
class SlackTransport:
    """Posts to a Slack conversation; ``address`` is its id, such as C024BE91L, or a person's.

    A person can be named by the e-mail address that they have in Slack too.

    Slack knows no idempotency key: an unclear outcome is looked up in the history of the
    conversation, by the key's digest in a block, in a button or in a file's name.
    """

    client: WebClient
    nonce: Callable[[], str] = fresh_nonce
    _opened: dict[str, str] = field(default_factory=dict)

    @property
    def pace(self) -> timedelta:
        """A little more than the second that Slack asks for between two posts to a channel."""
        return PACE

    @property
    def encloses(self) -> bool:
        """Calendar files are posted in the message's thread."""
        return True

    @property
    def retells(self) -> bool:
        """Each answer is told in the thread; the message itself shows the newest dozen."""
        return True

    def post(self, message: Message, *, address: str) -> Outcome:
        """Post ``message`` with its buttons; the receipt is Slack's ``ts``."""
        try:
            response = self.client.chat_postMessage(
                channel=self.conversation(address),
                text=fallback(message.text),
                blocks=blocks(message, nonce=self.nonce()),
                metadata=metadata(message),
                thread_ts=message.thread or None,
                unfurl_links=False,
                unfurl_media=False,
            )
        except FAULTS as error:
            return untaken(error)
        return taken(response.get("ts"))

    def update(self, message: Message, *, address: str, receipt: str) -> Outcome:
        """Show ``message`` in place of the one posted; a settled one loses its buttons."""
        try:
            self.client.chat_update(
                channel=self.conversation(address),
                ts=receipt,
                text=fallback(message.text),
                blocks=blocks(message, nonce=self.nonce()),
            )
        except FAULTS as error:
            return untaken(error, worth_waiting=False)
        return Sent(receipt)

    def enclose(self, enclosure: Enclosure, *, address: str) -> Outcome:
        """Post a file in the thread of its message; the receipt is the file's id.

        Nobody sees the file before the last of the three calls, so only that one can be unclear.
        No message waits for a file, so whatever the set-up does not allow is refused.
        """
        try:
            file = self._upload(enclosure)
        except FAULTS as error:
            return _before_showing(error)
        try:
            self.client.files_completeUploadExternal(
                files=[{"id": file, "title": enclosure.title}],
                channel_id=self.conversation(address),
                thread_ts=enclosure.thread,
            )
        except FAULTS as error:
            return untaken(error, worth_waiting=False)
        return taken(file)

    def find(self, sought: Sought, *, address: str) -> Found:
        """Look the key up: in the history, or in the thread that it hangs in."""
        search = self._posted_under if sought.thread else self._posted_message
        try:
            return search(sought, address)
        except FAULTS as error:
            return retried(untaken(error))

    def conversation(self, address: str) -> str:
        """Return the conversation that ``address`` is, or the one with the person that it is."""
        if not ("@" in address or address.startswith(PERSON)):
            return address
        if address not in self._opened:
            opened: Any = self.client.conversations_open(users=self._person(address))["channel"]
            self._opened[address] = str(opened["id"])
        return self._opened[address]

    def _person(self, address: str) -> str:
        """The id of a person, who may be named by an e-mail address."""
        if "@" not in address:
            return address
        found: Any = self.client.users_lookupByEmail(email=address)["user"]
        return str(found["id"])

    def _upload(self, enclosure: Enclosure) -> str:
        ticket = self.client.files_getUploadURLExternal(
            filename=file_name(enclosure), length=len(enclosure.content)
        )
        url = str(ticket["upload_url"])
        if not url.startswith(("https://", "http://")):
            raise SlackClientError(f"Slack gav ingen webbadress att ladda upp till: {url}")
        request = Request(url, data=enclosure.content, method="POST")  # noqa: S310 - checked above
        with urlopen(request, timeout=self.client.timeout, context=self.client.ssl) as response:  # noqa: S310
            response.read()
        return str(ticket["file_id"])

    def _posted_message(self, sought: Sought, address: str) -> Found:
        since = f"{sought.since.timestamp():.6f}"
        messages = history(self.client, self.conversation(address), since=since)
        found = (Sent(str(m["ts"])) for m in messages if carries(m, sought.key))
        return next(found, Absent())

    def _posted_under(self, sought: Sought, address: str) -> Found:
        """Look among the files and messages of a thread."""
        mark = file_mark(sought.key)
        for message in thread(self.client, self.conversation(address), sought.thread):
            if carries(message, sought.key):
                return Sent(str(message["ts"]))
            for file in message.get("files") or []:
                if mark in f"{file.get('name')} {file.get('title')}":
                    return Sent(str(file["id"]))
        return Absent()


@dataclass(frozen=True, slots=True)
class ManyTransport:
    """Posts to several workspaces; ``address`` names the workspace too: T024BE7LD/C024BE91L."""

    workspaces: Workspaces
    nonce: Callable[[], str] = fresh_nonce
    _known: dict[str, SlackTransport] = field(default_factory=dict)

    @property
    def pace(self) -> timedelta:
        """As in a single workspace."""
        return PACE

    @property
    def encloses(self) -> bool:
        """Calendar files are posted in the message's thread."""
        return True

    @property
    def retells(self) -> bool:
        """Each answer is told in the thread; the message itself shows the newest dozen."""
        return True

    def post(self, message: Message, *, address: str) -> Outcome:
        """Post ``message`` in its workspace."""
        there, conversation = self._at(address)
        if isinstance(there, TryAgain):
            return there
        return there.post(message, address=conversation)

    def update(self, message: Message, *, address: str, receipt: str) -> Outcome:
        """Show ``message`` in place of the one posted there."""
        there, conversation = self._at(address)
        if isinstance(there, TryAgain):
            return Refused(there.reason)
        return there.update(message, address=conversation, receipt=receipt)

    def enclose(self, enclosure: Enclosure, *, address: str) -> Outcome:
        """Post a file in the thread of its message."""
        there, conversation = self._at(address)
        if isinstance(there, TryAgain):
            return Refused(there.reason)
        return there.enclose(enclosure, address=conversation)

    def find(self, sought: Sought, *, address: str) -> Found:
        """Look the key up in its workspace."""
        there, conversation = self._at(address)
        return there if isinstance(there, TryAgain) else there.find(sought, address=conversation)

    def _at(self, address: str) -> tuple[SlackTransport | TryAgain, str]:
        """Who posts there and the conversation; or why nobody can, until somebody mends it."""
        team, _, conversation = address.partition("/")
        try:
            client = self.workspaces.client(team)
        except NotInstalledError as error:
            return TryAgain(str(error), SETUP_WAIT, target_wide=True, broken=True), conversation
        known = self._known.get(team)
        if known is None or known.client is not client:
            known = self._known[team] = SlackTransport(client, self.nonce)
        return known, conversation


def file_name(enclosure: Enclosure) -> str:
    """Return the name under which a file is posted; it carries the key's mark."""
    name = PurePosixPath(enclosure.name)
    return f"{name.stem[:LONGEST_STEM]}-{file_mark(enclosure.key)}{name.suffix}"


def file_mark(key: str) -> str:
    """Return the part of the key's digest that a file's name has room for."""
    return digest(key)[:12]


def _before_showing(error: Exception) -> Outcome:
    outcome = untaken(error, worth_waiting=False)
    return outcome if not isinstance(outcome, Uncertain) else retried(outcome)
