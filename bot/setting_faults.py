"""What is wrong with a setting, in words for whoever set it."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

PREFIX = "LOFTESBOT_"
Sections = Mapping[str, type[BaseModel]]
WORDS = {
    "missing": "saknas",
    "extra_forbidden": "finns inte",
    "int_parsing": "ska vara ett heltal",
    "no_way_in": "behöver app_token (Socket Mode) eller signing_secret (HTTP-händelser)",
    "both": "har både bot_token (en arbetsyta) och client_id (flera); ta bort det ena",
    "no_token": "behöver bot_token, eller client_id, client_secret och workspaces för flera",
    "elsewhere": (
        "har en kanal i fel arbetsyta: med workspaces skrivs den T024BE7LD/C024BE91L, annars "
        "utan arbetsyta"
    ),
    "no_key": "behöver också en nyckel (key), så att svar går att lita på",
    "no_mailbox": (
        "bjuder in till kalendern (invitations) och behöver brevlådan som svaren kommer till: "
        "ange imap_url, eller ta bort invitations"
    ),
    "no_plus": (
        "bjuder in till kalendern (invitations) och behöver en svarsadress för var och en, "
        "eftersom kalendrar svarar utan att nämna mejlet: ta bort plus = false, eller invitations"
    ),
    "long_sender": (
        "bjuder in till kalendern (invitations) och behöver en svarsadress för var och en: ange en "
        "avsändare (sender) med högst 21 tecken före @, eller ta bort invitations"
    ),
    "nobody": "behöver email eller slack, så att personen kan kännas igen",
    "literal_error": "har ett okänt värde",
    "string_pattern_mismatch": "har fel form",
    "greater_than_equal": "är för litet",
    "less_than_equal": "är för stort",
    "too_short": "är tom eller för kort",
}


def fault_line(error: Any, sections: Sections) -> str:
    """Return one of pydantic's errors as a line that names the setting and never its value."""
    path = [str(each) for each in error["loc"]]
    name = PREFIX + "__".join(path).upper()
    word = WORDS.get(error["type"], "är fel")
    hint = _hint(path, sections)
    return f"Inställningen {name} ({'.'.join(path)}) {word}.{f' {hint}' if hint else ''}"


def _hint(path: list[str], sections: Sections) -> str:
    section = sections.get(path[0])
    if section is None or len(path) < 2:
        return ""
    field = section.model_fields.get(path[1])
    return (field.description or "") if field else f"Det finns: {', '.join(section.model_fields)}."
