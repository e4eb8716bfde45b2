"""From a plan file to a plan, or to every fault in it at once."""

import stat
from pathlib import Path

from pydantic import ValidationError

from bot.domain.errors import Fault, PlanFileError
from bot.domain.plan import Plan
from bot.planfile.building import plan_of
from bot.planfile.checks import check_faults
from bot.planfile.compiling import compiling_faults
from bot.planfile.document import Document, parse_document
from bot.planfile.faults import schema_faults
from bot.planfile.schema import PlanForm
from bot.planfile.syntax import place, unprintable_faults

LIMIT_BYTES = 262_144

_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_REASONS: tuple[tuple[type[OSError] | type[ValueError], str], ...] = (
    (FileNotFoundError, "Filen finns inte; kontrollera namnet."),
    (NotADirectoryError, "Filen finns inte; kontrollera namnet."),
    (PermissionError, "Filen får inte läsas; ge läsrättighet till den."),
    (ValueError, "Namnet kan inte vara namnet på en fil."),
)


def read_plan(path: Path) -> Plan:
    """Return the plan in the file; ``PlanFileError`` tells everything that is wrong with it."""
    return parse_plan(read_text(path), str(path))


def parse_plan(text: str, name: str) -> Plan:
    """Return the plan that ``text`` holds; ``name`` is the file's, for the faults."""
    document = parse_document(text, name)
    form, faults = _form(document)
    faults = _without_echoes(document, [*faults, *check_faults(document)])
    if faults or not form:
        raise PlanFileError(name, faults)
    plan = plan_of(form)
    if faults := compiling_faults(plan, document):
        raise PlanFileError(name, faults)
    return plan


def read_text(path: Path) -> str:
    """Return the text of a plan file without a byte order mark; it never blocks on a pipe."""
    name = str(path)
    try:
        data = _bytes(path)
    except (OSError, ValueError) as error:
        raise _refusal(name, _reason(error)) from error
    if len(data) >= LIMIT_BYTES:
        raise _refusal(name, "Filen är för stor; den ska vara mindre än 256 kB.")
    text = _decoded(data, name)
    if faults := list(unprintable_faults(text)):
        raise PlanFileError(name, faults)
    return text


def _form(document: Document) -> tuple[PlanForm | None, list[Fault]]:
    try:
        return PlanForm.model_validate(document.data), []
    except ValidationError as error:
        return None, schema_faults(error, document)


def _without_echoes(document: Document, faults: list[Fault]) -> list[Fault]:
    """Leave out what is only said because an alias or a tag was refused in the same place."""
    told = {(fault.line, fault.column) for fault in document.faults}
    return [*document.faults, *(each for each in faults if (each.line, each.column) not in told)]


def _bytes(path: Path) -> bytes:
    # Asked before opening: opening a pipe waits, and opening a device may do more than that.
    if not stat.S_ISREG(path.stat().st_mode):
        raise _refusal(str(path), "Det här är ingen vanlig fil; ange en fil med en plan.")
    with path.open("rb") as file:
        return file.read(LIMIT_BYTES)


def _reason(error: OSError | ValueError) -> str:
    texts = (text for kind, text in _REASONS if isinstance(error, kind))
    return next(texts, "Filen går inte att läsa; kontrollera disken och namnet.")


def _decoded(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # "utf-8-sig" counts from after the mark, and so does a reader.
        before = error.object[: error.start].decode("utf-8")
        kind = "UTF-16" if data.startswith(_UTF_16) else "latin-1"
        text = f"Filen är inte sparad som UTF-8 (den ser ut som {kind}); spara om den som UTF-8."
        raise PlanFileError(name, [Fault(*place(before), text)]) from error


def _refusal(name: str, text: str) -> PlanFileError:
    return PlanFileError(name, [Fault(1, 1, text)])
