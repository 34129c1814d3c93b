"""What Orders takes on the wire, and its small answers: receipts and the payment view. Amounts are cents."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Annotated

import msgspec

from gateway_mock.core.money import CENTS_MAX, DIGITS_MAX
from gateway_mock.core.orders import Invoice, InvoiceItem, InvoiceType, TrackingEvent
from gateway_mock.core.refusals import Refusal, refuse
from gateway_mock.core.statuses import OrderStatus
from gateway_mock.records import PaymentRecord
from gateway_mock.service.order_queries import OrderTold
from gateway_mock.service.orders import Delivery, Receipt, Tracking
from gateway_mock.times import offset_text
from gateway_mock.web.problem import Refusing
from gateway_mock.web.wire.fields import Json

Text = Annotated[str, msgspec.Meta(max_length=2_000)]
Document = Annotated[str, msgspec.Meta(max_length=500_000)]
Cents = Annotated[int, msgspec.Meta(ge=0, le=CENTS_MAX)]
Units = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]

LINES_MAX = 1_000

PaymentShown = Callable[[PaymentRecord], Json]


# --- Invoices -----------------------------------------------------------------------------------------------


class InvoiceItemBody(msgspec.Struct, rename="camel"):
    """One line of an invoice; `price` is the price of one unit."""

    id: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    price: Cents
    quantity: Units
    description: Text | None = None


class InvoiceBody(msgspec.Struct, rename="camel"):
    """A sale or a return. `invoiceValue` is cents: text in the documents, a number in official clients (C4)."""

    type: Text
    issuance_date: Text
    invoice_number: Text | None
    invoice_value: Annotated[int, msgspec.Meta(ge=-CENTS_MAX, le=CENTS_MAX)] | Text
    items: Annotated[list[InvoiceItemBody], msgspec.Meta(max_length=LINES_MAX)]
    invoice_key: Text | None = None
    invoice_url: Text | None = None
    embedded_invoice: Document | None = None
    courier: Text | None = None
    tracking_number: Text | None = None
    tracking_url: Text | None = None
    dispatched_date: Text | None = None

    def invoice(self) -> Invoice:
        """The invoice that it is.

        Raises:
            Refusing: a field is not what an invoice needs; the message says which and why.
        """
        return Invoice(
            number=_number(self.invoice_number),
            type=_type(self.type),
            value=_value(self.invoice_value),
            issuance_date=_moment(self.issuance_date),
            items=tuple(
                InvoiceItem(id=each.id, price=each.price, quantity=each.quantity, description=each.description)
                for each in self.items
            ),
            url=self.invoice_url,
            key=self.invoice_key,
            embedded=self.embedded_invoice,
            courier=self.courier,
            tracking_number=self.tracking_number,
            tracking_url=self.tracking_url,
            dispatched_date=self.dispatched_date,
        )


_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", re.ASCII)


def _invalid(why: str) -> Refusing:
    return Refusing(refuse(Refusal.INVOICE_INVALID, why=why))


def _number(text: str | None) -> str:
    """Other characters broke tracking or the way to `invoiced` (known issues 631970, 953285, 1302085)."""
    if text is None or not _NUMBER.fullmatch(text):
        raise _invalid("invoiceNumber is 1 to 100 letters, digits, dots, underscores or hyphens")
    return text


def _type(text: str) -> InvoiceType:
    """Older texts write it in lower case."""
    try:
        return InvoiceType(text.capitalize())
    except ValueError:
        raise _invalid("type is Output or Input") from None


def _value(value: int | str) -> int:
    digits = str(value)
    if not re.fullmatch(rf"[0-9]{{1,{DIGITS_MAX}}}", digits, re.ASCII) or not int(digits):
        raise _invalid("invoiceValue is a whole number of cents greater than zero, without separators")
    return int(digits)


def _moment(text: str) -> str:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        raise _invalid("issuanceDate is a date and time such as 2024-01-31T18:25:43-05:00") from None
    return text


# --- Tracking and cancels -----------------------------------------------------------------------------------


class TrackingBody(msgspec.Struct, rename="camel"):
    """The carrier of a parcel; all four are documented as required."""

    tracking_number: Annotated[str, msgspec.Meta(min_length=1, max_length=2_000)]
    tracking_url: Text | None
    dispatched_date: Text | None
    courier: Text | None

    def tracking(self) -> Tracking:
        """As the use case takes it."""
        return Tracking(
            number=self.tracking_number,
            url=self.tracking_url,
            dispatched_date=self.dispatched_date,
            courier=self.courier,
        )


class EventBody(msgspec.Struct):
    """One place on the parcel's way."""

    city: Text
    state: Text
    description: Text
    date: Text


class DeliveryBody(msgspec.Struct, rename="camel"):
    """Where the parcel is."""

    is_delivered: bool
    delivered_date: Text | None
    events: Annotated[list[EventBody], msgspec.Meta(max_length=LINES_MAX)]

    def delivery(self) -> Delivery:
        """As the use case takes it."""
        return Delivery(
            delivered=self.is_delivered,
            delivered_date=self.delivered_date,
            events=tuple(
                TrackingEvent(city=each.city, state=each.state, description=each.description, date=each.date)
                for each in self.events
            ),
        )


class CancelBody(msgspec.Struct, rename="camel"):
    """Why an order is cancelled; both fields are optional (schema and guide have one each)."""

    reason: Text = ""
    requested_by_user: bool = False


class DenyBody(msgspec.Struct, rename="camel"):
    """Why a cancellation is refused."""

    cancellation_request_id: Text
    deny_reason: Text


def receipt(taken: Receipt) -> Json:
    """What every write answers."""
    return {"date": offset_text(taken.date), "orderId": taken.order_id, "receipt": taken.receipt}


# --- The payment view ---------------------------------------------------------------------------------------


def payment_transaction(told: OrderTold, account: str) -> Json:
    """The transaction as Orders sees it: no settled or refunded amounts, for these one asks the gateway (C17)."""
    return {"status": told.transaction.ledger.status} | transaction(told, account, payment)


def transaction(told: OrderTold, account: str, shown: PaymentShown) -> Json:
    """The order's only transaction, with the payments that count: a denied increase does not."""
    ledger = told.transaction.ledger
    denied = {each.id for each in ledger.payments if each.increase and not each.authorized}
    return {
        "isActive": True,
        "transactionId": ledger.id,
        "merchantName": account,
        "payments": [shown(each) for each in told.payments if each.id not in denied],
    }


def payment(record: PaymentRecord) -> Json:
    """One payment as both views show it. The card keeps its number to itself."""
    card = record.card
    return {
        "id": record.id,
        "paymentSystem": str(record.payment_system),
        "paymentSystemName": record.payment_system_name,
        "value": record.value,
        "installments": record.installments,
        "referenceValue": record.reference_value,
        "cardHolder": None,
        "cardNumber": None,
        "firstDigits": card.number[:6] if card.number else "",
        "lastDigits": card.number[-4:] if card.number else "",
        "cvv2": None,
        "expireMonth": None,
        "expireYear": None,
        "url": record.payment_url,
        "giftCardId": None,
        "giftCardName": None,
        "giftCardCaption": None,
        "redemptionCode": None,
        "group": record.group,
        "tid": record.tid or "",
        "dueDate": None,
        "connectorResponses": {
            "Tid": record.tid or "",
            "ReturnCode": record.code,
            "Message": record.message,
            "authId": record.authorization_id or "",
        },
    }


DESCRIPTIONS: dict[OrderStatus, str] = {
    OrderStatus.PAYMENT_PENDING: "Payment pending",
    OrderStatus.PAYMENT_APPROVED: "Payment approved",
    OrderStatus.WINDOW_TO_CANCEL: "Window to cancel",
    OrderStatus.READY_FOR_HANDLING: "Ready for handling",
    OrderStatus.HANDLING: "Handling",
    OrderStatus.INVOICE: "Verifying invoice",
    OrderStatus.INVOICED: "Invoiced",
    OrderStatus.CANCELLATION_REQUESTED: "Cancellation requested",
    OrderStatus.CANCEL: "Canceling",
    OrderStatus.CANCELED: "Canceled",
}
