"""The suite's own connector: records to the digit, does what it is asked, and a repeat moves nothing."""

import json
from decimal import Decimal

import pytest

from connector_ppp.errors import TransportError
from connector_ppp.messages import CancelResponse, ManifestResponse, RefundResponse, SettleResponse, decode
from connector_ppp.transports import HTTPTransport
from contracts.suite.gateway.heard import Books
from contracts.suite.gateway.recorder import Arranged, Recorder


@pytest.fixture
def recorder():
    """One that listens."""
    with Recorder() as listening:
        yield listening


@pytest.fixture
def call(recorder):
    """A call of a gateway: (operation, members) -> status and body."""
    transport = HTTPTransport()

    def send(end, connector="/partial", **members):
        body = json.dumps({"transactionId": "T", "paymentId": "P"} | members)
        path = "/payments" if end == "payments" else f"/payments/P/{end}"
        headers = {"X-VTEX-API-AppKey": "key"}
        reply = transport.send("POST", f"{recorder.base_url}{connector}{path}", headers, body.encode(), 5)
        return reply.status, reply.body

    yield send
    transport.close()


def books(recorder):
    """Of the only payment."""
    return recorder.books("T")["P"]


def test_a_call_is_kept_to_the_digit(recorder, call):
    """Where it went, its headers, and its amount as it was written."""
    call("payments", value=100)
    (heard,) = recorder.heard("T")
    assert (heard.connector, heard.operation, heard.payment_id, heard.request_id) == (
        "partial",
        "authorize",
        "P",
        "P",
    )
    assert (heard.amount, heard.answered, heard.headers["X-VTEX-API-AppKey"]) == (100, "approved", "key")
    assert '"value": 100' in heard.body


@pytest.mark.parametrize(
    ("number", "status", "authorized"),
    [
        ("4444333322221111", "approved", 100),
        ("4444333322221112", "denied", 0),
        ("4222222222222224", "undefined", 100),
    ],
)
def test_the_card_decides(number, status, authorized, recorder, call):
    """The test cards of VTEX's suite; what is undecided may be approved by callback."""
    _, body = call("payments", value=100, card={"number": number})
    assert json.loads(body)["status"] == status
    assert books(recorder).authorized == authorized


def test_it_does_what_it_is_asked_whatever_that_is(recorder, call):
    """An over-capture is done, and shown: to refuse it would hide it."""
    call("payments", value=100)
    for number, value in (("1", 80), ("2", 70)):
        status, body = call("settlements", requestId=number, value=value)
        answer = decode(body, SettleResponse)
        assert (status, answer.settle_id, answer.value) == (200, f"settle-{number}", value)
    assert books(recorder) == Books(Decimal(100), Decimal(150))


def test_a_repeat_has_the_first_answer_and_moves_nothing(recorder, call):
    """By its requestId, whatever its value is then."""
    call("payments", value=100)
    first = call("settlements", requestId="1", value=40)
    assert call("settlements", requestId="1", value=70) == first
    assert books(recorder).captured == 40
    assert [each.amount for each in recorder.heard("T")] == [100, 40, 70]


def test_a_reply_that_is_dropped_was_done(recorder, call):
    """The work is done, the connection breaks, and the repeat is answered."""
    call("payments", value=100)
    recorder.arrange("T", Arranged("settle", "drops", None), 1)
    with pytest.raises(TransportError):
        call("settlements", requestId="1", value=40)
    assert books(recorder).captured == 40
    assert call("settlements", requestId="1", value=40)[0] == 200
    assert books(recorder).captured == 40
    assert [each.answered for each in recorder.heard("T")] == ["approved", "lost", "done"]


def test_what_failed_is_done_when_it_comes_again(recorder, call):
    """Twice 500 with a null id, then done; other operations are not concerned."""
    call("payments", value=100)
    recorder.arrange("T", Arranged("settle", "fails", None), 2)
    assert call("cancellations", requestId="0", value=10)[0] == 200
    for _ in range(2):
        status, body = call("settlements", requestId="1", value=40)
        answer = decode(body, SettleResponse)
        assert (status, answer.settle_id, answer.value) == (500, None, 0)
    assert call("settlements", requestId="1", value=40)[0] == 200
    assert books(recorder) == Books(Decimal(100), Decimal(40), Decimal(10))


@pytest.mark.parametrize(
    ("end", "kind", "code"),
    [("refunds", RefundResponse, "refund-manually"), ("cancellations", CancelResponse, "cancel-manually")],
)
def test_what_is_left_to_people_has_its_code(end, kind, code, recorder, call):
    """501, and nothing is done."""
    recorder.arrange("T", Arranged(end[:-1] if end == "refunds" else "cancel", "hands-over", None), 1)
    call("payments", value=100)
    status, body = call(end, requestId="1", value=10)
    assert (status, decode(body, kind).code) == (501, code)
    assert books(recorder) == Books(Decimal(100))


def test_less_than_asked_is_confirmed_and_booked(recorder, call):
    """25.00 of 40.00."""
    call("payments", value=100)
    recorder.arrange("T", Arranged("settle", "confirms", Decimal("25.00")), 1)
    _, body = call("settlements", requestId="1", value=40)
    assert decode(body, SettleResponse).value == 25
    assert books(recorder).captured == 25


@pytest.mark.parametrize(
    ("members", "amount"),
    [
        ({"value": 40}, 40),
        ({"value": 40.5}, Decimal("40.5")),
        ({"value": 4000}, 40),
        ({"value": 10000}, 100),
        ({}, 100),
        ({"value": 20000}, 20000),
        ({"value": 4000.5}, Decimal("4000.5")),
    ],
)
def test_a_cancel_is_read_in_either_unit(members, amount, recorder, call):
    """Of 100.00 open: units where they fit, cents where only those do, everything without a value (C1)."""
    call("payments", value=100)
    call("cancellations", requestId="1", **members)
    assert recorder.heard("T")[-1].amount == amount


def test_a_cancel_belongs_to_the_transaction_of_its_payment(recorder, call):
    """Its transactionId is optional."""
    call("payments", value=100)
    call("cancellations", requestId="1", value=40, transactionId=None)
    assert [each.operation for each in recorder.heard("T")] == ["authorize", "cancel"]


def test_an_address_without_a_mode_is_taken(recorder, call):
    """Somebody typed it by hand."""
    call("payments", connector="", value=100)
    assert recorder.heard("T")[0].connector == ""


def test_the_manifest_offers_every_method_and_is_no_call(recorder):
    """A gateway may read it first."""
    transport = HTTPTransport()
    reply = transport.send("GET", f"{recorder.url_for('hold')}/manifest", {}, b"", 5)
    transport.close()
    assert {"Visa", "Pix", "BankInvoice"} <= {
        each.name for each in decode(reply.body, ManifestResponse).payment_methods
    }
    assert recorder.heard() == ()


def test_what_is_no_json_is_recorded_all_the_same(recorder):
    """A gateway under test may send anything."""
    transport = HTTPTransport()
    reply = transport.send("POST", f"{recorder.url_for('hold')}/payments/P9/settlements", {}, b"{", 5)
    transport.close()
    assert reply.status == 200
    assert [(each.operation, each.payment_id, each.body) for each in recorder.heard()] == [("settle", "P9", "{")]
