"""One call as it happened: what was asked, what came back, and what that means."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final, Generic, TypeGuard, TypeVar

from connector_ppp import problems
from connector_ppp.amounts import DECIMALS_DEFAULT, minor_units
from connector_ppp.cases import is_done
from connector_ppp.checks_authorize import APPROVED, AUTHORIZED, DENIED, UNDEFINED
from connector_ppp.errors import AmountError
from connector_ppp.messages import Number, Request, Response
from connector_ppp.operations import BY_REQUEST_TYPE, STATUS_MANUAL, AnyOperation
from connector_ppp.problems import Problem

Answer_co = TypeVar("Answer_co", bound=Response, covariant=True)

UNTRUSTED: Final = frozenset({problems.BODY.name, problems.ECHO.name})
"""Rules whose breach says that the answer is not one to this request (S17, recommended)."""


class Verdict(StrEnum):
    """What an exchange means for the payment."""

    DONE = "done"
    """The connector did it: approved, or the id of the operation is filled."""

    DENIED = "denied"
    """The payment was denied; only a creation can be."""

    PENDING = "pending"
    """The connector does not know yet; only a creation can be, and it is asked again."""

    FAILED = "failed"
    """Answered, but not done: a null id, a failure status, ids of somebody else, no readable message."""

    MANUAL = "manual"
    """Nobody will do it online; the merchant has to act by hand."""

    NO_ANSWER = "no answer"
    """The network failed; whether the work was done is unknown."""


VERDICTS_BY_STATUS_WORD: Final[Mapping[object, Verdict]] = {
    APPROVED: Verdict.DONE,
    AUTHORIZED: Verdict.DONE,
    DENIED: Verdict.DENIED,
    UNDEFINED: Verdict.PENDING,
}
"""What the status of a creation means; any other word is a failure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange(Generic[Answer_co]):
    """One call as it happened; nothing in it is secret but the bodies.

    Attributes:
        request: the typed request.
        operation: its name in the table of operations.
        payment_id: the payment; None for operations without one.
        request_id: the idempotency key of the operation; None for operations without one.
        method: the HTTP method.
        url: the whole address.
        request_headers: as sent, credentials masked.
        request_body: the text that was sent, empty when nothing was.
        status: the HTTP status; None when nobody answered.
        response_headers: as received.
        response_body: the text that came back; None when nobody answered.
        elapsed_ms: milliseconds from the first byte sent to the last received, or to giving up.
        response: the typed answer; None when there was none to read.
        problems: what is wrong with the answer, see `problems.RULES`.
        sent: whether the request reached the peer: False when surely not, None when unknown.
        error: why nobody answered; None when somebody did.
    """

    request: Request[Answer_co]
    operation: str
    payment_id: str | None
    request_id: str | None
    method: str
    url: str
    request_headers: Mapping[str, str]
    request_body: str
    status: int | None
    response_headers: Mapping[str, str]
    response_body: str | None
    elapsed_ms: float
    response: Answer_co | None
    problems: tuple[Problem, ...]
    sent: bool | None
    error: str | None

    @property
    def verdict(self) -> Verdict:
        """What the exchange means for the payment."""
        operation = BY_REQUEST_TYPE[type(self.request)]
        if self.status is None:
            return Verdict.NO_ANSWER
        if self._is_manual(operation):
            return Verdict.MANUAL
        if self.response is None or not self._is_trusted(operation):
            return Verdict.FAILED
        if operation.status_field is not None:
            word = getattr(self.response, operation.status_field)
            return VERDICTS_BY_STATUS_WORD.get(word, Verdict.FAILED)
        return Verdict.DONE if is_done(operation, self.response) else Verdict.FAILED

    def confirmed(self, decimals: int = DECIMALS_DEFAULT) -> Number | None:
        """The amount that the connector confirmed, in the unit of the request; None unless it is done.

        A smaller value than asked stands (S14); more than asked, a negative or no exact value counts as what was
        asked (S15, recommended). None, too, when the request has no amount.

        Args:
            decimals: how many decimals the payment's currency has.
        """
        asked: object = getattr(self.request, "value", None)
        if self.verdict is not Verdict.DONE or not isinstance(asked, int | Decimal):
            return None
        answered: object = getattr(self.response, "value", asked)
        return answered if _lies_within(answered, asked, decimals) else asked

    def summary(self) -> str:
        """The exchange in one line: what was asked, what it means, and why."""
        asked = " ".join(filter(None, (self.operation, self.payment_id, self.request_id)))
        outcome = self.error or "; ".join([f"status {self.status}", *map(str, self.problems)])
        return f"{asked}: {self.verdict}, {outcome}"

    def curl(self) -> str:
        """The call as a curl command to paste into a shell, credentials masked."""
        return curl_command(self.method, self.url, self.request_headers, self.request_body)

    def _is_manual(self, operation: AnyOperation) -> bool:
        if operation.manual_code is None:
            return False
        if self.status == STATUS_MANUAL:
            return True
        handed_over = getattr(self.response, "code", None) == operation.manual_code
        return handed_over and self.response is not None and not is_done(operation, self.response)

    def _is_trusted(self, operation: AnyOperation) -> bool:
        if self.status not in operation.success_statuses:
            return False
        return all(problem.name not in UNTRUSTED for problem in self.problems)


AnyExchange = Exchange[Response]


def curl_command(method: str, url: str, headers: Mapping[str, str], body: str) -> str:
    """A request as a curl command to paste into a shell."""
    words = ["curl", "--request", method, url]
    for name, value in headers.items():
        words += ["--header", f"{name}: {value}"]
    if body:
        words += ["--data-binary", body]
    return shlex.join(words)


def _lies_within(answered: object, asked: Number, decimals: int) -> TypeGuard[Number]:
    try:
        return 0 <= minor_units(answered, decimals) <= minor_units(asked, decimals)
    except (AmountError, TypeError):
        return False
