"""Where answers leave an occurrence, and how often a calendar has to hear of it."""

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as some

from bot.domain.answer import Answer, AnswerKind, Standing
from tests.builders import make_answer, utc

MEETING = "gavle/lagesbild/2018-W03"
SAID = some.sampled_from(
    [AnswerKind.BOOKED, AnswerKind.POSTPONED, AnswerKind.CANCELLED, AnswerKind.DONE]
)


def standing(*kinds: AnswerKind) -> Standing:
    """What came of answers; one that is taken back is the one right before."""
    found = list[Answer]()
    for number, kind in enumerate(kinds, start=1):
        said = make_answer(MEETING, kind, utc(2018, 1, 15), day=date(2018, 1, number))
        back = number - 1 if kind is AnswerKind.TAKEN_BACK else 0
        found.append(replace(said, id=number, corrects=back))
    return Standing(tuple(found))


def test_a_cancellation_that_holds_again_is_one_more_change() -> None:
    called_off = standing(AnswerKind.CANCELLED)
    held = standing(AnswerKind.CANCELLED, AnswerKind.DONE)
    again = standing(AnswerKind.CANCELLED, AnswerKind.DONE, AnswerKind.TAKEN_BACK)
    assert [each.sequence for each in (called_off, held, again)] == [1, 2, 3]
    assert (held.called_off, again.called_off) == (False, True)


@given(some.lists(SAID, max_size=8), some.booleans())
def test_the_sequence_never_falls(kinds: list[AnswerKind], back: bool) -> None:
    taken_back = back and kinds and kinds[-1] is AnswerKind.DONE
    every = [*kinds, *([AnswerKind.TAKEN_BACK] if taken_back else [])]
    numbers = [standing(*every[:number]).sequence for number in range(len(every) + 1)]
    assert numbers == sorted(numbers)
