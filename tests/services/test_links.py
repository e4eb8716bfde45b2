"""Links in mails: whom they are for, and how long they and their buttons hold."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from bot.domain.errors import BadTokenError
from bot.domain.signing import Key
from bot.services.links import BUTTON_LASTS, LINK_LASTS, Invited, Links
from tests.builders import utc

NOW = utc(2018, 1, 16)
ANNA = Invited("gavle/lagesbild/2018-W03", "anna@gavle.example")
BO = Invited(ANNA.occurrence, "bo@gavle.example")
NEXT = Invited("gavle/lagesbild/2018-W05", ANNA.reader)


@dataclass
class Time:
    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


def token_of(links: Links, invited: Invited) -> str:
    return links.to(invited).removeprefix("https://loftesbot.example/svar/")


def make_links(clock: Time) -> Links:
    return Links(Key(b"k" * 32), "https://loftesbot.example", clock)


def test_a_link_is_for_one_reader_and_one_occurrence_and_ends_in_time() -> None:
    clock = Time()
    links = make_links(clock)
    token = token_of(links, ANNA)
    assert links.invited(token) == ANNA
    assert len({token_of(links, each) for each in (ANNA, BO, NEXT)}) == 3
    clock.now += LINK_LASTS
    with pytest.raises(BadTokenError):
        links.invited(token)


def test_a_button_works_for_its_own_page_for_half_a_day() -> None:
    clock = Time()
    links = make_links(clock)
    button = links.button(ANNA)
    pressed = [links.pressed(button, each) for each in (ANNA, BO, NEXT)]
    assert pressed == [True, False, False]
    clock.now += BUTTON_LASTS - timedelta(seconds=1)
    assert links.pressed(button, ANNA)
    clock.now += timedelta(seconds=1)
    assert not links.pressed(button, ANNA)


def test_a_link_is_no_button_and_a_button_no_link() -> None:
    links = make_links(Time())
    assert not links.pressed(token_of(links, ANNA), ANNA)
    with pytest.raises(BadTokenError):
        links.invited(links.button(ANNA))
