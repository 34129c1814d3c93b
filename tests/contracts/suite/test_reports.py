"""The reports: one run told as JSON, JUnit, HTML and on a console."""

import io
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import jsonschema_rs
import pytest
from rich.console import Console

from connector_ppp.reference import callbacks
from connector_ppp.reference.app import create_app
from contracts.reports.console import ConsoleReport
from contracts.reports.document import masked, report_of
from contracts.reports.explanation import explanation
from contracts.reports.json_report import render_json, report_schema
from contracts.reports.junit import printable, render_junit
from contracts.reports.listeners import to_file
from contracts.reports.page import pretty, render_page
from contracts.reports.text import finding_text
from contracts.suite.events import ExitCode, RunFinished, RunStarted
from contracts.suite.load import all_rules
from contracts.suite.outcomes import Outcome

RULES = (
    "settle/repeat",
    "settle/full",
    "authorize/delays-sent",
    "refund/full",
    "resilience/strangers",
    "callbacks/content",
)
DEFECTS = ("double-settle-on-repeat", "missing-delays", "no-refunds")
OUTCOMES = {
    "settle/repeat": "fail",
    "settle/full": "pass",
    "authorize/delays-sent": "advice",
    "refund/full": "not supported",
    "resilience/strangers": "not applicable",
    "callbacks/content": "pass",
}
EMPTY = RunFinished(
    url="http://nobody.test", cases=(), modes=(), exit_code=ExitCode.COULD_NOT_JUDGE, problem="nobody answers"
)


@pytest.fixture
def finished(judge):
    """A run with one outcome of many kinds."""
    return judge(create_app(defects=DEFECTS, callback_delay_seconds=0.01), RULES).finished


def told(finished, *, width=300, **options):
    """What the console says."""
    console = Console(file=io.StringIO(), width=width, soft_wrap=True)
    report = ConsoleReport(console, **options)
    report(RunStarted(finished.url, tuple(case.rule for case in finished.cases)))
    for case in finished.cases:
        report(case)
    report(finished)
    return console.file.getvalue()


def xml_of(run):
    """The JUnit report, read."""
    return ET.fromstring(render_junit(run))  # noqa: S314 - our own text


# --- JSON ---------------------------------------------------------------------------------------------------


def test_the_json_report_is_what_its_schema_says(finished):
    """Both a full run and one that judged nothing."""
    validator = jsonschema_rs.Draft202012Validator(report_schema())
    for run in (finished, EMPTY):
        validator.validate(json.loads(render_json(run)))
    assert jsonschema_rs.meta.is_valid(report_schema())


def test_the_schema_of_the_report_describes_each_member(finished):
    """No member that readers cannot look up."""
    schema, report = report_schema(), json.loads(render_json(finished))
    rule, exchange = schema["$defs"]["rule"], schema["$defs"]["exchange"]
    assert set(report) == set(schema["required"]) == set(schema["properties"])
    assert set(report["rules"][0]) == set(rule["required"]) == set(rule["properties"])
    assert set(report["rules"][0]["exchanges"][0]) == set(exchange["required"]) == set(exchange["properties"])


def test_the_json_report_tells_everything(finished):
    """Outcomes, modes, differences, exchanges, callbacks, how to run it again."""
    report = json.loads(render_json(finished))
    rules = {rule["id"]: rule for rule in report["rules"]}
    assert {rule_id: rule["outcome"] for rule_id, rule in rules.items()} == OUTCOMES
    assert report["summary"]["fail"] == 1
    assert report["exitCode"] == 1
    assert [mode["runs"] for mode in report["modes"]] == ["no", "no", "no"]
    assert rules["settle/repeat"]["differences"][0]["where"] == "step 1, repeat of first, settleId"
    assert rules["settle/repeat"]["exchanges"][1]["curl"].startswith(
        "curl --request POST http://connector.test/pay"
    )
    assert rules["settle/repeat"]["rerun"].endswith("--only settle/repeat")
    assert rules["callbacks/content"]["callbacks"][0]["method"] == "POST"
    assert rules["refund/full"]["reason"] == "step 1, refund all: answered manual (HTTP 501, refund-manually)"


def test_no_report_tells_a_secret(judge):
    """Neither the token of the run nor that of a callback."""
    app = create_app(app_key="my-key", app_token="my-secret", callback_delay_seconds=0.01)
    run = judge(app, ("callbacks/content", "settle/full"), app_key="my-key", app_token="my-secret").finished
    for render in (render_json, render_page, render_junit, told):
        assert "my-secret" not in render(run)


def test_headers_lose_their_secrets():
    """Both pairs, in any spelling."""
    headers = {"x-vtex-api-apptoken": "T", "X-PROVIDER-API-AppKey": "K", "Accept": "*/*"}
    assert masked(headers) == {"x-vtex-api-apptoken": "***", "X-PROVIDER-API-AppKey": "***", "Accept": "*/*"}


# --- JUnit --------------------------------------------------------------------------------------------------


def test_junit_has_a_suite_for_each_family_and_a_case_for_each_rule(finished):
    """A failure fails, advice is output, what was not judged is skipped."""
    root = xml_of(finished)
    suites = {suite.get("name"): suite.attrib for suite in root.iter("testsuite")}
    assert list(suites) == ["authorize", "settle", "refund", "callbacks", "resilience"]
    assert (suites["settle"]["tests"], suites["settle"]["failures"]) == ("2", "1")
    assert (suites["refund"]["skipped"], suites["resilience"]["skipped"]) == ("1", "1")
    cases = {case.get("name"): case for case in root.iter("testcase")}
    assert set(cases) == set(OUTCOMES)
    assert cases["settle/repeat"].find("failure").get("type") == "must"
    assert "curl --request POST" in cases["settle/repeat"].find("failure").text
    assert "delayToCancel" in cases["authorize/delays-sent"].find("system-out").text
    assert cases["refund/full"].find("skipped").get("message").startswith("not supported: ")
    assert list(cases["settle/full"]) == []


def test_junit_opens_with_the_modes(finished):
    """As properties, the verdict first."""
    root = xml_of(finished)
    told_modes = {each.get("name"): each.get("value").partition(";")[0] for each in root.iter("property")}
    assert told_modes == {"mode total": "no", "mode hold": "no", "mode partial": "no"}


def test_junit_of_a_run_that_judged_nothing_is_red():
    """One case, one error."""
    (suite,) = xml_of(EMPTY).iter("testsuite")
    assert suite.get("errors") == "1"
    assert next(suite.iter("error")).get("message") == "nobody answers"


@pytest.mark.parametrize("character", ["\x00", "\x1b", "\ufffe", "\ud800"])
def test_characters_that_xml_cannot_carry_are_replaced(character):
    """A connector may say anything."""
    assert printable(f"a{character}b\n🛒") == "a\ufffdb\n🛒"


# --- HTML ---------------------------------------------------------------------------------------------------


class Page(HTMLParser):
    """Reads a page: which elements there are, and what they refer to."""

    def __init__(self):
        super().__init__()
        self.open, self.ids, self.links, self.texts = [], [], [], []

    def handle_starttag(self, tag, attributes):
        """Note an element."""
        values = dict(attributes)
        self.ids += [values["id"]] if "id" in values else []
        self.links += [value for name, value in attributes if name in {"src", "href", "action"}]
        if tag not in {"meta", "input", "br", "link"}:
            self.open.append(tag)

    def handle_endtag(self, tag):
        """Every element ends where it began."""
        assert self.open.pop() == tag

    def handle_data(self, data):
        """Note a text."""
        self.texts.append(data)


def test_the_page_is_one_file_that_needs_nothing_else(finished):
    """Well formed, every rule on it, no link but to a place on the page itself."""
    page = Page()
    page.feed(render_page(finished))
    assert page.open == []
    assert {link.removeprefix("#") for link in page.links} <= set(page.ids)
    assert set(OUTCOMES) <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))


def test_the_page_opens_with_the_modes_and_folds_the_rest_up(finished):
    """What failed is open; each call can be copied as curl."""
    text = render_page(finished)
    assert text.index("Settlement modes") < text.index('id="settle/repeat"')
    assert 'id="settle/repeat" data-outcome="fail" open' in text
    assert 'id="settle/full" data-outcome="pass">' in text
    assert text.count("Copy as curl") == sum(len(case.exchanges) for case in finished.cases)


def test_what_a_connector_says_is_never_markup(judge, twisted):
    """A script in an answer is text on the page."""

    def attack(call):
        status, answer = call.ask()
        return status, answer | {"message": "<script>alert(1)</script>"}

    text = render_page(judge(twisted(attack), ("settle/full",)).finished)
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_a_page_of_a_run_that_judged_nothing_says_why():
    """Nobody was there."""
    assert "Could not judge: nobody answers" in render_page(EMPTY)


def test_bodies_are_pretty_when_they_are_json():
    """Numbers as they were written."""
    assert pretty('{"value":40.00}') == '{\n  "value": 40.00\n}'
    assert (pretty("<html>"), pretty(None)) == ("<html>", "")


# --- console ------------------------------------------------------------------------------------------------


def test_the_console_opens_with_the_modes_and_tells_each_rule_in_a_line(finished):
    """Then each finding, then the sum; a line is as long as it has to be, whatever the terminal is."""
    lines = told(finished, width=60).splitlines()
    assert lines[:2] == ["Settlement modes", "  ✗ Total    no"]
    marks = {line.split()[1]: line.split()[0] for line in lines if re.match(r"  \S [a-z]+/", line)}
    assert marks == {
        "settle/repeat": "✗",
        "settle/full": "✓",
        "authorize/delays-sent": "!",
        "refund/full": "○",
        "resilience/strangers": "·",
        "callbacks/content": "✓",
    }
    assert lines[-1].startswith("2 pass  1 fail  1 advice  1 not supported  1 not applicable  in ")


def test_a_finding_shows_all_that_is_needed_to_repair_it(finished):
    """Rule, requirement, source, expected, actual, exchanges, how to run it again."""
    text = told(finished)
    for part in (
        "✗ settle/repeat: A repeated settle captures once",
        "must: The same requestId gets the same answer",
        "source: known issue 760458 (documented)",
        "step 1, repeat of first, settleId",
        "expected  ",
        "actual    ",
        "$ curl --request POST http://connector.test/payments/",
        "HTTP 200 after ",
        "again: ppp-contracts check connector http://connector.test --only settle/repeat",
    ):
        assert part in text


def test_a_quiet_console_leaves_out_what_holds_and_what_is_advice(finished):
    """The verdict, what failed, the sum."""
    text = told(finished, quiet=True)
    assert "settle/repeat" in text
    assert "settle/full" not in text
    assert "delays-sent" not in text
    assert "curl" not in text
    assert "Settlement modes" in text


def test_a_console_says_why_nothing_was_judged():
    """In one line."""
    assert told(EMPTY).strip() == "could not judge: nobody answers"


def test_odd_texts_of_a_connector_are_no_markup_of_the_console(judge, twisted):
    """Brackets are brackets."""

    def attack(call):
        status, answer = call.ask()
        refusing = call.operation == "settle"
        return (
            (500, answer | {"settleId": None, "value": 0, "code": "[bold]x[/nobody]"})
            if refusing
            else (status, answer)
        )

    assert "[bold]x[/nobody]" in told(judge(twisted(attack), ("settle/full",)).finished)


def test_progress_is_shown_on_a_terminal_and_gone_at_the_end(finished):
    """The bar leaves no line behind."""
    console = Console(file=io.StringIO(), width=100, force_terminal=True)
    report = ConsoleReport(console)
    report(RunStarted(finished.url, tuple(case.rule for case in finished.cases)))
    report(finished.cases[0])
    report.close()
    assert "judging" in console.file.getvalue()


def test_what_was_found_out_stands_beside_the_modes(judge):
    """The unit of a cancel, which is no finding."""
    text = told(judge(only=("cancel/part",)).finished)
    assert text.index("the value of a cancel is read in currency units") < text.index("cancel/part")


def test_a_finding_about_a_callback_shows_it(judge, monkeypatch):
    """On the console and in JUnit."""
    send = callbacks._post
    monkeypatch.setattr(callbacks, "_post", lambda url, body, _: send(url, body, {"X": "1"}))
    run = judge(only=("callbacks/credentials",)).finished
    for text in (told(run), render_junit(run)):
        assert "POST /api/pvt/payment-provider/transactions/" in text


def test_junit_tells_what_could_not_be_judged_as_an_error(finished):
    """It is neither a failure nor a pass."""
    case = replace(finished.cases[0], outcome=Outcome.COULD_NOT_JUDGE, reason="no connection")
    (element,) = xml_of(replace(finished, cases=(case,))).iter("testcase")
    assert element.find("error").get("message") == "no connection"


# --- texts and files ----------------------------------------------------------------------------------------


def test_a_long_body_is_cut_in_texts_and_whole_in_the_document(judge):
    """Three hundred items fill a screen."""
    run = judge(only=("authorize/many-items",)).finished
    assert "characters)" in finding_text(run.cases[0])
    assert '"Item 300"' in report_of(run).rules[0].exchanges[0].request_body


def test_a_file_is_written_when_the_run_ends(tmp_path, finished):
    """And not before; its folder is made."""
    path = tmp_path / "reports" / "run.json"
    listen = to_file(path, render_json)
    listen(RunStarted("http://c.test", ()))
    assert not path.exists()
    listen(finished)
    assert json.loads(path.read_text(encoding="utf-8"))["url"] == "http://connector.test"


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.id)
def test_every_rule_can_be_explained(rule):
    """Its title, its sources, its steps, and nothing of what it does not ask."""
    text = explanation(rule)
    assert "{" not in text
    assert text.startswith(f"{rule.id}\n{rule.title}\n")
    assert all(source.text in text for source in rule.sources)
    assert text.count("\n  ") == len(rule.given) + len(rule.steps)
