"""Which payment methods a connector offers, and how each kind is paid in a test.

The families are VTEX's own: card methods take a test card, a bank invoice and a redirect end by callback.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from contracts.suite.vocabulary import CardName

CARDS: Final[Mapping[CardName, str | None]] = {
    "approved": "4444333322221111",
    "denied": "4444333322221112",
    "async-approved": "4222222222222224",
    "async-denied": "4222222222222225",
    "none": None,
}
"""The test cards of the official suite (VTEX docs)."""

FAMILIES: Final[Mapping[str, tuple[str, ...]]] = {
    "card": (
        "Visa",
        "Mastercard",
        "American Express",
        "Elo",
        "Diners",
        "Discover",
        "JCB",
        "Hipercard",
        "Aura",
        "Cabal",
        "Credz",
        "Banricompras",
        "Cartes Bancaires (CB)",
        "Patagonia 365",
        "Maestro",
        "Mastercard Debit",
        "Visa Electron",
        "VirtualDebitElo",
        "Cobranded",
        "Privatelabels",
    ),
    "pix": ("Pix",),
    "bank-invoice": ("BankInvoice", "FichaDeposito"),
    "redirect": ("Safetypay", "Débito Online", "Rapipago", "OXXO"),
}
"""Which of the documented names belong to which kind; the first of a family that is offered is tried."""


def family_of(method: str) -> str:
    """The kind of a method; empty for any other."""
    return next((family for family, names in FAMILIES.items() if method in names), "")


def pick(offered: Sequence[str], family: str) -> str | None:
    """The method to try of a family, None when none is offered."""
    return next((name for name in FAMILIES[family] if name in offered), None)


def choose(offered: Sequence[str], wished: str | None = None) -> str | None:
    """The method that pays in all rules that name none.

    A card comes first: its test numbers are the only documented way to be approved at once.

    Args:
        offered: the names in the manifest.
        wished: a name that somebody chose.
    """
    if wished is not None:
        return wished
    picks = (pick(offered, family) for family in FAMILIES)
    return next((name for name in picks if name), offered[0] if offered else None)
