"""What only the whole file can tell: what agrees with what, and what must not be said.

Each check passes over what has the wrong shape: the form tells that, in the same report.
"""

from collections.abc import Iterator
from itertools import chain

from bot.domain.errors import Fault
from bot.domain.privacy import sensitive
from bot.planfile.dates import date_faults
from bot.planfile.document import COMMITMENTS, Document, Path, Value
from bot.planfile.phrases import guidance, quoted
from bot.planfile.relations import relation_faults
from bot.planfile.syntax import LINE_BREAK, UNPRINTABLE

MOST_COMMITMENTS = 200

_UNIQUE = (
    (("areas", "*", "id"),), (("roles", "*", "id"),), (("policies", "*", "id"),),
    (("targets", "*", "id"),), (("promises", "*", "id"),), (("activities", "*", "row"),),
    (*((*each, "id") for each in COMMITMENTS), ("events", "*", "id")),
)  # fmt: skip
_STEPS = (*COMMITMENTS[0], "steps", "*")
_OWNERS = (*COMMITMENTS, _STEPS, ("renewal",))
_CADENCE_LISTS = ("places", "shared", "days", "on")
_LISTS = (
    ("parties",), ("escalation",), ("policies", "*", "ahead_days"),
    ("policies", "*", "book_ahead_days"), *((*each, "responsible") for each in _OWNERS),
    *((*each, "cadence", key) for each in COMMITMENTS for key in _CADENCE_LISTS),
)  # fmt: skip
# What refers to something, what it refers to, and what that is called.
_ROLE = ("roles", "*", "id"), "en roll i planen"
_POLICY = ("policies", "*", "id"), "en regel i planen"
_TARGET = ("targets", "*", "id"), "en plats (target) i planen"
_AREAS = ("areas", "*", "type"), "ett slag (type) av område i planen"
_REFERENCES = (
    (("roles", "*", "party"), ("parties", "*"), "en av parterna"),
    (("roles", "*", "deputy"), *_ROLE),
    (("escalation", "*"), *_ROLE),
    (("targets", "*", "role"), *_ROLE),
    (("activities", "*", "promise"), ("promises", "*", "id"), "ett löfte i planen"),
    *(((*each, "responsible", "*"), *_ROLE) for each in _OWNERS),
    *(((*each, "policy"), *_POLICY) for each in _OWNERS),
    *(((*each, "target"), *_TARGET) for each in _OWNERS),
    *(((*each, "cadence", "areas"), *_AREAS) for each in COMMITMENTS),
)


def check_faults(document: Document) -> list[Fault]:
    """Return every fault of ``document`` that its form does not show."""
    return [
        *_repeated_ids(document),
        *_repeated_items(document),
        *_unknown_references(document),
        *_own_deputies(document),
        *_too_many_commitments(document),
        *_private(document),
        *_unprintable(document),
        *date_faults(document),
        *relation_faults(document),
    ]


def _repeated_ids(document: Document) -> Iterator[Fault]:
    for patterns in _UNIQUE:
        found = chain.from_iterable(document.find(*each) for each in patterns)
        for path, value, line in _repeated(document, found):
            text = f"”{path[-1]}” {quoted(str(value))} finns redan på rad {line}; välj ett annat."
            yield Fault(*document.at(path), text)


def _repeated_items(document: Document) -> Iterator[Fault]:
    for path, items in chain.from_iterable(document.find(*each) for each in _LISTS):
        found = (
            ((*path, n), each) for n, each in enumerate(items if isinstance(items, list) else ())
        )
        for where, value, _line in _repeated(document, found):
            text = f"{quoted(str(value))} står två gånger i ”{path[-1]}”; ta bort den ena."
            yield Fault(*document.at(where), text)


def _repeated(
    document: Document, found: Iterator[tuple[Path, Value]]
) -> Iterator[tuple[Path, Value, int]]:
    """Return what came before, with the line where it first came."""
    lines: dict[str | int, int] = {}
    for path, value in found:
        if isinstance(value, bool) or not isinstance(value, str | int):
            continue
        if value in lines:
            yield path, value, lines[value]
        lines.setdefault(value, document.at(path)[0])


def _unknown_references(document: Document) -> Iterator[Fault]:
    for referring, defining, noun in _REFERENCES:
        known = [value for _, value in document.find(*defining) if isinstance(value, str)]
        for path, value in document.find(*referring):
            if isinstance(value, str) and value not in known:
                text = f"{quoted(value)} är inte {noun}; {guidance(value, known)}"
                yield Fault(*document.at(path), text)


def _own_deputies(document: Document) -> Iterator[Fault]:
    for path, role in document.find("roles", "*"):
        if isinstance(role, dict) and role.get("deputy") and role.get("deputy") == role.get("id"):
            text = "En roll kan inte vara sin egen ersättare; ange en annan roll i ”deputy”."
            yield Fault(*document.at((*path, "deputy")), text)


def _too_many_commitments(document: Document) -> Iterator[Fault]:
    found = list(document.find(*COMMITMENTS[0]))
    for path, _ in found[MOST_COMMITMENTS:][:1]:
        text = f"Planen har {len(found)} åtaganden; högst {MOST_COMMITMENTS} får plats."
        yield Fault(*document.at(path), text)


def _private(document: Document) -> list[Fault]:
    """Look through the values as they are read, then the lines as they stand, comments too."""
    tail = "en plan får inte innehålla personuppgifter, ta bort det."
    found = [
        Fault(*document.at(path), f"Texten ser ut att innehålla {what}; {tail}")
        for path, text in document.texts()
        if (what := sensitive(text))
    ]
    told = {fault.line for fault in found}
    return found + [
        Fault(
            number, len(line) - len(line.lstrip()) + 1, f"Raden ser ut att innehålla {what}; {tail}"
        )
        for number, line in enumerate(LINE_BREAK.split(document.text), start=1)
        if number not in told and (what := sensitive(line))
    ]


def _unprintable(document: Document) -> Iterator[Fault]:
    for path, text in document.texts():
        if found := UNPRINTABLE.search(text.replace("\t", "\0").replace("\r", "\0")):
            code = f"U+{ord(text[found.start()]):04X}"
            yield Fault(
                *document.at(path), f"Styrtecknet {code} får inte stå i en text; ta bort det."
            )
