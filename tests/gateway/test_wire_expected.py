"""A wrong word is answered with the right ones."""

import pytest

from gateway_mock.web.app import create_app

HEADERS = {"X-VTEX-API-AppKey": "vtexappkey-sandbox-LOCAL", "X-VTEX-API-AppToken": "sandbox"}

TOLD = {
    "a fault": (
        ("POST", "/_mock/faults", {"operation": "settle", "kind": "explode"}),
        "drop-reply, drop-request, duplicate, malformed",
    ),
    "a mode": (
        ("PUT", "/_mock/connectors/acme", {"kind": "ppp", "url": "http://127.0.0.1:1", "mode": "some"}),
        "it is one of hold, partial, total",
    ),
    "a kind of connector": (("PUT", "/_mock/connectors/acme", {"kind": "old"}), "it is one of legacy, ppp"),
}


@pytest.mark.parametrize(("request_", "words"), TOLD.values(), ids=TOLD)
def test_a_wrong_word_is_answered_with_the_right_ones(request_, words):
    """4xx, and the message lists what may stand there."""
    method, path, body = request_
    answer = create_app().test_client().open(path, method=method, json=body, headers=HEADERS)
    assert answer.status_code in {400, 422}
    assert words in answer.json["error"]["message"]
