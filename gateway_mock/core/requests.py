"""What is asked of a transaction, one type a request. Amounts are cents."""

from dataclasses import dataclass

from gateway_mock.core.allocation import Capture
from gateway_mock.core.ledger import Cause, Payment


@dataclass(frozen=True, slots=True)
class Receive:
    """The shopper's payments arrive, before the authorization."""

    payments: tuple[Payment, ...]


@dataclass(frozen=True, slots=True)
class Authorize:
    """Ask every connector for its payment."""

    antifraud: bool = False
    """Whether an anti-fraud has to say yes as well, once every payment is authorized."""


@dataclass(frozen=True, slots=True)
class Judge:
    """The anti-fraud's verdict on a transaction whose risk it analyzed."""

    approved: bool
    captures: tuple[Capture, ...] = ()
    """As for a refund: what was captured meanwhile is given back when the verdict is no (S27)."""


@dataclass(frozen=True, slots=True)
class Increase:
    """Ask for one more payment, because the order grew (E3)."""

    payment: Payment


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Let go of one more payment that its connector has left pending: the order does not grow after all."""

    payment_id: str


@dataclass(frozen=True, slots=True)
class Settle:
    """Settle that much, in cents."""

    value: int


@dataclass(frozen=True, slots=True)
class AutoSettle:
    """The delay of a payment ran out: settle what nobody cancelled, in any mode (S25)."""

    payment_id: str


@dataclass(frozen=True, slots=True)
class Cancel:
    """Cancel that much, in cents."""

    value: int
    captures: tuple[Capture, ...] = ()
    """As for a refund: an account may have cancels of captured money become refunds (C31)."""


@dataclass(frozen=True, slots=True)
class Refund:
    """Give that much back, in cents, out of the captures."""

    value: int
    captures: tuple[Capture, ...] = ()
    """The transaction's captures with something left to give back, oldest first."""
    reduces: bool = False
    """Whether it also lowers what will be settled: an order changed after its money was captured."""
    cause: Cause | None = None
    """What asks, if it asks only once."""


Request = Receive | Authorize | Judge | Increase | Withdraw | Settle | AutoSettle | Cancel | Refund
