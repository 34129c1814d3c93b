"""Where the two clocks differ: what was requested, what connectors confirmed, what the order says. Cents.

Running ahead is no difference: Total mode and automatic settles capture before invoices ask for it (documented).
"""

from collections.abc import Iterator

from gateway_mock.core.ledger import Payment, Transaction
from gateway_mock.core.modes import Mode
from gateway_mock.core.money import text
from gateway_mock.core.orders import Order
from gateway_mock.core.statuses import OrderStatus, PaymentStatus, TransactionStatus


def differences(transaction: Transaction, order: Order | None) -> tuple[str, ...]:
    """What a person should look at, in words; empty when the books agree."""
    return (
        *(line for payment in transaction.payments for line in _of_payment(payment)),
        *_settled(transaction),
        *_refunded(transaction),
        *_kept(transaction),
        *(_taken_back(transaction, order) if order is not None else ()),
        *(_of_order(transaction, order) if order is not None else ()),
    )


def _of_payment(payment: Payment) -> Iterator[str]:
    moves = {
        "settlements": payment.settling,
        "cancellations": payment.cancelling,
        "refunds": payment.refunding,
    }
    for name, amount in moves.items():
        if amount:
            yield f"payment {payment.id}: the connector has not confirmed {name} of {text(amount)}"
    if payment.calls and payment.status is PaymentStatus.CANCELLED and not payment.cancelling:
        yield f"payment {payment.id}: the connector has not confirmed that it let go of {text(payment.value)}"
    if payment.unvoided:
        yield f"payment {payment.id}: a person has to cancel {text(payment.unvoided)} at the provider"
    if payment.by_hand:
        yield f"payment {payment.id}: a person has to refund {text(payment.by_hand)} outside VTEX"
    if payment.overstated:
        yield f"payment {payment.id}: the connector claims {text(payment.overstated)} more than it was asked for"


def _settled(transaction: Transaction) -> Iterator[str]:
    """Held requests are no difference while they wait; requested and not secured is one."""
    missing = transaction.settled - transaction.secured
    held = transaction.mode is Mode.HOLD and transaction.remaining > 0
    if missing > 0 and not held:
        yield f"settlements of {text(missing)} were requested and not captured"
    if short := min(transaction.short, transaction.remaining):
        yield f"connectors captured {text(short)} less than settlements asked for: settle it again, or cancel it"


def _refunded(transaction: Transaction) -> Iterator[str]:
    told = transaction.total("refunded") + transaction.total("refunding") + transaction.total("by_hand")
    if transaction.awaited:
        yield f"refunds of {text(transaction.awaited)} wait for a capture"
    if told + transaction.awaited != transaction.refunded:
        yield f"refunds of {text(transaction.refunded)} were requested, connectors know of {text(told)}"


def _kept(transaction: Transaction) -> Iterator[str]:
    """Cancelled means that the shopper keeps his money (known issue 1341471)."""
    kept = transaction.total("refundable") - transaction.settled
    if kept > 0 and transaction.status in {TransactionStatus.CANCELLING, TransactionStatus.CANCELLED}:
        yield f"the transaction is {transaction.status.lower()}, and {text(kept)} of it stays captured"


def _taken_back(transaction: Transaction, order: Order) -> Iterator[str]:
    """A refund by hand that was on its way when the order was cancelled came out smaller: ask for the rest."""
    kept = transaction.total("refundable")
    if kept and order.status is OrderStatus.CANCELED and transaction.status is TransactionStatus.FINISHED:
        yield f"the order is canceled, and {text(kept)} of it stays captured: refund it"


def _of_order(transaction: Transaction, order: Order) -> Iterator[str]:
    """An order without any invoice says nothing yet: its transaction may be driven by hand."""
    if not order.invoices:
        return
    interest = max(transaction.value - transaction.cancelled - transaction.reduced - order.value, 0)
    if not order.invoiced <= transaction.settled <= order.invoiced + interest:
        yield f"invoices add up to {text(order.invoiced)}, requested settlements to {text(transaction.settled)}"
    given_back = transaction.refunded - transaction.reduced
    asked_back = sum(invoice.value for invoice in order.invoices if invoice.refund_asked)
    if given_back != asked_back:
        yield f"returns add up to {text(asked_back)}, requested refunds to {text(given_back)}"
    early = order.returned - asked_back
    if early:
        yield f"returns of {text(early)} came before full invoicing and were not refunded"
