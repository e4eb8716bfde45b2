"""Who may answer: whoever holds a role that an occurrence is for, or stands in for one.

A plan may let anyone in the channel answer. Where no members are named at all, everybody may but
those from outside: guests, and strangers in a shared channel.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.domain.errors import AnswerRefusedError
from bot.domain.plan import Commitment, Plan
from bot.domain.swedish import list_text

OUTSIDE = "Bara de som hör till arbetsgruppen kan svara här. Be någon av dem att svara åt dig."


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who fills ``roles``, ids of a plan's roles; ``slack`` is their id there."""

    name: str
    roles: tuple[str, ...]
    email: str = ""
    slack: str = ""

    @property
    def names(self) -> frozenset[str]:
        """What a link to their calendar can know them by, in small letters."""
        return frozenset({self.email.casefold(), self.slack.casefold()} - {""})


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who speaks in a chat product, as it knows them; ``outside`` are guests."""

    id: str
    name: str
    email: str = ""
    outside: bool = False


def reader(address: str) -> Visitor:
    """Return whoever reads the mail of ``address``; that is all that is known of them."""
    return Visitor(address, address, address)


@dataclass(frozen=True, slots=True)
class Membership:
    """The members, and what each of them may answer."""

    members: Sequence[Member] = field(default=())

    def member(self, visitor: Visitor) -> Member | None:
        """Return who ``visitor`` is: by the explicit id, else by the e-mail address."""
        by_id = (each for each in self.members if each.slack and each.slack == visitor.id)
        email = visitor.email.casefold()
        by_email = (e for e in self.members if email and e.email.casefold() == email)
        return next(by_id, None) or next(by_email, None)

    def name_of(self, visitor: Visitor) -> str:
        """Return what others see of who answered: a member's name, else the visitor's own."""
        member = self.member(visitor)
        return member.name if member else visitor.name

    def refuse(self, plan: Plan, commitment: Commitment, visitor: Visitor) -> None:
        """Refuse an answer of ``visitor`` with ``AnswerRefusedError`` unless they may give it."""
        found = self.member(visitor)
        if visitor.outside and not found:
            raise AnswerRefusedError(OUTSIDE)
        if plan.anyone_answers or not self.members:
            return
        wanted = holders(plan, commitment)
        if found and wanted & set(found.roles):
            return
        names = list_text([plan.roles[each].name for each in plan.roles if each in wanted])
        raise AnswerRefusedError(
            f"Det här är för {names} att svara på, så svaret har inte tagits emot. "
            "Har du en av rollerna, be den som sköter Löftesbot att lägga in det."
        )


def holders(plan: Plan, commitment: Commitment) -> set[str]:
    """Return the roles that may answer: the responsible, their deputies and the ladder above."""
    return {*commitment.responsible, *plan.deputies(commitment), *plan.escalation}
