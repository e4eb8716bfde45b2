"""What many tests stand on: a real database of their own, of each kind that there is."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from bot.storage.answers import SqlAnswers
from bot.storage.database import Database, open_database
from bot.storage.deliveries import SqlDeliveries
from tests.mail.imap import Inbox, serving
from tests.postgres import TEMPLATE, Postgres, serving_a_template
from tests.standins.mail import certificate
from tests.standins.mail.server import MailStandIn

# How long an example takes is no rule of ours, and a busy machine would break it.
settings.register_profile("steady", deadline=None)
settings.load_profile("steady")

KINDS = ["sqlite", "postgresql"]


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """The PostgreSQL of this test process; started when the first test needs it."""
    with serving_a_template() as server:
        yield server


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with all tables and nothing in them."""
    path = tmp_path_factory.mktemp("template") / "loftesbot.db"
    open_database(f"sqlite:///{path}").close()
    return path


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The address of a file that is not there yet, for what is about such files alone."""
    return f"sqlite:///{tmp_path}/loftesbot.db"


@pytest.fixture
def postgres_url(postgres: Postgres) -> Iterator[str]:
    """The address of a database with its tables, for what is about PostgreSQL alone."""
    name = postgres.create(template=TEMPLATE)
    yield postgres.url(name)
    postgres.drop(name)


@pytest.fixture(params=KINDS)
def empty_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a database of each kind, in which there is nothing at all."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_url")
        return
    server: Postgres = request.getfixturevalue("postgres")
    name = server.create()
    yield server.url(name)
    server.drop(name)


@pytest.fixture
def one_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The address of a database with its tables, for what is the same on every kind."""
    shutil.copy(sqlite_template, tmp_path / "loftesbot.db")
    return f"sqlite:///{tmp_path}/loftesbot.db"


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of a database of each kind, with its tables and nothing in them."""
    named = {"postgresql": "postgres_url", "sqlite": "one_url"}
    return str(request.getfixturevalue(named[request.param]))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An open database, of each kind."""
    opened = open_database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def answers(database: Database) -> SqlAnswers:
    return SqlAnswers(database)


@pytest.fixture
def deliveries(database: Database) -> SqlDeliveries:
    return SqlDeliveries(database)


@pytest.fixture
def smtp() -> Iterator[MailStandIn]:
    """A mail server for a whole service."""
    with MailStandIn() as stand_in:
        yield stand_in


@pytest.fixture
def inbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Inbox]:
    """A mailbox for a whole service, which trusts its certificate as it trusts any other."""
    authority = tmp_path / "authority.pem"
    authority.write_text(certificate.made()[0], encoding="ascii")
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    with serving(tmp_path) as found:
        yield found
