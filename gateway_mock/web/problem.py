"""Requests that end early: raised anywhere in a view, rendered by `errors`."""

from http import HTTPStatus

from gateway_mock.core.refusals import Refused


class Problem(Exception):  # noqa: N818 - a problem is an answer, not a fault of this program
    """A request that ends here with an answer of its own."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


class Refusing(Exception):  # noqa: N818 - the same
    """A refusal of the core on its way to the caller."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.message)
        self.refused = refused


def malformed(why: str) -> Problem:
    """A body, path or query that is not what the API takes."""
    return Problem(HTTPStatus.BAD_REQUEST, "Mock.MalformedRequest", why)
