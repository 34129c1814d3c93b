"""What one answer says about itself: pure checks of one (request, status, response).

Nothing here remembers an earlier answer; whether a repeat moves money twice is for a suite to find out. The
judges of each operation stand in the table `CHECKS` at the end.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import chain
from types import MappingProxyType
from typing import Final

from msgspec import UNSET

from connector_ppp import problems as rules
from connector_ppp.amounts import DECIMALS_DEFAULT, minor_units
from connector_ppp.cases import LITERALS, Case, Check, is_done, is_missing
from connector_ppp.checks_authorize import AUTHORIZE_CHECKS
from connector_ppp.checks_manifest import MANIFEST_CHECKS, METADATA_FIELD_NAME_MAX, METADATA_FIELDS_MAX
from connector_ppp.errors import AmountError
from connector_ppp.messages import MetadataEntry, Request, Response, ResponseData
from connector_ppp.operations import BY_REQUEST_TYPE, STATUS_MANUAL, AnyOperation
from connector_ppp.problems import Problem, Rule, breach

__all__ = ["CHECKS", "check", "is_done", "metadata_breaches"]

METADATA_VALUE_MAX: Final = 200

IDS: Final = ("tid", "nsu", "authorization_id", "settle_id", "cancellation_id", "refund_id")
"""Ids that a connector mints."""

ECHOES: Final[Mapping[str, tuple[str, ...]]] = {
    "settle": ("payment_id", "request_id"),
    "cancel": ("payment_id", "request_id"),
    "refund": ("payment_id", "request_id"),
    "inbound": ("payment_id", "request_id"),
    "authorization_token": ("application_id",),
    "credentials": ("application_id",),
}
"""What an answer repeats; a creation repeats only in a success, its failures carry no ids."""

Row = tuple[Rule, Rule | None]
NULL_ALLOWED: Final[Row] = (rules.REQUIRED, None)
NULL_WARNED: Final[Row] = (rules.REQUIRED, rules.NULL)
FILLED: Final[Row] = (rules.REQUIRED, rules.REQUIRED)
NULL_TOLERATED: Final[Row] = (rules.EXPECTED, None)
TOLERATED: Final[Row] = (rules.EXPECTED, rules.EXPECTED)
TOLERATED_NULL_WARNED: Final[Row] = (rules.EXPECTED, rules.NULL)

PRESENT_IN_SUCCESS: Final[Mapping[str, Mapping[str, Row]]] = {
    "manifest": {"payment_methods": FILLED},
    "authorize": {
        "status": FILLED,
        "tid": TOLERATED_NULL_WARNED,
        "nsu": NULL_TOLERATED,
        "acquirer": NULL_TOLERATED,
        "delay_to_auto_settle": TOLERATED,
        "delay_to_auto_settle_after_antifraud": TOLERATED,
        "delay_to_cancel": TOLERATED,
    },
    "settle": {"settle_id": NULL_ALLOWED, "value": FILLED, "code": NULL_ALLOWED, "message": NULL_WARNED},
    "cancel": {"cancellation_id": NULL_ALLOWED, "code": NULL_ALLOWED, "message": NULL_WARNED},
    "refund": {"refund_id": NULL_ALLOWED, "value": FILLED, "code": NULL_ALLOWED, "message": NULL_WARNED},
}
"""Operation, field -> the rule broken when the field is absent, and when it is null."""

PRESENT_IN_FAILURE: Final[Mapping[str, Mapping[str, Row]]] = {
    "authorize": {"status": FILLED, "code": NULL_WARNED, "message": NULL_WARNED},
    "settle": {"settle_id": NULL_ALLOWED, "value": FILLED, "code": NULL_WARNED, "message": NULL_WARNED},
    "cancel": {"cancellation_id": NULL_ALLOWED, "code": NULL_WARNED, "message": NULL_WARNED},
    "refund": {"refund_id": NULL_ALLOWED, "value": FILLED, "code": NULL_WARNED, "message": NULL_WARNED},
}


def check(
    request: Request[Response], status: int, response: Response | None, *, decimals: int = DECIMALS_DEFAULT
) -> tuple[Problem, ...]:
    """Everything that is wrong with an answer; empty when nothing is.

    Args:
        request: the request as it was sent.
        status: the HTTP status of the answer.
        response: the answer, of the type that the operation defines; None when there was none to read.
        decimals: how many decimals the payment's currency has.
    """
    operation = BY_REQUEST_TYPE[type(request)]
    if response is None:
        return tuple(_status(operation, status))
    case = Case(operation, request, status, response, decimals)
    found = chain.from_iterable(judge(case) for judge in CHECKS[operation.name])
    return (*_status(operation, status), *found)


def _status(operation: AnyOperation, status: int) -> Iterator[Problem]:
    defined = operation.success_statuses | operation.failure_statuses
    if status not in defined:
        yield breach(rules.STATUS, "status", " or ".join(map(str, sorted(defined))), status)


def _presence(case: Case) -> Iterator[Problem]:
    table = PRESENT_IN_SUCCESS if case.success else PRESENT_IN_FAILURE
    for name, (absent, null) in table.get(case.operation.name, {}).items():
        value = case.answered(name)
        if value is UNSET:
            yield case.breach(absent, name, "present")
        elif value is None and null is not None:
            yield case.breach(null, name, "not null")


def _literal_ids(case: Case) -> Iterator[Problem]:
    for name in IDS:
        value = case.answered(name)
        if isinstance(value, str) and value in LITERALS:
            yield case.breach(rules.LITERAL_ID, name, "an id, or null")


def _metadata(case: Case) -> Iterator[Problem]:
    entries = case.answered("connector_metadata")
    if isinstance(entries, tuple):
        yield from metadata_breaches(entries)


def metadata_breaches(entries: tuple[MetadataEntry, ...]) -> Iterator[Problem]:
    """What of a connector's metadata the gateway would drop (S39)."""
    if len(entries) > METADATA_FIELDS_MAX:
        yield breach(rules.METADATA, "connectorMetadata", f"{METADATA_FIELDS_MAX} entries", len(entries))
    for entry in entries:
        yield from _too_long("connectorMetadata.name", entry.name, METADATA_FIELD_NAME_MAX)
        yield from _too_long("connectorMetadata.value", entry.value, METADATA_VALUE_MAX)


def _too_long(field: str, text: object, characters_max: int) -> Iterator[Problem]:
    if isinstance(text, str) and len(text) > characters_max:
        yield breach(rules.METADATA, field, f"{characters_max} characters", f"{len(text)} characters")


def _echoes(case: Case) -> Iterator[Problem]:
    for name in ECHOES[case.operation.name]:
        asked, answered = case.asked(name), case.answered(name)
        if answered != asked:
            # Failures without ids were seen in production; a wrong id helps nobody, failed or not.
            silent_failure = is_missing(answered) and not case.done
            yield case.breach(rules.ECHO_OF_FAILURE if silent_failure else rules.ECHO, name, asked)


def _done_id(case: Case) -> Iterator[Problem]:
    name, filled = case.operation.done_field, is_done(case.operation, case.response)
    if name is not None and filled != case.success:
        rule, expected = (rules.DONE_ID, "an id") if case.success else (rules.ID_OF_FAILURE, None)
        yield case.breach(rule, name, expected)


def _manual_code(case: Case) -> Iterator[Problem]:
    if case.status == STATUS_MANUAL and case.answered("code") != case.operation.manual_code:
        yield case.breach(rules.MANUAL_CODE, "code", case.operation.manual_code)


def _value(case: Case) -> Iterator[Problem]:
    answered, asked = case.answered("value"), case.asked("value")
    if not isinstance(answered, int | Decimal) or not isinstance(asked, int | Decimal):
        return
    try:
        answered_minor = minor_units(answered, case.decimals)
    except AmountError:
        yield case.breach(rules.VALUE_EXACT, "value", f"at most {case.decimals} decimals")
        return
    if answered_minor < 0:
        yield case.breach(rules.VALUE_NEGATIVE, "value", "0 or more")
    elif not case.done and answered_minor:
        yield case.breach(rules.VALUE_OF_FAILURE, "value", 0)
    elif answered > asked:
        yield case.breach(rules.VALUE_ABOVE, "value", f"at most {asked}")
    elif case.done and not answered_minor and asked:
        yield case.breach(rules.VALUE_ZERO, "value", "more than 0")


def _response_data(case: Case) -> Iterator[Problem]:
    data = case.answered("response_data")
    if not isinstance(data, ResponseData):
        return
    if not _is_http_status(data.status_code):
        yield breach(rules.HTTP_STATUS, "responseData.statusCode", "100 to 599", data.status_code)
    for name, text in (("contentType", data.content_type), ("content", data.content)):
        if is_missing(text):
            yield breach(rules.REQUIRED, f"responseData.{name}", "a text", text)


def _is_http_status(value: object) -> bool:
    return isinstance(value, int | Decimal) and value in range(100, 600)


_OF_ANSWERS: Final[tuple[Check, ...]] = (_presence, _literal_ids, _metadata)
_OF_REPEATABLE: Final[tuple[Check, ...]] = (*_OF_ANSWERS, _echoes, _done_id)
_OF_CONFIGURATION: Final[tuple[Check, ...]] = (_echoes, _done_id)

CHECKS: Final[Mapping[str, tuple[Check, ...]]] = MappingProxyType(
    {
        "manifest": (_presence, *MANIFEST_CHECKS),
        "authorize": (*_OF_ANSWERS, *AUTHORIZE_CHECKS),
        "settle": (*_OF_REPEATABLE, _value),
        "cancel": (*_OF_REPEATABLE, _manual_code),
        "refund": (*_OF_REPEATABLE, _manual_code, _value),
        "inbound": (*_OF_REPEATABLE, _response_data),
        "authorization_token": _OF_CONFIGURATION,
        "authorization_redirect": (),
        "credentials": _OF_CONFIGURATION,
    }
)
"""The judges of each operation, in the order in which they speak; the HTTP status is judged before them."""
