"""What VTEX's own files show as requests is what our documents take."""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import jsonschema_rs
import pytest

from tests.contracts.openapi_judge import METHODS, judge_of

OFFICIAL = Path(__file__).parents[2].parent / "shared" / "upstream" / "vtex"
FILES = {
    "ppp": "payment-provider-protocol.json",
    "gateway": "payments-gateway-api.json",
    "orders": "orders-api.json",
}


@cache
def official(name: str) -> dict:
    """VTEX's own document, where it lies beside the project."""
    path = OFFICIAL / FILES[name]
    if not path.exists():
        pytest.skip(f"VTEX's {FILES[name]} is not beside the project")
    return json.loads(path.read_text(encoding="utf-8"))


def modern(node: object) -> object:
    """A schema of OpenAPI 3.0 as JSON Schema: `nullable` is a type of its own."""
    if isinstance(node, list):
        return [modern(each) for each in node]
    if not isinstance(node, dict):
        return node
    copy = {name: modern(each) for name, each in node.items() if name not in {"example", "examples", "nullable"}}
    return {"anyOf": [copy, {"type": "null"}]} if node.get("nullable") is True else copy


def shown(media: dict) -> Iterator[object]:
    """Every example of a media type."""
    if "example" in media:
        yield media["example"]
    yield from (each["value"] for each in media.get("examples", {}).values() if "value" in each)


def requests_of(name: str) -> Iterator[tuple[str, dict, object]]:
    """Each documented example of a request that its own schema accepts, with our schema for it."""
    judge, theirs = judge_of(name), official(name)
    ours = {(method, re.sub(r"\{\w+\}", "{}", path)): each for (method, path), each in judge.operations.items()}
    for path, item in theirs["paths"].items():
        for method in METHODS:
            operation = ours.get((method.upper(), re.sub(r"\{\w+\}", "{}", path)))
            body = item.get(method, {}).get("requestBody")
            if operation is None or body is None or "requestBody" not in operation:
                continue
            media = body["content"]["application/json"]
            own = jsonschema_rs.validator_for(
                {**modern(media["schema"]), "components": modern(theirs["components"])}
            )
            for value in shown(media):
                if own.is_valid(value):
                    yield f"{method.upper()} {path}", operation["requestBody"], value


@pytest.mark.parametrize("name", FILES)
def test_our_schemas_accept_what_the_official_examples_send(name):
    """An example that is right by its own file is right by ours; there is at least one such example."""
    judge, seen = judge_of(name), 0
    for where, body, value in requests_of(name):
        schema = body["content"]["application/json"]["schema"] | {"components": judge.document["components"]}
        errors = [error.message[:200] for error in jsonschema_rs.Draft202012Validator(schema).iter_errors(value)]
        assert errors == [], where
        seen += 1
    assert seen
