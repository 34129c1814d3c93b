"""What the provider knows: a payment, what moved on it, what can be asked of it; money in minor units.

Nothing here decides (`rules`, `ledger` do), and nothing here knows HTTP, clocks, locks or randomness.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import blake2b
from types import MappingProxyType
from typing import Final, TypeAlias


class Status(StrEnum):
    """Where a payment stands; the protocol shows `cancelled` as `denied` and never shows `absent`."""

    ABSENT = "absent"
    UNDEFINED = "undefined"
    APPROVED = "approved"
    DENIED = "denied"
    CANCELLED = "cancelled"


# A cancelled payment is dead: a charge after a cancel is the worst outcome for a shopper (known issue 1417330).
TRANSITIONS: Final[Mapping[Status, frozenset[Status]]] = MappingProxyType(
    {
        Status.ABSENT: frozenset({Status.UNDEFINED, Status.APPROVED, Status.DENIED, Status.CANCELLED}),
        Status.UNDEFINED: frozenset({Status.APPROVED, Status.DENIED, Status.CANCELLED}),
        Status.APPROVED: frozenset({Status.CANCELLED}),
        Status.DENIED: frozenset({Status.CANCELLED}),
        Status.CANCELLED: frozenset(),
    }
)


@dataclass(frozen=True, slots=True)
class Authorize:
    """Create a payment; `value` in minor units of `currency` (ISO 4217 code)."""

    payment_id: str
    value: int
    currency: str
    recipients: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Settle:
    """Capture `value` minor units; `recipients` are the shares of a split.

    The tid comes along in all three operations, but says nothing that the paymentId does not (known issue 486752).
    """

    request_id: str
    payment_id: str
    value: int
    recipients: tuple[int, ...] = ()
    tid: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Cancel:
    """Void `value` minor units, or everything not captured when no value is given."""

    request_id: str
    payment_id: str
    value: int | None = None
    tid: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Refund:
    """Give back `value` minor units of one settlement, or of the oldest ones when no settleId is given."""

    request_id: str
    payment_id: str
    value: int
    settle_id: str | None = None
    recipients: tuple[int, ...] = ()
    tid: str | None = field(default=None, compare=False)


Request: TypeAlias = Settle | Cancel | Refund


@dataclass(frozen=True, slots=True)
class Settled:
    """One capture; `refunded` is how much of it went back."""

    settle_id: str
    value: int
    refunded: int = 0

    @property
    def refundable(self) -> int:
        """Captured and not given back, minor units."""
        return self.value - self.refunded


@dataclass(frozen=True, slots=True)
class Cancelled:
    """One void; its value is 0 when nothing had been authorized."""

    cancellation_id: str
    value: int


@dataclass(frozen=True, slots=True)
class Refunded:
    """One refund; `settle_id` as the caller named it."""

    refund_id: str
    value: int
    settle_id: str | None


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment as the provider sees it; `value` is what the gateway asked to authorize, in minor units."""

    payment_id: str
    status: Status = Status.ABSENT
    value: int = 0
    currency: str = ""
    authorization_id: str | None = None
    settlements: tuple[Settled, ...] = ()
    cancellations: tuple[Cancelled, ...] = ()
    refunds: tuple[Refunded, ...] = ()

    @property
    def tid(self) -> str:
        """The provider's transaction id: one for the whole life of the payment (C24)."""
        return identifier("tid", self.payment_id)

    @property
    def nsu(self) -> str:
        """The provider's sequence number, 12 digits."""
        return f"{int(identifier('nsu', self.payment_id), 16) % 10**12:012d}"

    @property
    def authorized(self) -> int:
        """What was ever authorized; a cancel does not shrink it."""
        return 0 if self.authorization_id is None else self.value

    @property
    def captured(self) -> int:
        """The sum of all settlements."""
        return sum(entry.value for entry in self.settlements)

    @property
    def voided(self) -> int:
        """The sum of all cancellations."""
        return sum(entry.value for entry in self.cancellations)

    @property
    def refunded(self) -> int:
        """The sum of all refunds."""
        return sum(entry.value for entry in self.refunds)

    @property
    def open(self) -> int:
        """Authorized, neither captured nor voided: what may still be settled or cancelled."""
        return self.authorized - self.captured - self.voided

    @property
    def refundable(self) -> int:
        """Captured and not given back."""
        return self.captured - self.refunded


def identifier(kind: str, *parts: str) -> str:
    """Mint an id from what it names: the same input gives the same id, also after a restart.

    Args:
        kind: what the id is for, such as `settle`; different kinds never share an id.
        parts: the protocol ids that it belongs to.

    Returns:
        32 upper-case hexadecimal characters, the shape of the gateway's own ids.
    """
    return blake2b("\x1f".join((kind, *parts)).encode(errors="surrogatepass"), digest_size=16).hexdigest().upper()
