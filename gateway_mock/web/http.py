"""The few words every view speaks: the sandbox, the account, the body, the reply."""

from typing import TypeVar, cast

import msgspec
from flask import Response, current_app, g, request

from gateway_mock.core.refusals import Refused
from gateway_mock.service.sandbox import Sandbox
from gateway_mock.web.expected import plainly
from gateway_mock.web.lean import WholeResponse
from gateway_mock.web.problem import Refusing, malformed

T = TypeVar("T")

EXTENSION = "gateway_mock"

_encoder = msgspec.json.Encoder(decimal_format="number")


def sandbox() -> Sandbox:
    """The ports behind the application."""
    return cast("Sandbox", current_app.extensions[EXTENSION])


def account() -> str:
    """The account that the caller's credentials say."""
    return cast("str", g.account)


def owner() -> str:
    """Who is asking, as the API shows it: the caller's application key."""
    return cast("str", g.app_key)


_decoders: dict[type, msgspec.json.Decoder[object]] = {}


def body(kind: type[T]) -> T:
    """The request's JSON as that type.

    Raises:
        Problem: 400, saying where and why the body is not that.
    """
    decoder = _decoders.get(kind)
    if decoder is None:
        decoder = _decoders[kind] = msgspec.json.Decoder(kind)
    sent = request.get_data()
    if not sent:
        raise malformed("the body is empty, and this operation takes JSON")
    try:
        return cast("T", decoder.decode(sent.decode()))  # the decoder would leave the text of unknown fields alone
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError, RecursionError) as why:
        raise malformed(plainly(kind, str(why))) from None


def body_or(kind: type[T], default: T) -> T:
    """The request's JSON as that type, or the default when there is no body at all."""
    return body(kind) if request.get_data() else default


def require_same(of_path: str, of_body: str | None) -> None:
    """Where a body names what the path names, it names the same.

    Raises:
        Problem: it names something else.
    """
    if of_body and of_body != of_path:
        raise malformed(f"the body is about {of_body[:64]!r}, the path about {of_path!r}")


def reply(value: object, status: int = 200) -> Response:
    """A JSON answer; `web/wire` has the types."""
    return WholeResponse(_encoder.encode(value), status, content_type="application/json; charset=utf-8")


def accepted(result: T | Refused) -> T:
    """The result of a use case.

    Raises:
        Refusing: it is a refusal, which `errors` renders.
    """
    if isinstance(result, Refused):
        raise Refusing(result)
    return result


def empty(status: int = 200) -> Response:
    """An answer without a body, as several operations are documented."""
    return Response(b"", status)
