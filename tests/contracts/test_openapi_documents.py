"""The documents themselves: valid, complete, with examples that their own schemas accept."""

import re

import pytest
from openapi_spec_validator import validate

from contracts.openapi import NAMES, document, text
from tests.contracts.openapi_judge import judge_of

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


def test_an_unknown_document_is_no_path():
    """Only the four names are read: no caller reaches another file."""
    with pytest.raises(KeyError):
        text("../rules/secret")
