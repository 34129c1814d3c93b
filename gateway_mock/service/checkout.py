"""Making an order the way a checkout does: the documented steps of a transaction, one after the other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import msgspec

from gateway_mock.core.money import CENTS_MAX, text
from gateway_mock.core.orders import Item, Order
from gateway_mock.core.payment_systems import payment_system
from gateway_mock.core.refusals import Refusal, Refused, refuse
from gateway_mock.core.statuses import OrderStatus
from gateway_mock.records import Card, OrderRecord, PaymentRecord
from gateway_mock.records_orders import ORDER_SEQUENCE_KEY, OrderSequence
from gateway_mock.service import transactions
from gateway_mock.service.booking import Desk, in_unit
from gateway_mock.service.sandbox import Sandbox
from gateway_mock.service.transactions import Done, Start

FIRST_ORDER = 1_172_452_900_788
"""Documented as an example of a marketplace order: `1172452900788-01`, sequence 502556."""

FIRST_SEQUENCE = 502_556

VISA = 2
TEST_CARD = "4444333322221111"

SHOPPER: Mapping[str, object] = MappingProxyType(
    {
        "id": "clientProfileData",
        "email": "shopper@example.com",
        "firstName": "Sandbox",
        "lastName": "Shopper",
        "documentType": "cpf",
        "document": "01234567890",
        "phone": "+5521912345678",
        "isCorporate": False,
    }
)

ADDRESS: Mapping[str, object] = MappingProxyType(
    {
        "addressType": "residential",
        "receiverName": "Sandbox Shopper",
        "addressId": "sandbox-address",
        "versionId": None,
        "entityId": None,
        "postalCode": "22250040",
        "city": "Rio de Janeiro",
        "state": "RJ",
        "country": "BRA",
        "street": "Praia de Botafogo",
        "number": "300",
        "neighborhood": "Botafogo",
        "complement": "",
        "reference": None,
        "geoCoordinates": [],
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRequest:
    """One payment of an order to be. `value` is cents; an empty `connector` means: by the account's rules."""

    value: int
    payment_system: int = VISA
    card: str | None = None
    installments: int = 1
    connector: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRequest:
    """An order to be; amounts are cents.

    Without items it has one line that costs everything but the freight; without payments one Visa pays all of it.
    The payments may exceed the value: that is interest. Freight that the lines do not name is spread over them.
    """

    value: int
    shipping: int = 0
    items: tuple[Item, ...] = ()
    payments: tuple[PaymentRequest, ...] = ()
    until: OrderStatus = OrderStatus.HANDLING


def make_order(sandbox: Sandbox, account: str, wanted: OrderRequest) -> OrderRecord | Refused:
    """Start, pay, add the data, authorize; the order then is where the approval brings it.

    Returns:
        the order: usually in `until`, `payment-pending` while a payment waits, `canceled` when one was denied.
    """
    if refused := _refused(wanted):
        return refused
    wanted = _filled(wanted)
    sequence = in_unit(sandbox, account, _next_order)
    if isinstance(sequence, Refused):
        return sequence
    paid = _pay(sandbox, account, wanted, order_id_of(sequence))
    if isinstance(paid, Refused):
        return paid
    placed = in_unit(sandbox, account, lambda desk: _place(desk, wanted, sequence, paid.record.id))
    if isinstance(placed, Refused):
        return placed
    authorized = transactions.authorize(sandbox, account, paid.record.id, None)
    return authorized if isinstance(authorized, Refused) else _as_it_is(sandbox, account, placed)


def order_id_of(sequence: int) -> str:
    """The order id that belongs to the number that the API calls `sequence`."""
    return f"{FIRST_ORDER + sequence - FIRST_SEQUENCE}-01"


def _refused(wanted: OrderRequest) -> Refused | None:
    paid = sum(payment.value for payment in wanted.payments)
    if wanted.payments and paid < wanted.value:
        return refuse(Refusal.PAYMENTS_SUM, value=text(wanted.value), sum=text(paid))
    if paid > CENTS_MAX or wanted.shipping > wanted.value:
        why = "the payments are too large together" if paid > CENTS_MAX else "the freight exceeds the value"
        return refuse(Refusal.PAYMENT_INVALID, why=why)
    return None


def _filled(wanted: OrderRequest) -> OrderRequest:
    """The same order with the defaults written out."""
    line = Item(id="1", name="Item 1", price=wanted.value - wanted.shipping, quantity=1)
    return replace(
        wanted,
        items=with_freight(wanted.items or (line,), wanted.shipping),
        payments=wanted.payments or (PaymentRequest(value=wanted.value, card=TEST_CARD),),
    )


def with_freight(items: Sequence[Item], shipping: int) -> tuple[Item, ...]:
    """The lines with the freight that none of them names, spread evenly; the first one takes the odd cents."""
    missing = shipping - sum(item.shipping for item in items)
    share, odd = divmod(max(missing, 0), len(items))
    return tuple(
        replace(item, shipping=item.shipping + share + (odd if index == 0 else 0))
        for index, item in enumerate(items)
    )


def _next_order(desk: Desk) -> int:
    row = desk.unit.load(OrderSequence, ORDER_SEQUENCE_KEY)
    made = row.value.made if row else 0
    desk.unit.save(ORDER_SEQUENCE_KEY, OrderSequence(made + 1), row.version if row else 0)
    return FIRST_SEQUENCE + made


def _pay(sandbox: Sandbox, account: str, wanted: OrderRequest, order_id: str) -> Done | Refused:
    start = Start(
        value=sum(payment.value for payment in wanted.payments),
        reference=order_id.partition("-")[0],
        channel=account,
        sales_channel="1",
        owner=f"vtexappkey-{account}",
        order_id=order_id,
    )
    record = transactions.start(sandbox, account, start)
    if isinstance(record, Refused):
        return record
    payments = [_payment(each) for each in wanted.payments]
    sent = transactions.send_payments(sandbox, account, record.id, payments)
    return sent if isinstance(sent, Refused) else transactions.add_data(sandbox, account, record.id, _data(wanted))


def _payment(wanted: PaymentRequest) -> PaymentRecord:
    system = payment_system(wanted.payment_system)
    return PaymentRecord(
        id="",
        transaction_id="",
        sequence=0,
        payment_system=system.id,
        payment_system_name=system.name,
        group=system.group,
        connector=wanted.connector,
        value=wanted.value,
        reference_value=wanted.value,
        installments=wanted.installments,
        installments_value=wanted.value // max(wanted.installments, 1),
        card=_card(wanted.card or (TEST_CARD if system.card else None)),
    )


def _card(number: str | None) -> Card:
    if number is None:
        return Card()
    return Card(sent=True, holder="Sandbox Shopper", number=number, csc="123", month="12", year="2030")


def _data(wanted: OrderRequest) -> list[tuple[str, str]]:
    """The additional data as escaped JSON documents, by the documented names."""
    lines = [
        {"id": item.id, "name": item.name, "value": item.price, "quantity": item.quantity, "discount": 0}
        for item in wanted.items
    ]
    documents = {
        "cart": {"items": lines, "freight": wanted.shipping, "tax": 0},
        "clientProfileData": dict(SHOPPER),
        "shippingData": {"address": dict(ADDRESS)},
    }
    return [(name, msgspec.json.encode(document).decode()) for name, document in documents.items()]


def _place(desk: Desk, wanted: OrderRequest, sequence: int, transaction_id: str) -> OrderRecord:
    order_id = order_id_of(sequence)
    items = (
        replace(item, unique_id=item.unique_id or desk.sandbox.ids.hex32(), name=item.name or f"Item {item.id}")
        for item in wanted.items
    )
    order = Order(
        id=order_id,
        value=wanted.value,
        transaction_id=transaction_id,
        items=tuple(items),
        shipping=wanted.shipping,
        group=order_id.partition("-")[0],
        until=wanted.until,
    )
    record = OrderRecord(order=order, sequence=sequence, created=desk.now, last_change=desk.now)
    desk.unit.save(order_id, record, 0)
    return record


def _as_it_is(sandbox: Sandbox, account: str, placed: OrderRecord) -> OrderRecord:
    with sandbox.store.read(account) as unit:
        row = unit.load(OrderRecord, placed.id)
    return placed if row is None else row.value
