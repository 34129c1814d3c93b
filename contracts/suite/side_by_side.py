"""What a run of connectors and one of gateways have in common: its course, and rules played side by side."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from time import perf_counter
from typing import Protocol, TypeVar

from contracts.suite.events import CaseFinished, CaseStarted, Event, RunFinished, RunStarted
from contracts.suite.rule import AnyRule

RuleT = TypeVar("RuleT", bound=AnyRule)


class Playing(Protocol):
    """One run, of whatever kind."""

    def look(self) -> str | None:
        """See what is there; why nothing can be judged, or None."""

    def play_all(self) -> Iterator[Event]:
        """Play every rule, and tell of each as it happens."""

    def finished(self, problem: str | None, seconds: float) -> RunFinished:
        """What is to be said at the end."""


def told(url: str, rules: Sequence[AnyRule], playing: Playing) -> Iterator[Event]:
    """The course of a run: look first, then play, then say what it came to.

    Args:
        url: what is judged.
        rules: what is reported.
        playing: the run.
    """
    started = perf_counter()
    yield RunStarted(url, tuple(rules))
    problem = playing.look()
    if problem is None:
        yield from playing.play_all()
    yield playing.finished(problem, perf_counter() - started)


def side_by_side(
    rules: Iterable[RuleT], workers: int, play: Callable[[RuleT], CaseFinished]
) -> Iterator[CaseStarted | CaseFinished]:
    """Play rules, and tell of each as it happens.

    Args:
        rules: what is played.
        workers: how many at once.
        play: plays one.
    """
    news: SimpleQueue[CaseStarted | CaseFinished] = SimpleQueue()

    def tell(rule: RuleT) -> None:
        news.put(CaseStarted(rule))
        news.put(play(rule))

    with ThreadPoolExecutor(workers) as threads:
        unfinished = len([threads.submit(tell, rule) for rule in rules])
        while unfinished:
            event = news.get()
            unfinished -= isinstance(event, CaseFinished)
            yield event
