"""The words of an invitation say what it is about, and of every change why, and who says so."""

from dataclasses import replace
from datetime import date

import pytest

from bot.domain.answer import Answer, AnswerKind, Standing
from bot.domain.delivery import Draft, Part
from bot.domain.message import Message
from bot.services.invitation_words import message
from bot.services.planning import applied
from tests.builders import make_agenda, make_answer, make_commitment, utc

MEETING = "gavle/lagesbild/2018-W03"
NOW = utc(2018, 1, 3)
TUESDAY = "2018-01-16 09:00–10:30"


def said(kind: AnswerKind, day: date | None = None, note: str = "Halka") -> Answer:
    return replace(make_answer(MEETING, kind, NOW, day=day), note=note)


def words(says: str, *answers: Answer, sensitive: bool = False) -> Message:
    agenda = make_agenda(replace(make_commitment(), sensitive=sensitive))
    draft = Draft(
        "k", "gavle", MEETING, "invite-1", "mail:a@x.se", NOW, part=Part.INVITATION, thread=says
    )
    standing = Standing(answers)
    occurrence = applied(agenda.by_id[MEETING], standing)
    return message(agenda.plan, occurrence, standing, draft, "")


WHEN = "När: tisdag 16 januari 2018 kl. 9.00–10.30"


@pytest.mark.parametrize(
    ("found", "title", "lines"),
    [
        (words(TUESDAY), "Inbjudan", [WHEN]),
        (
            words(
                f"2018-01-18 09:00–10:30 < {TUESDAY}", said(AnswerKind.POSTPONED, date(2018, 1, 18))
            ),
            "Ändrad inbjudan",
            [
                "När: torsdag 18 januari 2018 kl. 9.00–10.30",
                "Flyttat från tisdag 16 januari 2018 kl. 9.00–10.30 (Halka)",
            ],
        ),
        (
            words(f"inställt < {TUESDAY}", said(AnswerKind.CANCELLED)),
            "Inställt",
            [WHEN, "Orsak: Halka", "Inställt av: Anna"],
        ),
        (
            words(f"inställt < {TUESDAY}"),
            "Inställt",
            [WHEN, "Orsak: Tillfället finns inte längre i planen."],
        ),
        (
            words(f"inte inbjuden < {TUESDAY}"),
            "Du är inte längre inbjuden",
            [WHEN, "Tillfället hålls som planerat, men inbjudan gäller inte längre dig."],
        ),
        (
            words(f"har varit < {TUESDAY}", said(AnswerKind.DONE, date(2018, 1, 3))),
            "Redan genomfört 3 januari 2018",
            ["Inbjudan gällde: tisdag 16 januari 2018 kl. 9.00–10.30", "Antecknat av: Anna"],
        ),
        (
            words("har varit < 2018-02-20"),
            "Har redan varit",
            [
                "Inbjudan gällde: tisdag 20 februari 2018",
                "Nytt datum i planen: tisdag 16 januari 2018 kl. 9.00–10.30",
            ],
        ),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_each_says_when_and_why(found: Message, title: str, lines: list[str]) -> None:
    assert found.title == f"{title}: Gemensam lägesbild"
    assert list(found.lines[: len(lines)]) == lines
    assert found.lines[len(lines)].startswith("Till: ")


def test_only_who_is_asked_to_come_is_asked_to_answer() -> None:
    assert words(TUESDAY).lines[-1].startswith("Svara ja, nej eller kanske")
    assert words("inställt").lines[-1].startswith("Åtagande: ")


def test_of_what_has_become_sensitive_no_day_is_told() -> None:
    assert words(f"inte inbjuden < {TUESDAY}", sensitive=True).lines[0] == "När: januari 2018"
