"""No rule without a fault that trips it: faults planted around the correct connector, found by name.

Together with the named defects of `test_suite_defects` they trip every rule; the last test says so.
"""

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from connector_ppp.reference import callbacks
from connector_ppp.reference.app import create_app
from connector_ppp.transports import WSGITransport
from contracts.suite.load import all_rules

DEAD_ADDRESS = "http://127.0.0.1:9/callback"
IDS = {"settle": "settleId", "cancel": "cancellationId", "refund": "refundId"}


# --- tools: each makes a change of a call -------------------------------------------------------------------


def answering(operation, **fields):
    """The answers of an operation carry these fields; a value that is a function gets the answer."""

    def change(call):
        status, answer = call.ask()
        if call.operation == operation:
            answer |= {name: value(answer) if callable(value) else value for name, value in fields.items()}
        return status, answer

    return change


def asked(operation, alter: Callable[[dict], dict]):
    """The connector inside hears something else than it was asked."""
    return lambda call: call.ask(alter(call.body)) if call.operation == operation else call.ask()


def breaking(operation, broken: Callable[[dict], object], status=500):
    """An operation breaks off with an error when the request is such."""

    def change(call):
        if call.operation == operation and broken(call.body):
            return status, _nothing(call.body) | {"status": "error", "code": "broken", "message": "broken"}
        return call.ask()

    return change


def by_hand(operation):
    """An operation is left to people, and no code says so."""

    def change(call):
        return (501, _nothing(call.body) | {"code": "no"}) if call.operation == operation else call.ask()

    return change


def granting(*codes):
    """What is refused for one of these reasons is done all the same."""

    def change(call):
        status, answer = call.ask()
        if answer.get("code") not in codes or call.operation not in IDS:
            return status, answer
        number = next(call.memory["numbers"])
        return 200, answer | {
            IDS[call.operation]: f"granted-{number}",
            "value": call.body.get("value"),
            "code": None,
        }

    return change


def numbered(operation, name):
    """Each answer has another id."""

    def change(call):
        status, answer = call.ask()
        if call.operation == operation and answer.get(name) is not None:
            answer[name] = f"number-{next(call.memory['numbers'])}"
        return status, answer

    return change


def repeated(alter: Callable[[dict], dict]):
    """The second and later creates of a payment are answered differently."""

    def change(call):
        status, answer = call.ask()
        if call.operation == "create":
            times = call.memory[call.body["paymentId"]] = call.memory.get(call.body["paymentId"], 0) + 1
            answer |= alter(answer) if times > 1 else {}
        return status, answer

    return change


def _nothing(body):
    """The answer of an operation that did nothing."""
    echo = {name: body.get(name) for name in ("paymentId", "requestId")}
    return echo | dict.fromkeys(IDS.values()) | {"value": 0}


def _card(number):
    return lambda body: body | {"card": (body.get("card") or {}) | {"number": number}}


def _buyer(body):
    return body["miniCart"]["buyer"]


# --- faults -------------------------------------------------------------------------------------------------


def _needs_approval_to_cancel(call):
    """A payment that was undefined when it was created cannot be cancelled."""
    if call.operation == "cancel" and call.memory.get(call.body["paymentId"]) == "undefined":
        return 500, _nothing(call.body) | {"code": "not-approved"}
    status, answer = call.ask()
    if call.operation == "create":
        call.memory[call.body["paymentId"]] = answer.get("status")
    return status, answer


def _believes_the_path(call):
    """The paymentId of the body is never read."""
    named = {"paymentId": call.path.split("/")[2]} if call.operation == "settle" else {}
    return call.ask(call.body and call.body | named)


def _repeats_the_cart(call):
    """Three times, to be sure."""
    status, answer = call.ask()
    return status, answer | ({"echo": [call.body["miniCart"]] * 3} if call.operation == "create" else {})


def _fails_in_its_own_way(call):
    """A refused create has another shape."""
    status, answer = call.ask()
    return status, {"error": "bad request"} if (call.operation, status) == ("create", 400) else answer


def _never_says_why(call):
    """No answer has a code."""
    status, answer = call.ask()
    return status, answer | {"code": None}


def _authorized(answer):
    return "authorized" if answer["status"] == "approved" else answer["status"]


def _reconsidered(answer):
    return {"status": "approved", "authorizationId": "late"} if answer["status"] == "denied" else {}


def _forgotten(answer):
    return {"status": "undefined"} if answer["status"] == "denied" else {}


def _visa_for_pix(body):
    return body | ({"paymentMethod": "Visa"} if body["paymentMethod"] == "Pix" else {})


def _is_not_latin(body):
    return not all(str(text).isascii() for text in _buyer(body).values())


def _one_more_method(answer):
    return [*answer["paymentMethods"], {"name": "My Own Card", "allowsSplit": "disabled"}]


def _odd_split(answer):
    return [{"name": each["name"], "allowsSplit": "sometimes"} for each in answer["paymentMethods"]]


FAULTS = {
    "approves-every-card": asked("create", _card("4444333322221111")),
    "denies-every-card": asked("create", _card("4444333322221112")),
    "cancels-without-an-id": answering("cancel", cancellationId=None),
    "never-calls-back": asked("create", lambda body: body | {"callbackUrl": DEAD_ADDRESS}),
    "shows-no-address": answering("create", paymentUrl=None),
    "offers-nothing": answering("manifest", paymentMethods=[]),
    "odd-split": answering("manifest", paymentMethods=_odd_split),
    "odd-method": answering("manifest", paymentMethods=_one_more_method),
    "odd-field": answering("manifest", customFields=[{"name": "Age", "type": "number"}]),
    "hours-as-numbers": answering("manifest", autoSettleDelay={"minimum": 0, "maximum": 720}),
    "four-names": answering("manifest", metadataFields=["a", "b", "c", "d"]),
    "wrong-payment": answering("create", paymentId="somebody-else"),
    "odd-status": answering("create", status="processing"),
    "says-authorized": answering("create", status=_authorized),
    "gives-up-after-a-minute": answering("create", delayToCancel=60),
    "gives-up-early": answering("create", delayToCancel=400),
    "two-settle-delays": answering("create", delayToAutoSettleAfterAntifraud=1800),
    "shortens-its-delay": repeated(lambda _: {"delayToCancel": 7200}),
    "too-much-metadata": answering("create", connectorMetadata=[{"name": name, "value": ""} for name in "abcd"]),
    "reconsiders-a-denial": repeated(_reconsidered),
    "forgets-a-denial": repeated(_forgotten),
    "needs-a-document": breaking("create", lambda body: _buyer(body)["documentType"] is None, 400),
    "needs-a-reference-value": breaking("create", lambda body: "referenceValue" not in body, 400),
    "refuses-new-fields": breaking("create", lambda body: "fieldOfNextYear" in body, 400),
    "reads-ascii-only": breaking("create", _is_not_latin),
    "repeats-the-cart": _repeats_the_cart,
    "breaks-below-a-real": breaking("create", lambda body: body["value"] < 1),
    "takes-any-value": asked("create", lambda body: {"value": 100, "paymentMethod": "Visa"} | body),
    "fails-in-its-own-way": _fails_in_its_own_way,
    "approves-pix-at-once": asked("create", _visa_for_pix),
    "pix-for-a-day": answering("create", delayToCancel=86400),
    "old-addresses": answering("create", bankIssueInvoiceUrl="https://pay.example/slip"),
    "settles-the-unknown": granting("unknown-payment"),
    "settles-the-denied": granting("payment-denied"),
    "refunds-what-it-never-took": granting("refund-above-captured"),
    "cancels-what-it-captured": granting("payment-already-settled"),
    "never-says-why": _never_says_why,
    "a-cancellation-each-time": numbered("cancel", "cancellationId"),
    "needs-approval-to-cancel": _needs_approval_to_cancel,
    "cancels-by-hand-in-silence": by_hand("cancel"),
    "refunds-by-hand-in-silence": by_hand("refund"),
    "refunds-without-an-id": answering("refund", refundId=None),
    "needs-a-tid-to-refund": breaking("refund", lambda body: not body.get("tid")),
    "needs-a-tid-to-settle": breaking("settle", lambda body: not body.get("tid")),
    "believes-the-path": _believes_the_path,
    "refuses-new-fields-of-settles": breaking("settle", lambda body: "fieldOfNextYear" in body),
    "knows-no-recipients": breaking("settle", lambda body: body.get("recipients")),
    "adds-no-recipients-up": granting("recipients-do-not-add-up"),
    "inbound-of-another": answering("inbound", requestId="another"),
    "constant-tid": answering("create", tid="TID"),
    "constant-cancellation": answering("cancel", cancellationId="CANCELLED"),
    "prints-undefined": answering("settle", settleId="undefined"),
}
"""Each fault as a change around the correct connector."""

PLANTED = yaml.safe_load(Path(__file__).with_name("planted.yaml").read_text())
CAUGHT = yaml.safe_load(Path(__file__).with_name("caught.yaml").read_text())


def test_every_fault_is_in_the_table():
    """A fault without rules that find it, or a row without a fault, is a mistake."""
    assert set(PLANTED) == set(FAULTS)


@pytest.mark.parametrize("fault", list(FAULTS))
def test_a_planted_fault_is_found_by_the_rules_that_must_find_it(judge, twisted, fault):
    """Each of these rules says so, in the strength that it deserves."""
    expected = PLANTED[fault]
    seconds = 0.2 if fault == "never-calls-back" else 3.0
    outcomes = judge(twisted(FAULTS[fault]), tuple(expected), callback_seconds=seconds).outcomes
    assert {rule_id: outcomes[rule_id] for rule_id in expected} == expected


# --- callbacks: what leaves the connector is changed on its way out ------------------------------------------

JSON = {"Content-Type": "application/json"}
TEXT = {"Content-Type": "text/plain"}


def _without(name):
    return lambda url, body, headers: (url, body.replace(name, b'"other'), headers)


# Rule, its outcome, and what becomes of the address, the body and the headers on their way out.
CALLBACK_ROWS = [
    ("callbacks/address-unchanged", "fail", lambda url, body, headers: (url.partition("&")[0], body, headers)),
    ("callbacks/credentials", "fail", lambda url, body, _: (url, body, JSON)),
    ("callbacks/declared-as-json", "advice", lambda url, body, headers: (url, body, headers | TEXT)),
    ("callbacks/delays", "advice", _without(b'"delayToAuto')),
    ("callbacks/content", "fail", _without(b'"authorizationId')),
]


@pytest.mark.parametrize(("rule_id", "outcome", "alter"), CALLBACK_ROWS, ids=[row[0] for row in CALLBACK_ROWS])
def test_a_fault_of_a_callback_is_found(judge, monkeypatch, rule_id, outcome, alter):
    """The suite's own server sees it arrive."""
    send = callbacks._post
    monkeypatch.setattr(callbacks, "_post", lambda url, body, headers: send(*alter(url, body, headers)))
    assert judge(only=(rule_id,))[rule_id].outcome == outcome


def _calls_back_inside(call):
    """The callback is sent before the create is answered."""
    status, answer = call.ask()
    if answer.get("status") == "undefined":
        call.inner.post(f"/_reference/payments/{call.body['paymentId']}/resolve")
    return status, answer


def test_a_callback_inside_the_create_is_found(judge, twisted):
    """It is kept waiting until the create would have ended, and the create does not end."""
    app = twisted(_calls_back_inside, callbacks="manual")
    assert judge(app, ("callbacks/after-the-answer",))["callbacks/after-the-answer"].outcome == "fail"


# --- time, strangers, sockets --------------------------------------------------------------------------------


class SlowTransport(WSGITransport):
    """Every answer says that it took six seconds; nobody waits for it."""

    def send(self, *arguments, **keywords):
        """Send, and tell another time."""
        reply = super().send(*arguments, **keywords)
        return type(reply)(reply.status, reply.headers, reply.body, 6000.0)


def test_a_slow_connector_is_found(judge):
    """Six seconds are more than five, for each of the five operations."""
    transport = SlowTransport(create_app())
    case = judge(only=("resilience/answers-in-time",), transport=transport)["resilience/answers-in-time"]
    assert (case.outcome, len(case.differences)) == ("fail", 5)


def test_a_connector_without_a_door_is_found(judge):
    """It takes any token; one with a door does not."""
    keys = {"app_key": "key", "app_token": "token"}
    guarded = create_app(app_key="key", app_token="token")
    assert judge(guarded, ("resilience/strangers",), **keys).outcomes == {"resilience/strangers": "pass"}
    assert judge(create_app(), ("resilience/strangers",), **keys).outcomes == {"resilience/strangers": "fail"}


def test_a_connector_that_captures_before_the_approval_is_found(judge, twisted):
    """Its callback comes much later than the settle, which is granted all the same."""
    app = twisted(granting("payment-not-approved"), callback_delay_seconds=0.6)
    rules = ("settle/undefined-payment", "audit/captured-after-approval")
    assert judge(app, rules).outcomes == dict.fromkeys(rules, "fail")


def test_a_connector_that_settles_twice_for_a_caller_that_hung_up_is_found(judge_over_http):
    """The first settle was done while nobody listened."""
    app = create_app(defects=["double-settle-on-repeat"])
    assert judge_over_http(app, ("resilience/caller-hangs-up",)).outcomes == {"resilience/caller-hangs-up": "fail"}


def _settles_half_a_request(call):
    """A settle that cannot be read captures 30.00 of the payment in its path."""
    if call.operation == "settle" and call.body is None:
        payment_id = call.path.split("/")[2]
        return call.ask({"paymentId": payment_id, "requestId": "half", "value": 30})
    return call.ask()


def test_a_connector_that_settles_half_a_request_is_found(judge_over_http, twisted):
    """Nobody asked for it in full."""
    outcomes = judge_over_http(twisted(_settles_half_a_request), ("resilience/half-a-request",)).outcomes
    assert outcomes == {"resilience/half-a-request": "fail"}


ELSEWHERE = {
    "callbacks/after-the-answer",
    "resilience/answers-in-time",
    "resilience/strangers",
    "resilience/caller-hangs-up",
    "resilience/half-a-request",
    "settle/undefined-payment",
    "audit/captured-after-approval",
}
"""Rules with a test of their own above."""


def test_no_rule_without_a_fault_that_trips_it():
    """What no fault trips proves nothing."""
    rows = (*CAUGHT.values(), *PLANTED.values())
    tripped = {rule_id for row in rows for rule_id, outcome in row.items() if outcome in {"fail", "advice"}}
    tripped |= {row[0] for row in CALLBACK_ROWS} | ELSEWHERE
    assert [rule.id for rule in all_rules() if rule.id not in tripped] == []
