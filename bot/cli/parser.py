"""The command line's words; scripts rely on them, so they stay."""

import argparse
import re
from collections.abc import Iterable, Mapping
from datetime import date, time
from pathlib import Path
from typing import Any, NoReturn, Protocol

from bot.domain.answer import BY_PEOPLE, AnswerKind, Form
from bot.domain.delivery import DeliveryState
from bot.domain.feed import FeedScope
from bot.domain.swedish import ANSWERS

DAY_SECONDS = 86_400.0
MOST_A_DAY = 5
USAGE_ERROR = 2

KIND_WORDS: Mapping[str, AnswerKind] = {
    **{each.value: each for each in AnswerKind if each in BY_PEOPLE},
    **{word: each for each, word in ANSWERS.items() if each in BY_PEOPLE},
    "kvittera": AnswerKind.ACKNOWLEDGED,
    "genomford": AnswerKind.DONE,
    "delvis": AnswerKind.PARTLY_DONE,
    "partly": AnswerKind.PARTLY_DONE,
    "installd": AnswerKind.CANCELLED,
    "kan-inte": AnswerKind.CANNOT,
    "senare": AnswerKind.SNOOZED,
    "inget-behov": AnswerKind.NO_NEED,
}
KINDS = [word for kind, word in ANSWERS.items() if kind in BY_PEOPLE]
FORM_WORDS = {"fysisk": Form.PHYSICAL, "digital": Form.DIGITAL, "physical": Form.PHYSICAL}

_TRANSLATIONS = (
    (r"the following arguments are required: (.+)", r"detta saknas: \1"),
    (r"unrecognized arguments: (.+)", r"okänt: \1"),
    (
        r"argument (.+?): invalid choice: (.+?) \(choose from (.+)\)",
        r"\1: \2 finns inte; välj bland \3",
    ),
    (r"argument (.+?): expected (?:one|at least one) argument", r"\1: värdet saknas"),
    (r"argument (.+?): (.+)", r"\1: \2"),
)


class Formatter(argparse.HelpFormatter):
    """Help in Swedish, where argparse would say "usage"."""

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[argparse._MutuallyExclusiveGroup],
        prefix: str | None = None,
    ) -> None:
        """Begin the line with a Swedish word."""
        super().add_usage(usage, actions, groups, "användning: " if prefix is None else prefix)


class Parser(argparse.ArgumentParser):
    """An argument parser that says in Swedish what there is, and what is wrong."""

    def __init__(self, **given: Any) -> None:
        super().__init__(formatter_class=Formatter, add_help=False, **given)
        self._positionals.title, self._optionals.title = "argument", "flaggor"
        self.add_argument("-h", "--help", action="help", help="visa den här hjälpen")

    def error(self, message: str) -> NoReturn:
        """Say it in one line and leave with 2."""
        for pattern, words in _TRANSLATIONS:
            message, changed = re.subn(f"^{pattern}$", words, message)
            if changed:
                break
        self.exit(USAGE_ERROR, f"{self.prog}: {message}\nSe {self.prog} --help.\n")


def make_parser() -> Parser:
    """Return the parser of every command; ``command`` names the one that was given."""
    parser = Parser(prog="loftesbot", description="Håller reda på vad polis och kommun har lovat.")
    commands = parser.add_subparsers(dest="command", metavar="KOMMANDO", required=True)
    _add_plan_commands(commands)
    _add_ledger_commands(commands)
    _add_serving_commands(commands)
    return parser


class Commands(Protocol):
    """What commands are added to."""

    def add_parser(self, name: str, *, help: str) -> Parser:  # noqa: A002 - argparse's word
        """Add a command."""


def _add_plan_commands(commands: Commands) -> None:
    check = commands.add_parser("check", help="säg vad planfilen betyder, och vad som är fel i den")
    check.add_argument("file", type=Path, nargs="?", metavar="FIL")
    check.add_argument("--schema", action="store_true", help="skriv formatets JSON Schema")
    occurrences = commands.add_parser("occurrences", help="räkna upp tillfällen")
    reminders = commands.add_parser("reminders", help="räkna upp påminnelser om ingen svarar")
    for listing in (occurrences, reminders):
        listing.add_argument("file", type=Path, metavar="FIL")
        listing.add_argument("--from", dest="first", type=day, default=date.min, metavar="DAG")
        listing.add_argument("--to", dest="last", type=day, default=date.max, metavar="DAG")
        listing.add_argument("--json", action="store_true", help="ett JSON-objekt per rad")
    plan = commands.add_parser("plan", help="jämför två versioner av en plan")
    plan.add_argument("action", choices=("diff",))
    plan.add_argument("old", type=Path, metavar="GAMMAL")
    plan.add_argument("new", type=Path, metavar="NY")
    plan.add_argument("--json", action="store_true", help="ett JSON-objekt per rad")
    reminders.add_argument("--answers", type=Path, metavar="FIL", help="svar att låtsas ha fått")
    reminders.add_argument(
        "--summary", action="store_true", help="räkna meddelandena per roll och månad"
    )
    reminders.add_argument(
        "--most",
        type=number,
        default=MOST_A_DAY,
        metavar="ANTAL",
        help=f"varna för fler till en roll på en dag; {MOST_A_DAY} utan den",
    )


def _add_ledger_commands(commands: Commands) -> None:
    jobs = commands.add_parser("jobs", help="räkna upp jobben och när de körs härnäst")
    jobs.add_argument("--json", action="store_true")
    status = commands.add_parser("status", help="visa läget för varje åtagande")
    status.add_argument("--as-of", type=day, metavar="DAG", help="läget i slutet av dagen")
    status.add_argument("--json", action="store_true")
    _add_answer(commands)
    _add_book(commands)
    report = commands.add_parser("report", help="skriv uppföljningen")
    report.add_argument("--as-of", type=day, metavar="DAG")
    report.add_argument("--format", choices=("html", "json"), default="html")
    report.add_argument("--output", type=Path, metavar="FIL", help="skriv hit i stället")
    feed = _add_feed(commands)
    deliveries = _add_deliveries(commands)
    for each in (jobs, status, report, feed, deliveries):
        each.add_argument("--plan", type=Path, action="append", default=[], metavar="FIL")


def _add_feed(commands: Commands) -> Parser:
    feed = commands.add_parser("feed", help="kalenderlänkar: skapa, räkna upp, byta, dra in")
    feed.add_argument("action", choices=("create", "list", "rotate", "revoke"))
    feed.add_argument("number", type=number, nargs="?", metavar="NUMMER", help="länkens nummer")
    feed.add_argument(
        "--scope",
        choices=tuple(each.value for each in FeedScope),
        default=FeedScope.PLAN.value,
        help="vad kalendern ska visa; hela planen utan den",
    )
    feed.add_argument(
        "--of", default="", metavar="VEM", help="vilken part, roll, person; vilket område, åtagande"
    )
    feed.add_argument("--discreet", action="store_true", help="utan namn och detaljer")
    return feed


def _add_deliveries(commands: Commands) -> Parser:
    deliveries = commands.add_parser(
        "deliveries", help="leveranser: räkna upp, försök igen, ta tillbaka"
    )
    deliveries.add_argument(
        "action", nargs="?", choices=("list", "retry", "withdraw"), default="list"
    )
    deliveries.add_argument("number", type=number, nargs="?", metavar="NUMMER")
    deliveries.add_argument(
        "--state", action="append", default=[], choices=tuple(each.value for each in DeliveryState)
    )
    deliveries.add_argument("--limit", type=number, default=200, metavar="ANTAL")
    deliveries.add_argument("--reason", default="", metavar="TEXT", help="varför den tas tillbaka")
    deliveries.add_argument("--json", action="store_true", help="ett JSON-objekt per rad")
    return deliveries


def _add_answer(commands: Commands) -> None:
    answer = commands.add_parser("answer", help="svara på ett tillfälle")
    answer.add_argument("occurrence", metavar="TILLFÄLLE")
    answer.add_argument("kind", type=kind, metavar="SVAR", help=", ".join(KINDS))
    answer.add_argument("--date", dest="day", type=day, metavar="DAG")
    answer.add_argument("--area", metavar="OMRÅDE")
    answer.add_argument("--form", choices=tuple(FORM_WORDS))
    counted = "antal deltagare, eller det antal som har tillkommit"
    answer.add_argument("--number", type=number, metavar="ANTAL", help=counted)
    answer.add_argument("--note", default="", metavar="TEXT", help="anteckning eller orsak")
    answer.add_argument("--stand-in", default="", metavar="ROLL", help="vem som ersätter")
    answer.add_argument("--correct", action="store_true", help="rätta ett tidigare svar")
    _add_common(answer)


def _add_book(commands: Commands) -> None:
    book = commands.add_parser("book", help="boka ett datum för ett tillfälle")
    book.add_argument("occurrence", metavar="TILLFÄLLE")
    book.add_argument("day", type=day, metavar="DAG")
    book.add_argument("--note", default="", metavar="TEXT")
    _add_common(book)


def _add_common(command: Parser) -> None:
    command.add_argument("--by", default="kommandoraden", metavar="ROLL", help="vem som svarar")
    command.add_argument("--start", type=clock_time, metavar="TT.MM")
    command.add_argument("--end", type=clock_time, metavar="TT.MM")
    command.add_argument("--plan", type=Path, action="append", default=[], metavar="FIL")


def _add_serving_commands(commands: Commands) -> None:
    serve = commands.add_parser("serve", help="kör tjänsten")
    serve.add_argument("--plan", type=Path, action="append", default=[], metavar="FIL")
    serve.add_argument("--clock", type=day, metavar="DAG", help="låt klockan börja här")
    serve.add_argument(
        "--speed", type=speed, default=1.0, metavar="X", help="så många gånger fortare"
    )
    commands.add_parser("worker", help="bara leverera, bredvid andra processer (PostgreSQL)")
    demo = commands.add_parser("demo", help="spela upp Gävleplanen, ett dygn i sekunden")
    demo.add_argument(
        "--speed",
        type=speed,
        default=DAY_SECONDS,
        metavar="X",
        help="så många gånger fortare än verkligheten; 86400, ett dygn i sekunden, utan den",
    )
    demo.add_argument(
        "--alone", action="store_true", help="utan påhittade kollegor som svarar på det mesta"
    )
    for each in (serve, demo):
        each.add_argument("--port", type=port, metavar="PORT", help="0 väljer en ledig")
    log = commands.add_parser("log", help="loggen: vad som har hänt, och om den är hel")
    log.add_argument("action", nargs="?", choices=("list", "verify", "answers"), default="list")
    log.add_argument("--head", default="", metavar="SIGILL", help="ett sigill som skrevs upp")
    log.add_argument("--json", action="store_true", help="ett JSON-objekt per rad")
    log.add_argument("--plan", type=Path, action="append", default=[], metavar="FIL")
    database = commands.add_parser("db", help="databasens tabeller")
    database.add_argument("action", choices=("upgrade", "copy"))
    database.add_argument("--to", metavar="URL", help="vart den ska kopieras: en tom databas")


def day(text: str) -> date:
    """Return the day that ``text`` (``2018-01-31``) names."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} är inget datum; skriv ÅÅÅÅ-MM-DD") from None


def clock_time(text: str) -> time:
    """Return the time of day that ``text`` (``9.00`` or ``09:00``) names."""
    found = re.fullmatch(r"([01]?\d|2[0-3])[.:]([0-5]\d)", text)
    if found is None:
        raise argparse.ArgumentTypeError(f"{text!r} är ingen tid; skriv till exempel 9.00")
    return time(int(found[1]), int(found[2]))


def speed(text: str) -> float:
    """Return how many seconds of the plan pass in one: more than 0, at most a year."""
    try:
        found = float(text)
    except ValueError:
        found = 0.0
    if not 0.1 <= found <= 366 * DAY_SECONDS:
        raise argparse.ArgumentTypeError(
            f"{text!r}: ange ett tal från 0.1; 86400 är ett dygn i sekunden"
        )
    return found


def number(text: str) -> int:
    """Return a whole number of at most nine digits."""
    if not re.fullmatch(r"-?[0-9]{1,9}", text):
        raise argparse.ArgumentTypeError(f"{text!r} är inget heltal")
    return int(text)


def port(text: str) -> int:
    """Return a port that can be listened on."""
    found = number(text)
    if not 0 <= found <= 65_535:
        raise argparse.ArgumentTypeError(f"{text!r} är ingen port; ange 0–65535")
    return found


def kind(text: str) -> AnswerKind:
    """Return the answer that a word, Swedish or English, stands for."""
    word = text.casefold().replace("_", "-")
    found = KIND_WORDS.get(word) or KIND_WORDS.get(word.replace("-", "_"))
    if found is None:
        known = ", ".join(KINDS)
        raise argparse.ArgumentTypeError(f"{text!r} är inget svar; välj bland {known}")
    return found
