import pytest

from bot.domain.errors import DatabaseError
from bot.storage.addresses import parsed, shown


@pytest.mark.parametrize(
    ("url", "driver"),
    [
        ("sqlite:///loftesbot.db", "sqlite"),
        ("sqlite+pysqlite:////data/loftesbot.db", "sqlite"),
        ("postgresql://u@h/db", "postgresql+psycopg"),
        ("postgres://u@h/db", "postgresql+psycopg"),
        ("postgresql+psycopg://u@h/db", "postgresql+psycopg"),
    ],
)
def test_two_kinds_of_databases_are_known(url: str, driver: str) -> None:
    assert parsed(url).drivername == driver


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("nonsense", "går inte att tolka"),
        ("postgresql://u:hemligt@h:port/db", "går inte att tolka"),
        ("mysql://u:hemligt@localhost/x", "stöds inte"),
        ("postgresql+psycopg2://u:hemligt@h/db", "stöds inte"),
    ],
)
def test_any_other_is_refused_with_an_example(url: str, says: str) -> None:
    with pytest.raises(DatabaseError, match=says) as refused:
        parsed(url)
    assert "postgresql://användare" in str(refused.value)
    assert "hemligt" not in str(refused.value)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:hemligt@h/db",
        "postgresql://u@h/db?password=hemligt",
        "postgresql://u@h/db?sslpassword=hemligt&password=hemligt",
        "postgresql://u:hem@ligt@h:port/db",
        "postgresql://u:hemligt\n@h:port/db",
        "mysql://u:hemligt@h/db",
    ],
)
def test_no_password_is_shown(url: str) -> None:
    assert "ligt" not in shown(url)
    assert "hem" not in shown(url)
    assert "@h" in shown(url)


def test_an_address_without_a_secret_is_shown_as_it_is() -> None:
    for url in ("sqlite:///loftesbot.db", "postgresql://u@h:5433/db?sslmode=require"):
        assert shown(url) == url
