"""An order to try a connector with: complete by the schema, made of nobody's data."""

from decimal import Decimal
from typing import Final

from msgspec import UNSET

from connector_ppp.messages import Address, AuthorizeRequest, Buyer, Card, Expiration, Item, MiniCart

ADDRESS: Final = Address(
    country="BRA",
    street="Praia de Botafogo",
    number="300",
    neighborhood="Botafogo",
    postal_code="22250-040",
    city="Rio de Janeiro",
    state="RJ",
)

BUYER: Final = Buyer(
    id="sandbox-buyer",
    first_name="Ana",
    last_name="Sandbox",
    document="00000000191",
    document_type="cpf",
    email="ana@sandbox.example",
    phone="+5521999999999",
    created_date="2024-01-31T12:00:00",
)


def sample_authorization(
    payment_id: str,
    value: Decimal,
    *,
    currency: str = "BRL",
    payment_method: str = "Visa",
    card_number: str | None = "4444333322221111",
    callback_url: str = "http://127.0.0.1:5005/callback",
) -> AuthorizeRequest:
    """A create request for one item that costs `value` currency units.

    Args:
        payment_id: the idempotency key; all other ids are made of it.
        value: currency units.
        currency: ISO 4217 code.
        payment_method: a name of the manifest.
        card_number: digits; None leaves the card out.
        callback_url: where an undefined payment is to be reported.
    """
    return AuthorizeRequest(
        reference=f"order-{payment_id}",
        order_id=f"group-{payment_id}",
        shopper_interaction="ecommerce",
        transaction_id=f"transaction-{payment_id}",
        payment_id=payment_id,
        payment_method=payment_method,
        payment_method_custom_code=None,
        merchant_name="sandbox",
        value=value,
        currency=currency,
        installments=1,
        device_fingerprint="none",
        mini_cart=_cart(value),
        url="https://sandbox.example/checkout",
        callback_url=callback_url,
        return_url="https://sandbox.example/return",
        card=UNSET if card_number is None else _card(card_number),
    )


def _card(number: str) -> Card:
    return Card(holder="ANA SANDBOX", number=number, csc="123", expiration=Expiration(month="12", year="2031"))


def _cart(value: Decimal) -> MiniCart:
    item = Item(id="1", name="Sample", price=value, quantity=1, discount=0)
    return MiniCart(
        shipping_value=0,
        tax_value=0,
        buyer=BUYER,
        shipping_address=ADDRESS,
        billing_address=ADDRESS,
        items=(item,),
    )
