"""A finding as plain text: rule, requirement, source, expected, actual, exchanges, and how to run it again."""

from collections.abc import Iterator

from contracts.suite.callbacks import Callback
from contracts.suite.events import Call, CaseFinished

BODY_SHOWN_MAX = 2_000
"""Characters of a body that a text report shows; the JSON and HTML reports show all."""


def finding_text(case: CaseFinished) -> str:
    """Everything that somebody needs who has to repair it."""
    return "\n".join(_lines(case))


def _lines(case: CaseFinished) -> Iterator[str]:
    rule = case.rule
    yield f"{rule.id}: {rule.title}"
    yield f"  {rule.kind}: {rule.requirement}"
    yield from (f"  source: {source}" for source in rule.sources)
    for difference in case.differences:
        yield f"  {difference.where}"
        yield f"    expected: {difference.expected}"
        yield f"    actual:   {difference.actual}"
    yield from (f"  {line}" for exchange in case.exchanges for line in exchange_lines(exchange))
    yield from (f"  {line}" for callback in case.callbacks for line in callback_lines(callback))
    yield f"  again: {case.rerun}"


def exchange_lines(exchange: Call) -> Iterator[str]:
    """One exchange: the call as a curl command, and what came back."""
    yield f"$ {_cut(exchange.curl())}"
    if exchange.status is None:
        yield f"  no answer: {exchange.error}"
    else:
        yield f"  HTTP {exchange.status} after {exchange.elapsed_ms:.0f} ms: {_cut(exchange.response_body or '')}"


def callback_lines(callback: Callback) -> Iterator[str]:
    """One callback that arrived."""
    yield f"< {callback.method} {callback.target}"
    yield f"  {_cut(callback.body)}"


def _cut(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= BODY_SHOWN_MAX else f"{flat[:BODY_SHOWN_MAX]}… ({len(flat)} characters)"
