"""Three ledgers held against each other: the gateway's, the connector's, and the order. Pure; amounts are cents.

`STEP` holds at every moment of a history, `END` once faults have stopped and every delay has run out. Nothing here
asks the sandbox what it thinks of itself: the rules are the protocol's, written down a second time.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from gateway_mock.core.ledger import Payment, Transaction, broken
from gateway_mock.core.modes import Kind, Mode, Operation
from gateway_mock.core.money import text
from gateway_mock.core.orders import Order
from gateway_mock.core.statuses import OrderStatus, PaymentStatus, TransactionStatus

Moved: TypeAlias = Mapping[tuple[str, Operation], int]
"""So many cents of a payment by an operation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """What a connector says of a payment."""

    authorized: int = 0
    captured: int = 0
    voided: int = 0
    refunded: int = 0

    @property
    def open(self) -> int:
        """What it still holds of the shopper's money without having taken it."""
        return self.authorized - self.captured - self.voided


@dataclass(frozen=True, slots=True, kw_only=True)
class ByHand:
    """What was asked of the gateway beside the order, and taken."""

    settled: int = 0
    cancelled: int = 0
    refunded: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Everything that is known of one transaction."""

    transaction: Transaction
    order: Order | None = None
    books: Mapping[str, Books] = field(default_factory=dict)
    """By payment; a legacy connector lives inside the gateway and keeps none."""
    confirmed: Moved = field(default_factory=dict)
    """What the history says that connectors confirmed."""
    lost: Moved = field(default_factory=dict)
    """What failed for good or was handed to a person, by the history."""
    hasty: tuple[str, ...] = ()
    """Calls that were given up before their time for retries was over, in words."""
    automatic: bool = False
    """Whether a delay has settled anything by itself."""
    short: Moved = field(default_factory=dict)
    """What the connector moved less than it was asked to, and said so (S14)."""
    dropped: int = 0
    """The refunds that waited for a capture which never came: nothing is left to give back."""
    settles_by_itself: bool = True
    """Whether a delay settles what nobody asks for; the merchant may have chosen otherwise."""
    notified: frozenset[str] = frozenset()
    """Payments whose money came in by the merchant's word, whatever the connector knows."""
    by_hand: ByHand = ByHand()
    interest: int = 0
    """What the payments exceeded the order by at the checkout; changes may shrink it."""
    waiting: tuple[str, ...] = ()
    """The operations of the outbox, in words."""
    changing: int = 0
    """How many changes of the order are in progress."""

    @property
    def explained(self) -> bool:
        """Whether order and transaction may differ: after failures, or requests beside the order."""
        return bool(self.lost) or self.by_hand != ByHand()

    def less(self, operation: Operation) -> int:
        """By how much the connector fell short of what it was asked for."""
        return sum(amount for (_, each), amount in self.short.items() if each is operation)

    @property
    def unsettled(self) -> int:
        """What nobody has asked for again since a settlement came out smaller, at most (S14)."""
        return self.less(Operation.SETTLE)

    @property
    def ungiven(self) -> int:
        """What nobody has asked for again since a refund by hand came out smaller, at most.

        Returns, changes and cancels ask only once: what their refunds lack is a person's task.
        """
        return self.less(Operation.REFUND) if self.by_hand.refunded else 0


Rule: TypeAlias = Callable[[Evidence], Iterator[str]]

_FIGURES: tuple[tuple[Operation, str, str], ...] = (
    (Operation.SETTLE, "captured", "settling"),
    (Operation.CANCEL, "voided", "cancelling"),
    (Operation.REFUND, "refunded", "refunding"),
)

_ENDED = frozenset({TransactionStatus.FINISHED, TransactionStatus.CANCELLED})
_OPEN = frozenset({TransactionStatus.APPROVED, TransactionStatus.SETTLING})
_PAYMENT_ENDED = frozenset({PaymentStatus.FINISHED, PaymentStatus.CANCELLED})


def step_differences(evidence: Evidence) -> tuple[str, ...]:
    """What is wrong although the history goes on; empty when nothing is."""
    return tuple(line for rule in STEP for line in rule(evidence))


def end_differences(evidence: Evidence) -> tuple[str, ...]:
    """What is wrong when nothing can happen any more; empty when nothing is."""
    return tuple(line for rule in (*STEP, *END) for line in rule(evidence))


# --- At every step ------------------------------------------------------------------------------------------


def _sound(evidence: Evidence) -> Iterator[str]:
    yield from broken(evidence.transaction)


def _moved_once(evidence: Evidence) -> Iterator[str]:
    """The connector did what the gateway knows, and at most what is on its way or was given up beyond it."""
    for payment in evidence.transaction.payments:
        books = evidence.books.get(payment.id)
        for operation, name, on_its_way in _FIGURES if books else ():
            low, high = _bounds(evidence, payment, operation, name, on_its_way)
            found = int(getattr(books, name))
            if not low <= found <= high:
                told = text(low) if low == high else f"{text(low)} to {text(high)}"
                yield f"payment {payment.id}: the connector has {name} {text(found)}, the gateway knows of {told}"


def _bounds(
    evidence: Evidence, payment: Payment, operation: Operation, name: str, on_its_way: str
) -> tuple[int, int]:
    known = int(getattr(payment, name))
    if operation is Operation.CANCEL and payment.id in evidence.notified:
        return 0, payment.value  # what the connector never approved it cannot void either
    if operation is Operation.CANCEL and not payment.authorized:
        return 0, payment.value  # it may have approved what the gateway gave up in time
    return known, known + int(getattr(payment, on_its_way)) + evidence.lost.get((payment.id, operation), 0)


def _patient(evidence: Evidence) -> Iterator[str]:
    for call in evidence.hasty:
        yield f"{call} was given up too soon"


def _folded(evidence: Evidence) -> Iterator[str]:
    """Totals are folds of the history."""
    for payment in evidence.transaction.payments if evidence.transaction.total("authorized") else ():
        for operation, name, _ in _FIGURES:
            told = evidence.confirmed.get((payment.id, operation), 0)
            found = int(getattr(payment, name))
            if told != found and payment.authorized:
                yield f"payment {payment.id}: {name} {text(found)}, the history adds up to {text(told)}"


def _by_the_mode(evidence: Evidence) -> Iterator[str]:
    """What connectors may have heard by now; nothing is said while an answer is due, or after a failure."""
    transaction = evidence.transaction
    if transaction.in_flight or evidence.lost or evidence.automatic or transaction.status not in _OPEN | _ENDED:
        return
    if transaction.total("authorized") == transaction.value:
        yield from _MODES[transaction.mode](transaction, evidence.unsettled)


def _grew(transaction: Transaction) -> bool:
    """Whether more was authorized later: the requests may have made up the value before."""
    return any(payment.increase and payment.authorized for payment in transaction.payments)


def _total(transaction: Transaction, unsettled: int) -> Iterator[str]:
    captured, voided = transaction.total("captured"), transaction.total("voided")
    if not transaction.settled and not transaction.reduced and captured:
        yield f"Total: {text(captured)} captured before any settlement"
    whole = transaction.value - transaction.cancelled
    if transaction.settled and not _grew(transaction) and not whole - unsettled <= captured <= whole:
        yield f"Total: {text(captured)} captured at the first settlement, not all that is not cancelled"
    if transaction.remaining and not captured and voided:
        yield f"Total: {text(voided)} voided before the cancels make up the value"


def _hold(transaction: Transaction, unsettled: int) -> Iterator[str]:
    moved = transaction.total("captured") + transaction.total("voided")
    if transaction.remaining > unsettled and moved and not _grew(transaction):
        yield f"Hold: {text(moved)} moved before the requests make up the value"


def _partial(transaction: Transaction, _unsettled: int) -> Iterator[str]:
    captured, voided = transaction.total("captured"), transaction.total("voided")
    if captured != transaction.settled + transaction.reduced:
        yield f"Partial: {text(captured)} captured, settlements come to {text(transaction.settled)}"
    if voided != transaction.cancelled:
        yield f"Partial: {text(voided)} voided, cancels come to {text(transaction.cancelled)}"


_MODES: Mapping[Mode, Callable[[Transaction, int], Iterator[str]]] = {
    Mode.TOTAL: _total,
    Mode.HOLD: _hold,
    Mode.PARTIAL: _partial,
}


# --- At the end ---------------------------------------------------------------------------------------------


def _quiet(evidence: Evidence) -> Iterator[str]:
    """Every request is done, refused, or handed to a person."""
    for operation in evidence.waiting:
        yield f"the outbox still holds {operation}"
    if evidence.changing:
        yield f"{evidence.changing} change of the order is still in progress"
    for payment in evidence.transaction.payments:
        on_its_way = payment.settling + payment.cancelling + payment.refunding
        if payment.calls or on_its_way:
            yield f"payment {payment.id}: {payment.calls} calls and {text(on_its_way)} are still on their way"


def _not_stuck(evidence: Evidence) -> Iterator[str]:
    transaction = evidence.transaction
    if transaction.status in _ENDED:
        yield from _ended(evidence)
    elif transaction.status in _OPEN:
        yield from _left_open(evidence)
    elif transaction.status is not TransactionStatus.STARTED:
        yield f"the transaction is stuck in {transaction.status}"
    elif any(payment.status is not PaymentStatus.RECEIVED for payment in transaction.payments):
        yield "a payment moved although nobody asked for the authorization"


def _ended(evidence: Evidence) -> Iterator[str]:
    """Documented (H3): what was cancelled of a captured payment stays open, and is never voided."""
    transaction = evidence.transaction
    if transaction.remaining:
        yield f"{transaction.status} with {text(transaction.remaining)} that nobody asked for"
    stays = transaction.mode is not Mode.PARTIAL and transaction.status is TransactionStatus.FINISHED
    for payment in transaction.payments:
        if payment.status not in _PAYMENT_ENDED or (payment.open and not (stays and payment.captured)):
            yield f"payment {payment.id}: {payment.status} with {text(payment.open)} open, all is over"


def _left_open(evidence: Evidence) -> Iterator[str]:
    """The merchant may still ask; the delays have settled what no held cancel keeps open."""
    transaction = evidence.transaction
    if not transaction.remaining:
        yield f"all is asked for, and the transaction is still {transaction.status}"
    held = transaction.cancelled - transaction.total("voided") - transaction.total("unvoided")
    unsettled = sum(payment.open for payment in transaction.payments if payment.kind is Kind.PPP)
    if unsettled > max(held, 0) + evidence.unsettled and evidence.settles_by_itself:
        yield f"{text(unsettled)} is open after every delay, cancels hold {text(held)}"


def _as_requested(evidence: Evidence) -> Iterator[str]:
    """What was requested of the gateway is what connectors did, or what a person has to do."""
    transaction = evidence.transaction
    captured, by_hand = transaction.total("captured"), transaction.total("by_hand")
    held = transaction.mode is Mode.HOLD and transaction.remaining > 0
    if transaction.settled + transaction.reduced > captured and not held:
        yield f"settlements of {text(transaction.settled)} were taken, {text(captured)} captured"
    told = transaction.total("refunded") + by_hand + transaction.awaited
    if transaction.refunded != told:
        yield f"refunds of {text(transaction.refunded)} were taken, {text(told)} given back or handed over"
    if transaction.status is TransactionStatus.CANCELLED and not 0 <= captured - told <= evidence.ungiven:
        yield f"cancelled, and {text(captured - told)} of the shopper's money is kept"
    if transaction.status is TransactionStatus.FINISHED and not evidence.lost:
        yield from _finished(transaction)


def _finished(transaction: Transaction) -> Iterator[str]:
    captured, freed = transaction.total("captured"), transaction.total("voided") + transaction.total("open")
    if captured != transaction.settled + transaction.reduced:
        yield f"finished with {text(captured)} captured, settlements come to {text(transaction.settled)}"
    if freed != transaction.cancelled:
        yield f"finished with {text(freed)} not captured, cancels come to {text(transaction.cancelled)}"


def _let_go(evidence: Evidence) -> Iterator[str]:
    """When all is over, no connector holds more than the gateway knows of, or a person was told to free."""
    if evidence.transaction.status not in _ENDED:
        return
    for payment in evidence.transaction.payments:
        told = sum(evidence.lost.get((payment.id, each), 0) for each in (Operation.CANCEL, Operation.SETTLE))
        held = evidence.books.get(payment.id, Books()).open
        if held > payment.open + told:
            yield f"payment {payment.id}: all is over, the connector still holds {text(held)}"


def _order_not_stuck(evidence: Evidence) -> Iterator[str]:
    order, transaction = evidence.order, evidence.transaction
    if order is None:
        return
    if order.status is OrderStatus.PAYMENT_PENDING and transaction.status is not TransactionStatus.STARTED:
        yield f"the order waits for a payment, the transaction is {transaction.status}"
    if order.status is OrderStatus.CANCEL:
        yield f"the order is stuck in {order.status}, the transaction is {transaction.status}"
    if order.status is OrderStatus.INVOICE and not (order.in_error and (evidence.explained or evidence.unsettled)):
        yield f"the order is stuck in {order.status}"
    kept = transaction.total("captured") - transaction.total("refunded") - transaction.total("by_hand")
    over = transaction.status in _ENDED and kept <= evidence.ungiven
    if order.status is OrderStatus.CANCELED and not over:
        yield f"the order is canceled, the transaction is {transaction.status}, {text(kept)} is kept"
    if order.status is OrderStatus.INVOICED and order.invoiced != order.value:
        yield f"the order of {text(order.value)} is invoiced with {text(order.invoiced)}"


def _order_as_requested(evidence: Evidence) -> Iterator[str]:
    order, transaction, by_hand = evidence.order, evidence.transaction, evidence.by_hand
    if order is None:
        return
    taken_back = order.status is OrderStatus.CANCELED
    asked_back = sum(invoice.value for invoice in order.invoices if invoice.refund_asked) + by_hand.refunded
    given_back = transaction.refunded - transaction.reduced + evidence.dropped
    if not taken_back and not asked_back - evidence.ungiven <= given_back <= asked_back:
        yield f"returns ask for {text(asked_back)} back, the gateway for {text(transaction.refunded)}"
    clean = not evidence.explained and transaction.status is not TransactionStatus.STARTED
    low = order.invoiced - evidence.unsettled if clean else 0
    if not low <= transaction.settled <= order.invoiced + by_hand.settled + evidence.interest:
        yield f"invoices come to {text(order.invoiced)}, settlements to {text(transaction.settled)}"
    wanted = transaction.value - transaction.cancelled - transaction.reduced
    worth = 0 if taken_back else order.value
    if clean and not worth <= wanted <= worth + (evidence.interest if worth else 0):
        yield f"the order is worth {text(order.value)}, its transaction {text(wanted)}"


STEP: tuple[Rule, ...] = (_sound, _moved_once, _patient, _folded, _by_the_mode)
END: tuple[Rule, ...] = (_quiet, _not_stuck, _as_requested, _let_go, _order_not_stuck, _order_as_requested)
