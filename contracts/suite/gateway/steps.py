"""What each step of the vocabulary does, as one table, and how a step is judged."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Final

from connector_ppp.amounts import currency_units
from contracts.suite.expectations import Difference
from contracts.suite.gateway import steps_gateway, steps_orders, steps_world
from contracts.suite.gateway import vocabulary as words
from contracts.suite.gateway.expectations import (
    Hearing,
    Seen,
    differences,
    heard_differences,
    read_hearing,
    shown,
)
from contracts.suite.gateway.happened import Happened, Performer, eventually
from contracts.suite.gateway.merchant import Answer, member
from contracts.suite.gateway.scene import Scene
from contracts.suite.gateway.vocabulary import Base, OrderSeen, Step
from contracts.suite.steps import Judged

PERFORMERS: Final[Mapping[type[Base], Performer]] = {
    words.Start: steps_gateway.start,
    words.SendPayments: steps_gateway.send_payments,
    words.Authorize: steps_gateway.authorize,
    words.Pay: steps_gateway.pay,
    words.Settle: steps_gateway.settle,
    words.Cancel: steps_gateway.cancel,
    words.Refund: steps_gateway.refund,
    words.Send: steps_gateway.send,
    words.PlaceOrder: steps_orders.place,
    words.Invoice: steps_orders.invoice,
    words.Change: steps_orders.change,
    words.Modify: steps_orders.modify,
    words.CancelOrder: steps_orders.cancel,
    words.Notify: steps_world.notify,
    words.Arrange: steps_world.arrange,
    words.Advance: steps_world.advance,
    words.Antifraud: steps_world.antifraud,
    words.Split: steps_world.split,
    words.Told: steps_world.told,
    words.Totals: steps_world.totals,
    words.Movements: steps_world.movements,
    words.Together: steps_world.together,
}
"""Every step of the vocabulary."""


def play_step(scene: Scene, step: Step, where: str) -> Judged:
    """Do what a step says, and judge what came.

    Args:
        scene: the stage.
        step: any step.
        where: how the step is called in a report.
    """
    happened = PERFORMERS[type(step)](scene, step)
    if happened.blocked:
        return Judged(blocked=f"{where}: {happened.blocked}")
    answer = happened.answer
    if answer is not None and answer.call.sent is False:
        return Judged(unreached=f"{where}: {answer.call.error}")
    return Judged((*_answered(scene, step, where, happened), *_after(scene, step, where)))


def _answered(scene: Scene, step: Step, where: str, happened: Happened) -> Iterator[Difference]:
    for each in happened.differences:
        yield Difference(f"{where}, {each.where}", each.expected, each.actual)
    if happened.answer is not None:
        scene.marks[step.name] = happened.answer
        yield from differences(step.expect, Seen(where, happened.answer, ("done",), scene.marks))
        yield from _ended(step, where, happened.answer)


def _ended(step: Step, where: str, answer: Answer) -> Iterator[Difference]:
    """How a change of version 2 ended; one that was refused has ended by that."""
    if not isinstance(step, words.Modify) or answer.word != "done":
        return
    status = answer.text("status")
    if status != step.ends if step.ends in steps_orders.ENDED else status in steps_orders.ENDED:
        yield Difference(f"{where}, status", step.ends, shown(member(answer.body, "status")))


def _after(scene: Scene, step: Step, where: str) -> Iterator[Difference]:
    """What has come of it elsewhere: at the connector, in the order, in the transaction."""
    if step.hears is not None:
        yield from _heard(scene, step, where)
    if step.order is not None:
        yield from _order(scene, step.order, where)
    if step.transaction:
        yield from _transaction(scene, step.transaction, where)


def _heard(scene: Scene, step: Step, where: str) -> Iterator[Difference]:
    expected = [read_hearing(each) for each in step.hears or ()]
    actual = [Hearing(each.operation, scene.name_of(each), each.amount) for each in scene.news(len(expected))]
    return heard_differences(where, expected, actual, any_order=step.any_order)


def _order(scene: Scene, expected: OrderSeen, where: str) -> Iterator[Difference]:
    def read() -> Answer:
        return scene.ask("read the order", "GET", steps_orders.path(scene))

    answer = eventually(scene, read, lambda seen: not list(_order_unlike(expected, seen, where)))
    yield from _order_unlike(expected, answer, where)


def _order_unlike(expected: OrderSeen, answer: Answer, where: str) -> Iterator[Difference]:
    status, value = member(answer.body, "status"), member(answer.body, "value")
    if expected.status and status not in expected.status:
        yield Difference(f"{where}, order status", " or ".join(expected.status), shown(status))
    units = currency_units(value) if isinstance(value, int) else None
    if expected.value is not None and units != expected.value:
        yield Difference(f"{where}, order value", f"{expected.value:.2f}", shown(units))


def _transaction(scene: Scene, expected: tuple[str, ...], where: str) -> Iterator[Difference]:
    path = f"{steps_gateway.TRANSACTIONS}/{scene.transaction}"
    read = partial(scene.ask, "read the transaction", "GET", path)
    answer = eventually(scene, read, lambda seen: seen.text("status") in expected)
    if answer.text("status") not in expected:
        status = shown(member(answer.body, "status")) if answer.word == "done" else str(answer)
        yield Difference(f"{where}, transaction status", " or ".join(expected), status)
