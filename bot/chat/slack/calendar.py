"""``/lofte kalender``: a person's own calendar links, shown to that person alone."""

import re
from collections.abc import Sequence

from bot.chat.slack.blocks import Block, notice
from bot.domain.errors import BotError, DatabaseError
from bot.domain.feed import webcal
from bot.services.handing_out import FeedCounter, Handed
from bot.services.membership import Visitor

NONE = "Du har inga kalenderlänkar."
USAGE = (
    "/lofte kalender ny – en hemlig länk att prenumerera på\n"
    "/lofte kalender byt 3 – en ny länk i stället för nummer 3\n"
    "/lofte kalender dra in 3 – länken slutar gälla"
)
HOW = (
    "Kopiera länken nu; den visas inte igen. Klistra in den i kalenderprogrammet: i Outlook under "
    "Lägg till kalender → Prenumerera från webben, i Google Kalender under Andra kalendrar → Från "
    "webbadress, i Thunderbird under Ny kalender → På nätverket. På iPhone, iPad och Mac: öppna "
    "länken som börjar med webcal. Den som har länken kan läsa kalendern, så dela den inte."
)
IN_THE_THREAD = (
    "Har tillfället ett datum ligger dess kalenderfil i meddelandets tråd. Vill du ha alla dina "
    "tillfällen i kalendern, med ändringar som kommer av sig själva: skriv /lofte kalender ny."
)
NEW = re.compile(r"ny|nya|new")
CHANGE = re.compile(r"(?:byt|byta|rotate) (\d{1,9})")
END = re.compile(r"(?:dra in|ta bort|revoke|remove) (\d{1,9})")


def calendar_blocks(words: str, counter: FeedCounter, visitor: Visitor) -> list[Block]:
    """Do what is asked for with ``words`` after ``/lofte kalender``, and return what came of it."""
    said = " ".join(words.casefold().split())
    try:
        return notice(*_done(said, counter, visitor))
    except DatabaseError:
        raise
    except BotError as error:
        return notice(str(error))


def _done(said: str, counter: FeedCounter, visitor: Visitor) -> Sequence[str]:
    if NEW.fullmatch(said):
        return (*map(_link, counter.hand_out(visitor)), HOW)
    if found := CHANGE.fullmatch(said):
        return (_link(counter.change(visitor, int(found[1]))), HOW)
    if found := END.fullmatch(said):
        return (f"Länken till {counter.end(visitor, int(found[1]))} gäller inte längre.",)
    mine = [f"{number}  {named}" for number, named in counter.mine(visitor)]
    return ("\n".join(["Dina kalenderlänkar:", *mine]) if mine else NONE, USAGE)


def _link(handed: Handed) -> str:
    return f"{handed.calendar}\n{handed.address}\n{webcal(handed.address)}"
