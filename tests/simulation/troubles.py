"""Troubles: what comes over the town from outside, at its time or at the worst moment."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from bot.domain.delivery import Delivery, DeliveryState
from bot.services.following_up import status
from bot.storage.plans import SqlPlans
from tests.simulation.chain import KEY
from tests.simulation.clock import HOUR, MINUTE, NO_TIME, SECOND, Machine
from tests.simulation.faults import Breach
from tests.simulation.people import People
from tests.simulation.plans import changed
from tests.simulation.recount import figures_of, recount
from tests.simulation.town import Town
from tests.simulation.works import Works
from tests.simulation.world import DEEPEST

OPEN = (DeliveryState.PENDING, DeliveryState.UNCERTAIN, DeliveryState.FAILED)
SHORTEST_SLEEP, LONGEST_SLEEP = 30.0, 3 * 3600.0


@dataclass(slots=True)
class Troubles:
    """Makes trouble; ``texts`` are the plans' newest texts, whoever has read them yet."""

    town: Town
    people: People
    texts: dict[str, str]
    turns_clocks: bool
    changes_plans: bool
    _kinds: list[Callable[[], object]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.town.meddle = self.meddle
        self._kinds = [self.operate, self.operate, self.count, self.sweep]
        if self.turns_clocks:
            self._kinds += [self.turn_clock, self.sleep]
        if self.changes_plans:
            self._kinds.append(self.adopt)

    def meddle(self, works: Works) -> None:
        """Come in between while ``works`` is about to do something."""
        world = self.town.world
        if len(world.frames) >= DEEPEST or world.calm:
            return
        delivery = world.frames[-1].delivery
        chance = world.rng.random()
        if delivery and chance < 0.6:
            self.people.answer(delivery.draft.occurrence)
        elif chance < 0.8:
            self.one()
        else:
            world.pass_time(world.rng.random() * 20 * SECOND)

    def one(self) -> None:
        """Make some trouble or other."""
        if not self.town.world.calm:
            self.town.world.rng.choice(self._kinds)()

    def adopt(self) -> None:
        """Adopt a newer version of a plan; each process reads it in its next sweep."""
        awake, world = self.town.awake(), self.town.world
        if awake:
            plan = world.rng.choice(list(self.texts))
            text = changed(world.rng, self.texts[plan])
            self._as_a_command(awake[0], lambda: self._adopt(awake[0], plan, text))

    def _adopt(self, works: Works, plan: str, text: str) -> None:
        now = works.process.plan_now()
        SqlPlans(works.process.database, KEY).adopt(plan, name="plan.yaml", text=text, now=now)
        self.texts[plan] = text
        self.town.world.trace.note("operator", f"adopts a newer {plan}")
        for each in self.town.awake():
            each.want_sweep(MINUTE)

    def turn_clock(self) -> None:
        """Set the clock of a machine an hour wrong, or right again."""
        world = self.town.world
        machine = world.rng.choice(self.town.machines)
        ahead = world.rng.choice((-HOUR, HOUR, 5 * MINUTE, NO_TIME, NO_TIME))
        if ahead != machine.ahead:
            self.set_clock(machine, ahead)

    def set_clock(self, machine: Machine, ahead: timedelta) -> None:
        """Set a clock; the sweep comes within a minute of its old or its new time."""
        world, behind = self.town.world, machine.ahead - ahead
        machine.set(ahead)
        world.counts["clocks"] += 1
        world.trace.note(machine.name, f"its clock is {ahead} ahead now")
        works = self.town.current.get(machine.name)
        if works and works.alive:
            works.want_sweep(max(behind, NO_TIME) + MINUTE)

    def sleep(self) -> None:
        """Close the lid of a machine for a while."""
        world = self.town.world
        machine = world.rng.choice(self.town.machines)
        works = self.town.current.get(machine.name)
        if works and works.alive and works.door.paused_until <= world.now:
            span = (SHORTEST_SLEEP + world.rng.random() * LONGEST_SLEEP) * SECOND
            machine.sleep(span)
            world.counts["clocks"] += 1
            works.door.pause(span)
            works.want_sweep(MINUTE)
            world.trace.note(machine.name, f"sleeps for {span}")

    def sweep(self) -> None:
        """Let a process sweep, needed or not."""
        for each in self.town.awake()[:1]:
            each.want_sweep(NO_TIME)

    def operate(self) -> None:
        """An operator lets a delivery go out anew, or takes it back."""
        awake = self.town.awake()
        if awake:
            self._as_a_command(awake[-1], lambda: self._operate(awake[-1]))

    def _operate(self, works: Works) -> None:
        world, ledger = self.town.world, works.process.deliveries
        listed = ledger.listed(OPEN, limit=20)
        if not listed:
            return
        chosen = world.rng.choice(listed)
        if world.rng.random() < 0.8:
            # The operator calls in spite of a limit, also if the answer to the command is lost,
            # and of one that came while the command waited.
            self._forget_limits(chosen)
            done = ledger.retry(chosen.id, now=works.process.steady())
            self._forget_limits(chosen)
        else:
            self.town.judge.taken_back.add(chosen.id)
            done = ledger.take_back(chosen.id, "operatören", now=works.process.steady())
        world.trace.note("operator", f"{chosen.draft.key}: {done}")

    def _forget_limits(self, chosen: Delivery) -> None:
        for product in self.town.layout.products.values():
            product.limits.pop(chosen.draft.address, None)

    def count(self) -> None:
        """Hold the follow-up against a recount."""
        for works in self.town.awake()[:1]:
            self._as_a_command(works, partial(self._count, works))

    def _count(self, works: Works) -> None:
        world, process = self.town.world, works.process
        for plan, agenda in process.agendas.items():
            standings, now = process.answers.standings(plan), process.plan_now()
            answers = world.frames[-1].reads[-1].answers
            today = now.astimezone(agenda.plan.zone).date()
            said = figures_of(status(agenda, standings, as_of=now))
            true = recount(agenda, partial(world.known.of, up_to=answers), today)
            wrong = [pair for pair in zip(said, true, strict=True) if pair[0] != pair[1]]
            if wrong:
                raise Breach("figures that do not add up", f"{plan} on {today}: {wrong[0]}")
            world.counts["recounts"] += 1

    def _as_a_command(self, works: Works, act: Callable[[], object]) -> None:
        """Do it in the shell, beside whatever the process does."""
        self.town.world.counts["commands"] += 1
        number = self.town.world.counts["commands"]
        self.town.world.work(f"{works.name}/command/{number}", act, works)


def spread(troubles: Troubles, instants: Sequence[datetime]) -> None:
    """Let trouble come at each of ``instants``."""
    for at in instants:
        troubles.town.world.at(at, "trouble", troubles.one)
