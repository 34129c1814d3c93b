"""One history: drawn from its seed and played, or played again from a list of its steps."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from re import sub
from traceback import extract_tb

from gateway_mock.core.ledger import Transaction
from gateway_mock.core.money import text
from gateway_mock.core.statuses import TransactionStatus
from gateway_mock.simulation.actions import ACTIONS, BY_HAND
from gateway_mock.simulation.fragile import Killed
from gateway_mock.simulation.judge import ByHand, Evidence, end_differences, step_differences
from gateway_mock.simulation.merchant import begin, begun
from gateway_mock.simulation.outside import crash
from gateway_mock.simulation.provider import Provider
from gateway_mock.simulation.scenario import draw_scenario
from gateway_mock.simulation.watch import ACTION, FAULT, KILLED, Reached, watched
from gateway_mock.simulation.world import World

STEPS_MIN, STEPS_MAX = 4, 16
OVER_ONE_IN = 4
"""Once a transaction is over, each further step is the last with this chance: there is less to find."""

BEGIN = "checkout"


@dataclass(frozen=True, slots=True)
class Step:
    """One action and the randomness that says how."""

    action: str
    roll: int


@dataclass(frozen=True, slots=True)
class Played:
    """A history after its end."""

    seed: int
    scenario: str
    steps: tuple[Step, ...]
    lines: tuple[str, ...]
    """What happened, one line a step."""
    differences: tuple[str, ...]
    """What was wrong, empty when nothing was."""
    reached: Reached
    """How often it came by what."""

    @property
    def trace(self) -> str:
        """The whole story."""
        numbered = (f"  {number:2} {line}" for number, line in enumerate(self.lines, start=1))
        facts = (f"  !! {difference}" for difference in self.differences)
        return "\n".join((f"seed {self.seed}: {self.scenario}", *numbered, *facts))

    @property
    def fact(self) -> str:
        """The first thing that was wrong, without its figures: what histories with one cause have in common."""
        return sub(r"[A-Z]?\d+(\.\d+)?", "#", self.differences[0]) if self.differences else ""


Source = Callable[[World], Iterator[Step]]


def draw(seed: int, provider: Provider) -> Played:
    """Draw a history and play it."""
    random = Random(seed)  # noqa: S311 - a simulation is to be repeatable
    scenario = draw_scenario(random)
    return _play(World(scenario, provider, seed), lambda world: _drawn(world, random))


def replay(seed: int, steps: Sequence[Step], provider: Provider) -> Played:
    """Play a history of that seed with other steps; those that make no sense any more are left out."""
    scenario = draw_scenario(Random(seed))  # noqa: S311
    return _play(World(scenario, provider, seed), lambda world: _again(world, steps))


def _drawn(world: World, random: Random) -> Iterator[Step]:
    if random.randrange(6) == 0:
        yield Step("crash", random.getrandbits(32))
    yield Step(BEGIN, 0)
    for _ in range(random.randint(STEPS_MIN, STEPS_MAX)):
        if _is_over(world) and random.randrange(OVER_ONE_IN) == 0:
            return
        yield Step(_choose(world, random), random.getrandbits(32))


def _is_over(world: World) -> bool:
    case = world.case
    return case is not None and case.ledger.status in {TransactionStatus.FINISHED, TransactionStatus.CANCELLED}


def _choose(world: World, random: Random) -> str:
    """The checkout once more when it was cut off, else anything that makes sense."""
    case = world.case
    if case is None or not begun(world):
        return BEGIN
    open_ = [(name, action.weight) for name, action in ACTIONS.items() if action.when(case)]
    return random.choices([name for name, _ in open_], [weight for _, weight in open_])[0]


def _again(world: World, steps: Sequence[Step]) -> Iterator[Step]:
    return (step for step in steps if _makes_sense(world, step))


def _makes_sense(world: World, step: Step) -> bool:
    if step.action == BEGIN:
        return not begun(world)
    case = world.case
    return step.action == "crash" if case is None else ACTIONS[step.action].when(case)


def _play(world: World, source: Source) -> Played:
    steps: list[Step] = []
    lines: list[str] = []
    differences: tuple[str, ...] = ()
    with watched(world.reached):
        for step in source(world):
            steps.append(step)
            world.reached[ACTION, step.action] += 1
            line, differences = _take(world, step)
            lines.append(line)
            if differences:
                break
        else:
            line, differences = _judged(world, "time runs out", _calm_down, end_differences)
            lines.append(line)
    return Played(
        seed=world.seed,
        scenario=str(world.scenario),
        steps=tuple(steps),
        lines=tuple(lines),
        differences=tuple(_named(world, each) for each in differences),
        reached=world.reached,
    )


def _calm_down(world: World) -> str:
    return f"{len(world.calm_down())} jobs"


def _take(world: World, step: Step) -> tuple[str, tuple[str, ...]]:
    return _judged(world, step.action, lambda world: _perform(world, step), step_differences)


def _judged(
    world: World, name: str, deed: Callable[[World], str], judge: Callable[[Evidence], tuple[str, ...]]
) -> tuple[str, tuple[str, ...]]:
    """Do something and look what the ledgers say; an exception that escapes is a difference as well."""
    try:
        said = deed(world)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is a finding
        where = extract_tb(error.__traceback__)[-1]
        place = f"{where.filename.rpartition('gateway_mock/')[2]}:{where.lineno}"
        return f"{name}: raised", (f"{type(error).__name__} at {place}: {error}",)
    world.look()
    judged = (line for each in world.evidence() for line in judge(each))
    differences = (*world.broken_words, *judged)
    asides = "".join(f" [{aside}]" for aside in world.asides)
    world.asides.clear()
    return f"{name}: {said}{asides} -> {_state(world)}", differences


def _perform(world: World, step: Step) -> str:
    random = Random(step.roll)  # noqa: S311
    case = world.case
    before = case.ledger if case else None
    if step.action in BY_HAND and case is not None and case.order is not None:
        world.provider.line.meanwhile = None  # what it brings could not be told from what was asked for by hand
    try:
        said = _act(world, step, random)
    except Killed:
        world.reached[FAULT, KILLED] += 1
        said = f"killed, {world.restart()} sent again"
    if before is not None and step.action in BY_HAND:
        _count_by_hand(world, before)
    return said


def _act(world: World, step: Step, random: Random) -> str:
    if step.action == BEGIN:
        return begin(world)
    case = world.case
    return crash(world, random) if case is None else ACTIONS[step.action].perform(world, case, random)


def _count_by_hand(world: World, before: Transaction) -> None:
    """What was taken shows in the totals; a caller whose request was killed does not know.

    A cancel of what is captured may have given it back instead (C31): that is no return. A settle that came out
    smaller was asked for all the same (S14).
    """
    world.look()
    if world.case is not None:
        so_far, now = world.by_hand.get(before.id, ByHand()), world.case.ledger
        reduced = now.reduced - before.reduced
        world.by_hand[before.id] = ByHand(
            settled=so_far.settled + now.settled + now.short - before.settled - before.short,
            cancelled=so_far.cancelled + now.cancelled - before.cancelled + reduced,
            refunded=so_far.refunded + now.refunded - before.refunded - reduced,
        )


def _state(world: World) -> str:
    case = world.case
    if case is None:
        return "nothing"
    ledger = case.ledger
    order = f"{case.order.order.status}, " if case.order else ""
    asked = " ".join(text(each) for each in (ledger.settled, ledger.cancelled, ledger.refunded))
    return f"{order}{ledger.status} {ledger.mode} S X R {asked}"


def _named(world: World, line: str) -> str:
    """The same line with short names instead of ids."""
    for id_, name in world.names.items():
        line = line.replace(id_, name)
    return line
