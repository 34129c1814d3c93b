"""What a step did, before anybody judges it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from connector_ppp.exchange import AnyExchange
from connector_ppp.messages import Request, Response
from contracts.suite.answers import Answer, answer_of
from contracts.suite.expectations import Difference
from contracts.suite.scene import Scene
from contracts.suite.vocabulary import Sending


@dataclass(frozen=True, slots=True)
class Happened:
    """What a step did.

    Attributes:
        answers: what came of it.
        exchanges: what was sent.
        differences: what the step itself found.
        lacking: what it found that the connector rightly cannot do.
        blocked: why it could not be done.
    """

    answers: tuple[Answer, ...] = ()
    exchanges: tuple[AnyExchange, ...] = ()
    differences: tuple[Difference, ...] = ()
    lacking: str | None = None
    blocked: str | None = None


Performer = Callable[[Scene, Any], Happened]
"""What does a step; each takes the one struct that it stands beside in the table."""


def sent(scene: Scene, step: Sending, request: Request[Response], action: str = "") -> Happened:
    """Send one request."""
    exchange = scene.perform(request, step, action)
    return Happened((answer_of(exchange),), (exchange,))


def asked(scene: Scene, request: Request[Response]) -> Answer:
    """Send one request, and only look at its answer."""
    return answer_of(scene.perform(request, Sending()))
