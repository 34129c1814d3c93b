"""What an answer claims, read leniently: one wrong field must not hide what the rest says.

The client's own verdict asks what the gateway would make of an answer; a wrong echo is a failure there. A suite
that stopped at that would see one fault of a connector and none behind it.
"""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Final, NamedTuple

import msgspec

from connector_ppp.amounts import exact
from connector_ppp.errors import AmountError
from connector_ppp.exchange import AnyExchange
from connector_ppp.operations import OPERATIONS, STATUS_MANUAL
from connector_ppp.problems import Problem
from connector_ppp.wire import EXPONENT_MAX
from contracts.suite.vocabulary import Word

OK: Final = 200
DONE: Final = frozenset({200, 201})
"""HTTP statuses of an operation that was done; the protocol has 200, and 201 says no less."""

REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
TEXTS_OF_NOTHING: Final = frozenset({"", "null", "undefined", "None"})

ID_FIELDS: Final[Mapping[str, str]] = {
    "settle": "settleId",
    "cancel": "cancellationId",
    "refund": "refundId",
    "inbound": "responseData",
    "manifest": "paymentMethods",
    "authorization_token": "token",
    "authorization_redirect": "location",
    "credentials": "appKey",
}
"""The field that is filled when an operation is done."""

STATUS_WORDS: Final[Mapping[object, Word]] = {
    "approved": "approved",
    "authorized": "approved",  # C15: some of VTEX's texts have this word
    "denied": "denied",
    "undefined": "undefined",
}


class Answer(NamedTuple):
    """One answer, of whatever operation, or a callback.

    Attributes:
        source: what it answers, as a short text.
        word: what it claims.
        fields: the members of its JSON object, empty when there is none.
        problems: what is wrong with it.
        status: the HTTP status; None when nobody answered, and for a callback.
        value: what it confirms, currency units; 0 unless it is done.
        elapsed_ms: how long it took.
        length: bytes of its body.
        error: why nobody answered.
        reachable: False when no connection was made at all.
    """

    source: str
    word: Word
    fields: Mapping[str, object]
    problems: tuple[Problem, ...] = ()
    status: int | None = None
    value: Decimal = Decimal(0)
    elapsed_ms: float = 0.0
    length: int = 0
    error: str | None = None
    reachable: bool = True

    def __str__(self) -> str:
        if self.status is None:
            return f"{self.word}: {self.error}" if self.error else self.word
        code = self.fields.get("code")
        return f"{self.word} (HTTP {self.status}{f', {code}' if code else ''})"


def answer_of(exchange: AnyExchange) -> Answer:
    """What came back from one exchange."""
    fields = read_object(exchange.response_body or "") or _located(exchange)
    word = _word(exchange, fields)
    return Answer(
        source=exchange.operation,
        word=word,
        fields=fields,
        problems=exchange.problems,
        status=exchange.status,
        value=_confirmed(exchange, fields) if word == "done" else Decimal(0),
        elapsed_ms=exchange.elapsed_ms,
        length=len((exchange.response_body or "").encode()),
        error=exchange.error,
        reachable=exchange.sent is not False,
    )


@lru_cache(maxsize=1024)
def read_object(text: str) -> Mapping[str, object]:
    """A JSON object, its fractions exact; empty when the text is none.

    Everybody who looks at an answer reads it, so that one reading is kept for all.
    """
    try:
        return _DECODER.decode(text) if text else {}
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return {}


def _fraction(text: str) -> Decimal:
    number = Decimal(text)
    if abs(number.adjusted()) > EXPONENT_MAX:
        raise ValueError("a number is out of range")
    return number


_DECODER: Final = msgspec.json.Decoder(dict[str, object], float_hook=_fraction)


def is_filled(value: object) -> bool:
    """Whether a field says something: not absent, not null, not the text `null` or its kin."""
    return value is not None and not (isinstance(value, str) and value in TEXTS_OF_NOTHING)


def amount_of(value: object) -> Decimal | None:
    """A value as an amount, even when it came as a text; None when it is none."""
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        return None
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None


def _word(exchange: AnyExchange, fields: Mapping[str, object]) -> Word:
    if exchange.status is None:
        return "unanswered"
    if exchange.operation == "authorize":
        return STATUS_WORDS.get(fields.get("status"), "refused") if exchange.status in DONE else "refused"
    if exchange.status in DONE | _moved_on(exchange) and (
        is_filled(fields.get(ID_FIELDS[exchange.operation])) or _moved(exchange, fields)
    ):
        return "done"
    manual_code = OPERATIONS[exchange.operation].manual_code
    if manual_code is not None and (exchange.status == STATUS_MANUAL or fields.get("code") == manual_code):
        return "manual"
    return "refused"


def _located(exchange: AnyExchange) -> Mapping[str, object]:
    """Where a redirect leads."""
    found = {name.lower(): text for name, text in exchange.response_headers.items()}
    return {"location": found["location"]} if "location" in found else {}


def _moved_on(exchange: AnyExchange) -> frozenset[int]:
    """The statuses by which a browser is sent on, where that is what was asked for."""
    return REDIRECTS if exchange.operation == "authorization_redirect" else frozenset()


def _moved(exchange: AnyExchange, fields: Mapping[str, object]) -> bool:
    """Whether money is said to have moved, even where the id of it is missing; the id has a rule of its own."""
    # The id of another operation says that it is the answer to that one, given again (S7, recommended).
    others = {field for operation, field in ID_FIELDS.items() if operation != exchange.operation}
    is_own = exchange.operation in {"settle", "refund"} and not any(is_filled(fields.get(each)) for each in others)
    return is_own and (amount_of(fields.get("value")) or 0) > 0


def _confirmed(exchange: AnyExchange, fields: Mapping[str, object]) -> Decimal:
    """What is said to have moved; what was asked where nothing said could be an amount (S15, recommended)."""
    asked = amount_of(getattr(exchange.request, "value", None)) or Decimal(0)
    said = amount_of(fields.get("value"))
    return asked if said in {None, asked} or not _is_exact(said) else said


def _is_exact(amount: Decimal) -> bool:
    """Whether it is more than the noise of a binary fraction: 39.99999999999999 is how some say 40."""
    try:
        exact(amount)
    except AmountError:
        return False
    return True
