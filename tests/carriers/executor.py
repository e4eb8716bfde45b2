"""A process that executes what it finds in the queue, and keeps a journal of it."""

import logging
import sys
from pathlib import Path
from threading import Event

from sqlalchemy import create_engine

from bot.carriers.dbos import DbosCarrier
from tests.carriers.carrying import running


def execute(url: str, name: str, journal: Path, seconds: float) -> None:
    """Write down whatever is begun, and take so long for each, until the input ends."""

    def deliver(number: int, attempt: int) -> None:
        with journal.open("a", encoding="utf-8") as file:
            file.write(f"{number}-{attempt} {name}\n")
        Event().wait(seconds)

    engine = create_engine(url)
    with running(DbosCarrier(engine, name, deliver)):
        print("ready", flush=True)
        sys.stdin.read()
    engine.dispose()


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    execute(sys.argv[1], sys.argv[2], Path(sys.argv[3]), float(sys.argv[4]))
