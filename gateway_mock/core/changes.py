"""How an order changes: by the caller's amounts (version 1) or by its lines (version 2). Amounts are cents.

Documented: a lower value is cancelled while the money is not captured and refunded once it is; a higher one is a
second authorization; an order invoiced in part may change as long as it stays at or above what is invoiced.
"""

from dataclasses import dataclass, replace

from gateway_mock.core.allocation import in_proportion
from gateway_mock.core.forward import cancellable
from gateway_mock.core.ledger import Cause, Transaction
from gateway_mock.core.money import CENTS_MAX, text
from gateway_mock.core.orders import Item, Order, OrderStep, OrderVerdict, fired, to_settle
from gateway_mock.core.policy import RECOMMENDED, Interest, Policy
from gateway_mock.core.refusals import Refusal, Refused, refuse
from gateway_mock.core.requests import Cancel, Refund, Request
from gateway_mock.core.statuses import Event, OrderStatus

INCREASABLE = frozenset({"creditCard", "cardPromissory", "promissory", "cash", "customerCredit", "creditControl"})
"""Payment groups that may pay for an increase: the union of the documented lists (C9 of Orders)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """So many units of an article. Amounts are cents."""

    id: str
    quantity: int
    price: int | None = None
    """Overrides the price of one unit."""
    unique_id: str = ""
    """Names one line of several with the same article (documented: "recommended always")."""
    shipping: int = 0
    """The freight of what is added."""


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
    """Whether the lines to remove are there, in these quantities, and not invoiced yet."""
    wanted: dict[tuple[str, str], int] = {}
    for line in change.removed:
        key = (line.id, line.unique_id)
        wanted[key] = wanted.get(key, 0) + line.quantity
    for (item_id, unique_id), quantity in wanted.items():
        if all(item.id != item_id for item in order.items):
            return refuse(Refusal.CHANGE_ITEM_MISSING, id=item_id)
        matching = [item for item in order.items if _matches(item, item_id, unique_id)]
        if not matching:
            return refuse(Refusal.CHANGE_ITEM_UNMATCHED, id=item_id)
        if quantity > sum(item.quantity for item in matching):
            return refuse(Refusal.CHANGE_ITEM_TOO_MANY, id=item_id)
    return _invoiced_refused(order, change)


def _invoiced_refused(order: Order, change: Change) -> Refused | None:
    for item_id in {line.id for line in change.removed}:
        left = sum(item.quantity for item in order.items if item.id == item_id) - order.units_invoiced(item_id)
        if sum(line.quantity for line in change.removed if line.id == item_id) > left:
            return refuse(Refusal.CHANGE_ITEM_INVOICED)
    return None


def _matches(item: Item, item_id: str, unique_id: str) -> bool:
    return item.id == item_id and unique_id in ("", item.unique_id)


def delta(order: Order, change: Change) -> int:
    """By how much the change moves the order's value, in cents."""
    manual = change.increment - change.discount
    return manual + items_delta(order, change) + freight_delta(order, change)


def items_delta(order: Order, change: Change) -> int:
    """What the lines themselves change, at the prices of the purchase; 0 in version 1."""
    if not change.computed:
        return 0
    added = sum(_price(order, line) * line.quantity for line in change.added)
    kept = sum(item.total for item in _kept(order, change))
    return added + kept - sum(item.total for item in order.items)


def freight_delta(order: Order, change: Change) -> int:
    """What the lines change in freight (E5); 0 in version 1 or when freight is kept."""
    if not change.computed or change.keeps_freight:
        return 0
    kept = sum(item.shipping for item in _kept(order, change))
    return sum(line.shipping for line in change.added) + kept - sum(item.shipping for item in order.items)


def _price(order: Order, line: Lines) -> int:
    """What one unit of an added line costs: as told, or as the same article cost before."""
    known = (item.price for item in order.items if item.id == line.id)
    return next(known, 0) if line.price is None else line.price


def _kept(order: Order, change: Change) -> tuple[Item, ...]:
    """The lines that stay, with what stays of each; a line of several that one unique id names goes first."""
    left = {(line.id, line.unique_id): 0 for line in change.removed}
    for line in change.removed:
        left[line.id, line.unique_id] += line.quantity
    kept: list[Item] = []
    for item in order.items:
        gone = 0
        for key in ((item.id, item.unique_id), (item.id, "")):
            share = min(item.quantity - gone, left.get(key, 0))
            left[key] = left.get(key, 0) - share
            gone += share
        kept.append(_less(item, gone, keeps_freight=change.keeps_freight))
    return tuple(item for item in kept if item.quantity)


def _less(item: Item, gone: int, *, keeps_freight: bool) -> Item:
    freight = 0 if keeps_freight or not item.quantity else item.shipping * gone // item.quantity
    return replace(item, quantity=item.quantity - gone, shipping=item.shipping - freight)


def take_change(
    order: Order,
    transaction: Transaction,
    change: Change,
    policy: Policy = RECOMMENDED,
    *,
    refunds_in_part: bool,
    may_increase: bool = True,
) -> OrderVerdict:
    """The order changes; what it costs less is cancelled or given back, what it costs more is authorized.

    Args:
        policy: the account's readings of the texts.
        refunds_in_part: whether the connectors that hold captured money can give back a part of it.
        may_increase: whether a payment of the order may be charged a second time (`INCREASABLE`, C9).
    """
    if refused := change_refused(order, change):
        return _invoiced_meanwhile(order, change, policy) or refused
    difference = delta(order, change)
    value = order.value + difference
    if difference % transaction.grain:
        return refuse(Refusal.TOO_FINE, id=transaction.id, value=text(abs(difference)))
    if not max(order.invoiced, 1) <= value <= CENTS_MAX:
        return refuse(Refusal.CHANGE_EXCEEDS)
    if difference > 0 and not may_increase:
        return refuse(Refusal.CHANGE_INCREASE_METHOD)
    changed = _changed(order, change, difference)
    if difference >= 0:
        return OrderStep(changed, increase=difference)
    less = _less_to_settle(order, transaction, value, policy)
    return _lower(changed, transaction, less, policy, refunds_in_part=refunds_in_part)


def _invoiced_meanwhile(order: Order, change: Change, policy: Policy) -> OrderStep | None:
    """Known issue 1348894: the order is invoiced above the value that its change leaves."""
    if not policy.invoice_during_change or order.status is not OrderStatus.INVOICED:
        return None
    difference = delta(order, change)
    return OrderStep(_changed(order, change, difference)) if difference < 0 else None


def _less_to_settle(order: Order, transaction: Transaction, value: int, policy: Policy) -> int:
    """By how much the transaction shrinks; its interest shrinks in proportion (E6, recommended)."""
    whole = to_settle(transaction)
    if whole <= order.value or policy.interest is Interest.NOT_SETTLED:
        return order.value - value
    rest = in_proportion(whole, value, order.value, 0)
    return whole - (rest - rest % transaction.grain)


def _lower(
    order: Order, transaction: Transaction, less: int, policy: Policy, *, refunds_in_part: bool
) -> OrderVerdict:
    """Documented: cancel while the money is not captured, refund once it is (E1 to E5)."""
    cancel = min(less, cancellable(transaction), transaction.remaining)
    refund = less - cancel
    settled_by_hand = refund > transaction.remaining - cancel  # documented: "settlement directly done by API"
    keeps = policy.total_settle_freezes_order or not refunds_in_part
    if settled_by_hand or (refund and keeps):
        return refuse(Refusal.CHANGE_NOT_REFUNDABLE)
    requests: list[Request] = [Cancel(cancel)] if cancel else []
    if refund:
        requests.append(Refund(refund, reduces=True, cause=Cause.CHANGE))
    complete = order.invoiced == order.value
    told = () if policy.change_not_mirrored else tuple(requests)
    return OrderStep(fired(order, Event.INVOICE) if complete else order, told)


def _changed(order: Order, change: Change, difference: int) -> Order:
    added = tuple(
        Item(
            id=line.id,
            price=_price(order, line),
            quantity=line.quantity,
            unique_id=line.unique_id,
            shipping=line.shipping,
        )
        for line in change.added
    )
    return replace(
        order,
        value=order.value + difference,
        changed=order.changed + difference,
        items=(*_kept(order, change), *added),
        shipping=order.shipping + freight_delta(order, change),
    )
