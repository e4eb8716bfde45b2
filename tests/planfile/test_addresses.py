"""Calendars of others in a plan file: what their addresses may be, and what is said of them."""

import pytest

from bot.domain.plan import Event
from bot.domain.rhythms import External
from bot.planfile.reading import parse_plan
from bot.planfile.warnings import warnings
from bot.services.explaining import explanation
from bot.services.planning import Agenda
from tests.planfile.plan_texts import CADENCE, faults_of, plan_text, spot

FOLLOWING = "cadence: {type: relative, to: radet, before: {days: 7}}"
GOOD = "https://example.se/bra.ics"


def with_event(keys: str) -> str:
    events = f"events: [{{id: radet, title: Möte i BRÅ, {keys}}}]\ntargets:"
    return plan_text((CADENCE, FOLLOWING), ("targets:", events))


@pytest.mark.parametrize(
    "url",
    [
        GOOD,
        "http://kalender.intern:8080/bra.ics?format=ics",
        "https://example.se",
        "https://bråd.example.se/kalender",
        "https://192.0.2.1/bra.ics",
        "https://[2001:db8::1]/bra.ics",
    ],
)
def test_an_event_can_have_its_days_in_a_calendar_of_others(url: str) -> None:
    plan = parse_plan(with_event(f'calendar: "{url}", summary: BRÅ'), "plan.yaml")
    assert plan.events == (Event("radet", "Möte i BRÅ", External(url, "BRÅ")),)
    assert Agenda(plan).by_commitment["lagesbild"] == ()


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("ftp://example.se/bra.ics", "ska börja med https:// eller http://"),
        ("webcal://example.se/bra.ics", "skriv https:// i stället för webcal://."),
        ("WEBCAL://example.se/bra.ics", "skriv https:// i stället för webcal://."),
        ("bra.ics", "ska börja med https:// eller http://"),
        ("https:///bra.ics", "saknar ett värdnamn"),
        ("https://-a.se/bra.ics", "saknar ett värdnamn"),
        ("https://a..se/bra.ics", "saknar ett värdnamn"),
        (f"https://{'å' * 62}.se/bra.ics", "högst 63 bokstäver (färre med å, ä och ö)"),
        ("https://\u05d01a.se/bra.ics", "värdnamn som inte kan finnas på nätet"),
        ("https://anna:hemligt@example.se/bra.ics", "har en användare i adressen"),
        ("https://anna@example.se/bra.ics", "har en användare i adressen"),
        ("https://example.se/bra.ics#x", "har ett # i adressen"),
        ("https://example.se/bra.ics#", "har ett # i adressen"),
        ("https://example.se/bra.ics?token=hemligt", "ser ut att innehålla en hemlighet"),
        ("https://example.se/bra.ics?a=1&Key=hemligt", "ser ut att innehålla en hemlighet"),
        ("https://calendar.example.se/ical/x/private-hemligt/basic.ics", "en hemlighet"),
        (
            "https://outlook.office365.com/owa/calendar/hemligt@x.se/hemligt/calendar.ics",
            "hemlighet",
        ),
        ("https://outlook.live.com/OWA/calendar/hemligt/calendar.ics", "en hemlighet"),
        ("https://moln.se/remote.php/dav/public-calendars/hemligt?export", "en hemlighet"),
        ("https://moln.se/remote.php/dav/public%2Dcalendars/hemligt", "en hemlighet"),
        ("https://moln.se/apps/calendar/p/hemligt", "en hemlighet"),
        ("https://example.se:hemligt/", "går inte att läsa som en adress"),
        ("https://[::1/bra.ics", "går inte att läsa som en adress"),
        ("https://example.se/bra ics", "i ett stycke"),
        ("https://example.se/" + "x" * 500, "högst 500 tecken"),
    ],
)
def test_a_wrong_address_is_told_where_it_stands_and_no_secret_is_repeated(
    url: str, said: str
) -> None:
    text = with_event(f'calendar: "{url}"')
    (fault,) = faults_of(text)
    assert said in fault.text
    assert "hemligt" not in fault.text
    assert (fault.line, fault.column) == spot(text, f'"{url}"')


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ("summary: BRÅ", "antingen cadence (när det hålls) eller calendar"),
        (f'calendar: "{GOOD}", {CADENCE}', "antingen cadence (när det hålls) eller calendar"),
        (f"{CADENCE}, summary: BRÅ", "summary, som hör ihop med calendar"),
        ("calendar: 5", "ska vara en adress som https://example.se/bra.ics, inte talet 5"),
    ],
)
def test_an_event_has_a_cadence_or_a_calendar(keys: str, said: str) -> None:
    (fault,) = faults_of(with_event(keys))
    assert said in fault.text


def test_the_author_is_told_where_the_days_come_from_and_that_none_is_known_here() -> None:
    plan = parse_plan(with_event(f'calendar: "{GOOD}", summary: BRÅ'), "plan.yaml")
    told = list(explanation(Agenda(plan)))
    wanted = f"de dagar som står i kalendern {GOOD}, poster med ”BRÅ” i rubriken."
    assert f"   → Möte i BRÅ [radet]: {wanted}" in told
    assert "     Antal: inga dagar är kända ännu" in told
    assert [
        each
        for each in warnings(plan)
        if each.startswith(f"Möte i BRÅ: dagarna hämtas från {GOOD}")
    ]
