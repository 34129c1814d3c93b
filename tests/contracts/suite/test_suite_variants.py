"""Correct connectors that differ from the reference one are never accused: no failure, no advice.

Each variant is a change around the reference connector that the protocol allows.
"""

from collections.abc import Callable
from itertools import combinations
from random import Random
from threading import Lock

import pytest

from connector_ppp.errors import TransportError
from connector_ppp.reference import callbacks
from connector_ppp.reference.app import create_app
from connector_ppp.transports import WSGITransport

IDS = {"settle": "settleId", "cancel": "cancellationId", "refund": "refundId"}
DONE = 200


def answers(alter: Callable[[str, dict], dict]):
    """Every answer is written differently."""

    def change(call):
        status, answer = call.ask()
        return status, alter(call.operation, answer)

    return change


def refused(call, code):
    """An operation that did nothing."""
    return 500, {
        "paymentId": call.body["paymentId"],
        "requestId": call.body["requestId"],
        IDS[call.operation]: None,
        "value": 0,
        "code": code,
        "message": code,
    }


# --- other ways to write the same ---------------------------------------------------------------------------


def _whole_numbers(_, answer):
    value = answer.get("value")
    return answer | ({"value": int(value)} if isinstance(value, float) and value.is_integer() else {})


def _extra_fields(_, answer):
    return answer | {"providerData": {"nested": [1, None]}, "status2": "x", "processedAt": "2026-01-01"}


def _nulls(operation, answer):
    nulls = {"create": ("nsu", "acquirer", "code", "message", "paymentUrl2"), "manifest": ()}
    missing = dict.fromkeys(nulls.get(operation, ("code",) if answer.get("code") is None else ()))
    return answer | missing


def _least(operation, answer):
    """Only what is required, and what a failure has to say."""
    if answer.get("status") == "error":
        return answer
    optional = {"manifest": ("customFields", "autoSettleDelay"), "create": ("code", "message")}
    return {name: value for name, value in answer.items() if name not in optional.get(operation, ())}


def _ids_of_its_own(_, answer):
    """With prefixes and signs, longer than the gateway's, and the same for the same."""
    prefixes = {"settleId": "cap_", "refundId": "re-", "cancellationId": "void/", "nsu": "0"}
    return answer | {name: prefix + answer[name] for name, prefix in prefixes.items() if answer.get(name)}


def _own_ids(call):
    """Ids of its own form go out, and are understood when they come back."""
    body = call.body
    if call.operation == "refund":
        body = body | {"settleId": body["settleId"].removeprefix("cap_")}
    status, answer = call.ask(body)
    return status, _ids_of_its_own(call.operation, answer)


def _created(call):
    """Whatever was done is answered with 201: something was created."""
    status, answer = call.ask()
    return (201 if status == DONE and call.method == "POST" else status), answer


def _numbers_as_ids(_, answer):
    """Ids are short numbers in texts, and each kind counts for itself."""
    names = ("nsu", "acquirer")
    return answer | {name: str(len(answer[name])) for name in names if answer.get(name)}


# --- other ways to keep what was done -----------------------------------------------------------------------


def _stored_answers(call):
    """A create that was decided once is answered with the stored body for ever, also after a cancel."""
    key = ("create", call.body.get("paymentId")) if call.operation == "create" else None
    if key in call.memory:
        return call.memory[key]
    status, answer = call.ask()
    if key and answer.get("status") in {"approved", "denied"}:
        call.memory[key] = (status, answer)
    return status, answer


def _replays_on_conflict(call):
    """A known requestId with other content gets the first answer, that of this payment."""
    status, answer = call.ask()
    key = (call.operation, (call.body or {}).get("paymentId"), (call.body or {}).get("requestId"))
    if answer.get("code") == "request-id-conflict" and key in call.memory:
        return call.memory[key]
    call.memory.setdefault(key, (status, answer))
    return status, answer


def _busy(call):
    """A request that arrives while the same one is in work is refused for now."""
    key = call.body.get("requestId") if call.operation in IDS else None
    if key is None:
        return call.ask()
    with call.memory["lock"]:
        busy = call.memory.setdefault(key, Lock())
    if not busy.acquire(blocking=False):
        return refused(call, "in-work")
    try:
        return call.ask()
    finally:
        busy.release()


# --- other rights -------------------------------------------------------------------------------------------


def _at_most(limit):
    """Settles and refunds do at most so much at once, and say so (S14)."""

    def change(call):
        # A split is done in whole, for its shares are of the whole.
        whole = call.operation not in {"settle", "refund"} or call.body.get("recipients")
        less = not whole and call.body["value"] > limit
        return call.ask(call.body | {"value": limit}) if less else call.ask()

    return change


def _settles_what_is_open(call):
    """A settle above what is open captures what is open, and says so."""
    if call.operation == "settle" and call.payment.get("open", 0) > 0:
        return call.ask(call.body | {"value": min(call.body["value"], call.payment["open"])})
    return call.ask()


def _captures_once(call):
    """The first capture is the last; the rest is released with it."""
    if call.operation != "settle":
        return call.ask()
    first = call.memory.setdefault(call.body["paymentId"], call.body["requestId"])
    if first != call.body["requestId"]:
        return refused(call, "already-captured")
    status, answer = call.ask()
    if status not in (DONE, 201):
        call.memory.pop(call.body["paymentId"], None)
    return status, answer


def _reads_cents(call):
    """The value of a cancel is read in cents (C1)."""
    if call.operation == "cancel" and call.body.get("value") is not None:
        return call.ask(call.body | {"value": call.body["value"] / 100})
    return call.ask()


def _ignores_the_value(call):
    """A cancel is of everything, whatever its value says (C1: the field is optional)."""
    body = {name: value for name, value in (call.body or {}).items() if name != "value"}
    return call.ask(body) if call.operation == "cancel" else call.ask()


def _refunds_on_cancel(call):
    """A cancel of captured money is a refund, and says so."""
    status, answer = call.ask()
    if answer.get("code") != "payment-already-settled":
        return status, answer
    refunds = {"requestId": f"refund {call.body['requestId']}", "value": call.payment["captured"]}
    payment_id = call.body["paymentId"]
    done, _ = call.send("POST", f"/payments/{payment_id}/refunds", {"paymentId": payment_id} | refunds)
    if done != DONE:
        return status, answer
    return DONE, answer | {"cancellationId": f"refunded {payment_id}", "code": None, "message": "refunded"}


def _cancels_whole_by_hand(call):
    """A cancel of a part is left to people, one of the whole is not."""
    part = call.operation == "cancel" and call.body.get("value") not in (None, 100, 100.0)
    return (501, refused(call, "cancel-manually")[1]) if part else call.ask()


def _refunds_later(call):
    """A refund fails until it is done, and 200 says that it is done for good (VTEX docs)."""
    key = (call.operation, call.body["paymentId"], call.body["requestId"]) if call.operation == "refund" else None
    captured = key and call.payment.get("captured", 0) > 0
    if captured and key not in call.memory:
        call.memory[key] = "begun"
        return refused(call, "processing")
    return call.ask()


def _refunds_whole_only(call):
    """A refund of a part is left to people."""
    part = call.operation == "refund" and call.body["value"] < call.payment.get("captured", 0)
    return (501, refused(call, "refund-manually")[1]) if part else call.ask()


def _knows_reais_only(call):
    """Any other currency is denied."""
    if call.operation == "create" and call.body["currency"] != "BRL":
        denied = {"status": "denied", "tid": f"none-{call.body['paymentId']}", "nsu": None, "acquirer": None}
        delays = dict.fromkeys(("delayToCancel", "delayToAutoSettle", "delayToAutoSettleAfterAntifraud"), 86400)
        return DONE, denied | delays | {"paymentId": call.body["paymentId"]}
    return call.ask()


def _denies_the_incomplete(call):
    """Who has no document is denied, and for good."""
    if call.operation == "create" and call.body["miniCart"]["buyer"].get("document") is None:
        return call.ask(call.body | {"card": (call.body.get("card") or {}) | {"number": "4444333322221112"}})
    return call.ask()


def _knows_payments_by_request(call):
    """A requestId is known with its payment and its operation, not in all the world."""
    if call.operation in IDS:
        mark = f"{call.operation} {call.body['paymentId']} "
        status, answer = call.ask(call.body | {"requestId": mark + call.body["requestId"]})
        return status, answer | {"requestId": call.body["requestId"]}
    return call.ask()


# --- other methods ------------------------------------------------------------------------------------------


def _only(*names):
    """The manifest offers these methods alone."""

    def change(call):
        status, answer = call.ask()
        if call.operation == "manifest":
            answer["paymentMethods"] = [each for each in answer["paymentMethods"] if each["name"] in names]
        return status, answer

    return change


LATER = {"4444333322221111": "4222222222222224", "4444333322221112": "4222222222222225"}


def _decides_later(call):
    """Every card is undefined at first."""
    number = ((call.body or {}).get("card") or {}).get("number") if call.operation == "create" else None
    return (
        call.ask(call.body | {"card": call.body["card"] | {"number": LATER.get(number, number)}})
        if number
        else (call.ask())
    )


VARIANTS = {
    "whole-numbers": answers(_whole_numbers),
    "extra-fields": answers(_extra_fields),
    "nulls": answers(_nulls),
    "least": answers(_least),
    "ids-of-its-own": _own_ids,
    "created": _created,
    "numbers-as-ids": answers(_numbers_as_ids),
    "stored-answers": _stored_answers,
    "replays-on-conflict": _replays_on_conflict,
    "busy": _busy,
    "at-most-90": _at_most(90),
    "at-most-25": _at_most(25),
    "settles-what-is-open": _settles_what_is_open,
    "captures-once": _captures_once,
    "reads-cents": _reads_cents,
    "ignores-the-value": _ignores_the_value,
    "refunds-on-cancel": _refunds_on_cancel,
    "decides-later": _decides_later,
    "cancels-whole-by-hand": _cancels_whole_by_hand,
    "refunds-whole-only": _refunds_whole_only,
    "refunds-later": _refunds_later,
    "knows-reais-only": _knows_reais_only,
    "denies-the-incomplete": _denies_the_incomplete,
    "knows-payments-by-request": _knows_payments_by_request,
    "redirect-only": _only("Safetypay"),
    "slip-only": _only("BankInvoice"),
    "pix-only": _only("Pix"),
    "odd-method-only": _only("Promissories"),
}


MODES = {
    "captures-once": ("yes", "yes", "no"),
    "ignores-the-value": ("yes", "yes", "no"),
    "at-most-25": ("yes", "yes", "not proven"),
    "cancels-whole-by-hand": ("yes", "yes", "with limits"),
    "refunds-whole-only": ("with limits", "with limits", "with limits"),
}
"""Where a variant does not run all modes: Total, Hold, Partial."""


@pytest.mark.parametrize("variant", list(VARIANTS))
def test_a_correct_variant_is_not_accused(judge, twisted, variant):
    """No failure, no advice; something was judged; and it runs the modes that it can."""
    judgement = judge(twisted(VARIANTS[variant]))
    assert judgement.findings == {}
    assert judgement.finished.exit_code == 0
    assert tuple(judgement.modes.values()) == MODES.get(variant, ("yes", "yes", "yes"))


PAIRS = [pair for pair in combinations(VARIANTS, 2) if not all(name.endswith("only") for name in pair)]
"""Variants that one connector can be at once."""


@pytest.mark.parametrize("pair", Random(6).sample(PAIRS, 6), ids="+".join)  # noqa: S311 - no secrets
def test_a_connector_that_differs_in_two_ways_is_not_accused(judge, twisted, pair):
    """What is right alone is right together."""
    inner = twisted(VARIANTS[pair[0]])
    assert judge(type(inner)(inner, VARIANTS[pair[1]])).findings == {}


@pytest.mark.parametrize(
    "defect", ["no-refunds", "no-cancels", "no-partial-cancels", "partial-settle-unsupported", "captures-once"]
)
def test_a_limit_within_the_protocol_is_not_accused(judge, defect):
    """What a provider leaves to people, or cannot do in parts, is not supported; it is no fault."""
    assert judge(create_app(defects=[defect], callback_delay_seconds=0.01)).findings == {}


def test_a_callback_that_asks_for_a_create_is_not_accused(judge, monkeypatch):
    """VTEX IO connectors call back without a body, and the status stands in the next create (C16)."""
    send = callbacks._post
    monkeypatch.setattr(callbacks, "_post", lambda url, _, headers: send(url, b"", headers))
    assert judge().findings == {}


class OneAtATime(WSGITransport):
    """A connector that leaves a caller without an answer while it has another one."""

    def __init__(self, app):
        super().__init__(app)
        self.busy = Lock()

    def send(self, method, url, headers, body, timeout_seconds):
        """Answer, or let the caller wait in vain."""
        if not self.busy.acquire(blocking=False):
            raise TransportError("no answer within 20.0 s", sent=True)
        try:
            return super().send(method, url, headers, body, timeout_seconds)
        finally:
            self.busy.release()


def test_a_connector_that_answers_one_at_a_time_is_not_accused(judge):
    """What got no answer in the crowd is played again alone."""
    words = ("full", "echoes", "value", "zero")
    rules = tuple(f"{family}/{word}*" for family in ("settle", "refund") for word in words)
    judgement = judge(transport=OneAtATime(create_app()), only=rules)
    assert set(judgement.outcomes.values()) == {"pass"}
    assert len(judgement.outcomes) > 8


def test_nobody_waits_for_ever(judge):
    """After three rules that get no answer alone either, the others stay as they were."""
    asked = []

    class Silent(WSGITransport):
        def send(self, method, url, *rest):
            if url.endswith("/settlements"):
                asked.append(url)
                raise TransportError("no answer within 20.0 s", sent=True)
            return super().send(method, url, *rest)

    judgement = judge(transport=Silent(create_app()), only=("settle/f*", "settle/zero"))
    assert set(judgement.outcomes.values()) == {"fail", "advice"}
    # Six rules ask once; settle/full, which is played first, asks again alone, and so do three of the other five.
    assert (len(judgement.outcomes), len(asked)) == (6, 10)


def test_a_connector_that_guards_itself_against_a_crowd_is_not_accused(judge, twisted):
    """HTTP 429 says nothing of what it does with money: it could not be judged, and the reason says what helps."""

    def limited(call):
        return (429, {}) if call.operation == "settle" else call.ask()

    case = judge(twisted(limited), ("settle/full",))["settle/full"]
    assert case.outcome == "could not judge"
    assert "--workers 1" in case.reason


class PatientTransport(WSGITransport):
    """Every answer says that it took four seconds."""

    def send(self, *arguments, **keywords):
        """Send, and tell another time."""
        reply = super().send(*arguments, **keywords)
        return type(reply)(reply.status, reply.headers, reply.body, 4000.0)


def test_a_connector_that_takes_four_seconds_is_not_accused(judge):
    """The limit is five."""
    assert judge(transport=PatientTransport(create_app(callback_delay_seconds=0.01))).findings == {}


def test_the_unit_of_a_cancel_is_told(judge, twisted):
    """It is found out, and never a fault (C1)."""
    decimal, cents = judge(only=("cancel/part",)), judge(twisted(_reads_cents), ("cancel/part",))
    assert decimal["cancel/part"].notes == (
        "the value of a cancel is read in currency units, like every other amount",
    )
    assert cents["cancel/part"].notes == ("the value of a cancel is read in cents",)


def test_a_connector_that_cancels_everything_is_told_so(judge, twisted):
    """It does not read the value: never a fault (C1), and no good for Partial."""
    judgement = judge(twisted(_ignores_the_value), ("cancel/part-spares-the-rest", "cancel/part"))
    assert set(judgement.outcomes.values()) == {"not supported"}
    assert judgement["cancel/part-spares-the-rest"].notes == (
        "the value of a cancel is not read: every cancel is of everything",
    )
