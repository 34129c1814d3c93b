"""A run as data: what the JSON report is, and what the HTML page is made of.

`report.schema.json` beside this file says the same to readers of the report; its members only ever grow.
"""

from collections import Counter
from collections.abc import Iterable, Mapping

from msgspec import Struct

from connector_ppp.client import MASK
from contracts.suite.callbacks import Callback
from contracts.suite.events import Call, CaseFinished, RunFinished
from contracts.suite.outcomes import Outcome

VERSION = 1
"""Grows when a member changes its meaning; new members leave it."""


class Member(Struct, frozen=True, kw_only=True, rename="camel"):
    """Base of everything in a report."""


class ModeMember(Member, frozen=True, kw_only=True):
    """A settlement mode: whether the connector can run it, and why not or not quite."""

    mode: str
    runs: str
    reasons: tuple[str, ...]


class SourceMember(Member, frozen=True, kw_only=True):
    """Where a rule comes from, and how sure that is."""

    tag: str
    text: str


class DifferenceMember(Member, frozen=True, kw_only=True):
    """One thing that is not as expected."""

    where: str
    expected: str
    actual: str


class ExchangeMember(Member, frozen=True, kw_only=True):
    """One request and what came back; credentials are masked."""

    operation: str
    method: str
    url: str
    request_headers: Mapping[str, str]
    request_body: str
    status: int | None
    response_headers: Mapping[str, str]
    response_body: str | None
    elapsed_ms: float
    error: str | None
    curl: str


class CallbackMember(Member, frozen=True, kw_only=True):
    """One call that arrived, a callback or what a gateway asked; credentials are masked."""

    operation: str
    method: str
    target: str
    headers: Mapping[str, str]
    body: str


class RuleMember(Member, frozen=True, kw_only=True):
    """One rule and what became of it."""

    id: str
    family: str
    title: str
    requirement: str
    kind: str
    sources: tuple[SourceMember, ...]
    outcome: str
    reason: str
    notes: tuple[str, ...]
    seconds: float
    rerun: str
    differences: tuple[DifferenceMember, ...]
    exchanges: tuple[ExchangeMember, ...]
    callbacks: tuple[CallbackMember, ...]


class Report(Member, frozen=True, kw_only=True):
    """A whole run."""

    version: int
    url: str
    exit_code: int
    problem: str | None
    seconds: float
    modes: tuple[ModeMember, ...]
    summary: Mapping[str, int]
    rules: tuple[RuleMember, ...]


def report_of(finished: RunFinished) -> Report:
    """A finished run as data."""
    return Report(
        version=VERSION,
        url=finished.url,
        exit_code=int(finished.exit_code),
        problem=finished.problem,
        seconds=round(finished.seconds, 3),
        modes=tuple(
            ModeMember(mode=each.mode.value, runs=each.runs.value, reasons=each.reasons) for each in finished.modes
        ),
        summary=summary_of(finished.cases),
        rules=tuple(_rule(case) for case in finished.cases),
    )


def summary_of(cases: Iterable[CaseFinished]) -> Mapping[str, int]:
    """How often each outcome came, all outcomes in their order, those that never came too."""
    counted = Counter(case.outcome for case in cases)
    return {outcome.value: counted[outcome] for outcome in Outcome}


def _rule(case: CaseFinished) -> RuleMember:
    rule = case.rule
    return RuleMember(
        id=rule.id,
        family=rule.family,
        title=rule.title,
        requirement=rule.requirement,
        kind=rule.kind.value,
        sources=tuple(SourceMember(tag=each.tag.value, text=each.text) for each in rule.sources),
        outcome=case.outcome.value,
        reason=case.reason,
        notes=case.notes,
        seconds=round(case.seconds, 3),
        rerun=case.rerun,
        differences=tuple(
            DifferenceMember(where=each.where, expected=each.expected, actual=each.actual)
            for each in case.differences
        ),
        exchanges=tuple(map(_exchange, case.exchanges)),
        callbacks=tuple(map(_callback, case.callbacks)),
    )


def _exchange(exchange: Call) -> ExchangeMember:
    return ExchangeMember(
        operation=exchange.operation,
        method=exchange.method,
        url=exchange.url,
        request_headers=dict(exchange.request_headers),
        request_body=exchange.request_body,
        status=exchange.status,
        response_headers=dict(exchange.response_headers),
        response_body=exchange.response_body,
        elapsed_ms=round(exchange.elapsed_ms, 1),
        error=exchange.error,
        curl=exchange.curl(),
    )


def _callback(callback: Callback) -> CallbackMember:
    return CallbackMember(
        operation=callback.operation,
        method=callback.method,
        target=callback.target,
        headers=masked(callback.headers),
        body=callback.body,
    )


def masked(headers: Mapping[str, str]) -> Mapping[str, str]:
    """Headers without their secrets."""
    return {
        name: MASK if name.lower().endswith(("-appkey", "-apptoken")) else text for name, text in headers.items()
    }
