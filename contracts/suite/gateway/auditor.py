"""Questions about everything that the suite's connector heard in a run; pure.

A rule looks at its own transaction. What no rule happened to look at, and what is wrong between two transactions,
is found here.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from connector_ppp.amounts import minor_units
from connector_ppp.client import HEADER_PREFIXES
from connector_ppp.errors import AmountError, MessageError
from connector_ppp.messages import (
    AuthorizeRequest,
    CancelRequest,
    RefundRequest,
    Request,
    Response,
    SettleRequest,
    decode,
)
from contracts.suite.answers import is_filled
from contracts.suite.expectations import Difference
from contracts.suite.gateway.heard import COLUMNS, Books, Heard, booked
from contracts.suite.gateway.replies import minted
from contracts.suite.gateway.stage import CREDENTIALS

CANCEL_IN_CENTS: Final = "cancel"
"""The one operation whose value may be whole cents (C1)."""

MESSAGES: Final[Mapping[str, type[Request[Response]]]] = {
    "authorize": AuthorizeRequest,
    "settle": SettleRequest,
    "cancel": CancelRequest,
    "refund": RefundRequest,
}


class Finding(NamedTuple):
    """One answer to an audit's question, with the calls that show it."""

    difference: Difference
    heard: tuple[Heard, ...]


Dialects = Mapping[str, str] | None
"""The headers that each connector was set up with; None where somebody else did that."""

Audit = Callable[[Sequence[Heard], Dialects], Iterator[Finding]]


def _within(limit: str, spent: Sequence[str]) -> Audit:
    """An audit of each payment's books: what was spent never exceeds a limit."""

    def audit(heard: Sequence[Heard], _dialects: Dialects) -> Iterator[Finding]:
        for payment_id, calls in _grouped(heard, lambda each: each.payment_id).items():
            books = Books()
            for each in calls:
                books = booked(books, each)
            total = sum((getattr(books, name) for name in spent), Decimal(0))
            if total > getattr(books, limit):
                what = " and ".join(spent)
                expected = f"{what} at most {getattr(books, limit):.2f}, what was {limit}"
                yield _finding(f"payment {payment_id}", expected, f"{total:.2f}", calls)

    return audit


def _one_call_each(heard: Sequence[Heard], _dialects: Dialects) -> Iterator[Finding]:
    """A requestId means one call: the same operation, payment and amount."""
    moving = [each for each in heard if each.operation in COLUMNS and each.operation != "authorize"]
    for request_id, calls in _grouped(moving, lambda each: each.request_id).items():
        meant = {f"{each.operation} {each.amount:.2f} of payment {each.payment_id}" for each in calls}
        if len(meant) > 1:
            yield _finding(f"requestId {request_id}", "one call", ", ".join(sorted(meant)), calls)


def _one_value_each(heard: Sequence[Heard], _dialects: Dialects) -> Iterator[Finding]:
    """A payment is created with one value, however often."""
    creates = [each for each in heard if each.operation == "authorize"]
    for payment_id, calls in _grouped(creates, lambda each: each.payment_id).items():
        values = {each.amount for each in calls}
        if len(values) > 1:
            shown = ", ".join(f"{value:.2f}" for value in sorted(values))
            yield _finding(f"payment {payment_id}", "one value in all creates", shown, calls)


def _approved_first(heard: Sequence[Heard], _dialects: Dialects) -> Iterator[Finding]:
    """Nothing is settled or refunded of a payment that was denied."""
    denied = {each.payment_id for each in heard if each.operation == "authorize" and each.answered == "denied"}
    for each in heard:
        if each.payment_id in denied and each.operation in {"settle", "refund"}:
            yield _finding(f"payment {each.payment_id}", "nothing, for it was denied", _told(each), [each])


def _exact(heard: Sequence[Heard], _dialects: Dialects) -> Iterator[Finding]:
    """Amounts are JSON numbers in currency units, with no more decimals than the currency has."""
    for each in heard:
        value = each.fields.get("value")
        if each.operation not in COLUMNS or (value is None and each.operation == CANCEL_IN_CENTS):
            continue
        if not _is_exact(value):
            literal = re.search(r'"value"\s*:\s*([^,}]*)', each.body)
            shown = literal[1].strip() if literal else "absent"
            yield _finding(f"{each.operation}, value", "a JSON number with two decimals at most", shown, [each])


def _identified(heard: Sequence[Heard], dialects: Dialects) -> Iterator[Finding]:
    """Every call carries the key and the token of its affiliation, in one of the two pairs of headers.

    Where somebody else has set the gateway up, nobody here knows them; a connector without any gets empty texts.
    """
    for each in _calls(heard):
        known = bool(dialects) and each.connector in (dialects or {})
        pairs = [_pair(each, dialect) for dialect in HEADER_PREFIXES]
        if not any(pair == CREDENTIALS if known else None not in pair for pair in pairs):
            yield _finding(each.operation, "the affiliation's key and token", _headers(each), [each])


def _in_dialect(heard: Sequence[Heard], dialects: Dialects) -> Iterator[Finding]:
    """The pair of headers is the one that the connector was set up with, and not the other one."""
    for each in _calls(heard):
        wanted = (dialects or {}).get(each.connector)
        sent = [dialect for dialect in HEADER_PREFIXES if any(_pair(each, dialect))]
        if wanted is not None and sent != [wanted]:
            expected = f"{HEADER_PREFIXES[wanted]}AppKey and its token"
            yield _finding(f"{each.operation} to {each.connector}", expected, _headers(each), [each])


def _complete(heard: Sequence[Heard], _dialects: Dialects) -> Iterator[Finding]:
    """Every body is the message that the protocol defines."""
    for each in _calls(heard):
        try:
            decode(each.body, MESSAGES[each.operation])
        except MessageError as error:
            yield _finding(each.operation, "all that the protocol requires", str(error), [each])


def _minted_come_back(heard: Sequence[Heard], _dialects: Dialects) -> Iterator[Finding]:
    """The ids that the connector gave a payment come back to it."""
    approved = {each.payment_id for each in heard if each.operation == "authorize" and each.answered == "approved"}
    for each in _calls(heard):
        if each.operation == "authorize" or each.payment_id not in approved:
            continue
        for name, kind in (("tid", "tid"), ("authorizationId", "authorization")):
            expected, actual = minted(kind, each.payment_id), each.fields.get(name)
            # VTEX's own guides leave some of them out; what is there has to be right.
            if is_filled(actual) and actual != expected:
                yield _finding(f"{each.operation}, {name}", expected, str(actual), [each])


def _captures_named(heard: Sequence[Heard], _dialects: Dialects) -> Iterator[Finding]:
    """A refund names a capture of its payment, by the settleId that the connector gave it."""
    captures = defaultdict(set)
    for each in heard:
        if each.operation == "settle" and each.moved:
            captures[each.payment_id].add(minted("settle", each.request_id))
        if each.operation == "refund" and str(each.fields.get("settleId")) not in captures[each.payment_id]:
            known = " or ".join(sorted(captures[each.payment_id])) or "none, for nothing was captured"
            yield _finding("refund, settleId", known, str(each.fields.get("settleId")), [each])


def _called_back(heard: Sequence[Heard], _dialects: Dialects) -> Iterator[Finding]:
    """Every create tells where its callback goes, and no two payments the same address."""
    seen: dict[str, str] = {}
    for each in heard:
        url = str(each.fields.get("callbackUrl") or "")
        if each.operation != "authorize":
            continue
        if not re.match(r"https?://[^/]+/.*[?&]X-VTEX-signature=[^&]+", url):
            yield _finding("authorize, callbackUrl", "an address with its X-VTEX-signature", url or "none", [each])
        elif seen.setdefault(url, each.payment_id) != each.payment_id:
            yield _finding("authorize, callbackUrl", "another one for each payment", url, [each])


AUDITS: Final[Mapping[str, Audit]] = {
    "captured-within-authorized": _within("authorized", ("captured",)),
    "closed-within-authorized": _within("authorized", ("captured", "voided")),
    "refunded-within-captured": _within("captured", ("refunded",)),
    "one-call-each": _one_call_each,
    "one-value-each": _one_value_each,
    "approved-first": _approved_first,
    "exact": _exact,
    "identified": _identified,
    "in-dialect": _in_dialect,
    "complete": _complete,
    "minted-come-back": _minted_come_back,
    "captures-named": _captures_named,
    "called-back": _called_back,
}
"""Every question by its name in the rules."""


def audit(name: str, heard: Sequence[Heard], dialects: Dialects = None) -> tuple[Finding, ...]:
    """Ask one question about a run.

    Args:
        name: a name of `AUDITS`.
        heard: everything that was heard, in its order.
        dialects: the headers that each connector was set up with.
    """
    return tuple(AUDITS[name](heard, dialects))


# --- tools --------------------------------------------------------------------------------------------------


def _finding(where: str, expected: str, actual: str, heard: Sequence[Heard]) -> Finding:
    return Finding(Difference(where, expected, actual), tuple(heard))


def _grouped(heard: Sequence[Heard], key: Callable[[Heard], Hashable]) -> Mapping[Hashable, list[Heard]]:
    groups: defaultdict[Hashable, list[Heard]] = defaultdict(list)
    for each in heard:
        groups[key(each)].append(each)
    return groups


def _is_exact(value: object) -> bool:
    try:
        minor_units(value)
    except (AmountError, TypeError):
        return False
    return not isinstance(value, str | bool)


def _calls(heard: Sequence[Heard]) -> Iterator[Heard]:
    return (each for each in heard if each.operation in COLUMNS)


def _pair(heard: Heard, dialect: str) -> tuple[str | None, str | None]:
    sent = {name.lower(): text for name, text in heard.headers.items()}
    prefix = HEADER_PREFIXES[dialect]
    return sent.get(f"{prefix}AppKey".lower()), sent.get(f"{prefix}AppToken".lower())


def _headers(heard: Heard) -> str:
    names = [name for name in heard.headers if name.lower().endswith(("-appkey", "-apptoken"))]
    return ", ".join(names) or "no such header"


def _told(heard: Heard) -> str:
    return f"{heard.operation} {heard.amount:.2f}"
