"""VTEX's own documents, where they lie beside the project: what they show, and what they ask of our answers."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path

import jsonschema_rs

from contracts.drift import METHODS, Difference

FOLDER = Path(__file__).parents[2].parent / "shared" / "upstream" / "vtex"
FILES = {
    "ppp": "payment-provider-protocol.json",
    "gateway": "payments-gateway-api.json",
    "orders": "orders-api.json",
}

ASPECTS = {"required": "optional", "enum": "enum wider"}
"""How `contracts.drift` calls what makes a body break a schema; all else is a matter of the type."""


def anonymous(path: str) -> str:
    """A path without the names of its parameters."""
    return re.sub(r"\{[^}]*\}", "{}", path)


def modern(node: object) -> object:
    """A schema of OpenAPI 3.0 as JSON Schema: `nullable` is one more type, and examples are no part of it."""
    if isinstance(node, list):
        return [modern(each) for each in node]
    if not isinstance(node, dict):
        return node
    copy = {name: modern(each) for name, each in node.items() if name not in {"example", "examples", "nullable"}}
    return nullable(copy) if node.get("nullable") is True else copy


def nullable(schema: dict) -> dict:
    """The same schema for null, too."""
    if "type" not in schema:
        return {"anyOf": [schema, {"type": "null"}]}
    values = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
    return schema | {"type": [schema["type"], "null"]} | values


def shown(media: Mapping) -> Iterator[object]:
    """Every example of a media type."""
    if "example" in media:
        yield media["example"]
    yield from (each["value"] for each in media.get("examples", {}).values() if "value" in each)


def place_of(path: Sequence[str | int]) -> str:
    """Where in an answer, as `contracts.drift` writes it."""
    return "".join("[]" if isinstance(step, int) else f".{step}" for step in path)


class Upstream:
    """One of VTEX's documents."""

    def __init__(self, name: str) -> None:
        self.document = json.loads((FOLDER / FILES[name]).read_text(encoding="utf-8"))
        self._validators: dict[int, jsonschema_rs.Draft202012Validator] = {}

    @cached_property
    def operations(self) -> dict[tuple[str, str], Mapping]:
        """Every operation by method and anonymous path."""
        return {
            (method.upper(), anonymous(path)): item[method]
            for path, item in self.document["paths"].items()
            for method in METHODS
            if method in item
        }

    def requests(self) -> Iterator[tuple[str, str, object]]:
        """Method, anonymous path and value of each example of a request that its own schema accepts."""
        for (method, path), operation in self.operations.items():
            for media in operation.get("requestBody", {}).get("content", {}).values():
                validator = self._validator(media["schema"])
                yield from ((method, path, value) for value in shown(media) if validator.is_valid(value))

    def breaches(self, method: str, route: str, place: str, value: object) -> Iterator[Difference]:
        """Where a body of ours is not what VTEX's document says; nothing where it says nothing.

        Args:
            method: such as `POST`.
            route: the path, its parameters in braces.
            place: `request` or such as `response.200`.
            value: the body.
        """
        operation = self.operations.get((method, anonymous(route)), {})
        holders = {f"response.{status}": each for status, each in operation.get("responses", {}).items()}
        holder = {"request": operation.get("requestBody", {}), **holders}.get(place, {})
        for media in holder.get("content", {}).values():
            for error in self._validator(media["schema"]).iter_errors(value):
                yield _difference(f"{method} {route}", place, error)

    def _validator(self, schema: Mapping) -> jsonschema_rs.Draft202012Validator:
        if id(schema) not in self._validators:
            root = {**modern(schema), "components": self._components}
            self._validators[id(schema)] = jsonschema_rs.Draft202012Validator(root)
        return self._validators[id(schema)]

    @cached_property
    def _components(self) -> object:
        return modern(self.document.get("components", {}))


@cache
def upstream_of(name: str) -> Upstream | None:
    """VTEX's document of that name; None where it is not beside the project, or there is none."""
    return Upstream(name) if name in FILES and (FOLDER / FILES[name]).exists() else None


def _difference(operation: str, body: str, error: jsonschema_rs.ValidationError) -> Difference:
    aspect = ASPECTS.get(str(error.schema_path[-1]), "type wider")
    place = body + place_of(error.instance_path)
    if aspect == "optional":
        place += "." + re.match(r'"(.*)" is a required', error.message)[1]
    return Difference(operation, place, aspect, error.message[:200], "as its schema")
