"""The order: its value, invoices, changes and returns, and which gateway requests follow. Amounts are cents.

Documented: an Output invoice asks for a settlement of its value, a change that lowers the order for a
cancellation, or a refund when the money is captured already, a change that raises it for one more authorization,
an Input invoice after full invoicing for a refund. An order invoiced in part cannot be cancelled.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from gateway_mock.core.allocation import in_proportion
from gateway_mock.core.ledger import Cause, Transaction
from gateway_mock.core.money import text
from gateway_mock.core.plan import refundable
from gateway_mock.core.policy import Interest, InvoiceReplay, Policy
from gateway_mock.core.refusals import Refusal, Refused, refuse
from gateway_mock.core.requests import Cancel, Refund, Request, Settle
from gateway_mock.core.statuses import ORDER, Event, OrderStatus, TransactionStatus, after, can


class InvoiceType(StrEnum):
    """A sale, or a return."""

    OUTPUT = "Output"
    INPUT = "Input"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line of the order; `price` and `shipping` are cents, the price of one unit, the freight of the line."""

    id: str
    price: int
    quantity: int
    unique_id: str = ""
    name: str = ""
    shipping: int = 0

    @property
    def total(self) -> int:
        """What the line costs without freight."""
        return self.price * self.quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceItem:
    """What the invoice says of one article. It describes; the invoice's value moves the money (documented)."""

    id: str
    price: int
    quantity: int
    description: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackingEvent:
    """Where the parcel was seen."""

    city: str | None = None
    state: str | None = None
    description: str | None = None
    date: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """One invoice, and the parcel that it became."""

    number: str
    type: InvoiceType
    value: int
    issuance_date: str
    items: tuple[InvoiceItem, ...] = ()
    url: str | None = None
    key: str | None = None
    embedded: str | None = None
    courier: str | None = None
    tracking_number: str | None = None
    tracking_url: str | None = None
    dispatched_date: str | None = None
    delivered: bool = False
    delivered_date: str | None = None
    events: tuple[TrackingEvent, ...] = ()
    refund_asked: bool = False
    """Whether this return asked for a refund: only after the whole order was invoiced (documented)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One order of a store that is marketplace and seller at once."""

    id: str
    value: int
    transaction_id: str
    items: tuple[Item, ...] = ()
    shipping: int = 0
    group: str = ""
    status: OrderStatus = OrderStatus.PAYMENT_PENDING
    until: OrderStatus = OrderStatus.HANDLING
    """How far an approved payment carries the order by itself in this sandbox."""
    before_request: OrderStatus | None = None
    """The status a denied cancellation goes back to."""
    invoices: tuple[Invoice, ...] = ()
    changed: int = 0
    """The sum of the changes so far; may be negative."""
    in_error: bool = False
    """Whether the gateway refused or failed what an invoice asked for: the order waits in `invoice`."""

    @property
    def invoiced(self) -> int:
        """What the Output invoices add up to."""
        return self.sum_of(InvoiceType.OUTPUT)

    @property
    def returned(self) -> int:
        """What the Input invoices add up to, kept apart from the sales (known issue 930491)."""
        return self.sum_of(InvoiceType.INPUT)

    def sum_of(self, kind: InvoiceType) -> int:
        """The value of the invoices of one type."""
        return sum(invoice.value for invoice in self.invoices if invoice.type is kind)

    def invoice(self, number: str) -> Invoice | None:
        """The invoice of that number, or None."""
        return next((invoice for invoice in self.invoices if invoice.number == number), None)

    def units_invoiced(self, item_id: str) -> int:
        """How many units of an article the Output invoices name."""
        return sum(
            item.quantity
            for invoice in self.invoices
            if invoice.type is InvoiceType.OUTPUT
            for item in invoice.items
            if item.id == item_id
        )


@dataclass(frozen=True, slots=True)
class OrderStep:
    """What happens to the order, what is asked of the gateway, and what a person should know."""

    order: Order
    requests: tuple[Request, ...] = ()
    notes: tuple[str, ...] = ()
    increase: int = 0
    """One more authorization of that many cents; the use case brings the payment."""
    replayed: bool = False
    """Whether the same invoice number came again: a new receipt, nothing else."""


OrderVerdict = OrderStep | Refused

_SHIPS = frozenset(
    {
        OrderStatus.PAYMENT_APPROVED,
        OrderStatus.READY_FOR_HANDLING,
        OrderStatus.HANDLING,
        OrderStatus.INVOICE,
        OrderStatus.CANCELLATION_REQUESTED,
    }
)

# --- The status by itself -----------------------------------------------------------------------------------

_APPROVED_PATH: tuple[tuple[OrderStatus, Event], ...] = (
    (OrderStatus.PAYMENT_APPROVED, Event.APPROVE),
    (OrderStatus.WINDOW_TO_CANCEL, Event.WAIT),
    (OrderStatus.READY_FOR_HANDLING, Event.RELEASE),
    (OrderStatus.HANDLING, Event.HANDLE),
)


def advance(order: Order, transaction: Transaction) -> Order:
    """The order after its transaction moved: approved, invoiced, back to payment-approved, or canceled."""
    if order.status is OrderStatus.PAYMENT_PENDING:
        return _advance_pending(order, transaction)
    if order.status is OrderStatus.INVOICE:
        return _advance_invoice(order, transaction)
    if order.status is OrderStatus.CANCEL:
        return fired(order, Event.CANCELLED) if _is_over(transaction) else order
    if transaction.status is TransactionStatus.CANCELLED and can(ORDER, order.status, Event.CANCEL):
        return fired(fired(order, Event.CANCEL), Event.CANCELLED)  # the end of the payment ends the order
    return order


def _is_over(transaction: Transaction) -> bool:
    """Cancelled, or settled by the API and given back, whatever the connectors answered to that (documented)."""
    ended = transaction.status in {TransactionStatus.CANCELLED, TransactionStatus.FINISHED}
    return ended and not transaction.in_flight


def _advance_pending(order: Order, transaction: Transaction) -> Order:
    if transaction.status is TransactionStatus.CANCELLED:
        return fired(fired(order, Event.CANCEL), Event.CANCELLED)
    if transaction.status not in {TransactionStatus.APPROVED, TransactionStatus.SETTLING}:
        return order
    for status, event in _APPROVED_PATH:
        order = fired(order, event)
        if status is order.until:
            break
    return order


def _advance_invoice(order: Order, transaction: Transaction) -> Order:
    """Documented: invoiced when the invoices add up and the gateway confirms, else back to payment-approved."""
    if transaction.total("settling"):
        return order
    complete = order.invoiced >= order.value
    expected = max(order.invoiced, to_settle(transaction)) if complete else order.invoiced
    if transaction.settled < expected:
        return replace(order, in_error=True)  # S7 of Orders: it stays in `invoice` until somebody settles
    return replace(fired(order, Event.FINISH if complete else Event.REOPEN), in_error=False)


def fired(order: Order, event: Event) -> Order:
    """The order in the status that the event leads to."""
    return replace(order, status=after(ORDER, order.status, event))


def start_handling(order: Order) -> OrderVerdict:
    """Documented: ready-for-handling becomes handling, everything else is OMS003."""
    if order.status is not OrderStatus.READY_FOR_HANDLING:
        return refuse(Refusal.NOT_READY_FOR_HANDLING)
    return OrderStep(fired(order, Event.HANDLE))


# --- Invoices -----------------------------------------------------------------------------------------------


def take_invoice(order: Order, transaction: Transaction, invoice: Invoice, policy: Policy) -> OrderVerdict:
    """A sale or a return comes in. A return before full invoicing is kept and refunds nothing (documented)."""
    if invoice.value % transaction.grain:
        return refuse(Refusal.TOO_FINE, id=transaction.id, value=text(invoice.value))
    known = order.invoice(invoice.number)
    if known is not None:
        return _known_invoice(order, known, invoice, policy)
    if invoice.type is InvoiceType.OUTPUT:
        return _sale(order, transaction, invoice, policy)
    return _return(order, transaction, invoice, policy)


def _known_invoice(order: Order, known: Invoice, invoice: Invoice, policy: Policy) -> OrderVerdict:
    if known.type is not invoice.type or policy.invoice_replay is InvoiceReplay.REJECT:
        return refuse(Refusal.INVOICE_NUMBER_USED, number=known.number, type=known.type)
    same = known.value == invoice.value
    note = "Only the receipt is new" + ("." if same else "; the value differs and was not taken.")
    return OrderStep(order, notes=(f"Invoice {known.number} again: {note}",), replayed=True)


def _sale(order: Order, transaction: Transaction, invoice: Invoice, policy: Policy) -> OrderVerdict:
    if order.status not in _SHIPS:
        return refuse(Refusal.INVOICE_STATUS, id=order.id, type=invoice.type, status=order.status)
    left = order.value - order.invoiced
    if not 0 < invoice.value <= left:
        return refuse(Refusal.INVOICE_EXCEEDS, value=text(invoice.value), remaining=text(left))
    taken = replace(order, invoices=(*order.invoices, invoice), in_error=False)
    stuck = policy.invoice_sticks_in_cancel and order.status is OrderStatus.CANCELLATION_REQUESTED
    taken = replace(taken, in_error=True) if stuck else fired(taken, Event.INVOICE)
    due = _due(taken, transaction, policy) - transaction.settled
    return OrderStep(taken, (Settle(due),) if due > 0 else (), tuple(_oddities(order, invoice)))


def _due(order: Order, transaction: Transaction, policy: Policy) -> int:
    """What should be settled by now; interest goes in proportion to the invoices (E6, recommended)."""
    whole = to_settle(transaction)
    if whole <= order.value or policy.interest is Interest.NOT_SETTLED:
        return order.invoiced
    due = in_proportion(whole, order.invoiced, order.value, 0)
    return due - due % transaction.grain


def to_settle(transaction: Transaction) -> int:
    """What will be settled in the end, interest included."""
    return transaction.value - transaction.cancelled - transaction.reduced


def _return(order: Order, transaction: Transaction, invoice: Invoice, policy: Policy) -> OrderVerdict:
    if order.status not in _SHIPS | {OrderStatus.INVOICED}:
        return refuse(Refusal.INVOICE_STATUS, id=order.id, type=invoice.type, status=order.status)
    complete = order.status is OrderStatus.INVOICED or order.invoiced == order.value
    left = order.invoiced - order.returned
    if complete and not policy.interest_is_not_returned:
        left = max(left, refundable(transaction))  # interest may be given back too (known issue 376077)
    if not 0 < invoice.value <= left:
        return refuse(Refusal.RETURN_EXCEEDS, value=text(invoice.value), remaining=text(left))
    taken = replace(order, invoices=(*order.invoices, replace(invoice, refund_asked=complete)))
    if complete:
        return OrderStep(taken, _refund_of(order, invoice, policy), tuple(_oddities(order, invoice)))
    early = (
        f"Return {invoice.number} came before the whole order was invoiced: {text(invoice.value)} not refunded."
    )
    return OrderStep(taken, notes=(early, *_oddities(order, invoice)))


def _refund_of(order: Order, invoice: Invoice, policy: Policy) -> tuple[Request, ...]:
    """The refund that a return asks for; known issues 1351358 and 1198829 ask for none."""
    repeats_the_first = policy.return_repeats_the_first and any(each.refund_asked for each in order.invoices)
    lost = repeats_the_first or (policy.double_lines_block_refund and _names_one_article_twice(invoice))
    return () if lost else (Refund(invoice.value, cause=Cause.RETURN),)


def _names_one_article_twice(invoice: Invoice) -> bool:
    return len({item.id for item in invoice.items}) < len(invoice.items)


def _oddities(order: Order, invoice: Invoice) -> Iterable[str]:
    """What the real platform stumbles over and this one only mentions (S9 of Orders, known issue 1198829)."""
    unknown = sorted({item.id for item in invoice.items} - {item.id for item in order.items})
    if order.items and unknown:
        yield f"Invoice {invoice.number} names articles that the order does not have: {', '.join(unknown)}."
    if _names_one_article_twice(invoice):
        yield f"Invoice {invoice.number} names one article on several lines; send one line with the total."
    described = sum(item.price * item.quantity for item in invoice.items)
    if invoice.items and described != invoice.value:
        yield f"Invoice {invoice.number}: its items are {text(described)}, its value is {text(invoice.value)}."


def track(order: Order, number: str, tracked: Invoice) -> OrderVerdict:
    """Replace an invoice by one with other tracking facts: no money moves, no status changes (documented)."""
    if order.invoice(number) is None:
        return refuse(Refusal.INVOICE_NOT_FOUND)
    invoices = tuple(tracked if invoice.number == number else invoice for invoice in order.invoices)
    return OrderStep(replace(order, invoices=invoices))


# --- Cancel -------------------------------------------------------------------------------------------------


def cancel(order: Order, transaction: Transaction, policy: Policy) -> OrderVerdict:
    """The order is taken back whole; once invoiced in part it cannot be (documented: 400).

    A settlement asked for by the API that a connector has yet to capture cannot be taken back either.
    """
    if order.invoices and order.status is not OrderStatus.INVOICED:
        return refuse(Refusal.CANCEL_PARTIALLY_INVOICED, id=order.id, status=order.status)
    if transaction.settled > transaction.total("captured"):
        return refuse(Refusal.CANCEL_SETTLING, id=order.id, status=order.status)
    if not can(ORDER, order.status, Event.CANCEL):
        return refuse(Refusal.CANCEL_STATUS, id=order.id, status=order.status)
    in_two_steps = policy.cancel_in_two_steps or policy.invoice_sticks_in_cancel
    if in_two_steps and can(ORDER, order.status, Event.REQUEST_CANCEL):
        return OrderStep(replace(fired(order, Event.REQUEST_CANCEL), before_request=order.status))
    return OrderStep(fired(order, Event.CANCEL), _take_back(transaction))


def _take_back(transaction: Transaction) -> tuple[Request, ...]:
    """Not settled: cancel; settled before any invoice: refund (E4 c, documented).

    What was settled comes first: a cancel alone could end the transaction, and the order with it.
    """
    if transaction.status is TransactionStatus.CANCELLED:
        return ()
    if not transaction.total("authorized"):
        return (Cancel(transaction.value),)
    captured = refundable(transaction)
    ahead = transaction.total("captured") - transaction.settled - transaction.reduced
    never_settled = min(captured, max(ahead, 0))  # captured by itself, before anybody asked
    requests: tuple[tuple[int, Request], ...] = (
        (captured - never_settled, Refund(captured - never_settled, cause=Cause.CANCEL)),
        (transaction.remaining - never_settled, Cancel(transaction.remaining - never_settled)),
        (never_settled, Refund(never_settled, reduces=True, cause=Cause.CANCEL)),
    )
    return tuple(request for value, request in requests if value)


_BACK: dict[OrderStatus, Event] = {
    OrderStatus.READY_FOR_HANDLING: Event.RELEASE,
    OrderStatus.HANDLING: Event.HANDLE,
    OrderStatus.PAYMENT_APPROVED: Event.APPROVE,
}


def deny_cancel(order: Order, request_id: str) -> OrderVerdict:
    """The seller refuses the cancellation; the order goes back to where it was (documented)."""
    waits = order.status is OrderStatus.CANCELLATION_REQUESTED and not order.in_error
    if not waits or order.before_request is None:
        return refuse(Refusal.CANCELLATION_REQUEST_NOT_FOUND, id=request_id)
    return OrderStep(replace(fired(order, _BACK[order.before_request]), before_request=None))
