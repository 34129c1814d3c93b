"""Whoever follows the links of a document comes from the first call to the last; bodies are the examples."""

from dataclasses import dataclass, field

import pytest

from connector_ppp.reference.app import create_app
from tests.contracts.openapi_judge import Judge, Judged, judge_of
from tests.contracts.openapi_sandbox import Merchant


@dataclass
class Step:
    """One call that was made: what link expressions can speak of."""

    operation: str
    path: dict = field(default_factory=dict)
    body: object = None
    answer: object = None

    def value(self, told: object) -> object:
        """What a link says, its expressions replaced by what was sent and answered."""
        if isinstance(told, dict):
            return {name: self.value(each) for name, each in told.items()}
        if isinstance(told, list):
            return [self.value(each) for each in told]
        if not isinstance(told, str) or not told.startswith("$"):
            return told
        where, _, pointer = told.partition("#")
        if where.startswith("$request.path."):
            return self.path[where.removeprefix("$request.path.")]
        found = {"$request.body": self.body, "$response.body": self.answer}[where]
        for part in pointer.split("/")[1:]:
            found = found[int(part) if isinstance(found, list) else part]
        return found


class Walker:
    """Follows the links of a document in an application."""

    def __init__(self, judge: Judge, client: Judged) -> None:
        self.judge, self.client = judge, client
        self.routes = {each["operationId"]: (*key, each) for key, each in judge.operations.items()}

    def start(self, name: str) -> Step:
        """Make the first call, with the first example of its body."""
        return self._call(name, {}, {})

    def follow(self, step: Step, name: str) -> Step:
        """Make the call that a link of the last answer leads to."""
        responses = self.routes[step.operation][2]["responses"]
        links = {
            key: link
            for each in responses.values()
            for key, link in self.judge.resolve(each).get("links", {}).items()
        }
        link = links[name]
        told = step.value(link.get("requestBody"))
        return self._call(link["operationId"], step.value(link.get("parameters", {})), told)

    def _call(self, name: str, parameters: dict, told: object) -> Step:
        method, path, operation = self.routes[name]
        body = self._body(operation, told)
        query = {key: value for key, value in parameters.items() if f"{{{key}}}" not in path}
        answer = self.client.send(method, path.format(**parameters), body, query_string=query)
        assert answer.status_code < 400, f"{name}: {answer.text}"
        return Step(name, parameters, body, answer.json if answer.data else None)

    def _body(self, operation: dict, told: object) -> object:
        media = operation.get("requestBody", {}).get("content", {}).values()
        example = next(
            (self.judge.resolve(each)["value"] for each in next(iter(media), {}).get("examples", {}).values()),
            None,
        )
        return example | (told or {}) if isinstance(example, dict) else told or example


def connector() -> Judged:
    """The reference connector, to which everybody may speak."""
    return Judged(create_app(callbacks="manual"), ("ppp",), {})


@pytest.mark.parametrize(
    ("name", "client", "first", "links"),
    [
        (
            "gateway",
            Merchant,
            "startTransaction",
            "sendPayments authorize settle refund interactions",
        ),
        ("gateway", Merchant, "startTransaction", "sendPayments authorize cancel settle capabilities"),
        ("gateway", Merchant, "addAffiliation", "affiliation"),
        ("gateway", Merchant, "addRule", "remove"),
        ("ppp", connector, "authorize", "authorizeAgain settle settleAgain refund refundAgain"),
        ("ppp", connector, "authorize", "cancel cancelAgain"),
        ("ppp", connector, "authorizationToken", "redirect"),
        ("control", Merchant, "makeOrder", "ledger"),
    ],
)
def test_links_lead_through_the_document(name, client, first, links):
    """Start, pay, authorize, settle, refund: each call is made of the last answer and the document alone."""
    walker = Walker(judge_of(name), client())
    step = walker.start(first)
    for link in links.split():
        try:
            step = walker.follow(step, link)
        except KeyError as missing:
            pytest.fail(f"{step.operation} has no link {missing}")
    assert step.operation


FROM_THE_LIST = ("order", "invoice", "change", "register", "cancel", "transaction", "changes", "summary")


@pytest.mark.parametrize("link", FROM_THE_LIST)
def test_links_lead_from_the_list_into_an_order(link):
    """Whatever can be done with an order can be done with the first one of the list."""
    merchant = Merchant()
    merchant.order(items=[{"id": "1", "price": 5_000, "quantity": 2}])
    walker = Walker(judge_of("orders"), merchant)
    assert walker.follow(walker.start("listOrders"), link).answer
