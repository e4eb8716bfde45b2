"""Keeping mails until they have been taken, so that no crash loses an answer."""

import logging
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from bot.mail.incoming import Incoming, Kind
from bot.mail.reception import Reception
from bot.services.ports import Clock, Inbox

# Whoever is at work on it has told its writer within half of this.
REST = timedelta(minutes=1)
REMEMBERED = timedelta(days=14)
MOST_AT_ONCE = 10

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Intake:
    """Keeps what counts of each mail before it is marked as seen; what was taken is taken once.

    ``alone`` keeps others who read the same mailbox out while a mail is taken.
    """

    inbox: Inbox
    reception: Reception
    clock: Clock
    alone: Callable[[], AbstractContextManager[object]] = nullcontext

    def keep(self, mail: Incoming) -> bool:
        """Keep a mail; false when it has been taken before."""
        return self.inbox.keep(mail.source, asdict(mail), now=self.clock())

    def take(self, mail: Incoming) -> None:
        """Take a mail that is kept; what is raised leaves it there for later."""
        self.reception.take(mail)
        self.inbox.take(mail.source, now=self.clock())

    def waiting(self) -> list[Incoming]:
        """Return what a crash or a fault has left behind; what is too old is told of and let go."""
        now = self.clock()
        if lost := self.inbox.forget(before=now - REMEMBERED):
            log.error("%s svar med e-post kunde inte tas emot på två veckor och är borta.", lost)
        return [_mail(each) for each in self.inbox.waiting(before=now - REST, limit=MOST_AT_ONCE)]


def _mail(body: Mapping[str, Any]) -> Incoming:
    lists = {name: tuple(each) for name, each in body.items() if isinstance(each, list)}
    return Incoming(**{**body, **lists, "kind": Kind(body["kind"])})
