"""Whatever is sent, wherever: a 4xx in the error envelope, never a 500, and nothing has changed.

The paths are those of the application's own map, so that no endpoint is forgotten; every fault is one fault in a
good body.
"""

import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.gateway.wire_stage import (
    BODILESS,
    CREATED,
    ENDPOINTS,
    MAY_BE_EMPTY,
    METHODS,
    PAYMENT,
    READERS,
    SAMPLES,
    VIEWS,
    WRITES,
    Endpoint,
    Stage,
    content,
    fault_of,
    named,
    set_up,
)


def test_every_endpoint_that_takes_a_body_has_a_sample():
    """A new endpoint has to say what a good body of its is, or that it reads none."""
    writing = {each.view for each in ENDPOINTS if each.methods & set(WRITES)}
    assert writing - BODILESS == set(SAMPLES)


@pytest.fixture
def stage(world) -> Stage:
    """The stage in memory."""
    return set_up(world)


@pytest.fixture
def every_stage(every_world) -> Stage:
    """The stage over each store."""
    return set_up(every_world)


# --- Bodies that are no body -----------------------------------------------------------------------------------

NO_BODIES = {
    "empty": b"",
    "blank": b"  \n",
    "half": b"{",
    "text": b"nonsense",
    "single quotes": b"{'value': 1}",
    "trailing comma": b'{"value": 1,}',
    "two documents": b"{} {}",
    "no UTF-8": b"\xff\xfe",
    "no UTF-8 in a field that nobody knows": b'{"\xe9": 1}',
    "UTF-16": '{"value": 1}'.encode("utf-16"),
    "NUL": b"\x00",
    "null": b"null",
    "true": b"true",
    "number": b"4000",
    "string": b'"value"',
    "NaN": b"NaN",
    "deep arrays": b"[" * 200_000,
    "deep objects": b'{"value":' * 50_000 + b"1" + b"}" * 50_000,
    "form": b"value=4000",
    "XML": b"<value>4000</value>",
    "nulls in an array": b"[null]",
    "numbers in an array": b"[1, 2]",
}


@pytest.mark.parametrize(("method", "endpoint"), READERS, ids=named)
def test_what_is_no_body_is_refused(method, endpoint, stage):
    """Each of them is a 4xx in the envelope, on each endpoint that reads a body, and changes nothing."""
    before = content(stage.world.store)
    wrong_shape = b"{}" if isinstance(SAMPLES[endpoint.view], list) else b"[]"
    faults = {}
    for name, body in (NO_BODIES | {"the other shape": wrong_shape}).items():
        if name == "empty" and endpoint.view in MAY_BE_EMPTY:
            continue
        answer = stage.send(method, endpoint.path(stage.parts), data=body, content_type="application/json")
        faults[name] = fault_of(answer)
    assert {name: fault for name, fault in faults.items() if fault} == {}
    assert content(stage.world.store) == before


@pytest.mark.parametrize(("method", "endpoint"), READERS, ids=named)
def test_a_body_of_ten_megabytes_is_too_large(method, endpoint, stage):
    """413 in the envelope, before anything is read."""
    answer = stage.send(method, endpoint.path(stage.parts), data=b" " * 10_000_000)
    assert (answer.status_code, fault_of(answer)) == (413, None)


@pytest.mark.parametrize(("method", "endpoint"), READERS, ids=named)
def test_the_content_type_decides_nothing(method, endpoint, stage):
    """A good body is taken, or refused as clearly as with the right type: `Content-Type` is never read."""
    body, path = json.dumps(SAMPLES[endpoint.view]), endpoint.path(stage.parts)
    for content_type in CONTENT_TYPES:
        answer = stage.send(method, path, data=body, content_type=content_type)
        assert answer.status_code < 300 or fault_of(answer) is None, (content_type, answer.text)


CONTENT_TYPES = (
    None,
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "image/png",
    "/",
)


# --- One fault in a good body ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Raw:
    """JSON text that no Python value stands for."""

    text: str


NUMBERS = {
    "33 decimals": Raw("1." + "0" * 32 + "1"),
    "half a cent": Raw("4000.5"),
    "NaN": Raw("NaN"),
    "Infinity": Raw("Infinity"),
    "-Infinity": Raw("-Infinity"),
    "1e400000": Raw("1e400000"),
    "-1e400000": Raw("-1e400000"),
    "1e-400000": Raw("1e-400000"),
    "400 digits": Raw("9" * 400),
    "64 bits": Raw(str(2**64)),
    "16 digits": Raw(str(10**15)),
    "leading zero": Raw("0100"),
    "plus": Raw("+100"),
    "hexadecimal": Raw("0x64"),
    "a text": "100",
    "true": True,
    "false": False,
    "an array": [100],
    "an object": {"value": 100},
}
AMOUNTS = {"value", "price", "freight", "tax", "installmentsValue", "referenceValue", "shipping"} | {
    "discountValue",
    "incrementValue",
    "invoiceValue",
}
"""The fields that are cents: every one of `NUMBERS` is refused there."""
TEXTS_ALLOWED = {"invoiceValue"}
"""Documented as text (C4 of Orders)."""


def leaves(value: object, path: tuple = ()) -> Iterator[tuple[tuple, object]]:
    """Every leaf with its path."""
    if isinstance(value, dict | list):
        for key, each in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(each, (*path, key))
    else:
        yield path, value


def with_fault(body: object, path: tuple, fault: object) -> str:
    """The body as JSON with another value at that path."""
    changed = copy.deepcopy(body)
    place = changed
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = "@@raw@@" if isinstance(fault, Raw) else fault
    text = json.dumps(changed)
    return text.replace('"@@raw@@"', fault.text) if isinstance(fault, Raw) else text


@pytest.mark.parametrize(("method", "endpoint"), READERS, ids=named)
def test_what_is_no_amount_is_refused(method, endpoint, stage):
    """An amount in cents is a whole JSON number of at most 15 digits; nothing else is taken for one."""
    before = content(stage.world.store)
    faults = {}
    for path, leaf in leaves(SAMPLES[endpoint.view]):
        if path[-1] not in AMOUNTS or not isinstance(leaf, int):
            continue
        for name, number in NUMBERS.items():
            if path[-1] in TEXTS_ALLOWED and name == "a text":
                continue
            body = with_fault(SAMPLES[endpoint.view], path, number)
            answer = stage.send(method, endpoint.path(stage.parts), data=body, content_type="application/json")
            faults[path, name] = fault_of(answer)
    assert {key: fault for key, fault in faults.items() if fault} == {}
    assert content(stage.world.store) == before


TEXTS = {
    "NUL": "a\x00b",
    "emoji": "\U0001f4b8",
    "right to left": "\u202e100",
    "half a pair": Raw(r'"\ud800"'),
    "very long": "x" * 900_000,
    "newlines": "a\r\nb",
    "SQL": "'; DROP TABLE records; --",
    "null": None,
}


@pytest.mark.parametrize(("method", "endpoint"), READERS, ids=named)
def test_no_leaf_brings_the_sandbox_down(method, endpoint, stage):
    """Any leaf may be of any type: it is taken or a clear 4xx."""
    assert faults_of_leaves(stage, method, endpoint, NUMBERS | TEXTS) == {}


@pytest.mark.parametrize("store", ["sqlite", "postgresql"])
def test_no_text_brings_a_database_down(store, open_world):
    """What memory keeps, or refuses, a database keeps or refuses too: NUL and halves of pairs above all."""
    stage = set_up(open_world(store))
    texts = {name: TEXTS[name] for name in ("NUL", "half a pair", "emoji", "SQL")}
    for method, endpoint in READERS:
        assert faults_of_leaves(stage, method, endpoint, texts) == {}, endpoint


def faults_of_leaves(stage: Stage, method: str, endpoint: Endpoint, changes: dict) -> dict:
    """What is wrong with the answers to a body with each leaf changed in each way."""
    faults = {}
    for path, leaf in leaves(SAMPLES[endpoint.view]):
        for name, fault in changes.items():
            if name in TEXTS and not isinstance(leaf, str | None):
                continue
            body = with_fault(SAMPLES[endpoint.view], path, fault)
            answer = stage.send(method, endpoint.path(stage.parts), data=body, content_type="application/json")
            if answer.status_code >= 300:
                faults[path, name] = fault_of(answer)
    return {key: fault for key, fault in faults.items() if fault}


# --- Paths -----------------------------------------------------------------------------------------------------

HOSTILE_IDS = {
    "unknown": "NOPE",
    "empty hex": "0" * 32,
    "lower case": "deadbeef" * 4,
    "NUL": "a%00b",
    "only NUL": "%00",
    "emoji": "%F0%9F%92%B8",
    "no UTF-8": "%FF%FE",
    "half a pair": "%ED%A0%80",
    "newline": "a%0Ab",
    "quote": "'%20OR%201=1%20--",
    "dots": "%2e%2e%2f%2e%2e%2fetc",
    "percent": "%25",
    "long": "A" * 5_000,
    "very long": "A" * 60_000,
}
PRINTABLE = {"unknown", "empty hex", "lower case", "emoji", "no UTF-8", "half a pair", "quote", "percent"}


@pytest.mark.parametrize("endpoint", [each for each in VIEWS if each.arguments], ids=named)
def test_unknown_ids_are_not_found(endpoint, stage):
    """For each id in each path: 404 in the envelope, 400 where no id can be so; nothing changes."""
    before = content(stage.world.store)
    assert faults_of_ids(stage, endpoint) == {}
    if endpoint.view != NAMING:
        assert content(stage.world.store) == before


@pytest.mark.parametrize("store", ["sqlite", "postgresql"])
def test_unknown_ids_are_not_found_in_a_database(store, open_world):
    """The same over a database, whose keys are texts of its own rules."""
    stage = set_up(open_world(store))
    for endpoint in VIEWS:
        assert faults_of_ids(stage, endpoint) == {}, endpoint


NAMING = "control.put_connector"
"""The one path whose last part the caller makes up: any good name is a new connector."""


def faults_of_ids(stage: Stage, endpoint: Endpoint) -> dict:
    """What is wrong with the answers when each part of the path is a hostile one."""
    faults = {}
    for argument in endpoint.arguments:
        for name, text in HOSTILE_IDS.items():
            for method in sorted(endpoint.methods):
                body = SAMPLES.get(endpoint.view) if method in WRITES else None
                path = endpoint.path(stage.parts | {argument: text})
                answer = stage.send(method, path, **({} if body is None else {"json": body}))
                faults[method, argument, name] = fault_of_id(endpoint, name, answer)
    return {key: fault for key, fault in faults.items() if fault}


def fault_of_id(endpoint: Endpoint, name: str, answer: object) -> str | None:
    """Why this is no answer to a path with that id."""
    if endpoint.view == NAMING and name in PRINTABLE:
        return None if answer.status_code == 200 else f"{answer.status_code} {answer.text[:80]}"
    allowed = ALLOWED.get(endpoint.view, {404}) | ({400} if "NUL" in name else set())
    return fault_of(answer) if answer.status_code in allowed else f"{answer.status_code} {answer.text[:80]}"


ALLOWED = {
    NAMING: {404, 422},  # a name has at most 64 printable characters
    "payments.callback": {403, 404},  # an address that is not the signed one
    "control.begin_configuration": {404, 422},  # the connectors that other paths made have no such flow
    "control.end_configuration": {404, 422},  # a code that the connector never gave out
}


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=named)
def test_other_methods_are_not_allowed(endpoint, stage):
    """405 in the envelope, with `Allow`."""
    path = endpoint.path(stage.parts)
    adapter = stage.world.app.url_map.bind("")
    allowed = set(adapter.allowed_methods(path.partition("?")[0]))
    for method in set(METHODS) - allowed:
        answer = stage.send(method, path)
        assert (answer.status_code, fault_of(answer)) == (405, None), method
        assert set(answer.headers["Allow"].split(", ")) == allowed


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/nothing",
        "/api",
        "/api/pvt",
        "/api/pvt/transactions/",
        "/_mock/",
        "/_mock/nothing",
        "//",
        "/..%2f",
    ],
)
@pytest.mark.parametrize("method", METHODS)
def test_unknown_paths_are_not_found(method, path, stage):
    """404 in the envelope."""
    answer = stage.send(method, path)
    assert (answer.status_code, fault_of(answer)) == (404, None), answer.text


@pytest.mark.parametrize("accept", ["text/html", "nonsense", "*/*;q=nope", "application/xml", ""])
def test_odd_accept_headers_change_nothing(accept, stage):
    """`Accept` is never a reason to refuse: the answer is JSON."""
    answer = stage.send(
        "GET", f"/api/pvt/transactions/{stage.parts['transaction_id']}", headers={"Accept": accept}
    )
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("application/json")


@pytest.mark.parametrize(
    "query",
    [
        "accountName=%00&X-VTEX-signature=x",
        "accountName=&X-VTEX-signature=x",
        "accountName=sandbox&X-VTEX-signature=%F0%9F%92%B8",
        "accountName=%ED%A0%80&X-VTEX-signature=%00",
        "X-VTEX-signature=x",
        "",
        "accountName=" + "a" * 20_000,
    ],
)
def test_odd_callback_addresses_are_refused(query, every_stage):
    """An account, or a signature, that cannot be: a 4xx in the envelope, over each store."""
    path = "/api/pvt/payment-provider/transactions/{transaction_id}/payments/{payment_id}/callback?"
    answer = every_stage.send("POST", path.format_map(every_stage.parts) + query, json=CREATED)
    assert answer.status_code in {400, 403, 404}
    assert fault_of(answer) is None


@pytest.mark.parametrize("name", ["%00", "%ED%A0%80", "nobody", "a" * 20_000, "%F0%9F%92%B8"])
def test_odd_account_names_of_send_payments_are_refused(name, every_stage):
    """`an` names an account that does not have this transaction: 404 in the envelope, 400 where none can be so."""
    path = f"/api/payments/transactions/{every_stage.parts['transaction_id']}/payments?an={name}"
    answer = every_stage.world.app.test_client().post(path, json=[PAYMENT])
    assert answer.status_code in {400, 404}
    assert fault_of(answer) is None


QUERIES = ["", "request.value=0", "request.value=NaN", "request.value=1e400000", "request.value=" + "9" * 5000]


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("path", ["/api/pvt/installments", "/api/oms/pvt/orders"])
def test_odd_queries_are_answered_or_refused(path, query, stage):
    """An answer or a clear 4xx, whatever the query says."""
    answer = stage.send("GET", f"{path}?{query}&page=1e9&per_page=-1&f_status=%00&orderBy=nothing,up")
    assert answer.status_code == 200 or fault_of(answer) is None, answer.text
