"""The demo's pretend colleagues: they answer most things a little later, through the desk."""

import hashlib
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.app.office import Office
from bot.domain.answer import Answer, AnswerKind, Form, Standing
from bot.domain.errors import AnswerRefusedError
from bot.domain.occurrence import Occurrence
from bot.domain.recurrence import Kind
from bot.domain.walltime import local_day
from bot.services.desk import Desk
from bot.services.planning import NOTHING_SAID, Agenda, applied

# Of a hundred occurrences the colleagues forget some, and hold some only in part.
FORGOTTEN, PARTLY = 8, 14
POSTPONED = range(48, 56)
BOOKING_LEAD = timedelta(days=30)
REPLY_AFTER = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Colleagues:
    """People who do not exist; what each does follows from the occurrence's id alone."""

    office: Office
    desk: Desk

    def answer(self) -> None:
        """Say what is due to be said today."""
        for agenda in self.office.agendas.values():
            today = local_day(self.desk.now(), agenda.plan.zone)
            standings = self.office.answers.standings(agenda.plan.id)
            for name, planned in agenda.by_id.items():
                standing = standings.get(name, NOTHING_SAID)
                said = self._reply(agenda, applied(planned, standing), standing, today)
                if said:
                    self._say(said)

    def _say(self, answer: Answer) -> None:
        try:
            self.desk.give(answer)
        except AnswerRefusedError:
            # The person at the page was faster.
            return

    def _reply(
        self, agenda: Agenda, occurrence: Occurrence, standing: Standing, today: date
    ) -> Answer | None:
        luck = _luck(occurrence.id)
        if standing.outcome or luck < FORGOTTEN:
            return None
        if occurrence.kind is Kind.SLOT:
            return self._booking(agenda, occurrence, today, luck)
        if luck in POSTPONED and self._can_move(occurrence, standing, today):
            day = agenda.plan.work.add_working(today, 6)
            note = "Flera i gruppen är på utbildning."
            return replace(self._answer(occurrence, AnswerKind.POSTPONED, note), day=day)
        if occurrence.due + REPLY_AFTER <= today:
            return self._outcome(occurrence, luck)
        return None

    def _booking(
        self, agenda: Agenda, occurrence: Occurrence, today: date, luck: int
    ) -> Answer | None:
        day = agenda.plan.work.previous_working(occurrence.due - timedelta(days=luck % 20))
        if not (today < day <= today + BOOKING_LEAD):
            return None
        return replace(self._answer(occurrence, AnswerKind.BOOKED), day=day)

    def _can_move(self, occurrence: Occurrence, standing: Standing, today: date) -> bool:
        soon = today < occurrence.due <= today + timedelta(days=3)
        return occurrence.kind is Kind.OCCURRENCE and not standing.placement and soon

    def _outcome(self, occurrence: Occurrence, luck: int) -> Answer:
        if occurrence.kind is Kind.NEED:
            if luck % 3 == 0:
                return self._answer(occurrence, AnswerKind.NO_NEED)
            return self._answer(occurrence, AnswerKind.DONE, "Samordnad insats vid resecentrum.")
        kind = AnswerKind.PARTLY_DONE if luck < PARTLY else AnswerKind.DONE
        note = "Alla kunde inte vara med." if kind is AnswerKind.PARTLY_DONE else ""
        form = Form.DIGITAL if luck % 4 == 0 else Form.PHYSICAL
        said = self._answer(occurrence, kind, note)
        return replace(said, form=form, number=4 + luck % 20, day=occurrence.day)

    def _answer(self, occurrence: Occurrence, kind: AnswerKind, note: str = "") -> Answer:
        by = "Kommunpolis (demo)" if _luck(occurrence.id) % 2 else "Trygghetssamordnare (demo)"
        return Answer(occurrence.id, kind, by, self.desk.now(), note=note)


def _luck(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:2], "big") % 100
