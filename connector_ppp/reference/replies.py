"""What the connector says: ledger decisions as the protocol's messages."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from re import findall
from typing import Final
from urllib.parse import quote

from msgspec import structs
from msgspec.json import encode as encode_json

from connector_ppp.amounts import currency_units
from connector_ppp.messages import (
    AuthorizeResponse,
    CancelResponse,
    PaymentAppData,
    RefundResponse,
    SettleResponse,
)
from connector_ppp.reference.ledger import Answer
from connector_ppp.reference.payment import Cancel, Payment, Refund, Request, Settle, Status
from connector_ppp.reference.rules import EXPLANATIONS
from connector_ppp.reference.scenarios import APPROVE, Checkout, Shows
from connector_ppp.wire import Wire

ACQUIRER: Final = "Reference Acquirer"

DELAY_TO_AUTO_SETTLE: Final = 345_600
"""Seconds, 4 days. The same in both fields, for without anti-fraud the shorter wins (known issue 369633)."""

WORDS: Final[Mapping[Status, str]] = {
    Status.UNDEFINED: "undefined",
    Status.APPROVED: "approved",
    Status.DENIED: "denied",
    # The protocol has three words; a cancelled payment is never to be charged, which the gateway hears as denied.
    Status.CANCELLED: "denied",
}
"""How the protocol spells a status."""


class Failure(Wire, frozen=True, kw_only=True):
    """A call that is no call: malformed, unauthorized, or a create that is refused."""

    status: str = "error"
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP status and its body."""

    status: int
    message: Wire


def failure(status: int, code: str, message: str) -> Reply:
    """The error shape of the protocol (VTEX docs: `status` is the word error)."""
    return Reply(status, Failure(code=code, message=message))


def authorize_response(payment: Payment, checkout: Checkout | None) -> AuthorizeResponse:
    """Where a payment stands; also the body of its callback.

    Args:
        payment: any payment but an absent one.
        checkout: how it was created; None when it was cancelled before that.
    """
    response = AuthorizeResponse(
        payment_id=payment.payment_id,
        status=WORDS[payment.status],
        authorization_id=payment.authorization_id,
        tid=payment.tid,
        nsu=payment.nsu,
        acquirer=ACQUIRER,
        delay_to_auto_settle=DELAY_TO_AUTO_SETTLE,
        delay_to_auto_settle_after_antifraud=DELAY_TO_AUTO_SETTLE,
        delay_to_cancel=(checkout.flow if checkout else APPROVE).delay_to_cancel,
        code=payment.status.value,
        message=f"the payment is {payment.status}",
    )
    return structs.replace(response, **_SHOWN[checkout.flow.shows](payment, checkout)) if checkout else response


def _page_url(payment: Payment, checkout: Checkout) -> str:
    # The reference connector has no shop window; its view of the payment stands in for the page.
    return f"{checkout.base_url}_reference/payments/{quote(payment.payment_id, safe='')}"


def _shows_nothing(_payment: Payment, _checkout: Checkout) -> Mapping[str, object]:
    return {}


def _shows_page(payment: Payment, checkout: Checkout) -> Mapping[str, object]:
    return {"payment_url": _page_url(payment, checkout)}


def _shows_invoice(payment: Payment, checkout: Checkout) -> Mapping[str, object]:
    number = f"{int(payment.tid, 16) % 10**44:044d}"
    return {
        "payment_url": _page_url(payment, checkout),
        "identification_number": number,
        "identification_number_formatted": " ".join(findall(r"\d{11}", number)),
        "bar_code_image_type": "i25",
        "bar_code_image_number": number,
    }


def _shows_app(payment: Payment, checkout: Checkout) -> Mapping[str, object]:
    code = {"code": f"PIX{payment.tid}"}
    return {
        "payment_url": _page_url(payment, checkout),
        "payment_app_data": PaymentAppData(app_name="vtex.pix-payment", payload=encode_json(code).decode()),
    }


_SHOWN: Final[Mapping[Shows, Callable[[Payment, Checkout], Mapping[str, object]]]] = {
    "nothing": _shows_nothing,
    "page": _shows_page,
    "invoice": _shows_invoice,
    "app": _shows_app,
}


def move_reply(request: Request, answer: Answer, decimals: int) -> Reply:
    """The answer to a settle, cancel or refund: 200 with an id, or 500 with a null id and value 0 (VTEX docs).

    Args:
        request: what was asked.
        answer: what the ledger said.
        decimals: of the payment's currency, for the value in currency units.
    """
    value = currency_units(answer.value, decimals)
    code = None if answer.refusal is None else answer.refusal.value
    match request:
        case Settle():
            message: Wire = SettleResponse(
                payment_id=request.payment_id,
                settle_id=answer.identifier,
                value=value,
                code=code,
                message=_told(answer, "settled"),
                request_id=request.request_id,
            )
        case Cancel():
            message = CancelResponse(
                payment_id=request.payment_id,
                cancellation_id=answer.identifier,
                code=code,
                message=_told(answer, "cancelled"),
                request_id=request.request_id,
            )
        case Refund():
            message = RefundResponse(
                payment_id=request.payment_id,
                refund_id=answer.identifier,
                value=value,
                code=code,
                message=_told(answer, "refunded"),
                request_id=request.request_id,
            )
    return Reply(500 if answer.refusal else 200, message)


def _told(answer: Answer, done: str) -> str:
    return EXPLANATIONS[answer.refusal] if answer.refusal else done
