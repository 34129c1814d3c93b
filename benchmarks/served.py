"""Everything over HTTP: the ceiling, the sandbox, the sandbox with a connector behind it, and localstripe.

All of them run at the same time as processes of their own, and each round asks all of them in turn, so that
whatever else the machine does disturbs them alike. Ratios are taken within a round; figures are medians of rounds.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles

from benchmarks import localstripe
from benchmarks.lifecycle import CREDENTIALS, LEGACY, PARTIAL, PEER, Step
from benchmarks.load import Crowd, Order, Spent, follow
from benchmarks.processes import Server, ceiling, reference_connector, sandbox


@dataclass(frozen=True)
class Target:
    """Something that answers requests."""

    name: str
    server: Server
    steps: Sequence[Step]
    headers: Mapping[str, str] = field(default_factory=lambda: CREDENTIALS)


@contextmanager
def targets(folder: Path) -> Iterator[list[Target]]:
    """Start everything that is compared, side by side."""
    with ExitStack() as stack:
        enter = stack.enter_context
        connectors = [enter(reference_connector(folder)) for _ in range(2)]
        ppp = [("--connector", f"http://127.0.0.1:{each.port}", "--mode", "partial") for each in connectors]
        memory = enter(sandbox(folder, "memory:"))
        found = [
            Target("ceiling", enter(ceiling(folder)), LEGACY),
            Target("memory", memory, LEGACY),
            Target("sqlite", enter(sandbox(folder, "sqlite:///inside.db")), LEGACY),
            Target("memory + ppp", enter(sandbox(folder, "memory:", *ppp[0])), PARTIAL),
            Target("sqlite + ppp", enter(sandbox(folder, "sqlite:///ppp.db", *ppp[1])), PARTIAL),
            Target("memory, as peer", memory, PEER),
        ]
        if localstripe.is_installed():
            peer = enter(localstripe.serving(folder))
            found.append(Target("localstripe", peer, localstripe.STEPS, localstripe.HEADERS))
        for server in (*connectors, *(each.server for each in found)):
            server.wait()
        yield found


@dataclass(frozen=True)
class Rounds:
    """What a target's clients took, round by round."""

    spent: Sequence[Spent]

    @property
    def rate(self) -> float:
        """Requests a second."""
        return median(each.requests_per_second for each in self.spent)

    @property
    def lifecycles(self) -> float:
        """Lifecycles a second."""
        return median(each.lifecycles_per_second for each in self.spent)

    def percentile(self, percent: int) -> float:
        """That percentile of the milliseconds of a request."""
        times = [time for each in self.spent for time in each.requests]
        return quantiles(times, n=100)[percent - 1] / 1e6

    def times(self, other: "Rounds") -> float:
        """How many times as long as the other's a request takes: the median of the rounds' ratios."""
        pairs = zip(self.spent, other.spent, strict=True)
        return median(theirs.requests_per_second / own.requests_per_second for own, theirs in pairs)

    def steps(self, steps: Sequence[Step]) -> dict[str, float]:
        """The median milliseconds of each step."""
        return {
            step.name: median(time for each in self.spent for time in each.requests[index :: len(steps)]) / 1e6
            for index, step in enumerate(steps)
        }


@dataclass(frozen=True)
class Result:
    """A target over all rounds: asked by one client on one connection, then by a crowd of them at once."""

    target: Target
    alone: Rounds
    crowd: Rounds
    cost: float
    """Microseconds of the server's processor time a request of the crowd."""

    @property
    def payments(self) -> int:
        """How many lifecycles were played."""
        requests = sum(len(each.requests) for each in (*self.alone.spent, *self.crowd.spent))
        return requests // len(self.target.steps)


def measure(targets: Sequence[Target], crowd: Crowd, seconds: float, rounds: int) -> dict[str, Result]:
    """Ask all of them in turn, round by round; a first short round warms up and does not count."""
    for target in targets:
        _round(target, crowd, 0.0)
    found = [[_round(target, crowd, seconds) for target in targets] for _ in range(rounds)]
    by_target = zip(targets, zip(*found, strict=True), strict=True)
    return {target.name: _result(target, each) for target, each in by_target}


def _round(target: Target, crowd: Crowd, seconds: float) -> tuple[Spent, Spent, float]:
    order = Order(target.server.port, target.headers, target.steps, seconds)
    alone = follow(order)
    before = target.server.cpu_seconds
    crowded = crowd.follow(order)
    cost = (target.server.cpu_seconds - before) / len(crowded.requests) * 1e6
    return alone, crowded, cost


def _result(target: Target, rounds: Sequence[tuple[Spent, Spent, float]]) -> Result:
    alone, crowded, costs = zip(*rounds, strict=True)
    return Result(target, Rounds(alone), Rounds(crowded), median(costs))
