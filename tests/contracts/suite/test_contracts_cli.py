"""The command `ppp-contracts`, from its arguments to its exit code."""

import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner

from connector_ppp.reference.app import create_app
from contracts import openapi
from contracts.cli import main
from contracts.suite.gateway.load import all_gateway_rules
from contracts.suite.load import all_rules


def invoke(*arguments):
    """Run the command; its exit code and what it says."""
    result = CliRunner().invoke(main, arguments)
    return result.exit_code, result.output


def test_a_correct_connector_ends_with_0(served):
    """And says so."""
    code, output = invoke("check", "connector", served(create_app()), "--only", "settle/f*")
    assert code == 0
    assert "5 pass" in output


def test_a_defect_ends_with_1_and_is_told(served):
    """Its rule, and how to run it again."""
    url = served(create_app(defects=["double-settle-on-repeat"]))
    code, output = invoke("check", "connector", url, "--only", "settle/repeat", "-q")
    assert code == 1
    assert f"again: ppp-contracts check connector {url} --only settle/repeat" in output


def test_nobody_there_ends_with_2():
    """Nothing was judged."""
    code, output = invoke("check", "connector", "http://127.0.0.1:9")
    assert code == 2
    assert output.startswith("could not judge: nobody answers at http://127.0.0.1:9/manifest")


def test_all_reports_are_written(served, tmp_path):
    """One option each."""
    paths = {name: tmp_path / f"report.{name}" for name in ("json", "junit", "html")}
    options = [word for name, path in paths.items() for word in (f"--{name}", str(path))]
    code, _ = invoke("check", "connector", served(create_app()), "--only", "settle/full", *options)
    assert code == 0
    assert json.loads(paths["json"].read_text())["summary"]["pass"] == 1
    assert ET.parse(paths["junit"]).getroot().tag == "testsuites"  # noqa: S314 - our own file
    assert paths["html"].read_text().startswith("<!doctype html>")


def test_credentials_and_method_are_sent(served):
    """A guarded connector lets the suite in; without them nothing can be judged."""
    url = served(create_app(app_key="key", app_token="token"))
    options = ("--only", "settle/full", "--only", "resilience/strangers", "--payment-method", "Mastercard")
    assert invoke("check", "connector", url, "--app-key", "key", "--app-token", "token", *options)[0] == 0
    assert invoke("check", "connector", url, *options)[0] == 2


def test_a_method_that_the_manifest_does_not_have_is_told(served):
    """A slip of the pen would else be paid with, and judged."""
    code, output = invoke("check", "connector", served(create_app()), "--payment-method", "Mastercrad")
    assert (code, "the manifest has no payment method Mastercrad, but " in output) == (2, True)


def test_a_profile_is_played(served):
    """The official one has nine rules."""
    code, output = invoke("check", "connector", served(create_app()), "--profile", "official")
    assert (code, "9 pass" in output) == (0, True)


def test_a_strict_run_fails_what_should_be(served):
    """Missing delays are advice, unless somebody is strict."""
    url = served(create_app(defects=["missing-delays"]))
    assert invoke("check", "connector", url, "--only", "authorize/delays-sent")[0] == 0
    assert invoke("check", "connector", url, "--only", "authorize/delays-sent", "--strict")[0] == 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("http://127.0.0.1:9", "--only", "settle/nothing"), "no rule matches settle/nothing"),
        (("ftp://127.0.0.1",), "no address of a connector"),
        (("http://127.0.0.1:9", "--listen", "5005"), "--listen is HOST:PORT"),
        (("http://127.0.0.1:9", "--listen", "192.0.2.1:0"), "Cannot assign requested address"),
        (("http://127.0.0.1:9", "--timeout", "0"), "0.0 is not in the range 0<x<=3600"),
        (("http://127.0.0.1:9", "--callback-timeout", "nan"), "nan is no number of seconds"),
        (("http://127.0.0.1:9", "--profile", "huge"), "'huge' is not one of"),
        (("http://127.0.0.1:9", "--app-key", "ключ"), "printable ASCII"),
    ],
)
def test_a_wrong_argument_is_told(arguments, told):
    """In words, without a traceback; nothing was judged."""
    code, output = invoke("check", "connector", *arguments)
    assert told in output
    assert code in {1, 2}


def test_the_rules_are_listed():
    """Each in one line: id, kind, profile, title."""
    lines = invoke("list")[1].splitlines()
    assert len(lines) == len(all_rules()) + len(all_gateway_rules()) >= 50
    assert lines[0].split()[:3] == ["official/authorize", "must", "official"]
    assert len(invoke("list", "--profile", "official")[1].splitlines()) == 9
    assert invoke("list", "--only", "settle/repeat")[1].split("  ")[0] == "settle/repeat"


def test_a_rule_is_explained():
    """What it requires, and how it is played."""
    code, output = invoke("explain", "settle/repeat")
    assert code == 0
    assert "source    known issue 760458 (documented)" in output
    assert "  2. settle 30.00, answered done" in output
    assert "  4. settle rest + 0.01, answered done or refused, confirms at most rest" in output


def test_an_unknown_rule_is_told():
    """And where to look."""
    code, output = invoke("explain", "settle/nothing")
    assert code == 2
    assert "`ppp-contracts list` shows them all" in output


def test_our_own_document_has_no_drift():
    """It differs in nothing from itself."""
    source = Path(__file__).parents[3] / "contracts" / "openapi" / "ppp.yaml"
    code, output = invoke("drift", str(source))
    assert (code, output) == (0, "ppp: 0 differences, 0 of them not explained\n")


def test_a_drift_is_told(tmp_path):
    """An operation that the other file has, and ours has not."""
    path = tmp_path / "official.json"
    responses = {"responses": {"200": {"description": "ok"}}}
    path.write_text(json.dumps({"openapi": "3.0.0", "paths": {"/manifest": {"get": responses, "put": responses}}}))
    code, output = invoke("drift", str(path), "--against", "ppp")
    assert code == 1
    assert "PUT /manifest" in output


def test_what_is_meant_to_differ_is_told_with_its_reason_when_asked(tmp_path, monkeypatch):
    """And is no finding."""
    monkeypatch.setattr(openapi, "deviations", lambda _: [("nobody needs it", ["* /manifest*"])])
    path = tmp_path / "official.json"
    responses = {"responses": {"200": {"description": "ok"}}}
    path.write_text(json.dumps({"openapi": "3.0.0", "paths": {"/manifest": {"put": responses}}}))
    code, output = invoke("drift", str(path), "--against", "ppp", "--all")
    assert "PUT /manifest: operation: missing" in output
    assert "    meant: nobody needs it" in output
    assert code == 1


@pytest.mark.parametrize("text", ["{", "[]", '{"openapi": "3.0.0"}', '{"paths": {"/nobody": {"get": {}}}}'])
def test_what_cannot_be_compared_is_told(tmp_path, text):
    """No YAML, no document, nothing in common."""
    path = tmp_path / "official.yaml"
    path.write_text(text)
    assert invoke("drift", str(path))[0] == 2


def test_the_command_starts_without_what_only_a_run_needs():
    """Its help imports neither the suite nor the reports."""
    heavy = "('contracts.s', 'contracts.r', 'rich', 'requests')"
    code = f"import sys, contracts.cli; print([name for name in sys.modules if name.startswith({heavy})])"
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert output.strip() == "[]"


def test_the_package_runs_as_a_module():
    """`python -m contracts` is the command."""
    words = [sys.executable, "-m", "contracts", "list", "--only", "settle/full"]
    output = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    assert output.startswith("settle/full")
