"""An exchange: what an answer means, and what is kept of the call."""

import shlex
from decimal import Decimal

import msgspec
import pytest

from connector_ppp.client import MASK, Credentials
from connector_ppp.errors import TransportError
from connector_ppp.exchange import Verdict

PAYMENT = "F5C1A4E20D3B4E07B7E871F5B5BC9F91"
REQUEST = "2019-02-04T22:53:42-4000"
BASE = "http://connector.test/ppp"

ERROR_BODY = {"status": "error", "code": "E1", "message": "no"}

VERDICTS = [
    ("authorize", 200, {"status": "approved"}, Verdict.DONE),
    ("authorize", 200, {"status": "authorized"}, Verdict.DONE),
    ("authorize", 200, {"status": "denied"}, Verdict.DENIED),
    ("authorize", 200, {"status": "undefined"}, Verdict.PENDING),
    ("authorize", 200, {"status": "Approved"}, Verdict.FAILED),
    ("authorize", 200, {"status": None}, Verdict.FAILED),
    ("authorize", 200, {"paymentId": "other"}, Verdict.FAILED),
    ("authorize", 201, {}, Verdict.FAILED),
    ("authorize", 400, ERROR_BODY, Verdict.FAILED),
    ("authorize", 500, {"status": "approved"}, Verdict.FAILED),
    ("authorize", 501, {}, Verdict.FAILED),
    ("settle", 200, {"value": 0.01}, Verdict.DONE),
    ("settle", 200, {"value": 57}, Verdict.DONE),
    ("settle", 200, {"settleId": None, "value": 0}, Verdict.FAILED),
    ("settle", 200, {"settleId": "null"}, Verdict.FAILED),
    ("settle", 200, {"requestId": "other"}, Verdict.FAILED),
    ("settle", 200, {"settleId": None, "value": 0, "code": "refund-manually"}, Verdict.FAILED),
    ("settle", 500, {}, Verdict.FAILED),
    ("settle", 501, {}, Verdict.FAILED),
    ("settle", 404, {}, Verdict.FAILED),
    ("cancel", 200, {"status": "cancelled"}, Verdict.DONE),
    ("cancel", 200, {"cancellationId": None}, Verdict.FAILED),
    ("cancel", 500, {"cancellationId": None}, Verdict.FAILED),
    ("cancel", 501, {"cancellationId": None, "code": "cancel-manually"}, Verdict.MANUAL),
    ("cancel", 501, {"cancellationId": None, "code": "other"}, Verdict.MANUAL),
    ("cancel", 200, {"cancellationId": None, "code": "cancel-manually"}, Verdict.MANUAL),
    ("cancel", 500, {"cancellationId": None, "code": "cancel-manually"}, Verdict.MANUAL),
    ("cancel", 200, {"code": "cancel-manually"}, Verdict.DONE),
    ("refund", 501, {"refundId": None, "value": 0, "code": "refund-manually"}, Verdict.MANUAL),
    ("refund", 200, {"refundId": None, "value": 0, "code": "refund-manually"}, Verdict.MANUAL),
    ("refund", 200, {"refundId": None, "value": 0, "code": "cancel-manually"}, Verdict.FAILED),
    ("refund", 200, {"refundId": None, "value": 0}, Verdict.FAILED),
    ("inbound", 200, {"responseData": None}, Verdict.FAILED),
    ("manifest", 500, {}, Verdict.FAILED),
    ("credentials", 200, {"appKey": None}, Verdict.FAILED),
    ("authorization_token", 200, {"token": None}, Verdict.FAILED),
    ("authorization_redirect", 302, {}, Verdict.DONE),
    ("authorization_redirect", 500, {}, Verdict.FAILED),
]


@pytest.mark.parametrize(("operation", "status", "changes", "verdict"), VERDICTS)
def test_an_answer_means_exactly_one_thing(operation, status, changes, verdict, performed):
    """Every answer has one verdict, by status, id, word and echo."""
    assert performed(operation, status, **changes).verdict is verdict


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b'{"value":"40.00"}', ("value", "int | decimal | null", "str")),
        (b'{"settleId":7}', ("settleId", "str | null", "int")),
        (b'{"connectorMetadata":[{"name":1}]}', ("connectorMetadata[0].name", "str | null", "int")),
    ],
)
def test_a_field_of_the_wrong_type_is_named(body, problem, performed):
    """The author of a connector is told which field it is."""
    exchange = performed("settle", body=body)
    (found,) = exchange.problems
    assert (found.name, found.field, found.expected, found.actual) == ("body", *problem)
    assert exchange.verdict is Verdict.FAILED


@pytest.mark.parametrize("body", [b"", b"<html>502</html>", b"null", b"[1]", b'{"value":1e4000}'])
def test_a_body_that_is_no_message_is_a_failure(body, performed):
    """Text, HTML or a wrong type is recorded with what came, and nothing is raised (S17)."""
    exchange = performed("settle", body=body)
    assert (exchange.verdict, exchange.response, exchange.status) == (Verdict.FAILED, None, 200)
    assert exchange.response_body == body.decode()
    (problem,) = exchange.problems
    assert (problem.name, problem.field) == ("body", "body")
    assert problem.actual == (body.decode() or "empty text")


def test_an_unreadable_501_still_asks_for_manual_work(performed):
    """The status alone says that nobody will refund online."""
    assert performed("refund", 501, body=b"<html>").verdict is Verdict.MANUAL


def test_an_answer_beyond_the_limit_is_not_read(asked, scripted):
    """What was cut is no message, whatever it says."""
    client, _ = scripted(b'{"settleId": "' + b"x" * 100, truncated=True)
    exchange = client.perform(asked("settle"))
    assert exchange.verdict is Verdict.FAILED
    assert exchange.problems[0].actual == "more than 114 bytes"


@pytest.mark.parametrize("sent", [False, None, True])
def test_nobody_answered_is_recorded(sent, asked, scripted):
    """A network failure raises nothing; what is known of it is kept."""
    client, _ = scripted(error=TransportError("no connection", sent=sent))
    exchange = client.perform(asked("settle"))
    assert exchange.verdict is Verdict.NO_ANSWER
    assert (exchange.status, exchange.response, exchange.response_body) == (None, None, None)
    assert (exchange.error, exchange.sent, exchange.problems) == ("no connection", sent, ())
    assert exchange.elapsed_ms >= 0


def test_every_verdict_is_in_a_test():
    """The table above and the test before it know all six."""
    assert {row[3] for row in VERDICTS} | {Verdict.NO_ANSWER} == set(Verdict)


@pytest.mark.parametrize(
    ("operation", "changes", "confirmed"),
    [
        ("settle", {}, Decimal("40.00")),
        ("settle", {"value": 39.99}, Decimal("39.99")),
        ("settle", {"value": 0}, Decimal(0)),
        ("settle", {"value": 57}, Decimal("40.00")),
        ("settle", {"value": -1}, Decimal("40.00")),
        ("settle", {"value": 0.001}, Decimal("40.00")),
        ("settle", {"value": None}, Decimal("40.00")),
        ("settle", {"settleId": None}, None),
        ("refund", {"value": 20}, Decimal("20.00")),
        ("authorize", {}, Decimal("40.00")),
        ("authorize", {"status": "denied"}, None),
        ("cancel", {}, None),
        ("manifest", {}, None),
    ],
)
def test_what_counts_is_what_was_confirmed(operation, changes, confirmed, performed):
    """A smaller amount stands (S14); more, less than nothing or nonsense counts as what was asked (S15)."""
    assert performed(operation, **changes).confirmed() == confirmed


def test_an_answer_is_judged_in_its_currency(asked, answered, scripted):
    """39.125 is an amount of dinars, not of reals: there the amount that was asked counts."""
    client, _ = scripted(answered("settle", value=39.125))
    dinars = client.perform(asked("settle"), decimals=3)
    reals = client.perform(asked("settle"), decimals=2)
    assert (len(dinars.problems), dinars.confirmed(3)) == (0, Decimal("39.125"))
    assert (len(reals.problems), reals.confirmed(2)) == (1, Decimal("40.00"))


def test_a_finer_currency_has_finer_bounds(asked, answered, scripted):
    """What was asked in three decimals bounds an answer in three decimals."""
    client, _ = scripted(answered("settle", value=39.125))
    exchange = client.perform(asked("settle", value=Decimal("39.124")), decimals=3)
    assert exchange.confirmed(3) == Decimal("39.124")


def test_a_partial_cancel_confirms_what_was_asked(performed):
    """A cancellation repeats no amount, so its id confirms the one that was asked for."""
    assert performed("cancel", request={"value": Decimal("20.00")}).confirmed() == Decimal("20.00")


def test_an_exchange_keeps_both_sides(performed):
    """Ids, texts, status and time: enough to understand the call afterwards."""
    exchange = performed("settle")
    assert (exchange.payment_id, exchange.request_id) == (PAYMENT, REQUEST)
    assert exchange.request_body.startswith('{"transactionId":')
    assert '"settleId": "SET1"' in exchange.response_body
    assert (exchange.status, exchange.elapsed_ms, exchange.sent) == (200, 1.5, True)
    assert exchange.response.settle_id == "SET1"
    assert performed("manifest").payment_id is None


def test_secrets_are_not_kept(asked, answered, scripted):
    """Neither the exchange nor its curl command shows a credential."""
    client, _ = scripted(answered("settle"), credentials=Credentials("key-1", "token-1"))
    exchange = client.perform(asked("settle"))
    assert exchange.request_headers["X-VTEX-API-AppKey"] == MASK
    assert exchange.request_headers["X-VTEX-API-AppToken"] == MASK
    assert "key-1" not in repr(exchange) + exchange.curl() + exchange.summary()
    assert "token-1" not in repr(exchange) + exchange.curl() + exchange.summary()


def test_curl_repeats_the_call(asked, answered, scripted):
    """The command has method, address, headers and the very body, safe for a shell."""
    client, _ = scripted(answered("settle"), credentials=Credentials(app_key="", app_token="secret"))
    words = shlex.split(client.perform(asked("settle", tid="it's $(here)")).curl())
    assert words[:4] == ["curl", "--request", "POST", f"{BASE}/payments/{PAYMENT}/settlements"]
    assert "X-VTEX-API-AppToken: ***" in words
    assert "X-VTEX-API-AppKey: " in words, "nothing was sent, so nothing is hidden"
    assert msgspec.json.decode(words[-1])["tid"] == "it's $(here)"


def test_curl_of_a_get_has_no_body(performed):
    """What did not travel is not in the command."""
    assert "--data-binary" not in performed("manifest").curl()
