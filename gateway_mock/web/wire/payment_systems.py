"""Payment systems, installments and cards as the Payments Gateway API spells them.

Amounts of installments are currency units (documented by 250 in three: 83.33), unlike all other amounts here.
"""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from types import MappingProxyType

from msgspec import Struct

from gateway_mock.core.installments import Option
from gateway_mock.core.money import DIGITS_MAX
from gateway_mock.core.payment_systems import ID_MAX, CardFormat
from gateway_mock.records import PaymentRecord
from gateway_mock.service.payment_systems import Offer, Question, Usable, digits
from gateway_mock.times import DAY, SECOND, ticks_text
from gateway_mock.web.problem import Problem, malformed

Exact = int | Decimal

DUE_DAYS = 7
"""What is not paid by then is late: a week, as in the documented example."""


def exact(number: Decimal) -> Exact:
    """A decimal without needless zeros: 250, 62.5, 83.33."""
    return int(number) if number == number.to_integral_value() else number.normalize()


# --- Payment systems ----------------------------------------------------------------------------------------


class Validator(Struct, rename="camel", kw_only=True):
    """How a card of the brand is typed; all null or false for what is no card."""

    regex: str | None = None
    mask: str | None = None
    card_code_mask: str | None = None
    card_code_regex: str | None = None
    weights: tuple[int, ...] | None = None
    use_cvv: bool = False
    use_expiration_date: bool = False
    use_card_holder_name: bool = False
    use_billing_address: bool = False
    valid_card_lengths: str | None = None


class PaymentSystem(Struct, rename="camel", kw_only=True):
    """A way to pay."""

    id: int
    name: str
    requires_document: bool = False
    implementation: str
    connector_implementation: str
    antifraud_connector_implementation: str | None = None
    group_name: str
    redirect: bool
    is_custom: bool
    is_self_authorized: bool = False
    requires_authentication: bool = False
    allow_installments: bool
    allow_bin_exclusion: bool = False
    allow_multiple: bool
    allow_issuer: bool
    allow_country: bool
    allow_commercial_policy: bool = True
    allow_commercial_condition: bool = True
    allow_period: bool = True
    is_available: bool = True
    description: str | None = None
    support_recurrence: bool
    validator: Validator
    app_dependencies: str | None = None
    display_document: bool = False
    due_date: str
    allow_notification: bool
    affiliation_id: str | None
    available_payments: str | None = None
    due_date_minutes: int


def payment_system(usable: Usable, now: int) -> PaymentSystem:
    """A payment system as an answer, at a moment of the account's clock in microseconds."""
    system, traits = usable.system, usable.system.traits
    return PaymentSystem(
        id=system.id,
        name=system.name,
        implementation=system.implementation,
        connector_implementation=usable.affiliation.implementation,
        group_name=system.group,
        redirect=traits.redirect,
        is_custom=traits.custom,
        allow_installments=traits.installments,
        allow_multiple=traits.multiple,
        allow_issuer=traits.issuer,
        allow_country=traits.country,
        support_recurrence=traits.recurrence,
        validator=_validator(system.card),
        due_date=ticks_text(now + DUE_DAYS * DAY),
        allow_notification=traits.notification,
        affiliation_id=usable.affiliation.id,
        due_date_minutes=DUE_DAYS * DAY // (60 * SECOND),
    )


WEIGHTS = 19
"""As many digits as the longest card number has."""


def _validator(card: CardFormat | None) -> Validator:
    if card is None:
        return Validator()
    # Luhn's weights from the left: they end in 1, so where they begin depends on the length.
    first = 2 if card.mask.count("9") % 2 == 0 else 1
    return Validator(
        regex=card.pattern,
        mask=card.mask,
        card_code_mask="9" * card.code_digits,
        card_code_regex=f"^[0-9]{{{card.code_digits}}}$",
        weights=tuple(first if place % 2 == 0 else 3 - first for place in range(WEIGHTS)),
        use_cvv=True,
        use_expiration_date=True,
        use_card_holder_name=True,
        use_billing_address=True,
    )


# --- Installments -------------------------------------------------------------------------------------------


class Reference(Struct):
    """Where more is said."""

    href: str


class InstallmentPayment(Struct, rename="camel", kw_only=True):
    """The payment system of some installments."""

    id: int
    name: str | None
    bin: str | None
    value: Exact
    is_default: bool
    self: Reference


class InstallmentOption(Struct, rename="camel", kw_only=True):
    """A number of installments, and what one of them costs."""

    rule_id: str | None
    quantity: int
    value: Exact
    interest_rate: Exact
    is_external_installment_service: int | None = None
    interest_tax: Exact | None


class SystemInstallments(Struct, kw_only=True):
    """The installments of one payment system."""

    payment: InstallmentPayment
    options: list[InstallmentOption]


class Installments(Struct, kw_only=True):
    """The installments of a value."""

    value: int
    installments: list[SystemInstallments]


def installments(question: Question, offers: Iterable[Offer]) -> Installments:
    """The offers as an answer."""
    return Installments(value=question.value, installments=[_offer(question, each) for each in offers])


def _offer(question: Question, offer: Offer) -> SystemInstallments:
    payment = InstallmentPayment(
        id=offer.system.id,
        name=offer.system.name,
        bin=question.bin,
        value=question.value,
        is_default=offer.is_default,
        self=Reference(f"/api/pvt/payment-systems/{offer.system.id}"),
    )
    return SystemInstallments(payment=payment, options=[_option(offer.rule_id, each) for each in offer.options])


def _option(rule_id: str | None, option: Option) -> InstallmentOption:
    return InstallmentOption(
        rule_id=rule_id,
        quantity=option.terms.quantity,
        value=exact(option.value),
        interest_rate=exact(option.terms.interest_rate),
        interest_tax=exact(option.terms.interest_tax),
    )


_VALUE = "request.value"
_DETAILS = "request.paymentDetails[0]"


def question(query: Mapping[str, str]) -> Question:
    """What the query asks.

    Raises:
        Problem: 400; with the documented words when the value is not above zero.
    """
    value = _integer(query, _VALUE)
    if value is None:
        raise malformed(f"{_VALUE} is missing")
    if value <= 0:
        raise Problem(400, "1", "Value must be greater than Zero")
    if _integer(query, f"{_DETAILS}.value") not in {None, value}:
        raise malformed(f"{_DETAILS}.value differs from {_VALUE}")
    _integer(query, "request.salesChannel")  # kept for its type: the sandbox sells the same everywhere
    return Question(value=value, payment_system=_system(query), bin=_bin(query))


def _integer(query: Mapping[str, str], name: str) -> int | None:
    text = query.get(name, "").strip()
    if not text:
        return None
    if not re.fullmatch(rf"-?[0-9]{{1,{DIGITS_MAX}}}", text, re.ASCII):
        raise malformed(f"{name} is a whole number of at most {DIGITS_MAX} digits")
    return int(text)


def _system(query: Mapping[str, str]) -> int | None:
    number = _integer(query, f"{_DETAILS}.id")
    if number is not None and not 0 < number <= ID_MAX:
        raise malformed(f"{_DETAILS}.id is no payment system")
    return number


def _bin(query: Mapping[str, str]) -> str | None:
    text = query.get(f"{_DETAILS}.bin", "")
    if text and not re.fullmatch("[0-9]{6}", text):
        raise malformed(f"{_DETAILS}.bin is the first six digits of a card")
    return text or None


# --- Cards --------------------------------------------------------------------------------------------------


class CardData(Struct, rename="camel", omit_defaults=True, kw_only=True):
    """What may be known of a card. An address or a token that nobody has is left out."""

    bin: str
    last_digits: str
    expiry_month: str | None = None
    expiry_year: str | None = None
    mask: str
    payment_system: int
    payment_system_name: str
    document: str | None = None


class CardErrorBody(Struct):
    """The inside of the card operation's errors, which have no `exception` (documented)."""

    code: str
    message: str


class CardError(Struct):
    """Their envelope."""

    error: CardErrorBody


CARD_ERRORS: Mapping[int, tuple[str, str]] = MappingProxyType(
    {
        404: ("MissingRequestData", "Could not find account {}"),
        500: ("DatabaseInconsistency", "Card without payment details {}"),
    }
)
"""Code and message by HTTP status (documented)."""


def card_error(status: int, card_id: str) -> CardError:
    """An error of the card operation."""
    code, message = CARD_ERRORS[status]
    return CardError(CardErrorBody(code, message.format(card_id)))


def card_data(payment: PaymentRecord) -> CardData:
    """The card that a payment used."""
    card, number = payment.card, digits(payment.card.number)
    return CardData(
        bin=number[:6],
        last_digits=number[-4:],
        expiry_month=card.month,
        expiry_year=_four_digits(card.year),
        mask=f"XXXX-XXXX-XXXX-{number[-4:]}",
        payment_system=payment.payment_system,
        payment_system_name=payment.payment_system_name,
        document=card.document,
    )


def _four_digits(year: str | None) -> str | None:
    return f"20{year}" if year and len(year) == len("yy") else year
