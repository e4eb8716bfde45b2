"""Replies to invitations in plain words: who comes, and what is left to be asked."""

import pytest

from bot.domain.answer import AnswerKind
from bot.services.coming_words import Coming, coming_said

COMES, MAY, NOT = AnswerKind.ATTENDING, AnswerKind.TENTATIVE, AnswerKind.ABSENT
SAID = {
    "Kommer": Coming(COMES),
    "Jag kommer!": Coming(COMES),
    "Hej! Vi kommer gärna.": Coming(COMES),
    "Hej Löftesbot,\n\nJa, jag kommer.\n\nMvh Anna": Coming(COMES),
    "Accepterat": Coming(COMES),
    "Accepted": Coming(COMES),
    "Ja": Coming(COMES),
    "Jag kommer. Tar med kaffe.": Coming(COMES, "Tar med kaffe."),
    "Kanske": Coming(MAY),
    "Jag kommer kanske": Coming(MAY),
    "Preliminärt": Coming(MAY),
    "Tentative": Coming(MAY),
    "Kommer inte": Coming(NOT),
    "Tyvärr kommer jag inte.": Coming(NOT),
    "Nej, jag kan tyvärr inte vara med": Coming(NOT),
    "Avböjt": Coming(NOT),
    "Nej tack": Coming(NOT),
    "Nej": Coming(NOT),
    "Kan inte pga semester": Coming(NOT, "semester"),
    "Kommer inte på grund av sjukdom. Ring Bo.": Coming(NOT, "sjukdom\nRing Bo."),
}
UNCLEAR = [
    "",
    "Hej!",
    "Kommer Bo?",
    "Kommer ni?",
    "Kommer, tror jag",
    "Jag kommer om jag hinner",
    "Jag kommer. Eller kanske inte.",
    "Kommer att tänka på en sak",
    "Kommer eftersom jag måste",
    "Klart, 12 deltagare",
    "Flyttat till 18/1 pga halka",
    "> Jag kommer",
    "Kan vi ses?",
    "Ja, men inte förrän kl. 10",
]


@pytest.mark.parametrize("text", SAID)
def test_who_says_plainly_whether_they_come_has_said_it(text: str) -> None:
    assert coming_said(text) == SAID[text]


@pytest.mark.parametrize("text", UNCLEAR)
def test_what_does_not_plainly_say_it_says_nothing(text: str) -> None:
    assert coming_said(text) is None
