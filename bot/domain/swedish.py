"""How days and times are written in Swedish: ``tisdag 14 mars 2018 kl. 9.00–10.30``."""

from collections.abc import Sequence
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from bot.domain.answer import AnswerKind, Form
from bot.domain.delivery import DeliveryState
from bot.domain.pace import Pace
from bot.domain.periods import PeriodUnit, Window, month_window
from bot.domain.walltime import Hours

MONTHS = (
    "januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september",
    "oktober", "november", "december",
)  # fmt: skip
WEEKDAYS = ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag")
UNITS = {
    PeriodUnit.WEEK: "vecka",
    PeriodUnit.MONTH: "månad",
    PeriodUnit.QUARTER: "kvartal",
    PeriodUnit.TERTIAL: "tertial",
    PeriodUnit.HALF_YEAR: "halvår",
    PeriodUnit.TERM: "termin",
    PeriodUnit.SEASON: "årstid",
    PeriodUnit.YEAR: "år",
    PeriodUnit.PLAN: "planperiod",
}
SEASON_NAMES = {"spring": "våren", "summer": "sommaren", "autumn": "hösten", "winter": "vintern"}
TERM_NAMES = {"VT": "vårterminen", "HT": "höstterminen"}
ANSWERS = {
    AnswerKind.ACKNOWLEDGED: "kvitterat",
    AnswerKind.DONE: "genomförd",
    AnswerKind.PARTLY_DONE: "delvis genomförd",
    AnswerKind.POSTPONED: "uppskjuten",
    AnswerKind.CANCELLED: "inställd",
    AnswerKind.CANNOT: "kan inte",
    AnswerKind.SNOOZED: "påminn senare",
    AnswerKind.NO_NEED: "inget behov denna period",
    AnswerKind.BOOKED: "bokad",
    AnswerKind.ATTENDING: "kommer",
    AnswerKind.TENTATIVE: "kommer kanske",
    AnswerKind.ABSENT: "kommer inte",
    AnswerKind.OUT_OF_REACH: "antalet kan inte längre nås",
    AnswerKind.TAKEN_BACK: "återtaget",
}
DELIVERY_STATES = {
    DeliveryState.PENDING: "väntar",
    DeliveryState.CLAIMED: "på väg",
    DeliveryState.UNCERTAIN: "oklar",
    DeliveryState.SENT: "skickad",
    DeliveryState.FAILED: "misslyckad",
    DeliveryState.WITHDRAWN: "tillbakatagen",
}
PACES = {
    Pace.ON_TRACK: "enligt plan",
    Pace.AT_RISK: "risk för avvikelse",
    Pace.OFF_TRACK: "avviker",
}
PACE_SYMBOLS = {Pace.ON_TRACK: "✓", Pace.AT_RISK: "!", Pace.OFF_TRACK: "✗"}
FORMS = {Form.PHYSICAL: "fysisk", Form.DIGITAL: "digital"}
SMALL = ("noll", "ett", "två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio", "tio", "elva", "tolv")  # fmt: skip # noqa: E501


def capital(text: str) -> str:
    """Return ``text`` as a sentence begins."""
    return text[:1].upper() + text[1:]


def day_text(day: date) -> str:
    """Return ``14 mars 2018``."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def weekday_text(day: date) -> str:
    """Return ``onsdag 14 mars 2018``."""
    return f"{WEEKDAYS[day.weekday()]} {day_text(day)}"


def month_text(day: date) -> str:
    """Return ``november 2020``."""
    return f"{MONTHS[day.month - 1]} {day.year}"


def time_text(at: time) -> str:
    """Return ``9.00``."""
    return f"{at.hour}.{at.minute:02}"


def hours_text(hours: Hours) -> str:
    """Return ``kl. 9.00–10.30``."""
    return f"kl. {time_text(hours.start)}–{time_text(hours.end)}"


def when_text(day: date, hours: Hours | None) -> str:
    """Return ``onsdag 14 mars 2018 kl. 9.00–10.30``, without the hours where there are none."""
    return f"{weekday_text(day)} {hours_text(hours)}" if hours else weekday_text(day)


def window_text(window: Window) -> str:
    """Return a month or year by its name, else ``1 januari–31 mars 2018`` with the year once."""
    if window.first == window.last:
        return day_text(window.first)
    if window == month_window(window.first.year, window.first.month):
        return month_text(window.first)
    if window == month_window(window.first.year, 1, 12):
        return str(window.first.year)
    first = f"{window.first.day} {MONTHS[window.first.month - 1]}"
    if window.first.year != window.last.year:
        first = day_text(window.first)
    return f"{first}–{day_text(window.last)}"


def moment_text(moment: datetime, zone: ZoneInfo) -> str:
    """Return ``14 mars 2018 kl. 9.05`` for an instant, on the wall clock of ``zone``."""
    local = moment.astimezone(zone)
    return f"{day_text(local.date())} kl. {time_text(local.time())}"


def period_text(name: str) -> str:
    """Return a period's machine name as Swedes say it: ``2018-Q1`` is ``kvartal 1 2018``."""
    year, _, rest = name.partition("-")
    if not rest:
        return "hela planperioden" if name == "plan" else name
    if named := (SEASON_NAMES | TERM_NAMES).get(rest):
        return f"{named} {year}"
    words = {"Q": "kvartal", "T": "tertial", "H": "halvår", "W": "v."}
    if rest[0] in words:
        return f"{words[rest[0]]} {int(rest[1:])} {year}"
    return f"{MONTHS[int(rest[:2]) - 1]} {year}"


def season_text(season: Window) -> str:
    """Return ``1 april–15 juni``, for days that come back every year."""
    first, last = (f"{day.day} {MONTHS[day.month - 1]}" for day in (season.first, season.last))
    return f"{first}–{last}"


def number_text(number: int) -> str:
    """Return small numbers as words, as plans write them, and others as digits."""
    return SMALL[number] if 0 <= number < len(SMALL) else str(number)


def list_text(items: Sequence[str]) -> str:
    """Return ``a, b och c``."""
    return " och ".join(filter(None, [", ".join(items[:-1]), *items[-1:]]))
