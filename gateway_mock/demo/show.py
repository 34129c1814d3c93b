"""What the demo prints: one table, what went on outside VTEX, and the verdict."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Final

from rich.box import HORIZONTALS
from rich.console import Console
from rich.table import Table
from rich.text import Text

from gateway_mock.demo.story import NOTHING, OUTSIDE_VTEX, Difference, Played, differences

TITLE: Final = "Order 100.00: invoice 40, change -10, invoice 50, return 15"

LABELS: Final[Mapping[str, str]] = {
    "sends": "merchant sends",
    "refused": "and is refused",
    "order": "order says",
    "invoiced": "invoiced / value",
    "asked": "gateway is asked",
    "did": "connector does",
    "paid": "shopper has paid",
    "by_hand": "given back by hand",
    "net": "net",
    "reserved": "still reserved",
    "books": "the two ledgers",
}
"""How the figures of the story are called in the table, in its order."""

STYLES: Final[Mapping[str, str]] = {
    "sends": "bold",
    "refused": "yellow",
    "did": "cyan",
    "by_hand": "yellow",
    "net": "bold green",
}
WRONG: Final = "bold red"

WIDE: Final = 100
"""Terminal columns from which the table has air between its own."""


def show(console: Console, played: Sequence[Played]) -> bool:
    """Print everything, and tell whether every figure is the documented one."""
    columns = [Column(each, {(d.sheet, d.figure): d for d in differences(each)}) for each in played]
    console.print(_table(columns, padding=1 if console.width >= WIDE else 0))
    console.print("What the legacy merchant had to do outside VTEX before:", style="bold")
    console.print(_outside())
    console.print()
    console.print(_verdict(columns))
    return not any(column.wrong for column in columns)


@dataclass(frozen=True, slots=True)
class Column:
    """A played story and where it differs, by sheet and figure."""

    played: Played
    wrong: Mapping[tuple[int, str], Difference]

    def cell(self, sheet: int, figure: str) -> Text:
        """One observed figure; a wrong one is red and says what is documented."""
        difference = self.wrong.get((sheet, figure))
        if difference is not None:
            return Text(f"{difference.observed}\nnot {difference.documented}", style=WRONG)
        seen = getattr(self.played.observed.sheets[sheet], figure)
        return Text(seen, style="dim" if seen == NOTHING else STYLES.get(figure, ""))


def _table(columns: Sequence[Column], *, padding: int) -> Table:
    table = Table(title=TITLE, title_justify="left", title_style="bold", box=HORIZONTALS, padding=(0, padding))
    table.add_column(style="dim")
    for column in columns:
        table.add_column(column.played.story.name, no_wrap=True)
    for sheet, shown in enumerate(columns[0].played.story.documented.sheets):
        for figure in fields(shown):
            _add_line(table, figure.name, [column.cell(sheet, figure.name) for column in columns])
        table.add_section()
    return table


def _add_line(table: Table, figure: str, cells: Sequence[Text]) -> None:
    """Add a line, unless it says nothing of anybody."""
    if any(cell.plain != NOTHING for cell in cells):
        table.add_row(LABELS[figure], *cells)


def _outside() -> Table:
    table = Table.grid(padding=(0, 1))
    for line in OUTSIDE_VTEX:
        table.add_row("-", line)
    return table


def _verdict(columns: Sequence[Column]) -> Text:
    wrong = sum(len(column.wrong) for column in columns)
    if wrong:
        return Text(f"{wrong} of the figures are not the documented ones: red above.", style=WRONG)
    nets = {column.played.observed.end.net for column in columns}
    return Text(f"Every figure is the documented one. Net {' and '.join(nets)} everywhere.", style="bold green")
