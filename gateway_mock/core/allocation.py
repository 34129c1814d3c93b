"""Which payment takes how much, and which capture a refund takes from. Amounts are cents.

Documented: Partial mode starts with the payment of the lowest assigned amount; refunds start with the lowest
captured amount, or with the card when the account asked for it. Recommended: ties by creation (S18), a refund
across captures goes to the oldest first, one call for each `settleId` (S10).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass


class DoesNotFitError(ValueError):
    """More was to be spread than there is room for: the caller should have refused the request."""


@dataclass(frozen=True, slots=True)
class Room:
    """How much of something the payment can still take."""

    payment_id: str
    capacity: int


@dataclass(frozen=True, slots=True)
class Capture:
    """One confirmed settle of a payment: what it captured, and what of it was refunded or is being refunded."""

    settle_id: str
    payment_id: str
    value: int
    refunded: int = 0

    @property
    def refundable(self) -> int:
        """What a refund may still take from this capture."""
        return self.value - self.refunded


def spread(amount: int, rooms: Iterable[Room]) -> dict[str, int]:
    """Fill the rooms in their order; the answer names only those that take something.

    Raises:
        DoesNotFitError: the rooms are too small together.
    """
    shares: dict[str, int] = {}
    left = amount
    for room in rooms:
        share = min(left, room.capacity)
        if share > 0:
            shares[room.payment_id] = share
            left -= share
    if left:
        raise DoesNotFitError(f"{left} of {amount} cents found no room")
    return shares


def first_in_first_out(amount: int, captures: Sequence[Capture]) -> Iterator[tuple[str, int]]:
    """The settleIds, oldest first, that together give back `amount`, each with its part.

    A connector may have given two captures one settleId, so each capture counts by itself.

    Raises:
        DoesNotFitError: the captures have less to give back.
    """
    left = amount
    for capture in captures:
        share = min(left, capture.refundable)
        if share > 0:
            yield capture.settle_id, share
            left -= share
    if left:
        raise DoesNotFitError(f"{left} of {amount} cents found no capture")


def in_proportion(amount: int, part_of: int, whole: int, already: int) -> int:
    """How much of `amount` is due when `part_of` the `whole` is reached and `already` was taken.

    The last part takes the remainder, so the parts always add up (used for interest, E6, recommended).
    """
    return amount * part_of // whole - already
