"""Schemathesis finds nothing between the applications and their documents: examples, coverage, fuzzing, links."""

import os
import re
from unittest.mock import MagicMock

import pytest
from flask import Flask

from connector_ppp.reference.app import create_app
from contracts.openapi import document
from gateway_mock.adapters import faults
from tests.contracts.openapi_fuzz import Fuzzed, brief, fuzz
from tests.contracts.openapi_sandbox import Merchant

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "4"))
"""How many cases fuzzing makes for each operation; more of them find more, and take longer."""

SEED = int(os.environ.get("FUZZ_SEED", "1"))
"""What the cases are made from: always the same in `make test`, so that a finding stays one."""

KEY, TOKEN = "vtexappkey-sandbox-LOCAL", "sandbox"
BASE = {
    "seed": SEED,
    # Any text is an id, so ids that are none are hard to come by.
    "suppress-health-check": ["filter_too_much"],
    "generation": {"deterministic": True, "max-examples": EXAMPLES, "database": "none", "no-shrink": True},
    "phases": {
        "coverage": {"unexpected-methods": ["delete", "trace"]},
        "stateful": {"generation": {"max-examples": 4 * EXAMPLES}, "max-steps": 8},
    },
    "auth": {"openapi": {"appKey": {"api_key": KEY}, "appToken": {"api_key": TOKEN}}},
}

# A body can be well formed and refused: too much, too late, of another state. Whether it was refused as malformed,
# `well_formed_is_accepted` looks at.
ACCEPTANCE = {"expected-statuses": ["2xx", "3xx", "400", "401", "403", "404", "409", "413", "422"]}
REJECTION = {"expected-statuses": ["400", "401", "403", "404", "405", "409", "413", "422"]}
SANDBOX = BASE | {"checks": {"positive_data_acceptance": ACCEPTANCE, "negative_data_rejection": REJECTION}}

# The protocol answers a refused operation with 500; what the connector itself cannot do is raised, not answered.
REFUSING = {
    "not_a_server_error": {"expected-statuses": ["2xx", "3xx", "4xx", "500"]},
    "positive_data_acceptance": {"expected-statuses": ["2xx", "3xx", "400", "401", "413", "500"]},
    "negative_data_rejection": REJECTION,
}

# Without credentials a wrong method on a public path is 401 before it is 405.
PUBLIC = {"checks": {"unsupported_method": {"enabled": False}}}

# A connector reads what it needs and bears the rest, whatever it is (known issue 697107); these it reads.
READ = "paymentId|requestId|value|currency|callbackUrl|requestData"
UNREAD = re.compile(
    rf"Invalid component: (in body(?!.*(?: - |at /properties/)(?:{READ})\b)|parameter `applicationId`)", re.DOTALL
)


def twins(*names: str) -> list[dict]:
    """Operations whose bodies another operation has too."""
    return [{"include-operation-id": name} | {"phases": {"coverage": {"enabled": False}}} for name in names]


def assert_clean(found: Fuzzed) -> None:
    """Nothing was found, and every phase did something."""
    again = f"again: make fuzz FUZZ_EXAMPLES={EXAMPLES} FUZZ_SEED={SEED}"
    assert not found.findings, "\n\n".join([again, *(f"{name}\n{text}" for name, text in found.findings.items())])
    assert set(found.calls) == {"examples", "coverage", "fuzzing", "stateful"}


def shop() -> Flask:
    """A sandbox with orders in several states."""
    merchant = Merchant()
    for status in ("payment-approved", "ready-for-handling", "handling", "handling"):
        merchant.order(status=status, items=[{"id": "1", "price": 5_000, "quantity": 2}])
    return merchant.app


def connector() -> Flask:
    """A reference connector with credentials."""
    app = create_app(app_key=KEY, app_token=TOKEN, callbacks="manual")
    app.testing = True
    return app


def test_the_gateway_of_the_sandbox():
    """The gateway keeps to its document."""
    told = document("gateway")
    named = ("sendPayments", "paymentCallback")
    public = [{"include-operation-id": name} | PUBLIC for name in named]
    rest = twins("receivePayments", "changeData", "changeRule")
    assert_clean(fuzz(Merchant().app, told, SANDBOX | {"operations": [*public, *rest]}))


def test_the_orders_of_the_sandbox():
    """Orders keeps to its document, and links lead from the list into each order."""
    # GET /changes/preview is the change whose id is `preview`: the router cannot tell, and says so in `Allow`.
    ambiguous = {"include-path": "/api/order-system/orders/{orderId}/changes/preview"}
    quiet = {"checks": {"allow_header_conformance": {"enabled": False}}}
    found = fuzz(
        shop(),
        document("orders"),
        SANDBOX | {"operations": [ambiguous | quiet, *twins("previewChange", "addInvoice")]},
    )
    assert_clean(found)
    assert "GET /api/oms/pvt/orders/{orderId}" in found.reached("stateful", 200)


def test_the_control_plane_of_the_sandbox(monkeypatch):
    """The control plane keeps to its document."""
    monkeypatch.setattr(faults, "Event", MagicMock())  # a fault of a minute is over at once
    assert_clean(fuzz(Merchant().app, document("control"), SANDBOX))


def test_the_reference_connector():
    """The connector keeps to the protocol, and links lead from the creation to the refund."""
    app = connector()
    public = [{"include-path": path} | PUBLIC for path in ("/manifest", "/authorization/redirect")]
    assert_clean(fuzz(app, document("ppp"), BASE | {"checks": REFUSING, "operations": public}, UNREAD))


def only(name: str, *paths: str) -> dict:
    """The document with these paths alone, and links among them that lead on, not to the same call again."""
    told = document(name)
    kept = {path: told["paths"][path] for path in paths}
    operations = [each for item in kept.values() for each in item.values() if "responses" in each]
    known = {each["operationId"] for each in operations}
    for response in (response for each in operations for response in each["responses"].values()):
        links = response.get("links", {})
        leading = {name: link for name, link in links.items() if not name.endswith("Again")}
        response["links"] = {name: link for name, link in leading.items() if link["operationId"] in known}
    return told | {"paths": kept}


TRANSACTION = "/api/pvt/transactions/{transactionId}"
MONEY = {
    "gateway": (
        "/api/pvt/merchants/payment-systems",
        "/api/pvt/transactions",
        "/api/payments/transactions/{transactionId}/payments",
        f"{TRANSACTION}/authorization-request",
        f"{TRANSACTION}/settlement-request",
        f"{TRANSACTION}/refunding-request",
    ),
    "ppp": ("/manifest", "/payments", "/payments/{paymentId}/settlements", "/payments/{paymentId}/refunds"),
}
"""The way of money from its first call to its last."""


def following(checks: dict, examples: int) -> dict:
    """A configuration that follows links and does nothing else.

    Scenarios are long, for their first calls go to whatever can begin one; and a scenario ends when much was drawn
    for it, so nothing is sent that no schema names.
    """
    phases = {name: {"enabled": False} for name in ("examples", "coverage", "fuzzing")}
    links = {"generation": {"max-examples": examples}, "max-steps": 60, "inference": {"algorithms": []}}
    plain = BASE["generation"] | {"mode": "positive", "allow-extra-parameters": False}
    return BASE | {"checks": checks, "generation": plain, "phases": phases | {"stateful": links}}


@pytest.mark.parametrize(
    ("name", "serve", "config"),
    [
        ("gateway", lambda: Merchant().app, following(SANDBOX["checks"], max(8, EXAMPLES))),
        ("ppp", connector, following(REFUSING, max(32, EXAMPLES))),
    ],
    ids=MONEY,
)
def test_links_lead_random_calls_to_the_refund(name, serve, config):
    """Schemathesis settles and refunds with success by the links of the document alone."""
    found = fuzz(serve(), brief(only(name, *MONEY[name])), config)
    assert not found.findings
    assert {f"POST {path}" for path in MONEY[name][-2:]} <= found.reached("stateful", 200)


@pytest.mark.parametrize("broken", ["a status that is not documented", "a field of another type"])
def test_schemathesis_bites(broken):
    """An application that does something else than its document is found out."""
    app = Merchant().app
    told = only("control", "/_mock/quirks", "/_mock/clock")
    if broken.startswith("a status"):
        del told["paths"]["/_mock/quirks"]["put"]["responses"]["422"]
    else:
        told["components"]["schemas"]["Clock"]["properties"]["now"] = {"type": "integer"}
    assert fuzz(app, told, SANDBOX).findings
