"""The documents themselves: valid, complete, with examples that their own schemas accept."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from openapi_spec_validator import validate

from connector_ppp.reference.app import create_app as create_reference
from contracts.openapi import NAMES, document, text
from tests.contracts.openapi_judge import judge_of
from tests.contracts.openapi_sandbox import sandbox_app

EXAMPLES = [(name, *each) for name in NAMES for each in judge_of(name).examples()]


@pytest.mark.parametrize("name", NAMES)
def test_a_document_is_valid_openapi(name):
    """Each document is OpenAPI 3.1 by its official schema."""
    assert document(name)["openapi"].startswith("3.1")
    validate(document(name))


@pytest.mark.parametrize(("name", "where", "schema", "value"), EXAMPLES, ids=[each[1] for each in EXAMPLES])
def test_an_example_is_what_its_schema_says(name, where, schema, value):
    """Each example of a body satisfies its schema, and has no field that is not named there."""
    assert judge_of(name).errors(schema, value) == [], where


@pytest.mark.parametrize("name", NAMES)
def test_every_body_has_an_example(name):
    """Whoever reads a request or a successful answer finds it shown."""
    judge = judge_of(name)
    bodies = [
        (f"{method} {path} {place}", medium)
        for (method, path), operation in judge.operations.items()
        for place, holder in {"request": operation.get("requestBody", {}), **operation["responses"]}.items()
        for medium in judge.resolve(holder).get("content", {}).values()
    ]
    assert [where for where, medium in bodies if not medium.get("examples")] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_operation_says_its_name_and_who_may_call_it(name):
    """Names are unique, every operation has a summary, security and at least one refusal or none possible."""
    judge = judge_of(name)
    names = [operation["operationId"] for operation in judge.operations.values()]
    assert len(names) == len(set(names))
    assert all(operation["summary"] for operation in judge.operations.values())
    assert judge.document["security"] or all("security" in each for each in judge.operations.values())


@pytest.mark.parametrize("name", ["gateway", "orders", "control"])
def test_every_operation_of_the_sandbox_may_refuse_an_address(name):
    """No store keeps a NUL, so any address that has one is malformed, wherever it leads."""
    assert [key for key, each in judge_of(name).operations.items() if "400" not in each["responses"]] == []


@pytest.mark.parametrize("name", NAMES)
def test_links_lead_to_operations_of_the_document(name):
    """Each link names an operation that is there, and parameters that it has."""
    judge = judge_of(name)
    by_name = {each["operationId"]: (path, each) for (_, path), each in judge.operations.items()}
    for operation in judge.operations.values():
        for response in operation["responses"].values():
            for link in judge.resolve(response).get("links", {}).values():
                path, target = by_name[link["operationId"]]
                known = {judge.resolve(each)["name"] for each in target.get("parameters", ())}
                assert set(link.get("parameters", {})) <= known | set(re.findall(r"\{(\w+)\}", path))


NAMED_BY_THE_CALLER = {
    "ppp": set(),
    "gateway": {"paymentCallback", "inboundRequest"},
    "orders": set(),
    "control": {"putConnector", "beginConfiguration", "endConfiguration", "getDocument"},
}
"""Operations whose path no answer of the document names: connectors are told it, or the caller invents a name."""


@pytest.mark.parametrize("name", NAMES)
def test_links_lead_to_every_operation_on_something_that_is_there(name):
    """Whatever has an id in its path is come to from the answer that gave the id."""
    judge = judge_of(name)
    answers = (judge.resolve(each) for rows in judge.operations.values() for each in rows["responses"].values())
    linked = {link["operationId"] for answer in answers for link in answer.get("links", {}).values()}
    named = {each["operationId"] for (_, path), each in judge.operations.items() if "{" in path}
    assert named - linked - NAMED_BY_THE_CALLER[name] == set()


@pytest.mark.parametrize("name", NAMES)
def test_every_operation_but_one_may_be_refused(name):
    """The manifest is the same for everybody, and asks for nothing."""
    operations = judge_of(name).operations.values()
    sure = {each["operationId"] for each in operations if max(each["responses"]) < "400"}
    assert sure <= {"manifest"}


ALIASES = (
    "/api/payments/pvt/transactions",
    "/api/pub/transactions",
    "/api/payment-provider/",
    "/api/pvt/transactions/",
)
"""Other addresses of documented operations, as older texts have them."""


def routes(app: Flask) -> Iterator[tuple[str, str]]:
    """Every method and path that an application serves."""
    for rule in app.url_map.iter_rules():
        for method in rule.methods - {"HEAD", "OPTIONS"}:
            yield method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)


@pytest.mark.parametrize(
    ("app", "names", "others"),
    [
        (sandbox_app(), ("gateway", "orders", "control"), ALIASES),
        (create_reference(), ("ppp",), ("/_reference/", "/payments/{payment_id}/inbound-request/")),
    ],
    ids=["sandbox", "connector"],
)
def test_every_route_is_documented(app, names, others):
    """Nothing is served that no document names, but for aliases and the reference connector's own controls."""
    judges = [judge_of(name) for name in names]
    silent = [
        f"{method} {path}"
        for method, path in routes(app)
        if not any(judge.route(method, path) for judge in judges) and not path.startswith(others)
    ]
    assert silent == []


@pytest.mark.parametrize(
    ("app", "names"),
    [(sandbox_app(), ("gateway", "orders", "control")), (create_reference(), ("ppp",))],
    ids=["sandbox", "connector"],
)
def test_every_documented_operation_is_served(app, names):
    """No document names an operation that the application does not have."""
    served = {(method, re.sub(r"\{\w+\}", "{}", path)) for method, path in routes(app)}
    named = {
        (method, re.sub(r"\{\w+\}", "{}", path)) for name in names for method, path in judge_of(name).operations
    }
    assert named - served == set()


def test_an_unknown_document_is_no_path():
    """Only the four names are read: no caller reaches another file."""
    with pytest.raises(KeyError):
        text("../rules/secret")
