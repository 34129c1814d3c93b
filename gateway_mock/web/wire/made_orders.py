"""The order that the control plane is asked to make. Amounts are cents."""

from typing import Annotated, Literal

import msgspec

from gateway_mock.core.money import CENTS_MAX
from gateway_mock.core.orders import Item
from gateway_mock.core.statuses import OrderStatus
from gateway_mock.service.checkout import VISA, OrderRequest, PaymentRequest
from gateway_mock.web.wire.fields import SystemId
from gateway_mock.web.wire.orders import LINES_MAX, Cents, Units

Value = Annotated[int, msgspec.Meta(ge=1, le=CENTS_MAX)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class ItemBody(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """One line; `shipping` is its freight, else the order's is spread over the lines."""

    id: Name
    price: Cents
    quantity: Units
    name: str = ""
    unique_id: str = ""
    shipping: Cents = 0

    def item(self) -> Item:
        """As core takes it."""
        return Item(
            id=self.id,
            price=self.price,
            quantity=self.quantity,
            name=self.name,
            unique_id=self.unique_id,
            shipping=self.shipping,
        )


CardNumber = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{12,19}$")]


class CardBody(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """A card; the sandbox fills in the rest of it."""

    number: CardNumber


class PaymentBody(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """One payment; `connector` overrides the account's rules, `card` is a number or an object with one."""

    value: Value
    payment_system: SystemId = VISA
    card: CardNumber | CardBody | None = None
    installments: Annotated[int, msgspec.Meta(ge=1, le=99)] = 1
    connector: str = ""

    def payment(self) -> PaymentRequest:
        """As the use case takes it."""
        return PaymentRequest(
            value=self.value,
            payment_system=self.payment_system,
            card=self.card.number if isinstance(self.card, CardBody) else self.card,
            installments=self.installments,
            connector=self.connector,
        )


class OrderBody(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """An order; `status` is how far an approved payment carries it."""

    value: Value
    shipping: Cents = 0
    items: Annotated[list[ItemBody], msgspec.Meta(max_length=LINES_MAX)] = []
    payments: Annotated[list[PaymentBody], msgspec.Meta(max_length=100)] = []
    status: Literal["payment-approved", "window-to-cancel", "ready-for-handling", "handling"] = "handling"

    def wanted(self) -> OrderRequest:
        """As the use case takes it."""
        return OrderRequest(
            value=self.value,
            shipping=self.shipping,
            items=tuple(each.item() for each in self.items),
            payments=tuple(each.payment() for each in self.payments),
            until=OrderStatus(self.status),
        )
