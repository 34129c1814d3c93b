"""The shopping cart that travels with an authorization, read from the transaction's additional data.

Names and shapes of the additional data are documented (`cart`, `clientProfileData`, `shippingData`, escaped JSON);
what is missing there is filled with a shopper of this sandbox, because the protocol requires every field.
"""

from collections.abc import Mapping
from decimal import Decimal

import msgspec

from connector_ppp.messages import Address, Buyer, Item, MiniCart
from gateway_mock.core.money import MoneyError, to_units
from gateway_mock.records import TransactionRecord

SHOPPER: Mapping[str, str] = {
    "id": "sandbox-shopper",
    "firstName": "Sandbox",
    "lastName": "Shopper",
    "document": "01234567890",
    "documentType": "cpf",
    "email": "shopper@example.com",
    "phone": "+5521912345678",
}

ADDRESS: Mapping[str, str] = {
    "country": "BRA",
    "street": "Praia de Botafogo",
    "number": "300",
    "neighborhood": "Botafogo",
    "postalCode": "22250040",
    "city": "Rio de Janeiro",
    "state": "RJ",
}


def mini_cart(transaction: TransactionRecord) -> MiniCart:
    """The cart of a transaction; amounts are decimal currency units."""
    data = dict(transaction.fields)
    cart = _document(data.get("cart"))
    address = _address(_document(data.get("shippingData")))
    return MiniCart(
        shipping_value=_units(cart.get("freight")),
        tax_value=_units(cart.get("tax")),
        buyer=_buyer(_document(data.get("clientProfileData"))),
        shipping_address=address,
        billing_address=address,
        items=_items(cart, transaction),
    )


def _document(text: str | None) -> Mapping[str, object]:
    """An escaped JSON document; whatever is none counts as empty."""
    try:
        read: object = msgspec.json.decode(text) if text else {}
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return {}  # half a surrogate pair, too: nobody could send it on
    return read if isinstance(read, dict) else {}


def _text(document: Mapping[str, object], name: str, defaults: Mapping[str, str]) -> str:
    value = document.get(name)
    return value if isinstance(value, str) and value else defaults[name]


def _units(cents: object) -> Decimal:
    try:
        return to_units(cents if isinstance(cents, int) else 0)
    except MoneyError:
        return to_units(0)


def _buyer(profile: Mapping[str, object]) -> Buyer:
    return Buyer(
        id=SHOPPER["id"],
        first_name=_text(profile, "firstName", SHOPPER),
        last_name=_text(profile, "lastName", SHOPPER),
        document=_text(profile, "document", SHOPPER),
        document_type=_text(profile, "documentType", SHOPPER),
        email=_text(profile, "email", SHOPPER),
        phone=_text(profile, "phone", SHOPPER),
    )


def _address(shipping: Mapping[str, object]) -> Address:
    nested = shipping.get("address")
    document = nested if isinstance(nested, dict) else shipping
    return Address(
        country=_text(document, "country", ADDRESS),
        street=_text(document, "street", ADDRESS),
        number=_text(document, "number", ADDRESS),
        neighborhood=_text(document, "neighborhood", ADDRESS),
        postal_code=_text(document, "postalCode", ADDRESS),
        city=_text(document, "city", ADDRESS),
        state=_text(document, "state", ADDRESS),
    )


def _items(cart: Mapping[str, object], transaction: TransactionRecord) -> tuple[Item, ...]:
    lines = cart.get("items")
    items = tuple(_item(line) for line in lines if isinstance(line, dict)) if isinstance(lines, list) else ()
    return items or (_item({"id": "1", "name": "Order", "value": transaction.ledger.value, "quantity": 1}),)


def _item(line: Mapping[str, object]) -> Item:
    quantity = line.get("quantity")
    return Item(
        id=str(line.get("id", "1")),
        name=str(line.get("name", "Item")),
        price=_units(line.get("value")),
        quantity=quantity if isinstance(quantity, int) else 1,
        discount=_units(line.get("discount")),
    )
