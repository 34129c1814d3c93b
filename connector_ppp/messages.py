"""The messages of the Payment Provider Protocol, one frozen struct each.

Requests are strict: what the schema requires has no default, what it does not require is left out when unset.
Responses are relaxed: every field may be absent (`UNSET`) or null (`None`), unknown fields are ignored, and
`checks` says what is wrong with them. VTEX's own examples and guides break their schema in many places, so a
reader that refuses every breach would refuse honest connectors.

Amounts are decimal currency units. Field names are the protocol's own in snake_case; camelCase exists only in
the structs of `wire`, `parts` and this file.

Left out on purpose: the card tokens of PPP 2.0.0 (a closed beta whose objects nobody documents).
"""

from msgspec import UNSET, UnsetType, field

from connector_ppp.parts import (
    Address,
    AutoSettleDelay,
    Buyer,
    Card,
    CardToken,
    CustomField,
    Expiration,
    Item,
    Metadata,
    MetadataEntry,
    MiniCart,
    Option,
    PaymentAppData,
    PaymentMethod,
    Recipient,
    RequestData,
    ResponseData,
    Setting,
    Settings,
    SettleRecipient,
)
from connector_ppp.wire import (
    Message,
    Number,
    OptionalFlag,
    OptionalNumber,
    OptionalText,
    RelaxedNumber,
    RelaxedText,
    Request,
    Response,
    decode,
    encode,
)

__all__ = [
    "Address",
    "AuthorizationRedirectRequest",
    "AuthorizationRedirectResponse",
    "AuthorizationTokenRequest",
    "AuthorizationTokenResponse",
    "AuthorizeRequest",
    "AuthorizeResponse",
    "AutoSettleDelay",
    "Buyer",
    "CancelRequest",
    "CancelResponse",
    "Card",
    "CardToken",
    "CredentialsRequest",
    "CredentialsResponse",
    "CustomField",
    "Expiration",
    "InboundRequest",
    "InboundResponse",
    "Item",
    "ManifestRequest",
    "ManifestResponse",
    "Message",
    "MetadataEntry",
    "MiniCart",
    "Number",
    "Option",
    "PaymentAppData",
    "PaymentMethod",
    "Recipient",
    "RefundRequest",
    "RefundResponse",
    "Request",
    "RequestData",
    "Response",
    "ResponseData",
    "Setting",
    "SettleRecipient",
    "SettleRequest",
    "SettleResponse",
    "decode",
    "encode",
]


class ManifestResponse(Response, frozen=True, kw_only=True):
    """GET /manifest: what the connector can do."""

    payment_methods: tuple[PaymentMethod, ...] | UnsetType | None = UNSET
    custom_fields: tuple[CustomField, ...] | UnsetType | None = UNSET
    auto_settle_delay: AutoSettleDelay | UnsetType | None = UNSET
    metadata_fields: tuple[str, ...] | UnsetType | None = UNSET
    version: RelaxedText = UNSET
    card_token: CardToken | UnsetType | None = UNSET


class AuthorizeResponse(Response, frozen=True, kw_only=True):
    """POST /payments: approved, denied or undefined; also the body of the callback, and of a 400 or 500."""

    payment_id: RelaxedText = UNSET
    status: RelaxedText = UNSET
    authorization_id: RelaxedText = UNSET
    tid: RelaxedText = UNSET
    nsu: RelaxedText = UNSET
    acquirer: RelaxedText = UNSET
    delay_to_auto_settle: RelaxedNumber = UNSET
    delay_to_auto_settle_after_antifraud: RelaxedNumber = UNSET
    delay_to_cancel: RelaxedNumber = UNSET
    payment_url: RelaxedText = UNSET
    bank_issue_invoice_id: RelaxedText = UNSET
    bank_issue_invoice_url: RelaxedText = UNSET
    redirect_url: RelaxedText = UNSET
    payment_app_data: PaymentAppData | UnsetType | None = UNSET
    identification_number: RelaxedText = UNSET
    identification_number_formatted: RelaxedText = UNSET
    bar_code_image_type: RelaxedText = UNSET
    bar_code_image_number: RelaxedText = UNSET
    code: RelaxedText = UNSET
    message: RelaxedText = UNSET
    max_value: RelaxedNumber = UNSET
    connector_metadata: Metadata = UNSET
    card_brand: RelaxedText = UNSET
    first_digits: RelaxedText = UNSET
    last_digits: RelaxedText = UNSET


class SettleResponse(Response, frozen=True, kw_only=True):
    """POST /payments/{paymentId}/settlements: `settle_id` null and value 0 say that it failed."""

    payment_id: RelaxedText = UNSET
    settle_id: RelaxedText = UNSET
    value: RelaxedNumber = UNSET
    code: RelaxedText = UNSET
    message: RelaxedText = UNSET
    request_id: RelaxedText = UNSET
    connector_metadata: Metadata = UNSET


class CancelResponse(Response, frozen=True, kw_only=True):
    """POST /payments/{paymentId}/cancellations: `cancellation_id` null says that it failed."""

    payment_id: RelaxedText = UNSET
    cancellation_id: RelaxedText = UNSET
    code: RelaxedText = UNSET
    message: RelaxedText = UNSET
    request_id: RelaxedText = UNSET
    connector_metadata: Metadata = UNSET


class RefundResponse(Response, frozen=True, kw_only=True):
    """POST /payments/{paymentId}/refunds: `refund_id` null and value 0 say that it failed."""

    payment_id: RelaxedText = UNSET
    refund_id: RelaxedText = UNSET
    value: RelaxedNumber = UNSET
    code: RelaxedText = UNSET
    message: RelaxedText = UNSET
    request_id: RelaxedText = UNSET
    connector_metadata: Metadata = UNSET


class InboundResponse(Response, frozen=True, kw_only=True):
    """POST /payments/{paymentId}/inbound/{action}: what to replay to the third party."""

    request_id: RelaxedText = UNSET
    payment_id: RelaxedText = UNSET
    code: RelaxedText = UNSET
    message: RelaxedText = UNSET
    response_data: ResponseData | UnsetType | None = UNSET
    connector_metadata: Metadata = UNSET


class AuthorizationTokenResponse(Response, frozen=True, kw_only=True):
    """POST /authorization/token: a token for the configuration flow."""

    application_id: RelaxedText = UNSET
    token: RelaxedText = UNSET


class AuthorizationRedirectResponse(Response, frozen=True, kw_only=True):
    """GET /authorization/redirect: no data; the answer is a redirect to the provider's login."""


class CredentialsResponse(Response, frozen=True, kw_only=True):
    """GET /authorization/credentials: the key and token that the merchant was given."""

    application_id: RelaxedText = UNSET
    app_key: RelaxedText = UNSET
    app_token: RelaxedText = UNSET


class ManifestRequest(Request[ManifestResponse], frozen=True, kw_only=True):
    """GET /manifest takes nothing."""


class AuthorizeRequest(Request[AuthorizeResponse], frozen=True, kw_only=True):
    """POST /payments: authorize `value` currency units; `payment_id` is the idempotency key."""

    amounts = (
        "value",
        "reference_value",
        "installments_interest_rate",
        "installments_value",
        "total_cart_value",
    )

    reference: str
    order_id: str
    shopper_interaction: str
    transaction_id: str
    payment_id: str
    payment_method: str
    payment_method_custom_code: str | None
    merchant_name: str
    value: Number
    currency: str
    installments: int
    device_fingerprint: str
    mini_cart: MiniCart
    url: str
    callback_url: str
    return_url: str
    verification_only: OptionalFlag = UNSET
    reference_value: OptionalNumber = UNSET
    installments_interest_rate: OptionalNumber = UNSET
    installments_value: OptionalNumber = UNSET
    total_cart_value: OptionalNumber = UNSET
    ip_address: OptionalText = UNSET
    secure_proxy_url: OptionalText = UNSET
    secure_proxy_tokens_url: OptionalText = field(default=UNSET, name="secureProxyTokensURL")
    card: Card | UnsetType = UNSET
    recipients: tuple[Recipient, ...] | UnsetType = UNSET
    merchant_settings: Settings = UNSET
    # The schema has the first spelling, every example and text the second: senders set both (C21).
    inbound_request_url: OptionalText = UNSET
    inbound_requests_url: OptionalText = UNSET
    sandbox_mode: OptionalFlag = field(default=UNSET, name="sandBoxMode")
    connector_metadata: Settings = UNSET


class SettleRequest(Request[SettleResponse], frozen=True, kw_only=True):
    """POST /payments/{paymentId}/settlements: capture `value` currency units."""

    amounts = ("value",)

    transaction_id: str
    request_id: str
    payment_id: str
    value: Number
    # Required, yet null when the connector never gave one; VTEX's own guides even leave it out.
    authorization_id: str | None = None
    tid: RelaxedText = UNSET
    nsu: RelaxedText = UNSET
    recipients: tuple[SettleRecipient, ...] | UnsetType = UNSET
    sandbox_mode: OptionalFlag = UNSET
    merchant_settings: Settings = UNSET
    connector_metadata: Settings = UNSET


class CancelRequest(Request[CancelResponse], frozen=True, kw_only=True):
    """POST /payments/{paymentId}/cancellations: void the payment, or `value` of it.

    The unit of `value` is disputed (C1: the schema says cents, everything else decimal units) and the field
    is optional, so the caller decides: a Decimal in currency units, an int in cents, or unset.
    """

    amounts = ("value",)

    payment_id: str
    request_id: str
    # Required, yet a cancel may come before any authorization: then it is null.
    authorization_id: str | None = None
    tid: RelaxedText = UNSET
    transaction_id: OptionalText = UNSET
    value: OptionalNumber = UNSET
    nsu: RelaxedText = UNSET
    sandbox_mode: OptionalFlag = UNSET
    merchant_settings: Settings = UNSET
    connector_metadata: Settings = UNSET


class RefundRequest(Request[RefundResponse], frozen=True, kw_only=True):
    """POST /payments/{paymentId}/refunds: give back `value` currency units of one capture, `settle_id`."""

    amounts = ("value",)

    request_id: str
    settle_id: str
    payment_id: str
    value: Number
    transaction_id: str
    # Required, yet null when the connector never gave one; VTEX's own guides leave it out.
    tid: str | None = None
    authorization_id: RelaxedText = UNSET
    nsu: RelaxedText = UNSET
    recipients: tuple[Recipient, ...] | UnsetType = UNSET
    sandbox_mode: OptionalFlag = UNSET
    merchant_settings: Settings = UNSET
    connector_metadata: Settings = UNSET


class InboundRequest(Request[InboundResponse], frozen=True, kw_only=True):
    """POST /payments/{paymentId}/inbound/{action}: hand a third party's message to the connector."""

    request_id: str
    transaction_id: str
    payment_id: str
    request_data: RequestData
    authorization_id: str | None = None
    nsu: str | None = None
    tid: str | None = None
    merchant_settings: Settings = UNSET
    connector_metadata: Settings = UNSET


class AuthorizationTokenRequest(Request[AuthorizationTokenResponse], frozen=True, kw_only=True):
    """POST /authorization/token: begin the configuration flow; `application_id` is `vtex`."""

    application_id: str
    return_url: str


class AuthorizationRedirectRequest(Request[AuthorizationRedirectResponse], frozen=True, kw_only=True):
    """GET /authorization/redirect: where the merchant's browser goes; both fields travel in the query."""

    application_id: str
    token: str


class CredentialsRequest(Request[CredentialsResponse], frozen=True, kw_only=True):
    """GET /authorization/credentials: end the configuration flow; both fields travel in the query."""

    application_id: str
    authorization_code: str
