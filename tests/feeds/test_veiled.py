"""What is sensitive tells nobody more than its month, neither by its name nor by its place."""

import hashlib
import hmac
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from bot.app.office import Office, open_office
from bot.domain.feed import Feed
from bot.services.planning import Agenda
from bot.settings import DatabaseSettings, Settings
from bot.storage.copying import copy_database
from bot.storage.database import Database, open_database
from tests.builders import AREAS, TWICE_PER_DISTRICT, make_commitment, make_plan
from tests.feeds.builders import Town, events

PLAN_FILE = Path(__file__).parents[2] / "schedules/gavle-2018-2020.yaml"
DIALOG = replace(make_commitment(TWICE_PER_DISTRICT, "dialog"), sensitive=True)


def office(url: str, folder: Path) -> Office:
    """An office without any settings, of a plan in which a meeting is sensitive."""
    file = folder / "plan.yaml"
    text = PLAN_FILE.read_text(encoding="utf-8")
    named = "      - id: lagesbild\n"
    file.write_text(text.replace(named, f"{named}        sensitive: true\n"), encoding="utf-8")
    return open_office(Settings(database=DatabaseSettings(url=url)), [file])


def uids(found: Office) -> set[str]:
    """The names of all that the calendar of the whole plan shows."""
    (plan,) = found.agendas
    rendered = found.calendars.feed(found.calendars.create(Feed(plan)))
    assert rendered
    return set(events(rendered.body))


def test_no_id_of_what_is_sensitive_can_be_guessed_from_its_uid_without_any_setting(
    database_url: str, tmp_path: Path
) -> None:
    found = office(database_url, tmp_path)
    guesses = list(found.agendas["gavle-2018-2020"].by_id)
    hashed = {hmac.new(b"", each.encode(), hashlib.sha256).hexdigest()[:32] for each in guesses}
    assert not uids(found) & hashed
    assert not [each for each in uids(found) if "/lagesbild/" in each]
    found.database.close()


def test_the_uids_are_the_same_after_a_restart_and_in_a_copy(
    database_url: str, tmp_path: Path
) -> None:
    first = office(database_url, tmp_path)
    before = uids(first)
    first.database.close()
    again = office(database_url, tmp_path)
    assert uids(again) == before
    url = f"sqlite:///{tmp_path}/copy.db"
    with closing(open_database(url)) as target:
        copy_database(again.database, target)
    again.database.close()
    copied = office(url, tmp_path)
    assert uids(copied) == before
    copied.database.close()


def test_the_order_of_events_tells_nothing_of_their_areas(database: Database) -> None:
    plan = make_plan(DIALOG)
    turned = replace(plan, areas=AREAS[::-1])
    one, other = (Town(database, Agenda(each)) for each in (plan, turned))
    assert list(one.agenda.by_id) != list(other.agenda.by_id)
    assert one.body() == other.body()
