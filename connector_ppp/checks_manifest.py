"""Judges of GET /manifest: what a connector says that it can do."""

from collections.abc import Iterator
from typing import Final, cast

from connector_ppp import problems as rules
from connector_ppp.cases import Case, Check
from connector_ppp.messages import ManifestResponse
from connector_ppp.problems import Problem, breach

METHODS: Final = frozenset(
    {
        "American Express",
        "Apple Pay",
        "Aura",
        "BankInvoice",
        "Banricompras",
        "Bitcoin",
        "Cabal",
        "Cartes Bancaires (CB)",
        "Cash",
        "Cobranded",
        "Credz",
        "Diners",
        "Discover",
        "Débito Online",
        "Elo",
        "FichaDeposito",
        "Google Pay",
        "Hipercard",
        "JCB",
        "Maestro",
        "Mastercard",
        "Mastercard Debit",
        "OXXO",
        "Patagonia 365",
        "Pix",
        "Privatelabels",
        "Promissories",
        "Rapipago",
        "Safetypay",
        "Venda Direta Credito",
        "Venda Direta Debito",
        "VirtualDebitElo",
        "Visa",
        "Visa Electron",
        "Voucher",
    }
)
"""The documented names; a shop's own method travels as Cobranded, Privatelabels or Promissories."""

SPLIT_WORDS: Final = frozenset({"onAuthorize", "onCapture", "disabled"})
FIELD_TYPES: Final = frozenset({"text", "password", "select"})
METADATA_FIELDS_MAX: Final = 3
METADATA_FIELD_NAME_MAX: Final = 20


def _payment_methods(case: Case) -> Iterator[Problem]:
    methods = _manifest(case).payment_methods
    if methods == ():
        yield case.breach(rules.METHODS, "payment_methods", "one or more")
    for method in methods or ():
        if method.name not in METHODS:
            yield breach(rules.METHOD_NAME, "paymentMethods.name", "a documented name", method.name)
        if method.allows_split not in SPLIT_WORDS:
            yield breach(rules.SPLIT_WORD, "paymentMethods.allowsSplit", "a documented word", method.allows_split)


def _custom_fields(case: Case) -> Iterator[Problem]:
    for custom in _manifest(case).custom_fields or ():
        if custom.type not in FIELD_TYPES:
            yield breach(rules.FIELD_TYPE, "customFields.type", "text, password or select", custom.type)


def _auto_settle_delay(case: Case) -> Iterator[Problem]:
    delay = _manifest(case).auto_settle_delay
    if not delay:
        return
    minimum, maximum = _hours(delay.minimum), _hours(delay.maximum)
    if minimum is None or maximum is None or minimum > maximum:
        shown = f"{delay.minimum!r} to {delay.maximum!r}"
        yield breach(rules.HOURS, "autoSettleDelay", "whole hours, minimum first", shown)


def _hours(text: object) -> int | None:
    return int(text) if isinstance(text, str) and text.isascii() and text.isdigit() else None


def _metadata_fields(case: Case) -> Iterator[Problem]:
    names = _manifest(case).metadata_fields or ()
    if len(names) > METADATA_FIELDS_MAX:
        yield breach(rules.METADATA, "metadataFields", f"{METADATA_FIELDS_MAX} names", len(names))
    for name in names:
        if len(name) > METADATA_FIELD_NAME_MAX:
            yield breach(rules.METADATA, "metadataFields", f"{METADATA_FIELD_NAME_MAX} characters", name)


def _manifest(case: Case) -> ManifestResponse:
    # The table of checks calls these judges for manifests alone.
    return cast("ManifestResponse", case.response)


MANIFEST_CHECKS: Final[tuple[Check, ...]] = (
    _payment_methods,
    _custom_fields,
    _auto_settle_delay,
    _metadata_fields,
)
