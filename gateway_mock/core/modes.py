"""Total, Hold and Partial: what a connector hears of each settle, cancel and refund.

Documented: the mode belongs to the connector, Total is the default, a transaction whose connectors differ
runs as Total. Recommended (S24): any difference means Total, and a legacy connector counts as Total.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType


class Kind(StrEnum):
    """What a connector speaks: the Payment Provider Protocol, or a legacy class inside the gateway."""

    PPP = "ppp"
    LEGACY = "legacy"


class Mode(StrEnum):
    """How requests become calls."""

    TOTAL = "total"
    HOLD = "hold"
    PARTIAL = "partial"


class Operation(StrEnum):
    """What a merchant asks of money, and a gateway of a connector."""

    AUTHORIZE = "authorize"
    SETTLE = "settle"
    CANCEL = "cancel"
    REFUND = "refund"


class Forward(StrEnum):
    """When an accepted request reaches the connectors."""

    EACH = "each"
    """Every request, with its own amount."""
    ALL_AT_FIRST = "all at first"
    """The first request moves everything that is not cancelled; later ones find nothing left to move."""
    ALL_WHEN_CLOSED = "all when closed"
    """Nothing until the requests make up the whole value; then what is to be settled or cancelled, at once."""


FORWARD: Mapping[tuple[Mode, Operation], Forward] = MappingProxyType(
    {
        (Mode.TOTAL, Operation.SETTLE): Forward.ALL_AT_FIRST,
        (Mode.TOTAL, Operation.CANCEL): Forward.ALL_WHEN_CLOSED,
        (Mode.TOTAL, Operation.REFUND): Forward.EACH,
        (Mode.HOLD, Operation.SETTLE): Forward.ALL_WHEN_CLOSED,
        (Mode.HOLD, Operation.CANCEL): Forward.ALL_WHEN_CLOSED,
        (Mode.HOLD, Operation.REFUND): Forward.EACH,
        (Mode.PARTIAL, Operation.SETTLE): Forward.EACH,
        (Mode.PARTIAL, Operation.CANCEL): Forward.EACH,
        (Mode.PARTIAL, Operation.REFUND): Forward.EACH,
    }
)


def allowed(kind: Kind, mode: Mode) -> bool:
    """Whether a connector of that kind can be configured so: legacy ones only settle the total (documented)."""
    return kind is Kind.PPP or mode is Mode.TOTAL


def together(modes: Iterable[Mode]) -> Mode:
    """The mode of a transaction whose payments use connectors of these modes."""
    different = set(modes)
    return different.pop() if len(different) == 1 else Mode.TOTAL
