"""Changes as both versions of the API take them, and the words of their refusals. Amounts are cents."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Annotated, TypeVar

import msgspec
from msgspec.structs import replace

from gateway_mock.core.changes import Lines
from gateway_mock.core.money import CENTS_MAX
from gateway_mock.core.refusals import Refusal, Refused
from gateway_mock.records_orders import ChangeAsked, ChangeSettings, ChangeVersion, Replacement
from gateway_mock.web.problem import Problem, malformed
from gateway_mock.web.wire.orders import LINES_MAX, Cents, Text

T = TypeVar("T")

Signed = Annotated[int, msgspec.Meta(ge=-CENTS_MAX, le=CENTS_MAX)]
Count = Annotated[int, msgspec.Meta(ge=-1_000_000, le=1_000_000)]
Name = Annotated[str, msgspec.Meta(max_length=200)]
Names = Annotated[list[Name], msgspec.Meta(max_length=LINES_MAX)]

# --- Version 1 ----------------------------------------------------------------------------------------------


class RegisterItemBody(msgspec.Struct):
    """One line of a change; it describes, the change's own amounts move the money."""

    id: Name
    price: Cents
    quantity: Count

    def lines(self) -> Lines:
        """As core takes it."""
        return Lines(id=self.id, quantity=self.quantity, price=self.price)


RegisterItems = Annotated[list[RegisterItemBody], msgspec.Meta(max_length=LINES_MAX)]


class RegisterBody(msgspec.Struct, rename="camel"):
    """A change of version 1: the caller computes the amounts."""

    request_id: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    reason: Text
    discount_value: Signed
    increment_value: Signed
    items_removed: RegisterItems | None = None
    items_added: RegisterItems | None = None

    def asked(self) -> ChangeAsked:
        """As the use case takes it."""
        return ChangeAsked(
            reason=self.reason,
            discount=self.discount_value,
            increment=self.increment_value,
            added=tuple(each.lines() for each in self.items_added or ()),
            removed=tuple(each.lines() for each in self.items_removed or ()),
        )


# --- Version 2 ----------------------------------------------------------------------------------------------


class ItemBody(msgspec.Struct, rename="camel"):
    """Units of an article. Manual amounts may stand here or in the change itself (C10 of Orders)."""

    id: Name
    quantity: Count
    unique_id: Name | None = None
    price: Cents | None = None
    unit_multiplier: float | None = None
    price_tags: list[dict[str, object]] | None = None
    manual_discount_value: Signed = 0
    manual_increment_value: Signed = 0


class LogisticsBody(msgspec.Struct, rename="camel"):
    """The freight of the line at `itemIndex`."""

    item_index: Annotated[int, msgspec.Meta(ge=0, le=LINES_MAX)]
    price: Cents = 0


class ShippingBody(msgspec.Struct, rename="camel"):
    """How added lines travel."""

    logistics_info: Annotated[list[LogisticsBody], msgspec.Meta(max_length=LINES_MAX)] = []


class SideBody(msgspec.Struct, rename="camel"):
    """Lines that go or come."""

    items: Annotated[list[ItemBody], msgspec.Meta(max_length=LINES_MAX)] = []
    shipping_data: ShippingBody | None = None

    def lines(self) -> tuple[Lines, ...]:
        """As core takes them.

        Raises:
            Problem: 400, a line is measured or priced in a way that the sandbox does not model.
        """
        logistics = self.shipping_data.logistics_info if self.shipping_data else []
        freight = {each.item_index: each.price for each in logistics}
        return tuple(_lines(item, freight.get(index, 0)) for index, item in enumerate(self.items))


def _lines(item: ItemBody, shipping: int) -> Lines:
    if item.unit_multiplier not in {None, 1} or item.price_tags:
        raise malformed("Only a unitMultiplier of 1 and no priceTags are modelled; send a price or a manual value")
    return Lines(
        id=item.id, quantity=item.quantity, price=item.price, unique_id=item.unique_id or "", shipping=shipping
    )


class ReplaceBody(msgspec.Struct, rename={"taken": "from", "given": "to"}):
    """Lines that go, and what comes for them."""

    taken: SideBody
    given: SideBody


class WorkspacesBody(msgspec.Struct, rename="camel"):
    """Where a feature shows."""

    enabled_workspaces: Names | None = None


class PaymentSettingsBody(msgspec.Struct, rename="camel"):
    """Which payment systems may pay for an increase beside the documented ones."""

    custom_payment_systems_allowed: Names | None = None


class RolloutBody(msgspec.Struct, rename="camel"):
    """Who may change orders. Kept and shown, not enforced."""

    enable_api: bool | None = None
    enable_admin_orders: WorkspacesBody | None = None
    enable_my_orders: WorkspacesBody | None = None


class PipelineBody(msgspec.Struct, rename="camel"):
    """What is computed anew. Only `compensateShippingChanges` has an effect here."""

    enable_tax_hub_recalculation: bool | None = None
    compensate_shipping_changes: bool | None = None
    enable_promotion_recalculation: bool | None = None
    enable_native_tax_recalculation: bool | None = None


class MockBody(msgspec.Struct, rename="camel"):
    """Ours: how long a change waits between its acknowledgement and its execution; 0 is within the request."""

    delay_seconds: Annotated[int, msgspec.Meta(ge=0, le=30 * 86_400)] | None = None


class SettingsBody(msgspec.Struct, rename="camel"):
    """Settings of an account, or of one change; what is missing stays as it is."""

    payment_configuration: PaymentSettingsBody | None = None
    rollout_configuration: RolloutBody | None = None
    pipeline_configuration: PipelineBody | None = None
    mock: MockBody | None = msgspec.field(name="_mock", default=None)

    def over(self, base: ChangeSettings) -> ChangeSettings:
        """The settings `base` with what is said here."""
        payment = self.payment_configuration or PaymentSettingsBody()
        rollout = self.rollout_configuration or RolloutBody()
        pipeline = self.pipeline_configuration or PipelineBody()
        return replace(
            base,
            payment_systems=_said(_tuple(payment.custom_payment_systems_allowed), base.payment_systems),
            api=_said(rollout.enable_api, base.api),
            admin_workspaces=_said(_workspaces(rollout.enable_admin_orders), base.admin_workspaces),
            shopper_workspaces=_said(_workspaces(rollout.enable_my_orders), base.shopper_workspaces),
            tax_hub=_said(pipeline.enable_tax_hub_recalculation, base.tax_hub),
            keeps_freight=_said(pipeline.compensate_shipping_changes, base.keeps_freight),
            promotions=_said(pipeline.enable_promotion_recalculation, base.promotions),
            native_tax=_said(pipeline.enable_native_tax_recalculation, base.native_tax),
            delay=_said(self.mock.delay_seconds if self.mock else None, base.delay),
        )


def _said(value: T | None, otherwise: T) -> T:
    return otherwise if value is None else value


def _tuple(names: Sequence[str] | None) -> tuple[str, ...] | None:
    return None if names is None else tuple(names)


def _workspaces(body: WorkspacesBody | None) -> tuple[str, ...] | None:
    return None if body is None else _tuple(body.enabled_workspaces)


class ChangeBody(msgspec.Struct, rename="camel"):
    """A change of version 2: the platform computes what the lines come to, manual amounts are added to that."""

    reason: Text
    add: SideBody | None = None
    remove: SideBody | None = None
    replace: Annotated[list[ReplaceBody], msgspec.Meta(max_length=LINES_MAX)] | None = None
    manual_discount_value: Signed = 0
    manual_increment_value: Signed = 0
    settings: SettingsBody | None = None

    def asked(self) -> ChangeAsked:
        """As the use case takes it."""
        replaced = self.replace or []
        items = [item for each in replaced for item in each.given.items]
        return ChangeAsked(
            reason=self.reason,
            discount=self.manual_discount_value + sum(item.manual_discount_value for item in items),
            increment=self.manual_increment_value + sum(item.manual_increment_value for item in items),
            added=self.add.lines() if self.add else (),
            removed=self.remove.lines() if self.remove else (),
            replaced=tuple(Replacement(taken=each.taken.lines(), given=each.given.lines()) for each in replaced),
        )

    def over(self, base: ChangeSettings) -> ChangeSettings:
        """The account's settings with those of this change."""
        return self.settings.over(base) if self.settings else base


class ReasonBody(msgspec.Struct):
    """Why a change is dropped."""

    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=2_000)]


# --- Words --------------------------------------------------------------------------------------------------

_VERSION_1: Mapping[Refusal, str] = MappingProxyType(
    {
        Refusal.CHANGES_EXCEEDED: "Max allowed modifications for order exceeded: {count}",
        Refusal.CHANGE_INCREASE_METHOD: (
            "It's not allowed to make modifications in orders without a credit card payment, promissory card, "
            "cash, or credit control"
        ),
    }
)

_VERSION_2: Mapping[Refusal, str] = MappingProxyType(
    {
        Refusal.CHANGE_STATUS: "Invalid change for order.",
        Refusal.CHANGE_EMPTY: "Invalid change for order.",
        Refusal.CHANGE_ITEM_ID: "Invalid id for item.",
        Refusal.CHANGE_NEGATIVE: "The change value needs to be greater or equal than zero.",
        Refusal.CHANGE_EXCEEDS: "The value of the change exceed the order's price.",
        Refusal.CHANGE_NOT_REFUNDABLE: (
            "Change cannot be done. Possible reason: settlement directly done by API."
        ),
    }
)

_WORDS = MappingProxyType({ChangeVersion.ONE: _VERSION_1, ChangeVersion.TWO: _VERSION_2})


def message(refusal: Refusal, params: Mapping[str, str], version: ChangeVersion) -> str:
    """What a version of the API says of a refusal: the two have different documented sentences for some."""
    return _WORDS[version].get(refusal, refusal.words.message).format_map(params)


def problem(refused: Refused, version: ChangeVersion) -> Problem:
    """The answer that a refusal becomes."""
    words = refused.refusal.words
    return Problem(words.http_status, words.code, message(refused.refusal, refused.params, version))
