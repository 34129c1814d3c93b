"""The requests that are measured: what a merchant asks of one transaction, from its start to its refund.

A step is one request, so a lifecycle of seven steps costs seven requests. Steps are plain data: the same ones go
to the sandbox, in this process or over HTTP, to the constant answers of the ceiling, and to localstripe.
"""

import json
from collections.abc import Callable, Sequence
from time import perf_counter_ns
from typing import NamedTuple

Send = Callable[[str, bytes], bytes]
"""Posts a body to a path and gives back the body of the answer; raises `WrongAnswerError` unless it is 2xx."""


class WrongAnswerError(Exception):
    """Something answered with an error: the speed of wrong answers is nobody's business."""


class Step(NamedTuple):
    """One POST; `{id}` in it stands for the id that the first step of the lifecycle was answered with."""

    name: str
    path: str
    body: bytes

    def of(self, key: str) -> "Step":
        """The step with that id."""
        return Step(self.name, self.path.replace("{id}", key), self.body.replace(b"{id}", key.encode()))


CREDENTIALS = {"X-VTEX-API-AppKey": "vtexappkey-sandbox-LOCAL", "X-VTEX-API-AppToken": "sandbox"}
"""The documented pair of a fresh sandbox."""

_API = "/api/pvt/transactions"


def _post(name: str, path: str, body: object) -> Step:
    return Step(name, path, json.dumps(body).encode())


def _ask(word: str, operation: str, units: int) -> Step:
    return _post(f"{word} {units}", f"{_API}/{{id}}/{operation}-request", {"value": units * 100})


def settle(units: int) -> Step:
    """Settle that many currency units."""
    return _ask("settle", "settlement", units)


CANCEL = _ask("cancel", "cancellation", 10)
REFUND = _ask("refund", "refunding", 15)

_PAYMENT = {
    "paymentSystem": 2,
    "installments": 1,
    "currencyCode": "BRL",
    "value": 10000,
    "installmentsInterestRate": 0,
    "installmentsValue": 10000,
    "referenceValue": 10000,
    "fields": {
        "holderName": "ANA SANDBOX",
        "cardNumber": "4444333322221111",
        "validationCode": "123",
        "dueDate": "12/31",
        "document": "00000000191",
        "accountId": None,
        "address": None,
        "callbackUrl": "http://store.test/back",
    },
}

CREATE = (
    _post("create", _API, {"value": 10000, "referenceId": "1234567", "channel": "store", "salesChannel": "1"}),
    _post("pay", "/api/payments/transactions/{id}/payments", [_PAYMENT]),
    _post("authorize", f"{_API}/{{id}}/authorization-request", {"transactionId": "", "softDescriptor": None}),
)

PARTIAL = (*CREATE, settle(40), CANCEL, settle(50), REFUND)
"""The announcement's lifecycle, for a connector in Partial mode: five calls to the connector."""

LEGACY = (*CREATE, CANCEL, settle(40), settle(50), REFUND)
"""For the legacy connector inside: it settles all at once, so the cancel has to come first; three calls."""

PEER = (*CREATE, settle(40), REFUND)
"""As much of it as localstripe can do too: create, capture a part, refund."""


def play(send: Send, steps: Sequence[Step], spent: list[int]) -> None:
    """Perform one lifecycle; how long each step took goes to `spent`, in nanoseconds."""
    key = ""
    for step in steps:
        _, path, body = step.of(key)
        begun = perf_counter_ns()
        answer = send(path, body)
        spent.append(perf_counter_ns() - begun)
        key = key or str(json.loads(answer)["id"])
