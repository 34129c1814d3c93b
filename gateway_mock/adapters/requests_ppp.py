"""The PPP requests that the gateway sends, put together from its records. Amounts leave as decimal units."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from msgspec import UNSET, UnsetType

from connector_ppp import messages
from connector_ppp.messages import Request, Response
from gateway_mock.adapters.cart import mini_cart
from gateway_mock.core.modes import Operation
from gateway_mock.core.money import to_units
from gateway_mock.core.payment_systems import payment_system
from gateway_mock.ports import Work


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the connector reaches this sandbox on behalf of an account."""

    base_url: str
    account: str

    def callback(self, work: Work) -> str:
        """The callback address, signed; the connector is to use it unchanged (documented)."""
        return (
            f"{self.base_url}/api/pvt/payment-provider/transactions/{work.transaction.id}"
            f"/payments/{work.payment.id}/callback?accountName={self.account}"
            f"&X-VTEX-signature={work.payment.callback_signature}"
        )

    def inbound(self, work: Work) -> str:
        """The inbound address with its literal `:action` (documented)."""
        return (
            f"{self.base_url}/api/payment-provider/transactions/{work.transaction.id}"
            f"/payments/{work.payment.id}/inbound-request/:action?accountName={self.account}"
        )


def request_for(work: Work, addresses: Addresses) -> Request[Response]:
    """The message of a call."""
    return _REQUESTS[work.call.operation](work, addresses)


def _authorize(work: Work, addresses: Addresses) -> Request[Response]:
    payment, transaction = work.payment, work.transaction
    custom = payment_system(payment.payment_system)
    inbound = addresses.inbound(work)
    return messages.AuthorizeRequest(
        reference=transaction.reference,
        order_id=transaction.order_id or transaction.reference,
        shopper_interaction="ecommerce",
        transaction_id=transaction.id,
        payment_id=payment.id,
        payment_method=custom.method,
        payment_method_custom_code=None,
        merchant_name=payment.merchant_name or addresses.account,
        value=to_units(payment.value),
        reference_value=to_units(payment.reference_value or payment.value),
        currency=payment.currency,
        installments=payment.installments,
        installments_interest_rate=0,
        installments_value=to_units(payment.installments_value or payment.value),
        device_fingerprint=str(payment.sequence),
        ip_address="127.0.0.1",
        card=_card(work),
        mini_cart=mini_cart(transaction),
        url=f"{addresses.base_url}/checkout/{transaction.reference}",
        callback_url=addresses.callback(work),
        return_url=f"{addresses.base_url}/checkout/{transaction.reference}/return",
        inbound_request_url=inbound,
        inbound_requests_url=inbound,
    )


def _card(work: Work) -> messages.Card | UnsetType:
    card = work.payment.card
    if not card.sent:
        return UNSET
    return messages.Card(
        holder=card.holder,
        number=card.number,
        csc=card.csc,
        expiration=messages.Expiration(month=card.month, year=card.year),
        document=card.document or "",
    )


def _settle(work: Work, _addresses: Addresses) -> Request[Response]:
    return messages.SettleRequest(
        transaction_id=work.transaction.id,
        request_id=work.request_id,
        payment_id=work.payment.id,
        value=to_units(work.call.value),
        authorization_id=work.payment.authorization_id,
        tid=work.payment.tid,
        nsu=work.payment.nsu,
    )


def _cancel(work: Work, _addresses: Addresses) -> Request[Response]:
    return messages.CancelRequest(
        payment_id=work.payment.id,
        request_id=work.request_id,
        authorization_id=work.payment.authorization_id,
        tid=work.payment.tid,
        transaction_id=work.transaction.id,
        value=to_units(work.call.value),
        nsu=work.payment.nsu,
    )


def _refund(work: Work, _addresses: Addresses) -> Request[Response]:
    return messages.RefundRequest(
        request_id=work.request_id,
        settle_id=work.call.settle_id or "",
        payment_id=work.payment.id,
        value=to_units(work.call.value),
        transaction_id=work.transaction.id,
        tid=work.payment.tid,
        authorization_id=work.payment.authorization_id,
        nsu=work.payment.nsu,
    )


_REQUESTS: Mapping[Operation, Callable[[Work, Addresses], Request[Response]]] = MappingProxyType(
    {
        Operation.AUTHORIZE: _authorize,
        Operation.SETTLE: _settle,
        Operation.CANCEL: _cancel,
        Operation.REFUND: _refund,
    }
)
