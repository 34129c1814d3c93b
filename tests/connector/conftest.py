"""What the tests of the connector side share: one request of each operation, its good answer, raw servers."""

import json
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from decimal import Decimal

import msgspec
import pytest

from connector_ppp import PPPClient, Reply, TransportError
from connector_ppp.messages import (
    Address,
    AuthorizationRedirectRequest,
    AuthorizationTokenRequest,
    AuthorizeRequest,
    Buyer,
    CancelRequest,
    CredentialsRequest,
    InboundRequest,
    Item,
    ManifestRequest,
    MiniCart,
    RefundRequest,
    Request,
    RequestData,
    Response,
    SettleRequest,
)

PAYMENT = "F5C1A4E20D3B4E07B7E871F5B5BC9F91"
TRANSACTION = "D3AA1FC8372E430E8236649DB5EBD08E"
REQUEST = "2019-02-04T22:53:42-4000"

ADDRESS = Address(
    country="BRA",
    street="Praia de Botafogo",
    number="300",
    neighborhood="Botafogo",
    postal_code="22250040",
    city="Rio de Janeiro",
    state="RJ",
)
CART = MiniCart(
    shipping_value=Decimal("1.00"),
    tax_value=0,
    buyer=Buyer(
        first_name="Ana",
        last_name="Lima",
        document="01234567890",
        document_type="cpf",
        email="ana@example.com",
        phone="+5521999999999",
    ),
    shipping_address=ADDRESS,
    billing_address=ADDRESS,
    items=(Item(id="8", name="Shoes", price=Decimal("39.00"), quantity=1, discount=0),),
)

ASKED: Mapping[str, Request[Response]] = {
    "manifest": ManifestRequest(),
    "authorize": AuthorizeRequest(
        reference="505288",
        order_id="1072430428324",
        shopper_interaction="ecommerce",
        transaction_id=TRANSACTION,
        payment_id=PAYMENT,
        payment_method="Visa",
        payment_method_custom_code=None,
        merchant_name="mystore",
        value=Decimal("40.00"),
        currency="BRL",
        installments=1,
        device_fingerprint="75076388",
        mini_cart=CART,
        url="https://mystore.example.com/orders",
        callback_url="https://mystore.example.com/callback",
        return_url="https://mystore.example.com/return",
    ),
    "settle": SettleRequest(
        transaction_id=TRANSACTION,
        request_id=REQUEST,
        payment_id=PAYMENT,
        value=Decimal("40.00"),
        authorization_id="AUT1",
        tid="TID1",
    ),
    "cancel": CancelRequest(payment_id=PAYMENT, request_id=REQUEST, authorization_id="AUT1"),
    "refund": RefundRequest(
        request_id=REQUEST,
        settle_id="SET1",
        payment_id=PAYMENT,
        tid="TID1",
        value=Decimal("40.00"),
        transaction_id=TRANSACTION,
    ),
    "inbound": InboundRequest(
        request_id=REQUEST,
        transaction_id=TRANSACTION,
        payment_id=PAYMENT,
        request_data=RequestData(body="ping=1"),
        authorization_id="AUT1",
        nsu="NSU1",
        tid="TID1",
    ),
    "authorization_token": AuthorizationTokenRequest(
        application_id="vtex", return_url="https://mystore.example.com/back?code="
    ),
    "authorization_redirect": AuthorizationRedirectRequest(application_id="vtex", token="T 1"),
    "credentials": CredentialsRequest(application_id="vtex", authorization_code="C1"),
}

ANSWERED: Mapping[str, Mapping[str, object]] = {
    "manifest": {"paymentMethods": [{"name": "Visa", "allowsSplit": "disabled"}]},
    "authorize": {
        "paymentId": PAYMENT,
        "status": "approved",
        "authorizationId": "AUT1",
        "tid": "TID1",
        "nsu": "NSU1",
        "acquirer": "acme",
        "delayToAutoSettle": 21600,
        "delayToAutoSettleAfterAntifraud": 1800,
        "delayToCancel": 21600,
    },
    "settle": {
        "paymentId": PAYMENT,
        "requestId": REQUEST,
        "settleId": "SET1",
        "value": 40,
        "code": None,
        "message": "settled",
    },
    "cancel": {
        "paymentId": PAYMENT,
        "requestId": REQUEST,
        "cancellationId": "CAN1",
        "code": None,
        "message": "cancelled",
    },
    "refund": {
        "paymentId": PAYMENT,
        "requestId": REQUEST,
        "refundId": "REF1",
        "value": 40,
        "code": None,
        "message": "refunded",
    },
    "inbound": {
        "paymentId": PAYMENT,
        "requestId": REQUEST,
        "responseData": {"statusCode": 200, "contentType": "application/json", "content": "{}"},
    },
    "authorization_token": {"applicationId": "vtex", "token": "T1"},
    "authorization_redirect": {},
    "credentials": {"applicationId": "vtex", "appKey": "K1", "appToken": "S1"},
}

ABSENT = object()
"""In the changes of an answer: leave this field out."""


class ScriptedTransport:
    """Answers every call with one reply, or fails; remembers what it was given."""

    def __init__(self, outcome: Reply | TransportError) -> None:
        self.outcome = outcome
        self.calls: list[tuple[str, str, dict[str, str], bytes, float]] = []

    def send(self, method, url, headers, body, timeout_seconds):
        """Answer as told."""
        self.calls.append((method, url, dict(headers), body, timeout_seconds))
        if isinstance(self.outcome, TransportError):
            raise self.outcome
        return self.outcome


def changed(operation: str, changes: Mapping[str, object]) -> dict[str, object]:
    """The good answer of an operation with some fields replaced or left out."""
    merged = {**ANSWERED[operation], **changes}
    return {name: value for name, value in merged.items() if value is not ABSENT}


@pytest.fixture
def asked() -> Callable[..., Request[Response]]:
    """One request of an operation, with some fields replaced."""
    return lambda operation, **changes: msgspec.structs.replace(ASKED[operation], **changes)


@pytest.fixture
def answered() -> Callable[..., dict[str, object]]:
    """The good answer of an operation, with some fields replaced or left out."""
    return lambda operation, **changes: changed(operation, changes)


@pytest.fixture
def absent() -> object:
    """The mark of a field to leave out."""
    return ABSENT


@pytest.fixture
def scripted() -> Callable[..., tuple[PPPClient, ScriptedTransport]]:
    """A client whose connector answers as told: a status and a body, or a transport error."""

    def build(body=b"", status=200, *, error=None, headers=None, truncated=False, **options):
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        transport = ScriptedTransport(error or Reply(status, headers or {}, raw, 1.5, truncated))
        return PPPClient("http://connector.test/ppp/", transport, **options), transport

    return build


@pytest.fixture
def performed(asked, answered, scripted):
    """The exchange that an answer leads to."""

    def perform(operation, http_status=200, /, *, body=None, request=(), **changes):
        content = answered(operation, **changes) if body is None else body
        client, _ = scripted(content, http_status)
        return client.perform(asked(operation, **dict(request)), action="notify")

    return perform


@pytest.fixture
def raw_server() -> Iterator[Callable[[bytes | None], str]]:
    """A socket that reads one request, then writes the given bytes and closes; None never answers."""
    with closing(RawServer()) as server:
        yield server.serve


def read_request(connection: socket.socket) -> bytes:
    """The body of a request, read in full: closing before that would reset the connection."""
    with connection.makefile("rb") as stream:
        lines = iter(stream.readline, b"\r\n")
        lengths = [int(line.split(b":")[1]) for line in lines if line.lower().startswith(b"content-length:")]
        return stream.read(sum(lengths))


class RawServer:
    """One listening socket; each accepted connection gets the same treatment, in one thread."""

    def __init__(self) -> None:
        self.received = b""
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.finished = threading.Event()
        self.thread = threading.Thread(target=self._accept)
        self.answer: bytes | None = None

    def serve(self, answer: bytes | None) -> str:
        """Start; the address to call."""
        self.answer = answer
        self.thread.start()
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    def close(self) -> None:
        """End; a call that still waits is let go."""
        self.finished.set()
        if self.thread.is_alive():
            self.thread.join()
        self.listener.close()

    def _accept(self) -> None:
        connection, _ = self.listener.accept()
        with connection:
            self.received = read_request(connection)
            if self.answer is None:
                self.finished.wait()
            else:
                connection.sendall(self.answer)
