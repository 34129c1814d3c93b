"""No rule without a fault that trips it: what no named defect shows is planted around the correct connector.

Together with the named defects of `test_suite_defects` they trip every rule; the last test says so.
"""

from io import BytesIO
from pathlib import Path

import yaml

from connector_ppp.reference.app import create_app
from contracts.suite.load import all_rules

CAUGHT = yaml.safe_load(Path(__file__).with_name("caught.yaml").read_text())


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


class Hasty:
    """Reads what is there, and calls it the request."""

    def __init__(self, app):
        self.app = app

    def __call__(self, environ, start_response):
        """Read once."""
        stream, length = environ["wsgi.input"], int(environ.get("CONTENT_LENGTH") or 0)
        piece = getattr(stream, "read1", stream.read)(length) if length else b""
        return self.app(
            environ | {"wsgi.input": BytesIO(piece), "CONTENT_LENGTH": str(len(piece))}, start_response
        )


def test_a_connector_that_reads_once_is_found(judge_over_http):
    """The first half of a body is no JSON."""
    app = Hasty(create_app(callback_delay_seconds=0.01))
    assert judge_over_http(app, ("resilience/slow-caller",)).outcomes == {"resilience/slow-caller": "fail"}


ELSEWHERE = {"resilience/caller-hangs-up", "resilience/half-a-request", "resilience/slow-caller"}
"""Rules with a test of their own above."""


def test_no_rule_without_a_fault_that_trips_it():
    """What no fault trips proves nothing."""
    tripped = {
        rule_id for row in CAUGHT.values() for rule_id, outcome in row.items() if outcome in {"fail", "advice"}
    }
    assert [rule.id for rule in all_rules() if rule.id not in tripped | ELSEWHERE] == []
