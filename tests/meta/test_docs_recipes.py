"""What the README, docs/how-to.md and docs/testing.md show in Python passes; docs/ci.md judges its example."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.meta.docs_pages import DOCS, LEAN, README, ROOT, SECONDS_MAX, blocks, free_port

BIN = Path(sys.executable).parent
RECIPES = [
    each.text
    for page in (README, DOCS / "how-to.md", DOCS / "testing.md")
    for each in blocks(page)
    if each.language == "python"
]
SHELL, ITEMS = (block.text for block in blocks(DOCS / "ci.md") if block.language == "sh")
(ACTIONS,) = (block.text for block in blocks(DOCS / "ci.md") if block.language == "yaml")


def test_every_block_in_python_passes(tmp_path):
    """Each is a file of its own, in one run of pytest; a conftest.py lies beside the next one. None is empty."""
    conftest = ""
    for number, block in enumerate(RECIPES):
        if block.startswith("# conftest.py"):
            conftest = block
            continue
        folder = tmp_path / f"page{number}"
        folder.mkdir()
        (folder / f"test_page{number}.py").write_text(block, encoding="utf-8")
        (folder / "conftest.py").write_text(conftest, encoding="utf-8")
        conftest = ""
    quiet = ["-q", "-p", "no:cacheprovider", "--import-mode=importlib", "-c", "/dev/null", f"--rootdir={tmp_path}"]
    told = subprocess.run(
        [sys.executable, "-m", "pytest", *quiet, "-W", "error", "--strict-markers", str(tmp_path)],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=os.environ | LEAN,
        check=False,
    )
    assert told.returncode == 0, told.stdout
    assert f"{sum(block.count('def test_') for block in RECIPES)} passed" in told.stdout


def test_a_project_may_have_contracts_of_its_own(tmp_path):
    """With the page's configuration; without it their package hides ours, and pytest does not start."""
    (configuration,) = (each.text for each in blocks(DOCS / "how-to.md") if each.language == "toml")
    (tmp_path / "pyproject.toml").write_text(configuration)
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts/__init__.py").write_text("PRICE = 1\n")
    (tmp_path / "test_mine.py").write_text("from contracts import PRICE\n\n\ndef test_it():\n    assert PRICE\n")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    told = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert "1 passed" in told.stdout, told.stderr


@pytest.fixture
def here(tmp_path):
    """A checkout of the connector alone, and its port instead of the one that the page writes."""
    for needed in ("node", "curl", "bash"):
        if not shutil.which(needed):
            pytest.skip(f"the recipe needs {needed}, which is not on this machine")
    for script in (ROOT / "examples/node_connector").glob("*.mjs"):
        shutil.copy(script, tmp_path)
    return tmp_path, str(free_port())


def play(script, here):
    """Run a recipe without its lines that install; what it said."""
    folder, port = here
    installs = ("python3 -m venv", ".venv/bin/pip")
    lines = [line for line in script.splitlines() if not line.startswith(installs)]
    text = (
        "\n".join(["trap 'kill $(jobs -p) 2> /dev/null || true' EXIT", *lines])
        .replace(".venv/bin/", f"{BIN}/")
        .replace("3000", port)
    )
    return subprocess.run(
        ["bash", "-ec", text],
        cwd=folder,
        env=os.environ | LEAN | {"PATH": f"{BIN}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
        check=False,
    )


def test_the_recipe_for_any_ci_judges_the_connector(here):
    """It ends with 0 and leaves both reports."""
    told = play(SHELL, here)
    assert told.returncode == 0, told.stdout + told.stderr
    assert {"connector.xml", "connector.html"} <= {path.name for path in here[0].iterdir()}


def test_the_steps_of_the_action_are_the_recipe():
    """What GitHub runs is what the test above runs, but for where the programs are."""
    steps = yaml.safe_load(ACTIONS)["jobs"]["contracts"]["steps"]
    ran = "\n".join(step["run"].strip() for step in steps if "run" in step)
    recipe = [line.replace(".venv/bin/", "") for line in SHELL.splitlines()]
    assert ran.splitlines() == [line for line in recipe if not line.startswith(("python3", "kill"))]


def test_the_rules_are_pytest_items(here):
    """The last recipe, on a connector that runs already."""
    start, wait = (line for line in SHELL.splitlines() if line.startswith(("node", "curl")))
    told = play(f"{start}\n{wait}\n{ITEMS.strip()} -q -p no:cacheprovider -c /dev/null -k official", here)
    assert told.returncode == 0, told.stdout + told.stderr
    assert "passed" in told.stdout
