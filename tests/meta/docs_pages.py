"""What the tests of the pages share: fenced blocks, tables, and a shell that plays the blocks of a page."""

import re
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
DOCS = ROOT / "docs"
PAGES = (README, *sorted(DOCS.glob("**/*.md")))

SECONDS_MAX = 60
RULE = "----- end of a block -----"

LEAN = {
    "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    "PYTEST_PLUGINS": "gateway_mock.pytest_plugin,contracts.pytest_plugin",
}
"""What a pytest of its own finds in its environment: our plugins, and not the heavy ones of who develops them."""


@dataclass(frozen=True)
class Block:
    """A fenced block of a page."""

    language: str
    text: str


def blocks(page: Path) -> list[Block]:
    """The fenced blocks of a page, in order."""
    found = re.findall(r"^```(\w*)\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return [Block(*each) for each in found]


def examples(page: Path) -> Iterator[tuple[str, str | None]]:
    """Each bash block with the output that the page shows right after it, if it does."""
    for block, after in pairwise([*blocks(page), Block("", "")]):
        if block.language == "bash":
            yield block.text, after.text if after.language in {"text", "json"} else None


def commands(*pages: Path) -> list[list[str]]:
    """Every line of a console block, split into words."""
    return [
        line.split()
        for page in pages
        for each in blocks(page)
        if each.language == "console"
        for line in each.text.splitlines()
    ]


def table(page: Path, heading: str) -> list[list[str]]:
    """The rows below the table head that starts with those words."""
    text = page.read_text(encoding="utf-8")
    _, _, below = text.partition(f"| {heading} |")
    lines = below.split("\n\n", maxsplit=1)[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("| ").split("|")] for line in lines]


def as_pattern(shown: str) -> str:
    """An output as a pattern: `…` stands for anything on its line."""
    return ".*".join(map(re.escape, shown.split("…")))


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def here(text: str, ports: Mapping[str, str]) -> str:
    """A text of a page with the ports and the commands of this test run."""
    for written, port in ports.items():
        text = text.replace(f"127.0.0.1:{written}", f"127.0.0.1:{port}")
    return text.replace(".venv/bin/", f"{Path(sys.executable).parent}/")


def play(page: Path, ports: Mapping[str, str]) -> list[tuple[str, str | None, str]]:
    """Run every bash block of a page in one shell; each with what the page shows and what it prints.

    Raises:
        AssertionError: a block fails, or writes an error.
    """
    told = list(examples(page))
    script = "set -eu\n" + "".join(f"{command}echo '{RULE}'\n" for command, _ in told)
    run = subprocess.run(
        ["bash", "-c", here(script, ports)],
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
        cwd=ROOT,
        check=False,
    )
    assert (run.returncode, run.stderr) == (0, ""), run.stdout
    outputs = run.stdout.split(f"{RULE}\n")[:-1]
    return [(command, shown, output) for (command, shown), output in zip(told, outputs, strict=True)]


def must_print_what_it_shows(page: Path, ports: Mapping[str, str]) -> int:
    """Play a page and compare; how many blocks it has."""
    played = play(page, ports)
    for command, shown, output in played:
        expected = here(shown or "", ports)
        assert re.fullmatch(as_pattern(expected), output), f"{command}\nshows {shown}\nprints {output}"
    return len(played)
