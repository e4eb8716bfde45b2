"""Invitations on their way: what is no longer so is not sent, and what never came not ended."""

from dataclasses import replace
from datetime import date

import pytest

from bot.domain.answer import AnswerKind
from bot.domain.delivery import Draft, Part, Refused, Uncertain, Withdrawal
from bot.services.answering import give
from bot.services.editions import editions
from bot.storage.answers import SqlAnswers
from bot.storage.deliveries import SqlDeliveries
from tests.builders import QUARTERLY, make_agenda, make_answer, make_commitment
from tests.services.test_delivering import AGENDA, MEETING, NOW, SECOND, Desk
from tests.transports.fake import FakeTransport

TUESDAY = "2018-01-16 09:00–10:30"
FRIDAY = "2018-01-19 09:00–10:30"


@pytest.fixture
def desk(answers: SqlAnswers, deliveries: SqlDeliveries) -> Desk:
    return Desk(answers, deliveries, FakeTransport())


def invitation(number: int, says: str, occurrence: str = MEETING) -> Draft:
    step = f"invite-{number}"
    key = f"{occurrence}#{step}@slack:C1"
    return Draft(key, "gavle", occurrence, step, "slack:C1", NOW, part=Part.INVITATION, thread=says)


def write(desk: Desk, *drafts: Draft) -> None:
    desk.deliveries.write(drafts, written=desk.now, now=desk.now)


def methods(desk: Desk) -> list[str]:
    """What has been sent once everything that waits has had its turn."""
    for _ in range(3):
        desk.run(after=30 * SECOND)
    return [each.method for each in desk.transport.enclosed]


def reasons(desk: Desk) -> list[str]:
    found = [desk.deliveries.find(number) for number in range(1, 5)]
    return [each.reason for each in found if each and each.reason]


def test_an_invitation_says_in_words_what_its_file_says(desk: Desk) -> None:
    write(desk, invitation(0, TUESDAY))
    desk.run()
    (file,) = desk.transport.enclosed
    assert (file.method, file.title) == ("REQUEST", "Inbjudan: Gemensam lägesbild")
    assert file.words
    assert "När: tisdag 16 januari 2018 kl. 9.00–10.30" in file.words.text
    assert file.content == f"invite-0 {TUESDAY}".encode()


def test_a_cancellation_follows_an_invitation_that_was_sent(desk: Desk) -> None:
    write(desk, invitation(0, TUESDAY))
    desk.run()
    desk.say(AnswerKind.CANCELLED)
    write(desk, invitation(1, f"inställt < {TUESDAY}"))
    assert methods(desk) == ["REQUEST", "CANCEL"]
    assert desk.transport.enclosed[1].title == "Inställt: Gemensam lägesbild"


def test_where_nothing_was_ever_sent_nothing_is_cancelled(desk: Desk) -> None:
    write(desk, invitation(0, TUESDAY))
    desk.say(AnswerKind.CANCELLED)
    write(desk, invitation(1, f"inställt < {TUESDAY}"))
    assert methods(desk) == []
    assert reasons(desk) == [Withdrawal.REPLACED, Withdrawal.UNTOLD]


def test_a_cancellation_that_waits_gives_way_to_a_new_booking(desk: Desk) -> None:
    write(desk, invitation(0, TUESDAY))
    desk.run()
    desk.say(AnswerKind.CANCELLED)
    write(desk, invitation(1, f"inställt < {TUESDAY}"))
    moved = replace(make_answer(MEETING, AnswerKind.POSTPONED, desk.now), day=date(2018, 1, 19))
    give(AGENDA, desk.answers, moved, now=desk.now, correct=True)
    write(desk, invitation(2, FRIDAY))
    assert methods(desk) == ["REQUEST", "REQUEST"]
    assert reasons(desk) == [Withdrawal.REPLACED]


def test_a_cancellation_is_outdated_by_a_new_booking_before_anybody_is_invited_to_that(
    desk: Desk,
) -> None:
    write(desk, invitation(0, TUESDAY))
    desk.run()
    write(desk, invitation(1, f"inställt < {TUESDAY}"))
    assert methods(desk) == ["REQUEST"]


def test_who_is_no_longer_invited_hears_that_it_is_held_all_the_same(desk: Desk) -> None:
    write(desk, invitation(0, TUESDAY))
    desk.run()
    write(desk, invitation(1, f"inte inbjuden < {TUESDAY}"))
    assert methods(desk) == ["REQUEST", "CANCEL"]
    assert desk.transport.enclosed[1].title == "Du är inte längre inbjuden: Gemensam lägesbild"


def test_a_cancellation_is_sent_also_of_what_the_plan_has_dropped(desk: Desk) -> None:
    write(desk, invitation(0, TUESDAY))
    desk.run()
    desk.agenda = make_agenda(make_commitment(QUARTERLY, "plats"))
    desk.editions = editions([(AGENDA, NOW), (desk.agenda, NOW)])
    write(desk, invitation(1, f"inställt < {TUESDAY}"))
    assert methods(desk) == ["REQUEST", "CANCEL"]
    words = desk.transport.enclosed[1].words
    assert words
    assert words.title == "Inställt: Gemensam lägesbild"
    assert words.lines[0] == "När: tisdag 16 januari 2018 kl. 9.00–10.30"
    assert words.lines[1] == "Orsak: Tillfället finns inte längre i planen."


def test_what_is_of_a_plan_that_is_not_served_is_withdrawn(desk: Desk) -> None:
    other = replace(invitation(1, "inställt"), plan="falun", occurrence="falun/x/1", key="falun")
    write(desk, other)
    assert methods(desk) == []
    assert reasons(desk) == [Withdrawal.UNPLANNED]


def test_an_invitation_that_may_have_come_before_says_so(desk: Desk) -> None:
    desk.transport.outcomes = [Uncertain("reset")]
    desk.transport.searchable = False
    write(desk, invitation(0, TUESDAY))
    methods(desk)
    assert [bool(e.words and e.words.repeat) for e in desk.transport.enclosed] == [False, True]


def test_an_operator_hears_of_an_invitation_that_was_refused(desk: Desk) -> None:
    desk.transport.outcomes = [Refused("550")]
    write(desk, invitation(0, TUESDAY))
    desk.run()
    desk.run(after=5 * SECOND)
    assert desk.room.posted[0].title == "Kom inte fram: Inbjudan: Gemensam lägesbild"
