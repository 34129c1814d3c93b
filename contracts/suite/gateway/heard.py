"""What the suite's connector heard: each call as it came, to the digit, and the books that it kept; pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from contracts.suite.answers import amount_of

ZERO: Final = Decimal(0)
CENTS: Final = Decimal(100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One call that reached the suite's connector; reports show it as they show a callback.

    Attributes:
        connector: which of the suite's connectors, by its mode; empty where the address does not say.
        operation: authorize, settle, cancel or refund; else the last word of the path.
        payment_id: the payment.
        transaction_id: its transaction, empty when nobody told.
        request_id: the key of repeats; that of a create is its payment.
        fields: the members of the body, fractions as they were written.
        amount: what it asks to move, currency units; of a cancel that names no value, all that was open.
        moved: what the connector moved because of it, currency units; nothing on a repeat, or when it failed.
        answered: what the connector said, in a word.
        method: the HTTP method.
        target: path and query.
        headers: as they came.
        body: the text.
    """

    connector: str
    operation: str
    payment_id: str
    transaction_id: str
    request_id: str
    fields: Mapping[str, object]
    amount: Decimal = ZERO
    moved: Decimal = ZERO
    answered: str = ""
    method: str = "POST"
    target: str = ""
    headers: Mapping[str, str]
    body: str


@dataclass(frozen=True, slots=True)
class Books:
    """What a connector did for one payment, in currency units; what is undecided counts as authorized."""

    authorized: Decimal = ZERO
    captured: Decimal = ZERO
    voided: Decimal = ZERO
    refunded: Decimal = ZERO

    @property
    def open(self) -> Decimal:
        """Authorized, neither captured nor voided."""
        return self.authorized - self.captured - self.voided


COLUMNS: Final[Mapping[str, str]] = {
    "authorize": "authorized",
    "settle": "captured",
    "cancel": "voided",
    "refund": "refunded",
}
"""Which figure of the books an operation raises."""


def booked(books: Books, heard: Heard) -> Books:
    """The books after a call; one that moved nothing leaves them.

    A cancel may come before any authorization (documented): of what was never authorized it voids nothing.
    """
    column = COLUMNS.get(heard.operation)
    if column is None or (heard.operation == "cancel" and not books.authorized):
        return books
    return replace(books, **{column: getattr(books, column) + heard.moved})


def amount_asked(heard: Heard, books: Books) -> Decimal:
    """What a call asks to move, currency units.

    The unit of a cancel is disputed, and the field optional (C1): a whole number beyond what is open that fits
    when it is read as cents is cents, and no value at all is everything.
    """
    value = amount_of(heard.fields.get("value"))
    if heard.operation != "cancel":
        return ZERO if value is None else value
    if value is None:
        return books.open
    is_cents = value > books.open and value == value.to_integral_value() and value / CENTS <= books.open
    return value / CENTS if is_cents else value
