"""Schemathesis in this process: what it finds between an application and its document.

Seeded and derandomized, so that a finding of today is a finding of tomorrow.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from unittest.mock import patch
from urllib.parse import unquote

import schemathesis
from flask import Flask
from hypothesis.internal.conjecture import providers
from schemathesis.checks import CheckContext
from schemathesis.config import SchemathesisConfig
from schemathesis.core.transport import Response
from schemathesis.engine import events, from_schema
from schemathesis.generation.modes import GenerationMode
from schemathesis.hooks import HookContext
from schemathesis.transport.wsgi import WSGITransport

SOCKET_SETTINGS = ("max_redirects", "verify", "cert", "proxies")

# What a document cannot say: that two fields of one request have to agree, sums to stay within 15 digits, amounts
# to have two decimals, days to be in the calendar, a text to have no NUL, and 100 to be written so: in a schema
# 100.0 is an integer too.
BEYOND_SCHEMAS = re.compile(
    "the body (is about|speaks of)|at most 15 digits|decimals|does not match format|out of range|no NUL|`float`"
)

NOTHING = re.compile(r"(?!)")


@dataclass
class Fuzzed:
    """What happened: calls by phase, answers by phase, operation and status, and what is wrong."""

    excused: re.Pattern
    calls: Counter = field(default_factory=Counter)
    answers: Counter = field(default_factory=Counter)
    findings: dict[str, str] = field(default_factory=dict)

    def reached(self, phase: str, status: int) -> set[str]:
        """The operations that gave that answer in that phase."""
        return {operation for (where, operation, code) in self.answers if (where, code) == (phase, status)}


def fuzz(app: Flask, document: dict, config: Mapping, excused: re.Pattern = NOTHING) -> Fuzzed:
    """Run all phases of Schemathesis.

    Args:
        app: what is called.
        document: what it is held to.
        config: as in `schemathesis.toml`.
        excused: what is no finding, by its message.
    """
    schema = schemathesis.openapi.from_dict(
        whole_lists(document), config=SchemathesisConfig.from_dict(dict(config))
    )
    schema.app = app
    schema.hook(map_case)
    found = Fuzzed(excused)
    with _in_process():
        for event in from_schema(schema).execute():
            if isinstance(event, events.ScenarioFinished):
                _note(found, event)
            elif isinstance(event, events.NonFatalError | events.FatalError):
                found.findings[f"{event.__class__.__name__} {getattr(event, 'label', '')}"] = _told(event)
    return found


def whole_lists(document: dict) -> dict:
    """The document, where a list that a link sends is all that is sent: no payments beside the linked ones."""
    copy = deepcopy(document)
    operations = (each for item in copy["paths"].values() for each in item.values() if "responses" in each)
    for response in (response for each in operations for response in each["responses"].values()):
        for link in response.get("links", {}).values():
            if isinstance(link.get("requestBody"), list):
                link["x-schemathesis"] = {"merge_body": False}
    return copy


def brief(node: object) -> object:
    """The same document, its objects with the fields that have to be there: the rest is not sent at random."""
    if isinstance(node, list):
        return [brief(each) for each in node]
    if not isinstance(node, dict):
        return node
    copy = {name: brief(each) for name, each in node.items()}
    if "type" in node and isinstance(node.get("properties"), dict):
        copy["properties"] = {name: copy["properties"][name] for name in node.get("required", ())}
    return copy


def map_case(_context: HookContext, case: schemathesis.Case) -> schemathesis.Case:
    """Make cases agree with themselves where a document cannot ask for it.

    The body follows the path where both name the payment or the transaction; an authorization of a payment is of
    some reais and centavos, because few random numbers have two decimals and few random letters are a currency.
    """
    if not isinstance(case.body, dict) or not _positive(case):
        return case
    for name in case.body.keys() & case.path_parameters.keys() & {"paymentId", "transactionId"}:
        case.body[name] = unquote(case.path_parameters[name])
    if "callbackUrl" in case.body:
        case.body |= {"currency": "BRL", "value": round(abs(case.body["value"]) % 1_000, 2) + 1}
        case.body.pop("recipients", None)
    return case


def _positive(case: schemathesis.Case) -> bool:
    return case.meta is not None and case.meta.generation.mode is GenerationMode.POSITIVE


def well_formed_is_accepted(_context: CheckContext, response: Response, case: schemathesis.Case) -> None:
    """A body that the schema allows may be refused, but never as malformed."""
    if not _positive(case) or response.status_code != 400 or not isinstance(case.body, dict | list):
        return
    error = response.json().get("error", {})
    if error.get("code") == "Mock.MalformedRequest" and not BEYOND_SCHEMAS.search(error["message"]):
        raise AssertionError(f"a body that the schema allows is malformed: {error['message']}")


if "well_formed_is_accepted" not in schemathesis.checks.CHECKS.get_all_names():
    schemathesis.check(well_formed_is_accepted)


@contextmanager
def _in_process() -> Iterator[None]:
    """Keep out what is no application's, and what other tests of this process have imported.

    Schemathesis 4.32 hands settings of sockets to applications when it repeats a call without credentials.
    Hypothesis draws constants from whatever modules are loaded, so a finding would depend on which tests share
    its process.
    """
    send = WSGITransport.send

    def without_sockets(self: WSGITransport, case: schemathesis.Case, **kwargs: object) -> Response:
        return send(self, case, **{name: value for name, value in kwargs.items() if name not in SOCKET_SETTINGS})

    with (
        patch.object(WSGITransport, "send", without_sockets),
        patch.object(providers, "_get_local_constants", providers.Constants),
    ):
        yield


def _told(event: events.NonFatalError | events.FatalError) -> str:
    return str(event.info if isinstance(event, events.NonFatalError) else event.exception)


def _note(found: Fuzzed, event: events.ScenarioFinished) -> None:
    phase, recorder = event.phase.value, event.recorder
    found.calls[phase] += len(recorder.interactions)
    for case_id, interaction in recorder.interactions.items():
        if interaction.response is not None:
            operation = recorder.cases[case_id].value.operation.label
            found.answers[phase, operation, interaction.response.status_code] += 1
    for check in (each for checks in recorder.checks.values() for each in checks if each.failure_info is not None):
        failure = check.failure_info.failure
        if found.excused.search(failure.message):
            continue
        key = f"{failure.operation}: {failure.title}: {failure.message.splitlines()[0] if failure.message else ''}"
        found.findings.setdefault(key, f"{failure.message}\n{check.failure_info.code_sample}")
