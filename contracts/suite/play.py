"""One rule, from its first step to what became of it."""

import traceback
from collections.abc import Iterator
from dataclasses import replace

from contracts.suite.expectations import Difference
from contracts.suite.outcomes import Facts
from contracts.suite.rule import Rule
from contracts.suite.scene import Scene
from contracts.suite.steps import Judged, play_step
from contracts.suite.vocabulary import Step, Together


def play(rule: Rule, scene: Scene) -> Facts:
    """Play a rule on its scene; whatever goes wrong in the suite itself is a fact too, and not raised."""
    try:
        return _led_there(rule, scene) or _judged(rule, scene)
    except Exception as error:  # noqa: BLE001 - one broken rule must not end a run, and it must be seen
        last = traceback.extract_tb(error.__traceback__)[-1]
        return Facts(error=f"the suite failed: {error!r} ({last.filename}:{last.lineno})")


def _led_there(rule: Rule, scene: Scene) -> Facts | None:
    """Play what is given; None when all of it worked."""
    for judged in _played(rule.given, scene, "given"):
        stopped = _stopped(judged)
        if stopped is not None:
            return stopped
        if judged.differences or judged.less:
            return Facts(blocked=judged.less or str(judged.differences[0]))
    return None


def _judged(rule: Rule, scene: Scene) -> Facts:
    found: tuple[Difference, ...] = ()
    for judged in _played(rule.steps, scene, "step"):
        found += judged.differences
        stopped = _stopped(judged)
        if stopped is not None:
            return replace(stopped, differences=found)
    return Facts(differences=found)


def _stopped(judged: Judged) -> Facts | None:
    """Why nothing after this step makes sense; None when it does."""
    facts = Facts(unreached=judged.unreached, lacking=judged.lacking, blocked=judged.blocked)
    return None if facts == Facts() else facts


def _played(steps: tuple[Step, ...], scene: Scene, part: str) -> Iterator[Judged]:
    for number, step in enumerate(steps, start=1):
        yield play_step(scene, step, f"{part} {number}, {describe(step)}")


def describe(step: Step) -> str:
    """A step in a few words: what it does, with which amount."""
    if isinstance(step, Together):
        return f"together: {', '.join(map(describe, step.steps))}"
    word = type(step).__struct_config__.tag
    value, of = getattr(step, "value", None), getattr(step, "of", "")
    parts = [str(word), of and f"of {of}", "" if value is None else str(value)]
    return " ".join(filter(None, parts))
