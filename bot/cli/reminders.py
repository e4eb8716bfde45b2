"""The rehearsal of the reminders: every message, or how many each role gets."""

from argparse import Namespace
from collections.abc import Iterator
from functools import partial

from bot.cli.answerfile import read_answers
from bot.cli.meetings import read_with_meetings
from bot.cli.plans import json_line, local_text, window_of
from bot.domain.message import Message
from bot.domain.plan import Plan
from bot.domain.swedish import moment_text, month_text, weekday_text
from bot.domain.walltime import local_day
from bot.services.planning import Agenda
from bot.services.rehearsing import Load, Sent, Summary, rehearsal, replayed, summary, words

COUNTING = (
    "Ett meddelande till flera roller räknas för var och en; i kolumnen Alla räknas det en gång."
)


def reminders(options: Namespace) -> int:
    """List every message that would go out under the given answers, or count them."""
    agenda, window = Agenda(read_with_meetings(options.file)), window_of(options)
    answers = options.answers
    standings = read_answers(answers, agenda) if answers else replayed(agenda, [])[0]
    zone = agenda.plan.zone
    sent = [each for each in rehearsal(agenda, standings) if local_day(each.at, zone) in window]
    if options.summary:
        counted = summary(agenda.plan, sent)
        told = _counted_data if options.json else _counted
        lines = told(agenda.plan, counted, options.most)
    else:
        say = partial(words, agenda, standings)
        told_of = _data if options.json else _words
        lines = (told_of(agenda.plan, each, say(each)) for each in sent)
    for line in lines:
        print(line)
    return 0


def _data(plan: Plan, sent: Sent, message: Message) -> str:
    """Return a message with the names that scripts rely on."""
    reminder = sent.reminder
    data = {
        "key": sent.key,
        "occurrence": reminder.occurrence.id,
        "step": reminder.step,
        "at": local_text(sent.at, plan.zone),
        "role": ", ".join(reminder.roles),
        "target": reminder.target,
        "text": message.text,
    }
    return json_line(data)


def _words(plan: Plan, sent: Sent, message: Message) -> str:
    when, roles = moment_text(sent.at, plan.zone), ", ".join(sent.reminder.roles)
    first, *rest = message.text.split("\n")
    lines = [f"{when}  {sent.reminder.target}  {roles}", f"  {first}"]
    return "\n".join([*lines, *(f"    {line}" for line in rest)])


def _counted(plan: Plan, counted: Summary, most: int) -> Iterator[str]:
    if not counted.loads:
        yield "Inga meddelanden går ut."
        return
    yield from _table(plan, counted)
    yield f"\n{COUNTING}"
    crowded = counted.crowded(most)
    for each in crowded:
        yield f"Varning: {_load(plan, each)}; fler än {most} samma dag."
    if not crowded:
        yield f"Ingen roll får fler än {most} meddelanden samma dag."
    if counted.busiest:
        yield f"Flest på en dag: {_load(plan, counted.busiest)}."


def _table(plan: Plan, counted: Summary) -> Iterator[str]:
    head = ["Månad", *(each.name for each in plan.roles.values()), "Alla"]
    numbers = [
        [*(counted.of(role, month) for role in plan.roles), counted.messages.get(month, 0)]
        for month in counted.months
    ]
    sums = [sum(column) for column in zip(*numbers, strict=True)]
    months = [month_text(each) for each in counted.months]
    named = zip([*months, "Summa"], [*numbers, sums], strict=True)
    rows = [head, *([name, *map(str, row)] for name, row in named)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for name, *cells in rows:
        right = (f"{cell:>{width}}" for cell, width in zip(cells, widths[1:], strict=True))
        yield "  ".join([f"{name:<{widths[0]}}", *right])


def _load(plan: Plan, load: Load) -> str:
    count = "1 meddelande" if load.messages == 1 else f"{load.messages} meddelanden"
    return f"{weekday_text(load.day)}, {count} till {plan.roles[load.role].name}"


def _counted_data(plan: Plan, counted: Summary, most: int) -> Iterator[str]:
    for month in counted.months:
        for role in plan.roles:
            yield _count(month.strftime("%Y-%m"), role, counted.of(role, month))
        yield _count(month.strftime("%Y-%m"), None, counted.messages.get(month, 0))
    for each in counted.crowded(most):
        yield json_line({"kind": "crowded", **_load_data(each), "most": most})
    if counted.busiest:
        yield json_line({"kind": "busiest", **_load_data(counted.busiest)})


def _count(month: str, role: str | None, messages: int) -> str:
    return json_line({"kind": "month", "month": month, "role": role, "messages": messages})


def _load_data(load: Load) -> dict[str, object]:
    return {"day": load.day.isoformat(), "role": load.role, "messages": load.messages}
