"""The page of endpoints: what the sandbox and a connector answer to, in the words of the OpenAPI documents."""

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import cast

from flask import Flask
from werkzeug.routing import Rule

from connector_ppp.reference import control
from connector_ppp.reference.app import create_app as create_connector
from contracts.openapi import document
from docs.markdown_parts import Row, code, page, table
from gateway_mock.web.access import PUBLIC
from gateway_mock.web.app import create_app

HEAD = ("Method", "Path", "Operation", "What it does")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")

DOCUMENTS: Mapping[str, str] = MappingProxyType(
    {
        "gateway": "The sandbox: Payments Gateway",
        "orders": "The sandbox: Orders",
        "control": "The sandbox: its control plane",
        "ppp": "A connector: the Payment Provider Protocol",
    }
)
"""A heading for each document."""


def endpoints() -> str:
    """Every method and path of every application."""
    return page(
        "Endpoints",
        "contracts/openapi, gateway_mock/web and connector_ppp/reference/control.py",
        "What the sandbox answers on its one port, and what it calls at a connector. The sandbox serves the "
        "OpenAPI documents, with every field and status, at `/_mock/openapi/NAME.yaml`; NAME is `gateway`, "
        "`orders`, `control` or `ppp`.",
        *(f"## {heading}\n\n{table(HEAD, _documented(name))}" for name, heading in DOCUMENTS.items()),
        "## The reference connector: its control plane",
        "What a test may see and do at `ppp-connector serve`; no gateway ever calls it.",
        table(("Method", "Path", "What it does"), _reference()),
        "## Other names",
        "Paths of guides, of older texts and of public issues; both answer there as at the first name.",
        table(("Method", "Path", "Is the same as"), (*_aliases(create_app()), *_aliases(create_connector()))),
    )


def _documented(name: str) -> Iterator[Row]:
    for path, methods in _paths(name).items():
        for method in METHODS:
            if operation := methods.get(method.lower()):
                yield method, code(path), operation["operationId"], f"{operation['summary']}."


def _paths(name: str) -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    return cast("Mapping[str, Mapping[str, Mapping[str, str]]]", document(name)["paths"])


def _reference() -> Iterator[Row]:
    """The control plane of the reference connector has no document; its module lists it."""
    listed = r"^ {4}(?P<method>[A-Z]+) +(?P<path>/\S+) +(?:(?P<body>\{.*\}): )?(?P<says>.+)$"
    for line in re.finditer(listed, control.__doc__ or "", re.MULTILINE):
        body = f" Body: {code(line['body'])}." if line["body"] else ""
        path = line["path"].replace("ID", "{paymentId}")
        yield line["method"], code(path), f"{line['says'].capitalize()}.{body}"


def _aliases(app: Flask) -> Iterator[Row]:
    """Paths that no document names, each beside the documented one: the same code, open to the same callers."""
    known = {_shape(path) for name in DOCUMENTS for path in _paths(name)}
    rules = [(rule, (app.view_functions[rule.endpoint], _is_public(rule))) for rule in app.url_map.iter_rules()]
    documented = {answers: rule.rule for rule, answers in rules if _shape(rule.rule) in known}
    for rule, answers in rules:
        if _shape(rule.rule) not in known and answers in documented:
            for method in sorted(set(METHODS) & (rule.methods or set())):
                yield method, code(_readable(rule.rule)), code(_readable(documented[answers]))


def _is_public(rule: Rule) -> bool:
    return rule.endpoint.partition(".")[0] in PUBLIC


def _shape(path: str) -> str:
    """A path without the names of its parameters, as Flask and OpenAPI write them."""
    return re.sub(r"<[^>]+>|\{\w+\}", "*", path)


def _readable(path: str) -> str:
    """`<transaction_id>` of Flask as `{transactionId}` of OpenAPI."""
    return re.sub(r"<(\w+)>", lambda found: f"{{{_camel(found[1])}}}", path)


def _camel(name: str) -> str:
    first, *more = name.split("_")
    return first + "".join(map(str.capitalize, more))
