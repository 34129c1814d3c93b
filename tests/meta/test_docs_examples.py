"""What the README and the pages of docs/ show is run: every bash block, every output."""

import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.meta.docs_pages import (
    DOCS,
    README,
    ROOT,
    SECONDS_MAX,
    as_pattern,
    blocks,
    commands,
    free_port,
    here,
    must_print_what_it_shows,
)

START = DOCS / "control-plane.md"
WITH_EXAMPLES = sorted(page for page in DOCS.glob("**/*.md") if any(b.language == "bash" for b in blocks(page)))

needs_curl = pytest.mark.skipif(not shutil.which("curl"), reason="the pages show curl")


@contextmanager
def running(command: list[str], servers: int) -> Iterator[None]:
    """A command that serves, until it is not needed any more."""
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            said = []
            while len([line for line in said if " at http://" in line]) < servers:
                said.append(process.stdout.readline())
                assert said[-1], f"{' '.join(command)} ended: {''.join(said)}"
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=SECONDS_MAX)


def free_ports() -> dict[str, str]:
    """A free port for each one that the pages write."""
    return {port: f"{free_port()}" for port in ("5005", "5010", "5020")}


@pytest.fixture
def made() -> Iterator[dict[str, str]]:
    """`make serve` on free ports and in memory; how the README's ports are called here."""
    ports = free_ports()
    command = [
        *("make", "--assume-old=.venv/ready", "serve", f"BIN={Path(sys.executable).parent}", "STORE=memory:"),
        *(f"PORT={ports['5005']}", f"CONNECTOR_PORT={ports['5010']}"),
    ]
    with running(command, servers=2):
        yield ports


@pytest.fixture(scope="module")
def served() -> Iterator[dict[str, str]]:
    """The two servers that docs/control-plane.md starts, on free ports; how its ports are called here."""
    ports = free_ports()
    (connector, sandbox) = (here(" ".join(words), ports).split() for words in commands(START))
    with ExitStack() as stack:
        stack.enter_context(running([*connector, "--port", ports["5010"]], servers=1))
        stack.enter_context(running([*sandbox, "--port", ports["5005"]], servers=1))
        yield ports


@needs_curl
@pytest.mark.skipif(not shutil.which("make"), reason="the README's servers are started by make")
def test_the_story_of_the_readme_runs_as_written(made):
    """Every bash block in one shell, against `make serve`; every output that is shown comes."""
    assert must_print_what_it_shows(README, made) > 5


@needs_curl
@pytest.mark.parametrize("page", WITH_EXAMPLES, ids=lambda page: page.stem)
def test_every_page_runs_as_written(page, served):
    """Every bash block in one shell, against the servers that the page names; every output that is shown comes."""
    assert must_print_what_it_shows(page, served) > 2


def test_the_judge_of_outputs_can_say_no():
    """`…` stays on its line, and everything else is literal."""
    assert re.fullmatch(as_pattern('{"a":"…","b":[1]}\n'), '{"a":"x","b":[1]}\n')
    assert not re.fullmatch(as_pattern('{"a":"…"}\n'), '{"a":"x"}\n{"a":"y"}\n')
    assert not re.fullmatch(as_pattern("75.00\n"), "75x00\n")
    assert not re.fullmatch(as_pattern(""), "something\n")
