"""The modes at work: how recorded requests become calls, and how a transaction comes to its end.

Nothing here decides whether a request may be: `plan` has done that, `confirm` books what comes back.
"""

from collections.abc import Callable, Mapping

from gateway_mock.core import allocation
from gateway_mock.core.allocation import Room
from gateway_mock.core.ledger import Call, Draft, Entry, Happening, Payment, Transaction
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
        case Forward.ALL_WHEN_CLOSED if operation is Operation.CANCEL:
            _hold(draft, value)
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


def _hold(draft: Draft, value: int) -> None:
    """A cancel that no connector hears of weighs on the lowest payment first, and stays there (S3, S5)."""
    for payment_id, share in allocation.spread(value, _lowest_first(draft.transaction)).items():
        draft.pay(payment_id, held=share)


def settle_rest(draft: Draft, policy: Policy, *, only: str | None = None, auto: bool = False) -> None:
    """Everything open but the held cancels."""
    transaction = draft.transaction
    capacity = "open" if _captures_cancels(transaction, policy) else "free"
    for room in _lowest_first(transaction, capacity):
        if room.capacity and only in (None, room.payment_id):
            settle(draft, room.payment_id, room.capacity, auto=auto)


def _captures_cancels(transaction: Transaction, policy: Policy) -> bool:
    """S3, read literally: Total captures the order total although a part was cancelled."""
    return (
        policy.total_ignores_partial_cancel
        and transaction.mode is Mode.TOTAL
        and transaction.cancelled < transaction.value
    )


def _void_rest(draft: Draft) -> None:
    """A payment of which nothing was or will be captured frees the shopper's money (S5).

    What a settled order leaves of a payment stays, as documented (H3); one that was taken back leaves nothing.
    """
    transaction = draft.transaction
    for payment in transaction.payments:
        in_use = payment.captured or payment.settling
        if payment.open and not (in_use and transaction.settled):
            let_go(draft, payment)


def _lowest_first(transaction: Transaction, capacity: str = "free") -> list[Room]:
    """Documented for Partial: the payment with the lowest assigned amount first; ties by creation (S18, S19)."""
    ordered = sorted(transaction.payments, key=lambda payment: payment.value)
    return [Room(payment.id, getattr(payment, capacity)) for payment in ordered]


def settle(draft: Draft, payment_id: str, value: int, *, auto: bool = False) -> None:
    """Ask the payment's connector to settle that much."""
    draft.fire_payment(payment_id, Event.SETTLE)
    call = Call(operation=Operation.SETTLE, payment_id=payment_id, value=value, auto=auto)
    draft.call(call, settling=value)


def void(draft: Draft, payment_id: str, value: int) -> None:
    """Ask the payment's connector to cancel that much of what is open."""
    call = Call(operation=Operation.CANCEL, payment_id=payment_id, value=value)
    draft.call(call, cancelling=value)


def let_go(draft: Draft, payment: Payment) -> None:
    """Cancel all that is open of a payment, and what was held of it with it."""
    draft.pay(payment.id, held=-payment.held)
    void(draft, payment.id, payment.open)


def approve(draft: Draft) -> None:
    """Every check is passed: the transaction is approved, and its payments that nothing else has happened to."""
    draft.fire(Event.APPROVE)
    for payment in draft.transaction.payments:
        draft.fire_payment(payment.id, Event.APPROVE)


def conclude(draft: Draft) -> None:
    """End what has come to its end: payments first, then the transaction, when no connector owes an answer."""
    for payment in draft.transaction.payments:
        _conclude_payment(draft, payment)
    transaction = draft.transaction
    if transaction.remaining or transaction.in_flight:
        return
    _drop_awaited(draft)
    if transaction.settled:
        draft.fire(Event.FINISH)
    else:
        draft.fire(Event.CANCEL)
        draft.fire(Event.CANCELLED)
    for payment in transaction.payments:
        draft.fire_payment(payment.id, Event.FINISH if payment.captured else Event.CANCELLED)


def _drop_awaited(draft: Draft) -> None:
    """Nothing will be captured any more, so a refund that waits for it never goes out."""
    if value := draft.transaction.awaited:
        draft.add(awaited=-value, refunded=-value)
        draft.note(Entry(Happening.FAILED, Operation.REFUND, value=value, note="nothing more was captured"))


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
            let_go(draft, payment)
    conclude(draft)


def cancellable(transaction: Transaction) -> int:
    """What can still be cancelled without touching captured money, held cancels left out; cents."""
    return transaction.total("free")
