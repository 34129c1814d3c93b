"""Which room may import which: the arrows of the design, read from the source and not from good will.

`contracts -> connector_ppp <- gateway_mock`. The judge and the judged share no code, the core is pure, and only
the composition root knows what the ports are made of.
"""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("gateway_mock", "connector_ppp", "contracts")
PURE = ("dataclasses", "decimal", "enum", "typing", "types", "collections.abc")


@dataclass(frozen=True)
class Room:
    """Some files, and what of the project and of the outside they may import."""

    files: str
    """A glob under the repository's root."""
    project: tuple[str, ...]
    """The parts of the project that may be imported."""
    outside: tuple[str, ...] | None = None
    """What else may be imported; None means whatever the dependencies allow."""
    never: tuple[str, ...] = ()
    """What may not be imported all the same."""
    but: tuple[str, ...] = ()
    """File names that the rule does not bind."""

    def breaches(self, name: str) -> bool:
        """Whether the rule forbids to import that name."""
        if within(name, self.never):
            return True
        if within(name, PACKAGES):
            return not within(name, self.project)
        return not (self.outside is None or within(name, self.outside))


WEB_LIBRARIES = ("flask", "werkzeug", "granian")
OUTER_LIBRARIES = (*WEB_LIBRARIES, "requests", "sqlalchemy", "psycopg", "click", "rich")
OURS = ("gateway_mock", "connector_ppp")

ROOMS = {
    "connector_ppp stands alone": Room("connector_ppp/**/*.py", ("connector_ppp",)),
    "contracts knows the protocol only": Room("contracts/**/*.py", ("contracts", "connector_ppp")),
    "gateway_mock never sees its judge": Room("gateway_mock/**/*.py", OURS),
    "the core is pure": Room("gateway_mock/core/*.py", ("gateway_mock.core",), PURE),
    "what all rooms share knows none of them": Room(
        "gateway_mock/*.py",
        OURS,
        never=("gateway_mock.service", "gateway_mock.adapters", "gateway_mock.web", *OUTER_LIBRARIES),
        but=("cli.py", "pytest_plugin.py"),
    ),
    "use cases know neither web nor adapters": Room(
        "gateway_mock/service/**/*.py",
        OURS,
        never=("gateway_mock.adapters", "gateway_mock.web", *OUTER_LIBRARIES),
    ),
    "adapters know neither web nor use cases": Room(
        "gateway_mock/adapters/**/*.py",
        OURS,
        never=("gateway_mock.service", "gateway_mock.web", *WEB_LIBRARIES),
    ),
    "views get their adapters from app.py": Room(
        "gateway_mock/web/**/*.py",
        OURS,
        never=("gateway_mock.adapters", "requests", "sqlalchemy", "psycopg"),
        but=("app.py",),
    ),
}


def within(name: str, rooms: tuple[str, ...]) -> bool:
    """Whether the dotted name is one of the rooms, or inside one."""
    return any(f"{name}.".startswith(f"{room}.") for room in rooms)


def imports(source: str) -> Iterator[str]:
    """Every dotted name that the source imports, wherever in it; a relative import is a `.`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = "." if node.level else f"{node.module}."
            yield from (f"{start}{alias.name}" for alias in node.names)


def breaches(room: Room) -> list[str]:
    """Where the files of a room break its rule, as `file: import`."""
    return [
        f"{path.relative_to(ROOT)}: {name}"
        for path in sorted(ROOT.glob(room.files))
        if path.name not in room.but
        for name in imports(path.read_text(encoding="utf-8"))
        if room.breaches(name)
    ]


@pytest.mark.parametrize("room", ROOMS.values(), ids=list(ROOMS))
def test_a_room_imports_only_what_its_rule_allows(room):
    """The rule finds files, and no import in them breaks it."""
    assert list(ROOT.glob(room.files))
    assert breaches(room) == []


def test_the_top_level_is_fixed():
    """Three packages that are shipped, and beside them only what a repository needs."""
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    beside = {"tests", "docs", "examples", "benchmarks", ".ci", ".gitignore"}
    files = {"pyproject.toml", "README.md", "Makefile", "CHANGELOG.md", "LICENSE"}
    assert {line.partition("/")[0] for line in tracked.splitlines()} == {*PACKAGES, *beside, *files}


@pytest.mark.parametrize("package", PACKAGES)
def test_imports_name_their_package(package):
    """A relative or a dynamic import would escape the rules above."""
    for path in sorted(ROOT.glob(f"{package}/**/*.py")):
        names = list(imports(path.read_text(encoding="utf-8")))
        assert not [name for name in names if name.startswith(".")], path
        assert "importlib.import_module" not in names, path


@pytest.mark.parametrize(
    ("room", "line", "breached"),
    [
        ("the core is pure", "import dataclasses", False),
        ("the core is pure", "from collections.abc import Mapping", False),
        ("the core is pure", "from gateway_mock.core.money import cents", False),
        ("the core is pure", "import datetime", True),
        ("the core is pure", "from collections import deque", True),
        ("the core is pure", "import decimals", True),
        ("the core is pure", "from gateway_mock import ports", True),
        ("the core is pure", "def late():\n    import random", True),
        ("connector_ppp stands alone", "import requests", False),
        ("connector_ppp stands alone", "from gateway_mock.core.money import cents", True),
        ("contracts knows the protocol only", "from gateway_mock import core", True),
        ("gateway_mock never sees its judge", "import contracts.suite", True),
        ("use cases know neither web nor adapters", "from gateway_mock.ports import Clock", False),
        ("use cases know neither web nor adapters", "from gateway_mock import adapters", True),
        ("use cases know neither web nor adapters", "from flask import request", True),
        ("what all rooms share knows none of them", "from gateway_mock.service import booking", True),
        ("adapters know neither web nor use cases", "from gateway_mock.service import booking", True),
        ("views get their adapters from app.py", "import gateway_mock.adapters.clock", True),
    ],
)
def test_the_rules_bite(room, line, breached):
    """Each forbidden line is found, each allowed one is not."""
    assert any(map(ROOMS[room].breaches, imports(line))) is breached
