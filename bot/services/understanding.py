"""Understanding what a person wrote in reply to a reminder: a small grammar, no guessing.

An answer begins with its word, after at most a greeting and the like: ”Hej! Vi har flyttat till
14/3 pga halka”. What is denied, asked or still to come is no answer, nor is what others wrote and
the reply only quotes. Where a person may have meant an answer but something is missing or speaks
against it, they are asked.
"""

import re
from dataclasses import dataclass
from datetime import date, time

from bot.domain.answer import HELD, PLACEMENTS, AnswerKind, Form
from bot.domain.recurrence import Kind
from bot.services.days_said import DaySaid, HoursSaid, days_said, hours_said
from bot.services.doubts import breath_doubted, is_talk, note_doubted
from bot.services.own_words import own_words, sentences
from bot.services.reply_words import (
    ANYWHERE,
    AROUND,
    AT_THE_START,
    FORMS,
    HELD_WORD,
    LEADS,
    NEGATED,
    NO,
    NUMBER,
    REASON,
    SMALL_WORDS,
    STAND_IN,
    TO_COME,
    TO_IT,
    YES_OR_NO,
)

LONGEST = 2_000
LONGEST_READ = 10 * LONGEST
MOST_WORDS_TO_ASK = 6


@dataclass(frozen=True, slots=True)
class Understood:
    """What a reply answers; ``note`` is also the reason."""

    kind: AnswerKind
    day: date | None = None
    start: time | None = None
    end: time | None = None
    form: Form | None = None
    number: int | None = None
    note: str = ""
    stand_in: str = ""


@dataclass(frozen=True, slots=True)
class Unsure:
    """A polite question to whoever may have meant an answer."""

    question: str


ASK_REASON = "Skriv också orsaken, till exempel ”{word} pga sjukdom”."
ASK_DAY = "Till vilken dag? Skriv till exempel ”flyttat till 14/3 pga halka”."
ASK_BOOKING = "Vilken dag? Skriv till exempel ”bokat 14/3 kl. 9.00–10.30”."
ASK_END = "Skriv också när det slutar, till exempel ”kl. 9.00–10.30”."
ASK_WHICH = (
    "Det går att läsa på flera sätt. Skriv till exempel ”genomförd”, ”delvis: …” eller "
    "”inställt pga …”."
)
ASK_DONE = "Menar du att det är genomfört? Skriv då ”genomförd”, gärna med dag."
ASK_SHORTER = "Svaret är längre än 2 000 tecken. Skriv det kortare, så sparas allt."
ASK_YES_OR_NO = (
    "Skriv vad som blev av det, till exempel ”genomförd”, ”inställt pga …” eller "
    "”flyttat till 14/3 pga …”."
)
ASK_NAMED_DAY = "{fault}. Skriv dagen som 14/3 eller 2018-03-14."


def understood(text: str, *, today: date, kind: Kind) -> Understood | Unsure | None:
    """Return what ``text`` answers; a question where it may; None for talk of other things.

    ``kind`` is the occurrence's: what waits to be booked is booked by being moved. An answer of
    more than 2,000 characters is asked for again, so that none is cut.
    """
    words = own_words(text[:LONGEST_READ])
    found = _understood(words[:LONGEST], today=today, kind=kind)
    return Unsure(ASK_SHORTER) if found and len(words) > LONGEST else found


def _understood(words: str, *, today: date, kind: Kind) -> Understood | Unsure | None:
    if YES_OR_NO.fullmatch(words):
        need = kind is Kind.NEED and NO.fullmatch(words)
        return Understood(AnswerKind.NO_NEED) if need else Unsure(ASK_YES_OR_NO)
    for sentence, rest in sentences(words):
        day, spoken = _without_lead(sentence, today)
        for meant, pattern in AT_THE_START:
            if found := pattern.match(spoken):
                after = spoken[found.end() :]
                if is_talk(found[0], after):
                    return None
                said = _Reply(meant, day, after, rest, today, kind).read()
                doubted = isinstance(said, Understood) and note_doubted(meant, said.note)
                return Unsure(ASK_WHICH) if doubted else said
        if found_later := _maybe(sentence):
            return found_later
    return None


def _without_lead(sentence: str, today: date) -> tuple[str, str]:
    """A day said first, and the sentence from its first word on that is no greeting or the like."""
    day, rest = "", sentence.lstrip(AROUND)
    while rest:
        said = next(iter(days_said(rest, today=today, past=True)), None)
        if said and said.start == 0 and not day:
            day, rest = rest[: said.end], rest[said.end :]
        elif (word := re.match(r"[\w']+", rest)) and word[0].lower() in LEADS:
            rest = rest[word.end() :]
        else:
            break
        rest = rest.lstrip(AROUND)
    return day, rest


def _maybe(sentence: str) -> Unsure | None:
    """A question where a few words say further on that something is done, and nothing against."""
    few = len(sentence.split()) <= MOST_WORDS_TO_ASK
    against = NEGATED.search(sentence) or TO_COME.search(sentence)
    said = any(k in HELD and p.search(sentence) for k, p in ANYWHERE)
    return Unsure(ASK_DONE) if few and said and not against else None


@dataclass(frozen=True, slots=True)
class _Reply:
    """A reply that begins with the word of an answer, after at most a ``day_first``.

    ``after`` is what comes then in the same sentence, ``rest`` all that follows.
    """

    kind: AnswerKind
    day_first: str
    after: str
    rest: str
    today: date
    occurrence: Kind

    def read(self) -> Understood | Unsure | None:
        """Return what it says, or what is missing in it; None where it is only talk."""
        if self.kind is AnswerKind.ACKNOWLEDGED:
            more = re.search(r"\w", self.after + self.rest)
            return None if more else Understood(self.kind)
        facts, note = self._reason()
        facts = f"{facts} {self.day_first}" if self.day_first else facts
        days = days_said(facts, today=self.today, past=self.kind in HELD)
        if len(days) > 1 and self.kind in PLACEMENTS:
            days = [each for each in days if TO_IT.search(facts[: each.start])] or days
        if len(days) > 1 or (days and days[0].fault):
            return Unsure(ASK_NAMED_DAY.format(fault=days[0].fault or "Det står flera dagar"))
        if breath_doubted(self.kind, facts):
            return Unsure(ASK_WHICH)
        day = days[0] if days else None
        if self.kind in HELD:
            return self._held(facts, note, day)
        if self.kind in PLACEMENTS:
            return self._placed(facts, note, day)
        return self._other(facts, note, day)

    def _held(self, facts: str, note: str, day: DaySaid | None) -> Understood | Unsure | None:
        if day and day.day and day.day > self.today:
            return None
        number, form = NUMBER.search(facts), _form(facts)
        places = (day and (day.start, day.end), number and number.span(), form and form[1])
        spans = [each for each in places if each]
        return Understood(
            self.kind,
            day=day.day if day else None,
            form=form[0] if form else None,
            number=int(number[1]) if number else None,
            note=note or _left(facts, spans, drop_word=self.kind is AnswerKind.PARTLY_DONE),
        )

    def _placed(self, facts: str, note: str, day: DaySaid | None) -> Understood | Unsure:
        kind = AnswerKind.BOOKED if self.occurrence is Kind.SLOT else self.kind
        if kind is AnswerKind.BOOKED and self.occurrence is not Kind.SLOT:
            kind = AnswerKind.POSTPONED
        if day is None or day.day is None:
            return Unsure(ASK_BOOKING if kind is AnswerKind.BOOKED else ASK_DAY)
        hours = hours_said(facts[: day.start] + " " * (day.end - day.start) + facts[day.end :])
        if hours and hours.until is None:
            return Unsure(ASK_END)
        if kind is AnswerKind.POSTPONED and not note:
            note = _left(facts, [(day.start, day.end), *_span(hours)])
            if not note:
                moved = f"flyttat till {day.day.day}/{day.day.month}"
                return Unsure(ASK_REASON.format(word=moved))
        begins, until = (hours.begins, hours.until) if hours else (None, None)
        return Understood(kind, day=day.day, start=begins, end=until, note=note)

    def _other(self, facts: str, note: str, day: DaySaid | None) -> Understood | Unsure:
        if self.kind is AnswerKind.SNOOZED:
            return Understood(self.kind, day=day.day if day else None)
        if self.kind is AnswerKind.NO_NEED:
            if self.occurrence is not Kind.NEED:
                return Unsure(ASK_REASON.format(word="inställt"))
            return Understood(self.kind, note=note)
        stand_in = (
            STAND_IN.search(f"{self.after}\n{self.rest}")
            if self.kind is AnswerKind.CANNOT
            else None
        )
        note = note or _left(facts, [])
        if not note:
            cannot = self.kind is AnswerKind.CANNOT
            return Unsure(ASK_REASON.format(word="kan inte" if cannot else "inställt"))
        return Understood(self.kind, note=note, stand_in=stand_in[1].strip() if stand_in else "")

    def _reason(self) -> tuple[str, str]:
        """What stands before the reason, and the reason, after its own word or a colon."""
        colon = re.search(r":(?=\s)|\s[–—-]\s", self.after)
        named = REASON.search(self.after)
        if named and (not colon or named.start() < colon.start()):
            colon = named
        if colon:
            return self.after[: colon.start()], _tidy(f"{self.after[colon.end() :]} {self.rest}")
        return self.after, _tidy(self.rest)


def _form(text: str) -> tuple[Form, tuple[int, int]] | None:
    found = ((form, pattern.search(text)) for pattern, form in FORMS)
    return next(((form, each.span()) for form, each in found if each), None)


def _span(hours: HoursSaid | None) -> list[tuple[int, int]]:
    return [(hours.start, hours.end)] if hours else []


def _left(text: str, spans: list[tuple[int, int]], *, drop_word: bool = False) -> str:
    """What is left of ``text`` without ``spans``, and without the small words around them."""
    for start, end in sorted(spans, reverse=True):
        text = f"{text[:start]} {text[end:]}"
    if drop_word:
        text = HELD_WORD.sub(" ", text)
    left = _tidy(SMALL_WORDS.sub(" ", text))
    return left if re.search(r"\w{2}", left) else ""


def _tidy(text: str) -> str:
    return " ".join(text.split()).strip(" ,;:.!–—-")
