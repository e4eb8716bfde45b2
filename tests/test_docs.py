"""What the guides say is so."""

import json
import re
import tomllib
from pathlib import Path

import pytest
import yaml

from bot.cli.parser import make_parser
from bot.planfile.schema import json_schema
from bot.settings import Settings

ROOT = Path(__file__).parents[1]
GUIDES = sorted(
    path for path in ROOT.rglob("*.md") if not {".venv", "node_modules"} & set(path.parts)
)


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_in_a_guide_leads_somewhere(guide: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", guide.read_text(encoding="utf-8"))
    assert [each for each in links if not (guide.parent / each).exists()] == []


@pytest.mark.parametrize(
    "guide",
    ["bot/README.md", "bot/web/README.md", "bot/chat/slack/README.md", "bot/mail/README.md"],
)
def test_every_file_that_a_developers_guide_names_is_there(guide: str) -> None:
    path = ROOT / guide
    named = re.findall(
        r"`(\w[\w/]*\.(?:py|yaml|toml|js|html|json))`", path.read_text(encoding="utf-8")
    )
    places = [ROOT, ROOT / "bot", path.parent]
    places += [ROOT / "bot" / each for each in ("planfile", "services", "chat/slack")]
    lost = [each for each in named if not any((place / each).exists() for place in places)]
    assert lost == []


def test_the_readme_names_every_command() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    help_text = make_parser().format_help()
    commands = re.findall(r"^    (\w+)(?: |$)", help_text, flags=re.MULTILINE)
    assert len(commands) >= 12
    assert [each for each in commands if f"`{each}" not in text] == []


def test_the_operators_guide_names_every_setting() -> None:
    text = (ROOT / "config/README.md").read_text(encoding="utf-8")
    schema = Settings.model_json_schema()
    sections = {
        each.removesuffix("Settings").upper(): each
        for each in schema["$defs"]
        if each.endswith("Settings")
    }
    assert len(sections) >= 4
    names = [
        f"LOFTESBOT_{section}__{key.upper()}"
        for section, model in sections.items()
        for key in schema["$defs"][model]["properties"]
        if section != "MEMBER"
    ]
    names += [f"{key} = " for key in schema["$defs"]["MemberSettings"]["properties"]]
    assert [
        each for each in [*names, "LOFTESBOT_PLANS", "LOFTESBOT_LOG_LEVEL"] if each not in text
    ] == []


def test_the_settings_file_holds_what_applies_without_it() -> None:
    given = tomllib.loads((ROOT / "config/settings.toml").read_text(encoding="utf-8"))
    assert Settings.model_validate(given) == Settings.model_validate({})


def test_the_schema_for_editors_is_the_one_in_force() -> None:
    kept = json.loads((ROOT / "schedules/plan.schema.json").read_text(encoding="utf-8"))
    assert kept == json_schema()


def test_the_manifest_is_yaml() -> None:
    text = (ROOT / "config/slack-manifest.yaml").read_text(encoding="utf-8")
    assert yaml.safe_load(text)["display_information"]["name"] == "Löftesbot"
