"""What a mail says: the message and how to answer it, as plain text and as HTML."""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from bot.domain.answer import AnswerKind
from bot.domain.message import Ask, Entry, Message
from bot.mail.stationery import Stationery
from bot.mail.wire import NAMELESS, clean, subject

ASKS = {
    Ask.DONE: "Genomförd",
    Ask.ACKNOWLEDGE: "Kvittera",
    Ask.BOOK: "Boka datum",
    Ask.POSTPONE: "Skjut upp",
    Ask.NO_NEED: "Inget behov",
    Ask.CANNOT: "Kan inte",
    Ask.SNOOZE: "Påminn senare",
}
COMING = {
    AnswerKind.ATTENDING: "Kommer",
    AnswerKind.TENTATIVE: "Kanske",
    AnswerKind.ABSENT: "Kommer inte",
}
OF_A_GROUP = "Kom inbjudan till en grupp? Svara då med länken, inte i kalendern."
BY_WORDS = "Du kan också svara ”kommer”, ”kanske” eller ”kommer inte” på det här mejlet."
OWN_LINK = "Länken är din egen; skicka den inte vidare."
OWN_LINKS = "Länkarna är dina egna; skicka dem inte vidare."
ADD = "Lägg i kalendern"
BY_REPLY = "Du kan också svara på det här mejlet, till exempel ”klart, 12 deltagare”."
PAGE_START = '<!doctype html>\n<html lang="sv">\n<head>\n<meta charset="utf-8">\n'


@dataclass(frozen=True, slots=True)
class Wording:
    """Says ``message`` to ``reader``; what is ``inviting`` asks whether they come."""

    message: Message
    stationery: Stationery
    reader: str
    inviting: bool = False

    @property
    def plain(self) -> str:
        """The text to read, one line for each of the message's, and where to answer."""
        lines = [*self._lines(), *self._ways()]
        return "".join(f"{clean(line).rstrip()}\n" for line in lines or [NAMELESS])

    @property
    def html(self) -> str:
        """The same as a page without images, code or anything that is fetched."""
        title = escape(subject(self.message.title))
        head = f"{PAGE_START}<title>{title}</title>\n</head>"
        return "\n".join([head, "<body>", *self._marked(), "</body>", "</html>", ""])

    def _lines(self) -> Iterator[str]:
        message = self.message
        said = (message.repeat, message.late, message.title, *message.lines)
        yield from "\n".join(filter(None, said)).splitlines()
        for entry in message.entries:
            yield from entry.line.splitlines()
            if page := self._page_of(entry):
                yield f"  Svara: {page}"
        yield from "\n".join(filter(None, message.history)).splitlines()

    def _ways(self) -> Iterator[str]:
        if self._page:
            where = "här" if self.stationery.links else "på webbsidan"
            yield from ("", f"Svara {where}: {self._page}")
        if self._calendar:
            yield from ("", f"{ADD}: {self._calendar}")
        yield from self._hints()

    def _hints(self) -> Iterator[str]:
        entries = any(map(self._page_of, self.message.entries))
        if self.stationery.links and (entries or (self._page and self._calendar)):
            yield OWN_LINKS
        elif self.stationery.links and (self._page or self._calendar):
            yield OWN_LINK
        if self.inviting and self._page:
            yield OF_A_GROUP
        if self.inviting and self.stationery.replies:
            yield BY_WORDS
        if self.stationery.replies and self.message.asks:
            yield BY_REPLY

    @property
    def _page(self) -> str:
        """Where the message's own occurrence is answered; nowhere when it asks nothing."""
        message = self.message
        asks = message.occurrence and (message.asks or self.inviting)
        return self.stationery.page(message.occurrence, self.reader) if asks else ""

    @property
    def _calendar(self) -> str:
        """Where the calendar file is; nowhere while there is no day, or without links."""
        message = self.message
        return self.stationery.calendar(message.occurrence, self.reader) if message.calendar else ""

    def _page_of(self, entry: Entry) -> str:
        return self.stationery.page(entry.occurrence, self.reader) if entry.asks else ""

    def _marked(self) -> Iterator[str]:
        message = self.message
        yield from (f"<p><strong>{_text(each)}</strong></p>" for each in self._warnings())
        yield f"<h1>{_text(message.title) or NAMELESS}</h1>"
        yield from (f"<p>{_text(each)}</p>" for each in message.lines)
        if message.entries:
            yield from ("<ul>", *map(self._marked_entry, message.entries), "</ul>")
        if message.history:
            items = (f"<li>{_text(each)}</li>" for each in message.history)
            yield from ("<h2>Svar hittills</h2>", "<ol>", *items, "</ol>")
        yield from self._buttons()
        if self._calendar:
            yield f"<p>{_link(self._calendar, ADD)}</p>"
        yield from (f"<p>{each}</p>" for each in self._hints())

    def _warnings(self) -> list[str]:
        return [each for each in (self.message.repeat, self.message.late) if each]

    def _marked_entry(self, entry: Entry) -> str:
        page = self._page_of(entry)
        named = _text(entry.line.removeprefix("• "))
        return _item(_link(page, named) if page else named)

    def _buttons(self) -> Iterator[str]:
        """A link for each answer; without links of our own, one to the page that all share."""
        if not self._page:
            return
        yield "<h2>Svara</h2>"
        if not self.stationery.links:
            yield f"<p>{_link(self._page, 'Svara på webbsidan')}</p>"
            return
        asked = [(each, name) for each, name in ASKS.items() if each in self.message.asks]
        every = [*asked, *(COMING.items() if self.inviting else ())]
        items = (_item(_link(f"{self._page}?svar={each}", name)) for each, name in every)
        yield from ("<ul>", *items, "</ul>")


def _text(text: str) -> str:
    lines = (escape(clean(each).strip()) for each in text.splitlines())
    return "<br>".join(lines)


def _item(marked: str) -> str:
    """One of several, with room around it for a finger; a mail has no style to give it."""
    return f"<li><p>{marked}</p></li>"


def _link(address: str, marked: str) -> str:
    return f'<a href="{escape(address)}">{marked}</a>'
