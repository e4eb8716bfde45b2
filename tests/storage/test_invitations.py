"""What everybody was told last is read from the ledger of deliveries."""

from dataclasses import replace

from sqlalchemy import update

from bot.domain.delivery import DeliveryState, Draft, Part
from bot.services.inviting import Invited
from bot.storage.database import Database
from bot.storage.deliveries import SqlDeliveries
from bot.storage.invitations import SqlInvitations
from bot.storage.tables import deliveries as table
from tests.storage.ledger import MEETING, draft, write

ANNA, BO = "mail:anna@example.se", "mail:bo@example.se"


def invitation(number: int, says: str, target: str = ANNA) -> Draft:
    made = draft(f"invite-{number}", target=target)
    return replace(made, part=Part.INVITATION, thread=says)


def test_what_failed_reached_nobody_and_what_was_withdrawn_says_nothing(
    deliveries: SqlDeliveries, database: Database
) -> None:
    write(deliveries, invitation(0, "tisdag"), invitation(0, "tisdag", BO))
    write(deliveries, invitation(1, "onsdag"), invitation(1, "onsdag", BO))
    assert SqlInvitations(database).reached("gavle") == [(MEETING, ANNA), (MEETING, BO)]
    for target, state in ((ANNA, DeliveryState.FAILED), (BO, DeliveryState.WITHDRAWN)):
        newest = table.c.target == target, table.c.step == "invite-1"
        with database.write() as connection:
            connection.execute(update(table).where(*newest).values(state=state))
    assert SqlInvitations(database).reached("gavle") == [(MEETING, BO)]


def test_the_newest_of_each_target_counts_and_other_deliveries_do_not(
    deliveries: SqlDeliveries, database: Database
) -> None:
    write(deliveries, draft(target=ANNA), invitation(0, "tisdag"), invitation(0, "tisdag", BO))
    write(deliveries, invitation(1, "onsdag"))
    told = SqlInvitations(database).told("gavle")
    assert told == {(MEETING, ANNA): Invited(1, "onsdag"), (MEETING, BO): Invited(0, "tisdag")}
    assert SqlInvitations(database).told("falun") == {}
