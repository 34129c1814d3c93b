"""How long a connector may take, and what it hears of who is calling."""

import pytest

from connector_ppp import TransportError


class Slow:
    """A line on which no answer ever comes in time; it keeps how long was waited, and the headers."""

    def __init__(self):
        self.waited, self.headers = [], []

    def send(self, method, url, headers, body, timeout_seconds):
        """See `connector_ppp.Transport`."""
        del method, url, body
        self.waited.append(timeout_seconds)
        self.headers.append(headers)
        raise TransportError("no answer", sent=True)


@pytest.mark.parametrize(
    ("settings", "seconds", "header"), [({}, 20.0, None), ({"testSuite": True}, 5.0, "true")], ids=str
)
def test_a_connector_has_its_time(settings, seconds, header, open_world):
    """C13: 20 seconds in production; 5 in test-suite mode, where every request says so (documented)."""
    line = Slow()
    world = open_world(transport=lambda _url: line)
    shown = world.merchant.put_connector("A", kind="ppp", url="http://a.test", paymentSystems=[2], **settings)
    assert shown.json["testSuite"] is (header is not None)
    line.waited.clear()
    line.headers.clear()
    transaction = world.merchant.start(10000)
    transaction.pay({"value": 10000})
    assert transaction.authorize().json["statusDetail"] == "Authorizing"
    assert line.waited == [seconds]
    assert line.headers[0].get("X-VTEX-API-Is-TestSuite") == header


SPELT = {"authorize": "sandBoxMode", "settle": "sandboxMode", "cancel": "sandboxMode", "refund": "sandboxMode"}


@pytest.mark.parametrize("production", [True, False])
def test_test_mode_is_told_in_every_request(production, world):
    """Documented: `sandBoxMode` in the create, `sandboxMode` in the others (C21); in production neither."""
    settings = {"kind": "ppp", "url": "http://a.test", "mode": "partial", "isProduction": production}
    assert world.merchant.put_connector("A", **settings, paymentSystems=[2]).json["isProduction"] is production
    transaction = world.merchant.start(10000)
    transaction.pay({"value": 10000})
    transaction.authorize()
    for operation in ("settle", "cancel", "refund"):
        transaction.ask(operation, 1000)
    assert {heard.operation for heard in world.heard} == set(SPELT)
    for heard in world.heard:
        said = {name: value for name, value in heard.body.items() if name.lower() == "sandboxmode"}
        assert said == ({} if production else {SPELT[heard.operation]: True})


def test_a_shorter_limit_of_the_sandbox_stays_shorter(open_world):
    """Test-suite mode never makes the sandbox more patient than it was told to be."""
    line = Slow()
    world = open_world(transport=lambda _url: line, timeout_seconds=2.0)
    world.merchant.put_connector("A", kind="ppp", url="http://a.test", paymentSystems=[2], testSuite=True)
    line.waited.clear()
    transaction = world.merchant.start(10000)
    transaction.pay({"value": 10000})
    transaction.authorize()
    assert line.waited == [2.0]
