"""The client: what it sends, what it makes of each answer, what it keeps."""

import shlex
import subprocess
import sys
from decimal import Decimal

import msgspec
import pytest

from connector_ppp.client import MASK, Credentials, PPPClient
from connector_ppp.errors import CallerError, PeerError, TransportError
from connector_ppp.exchange import Verdict
from connector_ppp.messages import (
    AuthorizeResponse,
    ManifestResponse,
    Request,
    Response,
    SettleResponse,
)

PAYMENT = "F5C1A4E20D3B4E07B7E871F5B5BC9F91"
REQUEST = "2019-02-04T22:53:42-4000"
BASE = "http://connector.test/ppp"
OPERATIONS = [
    "manifest",
    "authorize",
    "settle",
    "cancel",
    "refund",
    "inbound",
    "authorization_token",
    "authorization_redirect",
    "credentials",
]

ADDRESSES = {
    "manifest": "/manifest",
    "authorize": "/payments",
    "settle": f"/payments/{PAYMENT}/settlements",
    "cancel": f"/payments/{PAYMENT}/cancellations",
    "refund": f"/payments/{PAYMENT}/refunds",
    "inbound": f"/payments/{PAYMENT}/inbound/notify",
    "authorization_token": "/authorization/token",
    "authorization_redirect": "/authorization/redirect?applicationId=vtex&token=T+1",
    "credentials": "/authorization/credentials?applicationId=vtex&authorizationCode=C1",
}


@pytest.fixture
def performed(asked, answered, scripted):
    """The exchange that an answer leads to."""

    def perform(operation, http_status=200, /, *, body=None, request=(), **changes):
        content = answered(operation, **changes) if body is None else body
        client, _ = scripted(content, http_status)
        return client.perform(asked(operation, **dict(request)), action="notify")

    return perform


# --- what is sent ---


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_operation_goes_to_its_address(operation, asked, answered, scripted):
    """Method and path are the protocol's, below whatever path the connector has."""
    client, transport = scripted(answered(operation))
    exchange = client.perform(asked(operation), action="notify")
    method = "GET" if operation in {"manifest", "authorization_redirect", "credentials"} else "POST"
    assert transport.calls[0][:2] == (method, BASE + ADDRESSES[operation])
    assert (exchange.operation, exchange.method, exchange.url) == (operation, *transport.calls[0][:2])


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_good_answer_is_done(operation, performed):
    """The good answer of each operation is done and has no problems."""
    exchange = performed(operation)
    assert (exchange.verdict, exchange.problems, exchange.error) == (Verdict.DONE, (), None)


def test_only_a_post_has_a_body(asked, answered, scripted):
    """A GET travels without a body, a POST with the request as JSON."""
    for operation in OPERATIONS:
        client, transport = scripted(answered(operation))
        exchange = client.perform(asked(operation), action="notify")
        method, _, _, body, _ = transport.calls[0]
        assert bool(body) is (method == "POST")
        assert exchange.request_body.encode() == body


def test_the_inbound_path_has_two_spellings(asked, answered, scripted):
    """OpenAPI says /inbound/, the guides /inbound-request/ (C4)."""
    client, transport = scripted(answered("inbound"), inbound_path="inbound-request")
    client.perform(asked("inbound"), action="notify")
    assert transport.calls[0][1] == f"{BASE}/payments/{PAYMENT}/inbound-request/notify"


def test_ids_cannot_leave_their_place_in_the_path(asked, answered, scripted):
    """A slash or a question mark in an id is quoted."""
    client, transport = scripted(answered("settle"))
    client.perform(asked("settle", payment_id="a/b?c#d e"))
    assert transport.calls[0][1] == f"{BASE}/payments/a%2Fb%3Fc%23d%20e/settlements"


@pytest.mark.parametrize("payment_id", ["", ".", ".."])
def test_an_id_that_is_no_path_part_is_refused(payment_id, asked, scripted):
    """An empty id or dots would name another address; nothing is sent."""
    client, transport = scripted()
    with pytest.raises(CallerError):
        client.perform(asked("settle", payment_id=payment_id))
    assert transport.calls == []


def test_an_inbound_request_needs_its_action(asked, scripted):
    """Without an action there is no path."""
    client, _ = scripted()
    with pytest.raises(CallerError):
        client.perform(asked("inbound"))


def test_only_requests_of_the_protocol_are_performed(scripted):
    """A request type that no operation has is the caller's mistake."""

    class Unknown(Request[Response], frozen=True, kw_only=True):
        pass

    client, _ = scripted()
    with pytest.raises(CallerError, match="Unknown"):
        client.perform(Unknown())


@pytest.mark.parametrize(
    "base_url",
    [
        "",
        "connector.test",
        "ftp://connector.test",
        "http://",
        "http://connector.test:0",
        "http://connector.test:port",
        "http://[connector.test",
        "http://user:secret@connector.test",
        "http://connector.test/?a=1",
        "http://connector.test/#a",
    ],
)
def test_an_address_of_no_connector_is_refused(base_url):
    """The base address is http or https with a host, and carries no secrets."""
    with pytest.raises(CallerError):
        PPPClient(base_url)


@pytest.mark.parametrize(("headers", "prefix"), [("vtex", "X-VTEX-API-"), ("provider", "X-PROVIDER-API-")])
def test_credentials_travel_under_either_pair_of_names(headers, prefix, asked, answered, scripted):
    """The VTEX pair or the PROVIDER pair, never both (C18)."""
    credentials = Credentials("key-1", "token-1", headers)
    client, transport = scripted(answered("settle"), credentials=credentials)
    client.perform(asked("settle"))
    sent = transport.calls[0][2]
    assert (sent[f"{prefix}AppKey"], sent[f"{prefix}AppToken"]) == ("key-1", "token-1")
    assert len([name for name in sent if "-API-App" in name]) == 2


def test_a_connector_without_credentials_gets_empty_ones(asked, answered, scripted):
    """The headers are there, their texts empty."""
    client, transport = scripted(answered("settle"))
    client.perform(asked("settle"))
    sent = transport.calls[0][2]
    assert (sent["X-VTEX-API-AppKey"], sent["X-VTEX-API-AppToken"]) == ("", "")


def test_the_manifest_is_asked_without_credentials(asked, answered, scripted):
    """Everybody may ask, so no secret travels."""
    client, transport = scripted(answered("manifest"), credentials=Credentials("key-1", "token-1"))
    exchange = client.perform(asked("manifest"))
    assert not any("App" in name for name in (*transport.calls[0][2], *exchange.request_headers))


@pytest.mark.parametrize(("test_suite", "sent"), [(True, "true"), (False, None)])
def test_a_test_suite_says_so(test_suite, sent, asked, answered, scripted):
    """X-VTEX-API-Is-TestSuite is true in every request of a suite, and absent otherwise."""
    for operation in ("manifest", "settle"):
        client, transport = scripted(answered(operation), test_suite=test_suite)
        client.perform(asked(operation))
        assert transport.calls[0][2].get("X-VTEX-API-Is-TestSuite") == sent


def test_json_is_asked_for_and_announced(asked, answered, scripted):
    """The protocol declares both headers required."""
    client, transport = scripted(answered("settle"))
    client.perform(asked("settle"))
    sent = transport.calls[0][2]
    assert (sent["Accept"], sent["Content-Type"]) == ("application/json", "application/json")


def test_the_timeout_is_the_clients(asked, answered, scripted):
    """VTEX waits 20 seconds in production and 5 in its suite (C13)."""
    client, transport = scripted(answered("settle"))
    client.perform(asked("settle"))
    suite, suite_transport = scripted(answered("settle"), timeout_seconds=5.0)
    suite.perform(asked("settle"))
    assert (transport.calls[0][4], suite_transport.calls[0][4]) == (20.0, 5.0)


@pytest.mark.parametrize("text", ["a\nb", "a\r\nX-Other: 1", "clé", "a\x00"])
def test_credentials_that_no_header_can_carry_are_refused(text):
    """A line break would smuggle in a header of its own."""
    for pair in ((text, ""), ("", text)):
        with pytest.raises(CallerError):
            Credentials(*pair)


def test_an_unknown_pair_of_header_names_is_refused():
    """There are two pairs."""
    with pytest.raises(CallerError):
        Credentials("a", "b", "other")


def test_a_token_is_not_printed():
    """Whoever logs the credentials does not log the secret."""
    assert "token-1" not in repr(Credentials("key-1", "token-1"))


# --- what it means ---

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


# --- what is kept ---


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
    client, _ = scripted(answered("settle"))
    words = shlex.split(client.perform(asked("settle", tid="it's $(here)")).curl())
    assert words[:4] == ["curl", "--request", "POST", f"{BASE}/payments/{PAYMENT}/settlements"]
    assert "X-VTEX-API-AppToken: ***" in words
    assert msgspec.json.decode(words[-1])["tid"] == "it's $(here)"


def test_curl_of_a_get_has_no_body(performed):
    """What did not travel is not in the command."""
    assert "--data-binary" not in performed("manifest").curl()


# --- the short way ---


def test_the_short_way_returns_the_answer(asked, answered, scripted):
    """One method an operation returns the typed answer."""
    for operation in OPERATIONS:
        client, _ = scripted(answered(operation))
        arguments = {"manifest": (), "inbound": (asked(operation), "notify")}.get(operation, (asked(operation),))
        answer = getattr(client, operation)(*arguments)
        assert type(answer).__name__.lower() == f"{operation.replace('_', '')}response" or answer is None
    assert isinstance(scripted(answered("manifest"))[0].manifest(), ManifestResponse)
    assert isinstance(scripted(answered("settle"))[0].settle(asked("settle")), SettleResponse)


@pytest.mark.parametrize("status", ["approved", "denied", "undefined"])
def test_a_decided_creation_is_an_answer(status, asked, answered, scripted):
    """Denied and undefined are what a connector may say, not errors."""
    client, _ = scripted(answered("authorize", status=status))
    answer = client.authorize(asked("authorize"))
    assert isinstance(answer, AuthorizeResponse)
    assert answer.status == status


@pytest.mark.parametrize(
    ("operation", "status", "body"),
    [
        ("authorize", 500, ERROR_BODY),
        ("settle", 200, {"paymentId": PAYMENT, "requestId": REQUEST, "settleId": None, "value": 0}),
        ("cancel", 501, {"cancellationId": None, "code": "cancel-manually"}),
    ],
)
def test_a_failure_raises_the_short_way(operation, status, body, asked, scripted):
    """They broke off or broke the protocol: the error carries the whole exchange."""
    client, _ = scripted(body, status)
    with pytest.raises(PeerError, match=f"{operation} {PAYMENT}.*status {status}") as raised:
        getattr(client, operation)(asked(operation))
    assert raised.value.exchange.status == status


def test_silence_raises_the_short_way(asked, scripted):
    """Nobody answered: the error says whether the request was sent, and carries the exchange."""
    client, _ = scripted(error=TransportError("no answer within 20 s", sent=True))
    with pytest.raises(TransportError, match="no answer within 20 s") as raised:
        client.settle(asked("settle"))
    assert raised.value.sent is True
    assert raised.value.exchange.payment_id == PAYMENT


@pytest.mark.parametrize(
    ("status", "headers", "address"),
    [(302, {"Location": "https://login.example.com"}, "https://login.example.com"), (200, {}, None)],
)
def test_the_redirect_returns_its_address(status, headers, address, asked, scripted):
    """The answer of a redirect is where the merchant's browser goes."""
    client, _ = scripted(b"", status, headers=headers)
    assert client.authorization_redirect(asked("authorization_redirect")) == address


def test_the_package_is_cheap_to_import():
    """HTTP and WSGI libraries are loaded by their transports, not by the package."""
    heavy = "{'requests', 'urllib3', 'werkzeug', 'flask', 'http.client'}"
    code = f"import sys, connector_ppp; print(sorted({heavy} & set(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
