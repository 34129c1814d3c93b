"""The HTML report: one file that needs nothing else, readable on a phone and in a mail."""

import msgspec
from jinja2 import Environment, PackageLoader

from contracts.reports.document import report_of
from contracts.suite.events import RunFinished


def render_page(finished: RunFinished) -> str:
    """A run as one HTML page; whatever a connector said is text in it, never markup."""
    environment = Environment(loader=PackageLoader("contracts", "reports"), autoescape=True)
    environment.filters["pretty"] = pretty
    return environment.get_template("page.html").render(report=report_of(finished)) + "\n"


def pretty(body: str | None) -> str:
    """A JSON body over several lines, its numbers as they were written; any other body as it is."""
    try:
        return msgspec.json.format(body or "", indent=2)
    except msgspec.DecodeError:
        return body or ""
