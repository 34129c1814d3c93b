"""`gateway-mock simulate`: many histories, one seed each."""

from collections.abc import Iterator, Sequence
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


def run(*, seed: int, histories: int, whole: bool = False, console: Console | None = None) -> int:
    """Play histories with the seeds `seed`, `seed + 1` and so on.

    Args:
        seed: of the first history.
        histories: how many.
        whole: show failing histories with all their steps.
        console: where to print.

    Returns:
        the exit code: 0, or 1 when a history failed or, of many, something was never reached.
    """
    console = console or Console()
    provider, reached = Provider(), Reached()
    failed: list[int] = []
    started = perf_counter()
    with progress(console) as bar:
        task = bar.add_task("histories", total=histories, speed="")
        for number, played in enumerate(_played(seed, histories, provider), start=1):
            reached.update(played.reached)
            bar.update(task, completed=number, speed=f"{number / (perf_counter() - started):.0f}/s")
            if played.differences:
                failed.append(played.seed)
                if len(failed) <= SHOWN_MAX:
                    show_failure(console, played, played if whole else shrink(played, provider))
    return _summed_up(console, histories, failed, perf_counter() - started, reached)


def shrink(played: Played, provider: Provider) -> Played:
    """The shortest history that still breaks the same rule."""

    def fails(steps: Sequence[Step]) -> bool:
        return replay(played.seed, steps, provider).fact == played.fact

    return replay(played.seed, shrunk(played.steps, fails), provider)


def _played(seed: int, histories: int, provider: Provider) -> Iterator[Played]:
    return (draw(each, provider) for each in range(seed, seed + histories))


def _summed_up(console: Console, histories: int, failed: list[int], seconds: float, reached: Reached) -> int:
    wanted = tuple(everything((BEGIN, *ACTIONS)))
    counted = statuses(reached)
    show_reached(console, counted, wanted)
    never = [f"{sort} {name}" for sort, name in wanted if not counted[sort, name]]
    findings = never if histories >= ENOUGH else []
    show_verdict(console, histories, failed, seconds, findings)
    return 1 if failed or findings else 0
