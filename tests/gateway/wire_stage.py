"""Every endpoint of the application's own map with a good body, and a stage that has something of everything."""

import json
import re
from dataclasses import dataclass

from gateway_mock.ports import Store
from gateway_mock.records import (
    CaptureRecord,
    OperationRecord,
    OrderRecord,
    PaymentRecord,
    Settings,
    TransactionRecord,
)
from gateway_mock.records_configuration import AffiliationRecord, RuleRecord
from gateway_mock.records_orders import ChangeRecord
from gateway_mock.web.app import create_app

WRITES = ("POST", "PUT", "PATCH")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")

# --- Every endpoint and a good body for it ---------------------------------------------------------------------

INVOICE = {
    "type": "Output",
    "issuanceDate": "2024-01-31T18:25:43-05:00",
    "invoiceNumber": "N-2",
    "invoiceValue": 1000,
    "items": [{"id": "1", "price": 1000, "quantity": 1, "description": "first"}],
}
PAYMENT = {
    "paymentSystem": 2,
    "installments": 1,
    "currencyCode": "BRL",
    "value": 10000,
    "installmentsInterestRate": 0,
    "installmentsValue": 10000,
    "referenceValue": 10000,
    "fields": {"holderName": "ANA", "cardNumber": "4444333322221111", "validationCode": "1", "dueDate": "12/31"},
    "transaction": {"id": "T", "merchantName": "store"},
}
CREATED = {"status": "undefined", "tid": "1", "authorizationId": None, "delayToCancel": 900}
RULE = {"name": "Visa", "enabled": True, "paymentSystem": {"id": 2}, "salesChannels": [{"id": "1"}]}
ITEMS = [{"id": "1", "price": 100, "quantity": 1}]
ORDER = {"value": 100, "shipping": 0, "items": ITEMS, "payments": [{"paymentSystem": 2, "value": 100}]}

SAMPLES = {
    "transactions.start": {"value": 100, "referenceId": "1", "channel": "store", "salesChannel": "1", "urn": None},
    "transactions.send_payments": [PAYMENT],
    "transactions.additional_data": [{"name": "cart", "value": "{}"}],
    "transactions.authorize": {"transactionId": "T", "softDescriptor": None, "prepareForRecurrency": False},
    "transactions.settle": {"value": 100},
    "transactions.refund": {"value": 100, "freight": 10, "tax": 0, "minicart": {}},
    "transactions.cancel": {"value": 100},
    "payments.paid": {"paymentDate": "31/12/2025", "valuePaid": 50.1},
    "payments.callback": CREATED,
    "configuration.add_affiliation": {
        "implementation": "Vtex.PaymentGateway.Connectors.TestConnector",
        "name": "Test",
        "configuration": [{"name": "isProduction", "value": "false"}],
    },
    "configuration.change_affiliation": {
        "implementation": "Vtex.PaymentGateway.Connectors.TestConnector",
        "name": "Test",
        "configuration": [{"name": "isProduction", "value": "false"}],
    },
    "configuration.add_rule": RULE,
    "configuration.change_rule": RULE,
    "orders.invoice": INVOICE,
    "orders.track": {"trackingNumber": "1", "trackingUrl": "", "dispatchedDate": "", "courier": "C"},
    "orders.deliver": {
        "isDelivered": True,
        "deliveredDate": "2024-02-01",
        "events": [{"city": "Rio", "state": "RJ", "description": "there", "date": "2024-02-01"}],
    },
    "orders.cancel": {"reason": "none", "requestedByUser": False},
    "orders.deny_cancel": {"cancellationRequestId": "1", "denyReason": "none"},
    "changes.register": {"requestId": "1", "reason": "less", "discountValue": 10, "incrementValue": 0},
    "changes.create": {"reason": "less", "remove": {"items": [{"id": "1", "quantity": 1}]}},
    "changes.preview": {"reason": "less", "remove": {"items": [{"id": "1", "quantity": 1}]}},
    "changes.cancel": {"reason": "none"},
    "changes.put_settings": {"pipelineConfiguration": {"compensateShippingChanges": True}},
    "control.new_account": {"account": "other"},
    "control.put_connector": {"kind": "ppp", "url": "http://a.test", "mode": "hold", "paymentSystems": [4]},
    "control.new_order": ORDER,
    "control.advance": {"advance": 1},
    "control.put_antifraud": {"verdict": "approved", "delay": 60},
    "control.switch_quirks": {"settle.zero": False},
    "control.add_fault": {"operation": "settle", "kind": "status", "times": 1, "after": 100, "status": 500},
}
BODILESS = {
    "orders.start_handling",
    "orders.payment_notification",
    "changes.retry",
    "control.reset",
    "control.begin_configuration",
    "payments.inbound_request",
}
"""They read no body; whatever comes with them is left alone."""

MAY_BE_EMPTY = {"control.new_account", "orders.cancel", "payments.callback"}
"""Without a body they mean something (C16; the reason of a cancel is optional)."""


@dataclass(frozen=True)
class Endpoint:
    """A path of the application's map with its methods."""

    rule: str
    name: str
    methods: frozenset[str]
    arguments: frozenset[str]

    @property
    def view(self) -> str:
        """The view behind it, whichever alias the path is of."""
        aliases = {"alias": "transactions", "public": "transactions", "public_alias": "transactions"}
        blueprint, _, function = self.name.partition(".")
        return f"{aliases.get(blueprint, blueprint)}.{function}"

    def path(self, parts: dict[str, str]) -> str:
        """The path with its variable parts filled in, and the signature that a callback needs."""
        path = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: parts[found[1]], self.rule)
        if self.view == "payments.inbound_request":
            return f"{path}?accountName=sandbox"
        signed = self.view == "payments.callback"
        return f"{path}?accountName=sandbox&X-VTEX-signature={parts['signature']}" if signed else path


def endpoints() -> list[Endpoint]:
    """All of them."""
    return [
        Endpoint(rule.rule, rule.endpoint, frozenset(rule.methods) & set(METHODS), frozenset(rule.arguments))
        for rule in create_app().url_map.iter_rules()
        if rule.endpoint != "static"
    ]


ENDPOINTS = endpoints()
VIEWS = list({(each.view, each.methods, each.arguments): each for each in ENDPOINTS}.values())
"""Each view once, under one of its paths."""
READERS = [
    (method, each) for each in VIEWS for method in sorted(each.methods & set(WRITES)) if each.view not in BODILESS
]


def named(endpoint: object) -> str | None:
    """The id of a parameter."""
    return endpoint.rule.replace("<", "").replace(">", "") if isinstance(endpoint, Endpoint) else None


# --- A stage with something of everything ----------------------------------------------------------------------

KINDS = (
    TransactionRecord,
    PaymentRecord,
    OperationRecord,
    CaptureRecord,
    OrderRecord,
    ChangeRecord,
    Settings,
    AffiliationRecord,
    RuleRecord,
)


def content(store: Store) -> object:
    """Everything that the store keeps: records with their versions, and jobs."""
    kept = {}
    for account in store.accounts():
        with store.read(account) as unit:
            kept[account] = ([dict(unit.find(kind)) for kind in KINDS], tuple(unit.jobs()))
    return kept


@dataclass
class Stage:
    """A world with an order, a transaction whose payment is pending, and the path parts that name them."""

    world: object
    parts: dict[str, str]

    def send(self, method: str, path: str, **more: object) -> object:
        """One request with the merchant's credentials."""
        headers = self.world.merchant.headers | more.pop("headers", {})
        client = self.world.app.test_client()
        return client.open(path, method=method, headers=headers, **more)


def set_up(world: object) -> Stage:
    """Make something of everything."""
    merchant = world.merchant
    order = merchant.send("POST", "/_mock/orders", {"value": 10000}).json
    invoices = f"/api/oms/pvt/orders/{order['orderId']}/invoice"
    assert merchant.send("POST", invoices, INVOICE | {"invoiceNumber": "N-1"}).status_code == 200
    for verb, path in (("affiliation", "affiliations"), ("rule", "rules")):
        answer = merchant.send("POST", f"/api/pvt/{path}", SAMPLES[f"configuration.add_{verb}"])
        assert answer.status_code == 200, answer.text
    pending = world.open("A 42.50 total")
    world.perform(pending, "authorize (A waits 3600)")
    (payment,) = pending.names
    return Stage(
        world,
        {
            "transaction_id": pending.id,
            "payment_id": payment,
            "order_id": order["orderId"],
            "number": "N-1",
            "change_id": "NONE",
            "name": "A",
            "card_id": "NONE",
            "action": "notify",
            "account_name": "sandbox",
            "code": "NONE",
            "affiliation_id": merchant.read("/api/pvt/affiliations")[-1]["id"],
            "rule_id": merchant.read("/api/pvt/rules")[-1]["id"],
            "signature": world.heard[-1].body["callbackUrl"].rpartition("=")[2],
        },
    )


def fault_of(answer: object) -> str | None:
    """Why the answer is no clear refusal; None when it is one."""
    if not 400 <= answer.status_code < 500:
        return f"status {answer.status_code}"
    try:
        error = json.loads(answer.text)["error"]
    except (ValueError, KeyError, TypeError):
        return f"no envelope: {answer.text[:80]}"
    complete = isinstance(error.get("code"), str) and isinstance(error.get("message"), str) and error["message"]
    return None if complete else f"an empty envelope: {error}"
