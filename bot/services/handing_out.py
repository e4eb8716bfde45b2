"""Handing out calendar links to people who ask for their own in a chat product."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.domain.errors import FeedRefusedError, UnknownLinkError
from bot.domain.feed import Feed, FeedLink, FeedScope, feed_address
from bot.services.membership import OUTSIDE, Membership, Visitor
from bot.services.planning import Agenda

NO_MEMBER = (
    "Du har ingen roll i någon plan, så det finns ingen kalender som är din. Be den som sköter "
    "Löftesbot att lägga in dig, eller gör en länk till hela planen på webbsidan, under Kalender."
)
ON_THE_PAGE = "Länkar till hela planen byts och dras in på webbsidan, under Kalender."


class FeedLinks(Protocol):
    """Hands out secret links to calendars, and takes them back."""

    def known(self, feed: Feed) -> Feed:
        """Return ``feed`` as links keep it, or raise ``UnknownFeedError``."""

    def create(self, feed: Feed) -> str:
        """Return the secret token of a new link; it cannot be shown again."""

    def in_force(self) -> Sequence[FeedLink]:
        """Return the links that serve, the oldest first."""

    def described(self, feed: Feed) -> str:
        """Return in words what ``feed`` shows of its plan."""

    def rotate(self, number: int) -> str:
        """Return the token of a new link in the place of an old one."""

    def revoke(self, number: int) -> None:
        """End a link."""


@dataclass(frozen=True, slots=True)
class Handed:
    """A new link to a calendar; it cannot be shown again."""

    calendar: str
    address: str


@dataclass(frozen=True, slots=True)
class FeedCounter:
    """Hands out a member's own links; where no members are named, links to whole plans.

    ``address`` is where people find the pages. A ``BotError`` is meant for the person.
    """

    agendas: Mapping[str, Agenda]
    links: FeedLinks
    membership: Membership
    address: str

    def mine(self, visitor: Visitor) -> list[tuple[int, str]]:
        """Return the number of each link of theirs that serves, and what it opens."""
        return [(each.number, self._named(each.feed)) for each in self._own(visitor)]

    def hand_out(self, visitor: Visitor) -> list[Handed]:
        """Make a new link for each plan that they have a part in."""
        return [
            Handed(self._named(feed), self._at(self.links.create(feed)))
            for feed in self._feeds(visitor)
        ]

    def change(self, visitor: Visitor, number: int) -> Handed:
        """Make a new link in the place of one of theirs, which opens no more."""
        link = self._link(visitor, number)
        return Handed(self._named(link.feed), self._at(self.links.rotate(number)))

    def end(self, visitor: Visitor, number: int) -> str:
        """End one of their links, and return what it opened."""
        link = self._link(visitor, number)
        self.links.revoke(number)
        return self._named(link.feed)

    def _feeds(self, visitor: Visitor) -> Sequence[Feed]:
        """What is theirs to read, by plan."""
        member = self.membership.member(visitor)
        if member:
            found = (Feed(p, FeedScope.PERSON, member.email or member.slack) for p in self.agendas)
            mine = [f for f in found if {*member.roles} & {*self.agendas[f.plan].plan.roles}]
            if mine:
                return [self.links.known(each) for each in mine]
        self._refuse_strangers(visitor)
        return [Feed(plan) for plan in self.agendas]

    def _refuse_strangers(self, visitor: Visitor) -> None:
        """Refuse whoever has no calendar of their own, where there are members who have."""
        if visitor.outside:
            raise FeedRefusedError(OUTSIDE)
        if self.membership.members:
            raise FeedRefusedError(NO_MEMBER)

    def _own(self, visitor: Visitor) -> Iterator[FeedLink]:
        """The links to their own calendars, by whichever of their names, also without a role."""
        member = self.membership.member(visitor)
        if member is None:
            self._refuse_strangers(visitor)
            return
        for each in self.links.in_force():
            if each.feed.scope is FeedScope.PERSON and each.feed.of.casefold() in member.names:
                yield each

    def _link(self, visitor: Visitor, number: int) -> FeedLink:
        """The link of that number, if it is theirs; of others' nothing is told."""
        if not self.membership.members:
            raise FeedRefusedError(ON_THE_PAGE)
        found = next((each for each in self._own(visitor) if each.number == number), None)
        if found is None:
            raise UnknownLinkError(number)
        return found

    def _named(self, feed: Feed) -> str:
        agenda = self.agendas.get(feed.plan)
        return f"{agenda.plan.title if agenda else feed.plan}, {self.links.described(feed)}"

    def _at(self, token: str) -> str:
        return feed_address(self.address, token)
