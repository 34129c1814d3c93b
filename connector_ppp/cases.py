"""One answer to judge, and what every judge asks about it."""

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from msgspec import UNSET

from connector_ppp.messages import Request, Response
from connector_ppp.operations import AnyOperation
from connector_ppp.problems import Problem, Rule, breach
from connector_ppp.wire import spelling

LITERALS: Final = frozenset({"", "null", "undefined", "None"})
"""Texts that stand where an id should, because somebody printed a missing value."""


def is_missing(value: object) -> bool:
    """Whether a field of a relaxed answer is absent or null."""
    return value is None or value is UNSET


def is_done(operation: AnyOperation, response: Response) -> bool:
    """Whether the field that proves success is filled, with more than the word null (S16)."""
    if operation.done_field is None:
        return True
    done = getattr(response, operation.done_field)
    return not is_missing(done) and not (isinstance(done, str) and done in LITERALS)


class Case(NamedTuple):
    """One answer to judge.

    Attributes:
        operation: what was asked.
        request: the request as it was sent.
        status: the HTTP status of the answer.
        response: the answer as it was read.
        decimals: how many decimals the payment's currency has.
    """

    operation: AnyOperation
    request: Request[Response]
    status: int
    response: Response
    decimals: int

    @property
    def success(self) -> bool:
        """Whether the HTTP status says that it worked."""
        return self.status in self.operation.success_statuses

    @property
    def done(self) -> bool:
        """Whether both the status and the id say that it worked."""
        return self.success and is_done(self.operation, self.response)

    def asked(self, name: str) -> object:
        """A field of the request."""
        return getattr(self.request, name)

    def answered(self, name: str) -> object:
        """A field of the answer; absent, too, when such an answer has no such field."""
        return getattr(self.response, name, UNSET)

    def breach(self, rule: Rule, name: str, expected: object) -> Problem:
        """A problem of the answer's field of that name."""
        return breach(rule, spelling(type(self.response), name), expected, self.answered(name))


Check = Callable[[Case], Iterator[Problem]]
"""A judge: yields what it finds wrong, nothing when nothing is."""
