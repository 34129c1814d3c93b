"""Which payment takes which course, as tables: the test cards of VTEX's suite, then the method's own course."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from connector_ppp.reference.payment import Status

Shows = Literal["nothing", "page", "invoice", "app"]

_DAY: Final = 86_400


@dataclass(frozen=True, slots=True)
class Flow:
    """One course of a payment.

    Attributes:
        name: its name.
        status: what the create call answers.
        outcome: what an `undefined` payment becomes; the status itself where that is final at once.
        shows: what the shopper gets to see: a page to pay on, an invoice, a payment app, or nothing.
        delay_to_cancel: seconds until the gateway may give up an undefined payment.
    """

    name: str
    status: Status
    outcome: Status
    shows: Shows = "nothing"
    delay_to_cancel: int = _DAY


APPROVE: Final = Flow("approve", Status.APPROVED, Status.APPROVED)
DENY: Final = Flow("deny", Status.DENIED, Status.DENIED)
ASYNC_APPROVE: Final = Flow("async-approve", Status.UNDEFINED, Status.APPROVED)
ASYNC_DENY: Final = Flow("async-deny", Status.UNDEFINED, Status.DENIED)
REDIRECT: Final = Flow("redirect", Status.UNDEFINED, Status.APPROVED, shows="page")
# A slip must outlive a weekend (known issue 374288); the documented maximum is 30 days.
BANK_INVOICE: Final = Flow(
    "bank-invoice", Status.UNDEFINED, Status.APPROVED, shows="invoice", delay_to_cancel=7 * _DAY
)
# VTEX docs: a Pix code lives 15 to 60 minutes; their own example of 300 seconds is below that (C6).
PIX: Final = Flow("pix", Status.UNDEFINED, Status.APPROVED, shows="app", delay_to_cancel=900)

CARDS: Final[Mapping[str, Flow]] = {
    "4444333322221111": APPROVE,
    "4444333322221112": DENY,
    "4222222222222224": ASYNC_APPROVE,
    "4222222222222225": ASYNC_DENY,
}
"""The test cards of the official suite."""

METHODS: Final[Mapping[str, Flow]] = {
    "BankInvoice": BANK_INVOICE,
    "Pix": PIX,
    "Safetypay": REDIRECT,
    "Débito Online": REDIRECT,
}
"""Methods whose course is their own, whatever card data comes along."""

CARD_METHODS: Final = frozenset(
    {
        "American Express",
        "Aura",
        "Banricompras",
        "Cabal",
        "Cartes Bancaires (CB)",
        "Cobranded",
        "Credz",
        "Diners",
        "Discover",
        "Elo",
        "Hipercard",
        "JCB",
        "Maestro",
        "Mastercard",
        "Mastercard Debit",
        "Patagonia 365",
        "Privatelabels",
        "VirtualDebitElo",
        "Visa",
        "Visa Electron",
    }
)
"""Methods that are paid with a card number; where it is null, the shopper is sent to a page."""


@dataclass(frozen=True, slots=True)
class Checkout:
    """How a payment was created: its course, where its callback goes, and under which address we are known."""

    flow: Flow
    callback_url: str
    base_url: str


def flow_of(payment_method: str, card_number: str | None = "") -> Flow:
    """The course of a payment.

    Args:
        payment_method: as in the manifest, such as `Visa` or `Pix`.
        card_number: digits; None when the request has a card without a number; empty when it has no card, or one
            behind the Secure Proxy, where nobody here can see the number.

    Returns:
        The method's own course, else the test card's, else a redirect for a card method whose number is null (as
        VTEX's example connector has it), else approval.
    """
    if payment_method in METHODS:
        return METHODS[payment_method]
    if card_number is None:
        return REDIRECT if payment_method in CARD_METHODS else APPROVE
    return CARDS.get(card_number, APPROVE)
