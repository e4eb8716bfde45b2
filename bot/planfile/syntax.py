"""What the YAML parser stumbles over, said in Swedish."""

import re
from collections.abc import Iterator

import yaml

from bot.domain.errors import Fault

Mark = tuple[int, int]

# What breaks lines, steers a terminal or turns the direction of the text.
UNPRINTABLE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
    r"\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)
LINE_BREAK = re.compile(r"\r\n?|\n")
MOST_CHARACTERS = 20

# What the parser says, what we say, and whether that is said where the construct begins.
_SAYINGS: tuple[tuple[str, str, bool], ...] = (
    (r"'\t' that cannot start", "Här står en tabb; använd bara mellanslag.", False),
    ("quoted scalar found unexpected", "Citattecknet som öppnas här stängs aldrig.", True),
    (
        "escape",
        r"Okänd kod efter \ i texten; använd enkla citattecken (') eller skriv \\.",
        False,
    ),
    (
        "that cannot start any token",
        "Texten kan inte börja med det tecknet; sätt citattecken omkring den.",
        False,
    ),
    (
        "mapping values are not allowed",
        "Ett kolon för mycket, eller fel indrag; sätt citattecken om en text med ”: ” i.",
        False,
    ),
    ("could not find expected ':'", "Kolon saknas efter nyckeln; skriv ”nyckel: värde”.", True),
    ("flow sequence", "Listan som öppnas med [ stängs inte rätt; avsluta den med ].", True),
    ("flow mapping", "Gruppen som öppnas med { stängs inte rätt; avsluta den med }.", True),
    ("sequence entries are not allowed", "En lista med - ska börja på en egen rad.", False),
    ("undefined tag handle", "Taggar (!) får inte användas; ta bort den.", False),
    ("parsing a tag", "Taggar (!) får inte användas; ta bort den.", True),
    ("scanning a tag", "Taggar (!) får inte användas; ta bort den.", True),
    ("scanning an alias", "Alias (*) får inte användas; skriv ut texten.", True),
    ("scanning an anchor", "Ankare (&) får inte användas; ta bort det.", True),
    ("block scalar", "Efter | eller > ska texten börja på nästa rad, med indrag.", False),
    ("directive", "Rader som börjar med % får inte användas; ta bort raden.", False),
    ("incompatible YAML document", "Raden %YAML får inte användas; ta bort den.", False),
    ("<block end>", "Raden har fel indrag; den ska stå rakt under sina syskon.", False),
)
_OTHERWISE = "Raden går inte att tolka; se över indrag, kolon och citattecken."


def syntax_fault(error: yaml.MarkedYAMLError) -> Fault:
    """Return the one thing that made the parser give up."""
    said = f"{error.context or ''} {error.problem or ''}"
    text, at_start = next(
        ((text, at_start) for part, text, at_start in _SAYINGS if part in said),
        (_OTHERWISE, False),
    )
    mark = (error.context_mark if at_start else None) or error.problem_mark
    return Fault(mark.line + 1, mark.column + 1, text) if mark else Fault(1, 1, text)


def place(before: str) -> Mark:
    """Return the line and column, from 1, of what comes right after ``before``."""
    lines = LINE_BREAK.split(before)
    return len(lines), len(lines[-1]) + 1


def unprintable_faults(text: str) -> Iterator[Fault]:
    """Return the first characters of ``text`` that have no business in a plan file."""
    for number, found in enumerate(UNPRINTABLE.finditer(text)):
        if number == MOST_CHARACTERS:
            return
        code = f"U+{ord(found[0]):04X}"
        yield Fault(
            *place(text[: found.start()]), f"Styrtecknet {code} får inte stå i filen; ta bort det."
        )
