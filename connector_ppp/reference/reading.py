"""What the connector reads of each request: only what it needs, so that an odd cart or address never stops it.

Known issue 697107 and its kin: requests arrive with missing buyer, address and card data, and a connector has to
live with that. What moves money is read strictly: exact amounts, real strings.
"""

from functools import cache
from typing import Annotated

from iso4217 import Currency
from msgspec import UNSET, Meta, UnsetType

from connector_ppp.amounts import DECIMALS_DEFAULT, minor_units
from connector_ppp.errors import MessageError
from connector_ppp.messages import Number, RequestData
from connector_ppp.reference.payment import Authorize, Cancel, Refund, Settle
from connector_ppp.reference.scenarios import Flow, flow_of
from connector_ppp.wire import Priced, RelaxedText, Wire, decode

Id = Annotated[str, Meta(min_length=1)]
"""An id that tells one thing from another; the empty text does not."""


class CardPart(Wire, frozen=True, kw_only=True):
    """The card: its number, or the Secure Proxy's token for it."""

    number: RelaxedText = UNSET
    number_token: RelaxedText = UNSET


class Share(Priced, frozen=True, kw_only=True):
    """One recipient of a split."""

    amounts = ("amount",)

    amount: Number


Shares = tuple[Share, ...] | UnsetType | None


class AuthorizeBody(Priced, frozen=True, kw_only=True):
    """POST /payments."""

    amounts = ("value",)

    payment_id: Id
    value: Number
    currency: str
    payment_method: str
    callback_url: str
    card: CardPart | UnsetType | None = UNSET
    recipients: Shares = UNSET


class SettleBody(Priced, frozen=True, kw_only=True):
    """POST /payments/{paymentId}/settlements."""

    amounts = ("value",)

    request_id: Id
    payment_id: Id
    value: Number
    tid: RelaxedText = UNSET
    recipients: Shares = UNSET


class CancelBody(Wire, frozen=True, kw_only=True):
    """POST /payments/{paymentId}/cancellations; read in decimal units like every other amount (C1)."""

    request_id: Id
    payment_id: Id
    value: Number | UnsetType | None = UNSET
    tid: RelaxedText = UNSET


class RefundBody(Priced, frozen=True, kw_only=True):
    """POST /payments/{paymentId}/refunds."""

    amounts = ("value",)

    request_id: Id
    payment_id: Id
    value: Number
    settle_id: RelaxedText = UNSET
    tid: RelaxedText = UNSET
    recipients: Shares = UNSET


class InboundBody(Wire, frozen=True, kw_only=True):
    """POST /payments/{paymentId}/inbound/{action}."""

    request_id: Id
    payment_id: Id
    request_data: RequestData


class TokenBody(Wire, frozen=True, kw_only=True):
    """POST /authorization/token."""

    application_id: str
    return_url: str


@cache
def decimals_of(currency: str) -> int:
    """How many decimals a currency has; 2 for no currency (S20, recommended).

    Raises:
        MessageError: no ISO 4217 code, or a code without a minor unit (gold, test codes).
    """
    if not currency:
        return DECIMALS_DEFAULT
    try:
        exponent = Currency(currency).exponent
    except ValueError as error:
        raise MessageError(f"{currency!r} is no ISO 4217 currency") from error
    if exponent is None:
        raise MessageError(f"{currency} has no minor unit")
    return int(exponent)


def authorization(body: AuthorizeBody) -> Authorize:
    """The create request in minor units of its own currency.

    Raises:
        AmountError: an amount is finer than the currency, or too long.
        MessageError: the currency is unknown.
    """
    if not body.currency:
        raise MessageError("AuthorizeBody: the currency is empty")
    decimals = decimals_of(body.currency)
    return Authorize(
        payment_id=body.payment_id,
        value=minor_units(body.value, decimals),
        currency=body.currency,
        recipients=_shares(body.recipients, decimals),
    )


def flow(body: AuthorizeBody) -> Flow:
    """The course that this payment takes."""
    card = body.card
    if card is None or card is UNSET or card.number_token:
        return flow_of(body.payment_method)
    return flow_of(body.payment_method, card.number or None)


def read_settle(text: bytes, decimals: int) -> Settle:
    """Read a settle; errors as `authorization`."""
    body = decode(text, SettleBody)
    return Settle(
        request_id=body.request_id,
        payment_id=body.payment_id,
        value=minor_units(body.value, decimals),
        recipients=_shares(body.recipients, decimals),
        tid=body.tid or None,
    )


def read_cancel(text: bytes, decimals: int) -> Cancel:
    """Read a cancel, of everything when it carries no value; errors as `authorization`."""
    body = decode(text, CancelBody)
    return Cancel(
        request_id=body.request_id,
        payment_id=body.payment_id,
        value=None if body.value is None or body.value is UNSET else minor_units(body.value, decimals),
        tid=body.tid or None,
    )


def read_refund(text: bytes, decimals: int) -> Refund:
    """Read a refund, of any settlement when it names none; errors as `authorization`."""
    body = decode(text, RefundBody)
    return Refund(
        request_id=body.request_id,
        payment_id=body.payment_id,
        value=minor_units(body.value, decimals),
        settle_id=body.settle_id or None,
        recipients=_shares(body.recipients, decimals),
        tid=body.tid or None,
    )


def _shares(shares: Shares, decimals: int) -> tuple[int, ...]:
    return tuple(minor_units(share.amount, decimals) for share in shares or ())
