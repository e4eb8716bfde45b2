"""Calendars to read, said in one line."""


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
