"""What is due when: the retries of a call, and the delays that settle by themselves.

Documented windows: authorizations are tried for 7 days unless the connector said how long, settles, cancels and
refunds for a day. The cadence of the latter is recommended: once an hour (S37).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from gateway_mock.core.modes import Operation
from gateway_mock.ports import Job
from gateway_mock.times import DAY, SECOND

MINUTE, HOUR = 60 * SECOND, 3600 * SECOND

SEND = "send"
AUTO_SETTLE = "auto-settle"
ANTIFRAUD = "antifraud"
CHANGE = "change"
RELEASE = "release"

GRACE = 30 * MINUTE
"""How long an order stays in its window to cancel (documented default)."""

LEASE = 2 * MINUTE
"""How long whoever wrote an operation, or claimed a job, has for it before somebody else may."""

AUTO_SETTLE_DEFAULT = 4 * DAY
"""A create answer without delays (C11, known issue 1053010)."""

AUTO_SETTLE_AFTER_CALLBACK = DAY
"""A callback without delays (C11, documented)."""


@dataclass(frozen=True, slots=True)
class Window:
    """How long and how often a call is tried again, in microseconds."""

    length: int
    every: int


ONCE = Window(0, 0)
"""The first try is the last one."""

WINDOWS: Mapping[Operation, Window] = MappingProxyType(
    {
        Operation.AUTHORIZE: Window(7 * DAY, HOUR),
        Operation.SETTLE: Window(DAY, HOUR),
        Operation.CANCEL: Window(DAY, HOUR),
        Operation.REFUND: Window(DAY, HOUR),
    }
)


def window_of(operation: Operation, cancels_after: int | None, *, often: bool = False) -> Window:
    """The window of an operation; `delayToCancel` (seconds) sets the one of an undefined payment.

    Documented cadence: every 5 minutes up to an hour, hourly below a day, every 4 hours from a day on.

    Args:
        operation: what is tried.
        cancels_after: what the connector told last; None when it never did.
        often: whether the shopper waits with the payment in hand (Pix): every 5 minutes, however long.
    """
    if operation is not Operation.AUTHORIZE:
        return WINDOWS[operation]
    length = WINDOWS[operation].length if cancels_after is None else cancels_after * SECOND
    if often or length <= HOUR:
        return Window(length, 5 * MINUTE)
    every = WINDOWS[operation].every if cancels_after is None or length < DAY else 4 * HOUR
    return Window(length, every)


def send_job(account: str, request_id: str, due: int) -> Job:
    """Send an operation (again) when it is due."""
    return Job(account=account, key=f"{SEND}/{request_id}", name=SEND, due=due, subject=request_id)


def auto_settle_job(account: str, payment_id: str, due: int) -> Job:
    """Settle a payment by itself when its delay runs out."""
    return Job(account=account, key=f"{AUTO_SETTLE}/{payment_id}", name=AUTO_SETTLE, due=due, subject=payment_id)


def antifraud_job(account: str, transaction_id: str, due: int) -> Job:
    """Judge the risk of a transaction."""
    return Job(
        account=account, key=f"{ANTIFRAUD}/{transaction_id}", name=ANTIFRAUD, due=due, subject=transaction_id
    )


def release_job(account: str, order_id: str, due: int) -> Job:
    """Let an order out of its window to cancel."""
    return Job(account=account, key=f"{RELEASE}/{order_id}", name=RELEASE, due=due, subject=order_id)
