"""Whatever a gateway answers or asks, the suite judges it and never fails itself."""

import pytest
from werkzeug.wrappers import Request, Response

from connector_ppp.transports import HTTPTransport
from contracts.suite.gateway.auditor import AUDITS, audit
from contracts.suite.gateway.recorder import Recorder

DEEP = "[" * 5000 + "]" * 5000

NONSENSE = {
    "a page": (200, "<html>welcome</html>"),
    "nothing": (200, ""),
    "null": (200, "null"),
    "a list": (200, "[1, [2], {}]"),
    "a text": (200, '"done"'),
    "half of it": (200, '{"id": "T1'),
    "other types": (
        200,
        '{"id": {"a": []}, "transactionId": [1], "orderId": true, "requests": 5, "actions": [1, null]}',
    ),
    "a number beyond all": (200, '{"id": 1e400, "value": 1e999999, "status": 12345678901234567890123}'),
    "a deep one": (200, DEEP),
    "an id that is a path": (
        200,
        '{"id": "../../{order}?a=b#c", "transactionId": "\\u0000", "orderId": "\\ud800"}',
    ),
    "an error of another shape": (400, '{"error": "no"}'),
    "an error without a shape": (418, "teapot"),
    "somewhere else": (302, ""),
    "broken": (500, '{"error": {"code": 1, "message": null}}'),
    "not even text": (200, b"\xff\xfe\x00"),
}


def answering(status, body):
    """A gateway that gives one answer to everything."""

    def app(environ, start_response):
        Request(environ).get_data()
        headers = {"Location": "http://127.0.0.1:9/"} if status == 302 else {}
        return Response(body, status, headers)(environ, start_response)

    return app


@pytest.mark.parametrize(("status", "body"), NONSENSE.values(), ids=list(NONSENSE))
@pytest.mark.parametrize("setup", ["by-hand", "affiliations"])
def test_nonsense_is_judged(status, body, setup, judge_gateway):
    """Findings, or nothing that could be judged, but no mistake of the suite, and nothing broken is green."""
    systems = {"total": 2, "legacy": 9} if setup == "by-hand" else {}
    finished = judge_gateway(
        answering(status, body), setup=setup, systems=systems, app_key="k", app_token="t", patience_seconds=0.0
    ).finished
    assert [case.reason for case in finished.cases if "the suite failed" in case.reason] == []
    assert finished.exit_code in {1, 2}


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/", b""),
        ("POST", "/total", b""),
        ("POST", "/total/payments", b"null"),
        ("POST", "/total/payments", b'{"paymentId": {"a": 1}, "value": "much", "card": 5}'),
        ("POST", "/payments/P/settlements", b'{"value": 1e400}'),
        ("POST", "/payments/P/refunds", b'{"value": true, "requestId": null}'),
        ("POST", "/payments/P/cancellations", b'{"value": -5}'),
        ("POST", "/payments/P/inbound/notify", DEEP.encode()),
        ("POST", "/%00/payments?x=%ff", b"\xff"),
    ],
)
def test_the_connector_answers_any_call(method, path, body):
    """A gateway under test may send anything; the next call is heard as well."""
    transport = HTTPTransport()
    with Recorder() as recorder:
        assert transport.send(method, f"{recorder.base_url}{path}", {}, body, 5).status == 200
        heard = transport.send(
            "POST", f"{recorder.base_url}/hold/payments", {}, b'{"paymentId": "P9", "value": 1}', 5
        )
        assert heard.status == 200
        assert recorder.heard()[-1].payment_id == "P9"
    transport.close()


@pytest.mark.parametrize("name", AUDITS)
@pytest.mark.parametrize("dialects", [None, {"total": "vtex"}])
def test_every_audit_answers_whatever_was_heard(name, dialects):
    """Amounts beyond all, texts, lists, nothing: findings, and no mistake of the suite."""
    bodies = (
        ("/total/payments", b'{"paymentId": {"a": 1}, "value": "much", "callbackUrl": 7}'),
        ("/total/payments", b'{"paymentId": "P", "value": 1e400}'),
        ("/payments/P/settlements", b'{"value": 1e900}'),
        ("/payments/P/refunds", b'{"value": 99999999999999999999999999999999999999.123, "settleId": [1]}'),
        ("/payments/P/refunds", b'{"value": true, "requestId": "1", "settleId": {"a": 1}}'),
        ("/payments/P/cancellations", b'{"value": -5, "tid": 5}'),
        ("/payments/P/cancellations", b"["),
    )
    transport = HTTPTransport()
    with Recorder() as recorder:
        for path, body in bodies:
            transport.send("POST", f"{recorder.base_url}{path}", {}, body, 5)
        heard = recorder.heard()
    transport.close()
    assert len(heard) == len(bodies)
    for finding in audit(name, heard, dialects):
        assert finding.difference.expected
        assert finding.heard


def test_a_mistake_of_an_audit_is_seen_and_ends_no_run(judge_gateway, monkeypatch):
    """It could not be judged, which is not green; the others are."""

    def mistaken(_heard, _dialects):
        raise ZeroDivisionError

    monkeypatch.setitem(AUDITS, "exact", mistaken)
    judgement = judge_gateway(only=("modes/total-settles-half", "wire/amounts-are-exact"))
    assert judgement.outcomes == {"modes/total-settles-half": "pass", "wire/amounts-are-exact": "could not judge"}
    assert judgement.finished.exit_code == 2
