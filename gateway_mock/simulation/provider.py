"""The reference connector as the simulation has it: behind WSGI, with its books open."""

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

URL = "http://reference.test"

NEVER_ASKED = 7 * 86_400
"""Documented: an authorization is tried for 7 days when the connector says nothing else."""

_CONTRARY = {"approved": "denied", "denied": "approved"}


class Provider:
    """One reference connector; histories use it one after the other, each with empty books."""

    def __init__(self) -> None:
        self._book = Book()
        app = Flask("reference", static_folder=None)
        refuse_in_shape(app)
        app.register_blueprint(protocol_of(self._book, handlers_with(()), None))
        self.line = WSGITransport(app)

    def reset(self) -> None:
        """Forget every payment."""
        self._book.reset()

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
