"""Faults between the merchant and the gateway: each takes a request and decides what the merchant hears."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from threading import Lock

from werkzeug.wrappers import Request, Response

from connector_ppp.transports import WSGITransport

URL = "http://127.0.0.1:5005"
KEY, TOKEN = "X-VTEX-API-AppKey", "X-VTEX-API-AppToken"


@dataclass(slots=True)
class Asked:
    """One request of the merchant on its way through a change.

    Attributes:
        method: the HTTP method.
        path: the path without its query.
        query: the query.
        body: the JSON that was sent; the bytes where it was none.
        headers: what is sent on.
        app: the gateway inside.
        memory: what the change remembers from request to request; `lock` guards it.
    """

    method: str
    path: str
    query: str
    body: object
    headers: dict
    app: object
    memory: dict

    @property
    def end(self) -> str:
        """The last word of the path."""
        return self.path.rstrip("/").rpartition("/")[2]

    @property
    def owner(self) -> str:
        """The id in the path: of the transaction, or of the order."""
        parts = self.path.split("/")
        return next(
            (parts[at + 1] for at, part in enumerate(parts[:-1]) if part in {"transactions", "orders"}), ""
        )

    def ask(self, body=..., *, method=None, path=None, query=None, headers=None):
        """Ask the gateway inside: its status, and its JSON or text."""
        sent = self.body if body is ... else body
        data = sent if isinstance(sent, bytes) else json.dumps(sent, default=float).encode()
        reply = WSGITransport(self.app).send(
            method or self.method,
            f"{URL}{path or self.path}?{self.query if query is None else query}",
            self.headers if headers is None else headers,
            b"" if sent is None else data,
            1,
        )
        try:
            return reply.status, json.loads(reply.body) if reply.body else None
        except ValueError:
            return reply.status, None


@dataclass
class Around:
    """A WSGI application around the sandbox; `change` turns a request into a status and JSON."""

    app: object
    change: Callable[[Asked], tuple[int, object]]
    memory: dict = field(default_factory=lambda: {"lock": Lock(), "numbers": count(1)})

    def __call__(self, environ, start_response):
        """Answer as the change says."""
        request = Request(environ)
        data = request.get_data()
        try:
            body = json.loads(data) if data else None
        except ValueError:
            body = data
        names = (KEY, TOKEN, "Content-Type")
        headers = {name: request.headers[name] for name in names if name in request.headers}
        query = request.query_string.decode()
        asked = Asked(request.method, request.path, query, body, headers, self.app, self.memory)
        status, answer = self.change(asked)
        text = "" if answer is None else json.dumps(answer)
        return Response(text, status, mimetype="application/json")(environ, start_response)


RESULT = {
    "id": None,
    "token": "0" * 32,
    "status": 11,
    "statusDetail": "Settling",
    "processingDate": "2026-01-01T00:00:00.0000000Z",
    "refundedValue": 0,
    "refundedToken": None,
    "message": None,
    "code": None,
    "connectorRefundedValue": 0,
    "cancelledValue": 0,
}
"""An operation result that says that something was done."""


def in_another_mode(**modes):
    """Connectors are configured in another mode than the merchant asked for."""

    def change(asked):
        body = asked.body
        if asked.path.startswith("/_mock/connectors/") and body.get("mode") in modes:
            body = body | {"mode": modes[body["mode"]]}
        return asked.ask(body)

    return change


def legacy_is_ppp(asked):
    """What should be a legacy connector is the one in Partial mode."""
    if asked.path == "/_mock/connectors/SuitePartial":
        asked.memory["partial"] = asked.body
    if asked.path == "/_mock/connectors/SuiteLegacy":
        return asked.ask(asked.memory["partial"] | {"paymentSystems": [9], "headers": "provider"})
    return asked.ask()


def with_quirk(name):
    """Every account has a known issue of the real platform."""

    def change(asked):
        status, answer = asked.ask()
        if asked.path == "/_mock/accounts":
            headers = {"X-VTEX-API-AppKey": answer["appKey"], "X-VTEX-API-AppToken": answer["appToken"]}
            asked.ask({name: True}, method="PUT", path="/_mock/quirks", headers=headers)
        return status, answer

    return change


def never_saying_no(*ends):
    """Whatever is refused at the end of such a path is answered as done."""

    def change(asked):
        status, answer = asked.ask()
        refused = 400 <= status < 500 and asked.method != "GET" and asked.end in ends
        return (200, RESULT) if refused else (status, answer)

    return change


def doing_nothing(*ends):
    """Requests at the end of such a path are answered as done, and nothing is."""

    def change(asked):
        if asked.method != "GET" and asked.end in ends:
            return 200, RESULT | {"ran": [], "now": "2026-01-01T00:00:00.000Z"}
        return asked.ask()

    return change


def breaking(*ends, after=0):
    """Requests at the end of such a path break, from the one after so many on."""

    def change(asked):
        if asked.method == "GET" or asked.end not in ends:
            return asked.ask()
        key = (asked.owner, asked.end)
        with asked.memory["lock"]:
            seen = asked.memory[key] = asked.memory.get(key, 0) + 1
        return (500, {"error": "broken"}) if seen > after else asked.ask()

    return change


def refusing(*ends):
    """Requests at the end of such a path are refused."""

    def change(asked):
        refused = asked.method != "GET" and asked.end in ends
        return (400, envelope("no")) if refused else asked.ask()

    return change


def envelope(message):
    """An error as the gateway shows it."""
    return {"error": {"code": "1", "message": message, "exception": None}}


def rejecting_everybody(asked):
    """The anti-fraud says no, whatever it was told to say."""
    return asked.ask(asked.body | {"verdict": "rejected"}) if asked.end == "antifraud" else asked.ask()


def clamping(asked):
    """A settle beyond the rest settles the rest: nothing is refused, and nobody is told."""
    status, answer = asked.ask()
    if asked.end == "settlement-request" and status == 400 and "remaining" in answer["error"]["message"]:
        rest = answer["error"]["message"].partition("to pay (")[2].partition(")")[0]
        return asked.ask({"value": round(float(rest) * 100)})
    return status, answer


def rounding(asked):
    """An amount is made one, whatever it is."""
    if asked.end in {"settlement-request", "refunding-request"} and isinstance(asked.body, dict):
        value = asked.body.get("value")
        return asked.ask({"value": int(value)} if isinstance(value, float) and value < 1e300 else None)
    return asked.ask()


def adding_freight(asked):
    """The freight of a refund is given back on top of its value."""
    if asked.end == "refunding-request" and isinstance(asked.body, dict):
        return asked.ask(asked.body | {"value": asked.body["value"] + asked.body.get("freight", 0)})
    return asked.ask()


def refunding_finished_ones_only(asked):
    """A refund waits until everything was asked for."""
    if asked.end == "refunding-request":
        _, transaction = asked.ask(None, method="GET", path=asked.path.rpartition("/")[0])
        if transaction["status"] != "Finished":
            return 400, envelope("not yet")
    return asked.ask()


def invoicing_the_lines(asked):
    """An invoice is worth what its lines are."""
    if asked.end == "invoice" and asked.body.get("items"):
        worth = sum(each["price"] * each["quantity"] for each in asked.body["items"])
        return asked.ask(asked.body | {"invoiceValue": str(worth)})
    return asked.ask()


def refunding_whole_units(asked):
    """A refund gives back whole units, and says that all of it was."""
    if asked.end == "refunding-request" and isinstance(asked.body, dict):
        return asked.ask(asked.body | {"value": asked.body["value"] // 100 * 100})
    return asked.ask()


def taking_equals_for_repeats(asked):
    """A settle or a cancel like an earlier one of its transaction is answered like that one, and not done."""
    if asked.end not in {"settlement-request", "cancellation-request"}:
        return asked.ask()
    key = (asked.owner, asked.end, json.dumps(asked.body))
    if key not in asked.memory:
        asked.memory[key] = asked.ask()
    return asked.memory[key]


def answering(chosen, alter):
    """Answers of chosen requests are altered."""

    def change(asked):
        status, answer = asked.ask()
        return alter(status, answer) if chosen(asked) else (status, answer)

    return change


def refusals_as(alter):
    """Every refusal looks another way."""

    def change(asked):
        status, answer = asked.ask()
        return alter(status, answer) if 400 <= status < 500 else (status, answer)

    return change


def without(*names):
    """An alteration: members are missing, in every object of a list as well."""

    def alter(status, answer):
        rows = answer if isinstance(answer, list) else [answer]
        for row in rows:
            for name in names:
                row.pop(name, None)
        return status, answer

    return alter


def saying(**members):
    """An alteration: members have other values."""
    return lambda status, answer: (status, answer | members)


def letting_anybody_in(asked):
    """Wrong credentials, and none, are those of the account that came last; of a transaction, of its owner."""
    names = ("X-VTEX-API-AppKey", "X-VTEX-API-AppToken")
    status, answer = asked.ask()
    memory = asked.memory
    if status < 400 and all(name in asked.headers for name in names):
        memory["last"] = asked.headers
        for owned in (asked.owner, (answer or {}).get("id") if isinstance(answer, dict) else None):
            memory.setdefault(owned, asked.headers)
    if asked.path == "/_mock/orders" and status == 201:
        memory[answer["orderId"]] = asked.headers
    if status in {401, 404}:
        return asked.ask(headers=memory.get(asked.owner) or memory.get("last") or asked.headers)
    return status, answer


def forgetting_numbers(asked):
    """Every invoice and every change is a new one, whatever key it comes with."""
    number = next(asked.memory["numbers"])
    if asked.end == "invoice" and isinstance(asked.body, dict):
        return asked.ask(asked.body | {"invoiceNumber": f"new-{number}"})
    if asked.end == "changes" and asked.method == "POST":
        return asked.ask(asked.body | {"requestId": f"new-{number}"})
    return asked.ask()


def refunding_returns_early(asked):
    """A return is refunded at once, whether everything is invoiced or not."""
    status, answer = asked.ask()
    body = asked.body if isinstance(asked.body, dict) else {}
    if asked.path.startswith("/_mock/orders") and status == 201:
        asked.memory[answer["orderId"]] = answer["transactionId"]
    if asked.end == "invoice" and body.get("type") == "Input" and status == 200:
        path = f"/api/pvt/transactions/{asked.memory[asked.owner]}/refunding-request"
        asked.ask({"value": int(body["invoiceValue"])}, path=path)
    return status, answer


def listening_to_late_denials(asked):
    """A denied callback undoes what was approved: it cancels, or gives back."""
    status, answer = asked.ask()
    if asked.end == "callback" and isinstance(asked.body, dict) and asked.body.get("status") == "denied":
        for end in ("cancellation-request", "refunding-request"):
            asked.ask({"value": 10000}, path=f"/api/pvt/transactions/{asked.owner}/{end}", query="")
    return status, answer


def believing_any_signature(asked):
    """The signature of a callback is not looked at beyond its length."""
    return asked.ask(query=asked.query.removesuffix("0"))


def invoiced_by_any_invoice(asked):
    """One invoice ends an order, whatever is left."""
    status, answer = asked.ask()
    if asked.end == "invoice" and status == 200:
        asked.memory[asked.owner] = "invoiced"
    if asked.method == "GET" and asked.owner in asked.memory and isinstance(answer, dict) and "status" in answer:
        answer |= {"status": asked.memory[asked.owner]}
    return status, answer


def numbers_are_texts_only(asked):
    """An invoice whose value is a number is refused."""
    if asked.end == "invoice" and isinstance(asked.body, dict) and isinstance(asked.body.get("invoiceValue"), int):
        return 400, envelope("invoiceValue is a text")
    return asked.ask()


def forgetting_versions(asked):
    """A change of version 2 of an order that had one of version 1 is acknowledged, done, and not made."""
    if asked.end == "changes" and asked.method == "PATCH" and asked.memory.get(asked.owner):
        return 202, {"requestId": "mixed", "status": "waiting-acknowledgement"}
    if asked.end == "mixed":
        return 200, {"requestId": "mixed", "status": "done"}
    if asked.end == "changes" and asked.method == "POST":
        asked.memory[asked.owner] = True
    return asked.ask()


def ending_well(asked):
    """Every change of version 2 is acknowledged and ends done, whatever became of it."""
    status, answer = asked.ask()
    if asked.end == "changes" and asked.method == "PATCH" and status >= 400:
        return 202, {"requestId": "refused", "status": "waiting-acknowledgement"}
    if asked.method == "GET" and "/changes/" in asked.path:
        return 200, {"status": "done"}
    return status, answer


def beginning_a_second_change(asked):
    """A change of version 2 that comes while another one waits is acknowledged, and done."""
    status, answer = asked.ask()
    if asked.end == "changes" and asked.method == "PATCH" and status == 409:
        return 202, {"requestId": "second", "status": "waiting-acknowledgement"}
    return (200, {"status": "done"}) if asked.end == "second" else (status, answer)


def making_previews(asked):
    """A preview is the change itself."""
    if asked.end == "preview":
        asked.ask(method="PATCH", path=asked.path.removesuffix("/preview"))
    return asked.ask()


def invoicing_what_is_tracked(asked):
    """Whoever adds a carrier invoices 10.00 more."""
    status, answer = asked.ask()
    if asked.method == "PATCH" and "/invoice/" in asked.path:
        more = {"type": "Output", "issuanceDate": "2026-01-03T10:00:00Z", "invoiceNumber": "more", "items": []}
        asked.ask(more | {"invoiceValue": "1000"}, method="POST", path=asked.path.rpartition("/")[0])
    return status, answer


def never_canceled(asked):
    """A canceled order is still being canceled, for ever."""
    status, answer = asked.ask()
    if asked.method == "GET" and isinstance(answer, dict) and answer.get("status") == "canceled":
        answer |= {"status": "cancel"}
    return status, answer
