"""What one settle costs when its transaction already has a long history: it has to be flat.

The history is only ever added to, and a settle reads none of it. Each transaction is filled by settles of one
cent, then all of them are settled in turn, so that a busy machine disturbs all sizes alike.
"""

import json
from collections.abc import Sequence
from statistics import median
from time import process_time_ns

from benchmarks import inside
from benchmarks.lifecycle import CREATE, CREDENTIALS, Send, Step
from benchmarks.load import direct

VALUE = 100_000_000
"""Cents of each transaction: room for very many settles of one cent."""

_CREATE = tuple(Step(name, path, body.replace(b"10000", str(VALUE).encode())) for name, path, body in CREATE)


def settle_costs(store_url: str, sizes: Sequence[int], settles: int) -> dict[int, float]:
    """Microseconds of processor time of a settle, by how many events its transaction had before: the median."""
    with inside.sandbox(store_url) as app:
        send, read = direct(app, CREDENTIALS), direct(app, CREDENTIALS, "GET")
        transactions = {size: _filled(send, read, size) for size in sizes}
        spent: dict[int, list[int]] = {size: [] for size in sizes}
        for _ in range(settles):
            for size, transaction_id in transactions.items():
                begun = process_time_ns()
                _settle(send, transaction_id)
                spent[size].append(process_time_ns() - begun)
    return {size: median(each) / 1000 for size, each in spent.items()}


def _settle(send: Send, transaction_id: str) -> None:
    send(f"/api/pvt/transactions/{transaction_id}/settlement-request", b'{"value":1}')


def _filled(send: Send, read: Send, size: int) -> str:
    """A transaction with at least so many events."""
    transaction_id = ""
    for step in _CREATE:
        _, path, body = step.of(transaction_id)
        answer = send(path, body)
        transaction_id = transaction_id or str(json.loads(answer)["id"])
    events = _events(read, transaction_id)
    while events < size:
        before = events
        _settle(send, transaction_id)
        events = _events(read, transaction_id)
        for _ in range((size - events) // max(events - before, 1)):
            _settle(send, transaction_id)
    return transaction_id


def _events(read: Send, transaction_id: str) -> int:
    return len(json.loads(read(f"/api/pvt/transactions/{transaction_id}/interactions", b"")))
