"""What the project promises about its speed, each beside what this run measured."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from benchmarks import memory
from benchmarks.figures import Figures
from benchmarks.served import Result


@dataclass(frozen=True)
class Aim:
    """A promise: the measured figure must not pass the limit (or, with `least`, not stay below it)."""

    name: str
    limit: float
    measured: float
    unit: str = ""
    least: bool = False

    @property
    def holds(self) -> bool:
        """Whether this run kept it."""
        return self.measured >= self.limit if self.least else self.measured <= self.limit

    @property
    def wanted(self) -> str:
        """The limit as a person reads it."""
        return f"{'at least' if self.least else 'at most'} {self.limit:g} {self.unit}".rstrip()


def aims(figures: Figures) -> list[Aim]:
    """Every promise, against these figures; those that a short run cannot tell are left out."""
    return [*_speed(figures), *_growth(figures), *_startup(figures), *_fixtures(figures)]


def _speed(figures: Figures) -> Iterator[Aim]:
    served = figures.served
    for store, limit in (("memory", 2.0), ("sqlite", 3.0)):
        times = _by_the_ceiling(served[store], served["ceiling"])
        yield Aim(f"a request, by the ceiling's: {store}", limit, times, "x")
    if "localstripe" in served:
        ours, peer = served["memory, as peer"], served["localstripe"]
        requests = peer.alone.times(ours.alone)
        payments = requests * len(peer.target.steps) / len(ours.target.steps)
        yield Aim("requests a second, by localstripe's", 10, requests, "x", least=True)
        yield Aim("payments a second, by localstripe's", 10, payments, "x", least=True)


def _by_the_ceiling(own: Result, ceiling: Result) -> float:
    """The worse of both: one client alone, or a crowd."""
    return max(own.alone.times(ceiling.alone), own.crowd.times(ceiling.crowd))


def _growth(figures: Figures) -> Iterator[Aim]:
    for store, costs in figures.settles.items():
        yield Aim(f"a settle, most by fewest events: {store}", 1.1, _spread(costs), "x")
    weights = figures.weights
    if len(weights) > 1:
        yield Aim("a request, most by fewest transactions", 1.1, weights[-1].cost, "x")
        yield Aim("memory of 100,000 more requests", 20, memory.growth(weights), "MB")


def _spread(costs: Mapping[int, float]) -> float:
    ordered: Sequence[float] = [costs[size] for size in sorted(costs)]
    return ordered[-1] / ordered[0]


def _startup(figures: Figures) -> Iterator[Aim]:
    for store in ("memory", "sqlite"):
        yield Aim(f"first answer: {store}", 0.5, figures.first_answers[store], "s")
    before, beside = figures.beside_silence
    yield Aim("delay by 300 half-open sockets", 5, max(beside - before, 0.0), "ms")


def _fixtures(figures: Figures) -> Iterator[Aim]:
    yield Aim("fixtures: loading the plugins", 20, figures.fixtures.plugins, "ms")
    yield Aim("fixtures: a test that uses gateway", 5, figures.fixtures.gateway_test, "ms")
    yield Aim("fixtures: the reset of an account", 3, figures.fixtures.reset, "ms")
