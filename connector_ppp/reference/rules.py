"""When the provider refuses: one table of checks for each operation, in the order in which they win.

Refusals are values. The checks are data, so that a defect can leave one out.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias, TypeVar

from connector_ppp.reference.payment import Cancel, Payment, Refund, Request, Settle, Settled, Status


class Refusal(StrEnum):
    """Why an operation is refused; the first that applies wins, in this order."""

    REQUEST_ID_CONFLICT = "request-id-conflict"
    PAYMENT_ID_CONFLICT = "payment-id-conflict"
    VALUE_NOT_POSITIVE = "value-not-positive"
    RECIPIENTS_DO_NOT_ADD_UP = "recipients-do-not-add-up"
    UNKNOWN_PAYMENT = "unknown-payment"
    PAYMENT_CANCELLED = "payment-cancelled"
    PAYMENT_DENIED = "payment-denied"
    PAYMENT_NOT_APPROVED = "payment-not-approved"
    ALREADY_SETTLED = "payment-already-settled"
    SETTLE_ABOVE_OPEN = "settle-above-open"
    CANCEL_ABOVE_OPEN = "cancel-above-open"
    REFUND_ABOVE_CAPTURED = "refund-above-captured"
    UNKNOWN_SETTLEMENT = "unknown-settlement"
    REFUND_ABOVE_SETTLEMENT = "refund-above-settlement"

    @property
    def lasting(self) -> bool:
        """Whether it is the outcome of its requestId, given again on every repeat.

        The gateway repeats a failed request for a day with the same requestId. What time can heal (the payment
        is not approved yet) is decided anew each time; a conflict is the outcome of another request.
        """
        return self not in _PASSING


_PASSING: Final = frozenset(
    {
        Refusal.REQUEST_ID_CONFLICT,
        Refusal.PAYMENT_ID_CONFLICT,
        Refusal.UNKNOWN_PAYMENT,
        Refusal.PAYMENT_NOT_APPROVED,
    }
)

AnyRequest = TypeVar("AnyRequest", Settle, Cancel, Refund)
Checks: TypeAlias = Mapping[Refusal, Callable[[Payment, AnyRequest], bool]]


def _not_positive(_payment: Payment, request: Request) -> bool:
    # Known issue 1349027: a settlement of 0 finished a half-settled transaction.
    return request.value is not None and request.value <= 0


def shares_differ(recipients: tuple[int, ...], value: int) -> bool:
    """Whether the shares of a split do not make up the value; no recipients, no split (VTEX docs)."""
    return bool(recipients) and (sum(recipients) != value or min(recipients) < 0)


def _recipients_differ(_payment: Payment, request: Settle | Refund) -> bool:
    return shares_differ(request.recipients, request.value)


def _status_is(status: Status) -> Callable[[Payment, Request], bool]:
    return lambda payment, _request: payment.status is status


def _cancels_part_of_nothing(payment: Payment, request: Cancel) -> bool:
    # Before approval there is nothing to divide: the whole payment can end, a part of it cannot.
    asked = payment.value if request.value is None else request.value
    return payment.status is Status.UNDEFINED and asked < payment.value


def _cancels_captured_money(payment: Payment, request: Cancel) -> bool:
    # C31: captured money is refunded, never cancelled.
    asked = payment.open if request.value is None else request.value
    return payment.captured > 0 and (payment.open == 0 or asked > payment.open)


def _cancels_above_open(payment: Payment, request: Cancel) -> bool:
    asked = payment.open if request.value is None else request.value
    return payment.status is Status.APPROVED and asked > payment.open


def _settlement(payment: Payment, settle_id: str | None) -> Settled | None:
    return next((entry for entry in payment.settlements if entry.settle_id == settle_id), None)


def _names_no_settlement(payment: Payment, request: Refund) -> bool:
    return request.settle_id is not None and _settlement(payment, request.settle_id) is None


def _refunds_above_settlement(payment: Payment, request: Refund) -> bool:
    settled = _settlement(payment, request.settle_id)
    return settled is not None and request.value > settled.refundable


_SETTLE: Checks[Settle] = {
    Refusal.VALUE_NOT_POSITIVE: _not_positive,
    Refusal.RECIPIENTS_DO_NOT_ADD_UP: _recipients_differ,
    Refusal.UNKNOWN_PAYMENT: _status_is(Status.ABSENT),
    Refusal.PAYMENT_CANCELLED: _status_is(Status.CANCELLED),
    Refusal.PAYMENT_DENIED: _status_is(Status.DENIED),
    Refusal.PAYMENT_NOT_APPROVED: _status_is(Status.UNDEFINED),
    Refusal.SETTLE_ABOVE_OPEN: lambda payment, request: request.value > payment.open,
}

# A cancel needs nothing but the paymentId and succeeds where nothing is held (known issues 486752, 740084).
_CANCEL: Checks[Cancel] = {
    Refusal.VALUE_NOT_POSITIVE: _not_positive,
    Refusal.PAYMENT_NOT_APPROVED: _cancels_part_of_nothing,
    Refusal.ALREADY_SETTLED: _cancels_captured_money,
    Refusal.CANCEL_ABOVE_OPEN: _cancels_above_open,
}

_REFUND: Checks[Refund] = {
    Refusal.VALUE_NOT_POSITIVE: _not_positive,
    Refusal.RECIPIENTS_DO_NOT_ADD_UP: _recipients_differ,
    Refusal.UNKNOWN_PAYMENT: _status_is(Status.ABSENT),
    Refusal.REFUND_ABOVE_CAPTURED: lambda payment, request: request.value > payment.refundable,
    Refusal.UNKNOWN_SETTLEMENT: _names_no_settlement,
    Refusal.REFUND_ABOVE_SETTLEMENT: _refunds_above_settlement,
}


@dataclass(frozen=True, slots=True)
class Rules:
    """The checks of each operation, in order; without some of them when a defect is on."""

    settle: Checks[Settle]
    cancel: Checks[Cancel]
    refund: Checks[Refund]
    invariants: bool = True

    def without(self, *refusals: Refusal) -> "Rules":
        """The same rules with checks left out; the books may then stop adding up, so none are proven."""
        return Rules(
            settle=_leave_out(self.settle, refusals),
            cancel=_leave_out(self.cancel, refusals),
            refund=_leave_out(self.refund, refusals),
            invariants=False,
        )


def _leave_out(checks: Checks[AnyRequest], refusals: tuple[Refusal, ...]) -> Checks[AnyRequest]:
    return {refusal: broken for refusal, broken in checks.items() if refusal not in refusals}


RULES: Final = Rules(settle=_SETTLE, cancel=_CANCEL, refund=_REFUND)

EXPLANATIONS: Final[Mapping[Refusal, str]] = {
    Refusal.REQUEST_ID_CONFLICT: "this requestId was used before for another operation, payment or value",
    Refusal.PAYMENT_ID_CONFLICT: "this paymentId was created before with another value or currency",
    Refusal.VALUE_NOT_POSITIVE: "the value must be above zero",
    Refusal.RECIPIENTS_DO_NOT_ADD_UP: "the recipients' amounts do not add up to the value",
    Refusal.UNKNOWN_PAYMENT: "this payment was never created here",
    Refusal.PAYMENT_CANCELLED: "the payment was cancelled",
    Refusal.PAYMENT_DENIED: "the payment was denied",
    Refusal.PAYMENT_NOT_APPROVED: "the payment is not approved yet",
    Refusal.ALREADY_SETTLED: "captured money is refunded, not cancelled",
    Refusal.SETTLE_ABOVE_OPEN: "the value is above what is authorized, neither captured nor cancelled",
    Refusal.CANCEL_ABOVE_OPEN: "the value is above what is authorized and not cancelled",
    Refusal.REFUND_ABOVE_CAPTURED: "the value is above what is captured and not refunded",
    Refusal.UNKNOWN_SETTLEMENT: "this settleId names no settlement of the payment",
    Refusal.REFUND_ABOVE_SETTLEMENT: "the value is above what this settlement has left",
}
"""Each refusal as a sentence for the `message` field."""
