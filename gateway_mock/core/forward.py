"""The modes at work: how recorded requests become calls, and how a transaction comes to its end.

Nothing here decides whether a request may be: `plan` has done that, `confirm` books what comes back.
"""

from collections.abc import Callable, Mapping

from gateway_mock.core import allocation
from gateway_mock.core.allocation import Room
from gateway_mock.core.ledger import Call, Draft, Payment, Transaction
from gateway_mock.core.modes import FORWARD, Forward, Mode, Operation
from gateway_mock.core.policy import Policy
from gateway_mock.core.statuses import Event, PaymentStatus


def forward(draft: Draft, operation: Operation, value: int, policy: Policy) -> None:
    """Turn a recorded settle or cancel into calls, as the row of the transaction's mode says."""
    match FORWARD[draft.transaction.mode, operation]:
        case Forward.EACH:
            _EACH[operation](draft, value)
        case Forward.ALL_AT_FIRST:
            settle_rest(draft, policy)
            _void_rest(draft)
        case Forward.ALL_WHEN_CLOSED:
            pass
    close(draft, policy)


def close(draft: Draft, policy: Policy) -> None:
    """Once the requests make up the whole value, what is open is settled or freed, in every mode."""
    if draft.transaction.remaining == 0:
        settle_rest(draft, policy)
        _void_rest(draft)


def _settle_each(draft: Draft, value: int) -> None:
    """Partial: this amount, but not what an automatic settle captured before anybody asked (S26)."""
    transaction = draft.transaction
    ahead = transaction.secured - (transaction.settled - value)
    missing = min(value, max(value - ahead, 0))
    for payment_id, share in allocation.spread(missing, _lowest_first(transaction)).items():
        settle(draft, payment_id, share)


def _void_each(draft: Draft, value: int) -> None:
    for payment_id, share in allocation.spread(value, _lowest_first(draft.transaction)).items():
        void(draft, payment_id, share)


_EACH: Mapping[Operation, Callable[[Draft, int], None]] = {
    Operation.SETTLE: _settle_each,
    Operation.CANCEL: _void_each,
}


def settle_rest(draft: Draft, policy: Policy, *, only: str | None = None, auto: bool = False) -> None:
    """Everything open but the held cancels, which weigh on the lowest payment first (S3, S5)."""
    transaction = draft.transaction
    held = _held(transaction, policy)
    for room in _lowest_first(transaction):
        share = room.capacity - held.get(room.payment_id, 0)
        if share and only in (None, room.payment_id):
            settle(draft, room.payment_id, share, auto=auto)


def _void_rest(draft: Draft) -> None:
    """A payment of which nothing was or will be captured frees the shopper's money (S5).

    What a settled order leaves of a payment stays, as documented (H3); one that was taken back leaves nothing.
    """
    transaction = draft.transaction
    for payment in transaction.payments:
        in_use = payment.captured or payment.settling
        if payment.open and not (in_use and transaction.settled):
            void(draft, payment.id, payment.open)


def _held_total(transaction: Transaction) -> int:
    """Cancelled by the merchant, and kept inside the gateway so far.

    What S3's literal reading has captured all the same is not held any more, so what is open is the limit.
    """
    told = transaction.total("voided") + transaction.total("cancelling") + transaction.total("unvoided")
    return min(transaction.cancelled - told, transaction.total("open"))


def _held(transaction: Transaction, policy: Policy) -> dict[str, int]:
    """The held cancels, payment by payment; they weigh on the lowest first."""
    ignored = (
        policy.total_ignores_partial_cancel
        and transaction.mode is Mode.TOTAL
        and transaction.cancelled < transaction.value
    )
    return {} if ignored else held_cancels(transaction)


def held_cancels(transaction: Transaction) -> dict[str, int]:
    """Which payment the cancels that no connector has heard of will spare, and how much of it; cents.

    What a payment was spared when the rest of it was captured stays spared; else the lowest comes first.
    """
    ordered = sorted(transaction.payments, key=lambda each: (not (each.captured or each.settling), each.value))
    rooms = [Room(payment.id, payment.open) for payment in ordered]
    return allocation.spread(_held_total(transaction), rooms)


def _lowest_first(transaction: Transaction) -> list[Room]:
    """Documented for Partial: the payment with the lowest assigned amount first; ties by creation (S18, S19)."""
    ordered = sorted(transaction.payments, key=lambda payment: payment.value)
    return [Room(payment.id, payment.open) for payment in ordered]


def settle(draft: Draft, payment_id: str, value: int, *, auto: bool = False) -> None:
    """Ask the payment's connector to settle that much."""
    draft.fire_payment(payment_id, Event.SETTLE)
    call = Call(operation=Operation.SETTLE, payment_id=payment_id, value=value, auto=auto)
    draft.call(call, settling=value)


def void(draft: Draft, payment_id: str, value: int) -> None:
    """Ask the payment's connector to cancel that much of what is open."""
    call = Call(operation=Operation.CANCEL, payment_id=payment_id, value=value)
    draft.call(call, cancelling=value)


def conclude(draft: Draft) -> None:
    """End what has come to its end: payments first, then the transaction, when no connector owes an answer."""
    for payment in draft.transaction.payments:
        _conclude_payment(draft, payment)
    transaction = draft.transaction
    if transaction.remaining or transaction.in_flight:
        return
    if transaction.settled:
        draft.fire(Event.FINISH)
    else:
        draft.fire(Event.CANCEL)
        draft.fire(Event.CANCELLED)
    for payment in transaction.payments:
        draft.fire_payment(payment.id, Event.FINISH if payment.captured else Event.CANCELLED)


def _conclude_payment(draft: Draft, payment: Payment) -> None:
    if payment.calls or payment.open or not payment.authorized:
        return
    draft.fire_payment(payment.id, Event.FINISH if payment.captured else Event.CANCELLED)


def cancel_everything(draft: Draft) -> None:
    """Cancel every payment that a connector may know of, and the transaction with them."""
    draft.fire(Event.CANCEL)
    for payment in draft.transaction.payments:
        if payment.status is PaymentStatus.RECEIVED:
            draft.fire_payment(payment.id, Event.CANCELLED)  # no connector has heard of it
        elif payment.status is PaymentStatus.AUTHORIZING:
            draft.call(Call(operation=Operation.CANCEL, payment_id=payment.id, value=payment.value))
        elif payment.open:
            void(draft, payment.id, payment.open)
    conclude(draft)


def cancellable(transaction: Transaction) -> int:
    """What can still be cancelled without touching captured money, held cancels left out; cents."""
    return transaction.total("open") - _held_total(transaction)
