"""What the form of a plan file finds wrong, said in Swedish with what would be right."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from unicodedata import normalize

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bot.domain.errors import Fault
from bot.planfile.cadences import cadence_types
from bot.planfile.document import Document, Path
from bot.planfile.phrases import choices, closest, guidance, quoted, shown
from bot.planfile.schema import json_schema

# These stand in the place of an error though they are no keys of the file.
TYPES = frozenset(cadence_types())

_JsonSchema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Wrong:
    """One error with what the form wanted there; ``path`` is that of the document."""

    kind: str
    path: Path
    value: object
    context: Mapping[str, Any]
    wanted: _JsonSchema
    around: _JsonSchema

    @property
    def key(self) -> str:
        return next((part for part in reversed(self.path) if isinstance(part, str)), "")

    @property
    def meaning(self) -> str:
        """What the key stands for, as a tail of a sentence."""
        said = self.wanted.get("description", "")
        return f" ({said})" if said else ""


def schema_faults(error: ValidationError, document: Document) -> list[Fault]:
    """Return one fault for each error, where it stands in ``document``."""
    schema = json_schema()
    details = error.errors(include_url=False)
    return [_fault(_wrong(each, schema), document) for each in details if not _is_echo(each)]


def _is_echo(details: ErrorDetails) -> bool:
    """Whether a list is empty only for its wrong items, or a check tells of the same letter."""
    emptied = details["type"] == "too_short" and bool(details["input"])
    return emptied or details["type"] == "string_unicode"


def _wrong(details: ErrorDetails, schema: _JsonSchema) -> _Wrong:
    loc = details["loc"]
    path = tuple(
        part for part, before in zip(loc, ("", *loc), strict=False) if not _tag(before, part)
    )
    return _Wrong(
        details["type"],
        path,
        details["input"],
        details.get("ctx", {}),
        _part(schema, loc),
        _part(schema, loc[:-1]),
    )


def _fault(wrong: _Wrong, document: Document) -> Fault:
    text = _TEXTS.get(wrong.kind, _unusable)(wrong)
    match wrong.kind:
        case "extra_forbidden":
            return Fault(*document.key_at(wrong.path), text)
        case "union_tag_invalid":
            return Fault(*document.at((*wrong.path, "type")), text)
        case _:
            return Fault(*document.at(wrong.path), text)


def _tag(before: int | str, part: int | str) -> bool:
    """Whether ``part`` of an error's place is the kind of a cadence, not a key of the file."""
    return before == "cadence" and part in TYPES


def _part(schema: _JsonSchema, loc: Path) -> _JsonSchema:
    """Return the piece of ``schema`` for ``loc``, with its description; often none."""
    node = schema
    for part in loc:
        node = _resolved(schema, node)
        if isinstance(part, int):
            node = node.get("items", {})
        elif "discriminator" in node:
            node = {"$ref": node["discriminator"]["mapping"].get(part)}
        else:
            node = node.get("properties", {}).get(part, {})
    return _resolved(schema, node)


def _resolved(schema: _JsonSchema, node: _JsonSchema) -> _JsonSchema:
    if "anyOf" in node:
        node = {**node["anyOf"][0], **node}
    reference = node.get("$ref")
    return {**schema["$defs"][reference.split("/")[-1]], **node} if reference else node


def _missing(wrong: _Wrong) -> str:
    return f"Nyckeln {quoted(wrong.key)} saknas; lägg till den{wrong.meaning}."


def _unknown_key(wrong: _Wrong) -> str:
    known = wrong.around.get("properties", {})
    return f"Nyckeln {quoted(wrong.key)} finns inte här; {guidance(wrong.key, known)}"


def _wrong_type(wanted: str) -> Callable[[_Wrong], str]:
    return lambda wrong: (
        f"{quoted(wrong.key)} ska vara {wanted}, inte {shown(wrong.value)}{_hint(wrong)}."
    )


def _hint(wrong: _Wrong) -> str:
    """Return how text that looks like something else is written, where that is the matter."""
    if wrong.kind == "string_type" and isinstance(wrong.value, bool | int):
        return f'; sätt citattecken omkring: "{str(wrong.value).lower()}"'
    if wrong.kind == "int_type" and isinstance(wrong.value, str):
        return "; skriv bara siffror, utan citattecken och inledande nolla"
    return ""


def _not_among(wrong: _Wrong) -> str:
    known = wrong.wanted.get("enum", [wrong.wanted.get("const", "")])
    return _choice(wrong.key, wrong.value, known)


def _unknown_cadence(wrong: _Wrong) -> str:
    return _choice("type", wrong.context["tag"], wrong.wanted["discriminator"]["mapping"])


def _choice(key: str, value: object, known: Iterable[str]) -> str:
    meant = closest(value, known) if isinstance(value, str) else ""
    asked = f" Menade du {quoted(meant)}?" if meant else ""
    return f"{quoted(key)} ska vara {choices(known)}, inte {shown(value)}.{asked}"


def _no_cadence(wrong: _Wrong) -> str:
    known = wrong.wanted["discriminator"]["mapping"]
    return f"Nyckeln ”type” saknas; lägg till den: {choices(known)}."


def _too_small(wrong: _Wrong) -> str:
    return f"{quoted(wrong.key)} ska vara minst {wrong.context['ge']}, inte {shown(wrong.value)}."


def _too_big(wrong: _Wrong) -> str:
    return f"{quoted(wrong.key)} ska vara högst {wrong.context['le']}, inte {shown(wrong.value)}."


def _not_an_id(wrong: _Wrong) -> str:
    folded = normalize("NFKD", str(wrong.value).casefold()).encode("ascii", "ignore").decode()
    proposal = "-".join(re.findall(r"[a-z0-9]+", folded))[:60].strip("-") or "stf-kommunpolis"
    return (
        f"{quoted(wrong.key)} ska bara ha små bokstäver a–z, siffror och bindestreck, "
        f"till exempel {quoted(proposal)}."
    )


def _empty_text(wrong: _Wrong) -> str:
    return f"{quoted(wrong.key)} är tomt; skriv något{wrong.meaning}."


def _long_text(wrong: _Wrong) -> str:
    most, length = wrong.context["max_length"], len(str(wrong.value))
    return f"{quoted(wrong.key)} har {length} tecken; högst {most} får plats."


def _empty_list(wrong: _Wrong) -> str:
    return f"Listan {quoted(wrong.key)} är tom; minst en behövs{wrong.meaning}."


def _long_list(wrong: _Wrong) -> str:
    most, length = wrong.context["max_length"], wrong.context["actual_length"]
    return f"Listan {quoted(wrong.key)} har {length} poster; högst {most} får plats."


def _said(wrong: _Wrong) -> str:
    return f"{quoted(wrong.key)}: {wrong.context['error']}"


def _unusable(wrong: _Wrong) -> str:
    return f"{quoted(wrong.key)} går inte att använda; jämför med exempelfilen{wrong.meaning}."


_TEXTS: Mapping[str, Callable[[_Wrong], str]] = {
    "missing": _missing,
    "extra_forbidden": _unknown_key,
    "string_type": _wrong_type("text"),
    "int_type": _wrong_type("ett heltal"),
    "bool_type": _wrong_type("true eller false"),
    "tuple_type": _wrong_type("en lista"),
    "model_type": _wrong_type("en grupp av nycklar"),
    "model_attributes_type": _wrong_type("en grupp av nycklar"),
    "enum": _not_among,
    "literal_error": _not_among,
    "union_tag_invalid": _unknown_cadence,
    "union_tag_not_found": _no_cadence,
    "greater_than_equal": _too_small,
    "less_than_equal": _too_big,
    "string_pattern_mismatch": _not_an_id,
    "string_too_short": _empty_text,
    "string_too_long": _long_text,
    "too_short": _empty_list,
    "too_long": _long_list,
    "value_error": _said,
}
