"""The reference connector says what `ppp.yaml` says, in a story that meets every operation."""

from collections.abc import Iterator
from copy import deepcopy

import pytest

from connector_ppp.reference.app import create_app
from contracts.openapi import document
from tests.contracts.openapi_judge import Judged, judge_of

HEADERS = {"X-VTEX-API-AppKey": "key", "X-VTEX-API-AppToken": "token"}


def example(name: str, **changes: object) -> dict:
    """An example of the document with some fields changed."""
    return deepcopy(document("ppp")["components"]["examples"][name]["value"]) | changes


@pytest.fixture
def connector() -> Judged:
    """A fresh connector behind the judge."""
    app = create_app(app_key="key", app_token="token", callbacks="manual")
    app.testing = True
    return Judged(app, ("ppp",), HEADERS)


def paths(payment_id: str) -> Iterator[str]:
    """Where one moves the money of a payment."""
    return (f"/payments/{payment_id}/{name}" for name in ("settlements", "cancellations", "refunds"))


def test_a_payment_from_its_creation_to_its_refund(connector):
    """Create, settle a part, cancel the rest, refund: each answer is documented."""
    created = connector.send("POST", "/payments", example("CardAuthorization"))
    assert created.json["status"] == "approved"
    payment_id = created.json["paymentId"]
    settlements, cancellations, refunds = paths(payment_id)
    settled = connector.send("POST", settlements, example("Settlement"))
    assert settled.json["value"] == 40
    assert connector.send("POST", cancellations, example("PartialCancellation", value=60)).json["cancellationId"]
    refund = example("Refund", settleId=settled.json["settleId"])
    assert connector.send("POST", refunds, refund).json["value"] == 10


def test_refusals_are_documented(connector):
    """Too much, too late, unknown, malformed and unauthorized: each answer is documented."""
    connector.send("POST", "/payments", example("CardAuthorization"))
    settlements, cancellations, refunds = paths("8B1F2C6D")
    assert connector.send("POST", settlements, example("Settlement", value=100.01)).status_code == 500
    assert connector.send("POST", settlements, example("Settlement", value="40")).status_code == 400
    assert connector.send("POST", settlements, example("Settlement", requestId="s-9")).status_code == 200
    assert connector.send("POST", cancellations, example("PartialCancellation", value=99)).status_code == 500
    assert connector.send("POST", refunds, example("Refund", value=41)).status_code == 500
    assert connector.send("POST", "/payments", {}).status_code == 400
    assert connector.send("POST", "/payments", example("CardAuthorization"), headers={}).status_code == 401


@pytest.mark.parametrize("method", ["Safetypay", "BankInvoice", "Pix"])
def test_undefined_payments_are_documented(connector, method):
    """A page, an invoice, an app: what a shopper gets to see is documented."""
    created = connector.send("POST", "/payments", example("RedirectAuthorization", paymentMethod=method))
    assert created.json["status"] == "undefined"


def test_manual_operations_are_documented():
    """501 with the manual code is documented for cancel and refund."""
    app = create_app(defects=("no-cancels", "no-refunds"), callbacks="manual")
    by_hand = Judged(app, ("ppp",), {})
    by_hand.send("POST", "/payments", example("CardAuthorization"))
    _, cancellations, refunds = paths("8B1F2C6D")
    assert by_hand.send("POST", cancellations, example("Cancellation")).status_code == 501
    assert by_hand.send("POST", refunds, example("Refund")).status_code == 501


def test_the_configuration_flow_is_documented(connector):
    """Manifest, inbound, token, redirect and credentials: each answer is documented."""
    assert connector.send("GET", "/manifest", headers={}).status_code == 200
    assert connector.send("POST", "/payments/8B1F2C6D/inbound/notify", example("Inbound")).status_code == 200
    asked = {"applicationId": "vtex", "returnUrl": "https://store.example/?code="}
    token = connector.send("POST", "/authorization/token", asked).json["token"]
    redirected = connector.send("GET", f"/authorization/redirect?applicationId=vtex&token={token}")
    code = redirected.location.removeprefix("https://store.example/?code=")
    found = connector.send("GET", f"/authorization/credentials?applicationId=vtex&authorizationCode={code}")
    assert found.json["appKey"] == "key"
    assert connector.send("GET", "/authorization/redirect?applicationId=vtex&token=none").status_code == 400


def test_the_judge_bites(connector):
    """An answer with a field that nobody documented, or without one that is required, is a breach."""
    judge = judge_of("ppp")
    schema = {"$ref": "#/components/schemas/Settled"}
    assert judge.errors(schema, example("Settled")) == []
    assert judge.errors(schema, example("Settled", surprise=1)) != []
    assert judge.errors(schema, {"paymentId": "1"}) != []
    with pytest.raises(AssertionError, match="is not documented"):
        connector.send("GET", "/payments")
