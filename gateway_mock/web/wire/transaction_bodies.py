"""What the Payments Gateway API takes, as it is spelt there. Amounts are cents unless they say otherwise."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated

import msgspec

from gateway_mock.core.money import to_cents
from gateway_mock.records import Card
from gateway_mock.web.wire.fields import Cents, Count, SystemId, Text


class StartBody(msgspec.Struct, rename="camel"):
    """A transaction to start; what is null or missing is refused by the gateway's own words."""

    value: Cents | None = None
    reference_id: Text | None = None
    channel: Text | None = None
    sales_channel: Text | None = None
    urn: Text | None = None


class FieldsBody(msgspec.Struct, rename="camel"):
    """The shopper's card; `dueDate` is `mm/yy`."""

    holder_name: Text | None = None
    card_number: Text | None = None
    validation_code: Text | None = None
    due_date: Annotated[str, msgspec.Meta(pattern=r"^(0[1-9]|1[0-2])/\d{2}(\d{2})?$")] | None = None
    document: Text | None = None
    account_id: Text | None = None


class MerchantBody(msgspec.Struct, rename="camel"):
    """Which transaction a payment is for."""

    id: Text | None = None
    merchant_name: Text | None = None


class PaymentBody(msgspec.Struct, rename="camel"):
    """One payment of the shopper. `value` and its siblings are cents."""

    payment_system: SystemId
    value: Cents
    installments: Count = 1
    currency_code: Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{3}$")] = "BRL"
    installments_interest_rate: Annotated[float, msgspec.Meta(ge=0, le=1000)] = 0.0
    installments_value: Cents = 0
    reference_value: Cents = 0
    fields: FieldsBody | None = None
    transaction: MerchantBody | None = None

    def card(self) -> Card:
        """The card as the connector gets it: month of two digits, year of four."""
        fields = self.fields or FieldsBody()
        month, _, year = (fields.due_date or "").partition("/")
        return Card(
            sent=self.fields is not None,
            holder=fields.holder_name,
            number=fields.card_number,
            csc=fields.validation_code,
            month=month or None,
            year=f"20{year}"[-4:] if year else None,
            document=fields.document,
            account_id=fields.account_id,
        )


class DataBody(msgspec.Struct, rename="camel"):
    """One piece of additional data; `value` is an escaped JSON document."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=256)]
    value: str


class AuthorizeBody(msgspec.Struct, rename="camel"):
    """An authorization request."""

    transaction_id: Text | None = None
    soft_descriptor: Text | None = None
    prepare_for_recurrency: bool | None = None


class ValueBody(msgspec.Struct, rename="camel"):
    """A settle or cancel request, in cents."""

    value: Cents


class RefundBody(msgspec.Struct, rename="camel"):
    """A refund request. `freight` and `tax` break `value` down, they do not add to it (C5, recommended)."""

    value: Cents
    freight: Cents | None = None
    tax: Cents | None = None
    minicart: dict[str, msgspec.Raw] | list[msgspec.Raw] | None = None


class NotificationBody(msgspec.Struct, rename="camel"):
    """A payment that came in by another way; `valuePaid` is the one amount in currency units."""

    payment_date: Annotated[str, msgspec.Meta(pattern=r"^\d{2}/\d{2}/\d{4}$")]
    value_paid: Annotated[float, msgspec.Meta(gt=0, le=1e12)]

    def cents(self) -> int:
        """What was paid, in cents.

        Raises:
            ValueError: there is no such day, or the amount has more than two decimals.
        """
        datetime.strptime(self.payment_date, "%d/%m/%Y").replace(tzinfo=UTC)
        return to_cents(Decimal(repr(self.value_paid)))
