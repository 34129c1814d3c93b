"""The JUnit report: one suite for each family, one case for each rule."""

import re
from collections.abc import Callable, Mapping
from itertools import groupby
from typing import Final
from xml.etree import ElementTree as ET

from contracts.reports.text import finding_text
from contracts.suite.events import CaseFinished, RunFinished
from contracts.suite.outcomes import Outcome

_UNPRINTABLE: Final = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render_junit(finished: RunFinished) -> str:
    """A run as JUnit XML, the dialect that CI servers read."""
    root = ET.Element("testsuites", name="ppp-contracts", time=f"{finished.seconds:.3f}")
    properties = ET.SubElement(root, "properties")
    for verdict in finished.modes:
        text = "; ".join((verdict.runs, *verdict.reasons))
        ET.SubElement(properties, "property", name=f"mode {verdict.mode}", value=printable(text))
    for family, cases in groupby(finished.cases, key=lambda case: case.rule.family):
        _suite(root, family, tuple(cases))
    if finished.problem is not None:
        suite = ET.SubElement(root, "testsuite", name="run", tests="1", failures="0", errors="1", skipped="0")
        case = ET.SubElement(suite, "testcase", classname="run", name="reachable")
        ET.SubElement(case, "error", message=printable(finished.problem))
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def printable(text: str) -> str:
    """A text without the characters that XML cannot carry."""
    return _UNPRINTABLE.sub("\ufffd", text)


def _suite(root: ET.Element, family: str, cases: tuple[CaseFinished, ...]) -> None:
    kinds = [_ELEMENTS.get(case.outcome, _passed) for case in cases]
    suite = ET.SubElement(
        root,
        "testsuite",
        name=family,
        tests=str(len(cases)),
        failures=str(kinds.count(_failed)),
        errors=str(kinds.count(_errored)),
        skipped=str(kinds.count(_skipped)),
        time=f"{sum(case.seconds for case in cases):.3f}",
    )
    for case, add in zip(cases, kinds, strict=True):
        element = ET.SubElement(
            suite, "testcase", classname=f"contracts.{family}", name=case.rule.id, time=f"{case.seconds:.3f}"
        )
        add(element, case)


def _passed(_element: ET.Element, _case: CaseFinished) -> None:
    """Nothing is said about what holds."""


def _failed(element: ET.Element, case: CaseFinished) -> None:
    failure = ET.SubElement(element, "failure", message=printable(case.reason), type=case.rule.kind.value)
    failure.text = printable(finding_text(case))


def _errored(element: ET.Element, case: CaseFinished) -> None:
    ET.SubElement(element, "error", message=printable(case.reason))


def _skipped(element: ET.Element, case: CaseFinished) -> None:
    ET.SubElement(element, "skipped", message=printable(f"{case.outcome}: {case.reason}"))


def _advised(element: ET.Element, case: CaseFinished) -> None:
    ET.SubElement(element, "system-out").text = printable(finding_text(case))


_ELEMENTS: Final[Mapping[Outcome, Callable[[ET.Element, CaseFinished], None]]] = {
    Outcome.FAIL: _failed,
    Outcome.ADVICE: _advised,
    Outcome.COULD_NOT_JUDGE: _errored,
    Outcome.NOT_SUPPORTED: _skipped,
    Outcome.NOT_APPLICABLE: _skipped,
    Outcome.BLOCKED: _skipped,
}
"""What each outcome becomes; JUnit knows no advice, so it stands in the output of a case that passed."""
