"""Connections to PostgreSQL: asked whether the server is there when they have rested."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, create_engine, event, text

from bot.storage.engines import TRUSTED_SECONDS, ask_the_rested

BACKEND = "SELECT pg_backend_pid()"


@contextmanager
def connected(url: str, seconds: list[float]) -> Iterator[Engine]:
    """An engine whose clock shows what stands first in ``seconds``."""
    engine = create_engine(url, pool_use_lifo=True)
    ask_the_rested(engine, lambda: seconds[0])
    yield engine
    engine.dispose()


def backend(engine: Engine) -> int:
    """The process of the server that answers us."""
    with engine.connect() as connection:
        return int(connection.exec_driver_sql(BACKEND).scalar_one())


def end(url: str, *processes: int) -> None:
    """Let the server end the connections that those processes serve."""
    engine = create_engine(url)
    with engine.connect() as connection:
        for each in processes:
            connection.exec_driver_sql(f"SELECT pg_terminate_backend({each}, 5000)")
    engine.dispose()


@contextmanager
def watching(url: str) -> Iterator[Callable[[int], str]]:
    """Tells what was last said to a process of the server."""
    engine = create_engine(url)
    chosen = text("SELECT query FROM pg_stat_activity WHERE pid = :pid")
    with engine.connect() as connection:
        watched = connection.execution_options(isolation_level="AUTOCOMMIT")
        yield lambda pid: str(watched.execute(chosen, {"pid": pid}).scalar_one())
    engine.dispose()


def test_one_that_has_rested_and_is_dead_is_opened_anew(postgres_url: str) -> None:
    seconds = [0.0]
    with connected(postgres_url, seconds) as engine:
        first = backend(engine)
        end(postgres_url, first)
        seconds[0] = TRUSTED_SECONDS
        assert backend(engine) != first


def test_the_others_are_opened_anew_with_it(postgres_url: str) -> None:
    seconds = [0.0]
    with connected(postgres_url, seconds) as engine:
        with engine.connect() as one, engine.connect() as other:
            both = [each.exec_driver_sql(BACKEND).scalar_one() for each in (one, other)]
        end(postgres_url, *both)
        seconds[0] = TRUSTED_SECONDS
        first = backend(engine)
        seconds[0] += TRUSTED_SECONDS / 2
        with engine.connect() as one, engine.connect() as other:
            again = {each.exec_driver_sql(BACKEND).scalar_one() for each in (one, other)}
        assert first in again
        assert not again & set(both)


def test_one_that_was_closed_a_moment_ago_is_opened_anew(postgres_url: str) -> None:
    with connected(postgres_url, [0.0]) as engine:
        first = backend(engine)
        end(postgres_url, first)
        assert backend(engine) != first


def test_only_one_that_has_rested_costs_a_question(postgres_url: str) -> None:
    seconds, said = [0.0], list[str]()
    with connected(postgres_url, seconds) as engine, watching(postgres_url) as last_said:
        number = backend(engine)
        event.listen(engine, "checkout", lambda *_: said.append(last_said(number)))
        for passed in (0.0, 0.5, TRUSTED_SECONDS):
            seconds[0] += passed
            backend(engine)
    assert said[:2] == ["ROLLBACK", "ROLLBACK"]
    assert said[2] != "ROLLBACK"


def test_one_that_lives_is_kept(postgres_url: str) -> None:
    seconds = [0.0]
    with connected(postgres_url, seconds) as engine:
        first = backend(engine)
        seconds[0] = 10 * TRUSTED_SECONDS
        assert backend(engine) == first
