"""The suite's own callback address: it records what arrives, matches it, and wakes who waits."""

import threading

import pytest
import requests

from contracts.suite.callbacks import Callback, Desk

HEADERS = {
    "X-VTEX-API-AppKey": "key",
    "X-VTEX-API-AppToken": "secret",
    "Content-Type": "application/json; charset=utf-8",
}
BODY = (
    '{"paymentId":"P1","status":"approved","authorizationId":"A1","tid":"TID1","delayToAutoSettle":1,'
    '"delayToAutoSettleAfterAntifraud":1,"delayToCancel":3600,"nsu":"1","acquirer":"a"}'
)


@pytest.fixture
def desk():
    """A desk that is open."""
    with Desk() as opened:
        yield opened


def problems(desk, callback, created):
    """The names of what is wrong with a callback of payment P1."""
    return {problem.name for problem in desk.answer("SIGN", callback, created().request).problems}


def arrived(desk, url, body=BODY, headers=HEADERS, method="POST"):
    """Send one, and take it from the desk."""
    answer = requests.request(method, url, data=body, headers=headers, timeout=5)
    assert answer.status_code == 200
    return desk.wait("SIGN", 1)


def test_an_address_has_the_shape_of_the_gateways_own(desk):
    """Host-independent: path, account and signature."""
    url = desk.url_for("P1", "T1", "SIGN")
    assert url == (
        f"{desk.base_url}/api/pvt/payment-provider/transactions/T1/payments/P1/callback"
        "?accountName=sandbox%20suite&X-VTEX-signature=SIGN"
    )


def test_a_correct_callback_has_no_problem(desk, created):
    """Unchanged, by POST, with credentials, JSON, final."""
    callback = arrived(desk, desk.url_for("P1", "T1", "SIGN"))
    assert problems(desk, callback, created) == set()
    assert desk.answer("SIGN", callback, created().request).word == "approved"


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda url: (url.replace("%20", "+"), BODY, HEADERS), "callback-url"),
        (lambda url: (url.partition("?")[0], BODY, HEADERS), "callback-url"),
        (lambda url: (url, BODY, {"Content-Type": "application/json"}), "callback-credentials"),
        (lambda url: (url, BODY, HEADERS | {"Content-Type": "text/plain"}), "callback-content-type"),
        (lambda url: (url, BODY.replace("approved", "undefined"), HEADERS), "callback-status"),
        (lambda url: (url, BODY.replace('"P1"', '"P2"'), HEADERS), "echo"),
        (lambda url: (url, BODY.replace('"A1"', "null"), HEADERS), "authorization-id"),
        (lambda url: (url, "approved", HEADERS), "body"),
    ],
)
def test_what_is_wrong_with_a_callback_is_told(desk, created, change, problem):
    """Each by its name."""
    assert problem in problems(desk, arrived(desk, *change(desk.url_for("P1", "T1", "SIGN"))), created)


def test_a_callback_by_get_is_recorded_and_wrong(desk, created):
    """A callback is a POST."""
    callback = arrived(desk, desk.url_for("P1", "T1", "SIGN"), method="PUT")
    assert problems(desk, callback, created) == {"callback-method"}


def test_a_callback_without_a_body_says_nothing(desk, created):
    """It asks for another create (C16)."""
    callback = arrived(desk, desk.url_for("P1", "T1", "SIGN"), body="")
    assert problems(desk, callback, created) == set()


def test_a_path_in_front_is_no_change(desk, created):
    """A tunnel's address may have a path of its own."""
    desk.base_url = "https://tunnel.example/suite"
    desk.url_for("P1", "T1", "SIGN")
    path = "/api/pvt/payment-provider/transactions/T1/payments/P1/callback"
    target = f"{path}?accountName=sandbox%20suite&X-VTEX-signature=SIGN"
    assert problems(desk, Callback("POST", target, HEADERS, BODY), created) == set()


def test_a_callback_to_nobody_is_answered_and_forgotten(desk):
    """No payment of this run."""
    answer = requests.post(f"{desk.base_url}/somewhere", data="{}", timeout=5)
    desk.url_for("P1", "T1", "SIGN")
    assert answer.status_code == 200
    assert desk.wait("SIGN", 0.01) is None


def test_who_waits_is_woken(desk):
    """By the callback, and not by the clock."""
    url, found = desk.url_for("P1", "T1", "SIGN"), []
    waiting = threading.Thread(target=lambda: found.append(desk.wait("SIGN", 30)))
    waiting.start()
    requests.post(url, data=BODY, headers=HEADERS, timeout=5)
    waiting.join(5)
    assert found[0].body == BODY


def test_a_callback_that_comes_while_its_create_ends_is_not_inside(desk):
    """It is kept waiting for a moment, and the create ends meanwhile."""
    url = desk.url_for("P1", "T1", "SIGN")
    desk.opened("SIGN")
    sending = threading.Thread(target=lambda: requests.post(url, data=BODY, headers=HEADERS, timeout=5))
    sending.start()
    desk.closed("SIGN")
    callback = desk.wait("SIGN", 5)
    sending.join(5)
    assert callback.inside is False


def test_a_callback_while_its_create_stays_open_is_inside(desk):
    """The create cannot end, because the connector waits for its callback."""
    url = desk.url_for("P1", "T1", "SIGN")
    desk.opened("SIGN")
    assert arrived(desk, url).inside is True
