"""The core alone, and the application in this process: no socket, one thread, nothing but Python's own work."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

from flask import Flask

from benchmarks.ceiling import make_app
from benchmarks.lifecycle import CREDENTIALS, PARTIAL, Send
from benchmarks.load import direct, drive
from gateway_mock.adapters.stores import open_store
from gateway_mock.core.allocation import Capture
from gateway_mock.core.confirm import Outcome, Result, confirm
from gateway_mock.core.ledger import Payment, Step, Transaction
from gateway_mock.core.modes import Mode
from gateway_mock.core.plan import plan
from gateway_mock.core.policy import RECOMMENDED
from gateway_mock.core.requests import Authorize, Cancel, Receive, Refund, Request, Settle
from gateway_mock.ports import Answer, Ended, Work
from gateway_mock.records import ConnectorSettings
from gateway_mock.web.app import Config, build, create_app

# --- The core -----------------------------------------------------------------------------------------------


def _stepped(transaction: Transaction, request: Request) -> Transaction:
    """Plan a request, and confirm the calls that follow from it."""
    step = plan(transaction, request, RECOMMENDED)
    if not isinstance(step, Step):
        raise TypeError(f"the core refuses {request}: {step}")
    transaction = step.transaction
    for call in step.calls:
        transaction = confirm(transaction, call, Outcome(Result.DONE, call.value)).transaction
    return transaction


_REQUESTS: tuple[Request, ...] = (
    Receive((Payment(id="P", value=10000, connector="C", mode=Mode.PARTIAL),)),
    Authorize(),
    Settle(4000),
    Cancel(1000),
    Settle(5000),
    Refund(1500, (Capture("S1", "P", 4000), Capture("S2", "P", 5000))),
)


def core_operations(seconds: float) -> float:
    """Operations of the core a second: a merchant's request planned, and the calls it leads to confirmed."""
    done, begun = 0, perf_counter()
    while perf_counter() - begun < seconds:
        transaction = Transaction(id="T", value=10000)
        for request in _REQUESTS:
            transaction = _stepped(transaction, request)
        done += len(_REQUESTS)
    return done / (perf_counter() - begun)


# --- The application ----------------------------------------------------------------------------------------


class Agreeing:
    """A connector that says yes to everything at once, so that only the gateway takes time."""

    def perform(self, settings: ConnectorSettings, work: Work) -> Answer:
        """See `ports.Connector`."""
        del settings
        return Answer(ended=Ended.DONE, value=work.call.value, settle_id=f"settle-{work.request_id}")


@contextmanager
def sandbox(store_url: str) -> Iterator[Flask]:
    """A sandbox in this process, in Partial mode, its connector `Agreeing`."""
    store = open_store(store_url)
    config = Config(connector="http://agreeing.test", mode=Mode.PARTIAL)
    try:
        yield create_app(config, sandbox=build(config, store=store, connector=Agreeing()))
    finally:
        store.close()


def sqlite(folder: Path, name: str) -> str:
    """The URL of a new SQLite store."""
    return f"sqlite:///{folder / name}.db"


def measured(folder: Path, seconds: float, rounds: int) -> dict[str, float]:
    """Microseconds of processor time a merchant's request, by what answers it: medians of interleaved rounds."""
    with ExitStack() as stack:
        apps = {
            "ceiling": make_app(),
            "memory": stack.enter_context(sandbox("memory:")),
            "sqlite": stack.enter_context(sandbox(sqlite(folder, "inside"))),
        }
        clients = {name: direct(app, CREDENTIALS) for name, app in apps.items()}
        found = [{name: _cost(send, seconds) for name, send in clients.items()} for _ in range(rounds)]
    return {name: median(each[name] for each in found) for name in clients}


def _cost(send: Send, seconds: float) -> float:
    begun = process_time()
    spent = drive(send, PARTIAL, seconds=seconds)
    return (process_time() - begun) / len(spent.requests) * 1e6
