"""Correct but different gateways are not accused: another program altogether, and other ways of this one."""

from decimal import Decimal

import pytest

from contracts.suite.gateway.load import all_gateway_rules
from tests.contracts.gateway import planted_around as around
from tests.contracts.gateway.other_gateway import OtherGateway


@pytest.fixture
def other_gateway(free_port):
    """A gateway that shares no line with the sandbox; its connector is at a free port."""
    gateway = OtherGateway(f"http://127.0.0.1:{free_port}")
    yield gateway
    gateway.close()


def test_somebody_elses_gateway_is_judged_and_not_accused(other_gateway, free_port, judge_gateway):
    """Its codes, numbers, headers and words are its own; it calls its connector after the answer."""
    judgement = judge_gateway(
        other_gateway,
        setup="by-hand",
        systems={"partial": 1},
        listen_port=free_port,
        app_key="shop",
        app_token="secret",
        other=("market", "hidden"),
        patience_seconds=5.0,
    )
    needs = {"total", "hold", "pix", "legacy", "orders", "antifraud", "split", "clock"}
    judged = {rule.id for rule in all_gateway_rules() if not needs & set(rule.needs)}
    outcomes = judgement.outcomes
    assert {rule_id for rule_id, told in outcomes.items() if told == "not applicable"} == set(outcomes) - judged
    passed = {rule_id for rule_id, told in outcomes.items() if told == "pass"}
    # Its operation result is a short one, and it lets half a yen pass: advice, and rightly so.
    assert judgement.findings.keys() == {"errors/operation-result", "currencies/no-parts-of-the-smallest-unit"}
    # It has no Orders API, no affiliations, and nobody can notify it.
    assert judged - passed == {*judgement.findings, "notices/paid-in-full"}
    assert judgement.modes == {"total": "not proven", "hold": "not proven", "partial": "yes"}


def in_cents(said):
    """The value of a cancel is cents, as its field says in the schema (C1)."""
    body = said.body
    if said.operation == "cancellations":
        body = body | {"value": int(Decimal(body["value"]) * 100)}
    return said.send(body)


def without_value(said):
    """A cancel of all that is open names no value; the field is optional (C1)."""
    return (
        said.send({name: told for name, told in said.body.items() if name != "value"})
        if (said.operation == "cancellations")
        else said.send()
    )


def whole_numbers(said):
    """40 instead of 40.00."""
    value = Decimal(said.body.get("value", 0))
    return said.send(said.body | {"value": int(value)}) if value == int(value) and value else said.send()


def more_than_asked_for(said):
    """Members that nobody knows."""
    return said.send(said.body | {"newField": {"a": [1]}, "sandboxMode": True})


def as_the_guides_have_it(said):
    """VTEX's own guides leave tid out of a refund, and authorizationId out of settles and cancels."""
    left_out = {"refunds": "tid", "settlements": "authorizationId", "cancellations": "authorizationId"}
    name = left_out.get(said.operation)
    return said.send({each: told for each, told in said.body.items() if each != name})


@pytest.mark.parametrize(
    ("line", "only"),
    [
        (in_cents, ("modes/*", "orders/*", "wire/*")),
        (without_value, ("modes/total-*", "modes/hold-*", "orders/cancel-total", "wire/*")),
        (whole_numbers, ("modes/*", "wire/*")),
        (more_than_asked_for, ("modes/*", "wire/*")),
        (as_the_guides_have_it, ("modes/*", "wire/*")),
    ],
    ids=lambda each: getattr(each, "__name__", None),
)
def test_another_way_of_calling_is_not_accused(line, only, make_sandbox, judge_gateway):
    """What the texts leave open on the line."""
    assert judge_gateway(make_sandbox(line), only).findings == {}


@pytest.mark.parametrize(
    "change",
    [
        around.refusals_as(
            lambda status, answer: (status, answer | {"error": answer["error"] | {"exception": ""}})
        ),
        around.refusals_as(lambda status, answer: (403 if status == 401 else status, answer)),
        around.answering(
            lambda asked: isinstance(asked.body, dict), around.without("code", "message", "refundedToken")
        ),
    ],
    ids=["an empty exception", "403 for 401", "fewer members"],
)
def test_another_way_of_answering_is_not_accused(change, make_sandbox, judge_gateway):
    """What the texts leave open towards the merchant."""
    only = ("modes/*", "limits/*", "errors/*", "access/gateway-*")
    assert judge_gateway(around.Around(make_sandbox(), change), only).findings == {}


def test_a_gateway_that_cancels_nothing_undecided_is_not_accused(make_sandbox, judge_gateway):
    """Whether it may be cancelled then is left open; what comes after the cancel cannot be seen without one."""
    only = ("notices/no-way-back-from-cancelled", "outages/cancelled-while-undecided")
    judgement = judge_gateway(around.Around(make_sandbox(), around.refusing("cancellation-request")), only)
    assert judgement.outcomes == dict.fromkeys(only, "blocked")
