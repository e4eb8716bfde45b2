"""The page that a link in a mail leads to: one occurrence, answered by the mail's own reader."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bot.domain.errors import AnswerRefusedError, BotError
from bot.domain.message import Message, Posted, Tone
from bot.services import retelling
from bot.services.answering import LONGEST_NAME
from bot.services.links import FILE, PATH, Invited, Links
from bot.services.membership import reader
from bot.web import memory
from bot.web.answers import taken
from bot.web.articles import Articles, Kept, Part, Way, parts
from bot.web.feeds import Invitations
from bot.web.forms import Fields
from bot.web.memory import Said
from bot.web.pages import Pages

NUMBER = 0
CHOSEN = "svar"
COMING = tuple(map(Part, retelling.COMING))
HEADERS = {"X-Robots-Tag": "noindex"}
TOO_LATE = "Sidan har varit öppen för länge. Tryck en gång till, så tas svaret emot."


@dataclass(frozen=True, slots=True)
class LetterPage:
    """Shows a link's occurrence and takes answers to it; opening the page answers nothing.

    Where people are ``inviting`` one another, it also takes whether the reader comes.
    """

    pages: Pages
    links: Links
    files: Invitations
    inviting: bool = False

    def show(self, request: Request) -> Response:
        """Show the forms, the one that the link was about unfolded, and what stands."""
        token = request.path_params["token"]
        invited = self.links.invited(token)
        line = memory.said(request)
        chosen = {"message": str(NUMBER), "part": request.query_params.get(CHOSEN, "")}
        response = self._page(token, invited, Kept("", chosen), said=line)
        if line:
            memory.forget_said(response)
        return response

    def file(self, request: Request) -> Response:
        """Answer with the calendar file of the link's occurrence; the link is all it takes."""
        invited = self.links.invited(request.path_params["token"])
        response = self.files.file(invited.occurrence)
        response.headers.update(HEADERS)
        return response

    def answer(self, request: Request, fields: Fields) -> Response:
        """Take an answer of the link's reader about the link's occurrence, and of nobody else."""
        token = request.path_params["token"]
        invited = self.links.invited(token)
        try:
            text = self._given(invited, fields)
        except BotError as error:
            kept = Kept(str(error), {**fields, "message": str(NUMBER)})
            return self._page(token, invited, kept, status=422)
        response = RedirectResponse(f"{PATH}/{token}#said", 303)
        memory.remember_said(response, Said(text, str(NUMBER)))
        return response

    def _given(self, invited: Invited, fields: Fields) -> str:
        if not self.links.pressed(fields.get("button", ""), invited):
            raise AnswerRefusedError(TOO_LATE)
        desk = self.pages.desk
        desk.refuse(invited.occurrence, reader(invited.reader))
        ours = {**fields, "occurrence": invited.occurrence}
        return taken(desk, ours, by=self._name(invited), way="link")

    def _page(
        self,
        token: str,
        invited: Invited,
        kept: Kept,
        *,
        said: Said | None = None,
        status: int = 200,
    ) -> HTMLResponse:
        desk = self.pages.desk
        message = desk.describe(invited.occurrence)
        commitment = desk.agenda_of(invited.occurrence).by_id[invited.occurrence].commitment
        here = f"{PATH}/{token}"
        way = Way(here, self.links.button(invited), f"{here}/{FILE}")
        articles = Articles(self.pages, way)
        shown = Posted(NUMBER, 0, commitment.target, desk.now(), message)
        context = {
            "article": {**articles.context(shown, kept), "parts": self._parts(message, kept)},
            "by": self._name(invited),
            "reader": invited.reader,
            "said": said,
            "kept": kept,
            "roles": sorted({r.name for plan in self.pages.plans for r in plan.roles.values()}),
        }
        response = self.pages.page("letter.html", context, status=status)
        response.headers.update(HEADERS)
        return response

    def _parts(self, message: Message, kept: Kept) -> Sequence[Part]:
        """The forms, that which the reader came for before all others."""
        ahead = message.calendar and message.tone is Tone.PLAIN
        every = [*parts(message), *(COMING if self.inviting and ahead else ())]
        return sorted(every, key=lambda each: each != kept.fields.get("part"))

    def _name(self, invited: Invited) -> str:
        name = self.pages.desk.membership.name_of(reader(invited.reader))
        return name[:LONGEST_NAME]
