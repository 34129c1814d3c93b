"""Between Flask and the connector: bodies in, replies out, and every refusal in the protocol's error shape."""

from hmac import compare_digest
from typing import Final

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from connector_ppp.errors import AmountError, MessageError
from connector_ppp.reference.replies import Reply, failure
from connector_ppp.wire import Message, decode, encode

BODY_BYTES_MAX: Final = 1_048_576
"""A create with 300 items has some 100,000 bytes; what is ten times longer is no request."""

BAD_REQUEST: Final = 400

# The gateway sends one pair or the other (C18): its own, or the provider's when the connector says so.
HEADER_PAIRS: Final = (
    ("X-VTEX-API-AppKey", "X-VTEX-API-AppToken"),
    ("X-PROVIDER-API-AppKey", "X-PROVIDER-API-AppToken"),
)


def body() -> bytes:
    """The body of the current request."""
    return request.get_data(cache=False)


def read(kind: type[Message], *, empty: bytes = b"") -> Message:
    """The body of the current request as a message.

    Args:
        kind: the message.
        empty: what stands for no body at all.

    Raises:
        MessageError: it is no such message.
    """
    return decode(body() or empty, kind)


def render(reply: Reply) -> Response:
    """A reply as a response."""
    return Response(encode(reply.message), reply.status, mimetype="application/json")


def authorized(credentials: tuple[str, str]) -> bool:
    """Whether the current request carries these credentials in one of the header pairs."""
    expected = "\x1f".join(credentials).encode()
    sent = ["\x1f".join(request.headers.get(name, "") for name in pair).encode() for pair in HEADER_PAIRS]
    return any(compare_digest(expected, each) for each in sent)


def refuse_in_shape(app: Flask) -> None:
    """Answer whatever goes wrong on the way with the error shape, and never with a page."""
    app.register_error_handler(MessageError, _malformed)
    app.register_error_handler(AmountError, _no_amount)
    app.register_error_handler(HTTPException, _refused)


def _malformed(error: MessageError) -> Response:
    return render(failure(400, "malformed-request", str(error)))


def _no_amount(error: AmountError) -> Response:
    return render(failure(400, "malformed-amount", str(error)))


def _refused(error: HTTPException) -> BaseResponse:
    """Also the way of an uncaught exception: Flask logs it and comes here with a 500."""
    response = error.get_response()
    if response.status_code >= BAD_REQUEST:
        reply = failure(response.status_code, error.name.lower().replace(" ", "-"), error.description or "")
        response.data, response.mimetype = encode(reply.message), "application/json"
    return response
