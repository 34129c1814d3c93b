"""The figures as tables for a person, and as JSON for a machine."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from benchmarks import memory
from benchmarks.aims import aims
from benchmarks.figures import Figures
from benchmarks.served import Result, Rounds


@dataclass(frozen=True)
class Section:
    """A table between its title and what there is to know about it."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""

    def print(self, console: Console) -> None:
        """Print it; the first column is words, the others are figures."""
        table = Table(*self.columns[:1], box=SIMPLE_HEAD, pad_edge=False)
        for column in self.columns[1:]:
            table.add_column(column, justify="right")
        for row in self.rows:
            table.add_row(*row)
        console.print(f"[bold]{self.title}", soft_wrap=True)
        console.print(table)
        if self.note:
            console.print(self.note, style="dim", soft_wrap=True, highlight=False)
        console.print()


def show(figures: Figures, console: Console) -> None:
    """Print everything."""
    for section in (_alone, _crowd, _inside, _growth, _weights, _startup, _fixtures, _aims):
        section(figures).print(console)


def _alone(figures: Figures) -> Section:
    return Section(
        "Merchant requests over HTTP: one client, one connection",
        _COLUMNS,
        [_row(name, each.alone, figures.served["ceiling"].alone) for name, each in figures.served.items()],
    )


def _crowd(figures: Figures) -> Section:
    peers = [f"{each.payments:,} in {name}" for name, each in figures.served.items() if name in _PEERS]
    return Section(
        "Merchant requests over HTTP: several clients at once",
        _COLUMNS,
        [_row(name, each.crowd, figures.served["ceiling"].crowd) for name, each in figures.served.items()],
        _WHAT + f"Payments made: {', '.join(peers)}.",
    )


_COLUMNS = ("", "requests/s", "p50 ms", "p99 ms", "x ceiling", "lifecycles/s")
_PEERS = ("memory, as peer", "localstripe")
_WHAT = """\
ceiling         bare Flask, a constant; asked the same as the next two
memory, sqlite  create, pay, authorize, cancel 10, settle 40, settle 50, refund 15
                the legacy connector inside: mode Total, three calls, no HTTP
+ ppp           create, pay, authorize, settle 40, cancel 10, settle 50, refund 15
                ppp-connector in a process of its own: mode Partial, five calls over HTTP
as peer         create, pay, authorize, settle 40, refund 15
localstripe     create, capture 40, refund 15
"""


def _row(name: str, own: Rounds, ceiling: Rounds) -> list[str]:
    return [
        name,
        f"{own.rate:,.0f}",
        f"{own.percentile(50):.2f}",
        f"{own.percentile(99):.2f}",
        f"{own.times(ceiling):.2f}",
        f"{own.lifecycles:,.0f}",
    ]


def _inside(figures: Figures) -> Section:
    ceiling = figures.inside["ceiling"]
    rows = [
        [name, f"{cost:.0f}", f"{cost / ceiling:.2f}", f"{1e6 / cost / 7:,.0f}"]
        for name, cost in figures.inside.items()
    ]
    return Section(
        f"In one process without sockets; the core alone: {figures.core_operations:,.0f} operations/s",
        ("", "CPU us a request", "x ceiling", "lifecycles/s"),
        rows,
        "WSGI, mode Partial, a connector inside that agrees at once: five calls a lifecycle.",
    )


def _growth(figures: Figures) -> Section:
    sizes = sorted(next(iter(figures.settles.values())))
    return Section(
        "One settle of a transaction that has so many events already",
        ("CPU us by events", *(f"{size:,}" for size in sizes)),
        [[store, *(f"{costs[size]:.0f}" for size in sizes)] for store, costs in figures.settles.items()],
    )


def _weights(figures: Figures) -> Section:
    return Section(
        "A sandbox in memory with so many transactions",
        ("transactions", "resident MB", "CPU x emptied"),
        [[f"{each.transactions:,}", f"{each.resident:.1f}", f"{each.cost:.2f}"] for each in figures.weights],
        f"{memory.growth(figures.weights):.1f} MB for 100,000 more requests, of which seven make a transaction: "
        f"{memory.kept(figures.weights):,.0f} bytes for each, and all of them are kept.",
    )


def _startup(figures: Figures) -> Section:
    before, beside = figures.beside_silence
    return Section(
        "From the start of the process to the first answer",
        ("", "seconds"),
        [[name, f"{seconds:.2f}"] for name, seconds in figures.first_answers.items()],
        f"A new client's first request: {before:.1f} ms; beside 300 half-open sockets: {beside:.1f} ms.",
    )


def _fixtures(figures: Figures) -> Section:
    costs = figures.fixtures
    rows = [
        ["loading the pytest plugins", f"{costs.plugins:.2f}"],
        ["a test that uses gateway", f"{costs.gateway_test:.2f}"],
        ["a test that uses nothing", f"{costs.empty_test:.2f}"],
        ["the reset of an account", f"{costs.reset:.2f}"],
    ]
    note = "All tests in one process; the reset beside the transactions of others, as many as in the table above."
    return Section("Fixtures, in the test suites of others", ("", "CPU ms"), rows, note)


def _aims(figures: Figures) -> Section:
    rows = [
        [aim.name, aim.wanted, f"{aim.measured:.2f} {aim.unit}", "[green]yes" if aim.holds else "[red]no"]
        for aim in aims(figures)
    ]
    return Section("Aims", ("", "wanted", "measured", "holds"), rows)


def as_json(figures: Figures) -> dict[str, object]:
    """Every figure by name."""
    ceiling = figures.served["ceiling"]
    return {
        "core_operations_per_second": figures.core_operations,
        "in_process_cpu_us": dict(figures.inside),
        "http": {name: _result(each, ceiling) for name, each in figures.served.items()},
        "settle_cpu_us_by_events": {store: dict(costs) for store, costs in figures.settles.items()},
        "memory": [vars(each) for each in figures.weights],
        "first_answer_seconds": dict(figures.first_answers),
        "newcomer_ms": dict(zip(("before", "beside 300 half-open sockets"), figures.beside_silence, strict=True)),
        "fixtures_cpu_ms": vars(figures.fixtures),
        "aims": [vars(aim) | {"holds": aim.holds} for aim in aims(figures)],
    }


def _result(each: Result, ceiling: Result) -> dict[str, object]:
    return {
        "alone": _rounds(each.alone, ceiling.alone),
        "crowd": _rounds(each.crowd, ceiling.crowd),
        "server_cpu_us": each.cost,
        "median_ms_by_step": each.alone.steps(each.target.steps),
        "payments": each.payments,
    }


def _rounds(own: Rounds, ceiling: Rounds) -> dict[str, float]:
    return {
        "requests_per_second": own.rate,
        "lifecycles_per_second": own.lifecycles,
        "p50_ms": own.percentile(50),
        "p99_ms": own.percentile(99),
        "times_the_ceiling": own.times(ceiling),
    }
