"""`ppp-contracts check gateway` from outside: how it ends, what it writes, and what it says of a finding."""

import json
import re
from xml.etree import ElementTree as ET

import jsonschema_rs
import pytest
from click.testing import CliRunner

from contracts.cli import main
from contracts.reports.json_report import report_schema
from gateway_mock.web.app import Config, create_app
from tests.contracts.gateway import planted_around as around

STORY = ("--only", "modes/total-settles-*", "--only", "wire/amounts-are-exact")


def invoke(*arguments):
    """Run the command: its exit code and what it printed."""
    result = CliRunner().invoke(main, arguments, env={"COLUMNS": "160"})
    return result.exit_code, result.output


def test_a_correct_gateway_ends_with_0(served_gateway):
    """A few rules prove no mode: the other rules about it were not played."""
    code, output = invoke("check", "gateway", served_gateway, *STORY)
    assert code == 0
    assert re.search(r"Total +not proven\s+not proven: \d+ rules about it were not played", output)
    assert "4 pass" in output


def test_a_broken_gateway_ends_with_1_and_a_finding(served_fault):
    """Rule, requirement, source, expected, actual, the exchanges as curl, and how to play it again."""
    code, output = invoke("check", "gateway", served_fault(around.in_another_mode(total="partial")), *STORY)
    assert code == 1
    for told in (
        "✗ modes/total-settles-in-two: In Total mode the first settle captures the order",
        "must: Of an order of 100.00, a settlement request of 20.00 asks the connector for the whole 100.00",
        "source: VTEX docs, Post-purchase payment operations, Total, example 1 (documented)",
        "step 1, settle 20.00, the connector hears",
        "expected  settle 100.00",
        "actual    settle 20.00",
        "$ curl --request POST http://127.0.0.1:",
        "--header 'X-VTEX-API-AppToken: ***'",
        "< POST /total/payments/",
    ):
        assert told in output, told
    assert re.search(r"again: ppp-contracts check gateway http://\S+ --only modes/total-settles-in-two", output)


def test_advice_ends_with_0_and_with_1_when_strict(served_fault):
    """A should that is broken fails on request only."""
    url = served_fault(around.with_quirk("single-settle-id"))
    rule = ("--only", "modes/refunds-name-each-capture")
    assert invoke("check", "gateway", url, *rule)[0] == 0
    assert invoke("check", "gateway", url, *rule, "--strict")[0] == 1


def test_what_could_not_be_judged_ends_with_2(served_gateway):
    """Nobody there, and a run in which every rule was left out."""
    code, output = invoke("check", "gateway", "http://127.0.0.1:9", *STORY)
    assert (code, "could not judge: nobody answers at http://127.0.0.1:9/" in output) == (2, True)
    by_hand = ("--setup", "by-hand", "--app-key", "vtexappkey-sandbox-LOCAL", "--app-token", "sandbox")
    code, output = invoke("check", "gateway", served_gateway, *by_hand, *STORY)
    assert (code, "4 not applicable" in output) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("nowhere",), "'nowhere' is no address of a gateway"),
        (("http://127.0.0.1:9", "--connector", "hold"), "--connector is MODE=SYSTEM, such as hold=4, not 'hold'"),
        (("http://127.0.0.1:9", "--connector", "half=4"), "--connector is MODE=SYSTEM"),
        (("http://127.0.0.1:9", "--listen", "5020"), "--listen is HOST:PORT"),
        (("http://127.0.0.1:9", "--only", "settle/*"), "no rule matches settle/*"),
        (("http://",), "no request can be made"),
        (("http://127.0.0.1:9", "--listen", "203.0.113.1:5020"), "Error: "),
    ],
)
def test_a_wrong_call_is_explained(arguments, told):
    """In words, without a traceback, and nothing is judged."""
    code, output = invoke("check", "gateway", *arguments)
    assert (code, told in output) == (2, True)


def test_every_report_is_written(served_fault, tmp_path):
    """JUnit, JSON by its schema, one HTML page; each with the finding and what the connector heard."""
    url = served_fault(around.in_another_mode(total="partial"))
    files = {name: tmp_path / f"report.{name}" for name in ("junit", "json", "html")}
    options = [word for name, path in files.items() for word in (f"--{name}", str(path))]
    assert invoke("check", "gateway", url, *STORY, *options)[0] == 1

    report = json.loads(files["json"].read_text())
    jsonschema_rs.validate(report_schema(), report)
    case = next(rule for rule in report["rules"] if rule["id"] == "modes/total-settles-in-two")
    assert case["differences"][0] == {
        "where": "step 1, settle 20.00, the connector hears",
        "expected": "settle 100.00",
        "actual": "settle 20.00",
    }
    assert [each["operation"] for each in case["exchanges"]][:4] == [
        "start",
        "send payments",
        "additional data",
        "authorize",
    ]
    heard = [(each["operation"], each["target"].rpartition("/")[2]) for each in case["callbacks"]]
    assert heard[:2] == [("authorize", "payments"), ("settle", "settlements")]
    assert set(case["callbacks"][0]["headers"].values()) >= {"***"}

    junit = ET.parse(files["junit"]).getroot()  # noqa: S314 - the suite wrote it
    assert [suite.get("name") for suite in junit.iter("testsuite")] == ["modes", "wire"]
    assert "expected: settle 100.00" in ET.tostring(junit, encoding="unicode")
    page = files["html"].read_text()
    assert "step 1, settle 20.00, the connector hears" in page
    assert "suite-token" not in page


def test_rules_for_gateways_are_listed_and_explained():
    """As those for connectors."""
    assert "modes/total-settles-in-two" in invoke("list", "--only", "modes/*")[1]
    code, output = invoke("explain", "orders/items-and-freight-partial")
    assert code == 0
    assert "needs     orders, partial" in output
    told = "hears cancel 25.00, order status payment-approved or handling value 75.00, remove B 1"
    assert f"  2. modify, {told}" in output
    assert "asked about the whole run: exact" in invoke("explain", "wire/amounts-are-exact")[1]


@pytest.fixture
def served_fault(served, free_port):
    """The address of a sandbox behind a socket, with a fault towards the merchant."""

    def serve(change):
        app = create_app(Config(clock="manual", base_url=f"http://127.0.0.1:{free_port}"))
        return served(around.Around(app, change), free_port)

    return serve
