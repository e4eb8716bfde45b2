"""What ``/lofte`` answers, as plain texts."""

from collections.abc import Mapping, Sequence

from bot.domain.pace import Pace
from bot.domain.swedish import PACE_SYMBOLS, PACES, period_text
from bot.services.following_up import StatusRow

MOST_ROWS = 12

HELP = (
    "Löftesbot påminner om det som polis och kommun har lovat.",
    "/lofte status – hur det går med löftena i dag\n/lofte hjälp – den här texten",
    "Svara med knapparna under en påminnelse, skriv ”klart” i dess tråd eller reagera med ✅.",
)
NOTHING = "Ingen aktivitetsplan är inläst."


def reply(words: str, status: Mapping[str, Sequence[StatusRow]]) -> list[str]:
    """Return the answer to what was written after the command."""
    if words.strip().casefold() in {"", "status"}:
        return [_plan(title, rows) for title, rows in status.items()] or [NOTHING]
    return list(HELP)


def _plan(title: str, rows: Sequence[StatusRow]) -> str:
    behind = [each for each in rows if each.pace is not Pace.ON_TRACK]
    counts = {pace: sum(each.pace is pace for each in rows) for pace in Pace}
    tally = " · ".join(f"{PACE_SYMBOLS[pace]} {PACES[pace]}: {counts[pace]}" for pace in Pace)
    more = [f"… och {len(behind) - MOST_ROWS} till."] if len(behind) > MOST_ROWS else []
    return "\n".join([title, tally, *map(_row, behind[:MOST_ROWS]), *more])


def _row(row: StatusRow) -> str:
    mark = PACE_SYMBOLS[row.pace]
    place = f", {row.area.name}" if row.area else ""
    return f"{mark} {row.commitment.title}{place} ({period_text(row.period.name)}): {row.why}"
