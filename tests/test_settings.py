from pathlib import Path

import pytest

from bot.domain.errors import SettingsError
from bot.settings import load_settings

SLACK = {
    "LOFTESBOT_SLACK__BOT_TOKEN": "xoxb-canary",
    "LOFTESBOT_SLACK__APP_TOKEN": "xapp-canary",
    "LOFTESBOT_SLACK__TARGET": "C024BE91L",
}
MANY = {
    "LOFTESBOT_SLACK__CLIENT_ID": "1.2",
    "LOFTESBOT_SLACK__CLIENT_SECRET": "canary",
    "LOFTESBOT_SLACK__WORKSPACES": '["T0POLIS"]',
    "LOFTESBOT_SLACK__APP_TOKEN": "xapp-canary",
    "LOFTESBOT_SLACK__TARGET": "T0POLIS/C024BE91L",
}


@pytest.fixture(autouse=True)
def _empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def given(monkeypatch: pytest.MonkeyPatch, values: dict[str, str]) -> None:
    for name, value in values.items():
        monkeypatch.setenv(name, value)


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_without_any_setting_it_runs_alone_on_this_machine() -> None:
    found = load_settings()
    assert (found.web.host, found.slack, found.database.url) == (
        "127.0.0.1",
        None,
        "sqlite:///loftesbot.db",
    )


def test_the_environment_is_stronger_than_the_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    write(tmp_path / "config/settings.toml", '[web]\nport = 1111\nhost = "0.0.0.0"\n')
    given(monkeypatch, {"LOFTESBOT_WEB__PORT": "2222"})
    assert (load_settings().web.port, load_settings().web.host) == (2222, "0.0.0.0")


def test_a_host_is_the_same_however_it_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    name = "LOFTESBOT_FEEDS__ALLOWED_HOSTS"
    given(monkeypatch, {name: '["Kalender.Intern.", "BRÅ.se"]'})
    assert load_settings().feeds.allowed_hosts == ("kalender.intern", "xn--br-zia.se")
    given(monkeypatch, {name: f'["{"å" * 62}.se"]'})
    with pytest.raises(SettingsError, match=name):
        load_settings()


def test_links_lead_to_where_others_find_the_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_settings().web.address == "http://127.0.0.1:8018"
    given(monkeypatch, {"LOFTESBOT_WEB__URL": "https://loftesbot.example.se:8443"})
    web = load_settings().web
    assert web.address == "https://loftesbot.example.se:8443"
    assert "loftesbot.example.se" in web.names


def test_a_secret_can_stand_in_a_file_of_its_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    secret = write(tmp_path / "token", "xoxb-from-file\n")
    given(monkeypatch, SLACK | {"LOFTESBOT_SLACK__BOT_TOKEN_FILE": str(secret)})
    slack = load_settings().slack
    assert slack
    assert slack.bot_token
    assert slack.bot_token.get_secret_value() == "xoxb-from-file"


def test_secrets_never_print(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, SLACK)
    found = load_settings()
    assert "canary" not in f"{found!r} {found} {found.model_dump()}"


def assert_refused(monkeypatch: pytest.MonkeyPatch, values: dict[str, str], says: str) -> None:
    given(monkeypatch, values)
    with pytest.raises(SettingsError, match=says) as refused:
        load_settings()
    assert "canary" not in str(refused.value)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"LOFTESBOT_WEB__PORT": "many"}, "LOFTESBOT_WEB__PORT .* heltal"),
        ({"LOFTESBOT_WEB__PORT": "70000"}, "för stort"),
        ({"LOFTESBOT_WEB__URL": "loftesbot.example.se/bot"}, "WEB__URL .* fel form. Adressen som"),
        ({"LOFTESBOT_WEB__PROT": "1"}, "PROT .* finns inte. Det finns: host, port"),
        ({"LOFTESBOT_SLAK__TARGET": "C1"}, "Okänd inställning LOFTESBOT_SLAK__TARGET"),
        (SLACK | {"LOFTESBOT_SLACK__TARGET": "#kanalen"}, "TARGET .* fel form. Kanalens id"),
        ({"LOFTESBOT_SLACK__TARGET": "C024BE91L"}, "behöver bot_token, eller client_id"),
        (
            {k: v for k, v in SLACK.items() if "APP" not in k},
            "behöver app_token .* eller signing_secret",
        ),
        (SLACK | {"LOFTESBOT_SLACK__CLIENT_ID": "1.2"}, "både bot_token .* och client_id"),
        (SLACK | {"LOFTESBOT_SLACK__TARGET": "T0POLIS/C024BE91L"}, "kanal i fel arbetsyta"),
        (MANY | {"LOFTESBOT_SLACK__TARGET": "C024BE91L"}, "kanal i fel arbetsyta"),
        (MANY | {"LOFTESBOT_SLACK__TARGETS": '{"a": "T0X/C1234"}'}, "kanal i fel arbetsyta"),
        ({k: v for k, v in MANY.items() if "SECRET" not in k}, "behöver bot_token, eller"),
        ({"LOFTESBOT_SLACK__BOT_TOKEN_FILE": "/nowhere"}, "BOT_TOKEN_FILE pekar på /nowhere"),
        ({"LOFTESBOT_CONFIG": "/nowhere"}, "LOFTESBOT_CONFIG pekar på /nowhere"),
    ],
)
def test_a_wrong_setting_is_one_clear_line_without_secrets(
    monkeypatch: pytest.MonkeyPatch, values: dict[str, str], says: str
) -> None:
    assert_refused(monkeypatch, values, says)


MAIL = {
    "LOFTESBOT_MAIL__SMTP_URL": "smtp://mail.example.se",
    "LOFTESBOT_MAIL__SENDER": "loftesbot@example.se",
    "LOFTESBOT_MAIL__TARGETS": '["anna@example.se"]',
}


def test_the_key_of_mails_can_come_from_a_file_and_is_never_shown(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    given(monkeypatch, MAIL)
    mail = load_settings().mail
    assert mail
    assert mail.key is None
    secret = write(tmp_path / "key", "canary" * 6)
    given(monkeypatch, {"LOFTESBOT_MAIL__KEY_FILE": str(secret)})
    mail = load_settings().mail
    assert mail
    assert mail.key
    assert mail.key.get_secret_value() == "canary" * 6
    assert "canary" not in repr(mail)


def test_a_mailbox_is_read_only_with_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, MAIL | {"LOFTESBOT_MAIL__IMAP_URL": "imaps://bot:canary@mail.example.se"})
    with pytest.raises(SettingsError, match="behöver också en nyckel") as refused:
        load_settings()
    assert "canary" not in str(refused.value)


INVITING = MAIL | {
    "LOFTESBOT_MAIL__KEY": "canary" * 6,
    "LOFTESBOT_MAIL__IMAP_URL": "imaps://bot:canary@mail.example.se",
    "LOFTESBOT_MAIL__INVITATIONS": "true",
}


def test_who_invites_has_a_key_a_mailbox_and_room_for_an_address_of_each_readers_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given(monkeypatch, INVITING | {"LOFTESBOT_MAIL__SENDER": f"Bot <{'a' * 21}@example.se>"})
    mail = load_settings().mail
    assert mail
    assert mail.invitations


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({k: v for k, v in INVITING.items() if "KEY" not in k}, "behöver också en nyckel"),
        ({k: v for k, v in INVITING.items() if "IMAP" not in k}, "ange imap_url, eller ta bort"),
        (INVITING | {"LOFTESBOT_MAIL__PLUS": "false"}, "ta bort plus = false, eller"),
        (INVITING | {"LOFTESBOT_MAIL__SENDER": f"{'a' * 22}@example.se"}, "högst 21 tecken före @"),
        (INVITING | {"LOFTESBOT_MAIL__SENDER": f"B <{'a' * 22}@example.se>"}, "högst 21 tecken"),
    ],
)
def test_nobody_is_invited_whose_answer_could_not_be_heard(
    monkeypatch: pytest.MonkeyPatch, values: dict[str, str], says: str
) -> None:
    assert_refused(monkeypatch, values, says)


def test_a_short_key_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, MAIL | {"LOFTESBOT_MAIL__KEY": "canary"})
    with pytest.raises(SettingsError, match=r"MAIL__KEY .*för kort\. Minst 32 tecken\.") as refused:
        load_settings()
    assert "canary" not in str(refused.value)


def test_several_workspaces_are_set_up_by_the_apps_own_id(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given(monkeypatch, MANY)
    slack = load_settings().slack
    assert slack
    assert (slack.bot_token, slack.workspaces) == (None, ("T0POLIS",))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[web\n", "går inte att läsa"),
        ("[web]\nprot = 1\n", "PROT .* finns inte"),
        ("[nonsense]\na = 1\n", "NONSENSE .* finns inte"),
        ('[[members]]\nname = "Anna"\nroles = ["stf"]\n', "members.0. behöver email eller slack"),
        ('[[members]]\nname = "Anna"\nemail = "a@b.se"\n', "members.0.roles. saknas"),
        ('[[members]]\nname = "A"\nroles = ["x"]\nslack = "anna"\n', "slack. har fel form"),
    ],
)
def test_a_wrong_file_is_said_to_be_so(tmp_path: Path, text: str, says: str) -> None:
    write(tmp_path / "config/settings.toml", text)
    with pytest.raises(SettingsError, match=says):
        load_settings()


def test_members_are_read_from_the_file(tmp_path: Path) -> None:
    text = '[[members]]\nname = "Anna"\nroles = ["stf"]\nslack = "UANNA"\n'
    write(tmp_path / "config/settings.toml", text)
    (member,) = load_settings().members
    assert (member.name, member.roles, member.slack) == ("Anna", ("stf",), "UANNA")
