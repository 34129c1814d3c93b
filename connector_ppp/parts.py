"""The objects inside the messages: card, cart, buyer, recipients, manifest entries."""

from msgspec import UNSET, UnsetType, field

from connector_ppp.wire import (
    Number,
    OptionalFlag,
    OptionalNumber,
    OptionalText,
    Priced,
    RelaxedFlag,
    RelaxedNumber,
    RelaxedText,
    Wire,
)


class Setting(Wire, frozen=True, kw_only=True):
    """A named text: a merchant setting (custom field) or connector metadata (name <= 20, value <= 200)."""

    name: str
    value: str


Settings = tuple[Setting, ...] | UnsetType


class MetadataEntry(Wire, frozen=True, kw_only=True):
    """A named text of the connector; the gateway drops what exceeds name <= 20, value <= 200 (S39)."""

    name: RelaxedText = UNSET
    value: RelaxedText = UNSET


Metadata = tuple[MetadataEntry, ...] | UnsetType | None


class Expiration(Wire, frozen=True, kw_only=True):
    """When a card expires: month `12`, year `2031`; both null for methods without a card."""

    month: str | None = None
    year: str | None = None


class Card(Wire, frozen=True, kw_only=True):
    """Card data; a method without card leaves the object out or sends nulls."""

    holder: str | None = None
    number: str | None = None
    csc: str | None = None
    expiration: Expiration
    holder_token: OptionalText = UNSET
    bin: OptionalText = UNSET
    number_token: OptionalText = UNSET
    number_length: int | UnsetType = UNSET
    csc_token: OptionalText = UNSET
    csc_length: int | UnsetType = UNSET
    document: OptionalText = UNSET
    payment_origin: OptionalText = UNSET
    cryptogram: OptionalText = UNSET
    eci: OptionalText = UNSET


class Buyer(Wire, frozen=True, kw_only=True):
    """The shopper; `created_date` is `yyyy-MM-ddTHH:mm:ss`."""

    first_name: str
    last_name: str
    document: str | None
    document_type: str | None
    email: str
    phone: str
    id: OptionalText = UNSET
    is_corporate: OptionalFlag = UNSET
    corporate_name: RelaxedText = UNSET
    trade_name: RelaxedText = UNSET
    corporate_document: RelaxedText = UNSET
    created_date: OptionalText = UNSET


class Address(Wire, frozen=True, kw_only=True):
    """A shipping or billing address; `country` is ISO 3166 alpha-3."""

    country: str
    street: str
    number: str
    neighborhood: str
    postal_code: str
    city: str
    state: str
    complement: OptionalText = UNSET


class Item(Priced, frozen=True, kw_only=True):
    """A line of the cart; `discount` is per line (integer in the schema, 5.00 in its examples)."""

    amounts = ("price", "discount", "tax_rate", "tax_value")

    id: str
    name: str
    price: Number
    quantity: int
    discount: Number
    delivery_type: OptionalText = UNSET
    category_id: OptionalText = UNSET
    seller_id: OptionalText = UNSET
    tax_rate: OptionalNumber = UNSET
    tax_value: OptionalNumber = UNSET


class MiniCart(Priced, frozen=True, kw_only=True):
    """What is bought, by whom, sent where."""

    amounts = ("shipping_value", "tax_value")

    shipping_value: Number
    tax_value: Number
    buyer: Buyer
    shipping_address: Address
    billing_address: Address
    items: tuple[Item, ...]


class _Share(Priced, frozen=True, kw_only=True):
    """What all recipients have in common; the commission is spelt differently per operation (C21)."""

    amounts = ("amount", "commission_amount")

    id: str
    name: str
    document_type: str
    document: str
    role: str
    amount: Number
    charge_processing_fee: OptionalFlag = UNSET
    chargeback_liable: OptionalFlag = UNSET


class Recipient(_Share, frozen=True, kw_only=True):
    """A split recipient at authorization and refund: `comissionAmount`, one m."""

    commission_amount: OptionalNumber = field(default=UNSET, name="comissionAmount")


class SettleRecipient(_Share, frozen=True, kw_only=True):
    """A split recipient at settlement: `commissionAmount`, two m."""

    commission_amount: OptionalNumber = field(default=UNSET, name="commissionAmount")


class PaymentAppData(Wire, frozen=True, kw_only=True):
    """Which payment app the checkout has to load; `app_name` is required, yet VTEX's Pix example lacks it."""

    app_name: RelaxedText = UNSET
    payload: RelaxedText = UNSET


class PaymentMethod(Wire, frozen=True, kw_only=True):
    """A method that the connector offers; `allows_split` is onAuthorize, onCapture or disabled."""

    name: RelaxedText = UNSET
    allows_split: RelaxedText = UNSET


class Option(Wire, frozen=True, kw_only=True):
    """A choice of a select field."""

    text: RelaxedText = UNSET
    value: RelaxedText = UNSET


class CustomField(Wire, frozen=True, kw_only=True):
    """A field that the merchant fills in; `type` is text, password or select."""

    name: RelaxedText = UNSET
    type: RelaxedText = UNSET
    options: tuple[Option, ...] | UnsetType | None = UNSET


class AutoSettleDelay(Wire, frozen=True, kw_only=True):
    """Whole hours between which a merchant may schedule the settlement; documented as texts ("0", "720")."""

    minimum: str | int | UnsetType | None = UNSET
    maximum: str | int | UnsetType | None = UNSET


class CardToken(Wire, frozen=True, kw_only=True):
    """What a connector of version 2.0.0 can do with card tokens."""

    can_accept_card_token: RelaxedFlag = UNSET
    card_token_accepted_types: tuple[str, ...] | UnsetType | None = UNSET
    can_generate_card_token: RelaxedFlag = UNSET


class RequestData(Wire, frozen=True, kw_only=True):
    """The body that a third party sent to the inbound address, as text."""

    body: str


class ResponseData(Wire, frozen=True, kw_only=True):
    """What the gateway shall answer to that third party."""

    status_code: RelaxedNumber = UNSET
    content_type: RelaxedText = UNSET
    content: RelaxedText = UNSET
