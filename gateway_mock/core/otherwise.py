"""The rules as the real platform breaks them: `plan` and `confirm` with the known issues that are on.

Each row of the two tables is one field of `Policy` and what happens in place of the rule; where no row is met, the
rule decides. So the rules themselves know nothing of what production gets wrong.
"""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from gateway_mock.core import confirm as rules_of_answers
from gateway_mock.core import plan as rules_of_requests
from gateway_mock.core.confirm import Outcome, Result
from gateway_mock.core.forward import cancellable, conclude, forward
from gateway_mock.core.ledger import (
    Call,
    Draft,
    Entry,
    Happening,
    Payment,
    Step,
    Transaction,
    Verdict,
    changed,
    entry_of,
)
from gateway_mock.core.modes import Mode, Operation
from gateway_mock.core.policy import RECOMMENDED, Policy
from gateway_mock.core.requests import Authorize, Cancel, Judge, Refund, Request, Settle
from gateway_mock.core.statuses import Event, PaymentStatus, TransactionStatus

_OPEN = frozenset({TransactionStatus.APPROVED, TransactionStatus.SETTLING})
_CANCELLED = frozenset({TransactionStatus.CANCELLING, TransactionStatus.CANCELLED})
_AUTHORIZED = frozenset({PaymentStatus.AUTHORIZED, PaymentStatus.APPROVED})


def plan(transaction: Transaction, request: Request, policy: Policy) -> Verdict:
    """As `plan.plan`, unless a known issue that is on takes the request."""
    for name, otherwise in _PLANS.items():
        if getattr(policy, name) and (step := otherwise(transaction, request, policy)) is not None:
            return step
    return _authorize_stuck(transaction, request) or rules_of_requests.plan(transaction, request, policy)


def confirm(transaction: Transaction, call: Call, outcome: Outcome, policy: Policy = RECOMMENDED) -> Step:
    """As `confirm.confirm`, unless a known issue that is on takes the answer."""
    for name, otherwise in _CONFIRMS.items():
        if getattr(policy, name) and (step := otherwise(transaction, call, outcome)) is not None:
            return step
    again = _authorized_again(transaction, call, outcome)
    return again or rules_of_answers.confirm(transaction, call, outcome, policy)


def tries_again(transaction: Transaction, call: Call, policy: Policy) -> bool:
    """Whether a failed call is tried again at all: it is, but for two known issues."""
    match call.operation:
        case Operation.SETTLE:
            return not (policy.failed_settle_is_left and transaction.mode is Mode.TOTAL)
        case Operation.REFUND:
            return not policy.failed_refund_counts
        case _:
            return True


# --- Requests -----------------------------------------------------------------------------------------------


def _settle_unrecorded(transaction: Transaction, request: Request, policy: Policy) -> Step | None:
    """Known issues 1319395, 1349246: captured, and no settlement request says why."""
    if not isinstance(request, Settle) or not _may_ask(transaction, request.value):
        return None
    draft = Draft(transaction)
    draft.add(settled=request.value)
    forward(draft, Operation.SETTLE, request.value, policy)
    draft.add(settled=-request.value)
    return draft.step()


def _cancel_settling(transaction: Transaction, request: Request, _policy: Policy) -> Step | None:
    """Known issue 1309799: the transaction turns to Cancelling under a pending settle, and never leaves."""
    pending = transaction.total("settling") > 0
    return _stuck_in_cancelling(transaction, request) if pending else None


def _cancel_settled(transaction: Transaction, request: Request, _policy: Policy) -> Step | None:
    """Known issue 1363196: cancelling what is captured leaves the transaction in Cancelling."""
    captured = isinstance(request, Cancel) and request.value > cancellable(transaction)
    return _stuck_in_cancelling(transaction, request) if captured else None


def _stuck_in_cancelling(transaction: Transaction, request: Request) -> Step | None:
    if not isinstance(request, Cancel) or not _may_ask(transaction, request.value):
        return None
    draft = Draft(transaction)
    draft.note(Entry(Happening.REQUESTED, Operation.CANCEL, value=request.value))
    draft.fire(Event.CANCEL)
    why = "A transaction must have all its payments cancelled to be cancelled."
    draft.note(Entry(Happening.FAILED, Operation.CANCEL, value=request.value, note=why))
    return draft.step()


def _known_by_value(transaction: Transaction, request: Request, _policy: Policy) -> Step | None:
    """Known issue 1118560: what is worth as much as all before it is taken for a repeat."""
    match request:
        case Refund(value=value) if 0 < value == transaction.refunded:
            return Step(transaction, entries=(_ignored(Operation.REFUND, value, "already refunded"),))
        case Cancel(value=value) if 0 < value == transaction.cancelled:
            return Step(transaction, entries=(_ignored(Operation.CANCEL, value, "already cancelled"),))
        case _:
            return None


def _lost_behind_another(transaction: Transaction, request: Request, _policy: Policy) -> Step | None:
    """Known issue 1154224: a refund that comes while another is on its way vanishes without a word."""
    lost = isinstance(request, Refund) and transaction.total("refunding") > 0
    return Step(transaction) if lost else None


def _rejected_after_settle(transaction: Transaction, request: Request, _policy: Policy) -> Step | None:
    """Known issue 1163213: nobody gives back what was captured during the analysis, and nothing ends."""
    rejected = isinstance(request, Judge) and not request.approved and transaction.total("captured") > 0
    if not rejected or transaction.status is not TransactionStatus.ANALYZING_RISK:
        return None
    draft = Draft(transaction)
    draft.fire(Event.RISK_REJECTED)
    draft.fire(Event.CANCEL)
    return draft.step()


def _authorize_stuck(transaction: Transaction, request: Request) -> Step | None:
    """Known issue 1427794: what got stuck although its connectors approved is freed by asking once more."""
    stuck = transaction.status is TransactionStatus.AUTHORIZING and not transaction.in_flight
    if not isinstance(request, Authorize) or not stuck:
        return None
    return _asked_again(transaction, transaction.payments)


def call_back_after_approval(transaction: Transaction, policy: Policy) -> Step:
    """What a callback after the approval does: nothing (S28), or all payments again (known issue 740499)."""
    if not policy.callback_asks_again or transaction.status is not TransactionStatus.APPROVED:
        return Step(transaction)
    return _asked_again(transaction, transaction.payments)


def _asked_again(transaction: Transaction, payments: Iterable[Payment]) -> Step:
    draft = Draft(transaction)
    for payment in payments:
        if payment.status in _AUTHORIZED and not payment.calls:
            draft.call(Call(Operation.AUTHORIZE, payment.id, payment.value))
    return draft.step()


_PLANS: Mapping[str, Callable[[Transaction, Request, Policy], Step | None]] = MappingProxyType(
    {
        "settle_unrecorded": _settle_unrecorded,
        "cancel_of_settling_sticks": _cancel_settling,
        "cancel_of_settled_sticks": _cancel_settled,
        "known_by_value": _known_by_value,
        "refund_lost_behind_another": _lost_behind_another,
        "rejected_after_settle_sticks": _rejected_after_settle,
    }
)


# --- Answers ------------------------------------------------------------------------------------------------


def _approval_stays(transaction: Transaction, call: Call, outcome: Outcome) -> Step | None:
    """Known issue 1427794: the payment is authorized, and nobody moves its transaction on."""
    payment = _payment(transaction, call)
    if not _is_approval(call, outcome) or payment.status is not PaymentStatus.AUTHORIZING or payment.increase:
        return None
    draft = _answered(transaction, call, Happening.CONFIRMED, authorized=call.value)
    draft.fire_payment(payment.id, Event.AUTHORIZED)
    return draft.step()


def _approval_inside_stays(transaction: Transaction, call: Call, outcome: Outcome) -> Step | None:
    """Known issue 1344363: what a callback says while the create is still open is overwritten in part."""
    return _approval_stays(transaction, call, outcome) if outcome.inside else None


def _authorized_again(transaction: Transaction, call: Call, outcome: Outcome) -> Step | None:
    """A payment that was authorized already is authorized once more, or denied now and all others with it."""
    payment = _payment(transaction, call)
    if call.operation is not Operation.AUTHORIZE or payment.status not in _AUTHORIZED:
        return None
    moved = any(each.open < each.authorized for each in transaction.payments)
    if moved or transaction.status in _CANCELLED:
        draft = _answered(transaction, call, Happening.IGNORED)  # nobody waits for it any more
        conclude(draft)
        return draft.step()
    if outcome.result is Result.DONE and transaction.status is not TransactionStatus.AUTHORIZING:
        return _answered(transaction, call, Happening.CONFIRMED).step()
    before = _with(transaction, payment, status=PaymentStatus.AUTHORIZING, authorized=0)
    return rules_of_answers.confirm(before, call, outcome)


def _denial_spares_siblings(transaction: Transaction, call: Call, outcome: Outcome) -> Step | None:
    """Known issues 429082, 929517: the transaction is cancelled, its other payments are authorized and stay so."""
    payment = _payment(transaction, call)
    shared = len(transaction.payments) > 1 and not payment.increase
    if call.operation is not Operation.AUTHORIZE or not shared or payment.status is not PaymentStatus.AUTHORIZING:
        return None
    if outcome.result is Result.DENIED:
        draft = _answered(transaction, call, Happening.FAILED, outcome.note)
        draft.fire_payment(payment.id, Event.CANCELLED)
        draft.fire(Event.CANCEL)
        return draft.step()
    late = outcome.result is Result.DONE and transaction.status is TransactionStatus.CANCELLING
    return _approval_stays(transaction, call, outcome) if late else None


def _reopened(transaction: Transaction, call: Call, outcome: Outcome) -> Step | None:
    """Known issue 1417330: the authorization works on an old copy, in which nobody had cancelled anything."""
    payment = _payment(transaction, call)
    if not _is_approval(call, outcome) or transaction.status not in _CANCELLED or payment.authorized:
        return None
    old = _with(transaction, payment, status=PaymentStatus.AUTHORIZING)
    old = changed(old, status=TransactionStatus.AUTHORIZING, cancelled=0)
    back = Entry(Happening.TRANSACTION_STATUS, before=transaction.status, after=old.status)
    step = rules_of_answers.confirm(old, call, outcome)
    return Step(step.transaction, step.calls, (back, *step.entries))


def _settle_is_left(transaction: Transaction, call: Call, outcome: Outcome) -> Step | None:
    """Known issue 1201336: a settlement that was started and never ends; what it was to take is spoken for."""
    left = call.operation is Operation.SETTLE and outcome.result is Result.GIVEN_UP
    if not left or transaction.mode is not Mode.TOTAL:
        return None
    return Step(transaction, entries=(entry_of(call, Happening.FAILED, note=outcome.note),))


def _falls_back_to_started(transaction: Transaction, call: Call, outcome: Outcome) -> Step | None:
    """Known issue 1341471: Settling becomes Started, and what is Started too long is cancelled; no one asked."""
    done = call.operation is Operation.SETTLE and outcome.result is Result.DONE
    if not done or transaction.status in _CANCELLED:
        return None
    settled = rules_of_answers.confirm(transaction, call, outcome)
    if settled.transaction.in_flight:
        return None
    forgotten = changed(settled.transaction, status=TransactionStatus.STARTED, settled=0)
    draft = Draft(forgotten)
    draft.note(Entry(Happening.TRANSACTION_STATUS, before=settled.transaction.status, after=forgotten.status))
    draft.fire(Event.CANCEL)
    draft.add(cancelled=forgotten.remaining)
    draft.call(Call(Operation.CANCEL, call.payment_id, forgotten.value))
    step = draft.step()
    return Step(step.transaction, settled.calls + step.calls, settled.entries + step.entries)


def _cancel_goes_on(transaction: Transaction, call: Call, outcome: Outcome) -> Step | None:
    """Known issue 333897: a cancel that fails to the end begins anew, and nobody ever hears of its end."""
    if call.operation is not Operation.CANCEL or outcome.result is not Result.GIVEN_UP:
        return None
    reserved = call.value if _payment(transaction, call).cancelling else 0
    draft = _answered(transaction, call, Happening.FAILED, outcome.note, cancelling=-reserved)
    draft.call(call, cancelling=reserved)
    return draft.step()


def _refund_by_hand_is_sent_again(transaction: Transaction, call: Call, outcome: Outcome) -> Step | None:
    """Known issue 615050: the null id is handed to a person, and the code has the refund made once more."""
    first = outcome.result is Result.BY_HAND and not call.auto
    if call.operation is not Operation.REFUND or not first:
        return None
    draft = _answered(transaction, call, Happening.HANDED_TO_PERSON, outcome.note, refunding=-call.value)
    draft.call(call._replace(auto=True), refunding=call.value)
    return draft.step()


def _failed_refund_counts(transaction: Transaction, call: Call, outcome: Outcome) -> Step | None:
    """Known issue 1099618: the refund is told twice, online and by e-mail, and no money went back."""
    if call.operation is not Operation.REFUND or outcome.result is not Result.GIVEN_UP:
        return None
    draft = _answered(
        transaction, call, Happening.CONFIRMED, outcome.note, refunding=-call.value, refunded=call.value
    )
    draft.note(entry_of(call, Happening.HANDED_TO_PERSON, note=outcome.note))
    return draft.step()


_CONFIRMS: Mapping[str, Callable[[Transaction, Call, Outcome], Step | None]] = MappingProxyType(
    {
        "approval_sticks": _approval_stays,
        "callback_inside_sticks": _approval_inside_stays,
        "denial_spares_siblings": _denial_spares_siblings,
        "cancelled_can_be_approved": _reopened,
        "failed_settle_is_left": _settle_is_left,
        "settled_falls_back": _falls_back_to_started,
        "failed_cancel_goes_on": _cancel_goes_on,
        "refund_by_hand_is_sent_again": _refund_by_hand_is_sent_again,
        "failed_refund_counts": _failed_refund_counts,
    }
)


# --- Small change -------------------------------------------------------------------------------------------


def _may_ask(transaction: Transaction, value: int) -> bool:
    return transaction.status in _OPEN and 0 < value <= transaction.remaining


def _ignored(operation: Operation, value: int, note: str) -> Entry:
    return Entry(Happening.IGNORED, operation, value=value, note=note)


def _is_approval(call: Call, outcome: Outcome) -> bool:
    return call.operation is Operation.AUTHORIZE and outcome.result is Result.DONE


def _answered(
    transaction: Transaction, call: Call, happening: Happening, note: str | None = None, **amounts: int
) -> Draft:
    """A draft that begins with the end of the call; `amounts` are what it moves in the payment."""
    draft = Draft(transaction)
    draft.pay(call.payment_id, calls=-1, **amounts)
    draft.note(entry_of(call, happening, note=note))
    return draft


def _with(transaction: Transaction, payment: Payment, **changes: object) -> Transaction:
    payments = (changed(each, **changes) if each is payment else each for each in transaction.payments)
    return changed(transaction, payments=tuple(payments))


def _payment(transaction: Transaction, call: Call) -> Payment:
    return next(payment for payment in transaction.payments if payment.id == call.payment_id)
