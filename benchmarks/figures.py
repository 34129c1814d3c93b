"""Everything that one run measures."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from benchmarks import fixtures, growth, inside, localstripe, memory, served, startup
from benchmarks.load import Crowd
from benchmarks.processes import ceiling, sandbox


@dataclass(frozen=True, kw_only=True)
class Extent:
    """How much of everything is measured."""

    rounds: int
    seconds: float
    """Of each target in each round, alone and again with the crowd."""
    clients: int
    events: Sequence[int]
    settles: int
    transactions: Sequence[int]
    probe: int
    probes: int
    starts: int
    tests: int
    """Of a suite that uses the fixtures."""


EXTENTS: Mapping[str, Extent] = {
    "smoke": Extent(
        rounds=1,
        seconds=0.05,
        clients=1,
        events=(10, 30),
        settles=5,
        transactions=(1, 10, 20),
        probe=30,
        probes=1,
        starts=1,
        tests=3,
    ),
    "quick": Extent(
        rounds=7,
        seconds=0.6,
        clients=3,
        events=(10, 1_000, 10_000),
        settles=100,
        transactions=(1, 1_000, 10_000, 100_000),
        probe=150,
        probes=5,
        starts=5,
        tests=1_000,
    ),
    "full": Extent(
        rounds=15,
        seconds=1.0,
        clients=3,
        events=(10, 1_000, 10_000),
        settles=200,
        transactions=(1, 1_000, 10_000, 100_000),
        probe=500,
        probes=9,
        starts=11,
        tests=1_000,
    ),
}


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What was measured; each module says what its figures mean."""

    core_operations: float
    inside: Mapping[str, float]
    served: Mapping[str, served.Result]
    settles: Mapping[str, Mapping[int, float]]
    weights: Sequence[memory.Weight]
    first_answers: Mapping[str, float]
    beside_silence: tuple[float, float]
    fixtures: fixtures.Costs


def measure(extent: Extent, console: Console) -> Figures:
    """Measure everything, one thing after the other, and leave nothing behind."""
    with TemporaryDirectory(prefix="benchmarks-") as name, Crowd(extent.clients) as crowd:
        folder = Path(name)
        with _telling(console, "starting"):
            first_answers = startup.first_answers(folder, _starts(), extent.starts)
        with _telling(console, "core and application in this process"):
            core_operations = inside.core_operations(extent.seconds * 2)
            in_process = inside.measured(folder, extent.seconds, extent.rounds)
        with _telling(console, "requests over HTTP"), served.targets(folder) as targets:
            results = served.measure(targets, crowd, extent.seconds, extent.rounds)
            beside_silence = startup.beside_silence(targets[1].server.port, extent.settles)
        with _telling(console, "settles of long histories"):
            settles = _settles(folder, extent)
        with _telling(console, "memory"):
            weights = memory.weights(folder, crowd, extent.transactions, probe=extent.probe, probes=extent.probes)
        with _telling(console, "fixtures"):
            suite = fixtures.costs(
                folder, tests=extent.tests, transactions=extent.transactions[2], starts=extent.starts
            )
    return Figures(
        core_operations=core_operations,
        inside=in_process,
        served=results,
        settles=settles,
        weights=weights,
        first_answers=first_answers,
        beside_silence=beside_silence,
        fixtures=suite,
    )


@contextmanager
def _telling(console: Console, what: str) -> Iterator[None]:
    with console.status(f"measuring: {what}"):
        yield


def _starts() -> dict[str, startup.Start]:
    starts: dict[str, startup.Start] = {
        "ceiling": ceiling,
        "memory": partial(sandbox, store="memory:"),
        "sqlite": partial(sandbox, store="sqlite:///start.db"),
    }
    return starts | ({"localstripe": localstripe.serving} if localstripe.is_installed() else {})


def _settles(folder: Path, extent: Extent) -> dict[str, dict[int, float]]:
    stores = {"memory": "memory:", "sqlite": inside.sqlite(folder, "growth")}
    return {name: growth.settle_costs(url, extent.events, extent.settles) for name, url in stores.items()}
