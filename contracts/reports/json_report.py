"""The JSON report: the document as it is."""

from importlib.resources import files
from typing import Any

import msgspec

from contracts.reports.document import report_of
from contracts.suite.events import RunFinished


def render_json(finished: RunFinished) -> str:
    """A run as JSON, indented; `report_schema` says what is in it."""
    return msgspec.json.format(msgspec.json.encode(report_of(finished)), indent=2).decode() + "\n"


def report_schema() -> dict[str, Any]:
    """The JSON Schema of the report."""
    text = (files("contracts") / "reports" / "report.schema.json").read_bytes()
    schema: dict[str, Any] = msgspec.json.decode(text)
    return schema
