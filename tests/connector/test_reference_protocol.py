"""The reference connector over WSGI: exact status codes and bodies, idempotency, credentials, inbound."""

from threading import Barrier, Thread

import pytest

from connector_ppp import PPPClient
from connector_ppp.operations import OPERATIONS
from connector_ppp.reference.app import create_app
from connector_ppp.transports import WSGITransport

CREATE = {
    "paymentId": "P1",
    "value": 100.0,
    "currency": "BRL",
    "paymentMethod": "Visa",
    "card": {"number": "4444333322221111"},
    "callbackUrl": "http://127.0.0.1:9/callback",
}
PATHS = {"settle": "settlements", "cancel": "cancellations", "refund": "refunds"}
IDS = {"settle": "settleId", "cancel": "cancellationId", "refund": "refundId"}


@pytest.fixture
def app():
    """A connector that calls nobody back by itself."""
    return create_app(callbacks="manual")


@pytest.fixture
def client(app):
    """Its test client."""
    return app.test_client()


@pytest.fixture
def move(client):
    """Settle, cancel or refund payment P1 under a requestId."""

    def perform(operation, request_id, value=None, **fields):
        body = {"requestId": request_id, "paymentId": "P1", "value": value, **fields}
        return client.post(f"/payments/P1/{PATHS[operation]}", json=body)

    return perform


@pytest.fixture
def paid(client):
    """Payment P1 of 100.00, approved."""
    return client.post("/payments", json=CREATE).json


def _books(client, payment_id="P1"):
    view = client.get(f"/_reference/payments/{payment_id}").json
    return view["authorized"], view["captured"], view["voided"], view["refunded"]


def test_an_approved_create_has_every_required_field(client):
    """The ten fields that the schema requires, with an authorizationId."""
    answer = client.post("/payments", json=CREATE)
    assert (answer.status_code, answer.content_type) == (200, "application/json")
    assert answer.json["status"] == "approved"
    assert answer.json["paymentId"] == "P1"
    required = {"authorizationId", "tid", "nsu", "acquirer"}
    delays = {"delayToAutoSettle", "delayToAutoSettleAfterAntifraud", "delayToCancel"}
    assert required | delays <= set(answer.json)
    assert all(answer.json[name] for name in required)


@pytest.mark.parametrize("number", ["4444333322221112", "4222222222222224"])
def test_a_create_that_is_not_approved_has_no_authorization_id(client, number):
    """Documented: absent or null unless authorized."""
    assert client.post("/payments", json=CREATE | {"card": {"number": number}}).json["authorizationId"] is None


def test_a_repeated_create_is_the_same_answer(client, paid):
    """Documented: a paymentId is charged once."""
    assert client.post("/payments", json=CREATE).json == paid


def test_a_create_after_a_cancel_is_denied_under_the_same_tid(client, paid, move):
    """The protocol has no word for cancelled; what is dead is denied."""
    move("cancel", "Q1")
    again = client.post("/payments", json=CREATE).json
    assert (again["status"], again["tid"]) == ("denied", paid["tid"])


def test_a_cancel_comes_before_any_create(client, move):
    """Known issue 486752: success, and the payment that comes later is denied and never charged."""
    first = move("cancel", "Q1", 100.0, tid=None, authorizationId=None)
    assert first.status_code == 200
    assert first.json["cancellationId"]
    assert client.post("/payments", json=CREATE).json["status"] == "denied"
    assert move("settle", "Q2", 100.0).json["code"] == "payment-cancelled"
    assert _books(client) == (0.0, 0.0, 0.0, 0.0)


def test_a_create_with_other_content_is_refused_as_documented(client, paid):
    """400 with the error shape; the first payment stands."""
    answer = client.post("/payments", json=CREATE | {"value": 200.0})
    assert answer.status_code == 400
    assert answer.json == {
        "status": "error",
        "code": "payment-id-conflict",
        "message": "this paymentId was created before with another value or currency",
    }
    assert _books(client)[0] == 100.0
    assert paid["status"] == "approved"


@pytest.mark.usefixtures("paid")
def test_a_settle_says_what_it_did(move):
    """Six fields; the value in currency units."""
    answer = move("settle", "Q1", 40.1)
    assert answer.status_code == 200
    assert answer.json.pop("settleId")
    assert answer.json | {"settleId": "x"} == {
        "paymentId": "P1",
        "settleId": "x",
        "value": 40.1,
        "code": None,
        "message": "settled",
        "requestId": "Q1",
    }


@pytest.mark.usefixtures("paid")
def test_amounts_are_numbers_with_the_decimals_of_their_currency(move):
    """40.10 is written with two decimals, as a JSON number."""
    assert '"value":40.10,' in move("settle", "Q1", 40.1).text


@pytest.mark.usefixtures("paid")
@pytest.mark.parametrize(
    ("operation", "value", "code"),
    [
        ("settle", 100.01, "settle-above-open"),
        ("settle", 0, "value-not-positive"),
        ("settle", -5, "value-not-positive"),
        ("cancel", 100.01, "cancel-above-open"),
        ("cancel", 0, "value-not-positive"),
        ("refund", 0.01, "refund-above-captured"),
        ("refund", -5, "value-not-positive"),
    ],
)
def test_a_refusal_is_a_500_with_a_null_id_and_value_0(client, move, operation, value, code):
    """The failure shape of the protocol; refused again alike, and no money moves."""
    first, again = move(operation, "Q1", value), move(operation, "Q1", value)
    assert first.status_code == 500
    assert first.json[IDS[operation]] is None
    assert first.json["code"] == code
    assert first.json["message"]
    assert (first.json["paymentId"], first.json["requestId"]) == ("P1", "Q1")
    assert first.json.get("value", 0) == 0
    assert again.json == first.json
    assert _books(client) == (100.0, 0.0, 0.0, 0.0)


def test_operations_on_an_unknown_payment_fail(client, move):
    """S29: a 500 with a null id, for settle and refund; and nothing is created by asking."""
    for operation in ("settle", "refund"):
        answer = move(operation, f"Q-{operation}", 1)
        assert (answer.status_code, answer.json["code"]) == (500, "unknown-payment")
    assert _books(client) == (0.0, 0.0, 0.0, 0.0)


@pytest.mark.parametrize("value", [None, 100.0])
@pytest.mark.usefixtures("paid")
def test_a_cancel_voids_everything_with_or_without_a_value(client, move, value):
    """C1: the field is optional."""
    assert move("cancel", "Q1", value).status_code == 200
    assert _books(client) == (100.0, 0.0, 100.0, 0.0)


@pytest.mark.usefixtures("paid")
def test_a_cancel_of_a_cancelled_payment_has_the_first_id(move):
    """Known issue 740084."""
    first, second = move("cancel", "Q1"), move("cancel", "Q2")
    assert second.status_code == 200
    assert second.json["cancellationId"] == first.json["cancellationId"]
    assert second.json["requestId"] == "Q2"


@pytest.mark.usefixtures("paid")
def test_the_whole_life_of_a_payment(client, move):
    """Settle 20 and 40, cancel 30, refund 5 of the first and 40 of the second, settle the last 10."""
    first, second = move("settle", "Q1", 20.0).json, move("settle", "Q2", 40.0).json
    assert move("cancel", "Q3", 30.0).status_code == 200
    assert move("refund", "Q4", 5.0, settleId=first["settleId"]).json["value"] == 5.0
    assert move("refund", "Q5", 40.0, settleId=second["settleId"]).json["value"] == 40.0
    assert move("settle", "Q6", 10.0).json["value"] == 10.0
    assert _books(client) == (100.0, 70.0, 30.0, 45.0)


@pytest.mark.usefixtures("paid")
def test_equal_refunds_with_different_request_ids_all_move(client, move):
    """Known issue 1118560: 30, 30 and 40 of 100 pass, the second 30 once more does not move, 1 more is refused."""
    move("settle", "Q0", 100.0)
    for request_id, value in (("Q1", 30.0), ("Q2", 30.0), ("Q2", 30.0), ("Q3", 40.0)):
        assert move("refund", request_id, value).status_code == 200
    assert move("refund", "Q4", 1.0).json["code"] == "refund-above-captured"
    assert _books(client) == (100.0, 100.0, 0.0, 100.0)


@pytest.mark.usefixtures("paid")
@pytest.mark.parametrize(
    ("operation", "value", "payment_id"),
    [("settle", 41.0, "P1"), ("cancel", 40.0, "P1"), ("refund", 40.0, "P1"), ("settle", 40.0, "P2")],
)
def test_a_request_id_is_never_used_for_something_else(client, move, operation, value, payment_id):
    """S7: another value, operation or payment under a known requestId is a conflict, and moves nothing."""
    client.post("/payments", json=CREATE | {"paymentId": "P2"})
    first = move("settle", "Q1", 40.0)
    path = f"/payments/{payment_id}/{PATHS[operation]}"
    other = client.post(path, json={"requestId": "Q1", "paymentId": payment_id, "value": value})
    assert (other.status_code, other.json["code"]) == (500, "request-id-conflict")
    assert other.json[IDS[operation]] is None
    assert move("settle", "Q1", 40.0).json == first.json
    assert _books(client) == (100.0, 40.0, 0.0, 0.0)
    assert _books(client, "P2") == (100.0, 0.0, 0.0, 0.0)


def test_a_settle_that_came_too_early_succeeds_once_the_payment_is_approved(client, move):
    """The gateway repeats a failed settle for a day, with the same requestId."""
    client.post("/payments", json=CREATE | {"card": {"number": "4222222222222224"}})
    assert move("settle", "Q1", 100.0).json["code"] == "payment-not-approved"
    client.post("/_reference/payments/P1/resolve")
    assert move("settle", "Q1", 100.0).status_code == 200
    assert _books(client) == (100.0, 100.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("currency", "value", "text"),
    [("CLP", 600, '"value":600,'), ("KWD", 4.005, '"value":4.005,'), ("BRL", 4, '"value":4.00,')],
)
def test_each_currency_has_its_own_decimals(client, move, currency, value, text):
    """CLP none, KWD three, BRL two."""
    client.post("/payments", json=CREATE | {"currency": currency, "value": 1500})
    assert text in move("settle", "Q1", value).text


def _at_once(app, path, bodies):
    """Post all bodies from threads that a barrier starts together; the answers in the order of the bodies."""
    barrier, answers = Barrier(len(bodies)), [None] * len(bodies)

    def call(number, body):
        with app.test_client() as client:
            barrier.wait()
            answer = client.post(path, json=body)
            answers[number] = (answer.status_code, answer.text)

    threads = [Thread(target=call, args=each) for each in enumerate(bodies)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.mark.usefixtures("paid")
@pytest.mark.parametrize("operation", ["settle", "cancel", "refund"])
def test_sixteen_repeats_at_once_move_money_once(app, client, move, operation):
    """One requestId from 16 threads: 16 equal answers, 30 moved once."""
    if operation == "refund":
        move("settle", "Q0", 100.0)
    body = {"requestId": "Q1", "paymentId": "P1", "value": 30.0}
    answers = _at_once(app, f"/payments/P1/{PATHS[operation]}", [body] * 16)
    assert len(set(answers)) == 1
    assert answers[0][0] == 200
    captured, voided, refunded = {"settle": (30, 0, 0), "cancel": (0, 30, 0), "refund": (100, 0, 30)}[operation]
    assert _books(client) == (100.0, captured, voided, refunded)


@pytest.mark.usefixtures("paid")
def test_sixteen_settles_at_once_never_capture_more_than_authorized(app, client):
    """16 different requests of 30 on 100: three succeed."""
    bodies = [{"requestId": f"Q{number}", "paymentId": "P1", "value": 30.0} for number in range(16)]
    answers = _at_once(app, "/payments/P1/settlements", bodies)
    assert sorted(status for status, _ in answers) == [200] * 3 + [500] * 13
    assert _books(client) == (100.0, 90.0, 0.0, 0.0)


def test_sixteen_creates_at_once_are_one_payment(app):
    """Known issue 1165831: a duplicate is never denied; all get the same answer."""
    answers = _at_once(app, "/payments", [CREATE] * 16)
    assert len(set(answers)) == 1
    assert '"status":"approved"' in answers[0][1]


def test_one_request_id_for_two_payments_at_once_moves_one_of_them(app, client):
    """The requestId is claimed before money moves."""
    for number in range(16):
        client.post("/payments", json=CREATE | {"paymentId": f"P{number}"})
    barrier = Barrier(16)
    statuses = []

    def call(payment_id):
        barrier.wait()
        body = {"requestId": "Q", "paymentId": payment_id, "value": 1}
        with app.test_client() as own:
            statuses.append(own.post(f"/payments/{payment_id}/settlements", json=body).status_code)

    threads = [Thread(target=call, args=(f"P{number}",)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200] + [500] * 15
    assert sum(_books(client, f"P{number}")[1] for number in range(16)) == 1.0


@pytest.mark.parametrize("path", ["inbound", "inbound-request"])
@pytest.mark.usefixtures("paid")
def test_inbound_is_served_under_both_spellings(client, path):
    """C4: OpenAPI and the guides spell it differently."""
    body = {"requestId": "Q1", "paymentId": "P1", "requestData": {"body": "ping=1"}}
    answer = client.post(f"/payments/P1/{path}/notify", json=body)
    assert answer.status_code == 200
    assert (answer.json["requestId"], answer.json["paymentId"]) == ("Q1", "P1")
    assert answer.json["responseData"] == {
        "statusCode": 200,
        "contentType": "text/plain",
        "content": "notify: 6 characters; the payment is approved",
    }


def test_inbound_of_an_unknown_payment_tells_the_third_party_404(client):
    """The gateway itself is answered 200."""
    body = {"requestId": "Q1", "paymentId": "P9", "requestData": {"body": ""}}
    answer = client.post("/payments/P9/inbound/notify", json=body)
    assert (answer.status_code, answer.json["responseData"]["statusCode"]) == (200, 404)


@pytest.mark.parametrize("prefix", ["X-VTEX-API", "X-PROVIDER-API"])
def test_both_header_pairs_open_the_door(prefix):
    """C18: the gateway sends one pair or the other."""
    client = create_app(app_key="key", app_token="token").test_client()
    headers = {f"{prefix}-AppKey": "key", f"{prefix}-AppToken": "token"}
    assert client.post("/payments", json=CREATE, headers=headers).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-VTEX-API-AppKey": "key"},
        {"X-VTEX-API-AppKey": "key", "X-VTEX-API-AppToken": "Token"},
        {"X-VTEX-API-AppKey": "", "X-VTEX-API-AppToken": "token"},
        {"X-VTEX-API-AppKey": "key", "X-PROVIDER-API-AppToken": "token"},
    ],
)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/payments"),
        ("POST", "/payments/P1/settlements"),
        ("POST", "/payments/P1/cancellations"),
        ("POST", "/payments/P1/refunds"),
        ("POST", "/payments/P1/inbound/x"),
        ("POST", "/authorization/token"),
        ("GET", "/authorization/credentials"),
    ],
)
def test_without_the_credentials_nothing_is_done(headers, method, path):
    """401 in the error shape."""
    client = create_app(app_key="key", app_token="token").test_client()
    answer = client.open(path, method=method, json=CREATE, headers=headers)
    assert answer.status_code == 401
    assert answer.json["status"] == "error"
    assert client.get("/_reference/payments").json["calls"] == []


def test_the_manifest_is_public():
    """The protocol asks for no credentials there."""
    client = create_app(app_key="key", app_token="token").test_client()
    answer = client.get("/manifest")
    assert answer.status_code == 200
    assert answer.json["autoSettleDelay"] == {"minimum": "0", "maximum": "720"}
    assert {field["type"] for field in answer.json["customFields"]} == {"text", "password", "select"}
    splits = {method["allowsSplit"] for method in answer.json["paymentMethods"]}
    assert splits == {"onAuthorize", "onCapture", "disabled"}


@pytest.mark.parametrize("options", [{"app_key": "key"}, {"app_token": "token"}])
def test_half_of_the_credentials_is_a_mistake(options):
    """A key without a token would lock everybody out, or nobody."""
    with pytest.raises(ValueError, match="go together"):
        create_app(**options)


@pytest.mark.parametrize("operation", ["manifest", "authorize", "settle", "cancel", "refund", "inbound"])
def test_our_own_client_finds_nothing_wrong(asked, operation, app):
    """Every rule on answers that the client knows is kept."""
    caller = PPPClient("http://connector.test", WSGITransport(app))
    if operation in {"settle", "refund"}:
        caller.perform(asked("authorize"))
    if operation == "refund":
        settled = caller.settle(asked("settle"))
        request = asked("refund", settle_id=settled.settle_id, request_id="another")
    else:
        request = asked(operation)
    exchange = caller.perform(request, **({"action": "notify"} if operation == "inbound" else {}))
    assert (exchange.verdict, exchange.problems) == ("done", ())


def test_our_own_client_walks_the_configuration_flow(asked, app):
    """Token, redirect, credentials: the merchant gets the key and token of the sandbox."""
    caller = PPPClient("http://connector.test", WSGITransport(app))
    token = caller.authorization_token(asked("authorization_token")).token
    location = caller.authorization_redirect(asked("authorization_redirect", token=token))
    address, _, code = location.partition("?code=")
    assert address == "https://mystore.example.com/back"
    answer = caller.credentials(asked("credentials", authorization_code=code))
    assert (answer.app_key, answer.app_token) == ("vtexappkey-sandbox-LOCAL", "sandbox")


@pytest.mark.parametrize(
    "path",
    [
        "/authorization/redirect",
        "/authorization/redirect?token=unknown",
        "/authorization/credentials",
        "/authorization/credentials?authorizationCode=unknown",
    ],
)
def test_unknown_tokens_and_codes_are_refused(client, path):
    """Nobody is sent anywhere, and nobody gets credentials."""
    answer = client.get(path)
    assert (answer.status_code, answer.json["status"]) == (400, "error")


def test_a_return_url_has_to_be_a_web_address(client):
    """Otherwise the merchant's browser would run whatever somebody wrote there."""
    answer = client.post(
        "/authorization/token", json={"applicationId": "vtex", "returnUrl": "javascript:alert(1)"}
    )
    assert answer.status_code == 400


def test_every_operation_of_the_table_has_a_route(app):
    """What the client can call, the connector serves."""
    served = {
        str(rule).replace("<payment_id>", "{paymentId}").replace("<action>", "{action}")
        for rule in app.url_map.iter_rules()
    }
    assert {operation.path for operation in OPERATIONS.values()} <= served
