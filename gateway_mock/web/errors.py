"""Errors as VTEX shows them: `{"error": {"code", "message", "exception"}}`, all strings or null."""

from http import HTTPStatus

import msgspec
from flask import Flask, Response
from werkzeug.exceptions import HTTPException

from gateway_mock.core.money import MoneyError
from gateway_mock.core.refusals import Refused
from gateway_mock.web.http import reply


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


class ErrorBody(msgspec.Struct):
    """The inside of the envelope."""

    code: str
    message: str
    exception: str | None = None


class ErrorEnvelope(msgspec.Struct):
    """The envelope."""

    error: ErrorBody


def error_reply(status: int, code: str, message: str) -> Response:
    """An answer in the error envelope."""
    return reply(ErrorEnvelope(ErrorBody(code, message)), status)


def refusal_reply(refused: Refused) -> Response:
    """A refusal of the core as an answer."""
    words = refused.refusal.words
    return error_reply(words.http_status, words.code, refused.message)


def malformed(why: str) -> Problem:
    """A body, path or query that is not what the API takes."""
    return Problem(HTTPStatus.BAD_REQUEST, "Mock.MalformedRequest", why)


def install(app: Flask) -> None:
    """Give every error of the application its envelope."""
    app.register_error_handler(Problem, lambda e: error_reply(e.status, e.code, e.message))
    app.register_error_handler(Refusing, lambda e: refusal_reply(e.refused))
    app.register_error_handler(MoneyError, lambda e: error_reply(400, "Mock.MalformedRequest", str(e)))
    app.register_error_handler(HTTPException, _http)


def _http(error: HTTPException) -> Response:
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    answer = error_reply(status, str(status), error.description or error.name)
    answer.headers.extend(
        (name, value) for name, value in error.get_headers() if name.lower() in {"allow", "retry-after"}
    )
    return answer
