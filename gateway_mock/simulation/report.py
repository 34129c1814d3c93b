"""What `simulate` prints: a bar while it runs, failing histories as they come, at the end what was reached."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from rich.box import SIMPLE_HEAD
from rich.columns import Columns
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from gateway_mock.simulation.history import Played
from gateway_mock.simulation.watch import Reached

SEEDS_MAX = 20
"""So many failing seeds are named."""


def progress(console: Console) -> Progress:
    """The bar, with histories per second."""
    return Progress(
        TextColumn("histories"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[speed]}"),
        TimeRemainingColumn(),
        console=console,
        transient=True,
    )


def show_failure(console: Console, played: Played, shrunk: Played) -> None:
    """A failing history, as short as it still fails."""
    dropped = len(played.steps) - len(shrunk.steps)
    console.print(Text(shrunk.trace, style="red"), soft_wrap=True)
    console.print(
        f"  {dropped} of {len(played.steps)} steps left out; all of them: "
        f"gateway-mock simulate --seed {played.seed} --histories 1 --whole",
        soft_wrap=True,
    )


def show_reached(console: Console, reached: Reached, everything: Iterable[tuple[str, str]]) -> None:
    """How often each thing was reached, one table a sort."""
    console.print(Columns(_tables(reached, everything)))


def _tables(reached: Reached, everything: Iterable[tuple[str, str]]) -> Iterator[Table]:
    for sort, names in groupby(everything, key=lambda each: each[0]):
        table = Table(box=SIMPLE_HEAD)
        table.add_column(sort)
        table.add_column("reached", justify="right")
        for _, name in names:
            times = reached[sort, name]
            table.add_row(name, f"{times:,}" if times else "never", style=None if times else "bold red")
        yield table


def show_verdict(
    console: Console, histories: int, failed: Sequence[int], seconds: float, never: Sequence[str]
) -> None:
    """The last lines."""
    console.print(f"{histories:,} histories in {seconds:.1f} s, {histories / seconds:.0f} a second")
    if failed:
        seeds = ", ".join(map(str, failed[:SEEDS_MAX])) + (" and more" if len(failed) > SEEDS_MAX else "")
        console.print(f"{len(failed):,} failed, seeds {seeds}", style="bold red")
    if never:
        console.print(f"never reached: {'; '.join(never)}", style="bold red")
    if not failed and not never:
        console.print("every ledger agrees, nothing is stuck", style="bold green")
