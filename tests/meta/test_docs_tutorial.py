"""The tutorial is followed to the letter: its files, its commands, its one repair."""

import re
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from tests.meta.docs_pages import DOCS, LEAN, SECONDS_MAX, blocks, free_port

PAGE = DOCS / "tutorial.md"
BIN = Path(sys.executable).parent


def of(language):
    """The tutorial's blocks of one language, in order."""
    return [block.text for block in blocks(PAGE) if block.language == language]


@contextmanager
def served(folder, command):
    """The connector, by the tutorial's own command, on a free port."""
    port = free_port()
    words = command.replace(".venv/bin/", f"{BIN}/").replace("3000", f"{port}").split()
    with subprocess.Popen(
        words, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            while f":{port}" not in (line := process.stdout.readline()):
                assert line, "the connector ended"
            assert requests.get(f"http://127.0.0.1:{port}/manifest", timeout=SECONDS_MAX).ok
            yield port
        finally:
            process.terminate()
            process.communicate(timeout=SECONDS_MAX)


def run(folder, command, port=3000):
    """Exit code and output of a command of the tutorial; the output without the spaces that pad its tables."""
    words = command.replace(".venv/bin/", f"{BIN}/").replace("3000", f"{port}").split()
    done = subprocess.run(
        words,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env=LEAN | {"COLUMNS": "160", "PATH": f"{BIN}:/usr/bin:/bin"},
        timeout=SECONDS_MAX,
    )
    return done.returncode, re.sub(r" +$", "", done.stdout, flags=re.MULTILINE)


def in_order(shown, output):
    """Whether the lines that are shown come in that order; `…` skips any number of them, or a part of one."""
    parts = (re.escape(part.strip("\n")) for part in shown.split("…"))
    return re.search(".*?".join(parts), output, re.DOTALL)


@pytest.fixture
def folder(tmp_path):
    """The reader's folder, with the two files of the tutorial."""
    for name, text in zip(("connector.py", "test_shop.py"), of("python"), strict=True):
        (tmp_path / name).write_text(text)
    return tmp_path


def repair(folder):
    """Change the line that the tutorial changes."""
    (difference,) = of("diff")
    old, new = (line[1:] for line in difference.splitlines())
    file = folder / "connector.py"
    text = file.read_text()
    assert text.count(old) == 1
    file.write_text(text.replace(old, new))


def test_the_tutorial_fails_and_then_passes(folder):
    """What it shows of both runs comes, and the exit codes are those of a judge."""
    _, serve, check, alone, _ = of("sh")
    broken, repaired = of("text")
    with served(folder, serve) as port:
        code, output = run(folder, check, port)
        assert (code, bool(in_order(broken, output))) == (1, True), output
        assert run(folder, alone, port)[0] == 1
    repair(folder)
    with served(folder, serve) as port:
        code, output = run(folder, check, port)
        assert (code, bool(in_order(repaired, output))) == (0, True), output


def test_the_tutorials_own_test_tells_the_bug_too(folder):
    """The gateway believes in both captures although the connector has one; repaired, it has both."""
    command = f"{of('sh')[-1].strip()} -q -p no:cacheprovider -c /dev/null"
    assert "assert Decimal('30.0') == 60" in run(folder, command)[1]
    repair(folder)
    code, output = run(folder, command)
    assert code == 0, output


def test_the_judge_of_shown_lines_can_say_no():
    """Order counts, and so does every line between two gaps."""
    assert in_order("a\n…\nc\nd\n", "a\nb\nc\nd\n")
    assert not in_order("c\n…\na\n", "a\nb\nc\n")
    assert not in_order("a\nc\n", "a\nb\nc\n")
