"""What the store keeps of an order beside `records.OrderRecord`: the changes and their settings.

Amounts are cents, moments are microseconds. Nothing here decides.
"""

from enum import StrEnum

from gateway_mock.core.changes import Change, Lines
from gateway_mock.core.orders import Item
from gateway_mock.records import Record


class OrderSequence(Record, frozen=True):
    """How many orders the account has made. Key: `ORDER_SEQUENCE_KEY`."""

    made: int


ORDER_SEQUENCE_KEY = "orders"


class ChangeVersion(StrEnum):
    """Which API a change came by: the two do not mix on one order (documented)."""

    ONE = "1"
    TWO = "2"


class ChangeStatus(StrEnum):
    """Of a change, as the API spells it (documented)."""

    WAITING_ACKNOWLEDGEMENT = "waiting-acknowledgement"
    WAITING_CONFIRMATION = "waiting-confirmation"
    DONE = "done"
    CANCELED = "canceled"


class ChangeSettings(Record, frozen=True, kw_only=True):
    """The account's settings for changes, or those of one change. Key: `CHANGE_SETTINGS_KEY`."""

    custom: bool = False
    """Whether somebody set them: else the API says `usingDefaultBehavior`."""
    payment_systems: tuple[str, ...] = ()
    """Payment systems that may pay for an increase beside the documented groups."""
    api: bool = True
    admin_workspaces: tuple[str, ...] = ("*",)
    shopper_workspaces: tuple[str, ...] = ("*",)
    tax_hub: bool = False
    keeps_freight: bool = False
    """`compensateShippingChanges`: the freight of removed units stays in the order."""
    promotions: bool = False
    native_tax: bool = False
    delay: int = 0
    """Seconds between the acknowledgement of a change and its execution; 0: within the request (ours)."""


CHANGE_SETTINGS_KEY = "changes"


class Replacement(Record, frozen=True, kw_only=True):
    """Units that go, and the units that come for them."""

    taken: tuple[Lines, ...]
    given: tuple[Lines, ...]


class ChangeAsked(Record, frozen=True, kw_only=True):
    """A change as the caller wrote it; version 1 has no replacements."""

    reason: str
    discount: int = 0
    increment: int = 0
    added: tuple[Lines, ...] = ()
    removed: tuple[Lines, ...] = ()
    replaced: tuple[Replacement, ...] = ()


class ChangeLog(Record, frozen=True, kw_only=True):
    """What became of a change at one moment. `refusal` and `params` say why it failed, in core's names."""

    date: int
    status: ChangeStatus
    message: str
    refusal: str | None = None
    params: tuple[tuple[str, str], ...] = ()


class ChangeCancellation(Record, frozen=True, kw_only=True):
    """Why a change was dropped."""

    by_user: bool
    reason: str
    date: int


class ChangeTotals(Record, frozen=True, kw_only=True):
    """What a change adds to the order, by where it comes from; cents, negative when it lowers."""

    manual: int = 0
    items: int = 0
    shipping: int = 0

    @property
    def difference(self) -> int:
        """By how much the order's value moves."""
        return self.manual + self.items + self.shipping


class ChangeRecord(Record, frozen=True, kw_only=True):
    """A change of an order. Key: `id`, owner: the order id."""

    id: str
    workflow_id: str
    order_id: str
    sequence: int
    """Its place among the changes of the order: on a manual clock many happen at one moment."""
    version: ChangeVersion
    asked: ChangeAsked
    settings: ChangeSettings
    date: int
    request_id: str | None = None
    """Version 1: the caller's idempotency key."""
    receipt: str = ""
    """What the caller of version 1 was given."""
    status: ChangeStatus = ChangeStatus.WAITING_ACKNOWLEDGEMENT
    before: tuple[Item, ...] = ()
    """The order's lines at the moment of the change; none while it waits."""
    totals: ChangeTotals | None = None
    payment_id: str = ""
    """The payment that was asked for when the order grew."""
    attempts: int = 0
    """How often that payment was looked at and still had no end."""
    logs: tuple[ChangeLog, ...] = ()
    cancellation: ChangeCancellation | None = None

    @property
    def in_progress(self) -> bool:
        """Whether the change may still move the order: until then nothing else may."""
        return self.status not in {ChangeStatus.DONE, ChangeStatus.CANCELED}

    @property
    def change(self) -> Change:
        """The change as core decides on it. Version 1 trusts the caller's amounts, freight and all."""
        computed = self.version is ChangeVersion.TWO
        return Change(
            reason=self.asked.reason,
            discount=self.asked.discount,
            increment=self.asked.increment,
            added=(*self.asked.added, *(line for each in self.asked.replaced for line in each.given)),
            removed=(*self.asked.removed, *(line for each in self.asked.replaced for line in each.taken)),
            computed=computed,
            keeps_freight=self.settings.keeps_freight or not computed,
        )
