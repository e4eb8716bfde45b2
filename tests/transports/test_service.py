"""The delivering service over every transport: what the product has, and what the ledger says."""

from datetime import timedelta

import pytest

from bot.domain.delivery import DeliveryState
from bot.storage.database import Database
from bot.storage.receipts import SqlReceipts
from tests.transports.office import Office
from tests.transports.rig import Rig, Trouble
from tests.transports.rigs import that_can

# Longer than any rest and any lease, and well before the next step is due.
A_WHILE = timedelta(minutes=20)


@pytest.fixture
def office(rig: Rig, database: Database) -> Office:
    made = Office(rig, database)
    assert [made.remind(), made.remind()] == [1, 0]
    return made


def assert_sent_once(office: Office) -> None:
    """One message, told of once in the ledger, and nothing more to come."""
    for _ in range(3):
        office.run(after=A_WHILE)
        assert office.states == [DeliveryState.SENT]
    (arrived,) = office.rig.arrived
    found = SqlReceipts(office.database).occurrence_at(
        f"{office.rig.product}:{office.rig.address}", arrived.receipt
    )
    assert found == "gavle/lagesbild/2018-W03"


def assert_sent_at_most_twice(office: Office) -> None:
    """Sent again where nobody can be asked, as the same message for whoever watches for that."""
    for _ in range(3):
        office.run(after=A_WHILE)
        assert office.states == [DeliveryState.SENT]
    first, again = office.rig.arrived
    assert first.mark == again.mark
    assert first.receipt == again.receipt
    assert ["Kan vara en upprepning" in each.text for each in (first, again)] == [False, True]


def test_a_reminder_is_sent_once(office: Office) -> None:
    office.run()

    assert_sent_once(office)


@pytest.mark.parametrize("rig", that_can(Trouble.REFUSES), indirect=True)
def test_a_refused_reminder_has_failed_and_is_not_tried_again(office: Office) -> None:
    office.rig.meet(Trouble.REFUSES)

    for _ in range(3):
        office.run(after=A_WHILE)

    assert office.states == [DeliveryState.FAILED]
    assert office.rig.arrived == []


@pytest.mark.parametrize("rig", that_can(Trouble.BUSY), indirect=True)
def test_a_reminder_that_met_a_busy_product_is_sent_later(office: Office) -> None:
    office.rig.meet(Trouble.BUSY)

    office.run()

    assert office.states == [DeliveryState.PENDING]
    assert office.rig.arrived == []
    assert_sent_once(office)


@pytest.mark.parametrize("rig", that_can(Trouble.LOSES_THE_ANSWER), indirect=True)
def test_a_reminder_whose_answer_was_lost_is_found_or_sent_again_as_the_same(
    office: Office,
) -> None:
    office.rig.meet(Trouble.LOSES_THE_ANSWER)

    office.run()

    assert office.states == [DeliveryState.UNCERTAIN]
    if office.rig.searchable:
        assert_sent_once(office)
    else:
        assert_sent_at_most_twice(office)


@pytest.mark.parametrize("rig", that_can(Trouble.LOSES_THE_MESSAGE), indirect=True)
def test_a_reminder_that_was_lost_is_sent_again(office: Office) -> None:
    office.rig.meet(Trouble.LOSES_THE_MESSAGE)
    office.run()
    assert office.states == [DeliveryState.UNCERTAIN]

    assert_sent_once(office)


@pytest.mark.parametrize("rig", that_can(Trouble.DOWN), indirect=True)
def test_a_reminder_waits_for_as_long_as_the_product_is_down(office: Office) -> None:
    office.rig.meet(Trouble.DOWN)

    for _ in range(3):
        office.run(after=A_WHILE)

    assert office.states == [DeliveryState.PENDING]
    assert office.rig.arrived == []


def test_killed_between_posting_and_recording_it_is_one_message_where_one_can_ask(
    office: Office,
) -> None:
    office.be_killed()
    assert office.states == [DeliveryState.CLAIMED]
    assert len(office.rig.arrived) == 1

    if office.rig.searchable:
        assert_sent_once(office)
    else:
        assert_sent_at_most_twice(office)
