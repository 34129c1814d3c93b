"""One rule, from its first step to what became of it."""

import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar

from contracts.suite.expectations import Difference
from contracts.suite.outcomes import Facts
from contracts.suite.rule import Rule
from contracts.suite.scene import Scene
from contracts.suite.steps import Judged, play_step
from contracts.suite.vocabulary import Together, Wording

StepT = TypeVar("StepT", bound=Wording)

Judge = Callable[[StepT, str], Judged]
"""Plays a step, which has this name in reports."""


def play(rule: Rule, scene: Scene) -> Facts:
    """Play a rule on its scene."""
    return play_steps(rule.given, rule.steps, partial(play_step, scene))


def play_steps(given: Sequence[StepT], steps: Sequence[StepT], judge: Judge[StepT]) -> Facts:
    """Play steps of any kind; whatever goes wrong in the suite itself is a fact too, and not raised.

    Args:
        given: what leads there.
        steps: what is judged.
        judge: plays one.
    """
    try:
        return _led_there(given, judge) or _judged(steps, judge)
    except Exception as error:  # noqa: BLE001 - one broken rule must not end a run, and it must be seen
        last = traceback.extract_tb(error.__traceback__)[-1]
        return Facts(error=f"the suite failed: {error!r} ({last.filename}:{last.lineno})")


def _led_there(given: Sequence[StepT], judge: Judge[StepT]) -> Facts | None:
    """Play what is given; None when all of it worked."""
    for judged in _played(given, judge, "given"):
        stopped = _stopped(judged)
        if stopped is not None:
            return stopped
        if judged.differences or judged.less:
            return Facts(blocked=judged.less or str(judged.differences[0]))
    return None


def _judged(steps: Sequence[StepT], judge: Judge[StepT]) -> Facts:
    found: tuple[Difference, ...] = ()
    for judged in _played(steps, judge, "step"):
        found += judged.differences
        stopped = _stopped(judged)
        if stopped is not None:
            return replace(stopped, differences=found)
    return Facts(differences=found)


def _stopped(judged: Judged) -> Facts | None:
    """Why nothing after this step makes sense; None when it does."""
    facts = Facts(unreached=judged.unreached, lacking=judged.lacking, blocked=judged.blocked)
    return None if facts == Facts() else facts


def _played(steps: Sequence[StepT], judge: Judge[StepT], part: str) -> Iterator[Judged]:
    for number, step in enumerate(steps, start=1):
        yield judge(step, f"{part} {number}, {describe(step)}")


def describe(step: Wording) -> str:
    """A step in a few words: what it does, with which amount."""
    if isinstance(step, Together):
        return f"together: {', '.join(map(describe, step.steps))}"
    word = type(step).__struct_config__.tag
    value, of = getattr(step, "value", None), getattr(step, "of", "")
    parts = [str(word), of and f"of {of}", "" if value is None else str(value)]
    return " ".join(filter(None, parts))
