"""The provider's books of one payment: pure decisions in integer minor units.

A payment comes in, a decision comes out: the payment after the operation and the answer to give. All checks
run before any change; after it `captured + voided <= authorized` and `refunded <= captured` hold, or
`InvariantError` is raised.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from connector_ppp.reference.payment import (
    TRANSITIONS,
    Authorize,
    Cancel,
    Cancelled,
    Payment,
    Refund,
    Refunded,
    Request,
    Settle,
    Settled,
    Status,
    identifier,
)
from connector_ppp.reference.rules import RULES, AnyRequest, Checks, Refusal, Rules, shares_differ


class InvariantError(RuntimeError):
    """The books no longer add up: a fault of this ledger, never of the caller."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the provider says: the id of the new settlement, cancellation or refund, or a refusal."""

    identifier: str | None
    value: int
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """What a requestId was used for and the answer it got: none while time can still heal the refusal."""

    request: Request
    answer: Answer | None


@dataclass(frozen=True, slots=True)
class Decision:
    """The payment after an operation and the answer to give; `repeated` when the answer is an earlier one."""

    payment: Payment
    answer: Answer
    repeated: bool = False

    @property
    def lasting(self) -> bool:
        """Whether every repeat of the requestId gets this answer too."""
        return not self.repeated and (self.answer.refusal is None or self.answer.refusal.lasting)


def authorize(payment: Payment, request: Authorize, status: Status) -> Decision:
    """Create a payment once; a repeat changes nothing and shows where the payment stands (VTEX docs, C24).

    Args:
        payment: the payment, `absent` when it was never seen.
        request: what the gateway asks.
        status: what the scenario says for a new payment: undefined, approved or denied.

    Returns:
        The decision; its identifier is the `tid`. Refused: a paymentId that came before with another value or
        currency (S7, by analogy), a value that is not positive, recipients that do not add up to it.
    """
    if payment.currency and (payment.value, payment.currency) != (request.value, request.currency):
        return Decision(payment, _refuse(Refusal.PAYMENT_ID_CONFLICT))
    if request.value <= 0:
        return Decision(payment, _refuse(Refusal.VALUE_NOT_POSITIVE))
    if shares_differ(request.recipients, request.value):
        return Decision(payment, _refuse(Refusal.RECIPIENTS_DO_NOT_ADD_UP))
    if payment.status is not Status.ABSENT:
        return Decision(payment, Answer(payment.tid, payment.value), repeated=True)
    created = _move(replace(payment, value=request.value, currency=request.currency), status)
    return Decision(created, Answer(created.tid, created.value))


def resolve(payment: Payment, status: Status) -> Payment:
    """Give an `undefined` payment its final status; any other payment stays as it is (known issue 740499)."""
    return _move(payment, status) if payment.status is Status.UNDEFINED else payment


def perform(payment: Payment, request: Request, earlier: Record | None, rules: Rules = RULES) -> Decision:
    """Settle, cancel or refund, once for each requestId (VTEX docs; S7 for the conflict, recommended).

    Args:
        payment: the payment that the request names, `absent` when it was never seen.
        request: the operation.
        earlier: what this requestId was used for before, if it was.
        rules: the checks; all of them unless a defect is on.

    Returns:
        The stored answer for a repeat, a refusal when the requestId had other content, else the decision.

    Raises:
        InvariantError: the books would not add up; nothing has been changed.
    """
    if earlier is not None and earlier.request != request:
        return Decision(payment, _refuse(Refusal.REQUEST_ID_CONFLICT))
    if earlier is not None and earlier.answer is not None:
        return Decision(payment, earlier.answer, repeated=True)
    return decide(payment, request, rules)


def decide(payment: Payment, request: Request, rules: Rules = RULES) -> Decision:
    """Settle, cancel or refund a request that was never seen; arguments and errors as `perform`."""
    match request:
        case Settle():
            decision = _decide(payment, request, rules.settle, _settle)
        case Cancel():
            decision = _decide(payment, request, rules.cancel, _cancel)
        case Refund():
            decision = _decide(payment, request, rules.refund, _refund)
    if rules.invariants:
        check(decision.payment)
    return decision


def _decide(
    payment: Payment,
    request: AnyRequest,
    checks: Checks[AnyRequest],
    apply: Callable[[Payment, AnyRequest], Decision],
) -> Decision:
    for refusal, broken in checks.items():
        if broken(payment, request):
            return Decision(payment, _refuse(refusal))
    return apply(payment, request)


def _settle(payment: Payment, request: Settle) -> Decision:
    entry = Settled(identifier("settle", request.payment_id, request.request_id), request.value)
    settled = replace(payment, settlements=(*payment.settlements, entry))
    return Decision(settled, Answer(entry.settle_id, entry.value))


def _cancel(payment: Payment, request: Cancel) -> Decision:
    if payment.status is Status.CANCELLED:
        # Known issue 740084: "already cancelled" is a success, with the id of the cancel that did it.
        return Decision(payment, Answer(payment.cancellations[-1].cancellation_id, 0))
    value = payment.open if request.value is None else min(request.value, payment.open)
    entry = Cancelled(identifier("cancel", request.payment_id, request.request_id), value)
    voided = replace(payment, cancellations=(*payment.cancellations, entry))
    dead = voided.open == 0 and voided.captured == 0
    return Decision(_move(voided, Status.CANCELLED) if dead else voided, Answer(entry.cancellation_id, value))


def _refund(payment: Payment, request: Refund) -> Decision:
    entry = Refunded(
        identifier("refund", request.payment_id, request.request_id), request.value, request.settle_id
    )
    refunded = replace(
        payment,
        settlements=_give_back(payment.settlements, request.value, request.settle_id),
        refunds=(*payment.refunds, entry),
    )
    return Decision(refunded, Answer(entry.refund_id, entry.value))


def _give_back(settlements: tuple[Settled, ...], value: int, settle_id: str | None) -> tuple[Settled, ...]:
    """Book a refund on one settlement, or on the oldest ones first."""
    booked = []
    for entry in settlements:
        part = min(value, entry.refundable) if settle_id in {None, entry.settle_id} else 0
        booked.append(replace(entry, refunded=entry.refunded + part))
        value -= part
    return tuple(booked)


def _refuse(refusal: Refusal) -> Answer:
    return Answer(identifier=None, value=0, refusal=refusal)


def _move(payment: Payment, status: Status) -> Payment:
    if status not in TRANSITIONS[payment.status]:
        raise InvariantError(f"payment {payment.payment_id}: {payment.status} never becomes {status}")
    if status is Status.APPROVED:
        authorization_id = identifier("authorization", payment.payment_id)
        return replace(payment, status=status, authorization_id=authorization_id)
    return replace(payment, status=status)


def check(payment: Payment) -> None:
    """Prove that the books of a payment add up.

    Raises:
        InvariantError: money from nowhere; names the sentence that does not hold.
    """
    for sentence, holds in _INVARIANTS.items():
        if not holds(payment):
            raise InvariantError(f"payment {payment.payment_id}: {sentence} does not hold")


_INVARIANTS: Final[Mapping[str, Callable[[Payment], bool]]] = {
    "no settlement is negative": lambda payment: all(entry.value >= 0 for entry in payment.settlements),
    "no cancellation is negative": lambda payment: all(entry.value >= 0 for entry in payment.cancellations),
    "no refund is negative": lambda payment: all(entry.value >= 0 for entry in payment.refunds),
    "captured + voided <= authorized": lambda payment: payment.open >= 0,
    "refunded <= captured": lambda payment: payment.refundable >= 0,
    "refunds = what settlements gave back": lambda payment: (
        payment.refunded == sum(entry.refunded for entry in payment.settlements)
    ),
    "no settlement gives back more than it took": lambda payment: all(
        entry.refundable >= 0 for entry in payment.settlements
    ),
    "a cancelled payment holds and took nothing": lambda payment: (
        payment.status is not Status.CANCELLED or (payment.open == 0 and payment.captured == 0)
    ),
}
