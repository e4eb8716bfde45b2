"""The work: reminders of the Gävle plan, all due at once, to many targets of one product."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import product as pairs
from pathlib import Path
from typing import Any

from slack_sdk.web import WebClient

from bot.app.clocks import wall_now
from bot.app.delivery import DeliveryService
from bot.app.office import Office, open_office
from bot.chat.slack.blocks import blocks, fallback, metadata
from bot.chat.slack.client import make_client
from bot.chat.slack.transport import SlackTransport, fresh_nonce
from bot.domain.clock import PlanClock
from bot.domain.delivery import Draft
from bot.domain.reminder import Reminder
from bot.services import composing
from bot.services.delivering import drafts
from bot.services.planning import NOTHING_SAID
from bot.services.relevance import lost_meaning
from bot.services.reminding import newest_due, scheduled
from bot.settings import DatabaseSettings, DeliverySettings, Settings, load_settings

PLAN = Path(__file__).parents[1] / "schedules/gavle-2018-2020.yaml"
# By then people have left more than ten occurrences unanswered.
NOON = datetime(2019, 1, 31, 11, tzinfo=UTC)
TARGETS = 200
TOKEN = "xoxb-stand-in"

Call = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Unpaced(SlackTransport):
    """Slack without its second between two posts, and without files: one call a reminder."""

    @property
    def pace(self) -> timedelta:
        """No time: what is measured is ours, not Slack's."""
        return timedelta()

    @property
    def encloses(self) -> bool:
        """No: peers post no files either."""
        return False


def office(url: str) -> Office:
    """Open the database with the Gävle plan, at noon of a day in its second year."""
    return open_office(settings(url), [PLAN], PlanClock(wall_now(), NOON))


def settings(url: str, carrier: str = "inline") -> Settings:
    """Return the settings, whatever is set on this machine."""
    delivery = DeliverySettings.model_validate({"carrier": carrier})
    database = DatabaseSettings(url=url)
    return load_settings(database=database, delivery=delivery, slack=None, mail=None, plans=())


def client(api: str) -> WebClient:
    """Return the client that everybody uses."""
    return make_client(TOKEN, api)


@dataclass(frozen=True, slots=True)
class Paced(SlackTransport):
    """Slack with its second between two posts, but without files."""

    @property
    def encloses(self) -> bool:
        """No: a file would be a post of its own."""
        return False


def set_up(service: DeliveryService, api: str, *, paced: bool = False) -> None:
    """Let the service post to the stand-in."""
    service.transports["slack"] = Paced(client(api)) if paced else Unpaced(client(api))


def due(open_office: Office, count: int, *, now: datetime = NOON, to: str = "slack") -> list[Draft]:
    """Return ``count`` reminders due by ``now``, to each target equally many, target by target.

    ``to`` is the product that they go to.
    """
    agenda = next(iter(open_office.agendas.values()))
    steps = (newest_due(scheduled(agenda, each, {}), now=now) for each in agenda.by_id)
    owed: list[Reminder] = []
    for each in filter(None, steps):
        draft = drafts([each], {each.target: ["slack:C"]})[0]
        if not lost_meaning(draft, agenda, NOTHING_SAID, now=now):
            owed.append(each)
    wanted = owed[: count // TARGETS]
    places = [f"{to}:C{number:07}" for number in range(TARGETS)]
    found = [drafts([each], {each.target: [place]})[0] for each, place in pairs(wanted, places)]
    if len(found) != count:
        raise ValueError(f"{len(found)} reminders, not {count}")
    return found


def calls(open_office: Office, found: Sequence[Draft]) -> list[Call]:
    """Return the calls that post those reminders, ready to be made."""
    agenda = next(iter(open_office.agendas.values()))
    return [_call(agenda.plan, agenda.find(each.occurrence), each) for each in found]


def _call(plan: Any, occurrence: Any, draft: Draft) -> Call:
    sending = composing.Sending(draft.key, draft.step, draft.due, NOON)
    message = composing.message(plan, occurrence, NOTHING_SAID, sending, None)
    return {
        "channel": draft.address,
        "text": fallback(message.text),
        "blocks": blocks(message, nonce=fresh_nonce()),
        "metadata": metadata(message),
        "unfurl_links": False,
        "unfurl_media": False,
    }


def keep(found: Sequence[Call], path: Path) -> None:
    """Write the calls down for a peer."""
    path.write_text(json.dumps(found), encoding="utf-8")


def kept(path: str) -> list[Call]:
    """Read the calls that were written down."""
    found: list[Call] = json.loads(Path(path).read_text(encoding="utf-8"))
    return found
