"""News of a pending payment from outside: callbacks of its connector, payment notifications of the merchant."""

import pytest

from tests.gateway.timeline import DAY, keys, kinds, run


@pytest.fixture(name="pending")
def pending_fixture(world):
    """Leads transactions to Authorizing; the transaction, and what brings it a callback."""

    def pending(given, script):
        transaction = world.open(given)
        world.perform(transaction, f"authorize ({script})")
        assert transaction.show()["status"] == "Authorizing"
        address = world.heard[-1].body["callbackUrl"].removeprefix("http://127.0.0.1:5005")

        payment = world.heard[-1].body["paymentId"]

        def call_back(body=None):
            body = body if body is None or "paymentId" in body else {"paymentId": payment} | body
            return world.app.test_client().post(address, **({} if body is None else {"json": body})).status_code

        return transaction, call_back

    return pending


def told(status, **more):
    """The body of a callback; the payment's own id comes with it unless another one is given."""
    return {"status": status, "tid": "tid-2", "authorizationId": "auth-2", "nsu": "nsu-2"} | more


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("approved", "Approved"),
        ("authorized", "Approved"),
        ("denied", "Cancelled"),
        ("undefined", "Authorizing"),
    ],
)
def test_a_callback_with_a_body_is_the_news(word, status, pending, world):
    """C15, C16: approved (or authorized) and denied decide, undefined leaves the payment pending."""
    transaction, call_back = pending("A 100 total", "A waits 3600")
    world.heard.clear()
    assert call_back(told(word)) == 200
    assert transaction.show()["status"] == status
    assert world.heard == []


@pytest.mark.parametrize(
    "body",
    [
        {"status": "nonsense"},
        {"status": None},
        {},
        {"status": "approved", "paymentId": "another payment's"},
    ],
    ids=["unknown word", "null", "nothing", "another payment"],
)
def test_a_callback_that_says_nothing_of_this_payment_is_refused(body, pending, world):
    """S17: 400, and the payment waits on."""
    transaction, call_back = pending("A 100 total", "A waits 3600")
    world.heard.clear()
    assert call_back(body) == 400
    assert transaction.show()["status"] == "Authorizing"
    assert world.heard == []


@pytest.mark.parametrize(
    "body",
    [
        {"status": "nonsense"},
        {"status": "Approved"},
        {"status": None},
        {"status": ""},
        {"status": "approved", "paymentId": "SOMEBODY"},
    ],
    ids=str,
)
def test_a_callback_that_says_nothing_or_of_another_payment_is_refused(body, pending, world):
    """400 (ours): a status that is no word of the protocol, or a payment that is not the one of the address."""
    transaction, call_back = pending("A 100 total", "A waits 3600")
    before, heard = transaction.show("/interactions"), len(world.heard)
    assert call_back(body) == 400
    assert transaction.show()["status"] == "Authorizing"
    assert (transaction.show("/interactions"), len(world.heard)) == (before, heard)


def test_the_values_of_a_callback_replace_the_original_ones(pending, world):
    """Documented: later calls carry the callback's tid, authorizationId and nsu."""
    transaction, call_back = pending("A 100 partial", "A waits 3600")
    call_back(told("approved"))
    transaction.ask("settle", 4000)
    sent = world.heard[-1].body
    assert (sent["tid"], sent["authorizationId"], sent["nsu"]) == ("tid-2", "auth-2", "nsu-2")


def test_a_denial_by_callback_cancels_the_other_payments(pending, world):
    """Documented: one denied payment cancels all."""
    transaction, call_back = pending("A 40 total, B 60 total", "B waits 3600")
    assert call_back(told("denied")) == 200
    assert str(world.heard[-1]) == "cancel A 40"
    assert transaction.show()["status"] == "Cancelled"


def test_a_callback_ends_the_retries(pending, world):
    """After the news, the creation is not repeated."""
    _, call_back = pending("A 100 total", "A waits 3600")
    call_back(told("approved"))
    world.heard.clear()
    assert [job for job, _ in run(world, DAY - 1)] == []
    assert world.heard == []


@pytest.mark.parametrize(
    ("delays", "expected"),
    [
        ({}, DAY),
        ({"delayToAutoSettle": 7200, "delayToAutoSettleAfterAntifraud": 3600}, 3600),
        ({"delayToAutoSettle": 1800}, 1800),
    ],
    ids=str,
)
def test_an_approval_by_callback_settles_by_itself(delays, expected, pending, world):
    """C11: the callback's delays, counted from the callback; 24 hours when it tells none."""
    transaction, call_back = pending("A 100 total", "A waits 3600")
    run(world, 100)
    call_back(told("approved", **delays))
    assert run(world, expected - 1) == []
    assert run(world, 1) == [("auto-settle", 100 + expected)]
    assert kinds(transaction, "/settlements") == [("auto-settlement", 10000)]


@pytest.mark.parametrize(
    ("script", "status"), [("confirms", "Approved"), ("denies", "Cancelled"), ("waits 3600", "Authorizing")]
)
def test_a_callback_without_a_body_asks_again(script, status, pending, world):
    """C16: the gateway repeats the creation with its paymentId at once, and reads the status there."""
    transaction, call_back = pending("A 100 total", "A waits 3600")
    world.connectors["A"].script = [script]
    assert call_back() == 200
    assert len(keys(world, "authorize")) == 2
    assert len(set(keys(world, "authorize"))) == 1
    assert transaction.show()["status"] == status


@pytest.mark.parametrize("word", ["denied", "approved", "undefined"])
@pytest.mark.parametrize("state", ["Approved", "Finished", "Cancelled"])
def test_a_late_callback_changes_nothing(word, state, pending, world):
    """S28: after a final status it is answered 200 and never reopens anything (known issues 740499, 1129281)."""
    transaction, call_back = pending("A 100 total", "A waits 3600")
    call_back(told("denied" if state == "Cancelled" else "approved"))
    if state == "Finished":
        transaction.ask("settle", 10000)
    world.heard.clear()
    before = transaction.ledger()
    assert call_back(told(word, tid="tid-3")) == 200
    assert call_back() == 200
    assert transaction.show()["status"] == state
    assert (transaction.ledger(), world.heard) == (before, [])


def test_a_late_callback_leaves_an_event(pending):
    """S28: ignored, but not in silence: the transaction's events tell of it."""
    transaction, call_back = pending("A 100 total", "A waits 3600")
    call_back(told("approved"))
    before = len(transaction.show("/interactions"))
    call_back(told("denied"))
    assert len(transaction.show("/interactions")) > before


def test_an_approval_after_the_merchants_cancel_is_undone(pending, world):
    """S28: the transaction stays Cancelled, and the connector that approved too late is told to let go."""
    transaction, call_back = pending("A 100 total", "A waits 3600")
    transaction.ask("cancel", 10000)
    world.heard.clear()
    assert call_back(told("approved")) == 200
    assert {heard.operation for heard in world.heard} <= {"cancel"}
    assert transaction.show()["status"] == "Cancelled"
    assert transaction.ledger()["payments"][0]["captured"] == 0


# --- Payment notifications -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "body"), [("GET", None), ("POST", {"paymentDate": "31/12/2025", "valuePaid": 100.0})]
)
def test_a_payment_notification_approves_a_pending_payment(method, body, pending, world):
    """Boletos and notes payable: the merchant says that the money came in; the connector is not asked."""
    transaction, _ = pending("A 100 total", "A waits 3600")
    (payment,) = transaction.names
    world.heard.clear()
    path = f"/api/payments/pvt/payments/{payment}/payment-notification"
    assert world.merchant.send(method, path, body).status_code == 200
    assert (transaction.show()["status"], world.heard) == ("Approved", [])
    assert world.merchant.send(method, path, body).status_code == 200
    assert transaction.show()["status"] == "Approved"


def test_a_legacy_boleto_waits_for_its_notification(world):
    """A legacy connector leaves bank invoices pending; the notification approves them."""
    world.merchant.put_connector("L", kind="legacy", paymentSystems=[6])
    transaction = world.merchant.start(10000)
    transaction.pay({"value": 10000, "paymentSystem": 6, "fields": None})
    assert transaction.authorize().json["statusDetail"] == "Authorizing"
    (payment,) = transaction.show("/payments")
    path = f"/api/payments/pvt/payments/{payment['id']}/payment-notification"
    assert world.merchant.send("GET", path).status_code == 200
    assert transaction.show()["status"] == "Approved"
