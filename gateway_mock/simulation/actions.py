"""What can happen in a history, as a table: how often, when it makes sense, what it does.

Each action gets randomness of its own, so that a history without it is otherwise the same.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from types import MappingProxyType
from typing import TypeAlias

from gateway_mock.core.statuses import OrderStatus, TransactionStatus
from gateway_mock.simulation import merchant, outside
from gateway_mock.simulation.case import Case
from gateway_mock.simulation.merchant import Deed
from gateway_mock.simulation.provider import Meanwhile
from gateway_mock.simulation.world import World

When: TypeAlias = Callable[[Case], bool]


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that can happen to a transaction that is there."""

    weight: int
    when: When
    perform: Deed


def _always(_case: Case) -> bool:
    return True


def _has_order(case: Case) -> bool:
    return case.order is not None


def _runs_change(case: Case) -> bool:
    return any(each.in_progress for each in case.changes)


def _started(case: Case) -> bool:
    return case.ledger.status is TransactionStatus.STARTED


_HANDLED_FROM = frozenset(
    {OrderStatus.READY_FOR_HANDLING, OrderStatus.PAYMENT_APPROVED, OrderStatus.WINDOW_TO_CANCEL}
)


def _waits_for_handling(case: Case) -> bool:
    return case.order is not None and case.order.order.status in _HANDLED_FROM


def _asked_to_cancel(case: Case) -> bool:
    return case.order is not None and bool(case.order.cancellation_requests)


BY_HAND = frozenset({"settle", "cancel", "refund"})
"""Requests beside the order."""

_INSIDE = (
    *("settle", "cancel", "refund", "invoice", "return", "cancel order", "change, version 1", "change, version 2"),
    *("retry change", "drop change", "connector decides", "callback", "callback without body"),
    *("payment notification", "late callback", "crash"),
)


def meanwhile(world: World, _case: Case, random: Random) -> str:
    """Something else will happen while the next call to the connector is open."""
    name, roll, before = random.choice(_INSIDE), random.getrandbits(32), bool(random.randrange(2))
    world.provider.line.meanwhile = Meanwhile(before, lambda: _inside(world, name, Random(roll)))  # noqa: S311
    return f"{name}, {'before' if before else 'after'} the work of the next call"


def _inside(world: World, name: str, random: Random) -> None:
    """Beside an order, requests by hand are counted, and inside another request nobody could tell them apart."""
    world.look()
    case, action = world.case, ACTIONS[name]
    if case is not None and action.when(case) and (name not in BY_HAND or case.order is None):
        world.asides.append(f"{name} meanwhile")
        world.asides[-1] += f": {action.perform(world, case, random)}"


ACTIONS: Mapping[str, Action] = MappingProxyType(
    {
        "pay": Action(40, lambda case: _started(case) and not case.payments, merchant.pay),
        "authorize": Action(30, lambda case: _started(case) and bool(case.payments), merchant.authorize),
        "settle": Action(3, _always, merchant.by_hand("settled", lambda t: t.remaining)),
        "cancel": Action(2, _always, merchant.by_hand("cancelled", lambda t: t.remaining)),
        "refund": Action(
            2,
            lambda case: case.ledger.total("captured") > 0,
            merchant.by_hand("refunded", lambda t: t.total("refundable")),
        ),
        "invoice": Action(12, _has_order, merchant.invoice),
        "return": Action(
            8, lambda case: case.order is not None and case.order.order.invoiced > 0, merchant.return_
        ),
        "start handling": Action(6, _waits_for_handling, merchant.handle),
        "cancel order": Action(4, _has_order, merchant.cancel_order),
        "deny cancel": Action(20, _asked_to_cancel, merchant.deny_cancel),
        "change, version 1": Action(4, _has_order, merchant.change_1),
        "change, version 2": Action(4, _has_order, merchant.change_2),
        "retry change": Action(3, _runs_change, merchant.retry_change),
        "drop change": Action(2, _runs_change, merchant.drop_change),
        "connector decides": Action(4, lambda case: bool(case.pending), outside.decide),
        "callback": Action(5, lambda case: bool(case.pending), outside.notify),
        "callback without body": Action(4, lambda case: bool(case.pending), outside.ask_again),
        "payment notification": Action(2, lambda case: bool(case.pending), outside.paid),
        "late callback": Action(2, lambda case: bool(outside.decided(case)), outside.call_back_late),
        "connector moves less": Action(1, _always, outside.move_less),
        "configuration": Action(1, _always, outside.reconfigure),
        "meanwhile": Action(6, _always, meanwhile),
        "wait": Action(9, _always, outside.wait),
        "fault": Action(8, _always, outside.fault),
        "outage": Action(1, _always, outside.outage),
        "mend": Action(1, _always, outside.mend),
        "crash": Action(5, _always, lambda world, _case, random: outside.crash(world, random)),
        "restart": Action(1, _always, outside.restart),
    }
)
