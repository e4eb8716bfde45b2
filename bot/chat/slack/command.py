"""What ``/lofte`` answers to the one who gave it."""

from collections.abc import Mapping, Sequence
from datetime import date

from bot.chat.slack.blocks import Block, notice
from bot.chat.slack.lists import listed
from bot.domain.message import Ask
from bot.domain.pace import Pace
from bot.domain.swedish import PACE_SYMBOLS, PACES, period_text
from bot.services.following_up import StatusRow
from bot.services.overview import Overview

MOST_ROWS = 12
MOST_LISTED = 10
# So many blocks fit into a message.
MOST_BLOCKS = 50

HELP = (
    "Löftesbot påminner om det som polis och kommun har lovat.",
    (
        "/lofte status – hur det går med löftena i dag\n"
        "/lofte nästa – det som kommer, och det som saknar svar\n"
        "/lofte boka – det som väntar på ett datum\n"
        "/lofte logga – en insats som just har gjorts\n"
        "/lofte kalender – dina tillfällen i din egen kalender\n"
        "/lofte hjälp – den här texten"
    ),
    (
        "Svara med knapparna under en påminnelse, med ord i dess tråd (”klart”, ”inställt pga …”) "
        "eller med ✅ 👀 ⏰."
    ),
)
NOTHING = "Ingen aktivitetsplan är inläst."
MORE = "… och mer, som inte får plats här. Webbsidan visar allt."
WORDS = {
    "": "status", "status": "status", "nästa": "next", "next": "next", "boka": "book",
    "book": "book", "logga": "log", "log": "log", "kalender": "feed", "feed": "feed",
    "hjälp": "help", "help": "help",
}  # fmt: skip


def meant(text: str) -> str:
    """Return which answer is asked for: one of the values of ``WORDS``, or nothing."""
    first, *_ = text.casefold().split() or [""]
    return WORDS.get(first, "")


def help_blocks(text: str) -> list[Block]:
    """Return the help, and a word about ``text`` where it was not understood."""
    unknown = [] if meant(text) == "help" else [f"”{text.strip()}” finns inte. Det här finns:"]
    return notice(*unknown, *HELP)


def status_blocks(status: Mapping[str, Sequence[StatusRow]]) -> list[Block]:
    """Return how each plan stands."""
    return notice(*(plan_text(title, rows) for title, rows in status.items())) or notice(NOTHING)


def overview_blocks(word: str, overviews: Mapping[str, Overview]) -> list[Block]:
    """Return what comes, what is to be booked or what can be logged, plan by plan."""
    shown = [block for title, each in overviews.items() for block in _LISTS[word](title, each)]
    if len(shown) > MOST_BLOCKS:
        return [*shown[: MOST_BLOCKS - 1], *notice(MORE)]
    return shown or notice(NOTHING)


def plan_text(title: str, rows: Sequence[StatusRow]) -> str:
    """Return how a plan stands: the tally, and each promise that is not on track."""
    behind = [each for each in rows if each.pace is not Pace.ON_TRACK]
    counts = {pace: sum(each.pace is pace for each in rows) for pace in Pace}
    tally = " · ".join(f"{PACE_SYMBOLS[pace]} {PACES[pace]}: {counts[pace]}" for pace in Pace)
    more = [f"… och {len(behind) - MOST_ROWS} till."] if len(behind) > MOST_ROWS else []
    return "\n".join([title, tally, *map(_row, behind[:MOST_ROWS]), *more])


def _next(title: str, found: Overview) -> list[Block]:
    return [
        *listed(f"{title}: saknar svar", found.unanswered, Ask.DONE, most=MOST_LISTED),
        *listed(
            f"{title}: det som kommer", found.coming, None, most=MOST_LISTED, none="Inget kommer."
        ),
    ]


def _book(title: str, found: Overview) -> list[Block]:
    none = "Inget väntar på ett datum."
    return listed(f"{title}: att boka", found.to_book, Ask.BOOK, most=MOST_LISTED, none=none)


def _log(title: str, found: Overview) -> list[Block]:
    none = "Planen har inget som görs efter behov just nu."
    return listed(f"{title}: logga en insats", found.needs, Ask.DONE, most=MOST_LISTED, none=none)


_LISTS = {"next": _next, "book": _book, "log": _log}


def _row(row: StatusRow) -> str:
    mark = PACE_SYMBOLS[row.pace]
    place = f", {row.area.name}" if row.area else ""
    return f"{mark} {row.commitment.title}{place} ({period_text(row.period.name)}): {row.why}"


def week_heading(today: date) -> str:
    """Return the heading of the coming week: ``Veckan som kommer (v. 11)``."""
    return f"Veckan som kommer (v. {today.isocalendar().week})"
