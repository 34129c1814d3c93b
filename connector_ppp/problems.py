"""What can be wrong with an answer: every rule in one table, and a problem as one breach of one rule.

An error breaks the protocol; a warning is accepted by the real gateway, but costs somebody a surprise.
Each text ends with where the rule comes from: documented, inferred or recommended, with the number of the
contradiction (C) or silence (S) that it settles.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from msgspec import UNSET

SHOWN_MAX: Final = 80
"""Characters of a peer's value that a problem repeats."""


class Severity(StrEnum):
    """How bad a problem is."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Rule:
    """What an answer has to satisfy.

    Attributes:
        name: a permanent short name.
        severity: how bad a breach is.
        text: the rule as a sentence, with its source.
    """

    name: str
    severity: Severity
    text: str


@dataclass(frozen=True, slots=True)
class Problem:
    """One breach of one rule.

    Attributes:
        severity: `error` or `warning`.
        field: the field at fault in the protocol's spelling; `status` and `body` name the HTTP reply itself.
        expected: what the rule asks for, in words or as a value.
        actual: what came, at most 80 characters of it.
        rule: the rule as a sentence, with its source.
        name: the rule's short name.
    """

    severity: Severity
    field: str
    expected: str
    actual: str
    rule: str
    name: str

    def __str__(self) -> str:
        return f"{self.field} is {self.actual}, expected {self.expected}: {self.rule}"


def breach(rule: Rule, field: str, expected: object, actual: object) -> Problem:
    """A problem, its values rendered for a reader."""
    return Problem(rule.severity, field, shown(expected), shown(actual), rule.text, rule.name)


def shown(value: object) -> str:
    """A value for a reader: absent, null, or at most 80 characters of its text."""
    if value is UNSET:
        return "absent"
    if value is None:
        return "null"
    text = str(value) if isinstance(value, str | int | Decimal) else repr(value)
    text = text or "empty text"
    return text if len(text) <= SHOWN_MAX else f"{text[: SHOWN_MAX - 3]}..."


def _error(name: str, text: str) -> Rule:
    return Rule(name, Severity.ERROR, text)


def _warning(name: str, text: str) -> Rule:
    return Rule(name, Severity.WARNING, text)


BODY: Final = _error("body", "an answer is the JSON object of its operation (S17, recommended)")
STATUS: Final = _error("status", "each operation defines its HTTP statuses; there are no others (documented)")
REQUIRED: Final = _error("required", "the field is required (documented)")
EXPECTED: Final = _warning("expected", "the field is required, yet real gateways do without (documented)")
NULL: Final = _warning("null", "the schema does not allow null, texts and examples do (recommended)")

ECHO: Final = _error("echo", "an answer repeats the ids that it was asked with (documented; S17, recommended)")
ECHO_OF_FAILURE: Final = _warning("echo-of-failure", "a failure repeats the ids too (documented)")
LITERAL_ID: Final = _error("literal-id", "an id is a text of its own: not empty, not null in quotes (inferred)")
DONE_ID: Final = _error("done-id", "a 200 carries the id of what was done; null means failed (S16, recommended)")
ID_OF_FAILURE: Final = _error("id-of-failure", "a failure carries null for its id (documented)")
MANUAL_CODE: Final = _error("manual-code", "a 501 says who has to act: cancel- or refund-manually (documented)")

VALUE_EXACT: Final = _error(
    "value-exact", "an amount is a number in currency units, no finer than its currency (documented)"
)
VALUE_NEGATIVE: Final = _error("value-negative", "an amount is not negative (S15, recommended)")
VALUE_ABOVE: Final = _error("value-above", "never more than was asked for (S15, recommended)")
VALUE_ZERO: Final = _warning("value-zero", "a success moves money; 0 marks a failure (inferred)")
VALUE_OF_FAILURE: Final = _error("value-of-failure", "a failure moves no money: value 0 (documented)")

STATUS_WORD: Final = _error("status-word", "status is approved, denied or undefined (documented)")
STATUS_AUTHORIZED: Final = _warning("status-authorized", "the word is approved, not authorized (C15)")
STATUS_OF_FAILURE: Final = _error("status-of-failure", "a failed creation has the status error (documented)")
AUTHORIZATION_ID: Final = _error("authorization-id", "an approved payment has an authorizationId (documented)")
TID: Final = _error("tid", "an approved payment has a tid, later requests need it (documented)")
DEPRECATED_URL: Final = _warning("deprecated-url", "paymentUrl replaces the older fields (C22, documented)")
METADATA: Final = _warning("metadata", "3 names of 20 characters, values of 200; the rest is dropped (S39)")

DELAY_WHOLE: Final = _error("delay-whole", "a delay is a whole number of seconds, not negative (documented)")
DELAY_TOO_SHORT: Final = _error("delay-too-short", "delayToCancel is 300 s or more (C6, recommended)")
DELAY_SHORT: Final = _warning("delay-short", "delayToCancel is 600 s or more, Pix apart (C6, documented)")
DELAY_PIX: Final = _warning("delay-pix", "delayToCancel of Pix lies from 900 to 3600 s (C6, documented)")
DELAY_LONG: Final = _warning("delay-long", "a longer delay is cut to its maximum (C6, C7, documented)")

METHODS: Final = _error("methods", "a manifest offers at least one payment method (inferred)")
METHOD_NAME: Final = _warning("method-name", "a payment method has one of the documented names (documented)")
SPLIT_WORD: Final = _error("split-word", "allowsSplit is onAuthorize, onCapture or disabled (documented)")
FIELD_TYPE: Final = _error("field-type", "a custom field is a text, password or select (documented)")
HOURS: Final = _error("hours", "autoSettleDelay holds whole hours as texts, minimum first (documented)")
HTTP_STATUS: Final = _error("http-status", "statusCode is an HTTP status, 100 to 599 (documented)")

RULES: Final = (
    BODY,
    STATUS,
    REQUIRED,
    EXPECTED,
    NULL,
    ECHO,
    ECHO_OF_FAILURE,
    LITERAL_ID,
    DONE_ID,
    ID_OF_FAILURE,
    MANUAL_CODE,
    VALUE_EXACT,
    VALUE_NEGATIVE,
    VALUE_ABOVE,
    VALUE_ZERO,
    VALUE_OF_FAILURE,
    STATUS_WORD,
    STATUS_AUTHORIZED,
    STATUS_OF_FAILURE,
    AUTHORIZATION_ID,
    TID,
    DEPRECATED_URL,
    METADATA,
    DELAY_WHOLE,
    DELAY_TOO_SHORT,
    DELAY_SHORT,
    DELAY_PIX,
    DELAY_LONG,
    METHODS,
    METHOD_NAME,
    SPLIT_WORD,
    FIELD_TYPE,
    HOURS,
    HTTP_STATUS,
)
"""Every rule, in the order in which they are judged."""
