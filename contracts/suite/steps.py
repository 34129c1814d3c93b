"""What each step of the vocabulary does, as one table: the struct of a step -> a function over a scene."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from threading import Barrier
from time import perf_counter
from typing import Final

from connector_ppp.messages import RefundRequest, SettleRequest
from contracts.suite import steps_configuration, steps_create, steps_move, steps_prove
from contracts.suite import vocabulary as words
from contracts.suite.answers import DONE, Answer
from contracts.suite.expectations import Difference, Seen, differences, is_below, shown
from contracts.suite.happened import Happened, Performer
from contracts.suite.scene import Scene
from contracts.suite.vocabulary import Base, Sending, Step

TOO_MANY_REQUESTS: Final = 429
LIMITED: Final = "it takes no more requests for now (HTTP 429); --workers 1 asks more slowly"
"""Whoever guards himself against a crowd is not accused of it."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A step, played and judged.

    Attributes:
        differences: as in `outcomes.Facts`, like the next two.
        lacking: what the connector says that it cannot do.
        unreached: why no connection could be made.
        blocked: why it could not be done.
        less: that less was done than asked, which is a connector's right (S14) and no ground for the steps after.
    """

    differences: tuple[Difference, ...] = ()
    lacking: str | None = None
    unreached: str | None = None
    blocked: str | None = None
    less: str | None = None


def play_step(scene: Scene, step: Step, where: str) -> Judged:
    """Do what a step says, and judge what came.

    Args:
        scene: the stage.
        step: any step.
        where: how the step is called in a report.
    """
    limit = _limit(scene, step)
    started = perf_counter()
    happened = PERFORMERS[type(step)](scene, step)
    scene.lasted[step.name] = perf_counter() - started
    scene.mark(step.name, happened.exchanges, happened.answers)
    unreached = [answer.error or "no connection" for answer in happened.answers if not answer.reachable]
    if unreached:
        return Judged(unreached=f"{where}: {unreached[0]}")
    if any(answer.status == TOO_MANY_REQUESTS for answer in happened.answers):
        return Judged(unreached=f"{where}: {LIMITED}")
    if happened.blocked:
        return Judged(blocked=f"{where}: {happened.blocked}")
    lacking = happened.lacking or _lacking(step, happened.answers)
    if lacking:
        return Judged(happened.differences, lacking=f"{where}: {lacking}")
    seen = Seen(where, happened.answers, _default_words(step), scene.marks, limit)
    return Judged((*happened.differences, *differences(step.expect, seen)), less=_less(where, happened))


def _less(where: str, happened: Happened) -> str | None:
    for exchange, answer in zip(happened.exchanges, happened.answers, strict=False):
        request = exchange.request
        if not isinstance(request, SettleRequest | RefundRequest) or answer.word != "done":
            continue
        if answer.value < request.value:
            return f"{where}: {answer.value} of {request.value} were done, and the steps after it need all"
    return None


def _default_words(step: Step) -> tuple[words.Word, ...]:
    lost = isinstance(step, Sending) and step.lost not in {"", "slow"}
    return () if lost else step.words


def _lacking(step: Step, answers: Sequence[Answer]) -> str | None:
    """What an answer says that the connector cannot do; handing over to a human is always its right."""
    expected = step.expect.words or _default_words(step)
    for answer in answers:
        for field, least in step.lacks_below.items():
            if is_below(answer, field, least):
                return f"answered {field} {shown(answer, field)}"
        # A null id under HTTP 200 is no clean refusal: something may have been done.
        clean = answer.word in step.lacks_when and (answer.word != "refused" or answer.status not in DONE)
        if clean or (answer.word == "manual" and "manual" not in expected):
            return f"answered {answer}"
    return None


def _limit(scene: Scene, step: Step) -> Decimal:
    amount = step.expect.confirms_at_most
    if amount is None:
        return Decimal(0)
    first = step.steps[0] if isinstance(step, words.Together) else step
    books = scene.books(first.payment)
    # Where a cancel gave captured money back, what is open is below zero: nothing may be confirmed.
    if isinstance(first, words.Refund):
        return max(amount.within(books.captured, books.refundable), Decimal(0))
    return max(amount.within(books.authorized, books.open), Decimal(0))


def _together(scene: Scene, step: words.Together) -> Happened:
    start = Barrier(len(step.steps))

    def perform(single: words.Single) -> Happened:
        start.wait()
        return PERFORMERS[type(single)](scene, single)

    with ThreadPoolExecutor(len(step.steps)) as threads:
        happened = list(threads.map(perform, step.steps))
    for single, each in zip(step.steps, happened, strict=True):
        scene.mark(single.name, each.exchanges, each.answers)
    return Happened(
        tuple(answer for each in happened for answer in each.answers),
        tuple(exchange for each in happened for exchange in each.exchanges),
    )


PERFORMERS: Final[Mapping[type[Base], Performer]] = {
    words.Manifest: steps_create.manifest,
    words.Authorize: steps_create.authorize,
    words.AwaitCallback: steps_create.await_callback,
    words.Outlast: steps_create.outlast,
    words.Settle: steps_move.settle,
    words.Cancel: steps_move.cancel,
    words.Refund: steps_move.refund,
    words.Inbound: steps_move.inbound,
    words.Repeat: steps_move.repeat,
    words.Token: steps_configuration.token,
    words.Redirect: steps_configuration.redirect,
    words.Credentials: steps_configuration.credentials,
    words.Together: _together,
    words.SettleRest: steps_prove.settle_rest,
    words.RefundRest: steps_prove.refund_rest,
    words.CancelPart: steps_prove.cancel_part,
    words.SpareRest: steps_prove.spare_rest,
}
"""Every step of the vocabulary."""
