"""What a request means: a refusal, or the next ledger and the calls that follow. Nothing is called here.

Settle 40 of 100 in Partial mode goes: `plan` -> `_settle` (may it? record it) -> `forward` (the row of the mode
says EACH) -> `_settle_each` (lowest payment first) -> `Draft.call` (reserve 40, ask for the call).
"""

from gateway_mock.core import allocation
from gateway_mock.core.allocation import Capture, Room
from gateway_mock.core.forward import (
    approve,
    cancel_everything,
    cancellable,
    close,
    conclude,
    forward,
    settle_rest,
)
from gateway_mock.core.ledger import Call, Cause, Draft, Entry, Happening, Payment, Step, Transaction, Verdict
from gateway_mock.core.modes import Operation, together
from gateway_mock.core.money import text
from gateway_mock.core.policy import AfterCapture, Policy, RefundPriority
from gateway_mock.core.refusals import Refusal, Refused, refuse
from gateway_mock.core.requests import (
    Authorize,
    AutoSettle,
    Cancel,
    Increase,
    Judge,
    Receive,
    Refund,
    Request,
    Settle,
    Withdraw,
)
from gateway_mock.core.statuses import Event, PaymentStatus, TransactionStatus

_SETTLED_ONCE = frozenset({TransactionStatus.APPROVED, TransactionStatus.SETTLING, TransactionStatus.FINISHED})
_TAKEN_BACK = _SETTLED_ONCE | {TransactionStatus.ANALYZING_RISK, TransactionStatus.RISK_REJECTED}
_OVER = frozenset({TransactionStatus.FINISHED, TransactionStatus.CANCELLING, TransactionStatus.CANCELLED})
BEFORE_AUTHORIZATION = frozenset({TransactionStatus.STARTED, TransactionStatus.AUTHORIZING})
_BEFORE_APPROVAL = BEFORE_AUTHORIZATION | {TransactionStatus.ANALYZING_RISK}
_SETTLES_BY_ITSELF = frozenset(
    {TransactionStatus.ANALYZING_RISK, TransactionStatus.APPROVED, TransactionStatus.SETTLING}
)


def plan(transaction: Transaction, request: Request, policy: Policy) -> Verdict:
    """Decide on a request. A refusal has changed nothing.

    Raises:
        InvariantBrokenError: the decision would break the ledger (a fault of this program).
    """
    if isinstance(request, Settle | Cancel | Refund) and request.value % transaction.grain:
        return refuse(Refusal.TOO_FINE, id=transaction.id, value=text(request.value))
    match request:
        case Receive() | Authorize() | Increase() | Withdraw():
            return _pay(transaction, request)
        case Judge():
            return _judge(transaction, request, policy)
        case Settle():
            return _settle(transaction, request, policy)
        case AutoSettle():
            return _auto_settle(transaction, request, policy)
        case Cancel():
            return _cancel(transaction, request, policy)
        case Refund():
            return _refund(transaction, request, policy)


def _pay(transaction: Transaction, request: Receive | Authorize | Increase | Withdraw) -> Verdict:
    """What is about payments as a whole."""
    match request:
        case Receive():
            return _receive(transaction, request)
        case Authorize():
            return _authorize(transaction, request)
        case Increase():
            return _increase(transaction, request)
        case Withdraw():
            return _withdraw(transaction, request)


# --- Until the approval -----------------------------------------------------------------------------------------


def _receive(transaction: Transaction, request: Receive) -> Verdict:
    if transaction.status is not TransactionStatus.STARTED:
        return refuse(Refusal.PAYMENTS_TOO_LATE, id=transaction.id)
    draft = Draft(transaction)
    for payment in request.payments:
        draft.join(payment)
    return draft.step()


def _authorize(transaction: Transaction, request: Authorize) -> Verdict:
    if transaction.status is not TransactionStatus.STARTED:
        return Step(transaction)  # S33: the answer is the current state
    if not transaction.payments:
        return refuse(Refusal.NO_PAYMENTS)
    total = transaction.total("value")
    if total != transaction.value:
        return refuse(Refusal.PAYMENTS_SUM, value=text(transaction.value), sum=text(total))
    draft = Draft(transaction)
    draft.fix_mode(together(payment.mode for payment in transaction.payments))
    draft.fix_antifraud(antifraud=request.antifraud)
    draft.note(Entry(happening=Happening.REQUESTED, operation=Operation.AUTHORIZE, value=transaction.value))
    draft.fire(Event.AUTHORIZE)
    for payment in transaction.payments:
        _ask(draft, payment)
    return draft.step()


def _judge(transaction: Transaction, request: Judge, policy: Policy) -> Verdict:
    draft = Draft(transaction)
    if transaction.status is not TransactionStatus.ANALYZING_RISK:
        return draft.step()  # cancelled meanwhile
    draft.fire(Event.RISK_APPROVED if request.approved else Event.RISK_REJECTED)
    if request.approved:
        approve(draft)
        return draft.step()
    return _reject(draft, request.captures, policy)


def _reject(draft: Draft, captures: tuple[Capture, ...], policy: Policy) -> Verdict:
    """S27: what a delay captured while the risk was analyzed is refunded, the rest is cancelled."""
    captured = refundable(draft.transaction)
    first: Verdict = draft.step()
    if captured:
        refund = Refund(captured, captures, reduces=True, cause=Cause.REJECTION)
        first = _then_refund(draft.step(), refund, policy)
    return first if isinstance(first, Refused) else _joined(first, _let_go(first.transaction))


def _let_go(transaction: Transaction) -> Step:
    draft = Draft(transaction)
    draft.add(cancelled=transaction.remaining)
    cancel_everything(draft)
    return draft.step()


def _increase(transaction: Transaction, request: Increase) -> Verdict:
    if transaction.status not in {TransactionStatus.APPROVED, TransactionStatus.SETTLING}:
        return _not_approved(transaction, "authorize more")
    draft = Draft(transaction)
    draft.join(request.payment)
    _ask(draft, request.payment)
    return draft.step()


def _withdraw(transaction: Transaction, request: Withdraw) -> Verdict:
    payment = transaction.payment(request.payment_id)
    if payment is None or not payment.increase or payment.status is not PaymentStatus.AUTHORIZING:
        return Step(transaction)
    if payment.calls > 1:
        return Step(transaction)  # beside the authorization, a cancel is on its way already
    draft = _requested(transaction, Operation.CANCEL, payment.value)
    draft.call(Call(operation=Operation.CANCEL, payment_id=payment.id, value=payment.value))
    return draft.step()


def _ask(draft: Draft, payment: Payment) -> None:
    draft.fire_payment(payment.id, Event.AUTHORIZE)
    draft.call(Call(operation=Operation.AUTHORIZE, payment_id=payment.id, value=payment.value))


# --- Settle -----------------------------------------------------------------------------------------------------


def _settle(transaction: Transaction, request: Settle, policy: Policy) -> Verdict:
    if transaction.status in _BEFORE_APPROVAL:
        return _not_approved(transaction, "settle")
    limit = _askable(transaction)
    zero = policy.settle_zero_finishes and request.value == 0 and limit > 0
    if not zero and not 0 < request.value <= limit:
        return refuse(Refusal.SETTLE_EXCEEDS, value=text(request.value), remaining=text(limit))
    draft = _requested(transaction, Operation.SETTLE, request.value)
    draft.add(settled=request.value, short=-min(request.value, transaction.short))
    draft.fire(Event.SETTLE)
    if zero:
        draft.fire(Event.FINISH)  # known issue 1349027: finished, although nothing was settled
        return draft.step()
    forward(draft, Operation.SETTLE, request.value, policy)
    conclude(draft)
    return draft.step()


def _auto_settle(transaction: Transaction, request: AutoSettle, policy: Policy) -> Verdict:
    draft = Draft(transaction)
    if transaction.status in _SETTLES_BY_ITSELF:
        settle_rest(draft, policy, only=request.payment_id, auto=True)
    return draft.step()


# --- Cancel -----------------------------------------------------------------------------------------------------


def _cancel(transaction: Transaction, request: Cancel, policy: Policy) -> Verdict:
    if transaction.status in BEFORE_AUTHORIZATION:
        return _cancel_unapproved(transaction, request)
    limit = _askable(transaction)
    if not 0 < request.value <= limit:
        return refuse(Refusal.CANCEL_EXCEEDS, value=text(request.value), remaining=text(limit))
    if request.value > cancellable(transaction):
        return _cancel_captured(transaction, request, policy)
    return _cancel_open(transaction, request.value, policy)


def _cancel_open(transaction: Transaction, value: int, policy: Policy) -> Step:
    """Cancel what no connector has captured."""
    draft = _requested(transaction, Operation.CANCEL, value)
    draft.add(cancelled=value)
    if transaction.remaining == value and not transaction.settled:
        draft.fire(Event.CANCEL)
    forward(draft, Operation.CANCEL, value, policy)
    conclude(draft)
    return draft.step()


def _cancel_unapproved(transaction: Transaction, request: Cancel) -> Verdict:
    if request.value != transaction.value:
        return refuse(Refusal.CANCEL_VALUE_DIFFERS, value=text(request.value), persisted=text(transaction.value))
    draft = _requested(transaction, Operation.CANCEL, request.value)
    draft.add(cancelled=request.value)
    cancel_everything(draft)
    return draft.step()


def _cancel_captured(transaction: Transaction, request: Cancel, policy: Policy) -> Verdict:
    """C31: the money is captured already; refused, unless the account turns that part into a refund."""
    if policy.cancel_after_capture is not AfterCapture.REFUND:
        return refuse(Refusal.CANCEL_AFTER_CAPTURE, id=transaction.id)
    open_part = cancellable(transaction)
    first = _cancel_open(transaction, open_part, policy) if open_part else Step(transaction)
    refund = Refund(request.value - open_part, request.captures, reduces=True, cause=Cause.CANCEL)
    return _then_refund(first, refund, policy)


def _then_refund(first: Step, request: Refund, policy: Policy) -> Verdict:
    """A step, and a refund that goes with it."""
    second = _refund(first.transaction, request, policy)
    return second if isinstance(second, Refused) else _joined(first, second)


def _joined(first: Step, second: Step) -> Step:
    return Step(second.transaction, first.calls + second.calls, first.entries + second.entries)


# --- Refund -----------------------------------------------------------------------------------------------------


def _refund(transaction: Transaction, request: Refund, policy: Policy) -> Verdict:
    if transaction.status not in (_TAKEN_BACK if request.reduces else _SETTLED_ONCE):
        return _not_approved(transaction, "refund")
    captured = refundable(transaction)
    limit = (
        min(captured, transaction.remaining)
        if request.reduces
        else captured + _to_come(transaction, request, policy)
    )
    if not 0 < request.value <= limit:
        return refuse(Refusal.REFUND_EXCEEDS, value=text(request.value), remaining=text(limit))
    draft = _requested(transaction, Operation.REFUND, request.value)
    now = min(request.value, captured)
    draft.add(refunded=request.value, reduced=request.value if request.reduces else 0, awaited=request.value - now)
    if draft.transaction.remaining == 0 and not transaction.settled:
        draft.fire(Event.CANCEL)  # the whole order was taken back after its money was captured (E4 c)
    rooms = (Room(payment.id, payment.refundable) for payment in _refund_order(transaction, policy))
    for payment_id, share in allocation.spread(now, rooms).items():
        _give_back(draft, payment_id, share, request, policy)
    if request.reduces:
        close(draft, policy)  # less to settle may complete the transaction
    conclude(draft)
    return draft.step()


def refundable(transaction: Transaction) -> int:
    """What can still be given back out of captured money; cents."""
    return transaction.total("refundable")


def _to_come(transaction: Transaction, request: Refund, policy: Policy) -> int:
    """What a refund may wait for; cents.

    A return may follow its invoice at once (documented: the invoices decide), so it waits for what is being
    captured. S12: card first, and the card not captured: the gift card gives what it has, the rest waits.
    """
    if request.cause is Cause.RETURN:
        return transaction.total("settling") - transaction.awaited
    if policy.refund_priority is not RefundPriority.CARD_FIRST or not transaction.total("captured"):
        return 0
    cards = (each for each in transaction.payments if each.group != "giftCard" and not each.captured)
    return sum(card.free + card.settling for card in cards) - transaction.awaited


def _refund_order(transaction: Transaction, policy: Policy) -> list[Payment]:
    """Lowest captured first, ties by creation; or cards before everything else (documented)."""
    card_first = policy.refund_priority is RefundPriority.CARD_FIRST
    return sorted(
        transaction.payments,
        key=lambda payment: (card_first and payment.group == "giftCard", payment.captured),
    )


def _give_back(draft: Draft, payment_id: str, value: int, request: Refund, policy: Policy) -> None:
    own = [capture for capture in request.captures if capture.payment_id == payment_id]
    parts = (
        [(own[-1].settle_id if own else None, value)]
        if policy.single_settle_id or not own
        else list(allocation.first_in_first_out(value, own))
    )
    for settle_id, part in parts:
        draft.call(Call(Operation.REFUND, payment_id, part, settle_id, cause=request.cause), refunding=part)


# --- Small change -----------------------------------------------------------------------------------------------


def _requested(transaction: Transaction, operation: Operation, value: int) -> Draft:
    """A draft that begins with the merchant's request. From here on it must succeed."""
    draft = Draft(transaction)
    draft.note(Entry(happening=Happening.REQUESTED, operation=operation, value=value))
    return draft


def _askable(transaction: Transaction) -> int:
    """What may still be settled or cancelled; nothing once the transaction is over."""
    return 0 if transaction.status in _OVER else transaction.remaining


def _not_approved(transaction: Transaction, operation: str) -> Refused:
    return refuse(Refusal.NOT_APPROVED, id=transaction.id, operation=operation, status=transaction.status)
