"""Create-payment requests as VTEX sends them: one function a kind of payment, made of nobody's data.

Each is complete by the official schema, with a new payment id, for one item that costs the whole value. Values are
currency units, as everywhere in the protocol. Send what `body` makes of them, or give them to a `PPPClient`::

    client.post("/payments", json=documents.body(documents.pix("59.90")))
"""

import json
import secrets
from collections.abc import Mapping
from decimal import ROUND_DOWN, Decimal
from typing import Final, TypedDict, Unpack

from msgspec.structs import replace

from connector_ppp.messages import AuthorizeRequest, Card, Expiration, Recipient, encode
from connector_ppp.reference.sample import sample_authorization

CENT: Final = Decimal("0.01")
VALUE: Final = "100.00"

NO_CARD: Final = Card(expiration=Expiration())
"""What VTEX sends along with a method that has no card: the object, and nulls in it (official Pix example)."""

COMMISSION: Final = Decimal("0.10")
"""Of a split without shares of its own, the part that stays with the marketplace."""


def body(request: AuthorizeRequest) -> dict[str, object]:
    """A request as the JSON object that travels; amounts are JSON numbers."""
    document: dict[str, object] = json.loads(encode(request))
    return document


class Addresses(TypedDict, total=False):
    """What tells one payment from another.

    Attributes:
        payment_id: the idempotency key; a new one when left out. All other ids are made of it.
        callback_url: where an undefined payment is to be reported.
    """

    payment_id: str
    callback_url: str


def card(
    value: str | Decimal = VALUE,
    *,
    payment_method: str = "Visa",
    number: str = "4444333322221111",
    installments: int = 1,
    **addresses: Unpack[Addresses],
) -> AuthorizeRequest:
    """A payment by card.

    Args:
        value: currency units.
        payment_method: a card method of the manifest.
        number: digits; the documented test cards are 4444333322221111 (approved), 4444333322221112 (denied),
            4222222222222224 (approved by callback), 4222222222222225 (denied by callback).
        installments: in how many parts the shopper pays.
        addresses: see `Addresses`.

    Raises:
        ArithmeticError: the value is no number.
        AmountError: it is not finite, or too long to be exact.
    """
    asked = sample_authorization(
        **{"payment_id": secrets.token_hex(16).upper()} | addresses,
        value=Decimal(value),
        payment_method=payment_method,
        card_number=number,
    )
    # VTEX's examples send these with every create, though the schema requires none of them.
    return replace(
        asked,
        reference_value=asked.value,
        installments=installments,
        installments_interest_rate=0,
        installments_value=(Decimal(value) / installments).quantize(CENT, ROUND_DOWN),
        ip_address="127.0.0.1",
    )


def pix(value: str | Decimal = VALUE, **addresses: Unpack[Addresses]) -> AuthorizeRequest:
    """A payment by Pix: undefined until the shopper pays; see `card`."""
    return _without_card(value, "Pix", addresses)


def bank_invoice(value: str | Decimal = VALUE, **addresses: Unpack[Addresses]) -> AuthorizeRequest:
    """A payment by bank invoice: undefined until somebody pays the slip; see `card`."""
    return _without_card(value, "BankInvoice", addresses)


def redirect(
    value: str | Decimal = VALUE, *, payment_method: str = "Safetypay", **addresses: Unpack[Addresses]
) -> AuthorizeRequest:
    """A payment on a page of the provider: undefined until the shopper comes back; see `card`."""
    return _without_card(value, payment_method, addresses)


def split(
    value: str | Decimal = VALUE, shares: Mapping[str, str | Decimal] | None = None, **addresses: Unpack[Addresses]
) -> AuthorizeRequest:
    """A payment by card whose value is split at the authorization; see `card`.

    Args:
        value: currency units.
        shares: what each seller gets, by name; the rest stays with the marketplace. When left out, one seller
            gets nine tenths.

    Raises:
        ValueError: the sellers get more than the value: VTEX refuses recipients that do not add up to it.
    """
    whole = Decimal(value)
    given = shares or {"seller": (whole * (1 - COMMISSION)).quantize(CENT, ROUND_DOWN)}
    sellers = {name: Decimal(share) for name, share in given.items()}
    rest = whole - sum(sellers.values())
    if rest < 0:
        raise ValueError(f"the sellers get {whole - rest} of {whole}")
    recipients = [_recipient("marketplace", "marketplace", rest)]
    recipients += [_recipient(name, "seller", share) for name, share in sellers.items()]
    return replace(card(value, **addresses), recipients=tuple(recipients))


def _without_card(value: str | Decimal, payment_method: str, addresses: Addresses) -> AuthorizeRequest:
    return replace(card(value, payment_method=payment_method, **addresses), card=NO_CARD)


def _recipient(name: str, role: str, amount: Decimal) -> Recipient:
    """The marketplace bears the fee and the risk, as in VTEX's examples."""
    bears = role == "marketplace"
    return Recipient(
        id=name,
        name=name,
        document_type="CNPJ",
        document="99999999999999" if bears else "11111111111111",
        role=role,
        amount=amount,
        charge_processing_fee=bears,
        chargeback_liable=bears,
        commission_amount=0,
    )
