"""Where the targets of a plan are: rooms, Slack conversations and mailboxes."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.plan import Commitment, Plan
from bot.services.membership import Member
from bot.settings import Settings


@dataclass(frozen=True, slots=True)
class Addressing:
    """Knows the places that a target of a plan stands for.

    ``readers`` are those who get mail, each in the one form of their address.
    """

    settings: Settings
    members: Sequence[Member]
    readers: tuple[str, ...] = ()

    def places(self, plan: Plan, target: str) -> tuple[str, ...]:
        """Return the places, each with its product; a target of a role is its holders' own.

        Where nobody holds the role there, it goes to the place of everybody else, so that
        nothing is lost.
        """
        role = plan.direct.get(target)
        holders = [each for each in self.members if role and role in each.roles]
        return (f"room:{target}", *self._slack(target, holders), *self._mail(holders))

    def guests(self, plan: Plan, commitment: Commitment) -> Sequence[str]:  # noqa: ARG002
        """Return who is invited to what is counted in ``commitment``: those responsible.

        Where none of the readers is known to hold one of the roles, all of them are.
        """
        roles = {*commitment.responsible}
        return self._mail([each for each in self.members if roles & {*each.roles}])

    def unknown_targets(self, plans: Sequence[Plan]) -> list[str]:
        """Return the targets that have a conversation and that no plan has."""
        slack = self.settings.slack
        known = {target for plan in plans for target in plan.targets}
        return sorted(set(slack.targets) - known) if slack else []

    def _slack(self, target: str, holders: Sequence[Member]) -> Sequence[str]:
        slack = self.settings.slack
        if slack is None:
            return ()
        place = slack.targets.get(target, slack.target)
        # With several workspaces an address is looked for in that of the conversation.
        team, slash, _ = place.rpartition("/")
        direct = [f"slack:{each.slack or f'{team}{slash}{each.email}'}" for each in holders]
        return direct or [f"slack:{place}"]

    def _mail(self, holders: Sequence[Member]) -> Sequence[str]:
        mine = {each.email.casefold() for each in holders if each.email}
        direct = [each for each in self.readers if each in mine]
        return [f"mail:{each}" for each in direct or self.readers]
