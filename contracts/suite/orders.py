"""The orders that rules are played with: the sample of a create, with the suite's ids and with many lines."""

from decimal import Decimal
from typing import Final

from msgspec import UNSET
from msgspec.structs import replace

from connector_ppp.amounts import currency_units, minor_units
from connector_ppp.messages import AuthorizeRequest, Card, Expiration, Item
from connector_ppp.reference.sample import sample_authorization
from contracts.suite.amounts import decimals_of

NO_CARD: Final = Card(expiration=Expiration())
"""What is sent where a method takes cards and none was given: the object, with nulls in it."""


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
    sample = sample_authorization(
        payment_id,
        value,
        currency=currency,
        payment_method=method,
        card_number=card_number,
        callback_url=callback_url,
    )
    return replace(
        sample,
        reference=transaction_id[:12],
        order_id=transaction_id[-12:],
        transaction_id=transaction_id,
        reference_value=value,
        installments_interest_rate=0,
        installments_value=value,
        ip_address="127.0.0.1",
        card=(sample.card or NO_CARD) if takes_card else UNSET,
        mini_cart=replace(sample.mini_cart, items=_items(value, items, decimals_of(currency))),
    )


def _items(value: Decimal, count: int, decimals: int) -> tuple[Item, ...]:
    """Lines whose prices add up; the first takes what does not divide."""
    each, left = divmod(max(minor_units(value, decimals), 0), count)
    prices = (each + left, *(each for _ in range(count - 1)))
    return tuple(
        Item(id=str(number), name=f"Item {number}", price=currency_units(price, decimals), quantity=1, discount=0)
        for number, price in enumerate(prices, start=1)
    )
