"""Holds answers against a document: which operation it was, and which schema its answer has to have."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache, cached_property

import jsonschema_rs
import yaml
from werkzeug.test import Client, TestResponse

from contracts.drift import METHODS, unexplained
from contracts.openapi import deviations, document
from tests.contracts.openapi_upstream import FILES, upstream_of


def sealed(node: object) -> object:
    """The same schema, where objects have the named fields only: no answer may outgrow its document.

    It does not look into `allOf`, whose parts add to each other; no answer is documented by one.
    """
    if isinstance(node, list):
        return [sealed(each) for each in node]
    if not isinstance(node, dict):
        return node
    copy = {name: each if name == "allOf" else sealed(each) for name, each in node.items()}
    names_fields = isinstance(node.get("properties"), dict) and "additionalProperties" not in node
    return copy | ({"additionalProperties": False} if names_fields else {})


class Judge:
    """What one document allows, and VTEX's of that name, but for what is meant to differ.

    `seen` collects which answers were judged, as `POST /path 200`.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.document = document(name)
        self.seen: set[str] = set()
        self._validators: dict[int, jsonschema_rs.Draft202012Validator] = {}

    @cached_property
    def operations(self) -> dict[tuple[str, str], Mapping]:
        """Every operation by method and path."""
        return {
            (method.upper(), path): item[method]
            for path, item in self.document["paths"].items()
            for method in METHODS
            if method in item
        }

    @cached_property
    def _patterns(self) -> list[tuple[str, str, re.Pattern]]:
        # The most literal path first: /changes/settings is no change that is called settings.
        ordered = sorted(self.operations, key=lambda row: (row[1].count("{"), row[1]))
        return [(method, path, re.compile(re.sub(r"\{[^}]*\}", "[^/]+", path))) for method, path in ordered]

    def route(self, method: str, path: str) -> str | None:
        """The documented path of a request."""
        return next((each[1] for each in self._patterns if each[0] == method and each[2].fullmatch(path)), None)

    def judge(self, method: str, path: str, answer: TestResponse) -> None:
        """Raise AssertionError when the answer is not what the document says."""
        route = self.route(method, path)
        assert route, f"{method} {path} is not documented"
        named = f"{method} {route} {answer.status_code}"
        response = self.operations[method, route]["responses"].get(str(answer.status_code))
        assert response is not None, f"{named} is not documented: {answer.text[:300]}"
        self.seen.add(named)
        content = self.resolve(response).get("content")
        if content is None:
            assert answer.data == b"" or answer.status_code == 302, f"{named} has no body, but {answer.text[:300]}"
            return
        media, described = next(iter(content.items()))
        assert answer.mimetype == media, named
        value = json.loads(answer.data) if media == "application/json" else yaml.safe_load(answer.data)
        assert self.errors(described["schema"], value) == [], named
        assert self.breaches(method, route, f"response.{answer.status_code}", value) == []

    def breaches(self, method: str, route: str, place: str, value: object) -> list[str]:
        """What VTEX's own document has against a body and nobody meant; nothing where it is not at hand."""
        theirs = upstream_of(self.name)
        found = theirs.breaches(method, route, place, value) if theirs else ()
        return [str(each) for each in unexplained(found, self._meant)]

    @cached_property
    def _meant(self) -> list[tuple[str, list[str]]]:
        return deviations(self.name) if self.name in FILES else []

    def errors(self, schema: Mapping, value: object) -> list[str]:
        """What is wrong with a value, as at most five sentences."""
        if id(schema) not in self._validators:
            root = {**sealed(schema), "components": sealed(self.document["components"])}
            self._validators[id(schema)] = jsonschema_rs.Draft202012Validator(root)
        found = self._validators[id(schema)].iter_errors(value)
        return [
            f"{list(each.instance_path)}: {each.message[:200]}" for each, _ in zip(found, range(5), strict=False)
        ]

    def resolve(self, node: Mapping) -> Mapping:
        """The object itself, whatever reference leads to it."""
        while "$ref" in node:
            found = self.document
            for step in node["$ref"].split("/")[1:]:
                found = found[step]
            node = found
        return node

    def examples(self) -> Iterator[tuple[str, Mapping, object]]:
        """Every example of a body: where it stands, its schema, its value."""
        for (method, path), operation in self.operations.items():
            holders = {"request": operation.get("requestBody", {}), **operation["responses"]}
            for place, holder in holders.items():
                for medium in self.resolve(holder).get("content", {}).values():
                    for name, example in medium.get("examples", {}).items():
                        where = f"{method} {path} {place} {name}"
                        yield where, medium["schema"], self.resolve(example)["value"]


@cache
def judge_of(name: str) -> Judge:
    """One judge a document, for their validators are costly to make."""
    return Judge(name)


class Judged:
    """An application as a client sees it, every answer of which is judged by the document that has its path."""

    def __init__(self, app: object, names: tuple[str, ...], headers: Mapping[str, str]) -> None:
        self.app = app
        self._client = Client(app, TestResponse, use_cookies=False)
        self._judges = [judge_of(name) for name in names]
        self._headers = dict(headers)

    def send(self, method: str, path: str, body: object = None, **more: object) -> TestResponse:
        """One request; a `body` travels as JSON."""
        if body is not None:
            more["json"] = body
        answer = self._client.open(path, method=method, headers=more.pop("headers", self._headers), **more)
        plain = path.partition("?")[0]
        judge = next((each for each in self._judges if each.route(method, plain)), self._judges[0])
        judge.judge(method, plain, answer)
        return answer
