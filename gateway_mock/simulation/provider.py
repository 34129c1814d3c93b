"""The reference connector as the simulation has it: behind WSGI, with its books open."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from flask import Flask
from msgspec import structs

from connector_ppp import WSGITransport
from connector_ppp.messages import AuthorizeResponse
from connector_ppp.reference.book import Book
from connector_ppp.reference.defects import handlers_with
from connector_ppp.reference.payment import Payment, Status
from connector_ppp.reference.protocol import protocol_of
from connector_ppp.reference.replies import authorize_response
from connector_ppp.reference.web import refuse_in_shape
from connector_ppp.transports import Reply, Transport

URL = "http://reference.test"

NEVER_ASKED = 7 * 86_400
"""Documented: an authorization is tried for 7 days when the connector says nothing else."""

_CONTRARY = {"approved": "denied", "denied": "approved"}


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """Something that happens while a call is open: before the connector does its work, or before its answer."""

    before: bool
    deed: Callable[[], None]


@dataclass(slots=True)
class Less:
    """What a connector does that moves less than it is asked to, and says so (S14): a request that shrinks."""

    operation: str
    """`settlements` or `refunds`: the end of the address."""
    percent: int
    requests: dict[str, int] = field(default_factory=dict)
    """By `requestId`: how many whole currency units are moved instead; a repeat moves the same."""
    payment_id: str = ""
    cents: int = 0
    """Of which payment, and how many of the gateway's cents are not moved."""

    def shrunk(self, url: str, body: bytes) -> bytes:
        """The request as the connector takes it; the first one of the operation shrinks, unless it is tiny."""
        asked = json.loads(body) if url.endswith(f"/{self.operation}") else {}
        whole = int(asked.get("value", 0) * self.percent / 100)
        if whole and not self.requests:
            self.requests[asked["requestId"]] = whole
            self.payment_id, self.cents = asked["paymentId"], round((asked["value"] - whole) * 100)
        value = self.requests.get(asked.get("requestId", ""))
        return body if value is None else json.dumps({**asked, "value": value}).encode()


class Line:
    """The line to the connector; once, while a call is on it, something else may happen."""

    def __init__(self, line: Transport) -> None:
        self._line = line
        self.meanwhile: Meanwhile | None = None
        self.less: Less | None = None

    def reset(self) -> None:
        """Nothing is to happen any more."""
        self.meanwhile = self.less = None

    def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes, timeout_seconds: float
    ) -> Reply:
        """See `connector_ppp.transports.Transport`."""
        self._happen(before=True)
        body = self.less.shrunk(url, body) if self.less else body
        reply = self._line.send(method, url, headers, body, timeout_seconds)
        self._happen(before=False)
        return reply

    def _happen(self, *, before: bool) -> None:
        meanwhile = self.meanwhile
        if meanwhile is not None and meanwhile.before is before:
            self.meanwhile = None
            meanwhile.deed()


class Provider:
    """One reference connector; histories use it one after the other, each with empty books."""

    def __init__(self) -> None:
        self._book = Book()
        app = Flask("reference", static_folder=None)
        refuse_in_shape(app)
        app.register_blueprint(protocol_of(self._book, handlers_with(()), None))
        self.line = Line(WSGITransport(app))

    def reset(self) -> None:
        """Forget every payment, and what was to happen on the line."""
        self._book.reset()
        self.line.reset()

    def payment(self, payment_id: str) -> Payment:
        """What it knows of a payment; amounts are minor units of its currency."""
        return self._book.payment(payment_id)

    def denied(self, payment_id: str) -> bool:
        """Whether it said no."""
        return self.payment(payment_id).status is Status.DENIED

    def delay_to_cancel(self, payment_id: str) -> int:
        """Seconds that the gateway is to wait for it: as it says itself, a week when it was never asked."""
        checkout = self._book.checkout(payment_id)
        return NEVER_ASKED if checkout is None else checkout.flow.delay_to_cancel

    def decide(self, payment_id: str) -> None:
        """The shopper paid, or did not: the payment gets the final status of its scenario."""
        checkout = self._book.checkout(payment_id)
        if checkout is not None:
            self._book.resolve(payment_id, checkout.flow.outcome)

    def pay(self, payment_id: str) -> None:
        """The shopper paid, whatever the scenario says."""
        self._book.resolve(payment_id, Status.APPROVED)

    def callback(self, payment_id: str, *, contrary: bool = False) -> AuthorizeResponse | None:
        """The body of the payment's callback, or of one that says the contrary; None before any create."""
        checkout = self._book.checkout(payment_id)
        if checkout is None:
            return None
        told = authorize_response(self.payment(payment_id), checkout)
        return structs.replace(told, status=_CONTRARY.get(str(told.status), "denied")) if contrary else told
