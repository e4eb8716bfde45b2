"""What everybody was told last is read from the ledger of deliveries."""

from dataclasses import replace

from bot.domain.delivery import Draft, Part
from bot.services.inviting import Invited
from bot.storage.database import Database
from bot.storage.deliveries import SqlDeliveries
from bot.storage.invitations import SqlInvitations
from tests.storage.ledger import MEETING, draft, write

ANNA, BO = "mail:anna@example.se", "mail:bo@example.se"


def invitation(number: int, says: str, target: str = ANNA) -> Draft:
    made = draft(f"invite-{number}", target=target)
    return replace(made, part=Part.INVITATION, thread=says)


def test_the_newest_of_each_target_counts_and_other_deliveries_do_not(
    deliveries: SqlDeliveries, database: Database
) -> None:
    write(deliveries, draft(target=ANNA), invitation(0, "tisdag"), invitation(0, "tisdag", BO))
    write(deliveries, invitation(1, "onsdag"))
    told = SqlInvitations(database).told("gavle")
    assert told == {(MEETING, ANNA): Invited(1, "onsdag"), (MEETING, BO): Invited(0, "tisdag")}
    assert SqlInvitations(database).told("falun") == {}
