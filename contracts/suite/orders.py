"""The orders that rules are played with: complete by the schema, made of nobody's data."""

from decimal import Decimal
from typing import Final

from msgspec import UNSET

from connector_ppp.amounts import currency_units, minor_units
from connector_ppp.messages import Address, AuthorizeRequest, Buyer, Card, Expiration, Item, MiniCart
from contracts.suite.amounts import decimals_of

ADDRESS: Final = Address(
    country="BRA",
    street="Rua do Ensaio",
    number="10",
    complement="ap 2",
    neighborhood="Centro",
    postal_code="20040-002",
    city="Rio de Janeiro",
    state="RJ",
)

BUYER: Final = Buyer(
    id="buyer-of-the-suite",
    first_name="Bia",
    last_name="Ensaio",
    document="00000000191",
    document_type="CPF",
    email="bia@suite.example",
    phone="+5521988887777",
    is_corporate=False,
    created_date="2024-02-29T08:30:00",
)


def order(
    payment_id: str,
    transaction_id: str,
    value: Decimal,
    *,
    method: str,
    card_number: str | None,
    takes_card: bool,
    currency: str,
    callback_url: str,
    items: int = 1,
) -> AuthorizeRequest:
    """A creation.

    Args:
        payment_id: the id of the payment.
        transaction_id: the id of its transaction; order ids are made of it.
        value: currency units.
        method: a name of the manifest.
        card_number: digits; None sends the card object without a number.
        takes_card: whether the method has a card at all; without one the object is left out.
        currency: ISO 4217 code.
        callback_url: where the connector reports.
        items: how many lines the cart has; their prices add up to the value.
    """
    return AuthorizeRequest(
        reference=transaction_id[:12],
        order_id=transaction_id[-12:],
        shopper_interaction="ecommerce",
        transaction_id=transaction_id,
        payment_id=payment_id,
        payment_method=method,
        payment_method_custom_code=None,
        merchant_name="suite",
        value=value,
        reference_value=value,
        currency=currency,
        installments=1,
        installments_interest_rate=0,
        installments_value=value,
        device_fingerprint="12ade389087fe",
        ip_address="127.0.0.1",
        card=_card(card_number) if takes_card else UNSET,
        mini_cart=_cart(_items(value, items, decimals_of(currency))),
        url="https://suite.example/orders",
        callback_url=callback_url,
        return_url="https://suite.example/return",
    )


def _card(number: str | None) -> Card:
    if number is None:
        return Card(expiration=Expiration())
    return Card(holder="BIA ENSAIO", number=number, csc="123", expiration=Expiration(month="12", year="2031"))


def _cart(items: tuple[Item, ...]) -> MiniCart:
    return MiniCart(
        shipping_value=0,
        tax_value=0,
        buyer=BUYER,
        shipping_address=ADDRESS,
        billing_address=ADDRESS,
        items=items,
    )


def _items(value: Decimal, count: int, decimals: int) -> tuple[Item, ...]:
    """Lines whose prices add up; the first takes what does not divide."""
    each, left = divmod(max(minor_units(value, decimals), 0), count)
    prices = (each + left, *(each for _ in range(count - 1)))
    return tuple(
        Item(id=str(number), name=f"Item {number}", price=currency_units(price, decimals), quantity=1, discount=0)
        for number, price in enumerate(prices, start=1)
    )
