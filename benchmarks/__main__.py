"""`python -m benchmarks`: how fast the sandbox is, beside a ceiling and a peer of the same run.

On a busy machine the figures shake by a third, and the ratios far less: everything that is compared is asked in
turn, round by round.
"""

import json
from pathlib import Path

import click
from rich.console import Console

from benchmarks.figures import EXTENTS, measure
from benchmarks.report import as_json, show


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--full", "extent", flag_value="full", help="More and longer rounds; about half an hour.")
@click.option(
    "--smoke", "extent", flag_value="smoke", help="Everything once, in seconds; the figures mean nothing."
)
@click.option("--json", "file", type=click.Path(path_type=Path), help="Write every figure to a file as well.")
def main(extent: str | None, file: Path | None) -> None:
    """Measure everything and print it; under ten minutes unless told otherwise."""
    console = Console()
    figures = measure(EXTENTS[extent or "quick"], console)
    show(figures, console)
    if file is not None:
        file.write_text(json.dumps(as_json(figures), indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
