"""The client: what it sends, and the short way to an answer."""

import subprocess
import sys

import pytest

from connector_ppp.client import Credentials, PPPClient
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

ERROR_BODY = {"status": "error", "code": "E1", "message": "no"}

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
