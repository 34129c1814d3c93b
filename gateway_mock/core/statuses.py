"""What may become of transactions, payments and orders: state -> event -> next state.

Terminal states keep an empty row, so that "nothing happens any more" is written down. The names are documented;
the edges follow the documented flow, and `Cancelled` is final (known issue 1417330 calls its reopening a bug).
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar


class TransactionStatus(StrEnum):
    """Of a transaction, as the API spells it."""

    STARTED = "Started"
    AUTHORIZING = "Authorizing"
    AUTHORIZED = "Authorized"
    ANALYZING_RISK = "AnalyzingRisk"
    RISK_APPROVED = "RiskApproved"
    RISK_REJECTED = "RiskRejected"
    APPROVED = "Approved"
    SETTLING = "Settling"
    FINISHED = "Finished"
    CANCELLING = "Cancelling"
    CANCELLED = "Cancelled"


class PaymentStatus(StrEnum):
    """Of a payment, as the API spells it."""

    RECEIVED = "Received"
    AUTHORIZING = "Authorizing"
    AUTHORIZED = "Authorized"
    APPROVED = "Approved"
    SETTLING = "Settling"
    FINISHED = "Finished"
    CANCELLED = "Cancelled"


class OrderStatus(StrEnum):
    """Of an order whose store is marketplace and seller at once; `invoice` shows as "Verifying invoice"."""

    PAYMENT_PENDING = "payment-pending"
    PAYMENT_APPROVED = "payment-approved"
    WINDOW_TO_CANCEL = "window-to-cancel"
    READY_FOR_HANDLING = "ready-for-handling"
    HANDLING = "handling"
    INVOICE = "invoice"
    INVOICED = "invoiced"
    CANCELLATION_REQUESTED = "cancellation-requested"
    CANCEL = "cancel"
    CANCELED = "canceled"


class Event(StrEnum):
    """What makes a status change."""

    AUTHORIZE = "authorize"
    AUTHORIZED = "authorized"
    ANALYZE = "analyze"
    RISK_APPROVED = "risk approved"
    RISK_REJECTED = "risk rejected"
    APPROVE = "approve"
    SETTLE = "settle"
    FINISH = "finish"
    CANCEL = "cancel"
    CANCELLED = "cancelled"
    WAIT = "wait"
    RELEASE = "release"
    HANDLE = "handle"
    INVOICE = "invoice"
    REOPEN = "reopen"
    REQUEST_CANCEL = "request cancel"


_T, _P, _O, _E = TransactionStatus, PaymentStatus, OrderStatus, Event

TRANSACTION: Mapping[TransactionStatus, Mapping[Event, TransactionStatus]] = {
    _T.STARTED: {_E.AUTHORIZE: _T.AUTHORIZING, _E.CANCEL: _T.CANCELLING},
    _T.AUTHORIZING: {_E.AUTHORIZED: _T.AUTHORIZED, _E.CANCEL: _T.CANCELLING},
    _T.AUTHORIZED: {_E.APPROVE: _T.APPROVED, _E.ANALYZE: _T.ANALYZING_RISK},
    _T.ANALYZING_RISK: {
        _E.RISK_APPROVED: _T.RISK_APPROVED,
        _E.RISK_REJECTED: _T.RISK_REJECTED,
        _E.CANCEL: _T.CANCELLING,
    },
    _T.RISK_APPROVED: {_E.APPROVE: _T.APPROVED},
    _T.RISK_REJECTED: {_E.CANCEL: _T.CANCELLING},
    _T.APPROVED: {_E.SETTLE: _T.SETTLING, _E.CANCEL: _T.CANCELLING},
    _T.SETTLING: {_E.SETTLE: _T.SETTLING, _E.FINISH: _T.FINISHED, _E.CANCEL: _T.CANCELLING},
    _T.CANCELLING: {_E.CANCEL: _T.CANCELLING, _E.CANCELLED: _T.CANCELLED},
    _T.FINISHED: {},
    _T.CANCELLED: {},
}

PAYMENT: Mapping[PaymentStatus, Mapping[Event, PaymentStatus]] = {
    _P.RECEIVED: {_E.AUTHORIZE: _P.AUTHORIZING, _E.CANCELLED: _P.CANCELLED},
    _P.AUTHORIZING: {_E.AUTHORIZED: _P.AUTHORIZED, _E.CANCELLED: _P.CANCELLED},
    # A delay that runs out while the risk is analyzed settles all the same (documented for `delayToAutoSettle`).
    _P.AUTHORIZED: {_E.APPROVE: _P.APPROVED, _E.SETTLE: _P.SETTLING, _E.CANCELLED: _P.CANCELLED},
    _P.APPROVED: {_E.SETTLE: _P.SETTLING, _E.CANCELLED: _P.CANCELLED},
    _P.SETTLING: {_E.SETTLE: _P.SETTLING, _E.FINISH: _P.FINISHED, _E.CANCELLED: _P.CANCELLED},
    _P.FINISHED: {},
    _P.CANCELLED: {},
}

ORDER: Mapping[OrderStatus, Mapping[Event, OrderStatus]] = {
    _O.PAYMENT_PENDING: {_E.APPROVE: _O.PAYMENT_APPROVED, _E.CANCEL: _O.CANCEL},
    _O.PAYMENT_APPROVED: {
        _E.WAIT: _O.WINDOW_TO_CANCEL,
        _E.INVOICE: _O.INVOICE,
        _E.CANCEL: _O.CANCEL,
        _E.REQUEST_CANCEL: _O.CANCELLATION_REQUESTED,
    },
    _O.WINDOW_TO_CANCEL: {_E.RELEASE: _O.READY_FOR_HANDLING, _E.CANCEL: _O.CANCEL},
    _O.READY_FOR_HANDLING: {
        _E.HANDLE: _O.HANDLING,
        _E.INVOICE: _O.INVOICE,
        _E.CANCEL: _O.CANCEL,
        _E.REQUEST_CANCEL: _O.CANCELLATION_REQUESTED,
    },
    _O.HANDLING: {
        _E.INVOICE: _O.INVOICE,
        _E.CANCEL: _O.CANCEL,
        _E.REQUEST_CANCEL: _O.CANCELLATION_REQUESTED,
    },
    _O.INVOICE: {_E.REOPEN: _O.PAYMENT_APPROVED, _E.FINISH: _O.INVOICED, _E.INVOICE: _O.INVOICE},
    _O.CANCELLATION_REQUESTED: {
        _E.CANCEL: _O.CANCEL,
        _E.INVOICE: _O.INVOICE,
        _E.RELEASE: _O.READY_FOR_HANDLING,
        _E.HANDLE: _O.HANDLING,
        _E.APPROVE: _O.PAYMENT_APPROVED,
    },
    _O.CANCEL: {_E.CANCELLED: _O.CANCELED},
    _O.INVOICED: {},
    _O.CANCELED: {},
}

S = TypeVar("S", TransactionStatus, PaymentStatus, OrderStatus)


class IllegalTransitionError(Exception):
    """The row of the state has no such event: whoever fired it should have asked first."""


def after(table: Mapping[S, Mapping[Event, S]], state: S, event: Event) -> S:
    """The state that follows.

    Raises:
        IllegalTransitionError: nothing follows; nothing has been changed.
    """
    try:
        return table[state][event]
    except KeyError:
        raise IllegalTransitionError(f"{event} does nothing to {state}") from None


def can(table: Mapping[S, Mapping[Event, S]], state: S, event: Event) -> bool:
    """Whether the event means anything in that state."""
    return event in table[state]
