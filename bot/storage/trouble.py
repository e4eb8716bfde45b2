"""Trouble with a database, in words: what is wrong, and what would be right."""

import re

from sqlalchemy.exc import DBAPIError

FULL = (
    "Disken är full, så databasen kan inte spara något mer. Frigör utrymme där den ligger; "
    "det som redan är sparat finns kvar."
)
READ_ONLY = (
    "Databasen går bara att läsa. Låt den som kör loftesbot skriva till databasen, "
    "och till mappen som den ligger i."
)
LOCKED = (
    "Databasen är låst av något annat och blev inte ledig i tid. Stäng det som håller den, "
    "till exempel ett databasverktyg eller en kopiering, och försök igen."
)
SLOW = "Databasen hann inte svara i tid. Se om servern är överbelastad, och försök igen."
GONE = (
    "Databasen svarar inte. Se till att den är igång och går att nå; "
    "det som redan är sparat finns kvar."
)
DAMAGED = "Databasen är skadad, eller ingen databas. Återställ en säkerhetskopia."
UNREADABLE = (
    "Filen går inte att öppna. Mappen ska finnas, och den som kör loftesbot ska få läsa "
    "och skriva i den."
)
DISK = (
    "Disken som databasen ligger på går inte att läsa eller skriva. Se om den är hel och ansluten."
)
WRONG_LOGIN = "Användarnamnet eller lösenordet är fel."
UNKNOWN_HOST = "Servern med det namnet går inte att hitta. Kontrollera värdnamnet i adressen."
NO_DATABASE = "Det finns ingen databas med det namnet på servern. Skapa den, eller rätta adressen."
CROWDED = "Servern tar inte emot fler förbindelser. Höj max_connections, eller kör färre processer."
FORBIDDEN = "Databasens användare får inte göra det som behövs. Ge den rättigheter i databasen."

# The low byte of SQLite's result codes.
SQLITE = {
    5: LOCKED,
    6: LOCKED,
    8: READ_ONLY,
    10: DISK,
    11: DAMAGED,
    13: FULL,
    14: UNREADABLE,
    26: DAMAGED,
}
# PostgreSQL's SQLSTATE, whole or its class.
POSTGRESQL = {
    "08": GONE,
    "57P": GONE,
    "28": WRONG_LOGIN,
    "3D000": NO_DATABASE,
    "25006": READ_ONLY,
    "42501": FORBIDDEN,
    "53100": FULL,
    "53300": CROWDED,
    "55P03": LOCKED,
    "57014": SLOW,
    "25P03": SLOW,
    "40P01": LOCKED,
    "XX001": DAMAGED,
    "58030": DISK,
}
# Where no connection came about there is no code, only the words of server and library.
WORDS = (
    ("no password supplied|password authentication failed|no pg_hba.conf entry", WRONG_LOGIN),
    ('database ".*" does not exist', NO_DATABASE),
    ('role ".*" does not exist', WRONG_LOGIN),
    ("resolve host|translate host name|Name or service not known", UNKNOWN_HOST),
    ("too many clients|remaining connection slots", CROWDED),
    ("No space left on device", FULL),
    ("permission denied for database", FORBIDDEN),
)


def trouble(error: DBAPIError) -> str:
    """Say in Swedish what is wrong and what would be right; a line without any secret."""
    cause = error.orig
    if isinstance(code := getattr(cause, "sqlite_errorcode", None), int):
        return SQLITE.get(code & 0xFF) or _unknown(cause)
    state = str(getattr(cause, "sqlstate", None) or "")
    for length in (5, 3, 2):
        if known := POSTGRESQL.get(state[:length]):
            return known
    if state:
        return _unknown(cause)
    found = (words for pattern, words in WORDS if re.search(pattern, str(cause)))
    lost = error.connection_invalidated or type(cause).__name__ == "OperationalError"
    return next(found, f"{GONE} ({_first_line(cause)})" if lost else _unknown(cause))


def _unknown(cause: BaseException | None) -> str:
    return f"Databasen svarar inte som den ska: {_first_line(cause)}."


def _first_line(cause: BaseException | None) -> str:
    lines = str(cause).splitlines() or [type(cause).__name__]
    return lines[0].strip().rstrip(".")
