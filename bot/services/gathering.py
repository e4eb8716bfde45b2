"""Gathering: reminders that would come as many messages at once become one with a list."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from bot.domain.answer import Standing
from bot.domain.delivery import Draft, Part
from bot.domain.message import Entry, Message, Tone
from bot.domain.reminder import StepKind
from bot.domain.walltime import local_day
from bot.services import composing
from bot.services.overview import overview
from bot.services.planning import NOTHING_SAID, Agenda, Standings
from bot.services.reminding import DIGESTED, step_kind

# So many messages at once can still be read one by one.
MOST_SINGLE = 5
# So many lines, each with its menu, have room in one message of any product.
MOST_LISTED = 8
# What these say is said by the line that names the occurrence; the others have more to tell.
LISTED = frozenset(
    {
        StepKind.BOOK,
        StepKind.AHEAD,
        StepKind.SILENCE,
        StepKind.DAY,
        StepKind.ASK,
        StepKind.NAG,
        StepKind.ESCALATE,
    }
)
# The steps that lists are; no single message has them.
LIST, DIGEST = "list", "digest"
MOST_COMING = 5
EXPECTED = "Svara för vart och ett för sig."
ANSWERED = "Alla är besvarade."


@dataclass(frozen=True, slots=True)
class Gathered:
    """A list to deliver in the place of ``items``, which are drafts of single messages."""

    whole: Draft
    items: tuple[Draft, ...]


def gathered(agenda: Agenda, drafts: Sequence[Draft]) -> list[Gathered]:
    """Return the lists that are better than ``drafts`` one by one, for each target its own.

    So are digests, for each target and those who want one. What is in no list goes out by
    itself. The key of a list is made of its first item's.
    """
    at: dict[tuple[str, tuple[str, ...]], list[Draft]] = defaultdict(list)
    for each in drafts:
        if each.part is Part.MESSAGE and step_kind(each.step) in LISTED:
            at[each.target, _readers(agenda, each)].append(each)
    return [
        _list(items, DIGEST if readers else LIST)
        for (_target, readers), found in at.items()
        if len(found) > (1 if readers else MOST_SINGLE)
        for items in _even(found)
    ]


def _readers(agenda: Agenda, draft: Draft) -> tuple[str, ...]:
    """The roles whose digest the draft belongs in; none where it belongs in no digest."""
    commitment = agenda.by_id[draft.occurrence].commitment
    wanted = step_kind(draft.step) in DIGESTED and agenda.plan.in_digest(commitment)
    return commitment.responsible if wanted else ()


def _even(found: Sequence[Draft]) -> Iterator[Sequence[Draft]]:
    """Parts of about the same size, none larger than a list can be."""
    parts = -(-len(found) // MOST_LISTED)
    ends = [len(found) * number // parts for number in range(parts + 1)]
    for start, end in pairwise(ends):
        yield found[start:end]


def _list(items: Sequence[Draft], step: str) -> Gathered:
    first, due = items[0], max(each.due for each in items)
    key = f"{first.key}/{Part.LIST}"
    whole = replace(first, key=key, occurrence="", step=step, due=due, part=Part.LIST)
    return Gathered(whole, tuple(items))


def said_of(items: Sequence[Draft], standings: Standings) -> Standing:
    """Return all that was said of ``items``, in the order in which it was said."""
    answers = (a for each in items for a in standings.get(each.occurrence, NOTHING_SAID).answers)
    return Standing(tuple(sorted(answers, key=lambda each: each.id)))


def message(
    agenda: Agenda, items: Sequence[Draft], standings: Standings, sending: composing.Sending
) -> Message | None:
    """Return the words of a list as its ``items`` stand now; nothing if the plan has none.

    ``sending`` is that of the list.
    """
    known = [each for each in items if each.occurrence in agenda.by_id]
    if not known:
        return None
    title, more = f"{len(known)} påminnelser", list[str]()
    if sending.step == DIGEST:
        title, more = _digest(agenda, known, standings, sending)
    singles = [_single(agenda, each, standings, sending) for each in known]
    settled = all(each.tone is Tone.SETTLED for each in singles)
    urgent = any(each.tone is Tone.URGENT for each in singles)
    return Message(
        key=sending.key,
        occurrence="",
        title=title,
        lines=(*more, ANSWERED if settled else EXPECTED),
        tone=Tone.SETTLED if settled else Tone.URGENT if urgent else Tone.PLAIN,
        late=next((each.late for each in singles if each.late), ""),
        repeat=composing.REPEAT if sending.again else "",
        entries=tuple(_entry(agenda, each, standings) for each in singles),
    )


def _digest(
    agenda: Agenda, items: Sequence[Draft], standings: Standings, sending: composing.Sending
) -> tuple[str, list[str]]:
    """The title of a digest, and what else its readers do in the week that follows."""
    roles = agenda.by_id[items[0].occurrence].commitment.responsible
    today = local_day(sending.posted, agenda.plan.zone)
    title = f"Veckobrev v. {today.isocalendar().week}: {agenda.plan.role_names(roles)}"
    mine = overview(agenda, standings, now=sending.posted).of_roles(roles)
    listed = {each.occurrence for each in items}
    coming = [each for each in mine.within_a_week(today) if each.id not in listed]
    lines = [f"I veckan: {composing.name(o)}, {composing.when(o)}" for o in coming[:MOST_COMING]]
    more = len(coming) - MOST_COMING
    return title, [*lines, *([f"I veckan: … och {more} till."] if more > 0 else [])]


def _single(
    agenda: Agenda, item: Draft, standings: Standings, sending: composing.Sending
) -> Message:
    """The message that ``item`` would have been, posted when the list was."""
    standing = standings.get(item.occurrence, NOTHING_SAID)
    own = replace(sending, key=item.key, step=item.step, due=item.due)
    occurrence = agenda.find(item.occurrence, standing)
    return composing.message(agenda.plan, occurrence, standing, own, None)


def _entry(agenda: Agenda, single: Message, standings: Standings) -> Entry:
    standing = standings.get(single.occurrence, NOTHING_SAID)
    occurrence = agenda.find(single.occurrence, standing)
    when = composing.when(occurrence)
    if single.tone is Tone.SETTLED:
        named = f"{composing.name(occurrence)}, {when}"
        return Entry(single.occurrence, named, single.history[-1], single.asks)
    text = f"{single.title}, {when}"
    said = f" ({single.history[-1]})" if single.history else ""
    return Entry(single.occurrence, f"{text}{said}", asks=single.asks)
