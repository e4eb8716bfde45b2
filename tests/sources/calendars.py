"""Calendars to read, said in one line."""

from collections.abc import Iterator


def calendar(*lines: str) -> bytes:
    """Return a calendar that holds ``lines``."""
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", *lines, "END:VCALENDAR", ""]).encode()


def event(start: str, *lines: str, uid: str = "mote-1") -> list[str]:
    """Return the lines of an event; ``start`` is all of ``DTSTART`` after its name."""
    return ["BEGIN:VEVENT", f"UID:{uid}", f"DTSTART{start}", *lines, "END:VEVENT"]


def meetings(*days: str, summary: str = "BRÅ") -> bytes:
    """Return a calendar with a meeting on each of ``days`` (``20260210``), named by its number."""
    found = [
        event(f";VALUE=DATE:{day}", f"SUMMARY:{summary}", uid=f"m{n}") for n, day in enumerate(days)
    ]
    return calendar(*(line for lines in found for line in lines))


def zone(name: str, offset: str) -> list[str]:
    """Return the lines of a zone that is always ``offset`` from UTC."""
    times = [f"TZOFFSETFROM:{offset}", f"TZOFFSETTO:{offset}"]
    inside = ["BEGIN:STANDARD", "DTSTART:16010101T000000", *times, "END:STANDARD"]
    return ["BEGIN:VTIMEZONE", f"TZID:{name}", *inside, "END:VTIMEZONE"]


def busy(periods: str, params: str = ";FBTYPE=BUSY") -> list[str]:
    """Return the lines that say when somebody is busy."""
    return ["BEGIN:VFREEBUSY", "UID:x", f"FREEBUSY{params}:{periods}", "END:VFREEBUSY"]


def rule(text: str, start: str = ":20260101T120000Z") -> list[str]:
    """Return the lines of an event that comes again as ``text`` says."""
    return event(start, f"RRULE:{text}")


def many(number: int, *lines: str, start: str = ":20260101T120000Z") -> Iterator[str]:
    """Return the lines of so many events, each with an id of its own."""
    for each in range(number):
        yield from event(start, *lines, uid=str(each))
