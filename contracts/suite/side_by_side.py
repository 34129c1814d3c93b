"""Rules played side by side, told as events; what a run of connectors and one of gateways have in common."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from typing import TypeVar

from contracts.suite.events import CaseFinished, CaseStarted
from contracts.suite.rule import AnyRule

RuleT = TypeVar("RuleT", bound=AnyRule)


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
