"""Strict YAML: plain data, and where in the file each piece of it stands."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NoReturn, TypeAlias
from unicodedata import normalize

import yaml

from bot.domain.errors import Fault, PlanFileError
from bot.planfile.phrases import quoted
from bot.planfile.syntax import Mark, syntax_fault, unprintable_faults

Value: TypeAlias = "str | int | bool | list[Value] | dict[str, Value] | None"
Path: TypeAlias = tuple[str | int, ...]

# Where commitments stand, for ``Document.find``.
COMMITMENTS = (("activities", "*", "commitments", "*"), ("follow_up",))

DEEPEST = 20
MOST_NODES = 20_000

_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_WORDS: Mapping[str, bool | None] = {
    "true": True, "false": False, "": None, "null": None, "~": None,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Document:
    """The data of a plan file; ``faults`` are those that did not stop the reading.

    What stands behind an alias, a merge key or a repeated key is not in ``data``.
    """

    text: str
    data: Mapping[str, Value]
    marks: Mapping[Path, Mark]
    key_marks: Mapping[Path, Mark]
    faults: tuple[Fault, ...] = ()

    def at(self, path: Path) -> Mark:
        """Return where the value at ``path`` begins, or the nearest that encloses it."""
        while path and path not in self.marks:
            path = path[:-1]
        return self.marks.get(path, (1, 1))

    def key_at(self, path: Path) -> Mark:
        """Return where the key at the end of ``path`` stands, or else its value."""
        return self.key_marks.get(path) or self.at(path)

    def find(self, *pattern: str) -> Iterator[tuple[Path, Value]]:
        """Return all that ``pattern`` leads to, in order; ``*`` stands for each list item."""
        found: list[tuple[Path, Value]] = [((), dict(self.data))]
        for part in pattern:
            found = [step for path, value in found for step in _steps(path, value, part)]
        yield from found

    def texts(self) -> Iterator[tuple[Path, str]]:
        """Return each text value, wherever it stands."""
        waiting: list[tuple[Path, Value]] = [((), dict(self.data))]
        while waiting:
            path, value = waiting.pop()
            if isinstance(value, str):
                yield path, value
            elif isinstance(value, dict):
                waiting += [((*path, key), each) for key, each in value.items()]
            elif isinstance(value, list):
                waiting += _steps(path, value, "*")


def parse_document(text: str, name: str) -> Document:
    """Return what ``text`` says; ``PlanFileError`` when it cannot be read to its end."""
    text = text.removeprefix("\ufeff")
    if faults := list(unprintable_faults(text)):
        raise PlanFileError(name, faults)
    composer = _Composer(name)
    try:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            composer.take(event)
    except yaml.MarkedYAMLError as error:
        composer.stop(syntax_fault(error))
    except (ValueError, OverflowError):  # PyYAML lets numbers that are no characters through.
        composer.stop(Fault(*composer.last, "Efter detta står en kod som inte finns; ta bort den."))
    return composer.document(text)


def _steps(path: Path, value: Value, part: str) -> list[tuple[Path, Value]]:
    if part == "*" and isinstance(value, list):
        return [((*path, number), each) for number, each in enumerate(value)]
    if isinstance(value, dict) and part in value:
        return [((*path, part), value[part])]
    return []


@dataclass(slots=True)
class _Frame:
    """A list or a group that is still open; ``key`` waits for its value, ``lost`` for none."""

    path: Path
    holder: "list[Value] | dict[str, Value]"
    key: str | None = None
    lost: bool = False


@dataclass(slots=True)
class _Composer:
    """Builds the data out of the parser's events, one by one, without recursion."""

    name: str
    faults: list[Fault] = field(default_factory=list)
    marks: dict[Path, Mark] = field(default_factory=dict)
    key_marks: dict[Path, Mark] = field(default_factory=dict)
    roots: list[Value] = field(default_factory=list)
    open: list[_Frame] = field(default_factory=list)
    nodes: int = 0
    last: Mark = (1, 1)

    def take(self, event: yaml.Event) -> None:
        self.last = _mark(event)
        match event:
            case yaml.NodeEvent():
                self._node(event)
            case yaml.CollectionEndEvent():
                self.open.pop()
            case yaml.DocumentStartEvent() if self.roots:
                self.stop(_fault(event, "Filen får bara hålla en plan; ta bort raden ---."))

    def document(self, text: str) -> Document:
        root = self.roots[0] if self.roots else None
        if root is None:
            self.stop(Fault(1, 1, "Filen är tom; börja från en av exempelfilerna."))
        if not isinstance(root, dict):
            self.stop(Fault(*self.marks[()], "Filen ska bestå av nycklar: ”nyckel: värde”."))
        return Document(text, root, self.marks, self.key_marks, tuple(self.faults))

    def stop(self, fault: Fault) -> NoReturn:
        raise PlanFileError(self.name, [*self.faults, fault])

    def _node(self, event: yaml.NodeEvent) -> None:
        self.nodes += 1
        if self.nodes > MOST_NODES:
            self.stop(_fault(event, f"Filen är för stor; högst {MOST_NODES} värden ryms."))
        self._refuse_extras(event)
        frame = self.open[-1] if self.open else None
        if frame and isinstance(frame.holder, dict) and frame.key is None:
            self._key(frame, event)
        else:
            self._value(frame, event)

    def _refuse_extras(self, event: yaml.NodeEvent) -> None:
        if isinstance(event, yaml.AliasEvent):
            self.faults.append(_fault(event, "Alias (*) får inte användas; skriv ut värdet här."))
        elif event.anchor is not None:
            self.faults.append(_fault(event, "Ankare (&) får inte användas; ta bort det."))
        if (
            isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent)
            and event.tag is not None
        ):
            self.faults.append(_fault(event, "Taggar (!) får inte användas; ta bort den."))

    def _key(self, frame: _Frame, event: yaml.NodeEvent) -> None:
        if not isinstance(event, yaml.ScalarEvent):
            self.stop(_fault(event, "En nyckel ska vara ett enda ord."))
        # A file saved by another system may spell ”ä” with two characters.
        key = normalize("NFC", event.value)
        path = (*frame.path, key)
        frame.key, frame.lost = key, True
        if key == "<<":
            self.faults.append(_fault(event, "<< får inte användas; skriv ut nycklarna här."))
        elif key in frame.holder:
            line = self.key_marks[path][0]
            text = f"Nyckeln {quoted(key)} finns redan på rad {line}; ta bort den ena."
            self.faults.append(_fault(event, text))
        else:
            frame.lost = False
            self.key_marks[path] = _mark(event)

    def _value(self, frame: _Frame | None, event: yaml.NodeEvent) -> None:
        value = _empty_or_scalar(event)
        path = self._put(frame, value) if frame else self._put_root(value)
        self.marks.setdefault(path, _mark(event))
        if isinstance(value, list | dict):
            if len(self.open) == DEEPEST:
                self.stop(_fault(event, f"För djupt; högst {DEEPEST} nivåer får ligga i varandra."))
            self.open.append(_Frame(path, value))

    def _put_root(self, value: Value) -> Path:
        self.roots.append(value)
        return ()

    def _put(self, frame: _Frame, value: Value) -> Path:
        if isinstance(frame.holder, list):
            frame.holder.append(value)
            return (*frame.path, len(frame.holder) - 1)
        key, frame.key = frame.key or "", None
        if not frame.lost:
            frame.holder[key] = value
        return (*frame.path, key)


def _empty_or_scalar(event: yaml.NodeEvent) -> Value:
    match event:
        case yaml.MappingStartEvent():
            return {}
        case yaml.SequenceStartEvent():
            return []
        case yaml.ScalarEvent() if event.implicit[0] and event.value in _WORDS:
            return _WORDS[event.value]
        case yaml.ScalarEvent() if event.implicit[0] and _INTEGER.fullmatch(event.value):
            return int(event.value)
        case yaml.ScalarEvent():
            return event.value
        case _:
            return None


def _fault(event: yaml.Event, text: str) -> Fault:
    return Fault(*_mark(event), text)


def _mark(event: yaml.Event) -> Mark:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)
