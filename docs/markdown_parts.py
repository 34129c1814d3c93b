"""What a reference page is made of: its title, paragraphs, tables, and words as the code has them."""

from collections.abc import Iterable, Sequence
from textwrap import fill

WIDTH = 115

Row = Sequence[str]


def page(title: str, source: str, *parts: str) -> str:
    """A page with its title, the place that it was made of, and its parts."""
    notice = f"<!-- Made of {source} by `python docs/generate.py`; change it there. -->"
    return "\n\n".join([f"# {title}", notice, *map(prose, parts)]) + "\n"


def prose(text: str) -> str:
    """A paragraph in lines of equal length; what is no prose stays as it is."""
    return (
        text if text.startswith(("#", "|")) else fill(text, WIDTH, break_long_words=False, break_on_hyphens=False)
    )


def table(head: Row, rows: Iterable[Row]) -> str:
    """A table; a bar inside a cell is escaped."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)


def code(text: object) -> str:
    """A word as the code has it; nothing for an empty one."""
    return "" if text is None or text == "" else f"`{text}`"
