"""A sandbox whose PPP connector is the reference connector, both in this process, and every answer judged."""

from flask import Flask

from connector_ppp import WSGITransport
from connector_ppp.reference.app import create_app as create_reference
from gateway_mock.core.modes import Mode
from gateway_mock.web.app import Config, build, create_app
from tests.contracts.openapi_judge import Judged

HEADERS = {"X-VTEX-API-AppKey": "vtexappkey-sandbox-LOCAL", "X-VTEX-API-AppToken": "sandbox"}
CARD = {
    "holderName": "ANA SANDBOX",
    "cardNumber": "4444333322221111",
    "validationCode": "123",
    "dueDate": "12/31",
    "document": "00000000191",
    "accountId": None,
}


def sandbox_app(mode: Mode = Mode.PARTIAL) -> Flask:
    """The application; its clock is manual, so nothing happens by itself."""
    connector = create_reference(callbacks="manual")
    connector.testing = True  # what it raises is seen, not answered
    config = Config(clock="manual", connector="http://connector.test", mode=mode)
    app = create_app(config, sandbox=build(config, transport_for=lambda _url: WSGITransport(connector)))
    app.testing = True
    return app


class Merchant(Judged):
    """The merchant of a fresh sandbox."""

    def __init__(self, mode: Mode = Mode.PARTIAL) -> None:
        super().__init__(sandbox_app(mode), ("gateway", "orders", "control"), HEADERS)

    def ok(self, method: str, path: str, body: object = None, *, status: int = 200, **more: object) -> object:
        """A request that has to succeed; what it answered."""
        answer = self.send(method, path, body, **more)
        assert answer.status_code == status, answer.text
        return answer.json if answer.data else None

    def refused(self, method: str, path: str, body: object = None, *, status: int, **more: object) -> str:
        """A request that has to be refused; with which code."""
        answer = self.send(method, path, body, **more)
        assert answer.status_code == status, answer.text
        return answer.json["error"]["code"]

    def started(self, value: int = 10_000) -> str:
        """A transaction that has its payment; its path."""
        asked = {"value": value, "referenceId": "1234567", "channel": "store", "salesChannel": "1"}
        path = f"/api/pvt/transactions/{self.ok('POST', '/api/pvt/transactions', asked)['id']}"
        self.pay(path, {"paymentSystem": 2, "value": value, "fields": CARD})
        return path

    def pay(self, path: str, *payments: dict) -> None:
        """Send payments of a transaction, as a browser does: without credentials."""
        public = path.replace("/api/pvt/", "/api/payments/") + "/payments?an=sandbox"
        self.ok("POST", public, list(payments), status=201, headers={})

    def approved(self, value: int = 10_000) -> str:
        """A transaction that is authorized; its path."""
        path = self.started(value)
        assert self.ok("POST", f"{path}/authorization-request", {})["statusDetail"] == "Approved"
        return path

    def order(self, **more: object) -> dict:
        """An order in handling."""
        return self.ok("POST", "/_mock/orders", {"value": 10_000, **more}, status=201)
