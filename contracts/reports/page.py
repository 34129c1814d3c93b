"""The HTML report: one file that needs nothing else, readable on a phone, on paper and in a mail."""

import re
from collections.abc import Mapping
from itertools import groupby
from typing import Final, NamedTuple

import msgspec
from jinja2 import Environment, PackageLoader

from contracts.reports.document import Report, report_of
from contracts.reports.looks import FINDINGS, LOOKS, VERDICTS, Look
from contracts.suite.events import RunFinished
from contracts.suite.outcomes import Outcome

_RULE_ID: Final = re.compile(r"([a-z]+/[a-z0-9-]+)")


class Headline(NamedTuple):
    """The whole run in a sentence."""

    mark: str
    text: str
    tone: str


def render_page(finished: RunFinished) -> str:
    """A run as one HTML page; whatever a connector said is text in it, never markup."""
    environment = Environment(
        loader=PackageLoader("contracts", "reports"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(pretty=pretty, lines=header_lines, asked=asked, pieces=_RULE_ID.split)
    report = report_of(finished)
    page = environment.get_template("page.html").render(
        report=report,
        headline=headline(report),
        findings=[rule for outcome in FINDINGS for rule in report.rules if rule.outcome == outcome],
        families=[(name, list(rules)) for name, rules in groupby(report.rules, key=lambda rule: rule.family)],
        known={rule.id for rule in report.rules},
        looks=LOOKS,
        verdicts=VERDICTS,
    )
    return page + "\n"


def headline(report: Report) -> Headline:
    """What a reader wants to know first."""
    failed, advised = report.summary[Outcome.FAIL], report.summary[Outcome.ADVICE]
    if failed:
        return _headline(LOOKS[Outcome.FAIL], f"{_rules(failed)} broken")
    if report.exit_code:
        return _headline(LOOKS[Outcome.COULD_NOT_JUDGE], "Could not judge")
    if advised:
        return _headline(LOOKS[Outcome.ADVICE], f"Nothing is broken, {_rules(advised)} not followed")
    return _headline(LOOKS[Outcome.PASS], "Nothing is broken")


def _headline(look: Look, text: str) -> Headline:
    return Headline(look.mark, text, look.tone)


def _rules(number: int) -> str:
    return "1 rule is" if number == 1 else f"{number} rules are"


def pretty(body: str | None) -> str:
    """A JSON body over several lines, its numbers as they were written; any other body as it is."""
    try:
        return msgspec.json.format(body or "", indent=2)
    except msgspec.DecodeError:
        return body or ""


def header_lines(headers: Mapping[str, str]) -> str:
    """Headers one a line, and the empty line that ends them."""
    return "".join(f"{name}: {text}\n" for name, text in headers.items()) + "\n"


class _Asked(msgspec.Struct):
    value: msgspec.Raw = msgspec.Raw()


def asked(body: str) -> str:
    """The value that a request names, as it was written; empty when it names none."""
    try:
        return bytes(msgspec.json.decode(body, type=_Asked).value).decode()
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return ""
