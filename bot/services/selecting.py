"""Selecting: which occurrences belong to a feed, and what feeds a plan can have."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import assert_never

from bot.domain.errors import UnknownFeedError
from bot.domain.feed import Feed, FeedScope
from bot.domain.occurrence import Occurrence
from bot.domain.plan import Commitment, Plan
from bot.services.membership import Member

SCOPES: Mapping[FeedScope, str] = {
    FeedScope.PLAN: "hela planen",
    FeedScope.PARTY: "part",
    FeedScope.ROLE: "roll",
    FeedScope.AREA: "område",
    FeedScope.COMMITMENT: "åtagande",
    FeedScope.PERSON: "person",
}
AMONG: Mapping[FeedScope, str] = {
    FeedScope.PLAN: "planerna",
    FeedScope.PARTY: "parterna",
    FeedScope.ROLE: "rollerna",
    FeedScope.AREA: "områdena",
    FeedScope.COMMITMENT: "åtagandena",
    FeedScope.PERSON: "dem som har en roll där",
}
DISCREET = "utan namn och detaljer"

# The ids of what a member was invited to in a plan, and so must not get by feed too.
Invited = Callable[[str, Member], frozenset[str]]


def nobody(_plan: str, _member: Member) -> frozenset[str]:
    """Say that nobody was invited to anything."""
    return frozenset()


@dataclass(frozen=True, slots=True)
class Selecting:
    """Knows what belongs to whom; ``members`` are the people of the settings."""

    members: Sequence[Member] = field(default=())
    invited: Invited = nobody

    def choices(self, plan: Plan) -> dict[FeedScope, dict[str, str]]:
        """Return what a feed of ``plan`` can be of, in each scope: its name by what it is kept as.

        Where a plan has nothing of a kind, it has no such scope.
        """
        found = {
            FeedScope.PLAN: {"": plan.title},
            FeedScope.PARTY: {each.party: each.party for each in plan.roles.values()},
            FeedScope.ROLE: {each.id: each.name for each in plan.roles.values()},
            FeedScope.AREA: {each.id: each.name for each in plan.areas},
            FeedScope.COMMITMENT: {each.id: each.title for each in plan.commitments},
            FeedScope.PERSON: {
                _kept_as(m): m.name for m in self.members if self._has_role(m, plan)
            },
        }
        return {scope: every for scope, every in found.items() if every}

    def known(self, feed: Feed, plan: Plan) -> Feed:
        """Return ``feed`` with what it is of as it is kept.

        Names will do as well as ids; raises ``UnknownFeedError`` for what ``plan`` has not.
        """
        choices, wanted = self.choices(plan).get(feed.scope, {}), feed.of.strip().casefold()
        for of, name in choices.items():
            if wanted in {of.casefold(), name.casefold()}:
                return replace(feed, of=of)
        member = self._member(wanted) if feed.scope is FeedScope.PERSON else None
        if member and _kept_as(member) in choices:
            return replace(feed, of=_kept_as(member))
        shown = [of if of == name else f"{of} ({name})" for of, name in choices.items()]
        raise UnknownFeedError(plan.title, AMONG[feed.scope], feed.of, shown)

    def described(self, feed: Feed, plan: Plan | None) -> str:
        """Return what ``feed`` is: ``Roll: Kommunpolis, utan namn och detaljer``.

        Without its plan only what links keep is known.
        """
        what = SCOPES[feed.scope]
        name = self._name(feed, plan) if plan else feed.of
        named = f": {name}" if feed.of else ""
        tail = f", {DISCREET}" if feed.discreet else ""
        return f"{what[0].upper()}{what[1:]}{named}{tail}"

    def title(self, feed: Feed, plan: Plan) -> str:
        """Return what the calendar is called; without a name where it is discreet or unknown."""
        person = feed.scope is FeedScope.PERSON
        if not feed.of or (person and (feed.discreet or not self._member(feed.of))):
            return plan.title
        return f"{plan.title}: {self._name(feed, plan)}"

    def belongs(self, feed: Feed, plan: Plan, commitment: Commitment) -> bool:
        """Whether a feed can show occurrences of ``commitment`` at all."""
        match feed.scope:
            case FeedScope.PLAN | FeedScope.AREA:
                return True
            case FeedScope.PARTY:
                return feed.of in {plan.roles[each].party for each in commitment.responsible}
            case FeedScope.ROLE:
                return feed.of in commitment.responsible
            case FeedScope.COMMITMENT:
                return feed.of in {commitment.id, commitment.chain}
            case FeedScope.PERSON:
                member = self._member(feed.of)
                return member is not None and bool({*member.roles} & {*commitment.responsible})
        assert_never(feed.scope)

    def shows(self, feed: Feed, occurrence: Occurrence) -> bool:
        """Whether a feed that ``occurrence`` belongs to shows it as the answers left it.

        What nobody may know the place of is in no area's feed.
        """
        if feed.scope is FeedScope.AREA:
            area, shared = occurrence.area, occurrence.commitment.shared
            there = feed.of == area.id if area else feed.of in shared
            return there and not occurrence.veiled
        return True

    def invited_to(self, feed: Feed) -> frozenset[str]:
        """Return what a person has in the calendar by an invitation, and so not by ``feed``."""
        member = self._member(feed.of) if feed.scope is FeedScope.PERSON else None
        return self.invited(feed.plan, member) if member else frozenset()

    def _name(self, feed: Feed, plan: Plan) -> str:
        return self.choices(plan).get(feed.scope, {}).get(feed.of, feed.of)

    def _member(self, of: str) -> Member | None:
        """The member of that e-mail address, whatever its case, or of that Slack id."""
        wanted = of.casefold()
        return next((each for each in self.members if wanted in each.names), None)

    @staticmethod
    def _has_role(member: Member, plan: Plan) -> bool:
        return bool(_kept_as(member)) and any(each in plan.roles for each in member.roles)


def _kept_as(member: Member) -> str:
    return member.email.casefold() or member.slack
