"""What a connector's answer means: the next ledger, and the calls that only now become possible.

Only final answers come here: a call that will be tried again, or a payment still `undefined`, waits outside.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from gateway_mock.core.forward import approve, cancel_everything, close, conclude, let_go
from gateway_mock.core.ledger import Call, Cause, Draft, Happening, Payment, Step, Transaction, entry_of
from gateway_mock.core.modes import Mode, Operation
from gateway_mock.core.money import text
from gateway_mock.core.policy import RECOMMENDED, Policy
from gateway_mock.core.statuses import Event, PaymentStatus, TransactionStatus

_CANCELLED = frozenset({TransactionStatus.CANCELLING, TransactionStatus.CANCELLED})


class Result(StrEnum):
    """How a call ended for good."""

    DONE = "done"
    """Confirmed, for `value` cents."""
    DENIED = "denied"
    """The payment was not authorized."""
    GIVEN_UP = "given up"
    """Every try failed and the time for retries is over."""
    BY_HAND = "by hand"
    """The connector says that a person has to do it (`cancel-manually`, `refund-manually`)."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of a call. `value` is what the connector confirmed, in cents; 0 unless done."""

    result: Result
    value: int = 0
    note: str | None = None
    settle_id: str | None = None
    """What the connector calls this capture, for the refunds that take from it."""
    inside: bool = False
    """Whether a callback brought it while the first create was still open (known issue 1344363)."""


def confirm(transaction: Transaction, call: Call, outcome: Outcome, policy: Policy = RECOMMENDED) -> Step:
    """Book the end of a call.

    Raises:
        InvariantBrokenError: the ledger would become impossible (a fault of this program: what a connector
            confirms beyond the request is cut to the request and noted, S15).
    """
    draft = Draft(transaction)
    draft.pay(call.payment_id, calls=-1)
    _CONFIRMERS[call.operation](draft, call, outcome)
    if call.operation is Operation.SETTLE:
        close(draft, policy)  # what it failed to settle may have completed the transaction
    conclude(draft)
    return draft.step()


# --- Authorize --------------------------------------------------------------------------------------------------


def _authorized(draft: Draft, call: Call, outcome: Outcome) -> None:
    payment = _payment(draft, call)
    being_cancelled = payment.calls > 0 or draft.transaction.status in _CANCELLED
    if payment.status is not PaymentStatus.AUTHORIZING or being_cancelled:
        _ignore(draft, call, outcome, payment)
    elif outcome.result is Result.DONE:
        _approve(draft, call, payment)
    else:
        _deny(draft, call, outcome, payment)


def _ignore(draft: Draft, call: Call, outcome: Outcome, payment: Payment) -> None:
    """Cancelled meanwhile: never reopened (S28, known issue 1417330); a late approval is undone."""
    draft.note(entry_of(call, Happening.IGNORED, note=f"{outcome.result} after the cancel"))
    draft.fire_payment(payment.id, Event.CANCELLED)
    if outcome.result is Result.DONE and not payment.calls:
        draft.call(Call(operation=Operation.CANCEL, payment_id=payment.id, value=call.value))


def _approve(draft: Draft, call: Call, payment: Payment) -> None:
    draft.note(entry_of(call, Happening.CONFIRMED))
    draft.pay(payment.id, authorized=call.value)
    draft.fire_payment(payment.id, Event.AUTHORIZED)
    if payment.increase:
        draft.add(value=call.value)
        draft.fire_payment(payment.id, Event.APPROVE)
        return
    if all(each.status is PaymentStatus.AUTHORIZED for each in draft.transaction.payments):
        draft.fire(Event.AUTHORIZED)
        if draft.transaction.antifraud:
            draft.fire(Event.ANALYZE)
        else:
            approve(draft)


def _deny(draft: Draft, call: Call, outcome: Outcome, payment: Payment) -> None:
    """Documented: one denied payment cancels every payment of the transaction; an increase only itself."""
    in_vain = outcome.result is Result.GIVEN_UP
    draft.note(entry_of(call, Happening.FAILED, note=outcome.note or outcome.result)._replace(auto=in_vain))
    if outcome.result is Result.DENIED or payment.increase:
        draft.fire_payment(payment.id, Event.CANCELLED)
    if outcome.result is not Result.DENIED and payment.increase:
        # Nobody knows what the connector holds, so it is told to let go (documented for `delayToCancel`).
        draft.call(Call(operation=Operation.CANCEL, payment_id=payment.id, value=payment.value))
    if not payment.increase:
        if in_vain:
            draft.give_up(Operation.AUTHORIZE)
        draft.add(cancelled=draft.transaction.remaining)
        cancel_everything(draft)


# --- Settle -----------------------------------------------------------------------------------------------------


def _settled(draft: Draft, call: Call, outcome: Outcome) -> None:
    leaned_on = draft.transaction.mode is not Mode.HOLD or draft.transaction.remaining == 0
    value = _booked(draft, call, outcome)
    draft.pay(call.payment_id, settling=-call.value, captured=value)
    released = _release_unsettled(draft, call.value - value) if leaned_on else 0
    if outcome.result is Result.DONE:
        draft.add(short=released)
        _give_back_awaited(draft, call, outcome)
    else:
        _cancel_unsettled(draft, _payment(draft, call))


def _give_back_awaited(draft: Draft, call: Call, outcome: Outcome) -> None:
    """A refund that waited for this capture goes out now."""
    value = min(draft.transaction.awaited, _payment(draft, call).refundable)
    if value:
        draft.add(awaited=-value)
        refund = Call(Operation.REFUND, call.payment_id, value, outcome.settle_id, cause=Cause.LATE)
        draft.call(refund, refunding=value)


def _release_unsettled(draft: Draft, lost: int) -> int:
    """S14, C29: only what is held or confirmed counts as settled, so a later request can pick up the rest."""
    transaction = draft.transaction
    released = min(lost, max(transaction.settled - transaction.secured, 0))
    draft.add(settled=-released)
    return released


def _cancel_unsettled(draft: Draft, payment: Payment) -> None:
    """C10: a settle that failed to the end cancels what was not captured; what was captured stays."""
    gone = payment.free
    let_go(draft, payment)
    held_settle = max(gone - draft.transaction.remaining, 0)  # it was to be settled from this payment
    draft.add(cancelled=gone, settled=-held_settle)


# --- Cancel and refund ------------------------------------------------------------------------------------------


def _cancelled(draft: Draft, call: Call, outcome: Outcome) -> None:
    """C9: the transaction ends cancelled whatever the connector says; a failure is left to a person."""
    payment = _payment(draft, call)
    value = _booked(draft, call, outcome)
    if payment.cancelling:
        draft.pay(payment.id, cancelling=-call.value, voided=value, unvoided=call.value - value)
    elif payment.status is PaymentStatus.AUTHORIZING:
        draft.fire_payment(payment.id, Event.CANCELLED)


def _refunded(draft: Draft, call: Call, outcome: Outcome) -> None:
    value = _booked(draft, call, outcome)
    draft.pay(call.payment_id, refunding=-call.value, refunded=value)
    rest, done = call.value - value, outcome.result is Result.DONE
    if done and call.cause is None:
        draft.add(refunded=-rest)  # whoever asked by hand may ask again
        return
    draft.pay(call.payment_id, by_hand=rest)
    if done and rest:
        why = f"of {text(call.value)} for a {call.cause} the connector gave {text(value)} back"
        draft.note(entry_of(call, Happening.HANDED_TO_PERSON, value=rest, note=why))


def _booked(draft: Draft, call: Call, outcome: Outcome) -> int:
    """Note the end of the call, and tell how much of it counts: never more than was asked for (S15)."""
    if outcome.result is Result.DONE:
        value = outcome.value if _is_believable(call, outcome) else call.value
        draft.pay(call.payment_id, overstated=max(outcome.value - value, 0))
        draft.note(entry_of(call, Happening.CONFIRMED, value=value, note=outcome.note))
        return value
    if outcome.result is Result.GIVEN_UP and call.operation is not Operation.REFUND:
        draft.give_up(call.operation)
    by_hand = outcome.result is Result.BY_HAND or call.operation is not Operation.SETTLE
    happening = Happening.HANDED_TO_PERSON if by_hand else Happening.FAILED
    draft.note(entry_of(call, happening, note=outcome.note))
    return 0


def _is_believable(call: Call, outcome: Outcome) -> bool:
    """Between nothing and what was asked for; a cancel's answer carries no amount at all."""
    return call.operation is not Operation.CANCEL and 0 <= outcome.value <= call.value


def _payment(draft: Draft, call: Call) -> Payment:
    return next(payment for payment in draft.transaction.payments if payment.id == call.payment_id)


_CONFIRMERS: Mapping[Operation, Callable[[Draft, Call, Outcome], None]] = {
    Operation.AUTHORIZE: _authorized,
    Operation.SETTLE: _settled,
    Operation.CANCEL: _cancelled,
    Operation.REFUND: _refunded,
}
