"""The reference pages are what the code says, and so are the tables that are written by hand."""

import re
import subprocess
import sys

import pytest

from connector_ppp.reference.app import create_app as create_connector
from contracts.suite.gateway.load import all_gateway_rules
from contracts.suite.load import all_rules
from docs.generate import FOLDER, PAGES, stale
from gateway_mock.core.modes import Operation
from gateway_mock.records import ConnectorSettings, FaultKind, Kind
from gateway_mock.service.connector_entries import entries_of
from gateway_mock.service.schedule import AUTO_SETTLE_AFTER_CALLBACK, AUTO_SETTLE_DEFAULT, window_of
from gateway_mock.web.app import create_app
from tests.meta.docs_pages import DOCS, README, ROOT, table

CONNECTORS = DOCS / "connectors.md"
CONTROL_PLANE = DOCS / "control-plane.md"

MICROSECONDS = {"minute": 60_000_000, "hour": 3_600_000_000, "day": 86_400_000_000}


# --- Pages made of the code -----------------------------------------------------------------------------------


def test_no_reference_page_is_stale():
    """`python docs/generate.py --check` ends with 0."""
    run = subprocess.run(
        [sys.executable, "docs/generate.py", "--check"], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert (run.returncode, run.stderr) == (0, "")


def test_a_stale_page_is_found(tmp_path):
    """A page that is missing and a page with one more line are stale, the others are not."""
    for name in PAGES:
        (tmp_path / name).write_text(PAGES[name](), encoding="utf-8")
    (tmp_path / "quirks.md").unlink()
    with (tmp_path / "faults.md").open("a", encoding="utf-8") as page:
        page.write("one more line\n")
    assert stale(tmp_path) == ["quirks.md", "faults.md"]


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("refusals.md", "| `CHK0201` | 404 | `Order {id} not found.` | documented message |"),
        ("statuses.md", "| `Approved` | settle | `Settling` |"),
        ("statuses.md", "| `canceled` | - | final |"),
        ("faults.md", "| `drop-reply` | The work is done, then the answer is lost. |"),
        (
            "rules.md",
            (
                "| `authorize/status-authorized` | should | full "
                "| The word for an approved payment is approved, not authorized | - | C15 (recommended) |"
            ),
        ),
        (
            "endpoints.md",
            "| POST | `/payments/{paymentId}/settlements` | settle | Capture all or a part of a payment. |",
        ),
        (
            "endpoints.md",
            (
                "| POST | `/api/pub/transactions/{transactionId}/payments` "
                "| `/api/payments/transactions/{transactionId}/payments` |"
            ),
        ),
        ("settings.md", "| `--seed` | integer, at least 0 | `0` | Seed of the first history. |"),
    ],
)
def test_a_row_is_made_as_a_reader_expects(name, row):
    """Code, status, words and source; status, event, next; kind and effect; option, value, default, help."""
    assert row in PAGES[name]().splitlines()


def test_every_fault_says_what_happens():
    """Each kind has a row, and each row has words."""
    rows = table(FOLDER / "faults.md", "Kind | What happens")
    assert [kind.strip("`") for kind, _ in rows] == list(FaultKind)
    assert [kind for kind, says in rows if not says] == []


@pytest.mark.parametrize("create", [create_app, create_connector], ids=["sandbox", "connector"])
def test_every_endpoint_has_a_row(create):
    """Each method and path that an application answers; OpenAPI and Flask name parameters otherwise."""
    page = (FOLDER / "endpoints.md").read_text(encoding="utf-8")
    listed = {
        (method, re.sub(r"{\w+}", "*", path))
        for method, path in re.findall(r"^\| ([A-Z]+) \| `(.*?)`", page, re.MULTILINE)
    }
    served = {
        (method, re.sub(r"<\w+>", "*", rule.rule))
        for rule in create().url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert len(served) > 8
    assert served - listed == set()


def test_every_rule_has_a_row():
    """Those for connectors and those for gateways, each once and in their order."""
    page = (FOLDER / "rules.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| `(\S+/\S+)` \| (?:must|should|advice) \|", page, re.MULTILINE)
    assert listed == [rule.id for rule in (*all_rules(), *all_gateway_rules())]


# --- Tables written by hand -----------------------------------------------------------------------------------


def test_every_endpoint_of_the_control_plane_has_its_place():
    """Each method and path of `/_mock/` is called by an example or named on the page."""
    text = CONTROL_PLANE.read_text(encoding="utf-8")
    rules = [rule for rule in create_app().url_map.iter_rules() if rule.rule.startswith("/_mock/")]
    paths = {re.sub(r"<\w+>", r"(?:\\$?\\w+)", rule.rule) for rule in rules}
    assert len(paths) > 8
    assert [path for path in paths if not re.search(rf"{path}\b", text)] == []


def test_every_error_of_the_web_layer_is_listed():
    """The codes of the table are those that gateway_mock/web answers with."""
    sources = (path.read_text(encoding="utf-8") for path in (ROOT / "gateway_mock" / "web").glob("*.py"))
    answered = {code for source in sources for code in re.findall(r'"(Mock\.\w+|1)"', source)}
    assert {code.strip("`") for code, _, _ in table(CONTROL_PLANE, "Code | HTTP | When")} == answered


def test_every_entry_of_an_affiliation_is_listed():
    """Ours are those that a connector is written as; the two documented ones are read beside them."""
    listed = {entry.strip("`") for entry, *_ in table(CONNECTORS, "Entry | Says | Left out | Source")}
    ours = {entry.name for entry in entries_of(ConnectorSettings(name="Any", kind=Kind.PPP))}
    assert listed == ours | {"autoSettle", "autoSettleDelay"}


def microseconds(text: str) -> int:
    """A span like `4 hours`."""
    number, unit = text.split()
    return int(number) * MICROSECONDS[unit.rstrip("s")]


def test_calls_are_tried_again_as_the_table_says():
    """Row by row what the schedule answers, for a `delayToCancel` that the row speaks of."""
    rows = table(CONNECTORS, "Call | Again every | For | Then")
    cases = [
        (Operation.AUTHORIZE, None, False, 7 * 86_400),
        (Operation.AUTHORIZE, 3600, False, 3600),
        (Operation.AUTHORIZE, 86_399, False, 86_399),
        (Operation.AUTHORIZE, 86_400, False, 86_400),
        (Operation.AUTHORIZE, 86_400, True, 86_400),
        (Operation.SETTLE, None, False, 86_400),
        (Operation.CANCEL, None, False, 86_400),
        (Operation.REFUND, None, False, 86_400),
    ]
    for (call, every, _, _), (operation, delay, often, seconds) in zip(rows, cases, strict=True):
        assert call.startswith(operation)
        window = window_of(operation, delay, often=often)
        assert (window.every, window.length) == (microseconds(every), seconds * 1_000_000), call


def test_money_settles_by_itself_as_the_table_says():
    """4 days without delays, a day after a callback."""
    after = dict(table(CONNECTORS, "The connector | Settles what is open after"))
    assert microseconds(after["answered neither"]) == AUTO_SETTLE_DEFAULT
    assert microseconds(after["approved by callback, without either"]) == AUTO_SETTLE_AFTER_CALLBACK


def test_every_fault_stands_in_the_readme():
    """The row of the table names each kind."""
    (row,) = [cells for cells in table(README, "Part | Implemented") if cells[0] == "Faults"]
    assert re.findall(r"`([a-z-]+)`", row[1]) == list(FaultKind)
