"""Settings: ``config/settings.toml``, then ``LOFTESBOT_…`` variables, then ``…_FILE`` secrets."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_core import PydanticCustomError
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)
from pydantic_settings import (
    SettingsError as SourceError,
)

from bot.domain.errors import SettingsError
from bot.domain.hosts import dns_name
from bot.setting_faults import PREFIX, fault_line

CONFIG = "LOFTESBOT_CONFIG"
DEFAULT_FILE = Path("config/settings.toml")
CONVERSATION = r"^(T[A-Z0-9]{2,}/)?[CDG][A-Z0-9]{2,}$"
Host = Annotated[str, Field(pattern=r"^[^\s/:@]+$"), AfterValidator(dns_name)]
# What an address may have before the @ so that a tag of ours has room after it.
LONGEST_TAGGED = 21
CLOSED = ConfigDict(extra="forbid", frozen=True)


class DatabaseSettings(BaseModel):
    """Where everything is kept."""

    model_config = CLOSED

    url: str = Field("sqlite:///loftesbot.db", description="En adress för SQLAlchemy.")


class DeliverySettings(BaseModel):
    """How what is due reaches the products, and who hears of what did not."""

    model_config = CLOSED

    carrier: Literal["inline", "dbos"] = Field(
        "inline", description="inline (trådar) eller dbos (kö i PostgreSQL)."
    )
    operator: str = Field(
        "room:drift",
        pattern=r"^$|^(room|slack|mail):\S+$",
        description="Dit det sägs att något inte kom fram: room:drift, slack:C024BE91L eller tomt.",
    )


class LogSettings(BaseModel):
    """The key that the log's entries are bound to one another with."""

    model_config = CLOSED

    key: SecretStr = Field(SecretStr(""), description="En lång hemlighet; behåll den för alltid.")


class WebSettings(BaseModel):
    """The pages; by default only this machine can open them."""

    model_config = CLOSED

    host: str = Field("127.0.0.1", description="Adressen att lyssna på.")
    port: int = Field(8018, ge=0, le=65535, description="Porten; 0 väljer en ledig.")
    hosts: tuple[str, ...] = Field((), description="Fler värdnamn som sidan nås under.")
    url: str = Field(
        "",
        pattern=r"^$|^https?://[^/?#\s@]+$",
        description="Adressen som andra når sidan på: https://loftesbot.example.se.",
    )

    @property
    def address(self) -> str:
        """Where people find the pages, without a slash at the end."""
        return self.url or f"http://{self.host}:{self.port}"

    @property
    def names(self) -> tuple[str, ...]:
        """The names that the pages answer to."""
        public = urlsplit(self.url).hostname
        return (self.host, "localhost", "127.0.0.1", *self.hosts, *([public] if public else []))


class FeedsSettings(BaseModel):
    """The calendars of others that plans follow."""

    model_config = CLOSED

    allowed_hosts: tuple[Host, ...] = Field(
        (), description='Värdnamn som får leda till egna adresser: ["kalender.intern"].'
    )


class SlackSettings(BaseModel):
    """Slack; with an app token through Socket Mode, else through HTTP events.

    One workspace by its bot token, or several that the app is installed in by OAuth.
    """

    model_config = CLOSED

    bot_token: SecretStr | None = Field(None, description="Botens token, xoxb-….")
    client_id: str = Field("", description="Appens Client ID, för flera arbetsytor.")
    client_secret: SecretStr | None = Field(None, description="Appens Client Secret.")
    workspaces: tuple[Annotated[str, Field(pattern=r"^T[A-Z0-9]{2,}$")], ...] = Field(
        (), description='Arbetsytorna som får installera appen: ["T024BE7LD"].'
    )
    app_token: SecretStr | None = Field(None, description="Appens token, xapp-…, för Socket Mode.")
    signing_secret: SecretStr | None = Field(None, description="För HTTP-händelser.")
    base_url: str = Field("https://slack.com/api/", pattern=r"^https?://.+/$")
    target: str = Field(pattern=CONVERSATION, description="Kanalens id, C024BE91L.")
    targets: dict[str, Annotated[str, Field(pattern=CONVERSATION)]] = Field(
        {}, description='Kanaler för planens platser: {"ledning": "C024BE91M"}.'
    )

    @model_validator(mode="after")
    def _one_or_many(self) -> Self:
        if self.bot_token and self.client_id:
            raise PydanticCustomError("both", "bot_token and client_id")
        if not self.bot_token and not (self.client_id and self.client_secret and self.workspaces):
            raise PydanticCustomError("no_token", "bot_token, or client_id and so on")
        known = {f"{each}/" for each in self.workspaces} if self.client_id else {""}
        for each in (self.target, *self.targets.values()):
            team, slash, _ = each.rpartition("/")
            if f"{team}{slash}" not in known:
                raise PydanticCustomError("elsewhere", "target")
        return self

    @model_validator(mode="after")
    def _one_way_in(self) -> Self:
        if self.app_token is None and self.signing_secret is None:
            raise PydanticCustomError("no_way_in", "app_token or signing_secret")
        return self


class MailSettings(BaseModel):
    """A mail server that reminders go out through, whom they go to, and how they answer."""

    model_config = CLOSED

    smtp_url: SecretStr = Field(description="smtp+starttls://namn:lösenord@värd:587.")
    sender: str = Field(description="Löftesbot <loftesbot@example.se>.")
    targets: tuple[str, ...] = Field(min_length=1, description="Adresserna, som en lista.")
    key: SecretStr | None = Field(None, min_length=32, description="Minst 32 tecken.")

    imap_url: SecretStr | None = Field(
        None, description="Avsändarens brevlåda: imaps://namn:lösenord@värd/INBOX."
    )
    plus: bool = Field(True, description="false om servern inte tar emot namn+ord@värd.")
    invitations: bool = Field(False, description="true: bjud in till tillfällen i kalendern.")

    @model_validator(mode="after")
    def _signed(self) -> Self:
        if (self.imap_url or self.invitations) and not self.key:
            raise PydanticCustomError("no_key", "imap_url or invitations without key")
        return self

    @model_validator(mode="after")
    def _hears_of_invitations(self) -> Self:
        """A calendar's answer may name no mail, and then only its address tells whose it is."""
        if not self.invitations:
            return self
        if not self.imap_url:
            raise PydanticCustomError("no_mailbox", "invitations without imap_url")
        if not self.plus:
            raise PydanticCustomError("no_plus", "invitations without plus")
        if len(self.sender.rpartition("<")[2].rpartition("@")[0].strip()) > LONGEST_TAGGED:
            raise PydanticCustomError("long_sender", "invitations from a long address")
        return self


class MemberSettings(BaseModel):
    """Somebody who fills roles; found in Slack by the explicit id, else by the address."""

    model_config = CLOSED

    name: str = Field(min_length=1, description="Namnet, för den som läser inställningarna.")
    roles: tuple[str, ...] = Field(min_length=1, description="Planens id för rollerna.")
    email: str = Field("", description="Adressen som personen har i Slack.")
    slack: str = Field(
        "", pattern=r"^$|^(T[A-Z0-9]{2,}/)?[UW][A-Z0-9]{2,}$", description="Personens id, U…."
    )

    @model_validator(mode="after")
    def _can_be_known(self) -> Self:
        if not (self.email or self.slack):
            raise PydanticCustomError("nobody", "email or slack")
        return self


class Settings(BaseSettings):
    """All settings of one running service; frozen, closed, and secrets never print."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True
    )

    database: DatabaseSettings = DatabaseSettings()
    delivery: DeliverySettings = DeliverySettings()
    log: LogSettings = LogSettings()
    web: WebSettings = WebSettings()
    feeds: FeedsSettings = FeedsSettings()
    slack: SlackSettings | None = None
    mail: MailSettings | None = None
    members: tuple[MemberSettings, ...] = ()
    plans: tuple[Path, ...] = ()
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Name the sources, the strongest first."""
        toml = TomlConfigSettingsSource(settings_cls, _config_file())
        return (init_settings, _Environment(settings_cls), toml)


class _Environment(EnvSettingsSource):
    """Reads variables, and ``LOFTESBOT_SLACK__BOT_TOKEN_FILE`` as the file with ``…BOT_TOKEN``."""

    def _load_env_vars(self) -> Mapping[str, str | None]:
        ours = {k: v for k, v in os.environ.items() if k.startswith(PREFIX)}
        plain = {k.lower(): v for k, v in ours.items() if not k.endswith("_FILE")}
        files = {k: v for k, v in ours.items() if k.endswith("_FILE")}
        return plain | {k.removesuffix("_FILE").lower(): _secret(k, v) for k, v in files.items()}


def load_settings(**given: Any) -> Settings:
    """Return the settings, or raise ``SettingsError`` with one line for each that is wrong."""
    try:
        _refuse_unknown(os.environ)
        return Settings(**given)
    except ValidationError as error:
        lines = (fault_line(each, SECTIONS) for each in error.errors(include_url=False))
        raise SettingsError("\n".join(lines)) from None
    except SourceError as error:
        raise SettingsError(
            f"{error} En lista skrivs som JSON, till exempel LOFTESBOT_PLANS='[\"min-plan.yaml\"]'."
        ) from None
    except (OSError, ValueError) as error:
        raise SettingsError(f"Inställningarna går inte att läsa: {error}") from None


def _config_file() -> Path:
    named = os.environ.get(CONFIG)
    if named and not Path(named).is_file():
        raise ValueError(f"{CONFIG} pekar på {named}, som inte är en fil")
    return Path(named) if named else DEFAULT_FILE


def _secret(name: str, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ValueError(f"{name} pekar på {path}: {error.strerror}") from None


def _refuse_unknown(environment: Mapping[str, str]) -> None:
    known = set(Settings.model_fields)
    for name in environment:
        section = name.removeprefix(PREFIX).removesuffix("_FILE").partition("__")[0].lower()
        if name.startswith(PREFIX) and name != CONFIG and section not in known:
            raise SettingsError(
                f"Okänd inställning {name}. Det finns: "
                + ", ".join(f"{PREFIX}{each.upper()}" for each in sorted(known))
                + "."
            )


SECTIONS: Mapping[str, type[BaseModel]] = {
    "database": DatabaseSettings,
    "delivery": DeliverySettings,
    "log": LogSettings,
    "web": WebSettings,
    "feeds": FeedsSettings,
    "slack": SlackSettings,
    "mail": MailSettings,
    "members": MemberSettings,
}
