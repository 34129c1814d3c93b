"""Payout split: the recipients of a settle or a refund, a store that keeps its commission and a seller."""

from typing import NamedTuple, TypeVar

from msgspec import structs

from connector_ppp.messages import Recipient, RefundRequest, Request, Response, SettleRecipient, SettleRequest
from gateway_mock.core.money import to_units

COMMISSION = 10
"""The store keeps one part in so many (ours)."""


class Party(NamedTuple):
    """Somebody who gets a share."""

    id: str
    name: str
    document: str
    role: str


STORE = Party("store", "Store", "00000000000191", "marketplace")
SELLER = Party("seller-1", "Seller", "00000000000272", "seller")

Share = TypeVar("Share", Recipient, SettleRecipient)


def shared(request: Request[Response], total: int, grain: int) -> Request[Response]:
    """The same settle or refund with recipients; other requests have none (documented) and stay as they are.

    Args:
        request: what a connector is asked.
        total: what the recipients' shares are to add up to, in cents: the value of the request, if all is well.
        grain: the smallest amount of the currency, in cents.
    """
    match request:
        case SettleRequest():
            return structs.replace(request, recipients=_shares(SettleRecipient, total, grain))
        case RefundRequest():
            return structs.replace(request, recipients=_shares(Recipient, total, grain))
        case _:
            return request


def _shares(kind: type[Share], total: int, grain: int) -> tuple[Share, Share]:
    commission = total // COMMISSION // grain * grain
    return _share(kind, STORE, commission, 0), _share(kind, SELLER, total - commission, commission)


def _share(kind: type[Share], party: Party, amount: int, commission: int) -> Share:
    return kind(
        id=party.id,
        name=party.name,
        document_type="CNPJ",
        document=party.document,
        role=party.role,
        amount=to_units(amount),
        commission_amount=to_units(commission),
    )
