"""What a form becomes in the plan, where that is more than the same words."""

from datetime import date

from bot.domain.plan import Plan
from bot.domain.recurrence import Following, Offset, OffsetUnit, Relative
from bot.domain.workdays import FreeDayRule
from bot.planfile.reading import parse_plan
from bot.services.explaining import explanation
from bot.services.planning import Agenda
from bot.services.reminding import scheduled
from tests.planfile.plan_texts import CADENCE, plan_text

LATER = CADENCE.replace("2018-01-02", "2018-01-30")
STEPS = f"""{LATER}
        steps:
          - {{id: samla-in, title: Samla in underlag, before: {{days: 7}}}}
          - {{id: skicka-ut, title: Skicka ut, after: {{days: 2}}, responsible: [ersattare]}}"""
RENEWAL = (
    "follow_up:",
    "renewal: {decide_by: 2020-10-30, responsible: [kommunpolis]}\nfollow_up:",
)


def plan(*changes: tuple[str, str]) -> Plan:
    return parse_plan(plan_text(*changes), "plan.yaml")


def test_a_chain_becomes_a_commitment_for_each_step() -> None:
    meeting, before, after, _follow_up = plan((CADENCE, STEPS)).commitments
    assert (before.id, before.title) == ("lagesbild-samla-in", "Samla in underlag")
    week_before = Offset(-7, OffsetUnit.DAY)
    assert before.cadence == Relative("lagesbild", Following.BEFORE, week_before)
    assert [each.chain for each in (meeting, before, after)] == ["", "lagesbild", "lagesbild"]
    assert (before.responsible, after.responsible) == (("kommunpolis",), ("ersattare",))
    assert before.wording == meeting.wording


def test_the_steps_of_what_is_sensitive_are_sensitive_too() -> None:
    every = plan((CADENCE, f"sensitive: true\n        {STEPS}")).commitments
    assert [each.sensitive for each in every] == [True, True, True, False]


def test_what_must_come_before_moves_to_the_working_day_before() -> None:
    _, before, after, _ = plan((CADENCE, STEPS)).commitments
    assert (before.free_day, after.free_day) == (FreeDayRule.PREVIOUS, FreeDayRule.NEXT)


def test_each_step_has_an_occurrence_for_each_meeting() -> None:
    found = Agenda(plan((CADENCE, STEPS))).by_id
    keys = ("lagesbild", "lagesbild-samla-in", "lagesbild-skicka-ut")
    days = [found[f"prov-2018-2020/{key}/2018-W05"].day for key in keys]
    assert days == [date(2018, 1, 30), date(2018, 1, 23), date(2018, 2, 1)]


def test_the_decision_to_go_on_is_reminded_of_six_and_three_months_ahead() -> None:
    agenda = Agenda(plan(RENEWAL))
    steps = scheduled(agenda, "prov-2018-2020/fornyelse/2020-10-30", {})
    ahead = [each.day for each in steps if each.step.startswith("ahead")]
    assert ahead == [date(2020, 4, 30), date(2020, 7, 30)]


def test_an_open_end_is_told_in_its_own_words() -> None:
    lasts = ("to: 2020-12-31}", "to: 2020-12-31, until: Till dess att nytt löfte undertecknats}")
    said = list(explanation(Agenda(plan(lasts, RENEWAL))))
    assert (
        "Öppet slut: Till dess att nytt löfte undertecknats. Planen räknas t.o.m. 31 december 2020."
        in said
    )
    assert any("Beslut om planen ska förlängas" in line for line in said)
