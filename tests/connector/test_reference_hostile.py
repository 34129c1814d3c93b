"""Hostile and broken requests: always a clear 4xx in the error shape, quickly, and no money moves."""

import json
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector_ppp.reference.app import create_app

CREATE = {
    "paymentId": "P1",
    "value": 100.0,
    "currency": "BRL",
    "paymentMethod": "Visa",
    "card": {"number": "4444333322221111"},
    "callbackUrl": "http://127.0.0.1:9/callback",
}
PATHS = ["/payments", "/payments/P1/settlements", "/payments/P1/cancellations", "/payments/P1/refunds"]

BROKEN = {
    "empty": b"",
    "not JSON": b"settle please",
    "half an object": b'{"requestId":"Q1",',
    "an array": b"[]",
    "null": b"null",
    "a number": b"1",
    "not UTF-8": b'{"requestId":"\xff"}',
    "a lone surrogate": b'{"requestId":"\\ud800"}',
    "an empty object": b"{}",
    "very deep": b"[" * 100_000,
    "two objects": b"{}{}",
    "a byte order mark": b"\xef\xbb\xbf{}",
}

# What stands where the value belongs.
VALUES = {
    "NaN": b"NaN",
    "Infinity": b"Infinity",
    "1e400000": b"1e400000",
    "1e-400000": b"1e-400000",
    "1e20": b"1e20",
    "33 decimals": b"0.000000000000000000000000000000001",
    "33 decimals after 40": b"40.000000000000000000000000000000001",
    "three decimals": b"40.001",
    "16 digits": b"1234567890123456",
    "5000 digits": b"9" * 5000,
    "a text": b'"40.00"',
    "a boolean": b"true",
    "an object": b"{}",
    "an array": b"[40]",
    "hexadecimal": b"0x28",
    "a leading zero": b"040",
    "a comma": b"40,00",
}


@pytest.fixture
def client():
    """A connector with payment P1 of 100.00, approved."""
    client = create_app(callbacks="manual").test_client()
    client.post("/payments", json=CREATE)
    return client


def _refused(answer, status=400):
    assert answer.status_code == status
    assert answer.content_type == "application/json"
    assert set(answer.json) == {"status", "code", "message"}
    assert answer.json["status"] == "error"
    assert answer.json["message"]


def _untouched(client):
    view = client.get("/_reference/payments/P1").json
    return (view["captured"], view["voided"], view["refunded"]) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("body", list(BROKEN.values()), ids=list(BROKEN))
def test_a_broken_body_is_a_400(client, path, body):
    """Whatever it is, it is told apart from a fault of ours."""
    _refused(client.post(path, data=body))
    assert _untouched(client)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("value", list(VALUES.values()), ids=list(VALUES))
def test_a_value_that_is_no_exact_amount_is_a_400_at_once(client, path, value):
    """Nothing is rounded, nothing costs seconds, nothing moves."""
    body = json.dumps(CREATE | {"paymentId": "P1", "requestId": "Q1", "value": 0}).encode()
    started = perf_counter()
    answer = client.post(path, data=body.replace(b'"value": 0', b'"value": ' + value))
    assert perf_counter() - started < 0.5
    _refused(answer)
    assert _untouched(client)


@pytest.mark.parametrize("path", PATHS[1:])
@pytest.mark.parametrize("field", ["requestId", "paymentId"])
@pytest.mark.parametrize("value", [None, "", 1, {}, []], ids=repr)
def test_an_id_is_a_text_of_its_own(client, path, field, value):
    """Null, empty texts and numbers tell nothing apart."""
    _refused(client.post(path, json={"requestId": "Q1", "paymentId": "P1", "value": 1} | {field: value}))
    assert _untouched(client)


@pytest.mark.parametrize(
    "changes",
    [
        {"paymentId": ""},
        {"paymentId": None},
        {"currency": "XYZ"},
        {"currency": "brl"},
        {"currency": ""},
        {"currency": "XXX"},
        {"currency": None},
        {"paymentMethod": None},
        {"callbackUrl": 5},
        {"card": "4444333322221111"},
        {"card": {"number": 4444333322221111}},
        {"recipients": [{"amount": "100.00"}]},
        {"recipients": [{}]},
        {"currency": "CLP", "value": 1.5},
    ],
    ids=repr,
)
def test_a_create_with_a_wrong_field_is_a_400(client, changes):
    """It names no payment, no money or no course."""
    _refused(client.post("/payments", json=CREATE | {"paymentId": "P2"} | changes))
    assert client.get("/_reference/payments/P2").status_code == 404


def test_a_body_for_another_payment_than_its_path_is_a_400(client):
    """Nobody can say which one was meant."""
    body = {"requestId": "Q1", "paymentId": "P2", "value": 1}
    for path in PATHS[1:]:
        _refused(client.post(path, json=body))
    assert _untouched(client)


def test_ten_megabytes_are_a_413(client):
    """They are not even read."""
    _refused(client.post("/payments/P1/settlements", data=b"x" * 10_000_000), 413)


def test_three_hundred_items_are_fine(client):
    """Known issue 317389: a long cart is no reason to fail, and no reason for a long answer."""
    items = [{"id": str(number), "name": "x" * 200, "price": 1.0} for number in range(300)]
    answer = client.post("/payments", json=CREATE | {"paymentId": "P2", "miniCart": {"items": items}})
    assert answer.status_code == 200
    assert len(answer.data) < 1000


@pytest.mark.parametrize(
    "cart",
    [
        None,
        "nothing",
        {},
        {"buyer": {"documentType": None, "id": None}},
        {"billingAddress": {"country": "BR"}, "shippingAddress": None},
    ],
    ids=repr,
)
def test_odd_carts_buyers_and_addresses_are_lived_with(client, cart):
    """Known issue 697107 and its kin: the shopper's data may be incomplete, the payment is not."""
    answer = client.post("/payments", json=CREATE | {"paymentId": "P2", "miniCart": cart})
    assert answer.json["status"] == "approved"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/payments", 405),
        ("PUT", "/payments/P1/settlements", 405),
        ("DELETE", "/payments/P1/refunds", 405),
        ("POST", "/manifest", 405),
        ("GET", "/", 404),
        ("POST", "/payments/P1", 404),
        ("POST", "/payments/P1/inbound/", 404),
        ("POST", "/payments/P1/cancelations", 404),
    ],
)
def test_other_methods_and_paths_are_refused_in_the_same_shape(client, method, path, status):
    """C3: `cancelations` with one l is a slip of one page, and no path."""
    _refused(client.open(path, method=method), status)


def test_a_doubled_slash_is_shown_the_way(client):
    """Addresses are glued together carelessly; the answer names the path without the second slash."""
    answer = client.post("/payments//P1/settlements", json={})
    assert (answer.status_code, answer.headers["Location"]) == (308, "http://localhost/payments/P1/settlements")


def test_a_405_says_what_is_allowed(client):
    """HTTP asks for the Allow header."""
    assert "POST" in client.get("/payments").headers["Allow"]


def test_a_fault_of_ours_is_a_500_in_the_error_shape(monkeypatch):
    """Even then the caller gets JSON, and no traceback."""
    app = create_app(callbacks="manual")
    monkeypatch.setattr("connector_ppp.reference.book.ledger.authorize", lambda *_: 1 / 0)
    answer = app.test_client().post("/payments", json=CREATE)
    _refused(answer, 500)
    assert "division" not in answer.text


@settings(max_examples=200, deadline=None)
@given(
    path=st.sampled_from(PATHS),
    body=st.dictionaries(
        st.sampled_from(["paymentId", "requestId", "value", "currency", "card", "recipients", "settleId", "tid"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
            lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
            max_leaves=4,
        ),
    ),
)
def test_no_object_whatever_brings_it_down(path, body):
    """Any JSON object gets a JSON answer; a 500 is the protocol's own failure shape, with the request's id."""
    answer = create_app(callbacks="manual").test_client().post(path, data=json.dumps(body))
    assert answer.content_type == "application/json"
    assert answer.status_code in {200, 400} or answer.json["requestId"] == body["requestId"]
