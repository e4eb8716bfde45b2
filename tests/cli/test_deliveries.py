"""The deliveries as an operator sees them, and what an operator can do to them."""

import json
from pathlib import Path

import pytest

from bot.domain.delivery import Draft, Refused
from bot.services.delivering import LEASE, NO_REST
from bot.services.ports import Claim
from bot.storage.database import Database
from bot.storage.deliveries import SqlDeliveries
from tests.builders import utc
from tests.cli.conftest import Run

PLAN = str(Path(__file__).parents[2] / "schedules/gavle-2018-2020.yaml")
NOW = utc(2018, 1, 16, 7)


@pytest.fixture
def failed(database: Database, run: Run) -> int:
    """The id of a delivery that Slack has refused; beside it there is one that waits."""
    assert run("feed", "create", "--plan", PLAN)[0] == 0
    ledger = SqlDeliveries(database)
    for target in ("slack:C024BE91L", "room:samverkan"):
        name = "gavle-2018-2020/lagesbild/2018-W03"
        draft = Draft(f"{name}#day@{target}", "gavle-2018-2020", name, "day", target, NOW)
        ledger.write([draft], written=NOW, now=NOW)
    wish = Claim(NOW, LEASE, {}, 1, "n1")
    (claimed,) = ledger.claim(wish, lambda _connection, _found: None)
    refused = Refused("is_archived: Kanalen är arkiverad.")
    ledger.settle(claimed, refused, now=NOW, rest=NO_REST, then=[])
    return claimed.id


def test_they_are_listed_with_their_state_and_the_reason(run: Run, failed: int) -> None:
    code, out, _ = run("deliveries")
    assert code == 0
    assert f"{failed}  misslyckad  16 januari 2018 kl. 8.00  slack:C024BE91L" in out
    assert "is_archived: Kanalen är arkiverad." in out
    assert "väntar" in out


def test_a_list_has_the_names_that_scripts_rely_on(run: Run, failed: int) -> None:
    _, out, _ = run("deliveries", "--state", "failed", "--json")
    (found,) = [json.loads(line) for line in out.splitlines()]
    assert found["id"] == failed
    assert found["due"] == "2018-01-16T07:00:00+00:00"
    assert set(found) == {
        "id", "key", "state", "plan", "occurrence", "step", "part", "target", "due", "posted",
        "attempts", "not_before", "receipt", "reason",
    }  # fmt: skip


def test_one_that_failed_is_tried_again(run: Run, failed: int) -> None:
    assert run("deliveries", "retry", str(failed))[0] == 0
    assert run("deliveries", "--state", "failed")[1] == ""


def test_one_that_failed_is_taken_back_with_a_reason(run: Run, failed: int) -> None:
    assert run("deliveries", "withdraw", str(failed), "--reason", "sagt på mötet")[0] == 0
    _, out, _ = run("deliveries", "--state", "withdrawn")
    assert "tillbakatagen" in out
    assert "sagt på mötet" in out
    code, _, errors = run("deliveries", "retry", str(failed))
    assert (code, errors) == (
        1,
        f"Leverans {failed} är tillbakatagen; ingenting har ändrats.\n",
    )


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("retry",), "Ange numret på en leverans"),
        (("retry", "999"), "Det finns ingen leverans 999."),
        (("--state", "lost"), "finns inte; välj bland"),
        (("mend", "1"), "finns inte; välj bland"),
    ],
)
def test_a_wrong_wish_is_one_clear_line(
    run: Run, failed: int, arguments: tuple[str, ...], says: str
) -> None:
    code, out, errors = run("deliveries", *arguments)
    assert code != 0
    assert out == ""
    assert says in errors


def test_a_long_list_says_that_there_is_more(run: Run, failed: int) -> None:
    _, out, _ = run("deliveries", "--limit", "1")
    assert "Bara de 1 nyaste visas" in out
