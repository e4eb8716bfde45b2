"""What everybody was told last is read from the ledger of deliveries."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.delivery import Draft, Outcome, Part, Refused, Sent, Uncertain, Withdrawal
from bot.domain.invitation import Ending, Mark, parse_mark
from bot.services.inviting import NEVER, Invited
from bot.storage.database import Database
from bot.storage.deliveries import SqlDeliveries
from bot.storage.invitations import SqlInvitations
from tests.storage.ledger import MEETING, claim, draft, settle, write

ANNA, BO = "mail:anna@example.se", "mail:bo@example.se"
TUESDAY, THURSDAY = parse_mark("2018-01-16"), parse_mark("2018-01-18")


def invitation(number: int, says: Mark, target: str = ANNA) -> Draft:
    made = draft(f"invite-{number}", target=target)
    return replace(made, part=Part.INVITATION, thread=str(says))


def test_an_invitation_that_failed_or_was_taken_back_reached_nobody(
    deliveries: SqlDeliveries, database: Database
) -> None:
    write(deliveries, invitation(0, TUESDAY), invitation(0, TUESDAY, BO))
    assert SqlInvitations(database).reached("gavle") == [(MEETING, ANNA), (MEETING, BO)]
    refused = Mark(Ending.UNINVITED, TUESDAY.shown)
    write(deliveries, invitation(1, refused, BO))
    anna = next(each for each in claim(deliveries, limit=3) if each.draft.target == ANNA)
    settle(deliveries, anna, Refused("550"))
    assert SqlInvitations(database).reached("gavle") == []


def test_the_newest_of_each_target_counts_and_other_deliveries_do_not(
    deliveries: SqlDeliveries, database: Database
) -> None:
    write(deliveries, draft(target=ANNA), invitation(0, TUESDAY), invitation(0, TUESDAY, BO))
    write(deliveries, invitation(1, THURSDAY))
    invited = SqlInvitations(database)
    newest, first = Invited(1, THURSDAY, 1), Invited(0, TUESDAY, 0)
    assert invited.told("gavle") == {(MEETING, ANNA): newest, (MEETING, BO): first}
    assert invited.told_of(MEETING, ANNA) == newest
    assert invited.told("falun") == {}
    assert invited.told_of("gavle/lagesbild/2018-W05", ANNA) == NEVER


@pytest.mark.parametrize(
    ("outcome", "told"),
    [
        (Sent("<1>"), Invited(0, TUESDAY, 0, arrived=True)),
        (Uncertain("reset"), Invited(0, TUESDAY, 0, arrived=True)),
        (Refused("550"), Invited(number=0, refused=TUESDAY)),
    ],
)
def test_what_failed_was_not_told(
    deliveries: SqlDeliveries, database: Database, outcome: Outcome, told: Invited
) -> None:
    write(deliveries, invitation(0, TUESDAY))
    (claimed,) = claim(deliveries)
    settle(deliveries, claimed, outcome)
    assert SqlInvitations(database).told_of(MEETING, ANNA) == told


@pytest.mark.parametrize(
    ("reason", "refused"), [(Withdrawal.REPLACED, None), ("fel adress", THURSDAY)]
)
def test_what_was_taken_back_leaves_what_was_told_before_and_its_number_is_used(
    deliveries: SqlDeliveries, database: Database, reason: str, refused: Mark | None
) -> None:
    write(deliveries, invitation(0, TUESDAY))
    settle(deliveries, claim(deliveries)[0], Sent("<1>"))
    write(deliveries, invitation(1, THURSDAY))
    (claimed,) = claim(deliveries, after=timedelta(minutes=1))
    deliveries.withdraw(claimed, reason, now=claimed.not_before)
    last = Invited(0, TUESDAY, 1, refused, arrived=True)
    assert SqlInvitations(database).told_of(MEETING, ANNA) == last
