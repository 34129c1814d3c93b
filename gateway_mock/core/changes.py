"""How an order changes: by the caller's amounts (version 1) or by its lines (version 2). Amounts are cents.

Documented: a lower value is cancelled while the money is not captured and refunded once it is; a higher one is a
second authorization; an order invoiced in part may change as long as it stays at or above what is invoiced.
"""

from dataclasses import dataclass, replace

from gateway_mock.core.ledger import Transaction
from gateway_mock.core.orders import Item, Order, OrderStep, OrderVerdict, fired
from gateway_mock.core.plan import Cancel, Refund, Request, cancellable
from gateway_mock.core.refusals import Refusal, Refused, refuse
from gateway_mock.core.statuses import Event, OrderStatus

INCREASABLE = frozenset({"creditCard", "cardPromissory", "promissory", "cash", "customerCredit"})
"""Payment groups that may pay for an increase: the union of the documented lists (C9 of Orders)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """So many units of an article; `price` overrides the price of one unit, in cents."""

    id: str
    quantity: int
    price: int | None = None
    unique_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is to change. Version 1 trusts the caller's amounts, version 2 computes them from the lines."""

    reason: str
    discount: int = 0
    increment: int = 0
    added: tuple[Lines, ...] = ()
    removed: tuple[Lines, ...] = ()
    computed: bool = False
    """Whether the lines change the value by themselves (version 2)."""
    keeps_freight: bool = False
    """Whether removed lines keep their freight (`compensateShippingChanges`)."""


def change_refused(order: Order, change: Change) -> Refused | None:
    """Why the order cannot take this change, or None."""
    return _status_refused(order) or _shape_refused(change) or _removal_refused(order, change)


def _status_refused(order: Order) -> Refused | None:
    if order.status in {OrderStatus.CANCEL, OrderStatus.CANCELED}:
        return refuse(Refusal.CHANGE_CANCELLED_ORDER)
    partly_invoiced = order.status is OrderStatus.PAYMENT_APPROVED and order.invoiced > 0
    if order.status is OrderStatus.HANDLING or partly_invoiced:
        return None  # the announcement's own story changes an order after a partial invoice (C7 of Orders)
    return refuse(Refusal.CHANGE_STATUS)


def _shape_refused(change: Change) -> Refused | None:
    lines = (*change.added, *change.removed)
    if any(not line.id for line in lines):
        return refuse(Refusal.CHANGE_ITEM_ID)
    if any(line.quantity <= 0 for line in lines):
        return refuse(Refusal.CHANGE_ITEM_QUANTITY)
    if not change.reason.strip():
        return refuse(Refusal.CHANGE_REASON)
    if min(change.discount, change.increment) < 0:
        return refuse(Refusal.CHANGE_NEGATIVE)
    if change.discount == change.increment and not lines:
        return refuse(Refusal.CHANGE_EMPTY)
    return None


def _removal_refused(order: Order, change: Change) -> Refused | None:
    wanted: dict[str, int] = {}
    for line in change.removed:
        wanted[line.id] = wanted.get(line.id, 0) + line.quantity
    for item_id, quantity in wanted.items():
        ordered = sum(item.quantity for item in order.items if item.id == item_id)
        if not ordered:
            return refuse(Refusal.CHANGE_ITEM_MISSING, id=item_id)
        if quantity > ordered:
            return refuse(Refusal.CHANGE_ITEM_TOO_MANY, id=item_id)
        if quantity > ordered - order.units_invoiced(item_id):
            return refuse(Refusal.CHANGE_ITEM_INVOICED)
    return None


def delta(order: Order, change: Change) -> int:
    """By how much the change moves the order's value, in cents."""
    manual = change.increment - change.discount
    return manual + items_delta(order, change) + freight_delta(order, change)


def items_delta(order: Order, change: Change) -> int:
    """What the lines themselves change, at the prices of the purchase; 0 in version 1."""
    if not change.computed:
        return 0
    prices = {item.id: item.price for item in order.items}
    added = sum((line.price or prices.get(line.id, 0)) * line.quantity for line in change.added)
    removed = sum(prices[line.id] * line.quantity for line in change.removed)
    return added - removed


def freight_delta(order: Order, change: Change) -> int:
    """What removed units no longer cost to ship (E5); 0 in version 1 or when freight is kept."""
    if not change.computed or change.keeps_freight:
        return 0
    items = {item.id: item for item in order.items}
    return -sum(
        items[line.id].shipping * line.quantity // items[line.id].quantity
        for line in change.removed
        if items[line.id].quantity
    )


def take_change(order: Order, transaction: Transaction, change: Change, *, refunds_in_part: bool) -> OrderVerdict:
    """The order changes; what it costs less is cancelled or given back, what it costs more is authorized.

    Args:
        refunds_in_part: whether the connectors that hold captured money can give back a part of it.
    """
    if refused := change_refused(order, change):
        return refused
    difference = delta(order, change)
    value = order.value + difference
    if value <= 0 or value < order.invoiced:
        return refuse(Refusal.CHANGE_EXCEEDS)
    changed = _changed(order, change, difference)
    if difference >= 0:
        return _raise(changed, transaction, difference)
    return _lower(changed, transaction, -difference, refunds_in_part=refunds_in_part)


def _raise(order: Order, transaction: Transaction, difference: int) -> OrderVerdict:
    if difference and not {payment.group for payment in transaction.payments} <= INCREASABLE:
        return refuse(Refusal.CHANGE_INCREASE_METHOD)
    return OrderStep(order, increase=difference)


def _lower(order: Order, transaction: Transaction, less: int, *, refunds_in_part: bool) -> OrderVerdict:
    """Documented: cancel while the money is not captured, refund once it is (E1 to E5)."""
    cancel = min(less, cancellable(transaction), transaction.remaining)
    refund = less - cancel
    if refund and not refunds_in_part:
        return refuse(Refusal.CHANGE_NOT_REFUNDABLE)
    requests: list[Request] = [Cancel(cancel)] if cancel else []
    if refund:
        requests.append(Refund(refund, reduces=True))
    complete = order.invoiced == order.value
    return OrderStep(fired(order, Event.INVOICE) if complete else order, tuple(requests))


def _changed(order: Order, change: Change, difference: int) -> Order:
    items = _without(order.items, change.removed, keeps_freight=change.keeps_freight)
    prices = {item.id: item.price for item in order.items}
    added = tuple(
        Item(
            id=line.id,
            price=line.price or prices.get(line.id, 0),
            quantity=line.quantity,
            unique_id=line.unique_id,
        )
        for line in change.added
    )
    return replace(
        order,
        value=order.value + difference,
        changed=order.changed + difference,
        items=(*items, *added),
        shipping=order.shipping + freight_delta(order, change),
    )


def _without(items: tuple[Item, ...], removed: tuple[Lines, ...], *, keeps_freight: bool) -> tuple[Item, ...]:
    left = {line.id: line.quantity for line in removed}
    kept: list[Item] = []
    for item in items:
        gone = min(item.quantity, left.get(item.id, 0))
        left[item.id] = left.get(item.id, 0) - gone
        freight = 0 if keeps_freight else item.shipping * gone // item.quantity
        if gone < item.quantity:
            kept.append(replace(item, quantity=item.quantity - gone, shipping=item.shipping - freight))
    return tuple(kept)
