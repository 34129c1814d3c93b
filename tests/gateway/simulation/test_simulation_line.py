"""The line to the simulation's connector: what happens while a call is open, and a connector that does less."""

import json

from connector_ppp.transports import Reply
from gateway_mock.simulation.provider import Less, Line, Meanwhile

SETTLE = "http://reference.test/payments/P/settlements"


class Plain:
    """A line that keeps what goes over it, among what else happens."""

    def __init__(self):
        self.log = []

    def send(self, _method, url, _headers, body, _timeout_seconds):
        """See `connector_ppp.transports.Transport`."""
        self.log.append((url.rpartition("/")[2], json.loads(body).get("value")))
        return Reply(200, {}, b"{}", 1.0)


def settle(line, request_id, value, url=SETTLE):
    """One request over the line."""
    body = json.dumps({"requestId": request_id, "paymentId": "P", "value": value}).encode()
    return line.send("POST", url, {}, body, 1.0)


def test_it_happens_once_before_or_after_the_work():
    """As it was told, at the next call and no other."""
    plain = Plain()
    line = Line(plain)
    for before in (True, False):
        line.meanwhile = Meanwhile(before, lambda before=before: plain.log.append(before))
        settle(line, "1", 5)
        settle(line, "2", 5)
    call = ("settlements", 5)
    assert plain.log == [True, call, call, call, False, call]


def test_a_connector_that_does_less_does_it_once_and_repeats_itself():
    """40 percent of 45.50 in whole units are 18; the same requestId again is the same, the next one is whole."""
    plain = Plain()
    line = Line(plain)
    line.less = Less("settlements", 40)
    for request_id in ("1", "1", "2"):
        settle(line, request_id, 45.5)
    assert plain.log == [("settlements", 18), ("settlements", 18), ("settlements", 45.5)]
    assert (line.less.payment_id, line.less.cents) == ("P", 2750)


def test_other_operations_and_tiny_amounts_are_done_whole():
    """Less than one unit would be nothing, and nothing is a failure."""
    plain = Plain()
    line = Line(plain)
    line.less = Less("refunds", 40)
    settle(line, "1", 45.5)
    settle(line, "2", 2, SETTLE.replace("settlements", "refunds"))
    assert plain.log == [("settlements", 45.5), ("refunds", 2)]
    assert line.less.requests == {}


def test_a_new_history_begins_with_a_plain_line():
    """Nothing of the last one is left on it."""
    line = Line(Plain())
    line.meanwhile, line.less = Meanwhile(before=True, deed=bool), Less("refunds", 1)
    line.reset()
    assert (line.meanwhile, line.less) == (None, None)
