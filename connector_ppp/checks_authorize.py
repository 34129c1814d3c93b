"""Judges of the answer to a creation (POST /payments): status, ids of an approval, delays, addresses."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Final

from connector_ppp import problems as rules
from connector_ppp.amounts import minor_units
from connector_ppp.cases import Case, Check, is_missing
from connector_ppp.errors import AmountError
from connector_ppp.problems import Problem, Rule

APPROVED: Final = "approved"
AUTHORIZED: Final = "authorized"
DENIED: Final = "denied"
UNDEFINED: Final = "undefined"
ERROR: Final = "error"
STATUS_WORDS: Final = frozenset({APPROVED, DENIED, UNDEFINED})
PIX: Final = "Pix"

IDS_OF_APPROVAL: Final[Mapping[str, Rule]] = {"authorization_id": rules.AUTHORIZATION_ID, "tid": rules.TID}
URLS_DEPRECATED: Final = ("bank_issue_invoice_id", "bank_issue_invoice_url", "redirect_url")

# Seconds. Nobody states a maximum for the delay after antifraud.
DELAYS_MAX: Final[Mapping[str, int | None]] = {
    "delay_to_auto_settle": 604_800,
    "delay_to_auto_settle_after_antifraud": None,
    "delay_to_cancel": 2_592_000,
}
DELAY_TO_CANCEL_MIN: Final = 300
DELAY_TO_CANCEL_USUAL: Final = 600
DELAY_TO_CANCEL_PIX: Final = range(900, 3_601)


def _echo(case: Case) -> Iterator[Problem]:
    # A failed creation is {"status", "code", "message"}: no ids to repeat.
    if case.success and case.answered("payment_id") != case.asked("payment_id"):
        yield case.breach(rules.ECHO, "payment_id", case.asked("payment_id"))


def _status_word(case: Case) -> Iterator[Problem]:
    status = case.answered("status")
    if is_missing(status):
        return
    if not case.success:
        if status != ERROR:
            yield case.breach(rules.STATUS_OF_FAILURE, "status", ERROR)
    elif status == AUTHORIZED:
        yield case.breach(rules.STATUS_AUTHORIZED, "status", APPROVED)
    elif status not in STATUS_WORDS:
        yield case.breach(rules.STATUS_WORD, "status", "approved, denied or undefined")


def _ids_of_approval(case: Case) -> Iterator[Problem]:
    if case.success and case.answered("status") in {APPROVED, AUTHORIZED}:
        for name, rule in IDS_OF_APPROVAL.items():
            if is_missing(case.answered(name)):
                yield case.breach(rule, name, "an id")


def _urls(case: Case) -> Iterator[Problem]:
    for name in URLS_DEPRECATED:
        if not is_missing(case.answered(name)):
            yield case.breach(rules.DEPRECATED_URL, name, "absent")


def _max_value(case: Case) -> Iterator[Problem]:
    value = case.answered("max_value")
    if is_missing(value):
        return
    try:
        negative = minor_units(value, case.decimals) < 0
    except AmountError:
        yield case.breach(rules.VALUE_EXACT, "max_value", f"at most {case.decimals} decimals")
        return
    if negative:
        yield case.breach(rules.VALUE_NEGATIVE, "max_value", "0 or more")


def _delays(case: Case) -> Iterator[Problem]:
    for name, maximum in DELAYS_MAX.items():
        value = case.answered(name)
        if is_missing(value):
            continue
        seconds = _whole_seconds(value)
        if seconds is None:
            yield case.breach(rules.DELAY_WHOLE, name, "whole seconds")
        elif maximum is not None and seconds > maximum:
            yield case.breach(rules.DELAY_LONG, name, f"at most {maximum}")


def _delay_to_cancel(case: Case) -> Iterator[Problem]:
    seconds = _whole_seconds(case.answered("delay_to_cancel"))
    if seconds is None:
        return
    if seconds < DELAY_TO_CANCEL_MIN:
        yield case.breach(rules.DELAY_TOO_SHORT, "delay_to_cancel", f"{DELAY_TO_CANCEL_MIN} or more")
    elif case.asked("payment_method") == PIX:
        if seconds not in DELAY_TO_CANCEL_PIX:
            yield case.breach(rules.DELAY_PIX, "delay_to_cancel", "900 to 3600")
    elif seconds < DELAY_TO_CANCEL_USUAL:
        yield case.breach(rules.DELAY_SHORT, "delay_to_cancel", f"{DELAY_TO_CANCEL_USUAL} or more")


def _whole_seconds(value: object) -> int | None:
    """The number of seconds, or None when it is none (3600.0 is whole, in JSON it is the same number)."""
    if not isinstance(value, int | Decimal):
        return None
    try:
        seconds = minor_units(value, decimals=0)
    except AmountError:
        return None
    return seconds if seconds >= 0 else None


AUTHORIZE_CHECKS: Final[tuple[Check, ...]] = (
    _echo,
    _status_word,
    _ids_of_approval,
    _urls,
    _max_value,
    _delays,
    _delay_to_cancel,
)
