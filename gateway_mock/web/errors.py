"""Errors as VTEX shows them: `{"error": {"code", "message", "exception"}}`, all strings or null."""

from http import HTTPStatus

import msgspec
from flask import Flask, Response
from werkzeug.exceptions import HTTPException

from gateway_mock.core.money import MoneyError
from gateway_mock.core.refusals import Refused
from gateway_mock.web.http import reply
from gateway_mock.web.problem import Problem, Refusing


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


def install(app: Flask) -> None:
    """Give every error of the application its envelope."""
    app.register_error_handler(Problem, lambda e: error_reply(e.status, e.code, e.message))
    app.register_error_handler(Refusing, lambda e: refusal_reply(e.refused))
    app.register_error_handler(MoneyError, lambda e: error_reply(400, "Mock.MalformedRequest", str(e)))
    app.register_error_handler(HTTPException, http_reply)


def http_reply(error: HTTPException) -> Response:
    """An error of HTTP itself as an answer."""
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    answer = error_reply(status, str(status), error.description or error.name)
    answer.headers.extend(
        (name, value) for name, value in error.get_headers() if name.lower() in {"allow", "retry-after"}
    )
    return answer
