"""Payment systems: the ways to pay that a store knows by number, and what the protocol calls them.

A system is *documented* when the public API texts show its number with its name, *inferred* when the public
answers of shops do. Where no text shows the name of its class, that is a guess after the others. Any other
positive number is a method of the store's own making, for which the protocol has type names (documented: a
connector hears `Promissories` or `Privatelabels`, never the shop's label).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

ID_MAX = 2**31 - 1


class Source(StrEnum):
    """How sure it is that the number means this."""

    DOCUMENTED = "documented"
    INFERRED = "inferred"
    OURS = "ours"


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What a store may do with a method. Read off the documented example of its group, no where that is silent."""

    installments: bool = False
    multiple: bool = True
    """May be combined with another payment."""
    issuer: bool = False
    country: bool = False
    redirect: bool = False
    recurrence: bool = False
    notification: bool = False
    """A person may tell the gateway that it was paid (documented: bank invoices and notes payable)."""
    custom: bool = False


CREDIT = Traits(installments=True, issuer=True, recurrence=True)
DEBIT = Traits(multiple=False, issuer=True)
REDIRECT = Traits(country=True, redirect=True)
REDIRECT_IN_INSTALLMENTS = Traits(country=True, redirect=True, installments=True)
STORE_CREDIT = Traits(installments=True)
NOTE = Traits(notification=True)
PLAIN = Traits()
OWN_NOTE = Traits(notification=True, custom=True)
OWN_CARD = Traits(installments=True, issuer=True, recurrence=True, custom=True)


@dataclass(frozen=True, slots=True)
class CardFormat:
    """How a card of the brand is typed. The patterns are the brands' public number ranges, loosely."""

    pattern: str | None
    mask: str = "9999 9999 9999 9999"
    code_digits: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentSystem:
    """A way to pay."""

    id: int
    name: str
    implementation: str
    group: str
    method: str
    """What the Payment Provider Protocol calls it (`paymentMethod`)."""
    traits: Traits
    card: CardFormat | None = None
    source: Source


class UnknownPaymentSystemError(ValueError):
    """No payment system can have this number."""


_CLASSES = "Vtex.PaymentGateway."


def _credit(number: int, name: str, class_name: str, card: CardFormat, source: Source) -> PaymentSystem:
    return PaymentSystem(
        id=number,
        name=name,
        implementation=f"{_CLASSES}CreditCard.{class_name}",
        group="creditCard",
        method=name,
        traits=CREDIT,
        card=card,
        source=source,
    )


def _other(
    number: int,
    name: str,
    class_name: str,
    traits: Traits,
    *,
    group: str,
    method: str = "",
    source: Source = Source.DOCUMENTED,
) -> PaymentSystem:
    return PaymentSystem(
        id=number,
        name=name,
        implementation=_CLASSES + class_name,
        group=group,
        method=method or name,
        traits=traits,
        source=source,
    )


_AMEX = CardFormat("^3[47][0-9]{13}$", "9999 999999 99999", 4)
_VISA = CardFormat("^4[0-9]{15}$")
_DINERS = CardFormat("^3(0[0-5]|[689][0-9])[0-9]{11}$", "9999 999999 9999")
_MASTERCARD = CardFormat("^(5[1-5]|2[2-7])[0-9]{14}$")
_DISCOVER = CardFormat("^6(011|5[0-9]{2})[0-9]{12}$")
_UNPATTERNED = CardFormat(None)

_MAESTRO = PaymentSystem(
    id=39,
    name="Maestro",
    implementation=f"{_CLASSES}Card.Maestro",
    group="debitCard",
    method="Maestro",
    traits=DEBIT,
    card=_UNPATTERNED,
    source=Source.DOCUMENTED,
)

_DOC, _INF = Source.DOCUMENTED, Source.INFERRED
_INVOICE_CLASS = "BankIssuedInvoice.BankIssuedInvoicePayment"
_NOTE_CLASS = "Promissory.PromissoryPayment"

_ROWS = (
    _credit(1, "American Express", "Amex", _AMEX, _DOC),
    _credit(2, "Visa", "Visa", _VISA, _DOC),
    _credit(3, "Diners", "Diners", _DINERS, _INF),
    _credit(4, "Mastercard", "Mastercard", _MASTERCARD, _DOC),
    _credit(5, "Discover", "Discover", _DISCOVER, _INF),
    _other(6, "Boleto Bancário", _INVOICE_CLASS, NOTE, group="bankInvoice", method="BankInvoice"),
    _credit(8, "Hipercard", "Hipercard", _UNPATTERNED, _DOC),
    _credit(9, "Elo", "Elo", _UNPATTERNED, _INF),
    _other(12, "PayPal", "RedirectPayments.PayPalPayment", REDIRECT, group="payPal", source=_INF),
    _other(16, "Vale", "GiftCard.VtexGiftCard", PLAIN, group="giftCard"),
    _other(17, "Promissory", _NOTE_CLASS, NOTE, group="promissory", method="Promissories", source=_INF),
    _MAESTRO,
    _other(47, "Cash", "Cash.CashPayment", PLAIN, group="cash", source=_INF),
    _other(64, "Customer Credit", "Promissory.CreditControlPayment", STORE_CREDIT, group="creditControl"),
    _other(72, "PicPay", "RedirectPayments.PicPayPayment", REDIRECT_IN_INSTALLMENTS, group="picPay"),
    _other(125, "Pix", "InstantPayments.PixInstantPayment", PLAIN, group="instantPayment"),
    _other(169, "Google Pay", "RedirectPayments.GooglePayPayment", REDIRECT, group="Google Pay"),
)

PAYMENT_SYSTEMS: Mapping[int, PaymentSystem] = MappingProxyType({system.id: system for system in _ROWS})

STORE_CARDS = range(401, 601)
"""The numbers of a store's own cards (401 is documented as one, 501 was seen; the ends of the range are ours)."""


def payment_system(number: int) -> PaymentSystem:
    """The payment system of that number; one that is not well known is the store's own.

    Raises:
        UnknownPaymentSystemError: the number is not positive, or beyond 31 bits.
    """
    if not 0 < number <= ID_MAX:
        raise UnknownPaymentSystemError(f"the number of a payment system is between 1 and {ID_MAX}, not {number}")
    known = PAYMENT_SYSTEMS.get(number)
    if known is not None:
        return known
    return _store_card(number) if number in STORE_CARDS else _store_note(number)


def _store_card(number: int) -> PaymentSystem:
    return PaymentSystem(
        id=number,
        name=f"Store card {number}",
        implementation=f"{_CLASSES}CreditCard.PrivateLabelPayment",
        group=f"customPrivate_{number}",
        method="Privatelabels",
        traits=OWN_CARD,
        card=_UNPATTERNED,
        source=Source.OURS,
    )


def _store_note(number: int) -> PaymentSystem:
    """A promissory: documented for 201; recommended for every number that nothing else is known of."""
    return _other(
        number,
        f"Promissory {number}",
        _NOTE_CLASS,
        OWN_NOTE,
        group=f"custom{number}PaymentGroup",
        method="Promissories",
        source=Source.OURS,
    )
