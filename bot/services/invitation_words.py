"""The words of an invitation, of a change of it, and of its end with the reason."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.domain.answer import AnswerKind, Standing
from bot.domain.delivery import Draft
from bot.domain.invitation import Ending, Mark, Times, parse_mark
from bot.domain.message import Message
from bot.domain.occurrence import Occurrence
from bot.domain.plan import Plan
from bot.domain.swedish import day_text, when_text
from bot.services import composing

EXPECTED = "Svara ja, nej eller kanske i kalendern; de andra ser vilka som kommer."
UNINVITED = "Tillfället hålls som planerat, men inbjudan gäller inte längre dig."
DROPPED, UNPLANNED = "Inställt: ett tillfälle har utgått", "Tillfället finns inte längre i planen."
HELD = {AnswerKind.DONE: "genomfört", AnswerKind.PARTLY_DONE: "delvis genomfört"}


def message(
    plan: Plan | None, occurrence: Occurrence | None, standing: Standing, draft: Draft, repeat: str
) -> Message:
    """Return the words of ``draft``; without an occurrence nothing is known of it any more."""
    if plan is None or occurrence is None:
        return Message(draft.key, draft.occurrence, DROPPED, (UNPLANNED,), repeat=repeat)
    words = _Words(occurrence, standing, parse_mark(draft.thread))
    lines = (
        *words.lines(),
        f"Till: {plan.role_names(occurrence.commitment.responsible)}",
        f"Åtagande: {occurrence.commitment.wording}",
        *(() if words.mark.ended else (EXPECTED,)),
    )
    title = f"{words.lead()}: {composing.name(occurrence)}"
    return Message(draft.key, draft.occurrence, title, lines, repeat=repeat)


@dataclass(frozen=True, slots=True)
class _Words:
    """What is said of an occurrence, as the answers left it, to one of its people."""

    occurrence: Occurrence
    standing: Standing
    mark: Mark

    def lead(self) -> str:
        """What has happened, in the words that the subject begins with."""
        outcome = self.standing.outcome
        match self.mark.says:
            case Ending.CANCELLED:
                return "Inställt"
            case Ending.UNINVITED:
                return "Du är inte längre inbjuden"
            case Ending.OVER if outcome and outcome.kind in HELD and outcome.day:
                return f"Redan {HELD[outcome.kind]} {day_text(outcome.day)}"
            case Ending.OVER:
                return "Har redan varit"
            case _:
                return "Ändrad inbjudan" if self.mark.before else "Inbjudan"

    def lines(self) -> Iterator[str]:
        """When it is, and what its reader has to know of the change."""
        before = None if self.occurrence.veiled else self.mark.before
        match self.mark.says:
            case Ending.CANCELLED:
                yield f"När: {self._when(before)}"
                yield from self._why()
            case Ending.UNINVITED:
                yield f"När: {composing.when(self.occurrence)}"
                yield UNINVITED
            case Ending.OVER:
                yield f"Inbjudan gällde: {self._when(before)}"
                yield from self._over()
            case _:
                yield f"När: {composing.when(self.occurrence)}"
                if before:
                    reason = self.occurrence.reason
                    yield f"Flyttat från {_text(before)}{f' ({reason})' if reason else ''}"

    def _when(self, before: Times | None) -> str:
        return _text(before) if before else composing.when(self.occurrence)

    def _why(self) -> Iterator[str]:
        """Why nobody comes, and who says so."""
        outcome = self.standing.outcome
        if outcome is None or outcome.kind is not AnswerKind.CANCELLED:
            yield f"Orsak: {UNPLANNED}"
            return
        if not self.occurrence.veiled:
            yield f"Orsak: {outcome.note}"
        yield f"Inställt av: {outcome.by}"

    def _over(self) -> Iterator[str]:
        outcome = self.standing.outcome
        if outcome:
            yield f"Antecknat av: {outcome.by}"
        else:
            yield f"Nytt datum i planen: {composing.when(self.occurrence)}"


def _text(times: Times) -> str:
    return when_text(times.day, times.hours)
