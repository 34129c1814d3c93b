"""The auditor of the model: books kept from requests and answers alone, with nothing but additions.

Nothing here imports the core's decisions. What an answer is worth follows S15: what is not between nothing and the
amount that was asked for is booked as that amount.
"""

from collections import Counter
from dataclasses import dataclass, field

from gateway_mock.core.confirm import Result


@dataclass
class Account:
    """What one connector has confirmed, and what is on its way to it."""

    value: int
    first: bool = True
    """Whether it came with the transaction, not with an increase."""
    authorized: int = 0
    captured: int = 0
    voided: int = 0
    refunded: int = 0
    by_hand: int = 0
    settling: int = 0
    cancelling: int = 0
    refunding: int = 0
    gone: bool = False
    """Told to cancel before it was authorized: an approval that comes too late changes nothing."""
    uncancelled: int = 0
    """Cancels that failed for good: nobody settles that money, nobody sends the cancel again."""
    held: int = 0
    """Cancelled by the merchant, and the connector does not know."""

    @property
    def open(self):
        """Authorized, and nothing has become of it."""
        gone = self.captured + self.voided + self.settling + self.cancelling + self.uncancelled
        return self.authorized - gone

    @property
    def secured(self):
        """Captured, or about to be."""
        return self.captured + self.settling


@dataclass
class Books:
    """The auditor: totals of the merchant, one account a payment."""

    value: int
    mode: str
    accounts: dict[str, Account]
    settled: int = 0
    cancelled: int = 0
    refunded: int = 0
    reduced: int = 0
    asked: Counter = field(default_factory=Counter)

    def add(self, name):
        """One figure of all accounts."""
        return sum(getattr(account, name) for account in self.accounts.values())

    @property
    def remaining(self):
        """What nobody has asked for."""
        return self.value - self.settled - self.cancelled - self.reduced

    @property
    def held_cancels(self):
        """Cancelled by the merchant, and no connector knows."""
        return self.cancelled - self.add("voided") - self.add("cancelling") - self.add("uncancelled")

    @property
    def refundable(self):
        """Captured, and nobody is giving it back."""
        return self.add("captured") - self.add("refunded") - self.add("refunding") - self.add("by_hand")

    def hold(self, value):
        """A cancel stays with the payments of the lowest value that have the room."""
        for account in sorted(self.accounts.values(), key=lambda account: account.value):
            share = min(value, account.open - account.held)
            account.held += share
            value -= share

    def due_to_settle(self):
        """What a settle or a closing request makes connectors capture, all together."""
        if self.mode == "partial":
            return max(0, self.settled + self.reduced - self.add("secured"))
        if self.mode == "hold" and self.remaining:
            return 0
        return self.add("open") - self.held_cancels

    def called(self, call):
        """A call went out."""
        account = self.accounts[call.payment_id]
        self.asked[call.operation] += call.value
        if call.operation == "settle":
            account.settling += call.value
        elif call.operation == "refund":
            account.refunding += call.value
        elif call.operation == "cancel" and account.authorized:
            account.cancelling += call.value
            account.held = 0 if not account.open else account.held  # nobody else lets go of all that is open
        elif call.operation == "cancel":
            account.gone = True

    def answered(self, call, outcome, cancelled):
        """A call came to its end; `cancelled` says that its transaction was being cancelled already."""
        account = self.accounts[call.payment_id]
        done = outcome.result is Result.DONE
        booked = 0 if not done else outcome.value if 0 <= outcome.value <= call.value else call.value
        if call.operation == "authorize" and done and not (cancelled or account.gone):
            account.authorized = call.value
            self.value += 0 if account.first else call.value
        elif call.operation == "settle":
            account.settling -= call.value
            account.captured += booked
        elif call.operation == "refund":
            account.refunding -= call.value
            account.refunded += booked
            account.by_hand += 0 if done else call.value
            self.refunded -= call.value - booked if done else 0
        elif call.operation == "cancel" and account.authorized:
            account.cancelling -= call.value
            account.voided += call.value if done else 0
            account.uncancelled += 0 if done else call.value
