"""What the README and the pages of docs/ name exists, and their tables say what the code does."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import click
import pytest

from connector_ppp.cli import main as ppp_connector
from connector_ppp.reference.app import create_app as create_connector
from connector_ppp.transports import WSGITransport
from contracts.cli import main as ppp_contracts
from gateway_mock.cli import main as gateway_mock
from gateway_mock.demo.story import HOLD, LEGACY, PARTIAL, TOTAL
from gateway_mock.web.app import Config, build, create_app
from tests.meta.docs_pages import DOCS, PAGES, README, ROOT, blocks, commands, table

PROGRAMS = {"gateway-mock": gateway_mock, "ppp-connector": ppp_connector, "ppp-contracts": ppp_contracts}
FENCES = re.MULTILINE | re.DOTALL
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")

# --- What is named exists -------------------------------------------------------------------------------------


def test_the_two_commands_stand_in_the_readme():
    """`make demo` and `make test`, each on a line of its own."""
    assert ["make", "demo"] in commands(README)
    assert ["make", "test"] in commands(README)


@pytest.mark.parametrize("words", commands(*PAGES), ids=" ".join)
def test_every_command_exists(words):
    """A target of the Makefile, or a command of the project with options that it has."""
    program = Path(words[0]).name
    if program == "make":
        assert re.search(rf"^{words[1]}:", MAKEFILE, re.MULTILINE)
        return
    command: click.Command = PROGRAMS[program]
    for word in words[1:]:
        if isinstance(command, click.Group):
            command = command.commands[word]
    assert {word for word in words if word.startswith("--")} <= options(command)


def options(command: click.Command) -> set[str]:
    """Every option of a command, and of the commands inside it."""
    inner = command.commands.values() if isinstance(command, click.Group) else ()
    return {option for parameter in command.params for option in parameter.opts}.union(*map(options, inner))


def test_every_option_that_the_pages_name_exists():
    """What stands in backquotes like an option is one of a command, of pytest, or of what makes the pages."""
    helps = subprocess.run([sys.executable, "-m", "pytest", "--help"], capture_output=True, text=True, check=True)
    of_pytest = {"--junitxml", *re.findall(r"--[a-z][a-z-]*", helps.stdout)}
    known = {"--check"}.union(of_pytest, *map(options, PROGRAMS.values()))
    prose = (re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=FENCES) for page in PAGES)
    spans = [span for text in prose for span in re.findall(r"`([^`]+)`", text)]
    named = {option for span in spans for option in re.findall(r"(?<!\S)--[a-z][a-z-]*", span)}
    assert len(named) > 10
    assert named - known == set()


def test_every_program_is_installed():
    """The programs of the pages are the scripts of the project."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert set(PROGRAMS) == set(project["scripts"])


def test_every_path_exists():
    """What the pages write like a path of the sandbox is one, or the beginning of one."""
    rules = {rule.rule for rule in create_app().url_map.iter_rules()}
    named = {
        path
        for page in PAGES
        for path in re.findall(r"`(?:[A-Z]+ )?(/(?:api|_mock)/[^`]*)`", page.read_text(encoding="utf-8"))
    }
    assert len(named) > 10
    patterns = {path: re.sub(r"<\w+>|{\w+}|\b(ID|NAME|ACCOUNT|CODE)\b", "<[a-z_]+>", path) for path in named}
    assert [path for path, pattern in patterns.items() if not any(re.match(pattern, rule) for rule in rules)] == []


def test_every_part_of_the_control_plane_in_the_readme_exists():
    """The words of its row in the table are words of its paths."""
    (row,) = [cells for cells in table(README, "Part | Implemented") if cells[0] == "Control plane"]
    paths = " ".join(rule.rule for rule in create_app().url_map.iter_rules() if rule.rule.startswith("/_mock/"))
    listed = re.findall(r"`([a-z]+)`", row[1])
    assert len(listed) > 5
    assert [word for word in listed if word not in re.split(r"\W", paths)] == []


def anchors(page: Path) -> set[str]:
    """What a link to a heading of a page may end with, as GitHub makes it."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page):
    """A link inside the repository names a file that is there."""
    links = re.findall(r"\]\(([^)#:]*)(?:#([^)]*))?\)", page.read_text(encoding="utf-8"))
    targets = [((page.parent / name) if name else page, anchor) for name, anchor in links]
    assert [target for target, _ in targets if not target.is_file()] == []
    assert [(target, anchor) for target, anchor in targets if anchor and anchor not in anchors(target)] == []


def test_every_page_is_in_the_index():
    """Who starts at docs/index.md finds every page."""
    index = (DOCS / "index.md").read_text(encoding="utf-8")
    pages = [str(page.relative_to(DOCS)) for page in PAGES[1:] if page.name != "index.md"]
    assert [page for page in pages if f"]({page})" not in index] == []


PLAYED = {
    "bash": PAGES,
    "console": PAGES,
    "python": (README, DOCS / "how-to.md", DOCS / "testing.md", DOCS / "tutorial.md"),
    "sh": (DOCS / "ci.md", DOCS / "tutorial.md"),
    "diff": (DOCS / "tutorial.md",),
    "toml": (DOCS / "how-to.md",),
    "yaml": (DOCS / "ci.md",),
    "json": PAGES,
    "text": PAGES,
}
"""Which pages the tests play the blocks of a language of; outputs stand behind what prints them."""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_page_has_a_block_that_nobody_plays(page):
    """A block of another language, or on another page, needs a test that runs it first."""
    assert [block.language for block in blocks(page) if page not in PLAYED.get(block.language, ())] == []


# --- A fresh machine has enough ---------------------------------------------------------------------------------

BROUGHT_ALONG = {"werkzeug": "flask", "urllib3": "requests"}
"""Libraries that are a part of another one's interface."""


def modules(source: str) -> Iterator[str]:
    """The top-level module of every import."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module.split(".")[0]


def imported(*folders: str) -> set[str]:
    """The distributions that the code of these folders imports, ours and the standard library left out."""
    sources = [path.read_text(encoding="utf-8") for folder in folders for path in (ROOT / folder).rglob("*.py")]
    inside = {"gateway_mock", "connector_ppp", "contracts", "tests", "docs", "_typeshed", *sys.stdlib_module_names}
    outside = {module for source in sources for module in modules(source)} - inside
    owners = packages_distributions()
    return {BROUGHT_ALONG.get(name, owners.get(name, [name])[0]).lower().replace("_", "-") for name in outside}


def declared(requirements: list[str]) -> set[str]:
    """The names of the requirements."""
    return {re.match(r"[\w-]+", each)[0].lower() for each in requirements}


def test_what_is_imported_is_installed():
    """`make` installs what the code imports: the shipped code from the dependencies, the tests from dev too."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    shipped = declared(project["dependencies"]) | {"pytest"}  # only what pytest itself loads imports it
    tools = declared(project["optional-dependencies"]["dev"])
    assert imported("gateway_mock", "connector_ppp", "contracts") <= shipped
    assert imported("tests") <= shipped | tools


# --- The worked examples ----------------------------------------------------------------------------------------

MODES = DOCS / "modes.md"


def test_the_worked_story_is_the_one_that_the_demo_plays():
    """Column by column what the demo compares with real servers."""
    rows = table(MODES, "The merchant sends | Total | Hold | Partial | Legacy")
    sends, *columns = zip(*rows, strict=True)
    assert list(sends) == [step.sends for step in TOTAL.documented.steps]
    for story, column in zip((TOTAL, HOLD, PARTIAL, LEGACY), columns, strict=True):
        assert list(column) == [step.did for step in story.documented.steps]


class Gateway:
    """A sandbox and a connector in this process; what the connector heard."""

    def __init__(self, mode: str) -> None:
        config = Config(connector="http://connector.test", mode=mode)
        self.connector = create_connector().test_client()
        sandbox = build(config, transport_for=lambda _url: WSGITransport(self.connector.application))
        self.sandbox = create_app(config, sandbox=sandbox).test_client()
        self.transaction = self.sandbox.post("/_mock/orders", json={"value": 10_000}).json["transactionId"]

    def ask(self, request: str) -> None:
        """One request like `settle 20`."""
        operation, units = request.split()
        path = {"settle": "settlement", "cancel": "cancellation", "refund": "refunding"}[operation]
        url = f"/api/pvt/transactions/{self.transaction}/{path}-request"
        headers = {"X-VTEX-API-AppKey": "vtexappkey-sandbox-LOCAL", "X-VTEX-API-AppToken": "sandbox"}
        answer = self.sandbox.post(url, json={"value": int(units) * 100}, headers=headers)
        assert answer.status_code == 200, answer.text

    def heard(self) -> list[str]:
        """The calls after the authorization."""
        calls = self.connector.get("/_reference/payments").json["calls"]
        return [f"{call['operation']} {call['value']:.0f}" for call in calls[1:]]


@pytest.mark.parametrize(
    ("mode", "requests", "calls"),
    [
        (mode, requests, calls)
        for name, requests, calls in table(MODES, "Mode | Requests to the gateway | Calls to the connector")
        for mode in (["total", "hold", "partial"] if name == "any" else [name.lower()])
    ],
)
def test_every_documented_example_comes_true(mode, requests, calls):
    """On an order of 100.00; before a refund all of it is captured."""
    gateway = Gateway(mode)
    if requests.startswith("refund"):
        gateway.ask("settle 100")
        calls = f"settle 100, {calls}"
    for request in requests.split(", "):
        gateway.ask(request)
    assert ", ".join(gateway.heard()) == calls
