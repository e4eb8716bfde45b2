"""What the cadences of a plan file say of one another, of areas and of terms.

Each check passes over what has the wrong shape: the form tells that, in the same report.
"""

from collections.abc import Iterator, Mapping
from itertools import chain, combinations

from bot.domain.errors import Fault
from bot.domain.periods import Window
from bot.planfile import scalars
from bot.planfile.document import COMMITMENTS, Document, Path, Value
from bot.planfile.phrases import guidance, quoted

# These ask a question now and then; nothing happens on a day of its own.
WITHOUT_DAYS = {
    "on_demand": "efter behov", "continuous": "löpande", "outcome": "ett antal",
}  # fmt: skip
WHERE = ("areas", "places", "shared")

_Group = dict[str, Value]


def relation_faults(document: Document) -> list[Fault]:
    """Return what is wrong between the parts of a plan that have the right shape themselves."""
    return [
        *_unknown_bases(document),
        *_loops(document),
        *_steps(document),
        *_counted_where(document),
        *_terms(document),
        *_same_names(document),
    ]


def _cadences(document: Document) -> Iterator[tuple[Path, str, _Group]]:
    """Each commitment's cadence with its place and the commitment's id."""
    for path, value in chain.from_iterable(document.find(*each) for each in COMMITMENTS):
        if isinstance(value, dict) and isinstance(cadence := value.get("cadence"), dict):
            yield (*path, "cadence"), str(value.get("id")), cadence


def _bases(document: Document) -> Mapping[str, str]:
    """What can be followed, with the type of its cadence."""
    found = {name: str(cadence.get("type")) for _, name, cadence in _cadences(document)}
    found |= {f"{name}-{step}": "relative" for name, step, _ in _all_steps(document)}
    return found | {
        str(event.get("id")): "event"
        for _, event in document.find("events", "*")
        if isinstance(event, dict)
    }


def _unknown_bases(document: Document) -> Iterator[Fault]:
    bases = _bases(document)
    for path, name, cadence in _cadences(document):
        to = cadence.get("to") if cadence.get("type") == "relative" else None
        if not isinstance(to, str):
            continue
        place = document.at((*path, "to"))
        if to not in bases:
            known = [each for each in bases if each != name]
            text = f"{quoted(to)} är inget åtagande och ingen händelse; {guidance(to, known)}"
            yield Fault(*place, text)
        elif said := WITHOUT_DAYS.get(bases[to]):
            text = f"{quoted(to)} har inga egna dagar ({said}); följ något som har dagar."
            yield Fault(*place, text)


def _loops(document: Document) -> Iterator[Fault]:
    """A after B after A: nothing of it has a day to begin from."""
    follows = {
        name: (path, to)
        for path, name, cadence in _cadences(document)
        if cadence.get("type") == "relative" and isinstance(to := cadence.get("to"), str)
    }
    follows |= {f"{name}-{step}": (path, name) for name, step, path in _all_steps(document)}
    told = set[str]()
    for start in follows:
        way, here = [start], start
        while here in follows and follows[here][1] not in way:
            here = follows[here][1]
            way.append(here)
        if here in follows and follows[here][1] == start and not told & set(way):
            told |= set(way)
            path = follows[start][0]
            round_trip = " → ".join([*way, start])
            text = f"Det går runt: {round_trip}. Låt ett av dem ha egna dagar."
            yield Fault(*document.at((*path, "to")), text)


def _all_steps(document: Document) -> Iterator[tuple[str, str, Path]]:
    """Each step's commitment, its own id and its place."""
    for path, value in document.find(*COMMITMENTS[0]):
        steps = value.get("steps") if isinstance(value, dict) else None
        for number, step in enumerate(steps if isinstance(steps, list) else ()):
            if isinstance(value, dict) and isinstance(step, dict):
                yield str(value.get("id")), str(step.get("id")), (*path, "steps", number)


def _steps(document: Document) -> Iterator[Fault]:
    types = {name: str(cadence.get("type")) for _, name, cadence in _cadences(document)}
    taken = dict.fromkeys(types, "ett åtagande")
    for name, step, path in _all_steps(document):
        full = f"{name}-{step}"
        if full in taken:
            text = f"Steget blir åtagandet {quoted(full)}, som redan finns; välj ett annat ”id”."
            yield Fault(*document.at((*path, "id")), text)
        taken[full] = "ett steg"
        if said := WITHOUT_DAYS.get(types.get(name, "")):
            text = f"{quoted(name)} har inga egna dagar ({said}); ta bort stegen."
            yield Fault(*document.at(path), text)


def _counted_where(document: Document) -> Iterator[Fault]:
    known = [each for _, each in document.find("areas", "*", "id") if isinstance(each, str)]
    for path, _name, cadence in _cadences(document):
        given = [key for key in WHERE if cadence.get(key) is not None]
        if len(given) > 1:
            text = f"Ange en av ”areas”, ”places” och ”shared”, inte både {' och '.join(given)}."
            yield Fault(*document.key_at((*path, given[1])), text)
        for key in ("places", "shared"):
            places = cadence.get(key)
            for number, each in enumerate(places if isinstance(places, list) else ()):
                if isinstance(each, str) and each not in known:
                    text = f"{quoted(each)} är inget område i planen; {guidance(each, known)}"
                    yield Fault(*document.at((*path, key, number)), text)


def _terms(document: Document) -> Iterator[Fault]:
    found = [
        (path, term)
        for path, term in document.find("terms", "*")
        if isinstance(term, dict) and (days := _window(term)) and days.days > 0
    ]
    for path, term in document.find("terms", "*"):
        if isinstance(term, dict):
            yield from _term(document, path, term)
    for (_, one), (path, other) in combinations(found, 2):
        if one.get("municipality") != other.get("municipality"):
            continue
        same = one.get("term") == other.get("term")
        shared = (_window(one) or EMPTY).clipped(_window(other) or EMPTY)
        if same or shared.days > 0:
            what = "finns redan" if same else f"överlappar {one.get('term')}"
            text = f"Terminen {other.get('term')} {what}; varje dag hör till högst en termin."
            yield Fault(*document.at((*path, "term")), text)
    if not found:
        for path, _name, cadence in _cadences(document):
            for key in ("per", "spread", "ask", "log", "report", "in_terms"):
                if cadence.get(key) == "term" or (key == "in_terms" and cadence.get(key) is True):
                    text = "Planen har inga terminer; lägg till dem under ”terms”."
                    yield Fault(*document.at((*path, key)), text)


EMPTY = Window(scalars.day("2000-01-02"), scalars.day("2000-01-01"))


def _term(document: Document, path: Path, term: _Group) -> Iterator[Fault]:
    days = _window(term)
    if days and days.days < 1:
        text = "Terminen slutar före sin början; ”to” ska komma efter ”from”."
        yield Fault(*document.at((*path, "to")), text)
    breaks = term.get("breaks")
    for number, each in enumerate(breaks if isinstance(breaks, list) else ()):
        off, place = _window(each), (*path, "breaks", number)
        if off and off.days < 1:
            text = "Lovet slutar före sin början; ”to” ska komma efter ”from”."
            yield Fault(*document.at((*place, "to")), text)
        elif off and days and days.days > 0 and off.clipped(days) != off:
            text = f"Lovet ligger inte helt i terminen, {days.first}–{days.last}."
            yield Fault(*document.at(place), text)


def _same_names(document: Document) -> Iterator[Fault]:
    """A municipality, a school or a district that stands twice would be counted twice."""
    lines: dict[tuple[str, str], int] = {}
    for path, area in document.find("areas", "*"):
        name = area.get("name") if isinstance(area, dict) else None
        kind = area.get("type") if isinstance(area, dict) else None
        if not isinstance(name, str) or not isinstance(kind, str):
            continue
        key = (name.casefold(), kind)
        if key in lines:
            text = f"{quoted(name)} ({kind}) finns redan på rad {lines[key]}; ta bort det ena."
            yield Fault(*document.at((*path, "name")), text)
        lines.setdefault(key, document.at((*path, "name"))[0])


def _window(value: Value) -> Window | None:
    if not isinstance(value, dict):
        return None
    try:
        return Window(scalars.day(value.get("from")), scalars.day(value.get("to")))
    except ValueError:
        return None
