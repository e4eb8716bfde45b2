"""The app's manifest and guide say what the code does, and nothing more."""

import inspect
import re
from pathlib import Path
from types import ModuleType

import pytest
import yaml
from slack_bolt import App

from bot.chat.slack import connection, history, home, listeners, people, reception, transport
from bot.chat.slack.outcomes import REFUSALS
from bot.chat.slack.workspaces import SCOPES
from tests.standins.slack.workspace import Payload

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "config" / "slack-manifest.yaml").read_text(encoding="utf-8")
METHOD_SCOPES = {
    "apps_connections_open": set(),
    "chat_postEphemeral": {"chat:write"},
    "chat_postMessage": {"chat:write"},
    "chat_update": {"chat:write"},
    "conversations_history": {"channels:history", "groups:history", "im:history"},
    "conversations_open": {"im:write"},
    "conversations_replies": {"channels:history", "groups:history", "im:history"},
    "files_completeUploadExternal": {"files:write"},
    "files_getUploadURLExternal": {"files:write"},
    "users_info": {"users:read", "users:read.email"},
    "users_lookupByEmail": {"users:read.email"},
    "views_open": set[str](),
    "views_publish": set[str](),
}
EVENT_SCOPES = {
    "app_home_opened": set[str](),
    "app_uninstalled": set[str](),
    "message.channels": {"channels:history"},
    "message.groups": {"groups:history"},
    "message.im": {"im:history"},
    "reaction_added": {"reactions:read"},
    "reaction_removed": {"reactions:read"},
    "tokens_revoked": set[str](),
}
MODULES = (history, home, listeners, people, reception, transport)


@pytest.fixture
def manifest() -> Payload:
    read: Payload = yaml.safe_load(TEXT)
    return read


def methods(module: ModuleType) -> set[str]:
    return set(re.findall(r"client\.([a-z]+_[A-Za-z_]+)\(", inspect.getsource(module)))


def test_the_manifest_asks_for_each_scope_that_is_used_and_no_other(manifest: Payload) -> None:
    used = set().union(*(methods(each) for each in MODULES))
    needed = set().union(*(METHOD_SCOPES[each] for each in used))
    events = manifest["settings"]["event_subscriptions"]["bot_events"]
    heard = set().union(*(EVENT_SCOPES[each] for each in events))

    scopes = manifest["oauth_config"]["scopes"]["bot"]

    assert len(used) == 12
    assert sorted(scopes) == sorted({*needed, *heard, "commands"})


def test_the_manifest_subscribes_to_what_the_app_listens_for(manifest: Payload, app: App) -> None:
    (command,) = manifest["features"]["slash_commands"]
    source = inspect.getsource(listeners.register) + inspect.getsource(connection.make_app)

    assert f'app.command("{command["command"]}")' in source
    for event in manifest["settings"]["event_subscriptions"]["bot_events"]:
        assert f'app.event("{event.partition(".")[0]}")' in source


def test_the_manifest_is_for_socket_mode_in_one_workspace(manifest: Payload) -> None:
    settings = manifest["settings"]

    assert settings["socket_mode_enabled"] is True
    assert settings["interactivity"] == {"is_enabled": True}
    assert settings["org_deploy_enabled"] is False
    assert settings["token_rotation_enabled"] is False
    assert len(manifest["display_information"]["name"]) <= 35
    assert len(manifest["display_information"]["description"]) <= 140
    assert 174 <= len(manifest["display_information"]["long_description"]) <= 4_000


def test_taking_away_the_comment_signs_gives_a_manifest_for_http(manifest: Payload) -> None:
    text = re.sub(r"# ((?:request_)?url:)", r"\1", TEXT)

    read = yaml.safe_load(text)

    addresses = {
        read["features"]["slash_commands"][0]["url"],
        read["settings"]["event_subscriptions"]["request_url"],
        read["settings"]["interactivity"]["request_url"],
    }
    (address,) = addresses
    assert address.endswith(connection.EVENTS_PATH)


def test_the_guide_names_each_module_and_what_is_refused() -> None:
    folder = Path(transport.__file__).parent
    guide = (folder / "README.md").read_text(encoding="utf-8")

    modules = {each.name for each in folder.glob("*.py")} - {"__init__.py"}
    assert {name for name in modules if f"`{name}`" not in guide} == set()
    for word in ("is_archived", "invalid_auth", "missing_scope"):
        assert word in guide
        assert word in REFUSALS


def test_what_is_asked_for_by_oauth_is_what_the_manifest_asks_for(manifest: Payload) -> None:
    assert sorted(SCOPES) == sorted(manifest["oauth_config"]["scopes"]["bot"])
