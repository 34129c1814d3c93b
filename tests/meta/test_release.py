"""What is released: the wheel, installed where the checkout has never been seen, and used from there.

The environment is made once, whichever worker comes first; it takes some five seconds.
"""

import fcntl
import shutil
import subprocess
import sys
import tomllib
import zipfile
from configparser import ConfigParser
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted(path.parent for path in (ROOT / "examples").glob("*/test_*.py"))
NEEDS = {"node_connector": "node"}


def run(*command, **more):
    """What the command said; it fails with all of it."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, **more)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="session")
def released(tmp_path_factory, worker_id):
    """The folder of the wheel and of the environment that has it installed; the workers share them."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "released"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "ready").exists():
            python = folder / "env/bin/python"
            pip = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check")
            run(*pip, "wheel", "--no-deps", "--wheel-dir", folder, ROOT)
            run(sys.executable, "-m", "venv", "--without-pip", python.parents[1])
            (wheel,) = folder.glob("*.whl")
            run(*pip, "--python", python, "install", "--no-compile", wheel, "pytest", "pytest-xdist")
            (folder / "ready").touch()
    return folder


@pytest.fixture
def wheel(released):
    """The wheel."""
    (path,) = released.glob("*.whl")
    with zipfile.ZipFile(path) as archive:
        yield archive


def test_the_wheel_has_the_three_packages_and_nothing_else(wheel):
    """No tests, no docs, no examples; every package says that it is typed."""
    names = wheel.namelist()
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    packages = {"gateway_mock", "connector_ppp", "contracts"}
    assert {name.partition("/")[0] for name in names} == {*packages, f"ppp_harness-{version}.dist-info"}
    assert {f"{package}/py.typed" for package in packages} <= set(names)
    assert f"ppp_harness-{version}.dist-info/licenses/LICENSE" in names


def test_the_wheel_has_every_file_of_the_packages(wheel):
    """Rules, documents, pages and schemas are data that the commands need."""
    tracked = run("git", "ls-files", "gateway_mock", "connector_ppp", "contracts", cwd=ROOT).split()
    assert set(tracked) <= set(wheel.namelist())


def test_the_wheel_brings_its_commands_and_its_plugins(wheel):
    """Three commands, and what pytest loads by itself."""
    (name,) = (name for name in wheel.namelist() if name.endswith("entry_points.txt"))
    points = ConfigParser()
    points.read_string(wheel.read(name).decode())
    assert set(points["console_scripts"]) == {"gateway-mock", "ppp-connector", "ppp-contracts"}
    assert set(points["pytest11"].values()) == {"gateway_mock.pytest_plugin", "contracts.pytest_plugin"}


@pytest.mark.parametrize("command", ["gateway-mock", "ppp-connector", "ppp-contracts"])
def test_a_command_runs_where_only_the_wheel_is(released, tmp_path, command):
    """Each says what it can do."""
    assert "Usage:" in run(released / "env/bin" / command, "--help", cwd=tmp_path)


def test_the_story_runs_where_only_the_wheel_is(released, tmp_path):
    """The demo needs nothing of the checkout."""
    assert run(released / "env/bin/gateway-mock", "demo", cwd=tmp_path).count("75.00") >= 4


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_an_example_passes_where_only_the_wheel_is(released, tmp_path, example):
    """Each example is a project of its own, with tests of its own."""
    needed = NEEDS.get(example.name, "git")
    if shutil.which(needed) is None:
        pytest.skip(f"{example.name} needs {needed}, which is not on this machine")
    shutil.copytree(example, tmp_path / example.name)
    python = released / "env/bin/python"
    told = run(python, "-m", "pytest", "-q", "-p", "no:cacheprovider", cwd=tmp_path / example.name)
    assert " passed" in told


def test_the_plugins_work_where_only_the_wheel_is(released, tmp_path):
    """The tests of the plugins themselves: every fixture and marker, and the rules as items, a few of them."""
    for name in ("conftest.py", "test_plugin.py", "test_items.py"):
        shutil.copy(ROOT / "tests/fixtures" / name, tmp_path)
    options = ("-q", "-p", "no:cacheprovider", "-p", "pytester", "--import-mode=importlib")
    chosen = "test_plugin or alone or finding or nobody"
    told = run(released / "env/bin/python", "-m", "pytest", *options, "-k", chosen, cwd=tmp_path)
    assert " passed" in told
