"""A short storm: the machinery of the long one, in every run of the tests."""

from pathlib import Path

from sqlalchemy import delete, select, update

from bot.app.office import Office
from bot.domain.delivery import DeliveryState
from bot.storage.tables import deliveries, nodes
from tests.chaos.options import Options
from tests.chaos.run import run_on
from tests.postgres import Postgres

SHORT = Options(
    kills=6,
    interval_seconds=0.7,
    serves=1,
    workers=2,
    channels=4,
    per_minute=2,
    minutes=1,
    restarts=1,
    pauses=0,
    away_seconds=0.0,
)


def let_time_pass(office: Office) -> None:
    """Let the dead have been silent for long, and what was freed of them have rested.

    Whatever they had on its way to Slack is there by now, which is what the rest is for.
    """
    alive = SHORT.serves + SHORT.workers
    newest = select(nodes.c.name).order_by(nodes.c.started.desc()).limit(alive)
    rests = update(deliveries).where(deliveries.c.state == DeliveryState.UNCERTAIN)
    with office.database.write() as connection:
        connection.execute(delete(nodes).where(nodes.c.name.not_in(newest)))
        connection.execute(rests.values(not_before=deliveries.c.attempted))


def test_in_a_short_storm_nothing_is_lost_and_nothing_doubled(
    postgres: Postgres, tmp_path: Path
) -> None:
    verdict, happened = run_on(postgres, SHORT, tmp_path, let_time_pass)
    assert verdict.in_order, verdict.table()
    assert happened["kills"] == SHORT.kills
    messages, room = verdict.tallies["messages"], verdict.tallies["room"]
    assert messages.sent + messages.withdrawn == SHORT.channels * SHORT.per_minute
    assert room.sent + room.withdrawn == SHORT.per_minute
    assert messages.there > 0
