"""Several workspaces: installed by OAuth, each with its own tokens, each stopped by itself."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from time import CLOCK_REALTIME, clock_gettime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from slack_sdk.oauth.installation_store import Bot
from slack_sdk.oauth.installation_store.sqlalchemy import SQLAlchemyInstallationStore
from slack_sdk.oauth.state_store.sqlalchemy import SQLAlchemyOAuthStateStore
from slack_sdk.oauth.token_rotation import TokenRotator

from bot.chat.slack.client import make_client
from bot.chat.slack.connection import make_app
from bot.chat.slack.installing import CALLBACK_PATH, INSTALL_PATH, install_routes
from bot.chat.slack.intake import Intake
from bot.chat.slack.outcomes import SETUP_WAIT
from bot.chat.slack.transport import ManyTransport
from bot.chat.slack.workspaces import Installed, NotInstalledError
from bot.domain.answer import AnswerKind
from bot.domain.delivery import Refused, Sent, Sought, TryAgain
from bot.domain.message import Enclosure, Message
from bot.storage.database import Database
from tests.chat.slack.http_events import SECRET, HttpEvents, asked
from tests.chat.slack.plans import WEEKLY, Office
from tests.chat.slack.room import CHANNEL, at
from tests.standins.slack import faults, payloads
from tests.standins.slack.server import SlackStandIn
from tests.standins.slack.workspace import TEAM, Payload, Workspace

POLICE = "T0POLICE"
STRANGERS = "T0STRANGE"
MESSAGE = Message("k", WEEKLY, "Lägesbild", ("När: i dag",))
FILE = Enclosure("k/calendar", "1.000001", "x.ics", "Lägg i kalendern", b"BEGIN:VCALENDAR")


def now() -> datetime:
    return datetime.fromtimestamp(clock_gettime(CLOCK_REALTIME), UTC)


def grant(team: str, token: str, **more: object) -> Payload:
    """What Slack answers when somebody has agreed, or a token is renewed."""
    return {
        "ok": True, "app_id": "A0000001", "access_token": token, "token_type": "bot",
        "bot_user_id": "U0BOT001", "scope": "chat:write", "team": {"id": team, "name": "Gävle"},
        "authed_user": {"id": "UANNA"}, **more,
    }  # fmt: skip


def of_team(payload: Payload, team: str) -> Payload:
    """The same event, in another workspace."""
    found: Payload = json.loads(json.dumps(payload).replace(TEAM, team))
    return found


@dataclass
class Grid:
    """Two workspaces of a Slack, and a third that is none of ours."""

    slack: SlackStandIn
    police: Workspace
    installed: Installed
    office: Office
    intake: Intake
    states: SQLAlchemyOAuthStateStore

    def install(self, team: str, token: str, **expiry: Any) -> None:
        bot = Bot(
            app_id="A0000001", team_id=team, bot_token=token, bot_id="B0000001",
            bot_user_id="U0BOT001", installed_at=now(), **expiry,
        )  # fmt: skip
        self.installed.store.save_bot(bot)

    @property
    def transport(self) -> ManyTransport:
        return ManyTransport(self.installed)

    @property
    def events(self) -> HttpEvents:
        return HttpEvents(make_app(self.installed, SECRET, *at(self.office, self.intake)))

    def ask(self, path: str, query: str = "", cookie: str = "") -> tuple[int, str, dict[str, str]]:
        client = make_client("", self.slack.base_url)
        routes = install_routes(self.installed, self.states, client, "https://slack.test/agree")
        return asked(routes, path, query, cookie)

    def agree(self) -> tuple[str, str]:
        """Begin to install; return the state that Slack is given, and the browser's cookie."""
        status, _, headers = self.ask(INSTALL_PATH)
        assert status == 302
        asked_for = parse_qs(urlsplit(headers["location"]).query)
        assert asked_for["client_id"] == ["1.2"]
        assert "users:read.email" in asked_for["scope"][0]
        return asked_for["state"][0], headers["set-cookie"].partition(";")[0]


@pytest.fixture
def grid(slack: SlackStandIn, office: Office, intake: Intake, database: Database) -> Grid:
    police = Workspace(bot_token="xoxb-police", team=POLICE)
    police.messages["C0POLICE"] = []
    police.add_user("UANNA", "Anna Alm")
    slack.others.append(police)
    rotator = TokenRotator(
        client_id="1.2", client_secret="hush", client=make_client("", slack.base_url)
    )
    installed = Installed(
        SQLAlchemyInstallationStore("1.2", database.engine), rotator, (TEAM, POLICE),
        slack.base_url, database.lent, partial(database.lent, alone="slack tokens"), now,
    )  # fmt: skip
    states = SQLAlchemyOAuthStateStore(600, database.engine)
    return Grid(slack, police, installed, office, intake, states)


def both(grid: Grid) -> None:
    grid.install(TEAM, grid.slack.workspace.bot_token)
    grid.install(POLICE, grid.police.bot_token)


def test_each_workspace_is_written_to_with_its_own_token(grid: Grid) -> None:
    both(grid)
    for address in (f"{TEAM}/{CHANNEL}", f"{POLICE}/C0POLICE"):
        sent = grid.transport.post(MESSAGE, address=address)
        assert isinstance(sent, Sent)
        sought = Sought(MESSAGE.key, datetime(2000, 1, 1, tzinfo=UTC))
        assert grid.transport.find(sought, address=address) == sent
        changed = replace(MESSAGE, title="Ny")
        assert grid.transport.update(changed, address=address, receipt=sent.receipt) == sent
        file = replace(FILE, thread=sent.receipt)
        assert isinstance(grid.transport.enclose(file, address=address), Sent)
    assert len(grid.slack.workspace.posted(CHANNEL)) == 2
    assert len(grid.police.posted("C0POLICE")) == 2


@pytest.mark.parametrize("team", [POLICE, STRANGERS, ""])
def test_where_it_is_not_installed_a_message_waits_and_somebody_is_told(
    grid: Grid, team: str
) -> None:
    grid.install(STRANGERS, "xoxb-strangers")
    address = f"{team}/C0POLICE"
    outcome = grid.transport.post(MESSAGE, address=address)
    assert isinstance(outcome, TryAgain)
    assert (outcome.after, outcome.target_wide, outcome.broken) == (SETUP_WAIT, True, True)
    assert "/slack/install" in outcome.reason
    sought = Sought(MESSAGE.key, datetime(2000, 1, 1, tzinfo=UTC))
    assert isinstance(grid.transport.find(sought, address=address), TryAgain)
    assert isinstance(grid.transport.update(MESSAGE, address=address, receipt="1.0"), Refused)
    assert isinstance(grid.transport.enclose(FILE, address=address), Refused)


def test_who_agrees_has_it_installed(grid: Grid) -> None:
    state, cookie = grid.agree()
    grid.slack.workspace.grants["c1"] = grant(TEAM, grid.slack.workspace.bot_token)
    status, text, _ = grid.ask(CALLBACK_PATH, f"code=c1&state={state}", cookie)
    assert (status, "installerad i Gävle" in text) == (200, True)
    assert isinstance(grid.transport.post(MESSAGE, address=f"{TEAM}/{CHANNEL}"), Sent)


def test_an_answer_of_slack_is_good_once_and_in_the_same_browser(grid: Grid) -> None:
    state, cookie = grid.agree()
    grid.slack.workspace.grants["c1"] = grant(TEAM, grid.slack.workspace.bot_token)
    assert grid.ask(CALLBACK_PATH, f"code=c1&state={state}")[0] == 400
    assert grid.ask(CALLBACK_PATH, f"code=c1&state={state}", cookie)[0] == 200
    status, text, _ = grid.ask(CALLBACK_PATH, f"code=c1&state={state}", cookie)
    assert (status, "redan använts" in text) == (401, True)


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("error=access_denied", "Ingen godkände"),
        ("state={state}", "ingen kod"),
        ("code=wrong&state={state}", "godtog inte koden"),
    ],
)
def test_what_did_not_come_about_is_said_in_words(grid: Grid, query: str, says: str) -> None:
    state, cookie = grid.agree()
    status, text, _ = grid.ask(CALLBACK_PATH, query.format(state=state), cookie)
    assert status >= 400
    assert says in text
    with pytest.raises(NotInstalledError):
        grid.installed.client(TEAM)


def test_a_workspace_that_is_not_named_is_given_its_token_back(grid: Grid) -> None:
    state, cookie = grid.agree()
    grid.slack.workspace.grants["c1"] = grant(STRANGERS, grid.slack.workspace.bot_token)
    status, text, _ = grid.ask(CALLBACK_PATH, f"code=c1&state={state}", cookie)
    assert (status, STRANGERS in text) == (403, True)
    assert len(grid.slack.workspace.called("auth.revoke")) == 1
    with pytest.raises(NotInstalledError):
        grid.installed.client(STRANGERS)


def test_a_slack_that_breaks_off_is_said_in_words(grid: Grid) -> None:
    state, cookie = grid.agree()
    grid.slack.workspace.fail_next("oauth.v2.access", faults.ACCEPTED_THEN_RESET)
    status, text, _ = grid.ask(CALLBACK_PATH, f"code=c1&state={state}", cookie)
    assert (status, text.startswith("Installationen blev inte av.")) == (502, True)


def test_a_token_is_renewed_once_however_many_ask(grid: Grid) -> None:
    old, soon = "xoxe.xoxb-old", int(now().timestamp()) + 60
    grid.install(TEAM, old, bot_refresh_token="r1", bot_token_expires_at=soon)
    new = grid.slack.workspace.bot_token
    grid.slack.workspace.grants["r1"] = grant(TEAM, new, refresh_token="r2", expires_in=43_200)
    with ThreadPoolExecutor(8) as pool:
        tokens = set(pool.map(grid.installed.token, [TEAM] * 8))
    assert tokens == {new}
    assert len(grid.slack.workspace.called("oauth.v2.access")) == 1
    kept = grid.installed.store.find_bot(enterprise_id=None, team_id=TEAM)
    assert kept
    assert kept.bot_refresh_token == "r2"


@pytest.mark.parametrize("fault", [faults.error("invalid_refresh_token"), faults.RESET])
def test_a_token_that_cannot_be_renewed_is_used_as_long_as_it_lasts(
    grid: Grid, fault: faults.Fault
) -> None:
    soon = int(now().timestamp()) + 60
    token = grid.slack.workspace.bot_token
    grid.install(TEAM, token, bot_refresh_token="r1", bot_token_expires_at=soon)
    grid.slack.workspace.fail_next("oauth.v2.access", fault)
    assert isinstance(grid.transport.post(MESSAGE, address=f"{TEAM}/{CHANNEL}"), Sent)


@pytest.mark.parametrize(
    "event",
    [{"type": "app_uninstalled"}, {"type": "tokens_revoked", "tokens": {"bot": ["U0BOT001"]}}],
    ids=["uninstalled", "revoked"],
)
def test_a_workspace_that_lets_the_app_go_is_the_only_one_that_stops(
    grid: Grid, event: Payload
) -> None:
    both(grid)
    gone = of_team(grid.slack.event(event), POLICE)
    assert grid.events.event(gone).status == 200
    assert isinstance(grid.transport.post(MESSAGE, address=f"{POLICE}/C0POLICE"), TryAgain)
    assert isinstance(grid.transport.post(MESSAGE, address=f"{TEAM}/{CHANNEL}"), Sent)


def test_a_persons_token_that_is_revoked_changes_nothing(grid: Grid) -> None:
    both(grid)
    event = {"type": "tokens_revoked", "tokens": {"oauth": ["UANNA"], "bot": []}}
    assert grid.events.event(of_team(grid.slack.event(event), POLICE)).status == 200
    assert isinstance(grid.transport.post(MESSAGE, address=f"{POLICE}/C0POLICE"), Sent)


def test_an_answer_is_known_by_the_workspace_that_it_comes_from(grid: Grid) -> None:
    both(grid)
    sent = grid.transport.post(MESSAGE, address=f"{POLICE}/C0POLICE")
    assert isinstance(sent, Sent)
    grid.office.receipts.known[f"slack:{POLICE}/C0POLICE", sent.receipt] = WEEKLY
    said = payloads.message_event(
        "C0POLICE", "klart!", "UANNA", ts=grid.police.stamp(), thread_ts=sent.receipt
    )
    reply = grid.slack.event(said)
    # In our first workspace the same ids would be another conversation and another person.
    assert grid.events.event(reply).status == 200
    assert grid.office.answers.stored == []
    assert grid.events.event(of_team({**reply, "event_id": "Ev2"}, POLICE)).status == 200
    (answer,) = grid.office.answers.stored
    assert (answer.kind, answer.by) == (AnswerKind.DONE, "Anna Alm")


def test_a_workspace_that_it_is_not_installed_in_is_turned_away(grid: Grid) -> None:
    both(grid)
    grid.office.receipts.known[f"slack:{STRANGERS}/{CHANNEL}", "1.000001"] = WEEKLY
    reply = grid.slack.replied(CHANNEL, "1.000001", "klart!", "UANNA")
    grid.events.event(of_team(reply, STRANGERS))
    assert grid.office.answers.stored == []
