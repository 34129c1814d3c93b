"""Who may ask what: credentials, accounts, the control plane, callbacks."""

import json

import pytest

from connector_ppp import WSGITransport
from connector_ppp.reference.app import create_app as create_reference
from gateway_mock.web.access import CONTROL_TOKEN
from tests.gateway.wire_stage import CREATED, PAYMENT, SAMPLES, VIEWS, WRITES, content, fault_of, named, set_up
from tests.gateway.world import KEY, TOKEN, Merchant

UNAUTHORIZED = {"error": {"code": "1", "message": "Acesso não autorizado", "exception": None}}
OPEN = {"payments.callback", "payments.inbound_request"}
PRIVATE = [
    each
    for each in VIEWS
    if each.view not in OPEN and not each.rule.startswith(("/_mock/", "/api/pub/", "/api/payments/transactions/"))
]
WRONG = {
    "nothing": {},
    "a key alone": {KEY: "vtexappkey-sandbox-LOCAL"},
    "a token alone": {TOKEN: "sandbox"},
    "a wrong token": {KEY: "vtexappkey-sandbox-LOCAL", TOKEN: "Sandbox"},
    "half a token": {KEY: "vtexappkey-sandbox-LOCAL", TOKEN: "sandb"},
    "an unknown key": {KEY: "vtexappkey-nobody-AAAAAA", TOKEN: "sandbox"},
    "empty texts": {KEY: "", TOKEN: ""},
    "odd letters": {KEY: "vtexappkey-sandbox-LOCAL", TOKEN: "\xe9\xff"},
    "a cookie": {"VtexIdclientAutCookie": "sandbox"},
}


@pytest.fixture
def stage(world):
    """A stage with something of everything."""
    return set_up(world)


def body_of(endpoint, method):
    """A good body, where the endpoint reads one."""
    return {"json": SAMPLES[endpoint.view]} if endpoint.view in SAMPLES and method in WRITES else {}


@pytest.mark.parametrize("endpoint", PRIVATE, ids=named)
def test_nobody_gets_in_without_credentials(endpoint, stage):
    """401 in the envelope, with the recorded words, on every endpoint that is not open; nothing changes."""
    before = content(stage.world.store)
    client, path = stage.world.app.test_client(), endpoint.path(stage.parts)
    for method in endpoint.methods:
        for name, headers in WRONG.items():
            answer = client.open(path, method=method, headers=headers, **body_of(endpoint, method))
            assert (answer.status_code, json.loads(answer.text)) == (401, UNAUTHORIZED), (method, name)
    assert content(stage.world.store) == before


def test_almost_everything_is_private():
    """The open paths are those that the documents leave open: what others than the merchant call, and control."""
    is_open = {each.rule for each in VIEWS if each not in PRIVATE and not each.rule.startswith("/_mock/")}
    known = ("/callback", "/notification", "/payments", "/inbound-request/<action>")
    assert all(rule.endswith(known) for rule in is_open), is_open


# --- Accounts --------------------------------------------------------------------------------------------------


@pytest.fixture
def neighbour(world):
    """The merchant of another account."""
    pair = world.merchant.send("POST", "/_mock/accounts", {"account": "neighbour"}).json
    assert set(pair) == {"account", "appKey", "appToken"}
    return Merchant(world.app, pair["appKey"], pair["appToken"])


# Some addresses say the account themselves, whoever calls; a connector that is not there is made.
NAMED = {"payments.callback", "payments.inbound_request", "control.end_configuration"}
OWNED = [each for each in VIEWS if each.arguments and each.view not in NAMED | {"control.put_connector"}]


@pytest.mark.parametrize("endpoint", OWNED, ids=named)
def test_another_account_finds_nothing(endpoint, stage, neighbour):
    """What has an id in one account is a 404 in every other one, whoever asks."""
    before = content(stage.world.store)
    for method in endpoint.methods:
        path = endpoint.path(stage.parts)
        answer = stage.world.app.test_client().open(
            path, method=method, headers=neighbour.headers, **body_of(endpoint, method)
        )
        assert (answer.status_code, fault_of(answer)) == (404, None), method
    assert content(stage.world.store) == before


def test_accounts_do_not_see_each_other(stage, neighbour):
    """Connectors, orders, affiliations, rules and quirks of one account are its own."""
    merchant = stage.world.merchant
    merchant.send("PUT", "/_mock/quirks", {"settle.zero": True})
    assert [each["name"] for each in neighbour.read("/_mock/connectors")["connectors"]] == ["Provider"]
    assert {each["name"] for each in merchant.read("/_mock/connectors")["connectors"]} > {"Provider", "A"}
    assert neighbour.read("/api/oms/pvt/orders")["list"] == []
    assert len(merchant.read("/api/oms/pvt/orders")["list"]) == 1
    assert len(neighbour.read("/api/pvt/affiliations")) < len(merchant.read("/api/pvt/affiliations"))
    assert neighbour.read("/api/pvt/rules") == []
    assert neighbour.read("/_mock/quirks")["settle.zero"] is False


def test_accounts_have_clocks_of_their_own(world, neighbour):
    """Moving one account's clock leaves the other's where it stands."""
    world.merchant.advance(3600)
    assert world.merchant.read("/_mock/clock") == {"now": "2026-01-01T01:00:00.000Z", "mode": "manual"}
    assert neighbour.read("/_mock/clock") == {"now": "2026-01-01T00:00:00.000Z", "mode": "manual"}


def test_a_reset_is_of_one_account(stage, neighbour):
    """The neighbour's reset forgets nothing of mine; mine leaves me my credentials and a fresh start."""
    before = content(stage.world.store)["sandbox"]
    assert neighbour.send("POST", "/_mock/reset").status_code == 204
    assert content(stage.world.store)["sandbox"] == before
    theirs = neighbour.start(5000)
    stage.world.merchant.advance(60)
    assert stage.world.merchant.send("POST", "/_mock/reset").status_code == 204
    assert "sandbox" not in content(stage.world.store)
    assert theirs.show()["status"] == "Started"
    assert stage.world.merchant.read("/api/oms/pvt/orders")["list"] == []
    assert [each["name"] for each in stage.world.merchant.read("/_mock/connectors")["connectors"]] == ["Provider"]
    assert stage.world.merchant.read("/_mock/clock")["now"] == "2026-01-01T00:00:00.000Z"


def test_an_account_is_made_once(world):
    """201 with new credentials, then 200 with the same ones; without a name it gets one of its own."""
    first, again, unnamed, other = (
        world.merchant.send("POST", "/_mock/accounts", body)
        for body in ({"account": "x"}, {"account": "x"}, {}, {})
    )
    assert [each.status_code for each in (first, again, unnamed, other)] == [201, 200, 201, 201]
    assert first.json == again.json
    assert len({each.json["appKey"] for each in (first, unnamed, other)}) == 3
    assert len({each.json["appToken"] for each in (first, unnamed, other)}) == 3


def test_credentials_survive_a_restart(open_world):
    """A new process on the same store knows every account's pair."""
    world = open_world("sqlite")
    pair = world.merchant.send("POST", "/_mock/accounts", {"account": "x"}).json
    transaction = Merchant(world.app, pair["appKey"], pair["appToken"]).start(100)
    world.restart()
    again = Merchant(world.app, pair["appKey"], pair["appToken"])
    assert again.read(transaction.path())["value"] == 100


# --- The control plane -----------------------------------------------------------------------------------------

CONTROL_PATHS = ("/_mock/health", "/_mock/connectors", "/_mock/clock", "/_mock/quirks", "/_mock/nothing")


@pytest.mark.parametrize("address", ["10.0.0.7", "203.0.113.9", "::2", "0.0.0.0", "169.254.1.1", ""])  # noqa: S104
@pytest.mark.parametrize("path", CONTROL_PATHS)
def test_the_control_plane_is_for_loopback(address, path, world):
    """403 in the envelope for every other address, whatever a proxy says of it and whoever asks."""
    headers = world.merchant.headers | {"X-Forwarded-For": "127.0.0.1", "Forwarded": "for=127.0.0.1"}
    answer = world.app.test_client().get(path, headers=headers, environ_base={"REMOTE_ADDR": address})
    assert (answer.status_code, fault_of(answer)) == (403, None)
    assert answer.json["error"]["code"] == "Mock.ControlPlane"


@pytest.mark.parametrize("address", ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"])
def test_loopback_has_many_addresses(address, world):
    """All of 127/8, and IPv6's own, also where an IPv4 address shows as an IPv6 one."""
    answer = world.app.test_client().get("/_mock/health", environ_base={"REMOTE_ADDR": address})
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


def test_a_control_token_opens_from_anywhere_and_closes_loopback(open_world):
    """Once it is set, the token decides: right from anywhere, wrong or missing from nowhere."""
    client = open_world(control_token="secret").app.test_client()
    for address in ("10.0.0.7", "127.0.0.1"):
        where = {"environ_base": {"REMOTE_ADDR": address}}
        assert client.get("/_mock/health", headers={CONTROL_TOKEN: "secret"}, **where).status_code == 200
        for headers in ({}, {CONTROL_TOKEN: "Secret"}, {CONTROL_TOKEN: ""}, {CONTROL_TOKEN: "\xe9"}):
            assert client.get("/_mock/health", headers=headers, **where).status_code == 403


def test_the_control_token_is_not_asked_for_elsewhere(open_world):
    """The gateway's own API needs the account's credentials only."""
    world = open_world(control_token="secret")
    assert world.merchant.start(100).show()["status"] == "Started"


def test_the_control_plane_speaks_of_the_default_account_without_credentials(world):
    """Nobody named means the first account; wrong credentials are still wrong."""
    client = world.app.test_client()
    assert client.put("/_mock/quirks", json={"settle.zero": True}).status_code == 200
    assert world.merchant.read("/_mock/quirks")["settle.zero"] is True
    assert client.get("/_mock/quirks", headers={KEY: "x", TOKEN: "y"}).status_code == 401


# --- Send payments ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("prefix", ["/api/payments", "/api/pub"])
@pytest.mark.parametrize("query", ["", "?an=sandbox&orderId=1"])
def test_send_payments_needs_no_credentials(prefix, query, world):
    """Documented: 201 without credentials, and without a body."""
    transaction = world.merchant.start(10000)
    path = f"{prefix}/transactions/{transaction.id}/payments{query}"
    answer = world.app.test_client().post(path, json=[PAYMENT])
    assert (answer.status_code, answer.data) == (201, b"")
    assert [each["value"] for each in transaction.show("/payments")] == [10000]


def test_send_payments_names_its_account(world, neighbour):
    """`an` says whose transaction it is when nobody signs in."""
    transaction = neighbour.start(10000)
    path = f"/api/payments/transactions/{transaction.id}/payments"
    client = world.app.test_client()
    assert client.post(path, json=[PAYMENT]).status_code == 404
    assert client.post(f"{path}?an=sandbox", json=[PAYMENT]).status_code == 404
    assert client.post(f"{path}?an=neighbour", json=[PAYMENT]).status_code == 201


def test_send_payments_of_the_merchant_needs_credentials(world):
    """The path under `/api/pvt` is private."""
    transaction = world.merchant.start(10000)
    answer = world.app.test_client().post(transaction.path("/payments"), json=[PAYMENT])
    assert (answer.status_code, answer.json) == (401, UNAUTHORIZED)


# --- Callbacks -------------------------------------------------------------------------------------------------


@pytest.fixture
def pending(world):
    """A transaction whose payment waits for its connector, and the callback address that the connector got."""
    transaction = world.open("A 100 total")
    world.perform(transaction, "authorize (A waits 3600)")
    address = world.heard[-1].body["callbackUrl"].removeprefix("http://127.0.0.1:5005")
    return transaction, address


@pytest.mark.parametrize(
    "change",
    [
        lambda url: url[:-1],
        lambda url: url + "0",
        lambda url: url.partition("&X-VTEX-signature")[0],
        lambda url: url.rpartition("=")[0] + "=",
        lambda url: url.partition("?")[0],
        lambda url: url.replace("accountName=sandbox", "accountName=neighbour"),
        lambda url: url.replace("accountName=sandbox", "accountName="),
    ],
    ids=["cut", "longer", "unsigned", "empty", "bare", "another account", "no account"],
)
@pytest.mark.parametrize("body", [CREATED | {"status": "approved"}, None], ids=["notification", "retry"])
def test_a_callback_without_its_signature_changes_nothing(change, body, pending, world, neighbour):
    """C17: 403, or 404 for an account that does not have the payment; no word to the connector."""
    assert neighbour.account
    transaction, address = pending
    heard = len(world.heard)
    answer = world.app.test_client().post(change(address), **({} if body is None else {"json": body}))
    assert answer.status_code in {403, 404}
    assert fault_of(answer) is None
    assert transaction.show()["status"] == "Authorizing"
    assert len(world.heard) == heard


def test_a_signature_is_of_one_payment(world):
    """The signature of one payment does not open another, nor the same one under another transaction."""
    addresses = []
    for name in "AB":
        transaction = world.open(f"{name} 100 total")
        world.perform(transaction, f"authorize ({name} waits)")
        addresses.append(world.heard[-1].body["callbackUrl"].removeprefix("http://127.0.0.1:5005"))
    (first, _, signature), (second, _, other) = (each.rpartition("=") for each in addresses)
    assert signature != other
    client, approved = world.app.test_client(), CREATED | {"status": "approved"}
    assert client.post(f"{second}={signature}", json=approved).status_code == 403
    mixed = first.partition("/payments/")[0] + "/payments/" + second.partition("/payments/")[2]
    assert client.post(f"{mixed}={other}", json=approved).status_code == 403


@pytest.mark.parametrize(
    "headers", [{}, {KEY: "vtexappkey-partner-XYZ", TOKEN: "partner"}], ids=["none", "partner"]
)
def test_a_signed_callback_is_heard_whoever_brings_it(headers, pending, world):
    """Documented: connectors send the credentials of the partner's account, which no merchant's account knows."""
    transaction, address = pending
    answer = world.app.test_client().post(
        address, json=CREATED | {"paymentId": None, "status": "approved"}, headers=headers
    )
    assert answer.status_code == 200, answer.text
    assert transaction.show()["status"] == "Approved"


def test_a_guarded_reference_connector_can_call_back(open_world):
    """A connector with credentials of its own signs in with them, and its callback arrives all the same."""
    reference = WSGITransport(create_reference(app_key="partner", app_token="secret", callbacks="manual"))
    world = open_world(connector="http://reference.test", transport=lambda _url: reference)
    connector = {"kind": "ppp", "url": "http://reference.test", "appKey": "partner", "appToken": "secret"}
    assert world.merchant.put_connector("Provider", **connector).status_code == 200
    transaction = world.merchant.start(10000)
    transaction.pay({"value": 10000, "fields": {"cardNumber": "4222222222222224"}})
    assert transaction.authorize().json["statusDetail"] == "Authorizing"
    (exchange,) = transaction.exchanges()
    path = exchange["request"]["callbackUrl"].removeprefix("http://127.0.0.1:5005")
    told = exchange["response"] | {"status": "approved", "authorizationId": "1"}
    headers = {KEY: "partner", TOKEN: "secret"}
    assert world.app.test_client().post(path, json=told, headers=headers).status_code == 200
    assert transaction.show()["status"] == "Approved"


# --- Secrets ---------------------------------------------------------------------------------------------------


def test_secrets_are_never_shown(world):
    """A connector's token and a card's number are for the connector: no view, and no list, repeats them."""
    world.merchant.put_connector("A", kind="ppp", url="http://a.test", appKey="key-1", appToken="t0ps3cret")
    transaction = world.given("A 100 total")
    transaction.ask("settle", 10000)
    paths = [transaction.path(end) for end in ("", "/payments", "/settlements", "/interactions")]
    for path in (*paths, "/_mock/connectors", "/api/pvt/affiliations", "/api/pvt/rules"):
        text = json.dumps(world.merchant.read(path))
        assert "t0ps3cret" not in text, path
        assert "4444333322221111" not in text, path


def test_a_connector_hears_its_credentials_under_either_name(world):
    """C18: the VTEX pair by default, the PROVIDER pair when the connector is configured so."""
    heard = {}
    for style in ("vtex", "provider"):
        settings = {"url": "http://a.test", "appKey": "key-1", "appToken": "token-1", "headers": style}
        world.merchant.put_connector("A", kind="ppp", paymentSystems=[2], **settings)
        transaction = world.merchant.start(100)
        transaction.pay({"value": 100})
        transaction.authorize()
        heard[style] = world.heard[-1].headers
    assert (heard["vtex"][KEY], heard["vtex"][TOKEN]) == ("key-1", "token-1")
    assert not [name for name in heard["vtex"] if name.startswith("X-PROVIDER")]
    assert heard["provider"]["X-PROVIDER-API-AppKey"] == "key-1"
    assert heard["provider"]["X-PROVIDER-API-AppToken"] == "token-1"
    assert not [name for name in heard["provider"] if name.startswith("X-VTEX")]
