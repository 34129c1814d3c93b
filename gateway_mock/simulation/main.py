"""`gateway-mock simulate`: many histories, one seed each, in one process or several."""

from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from time import perf_counter

from rich.console import Console

from gateway_mock.simulation.actions import ACTIONS
from gateway_mock.simulation.history import BEGIN, Played, Step, draw, replay
from gateway_mock.simulation.provider import Provider
from gateway_mock.simulation.report import progress, show_failure, show_reached, show_verdict
from gateway_mock.simulation.shrink import shrunk
from gateway_mock.simulation.watch import Reached, everything, statuses

ENOUGH = 5_000
"""From so many histories on, something that was never reached is a finding."""

SHOWN_MAX = 5
"""So many failing histories are shrunk and shown; of more only the seeds."""


CHUNK = 50
"""So many histories a process plays before it tells of them."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """What some histories came to."""

    histories: int
    reached: Reached
    failed: tuple[Played, ...]


def run(*, seed: int, histories: int, whole: bool = False, jobs: int = 1, console: Console | None = None) -> int:
    """Play histories with the seeds `seed`, `seed + 1` and so on.

    Args:
        seed: of the first history.
        histories: how many.
        whole: show failing histories with all their steps.
        jobs: in how many processes.
        console: where to print.

    Returns:
        the exit code: 0, or 1 when a history failed or, of many, something was never reached.
    """
    console = console or Console()
    reached = Reached()
    failed: list[int] = []
    started, played = perf_counter(), 0
    with progress(console) as bar, ExitStack() as stack:
        task = bar.add_task("histories", total=histories, speed="")
        for chunk in _chunks(seed, histories, jobs, stack):
            played += chunk.histories
            reached.update(chunk.reached)
            bar.update(task, completed=played, speed=f"{played / (perf_counter() - started):.0f}/s")
            for each in chunk.failed:
                failed.append(each.seed)
                if len(failed) <= SHOWN_MAX:
                    show_failure(console, each, each if whole else shrink(each, _provider()))
    return _summed_up(console, histories, failed, perf_counter() - started, reached)


def _chunks(seed: int, histories: int, jobs: int, stack: ExitStack) -> Iterable[Chunk]:
    """All histories in the order of their seeds; the stack ends the processes."""
    ends = range(seed, seed + histories, CHUNK)
    seeds = [range(first, min(first + CHUNK, seed + histories)) for first in ends]
    if jobs == 1:
        return map(play, seeds)
    # A forked process would inherit the threads of the progress bar in whatever state they are.
    pool = ProcessPoolExecutor(min(jobs, len(seeds)), mp_context=get_context("spawn"))
    stack.callback(pool.shutdown, cancel_futures=True)
    return pool.map(play, seeds)


def play(seeds: range) -> Chunk:
    """Play these histories."""
    provider, reached = _provider(), Reached()
    failed: list[Played] = []
    for seed in seeds:
        played = draw(seed, provider)
        reached.update(played.reached)
        if played.differences:
            failed.append(played)
    return Chunk(len(seeds), reached, tuple(failed))


@cache
def _provider() -> Provider:
    """One connector for all histories of a process; to make one takes as long as a history."""
    return Provider()


def shrink(played: Played, provider: Provider) -> Played:
    """The shortest history that still breaks the same rule."""

    def fails(steps: Sequence[Step]) -> bool:
        return replay(played.seed, steps, provider).fact == played.fact

    return replay(played.seed, shrunk(played.steps, fails), provider)


def _summed_up(console: Console, histories: int, failed: list[int], seconds: float, reached: Reached) -> int:
    wanted = tuple(everything((BEGIN, *ACTIONS)))
    counted = statuses(reached)
    show_reached(console, counted, wanted)
    never = [f"{sort} {name}" for sort, name in wanted if not counted[sort, name]]
    findings = never if histories >= ENOUGH else []
    show_verdict(console, histories, failed, seconds, findings)
    return 1 if failed or findings else 0
