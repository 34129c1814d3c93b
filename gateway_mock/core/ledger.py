"""The ledger of one transaction: what the merchant requested beside what connectors confirmed.

Two clocks run, and most stuck orders on the real platform are a mismatch between them. Both are kept; neither is
derived from the other. All amounts are integer cents, totals only ever come from applying steps, and
`verified` raises when a step has broken a rule: nothing is clamped, nothing is modelled as its opposite.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple, TypeVar

from gateway_mock.core.modes import Kind, Mode, Operation
from gateway_mock.core.refusals import Refused
from gateway_mock.core.statuses import (
    PAYMENT,
    TRANSACTION,
    Event,
    PaymentStatus,
    TransactionStatus,
    after,
    can,
)


class InvariantBrokenError(Exception):
    """A step would have made the ledger impossible: a fault of this program, never of a request."""


@dataclass(frozen=True, kw_only=True)
class Payment:
    """One payment: what its connector confirmed, and what is on its way to the connector (`…ing`)."""

    id: str
    value: int
    connector: str
    kind: Kind = Kind.PPP
    mode: Mode = Mode.TOTAL
    group: str = "creditCard"
    grain: int = 1
    """The smallest amount of its currency, in cents: 1, or 100 where there are no decimals."""
    increase: bool = False
    """Whether it was added later to pay for an order change that raised the price."""
    status: PaymentStatus = PaymentStatus.RECEIVED
    authorized: int = 0
    captured: int = 0
    voided: int = 0
    refunded: int = 0
    held: int = 0
    """Cancels that the gateway keeps to itself: no settle takes that money, no connector hears of them."""
    settling: int = 0
    cancelling: int = 0
    refunding: int = 0
    by_hand: int = 0
    """Refunds that were handed to a person: never counted as refunded, never sent again."""
    unvoided: int = 0
    """Cancels that failed for good or were handed to a person: cancelled all the same (C9)."""
    overstated: int = 0
    """What the connector claims to have moved beyond what it was asked for: never booked (S15)."""
    calls: int = 0
    """How many calls to the connector have no final answer yet."""

    @property
    def open(self) -> int:
        """Authorized and neither captured nor voided, nor on its way to be."""
        gone = self.captured + self.voided + self.unvoided
        return self.authorized - gone - self.settling - self.cancelling

    @property
    def free(self) -> int:
        """Open, and not kept back by held cancels; S3's literal reading may have captured those all the same."""
        return max(self.open - self.held, 0)

    @property
    def refundable(self) -> int:
        """Captured, and neither refunded nor on its way, nor handed to a person."""
        return self.captured - self.refunded - self.refunding - self.by_hand


@dataclass(frozen=True, kw_only=True)
class Transaction:
    """One transaction: the merchant's requests added up, and its payments."""

    id: str
    value: int
    status: TransactionStatus = TransactionStatus.STARTED
    mode: Mode = Mode.TOTAL
    """A snapshot taken at authorization (S23): a later change of the connector does not touch it."""
    antifraud: bool = False
    """Whether its risk is analyzed before it is approved; a snapshot taken at authorization, too."""
    payments: tuple[Payment, ...] = ()
    settled: int = 0
    cancelled: int = 0
    refunded: int = 0
    reduced: int = 0
    """The part of the refunds that lowered the order after its money was captured: never to be settled."""
    short: int = 0
    """What connectors captured less than settlements asked for, as long as nobody asks again (S14)."""
    awaited: int = 0
    """The part of the refunds that waits for a capture: no connector has heard of it."""
    given_up: Operation | None = None
    """What connectors were asked for in vain to the end of its time: to decide, to settle, to cancel."""

    @property
    def remaining(self) -> int:
        """What may still be settled or cancelled: nobody has asked for it yet."""
        return self.value - self.settled - self.cancelled - self.reduced

    @property
    def grain(self) -> int:
        """The smallest amount that can be moved, in cents: the coarsest of the payments' currencies."""
        return max((payment.grain for payment in self.payments), default=1)

    @property
    def secured(self) -> int:
        """Captured or on its way, less what was given back because the order shrank: what `settled` leans on."""
        return self.total("captured") + self.total("settling") - self.reduced

    @property
    def in_flight(self) -> bool:
        """Whether a connector owes an answer."""
        return any(payment.calls for payment in self.payments)

    def total(self, name: str) -> int:
        """One figure of the payments added up, by its field's name."""
        return sum(int(getattr(payment, name)) for payment in self.payments)

    def payment(self, payment_id: str) -> Payment | None:
        """The payment of that id, or None."""
        return next((payment for payment in self.payments if payment.id == payment_id), None)


Ledger = TypeVar("Ledger", Payment, Transaction)


def changed(ledger: Ledger, **changes: object) -> Ledger:
    """A copy with other values: as `dataclasses.replace`, eight times as fast, for steps are made of copies.

    It leaves the initialiser out, so the two types have no slots and nothing to initialise.
    """
    copy = object.__new__(type(ledger))
    vars(copy).update(vars(ledger), **changes)
    return copy


class Cause(StrEnum):
    """Why a refund was asked for by something that asks only once: what a connector keeps is left to a person."""

    RETURN = "return"
    CHANGE = "change"
    CANCEL = "cancel"
    REJECTION = "rejection"
    """The anti-fraud said no after the capture (S27)."""
    LATE = "late refund"
    """It has waited for a capture, and whoever asked was answered long ago."""


class Call(NamedTuple):
    """One call to a connector that a step asks for. The use case gives it its requestId.

    A tuple, for there are many and they never change. Stores keep its values in their order: append new fields.
    """

    operation: Operation
    payment_id: str
    value: int
    settle_id: str | None = None
    """Which capture a refund takes from, as the protocol wants it."""
    auto: bool = False
    """Whether a delay ran out, instead of a request coming in."""
    cause: Cause | None = None
    """What asked for a refund; None: a request by hand, whose caller may ask again for what is missing (S14)."""


class Happening(StrEnum):
    """What an entry of the history says."""

    RECEIVED = "received"
    REQUESTED = "requested"
    CALLED = "called"
    RETRIED = "retried"
    CONFIRMED = "confirmed"
    PUT_OFF = "put off"
    FAILED = "failed"
    TOLD_PERSON = "told person"
    """It keeps failing, so a person hears of it; it is tried on all the same."""
    HANDED_TO_PERSON = "handed to person"
    IGNORED = "ignored"
    TRANSACTION_STATUS = "transaction status"
    PAYMENT_STATUS = "payment status"


class Entry(NamedTuple):
    """One entry of a transaction's history, which is only ever added to.

    A tuple, for there are many and they never change. Stores keep its values in their order: append new fields.
    """

    happening: Happening
    operation: Operation | None = None
    payment_id: str | None = None
    value: int | None = None
    before: str | None = None
    after: str | None = None
    auto: bool = False
    note: str | None = None


def entry_of(call: Call, happening: Happening, value: int | None = None, note: str | None = None) -> Entry:
    """What happened to a call, with its own value unless another one is given."""
    return Entry(
        happening=happening,
        operation=call.operation,
        payment_id=call.payment_id,
        value=call.value if value is None else value,
        auto=call.auto,
        note=note,
    )


@dataclass(frozen=True, slots=True)
class Step:
    """What a request or an answer leads to: the next ledger, the calls to make, the entries to add."""

    transaction: Transaction
    calls: tuple[Call, ...] = ()
    entries: tuple[Entry, ...] = ()


Verdict = Step | Refused


@dataclass(slots=True)
class Draft:
    """A step being put together. Every change of a ledger goes through here, so that none is left unsaid."""

    transaction: Transaction
    calls: list[Call] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)

    def note(self, entry: Entry) -> None:
        """Add an entry to the history."""
        self.entries.append(entry)

    def add(self, **amounts: int) -> None:
        """Raise or lower the merchant's totals."""
        self.transaction = changed(
            self.transaction,
            **{name: getattr(self.transaction, name) + amount for name, amount in amounts.items()},
        )

    def pay(self, payment_id: str, **amounts: int) -> None:
        """Raise or lower figures of one payment."""
        self._put(
            changed(payment, **{name: getattr(payment, name) + amount for name, amount in amounts.items()})
            if payment.id == payment_id
            else payment
            for payment in self.transaction.payments
        )

    def join(self, payment: Payment) -> None:
        """Add a payment to the transaction."""
        self._put(iter((*self.transaction.payments, payment)))
        self.note(Entry(happening=Happening.RECEIVED, payment_id=payment.id, value=payment.value))

    def fix_mode(self, mode: Mode) -> None:
        """Take the snapshot of the mode (S23)."""
        self.transaction = changed(self.transaction, mode=mode)

    def fix_antifraud(self, *, antifraud: bool) -> None:
        """Take the snapshot of whether the risk will be analyzed."""
        self.transaction = changed(self.transaction, antifraud=antifraud)

    def give_up(self, operation: Operation) -> None:
        """Remember what has come to the end of its tries."""
        self.transaction = changed(self.transaction, given_up=operation)

    def call(self, call: Call, **reserved: int) -> None:
        """Ask for a call and reserve what it will move."""
        self.calls.append(call)
        self.pay(call.payment_id, calls=1, **reserved)
        self.note(entry_of(call, Happening.CALLED))

    def fire(self, event: Event) -> None:
        """Move the transaction's status, when the event means anything to it and changes it."""
        before = self.transaction.status
        if can(TRANSACTION, before, event) and (status := after(TRANSACTION, before, event)) is not before:
            self.transaction = changed(self.transaction, status=status)
            self.note(Entry(happening=Happening.TRANSACTION_STATUS, before=before, after=status))

    def fire_payment(self, payment_id: str, event: Event) -> None:
        """Move a payment's status, when the event means anything to it and changes it."""
        payment = self.transaction.payment(payment_id)
        if payment is None or not can(PAYMENT, payment.status, event):
            return
        status = after(PAYMENT, payment.status, event)
        if status is not payment.status:
            self._put(
                changed(each, status=status) if each is payment else each for each in self.transaction.payments
            )
            self.note(
                Entry(
                    happening=Happening.PAYMENT_STATUS,
                    payment_id=payment_id,
                    before=payment.status,
                    after=status,
                )
            )

    def step(self) -> Step:
        """The finished step, verified."""
        return Step(verified(self.transaction), tuple(self.calls), tuple(self.entries))

    def _put(self, payments: Iterator[Payment]) -> None:
        self.transaction = changed(self.transaction, payments=tuple(payments))


_TOTALS = ("settled", "cancelled", "refunded", "reduced", "short", "awaited")


def broken(transaction: Transaction) -> Iterator[str]:
    """The rules that this ledger breaks; a sound one breaks none."""
    if min(getattr(transaction, name) for name in _TOTALS) < 0:
        yield "a total is negative"
    if transaction.remaining < 0:
        yield "settled + cancelled + reduced exceed the value"
    for payment in transaction.payments:
        if (
            min(
                payment.captured,
                payment.voided,
                payment.refunded,
                payment.by_hand,
                payment.unvoided,
                payment.held,
                payment.calls,
            )
            < 0
        ):
            yield f"payment {payment.id}: a figure is negative"
        if min(payment.settling, payment.cancelling, payment.refunding) < 0:
            yield f"payment {payment.id}: an amount on its way is negative"
        if payment.open < 0:
            yield f"payment {payment.id}: captured + voided exceed authorized"
        if payment.refundable < 0:
            yield f"payment {payment.id}: refunded exceeds captured"


def verified(transaction: Transaction) -> Transaction:
    """The same ledger.

    Raises:
        InvariantBrokenError: it breaks a rule.
    """
    if faults := "; ".join(broken(transaction)):
        raise InvariantBrokenError(faults)
    return transaction
