"""Europe/Stockholm as a VTIMEZONE, with the onsets as rules that every client reads alike."""

from icalendar import Timezone

STOCKHOLM = "Europe/Stockholm"

_STOCKHOLM_TEXT = """\
BEGIN:VTIMEZONE
TZID:Europe/Stockholm
BEGIN:DAYLIGHT
DTSTART:19960331T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZNAME:CEST
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZNAME:CET
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE
"""


def stockholm() -> Timezone:
    """Return the zone's rules, valid from 1996 on, when the EU settled the last Sundays."""
    component = Timezone.from_ical(_STOCKHOLM_TEXT.replace("\n", "\r\n"))
    if not isinstance(component, Timezone):
        raise TypeError("the text above is one VTIMEZONE")
    return component
