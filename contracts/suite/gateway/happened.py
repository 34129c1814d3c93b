"""What a step did, before anybody judges it, and how a performer waits for what comes late."""

from collections.abc import Callable
from threading import Event
from time import perf_counter
from typing import Any, Final, NamedTuple, TypeVar

from contracts.suite.expectations import Difference
from contracts.suite.gateway.merchant import Answer
from contracts.suite.gateway.scene import Scene

Value = TypeVar("Value")

LOOK_AGAIN_SECONDS: Final = 0.05


class Happened(NamedTuple):
    """What a step did.

    Attributes:
        answer: what came of it; None when nothing was asked, or several things at once.
        differences: what the step itself found.
        blocked: why it could not be done.
    """

    answer: Answer | None = None
    differences: tuple[Difference, ...] = ()
    blocked: str | None = None


Performer = Callable[[Scene, Any], Happened]
"""What does a step; each takes the one struct that it stands beside in the table."""


def eventually(scene: Scene, read: Callable[[], Value], good: Callable[[Value], bool]) -> Value:
    """The first reading that is good, or the last one when the gateway's time is over.

    Orders and changes may follow a moment after the answer that set them off; a gateway that is at once where it
    belongs is read once.
    """
    started = perf_counter()
    while not good(value := read()) and perf_counter() - started < scene.target.patience_seconds:
        Event().wait(LOOK_AGAIN_SECONDS)
    return value
