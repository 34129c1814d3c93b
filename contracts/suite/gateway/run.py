"""The run: plays the rules for gateways side by side, then asks the audits, and tells events."""

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from time import perf_counter
from typing import Final

from contracts.suite.callbacks import Callback
from contracts.suite.events import CaseFinished, Event, ExitCode, RunFinished, exit_code
from contracts.suite.gateway.abilities import OFFERED
from contracts.suite.gateway.auditor import audit
from contracts.suite.gateway.heard import Heard
from contracts.suite.gateway.load import all_gateway_rules
from contracts.suite.gateway.recorder import Recorder
from contracts.suite.gateway.scene import Scene
from contracts.suite.gateway.stage import SetupError, Stage, Stages, anonymous, stages_for
from contracts.suite.gateway.steps import play_step
from contracts.suite.gateway.target import GatewayTarget
from contracts.suite.gateway.verdict import gateway_modes
from contracts.suite.gateway.vocabulary import GatewayRule, Pay, Paying, Route, Step
from contracts.suite.outcomes import Facts, decide
from contracts.suite.play import play_steps
from contracts.suite.side_by_side import side_by_side, told
from contracts.suite.steps import Judged

SHOWN_MAX: Final = 20
"""Calls to the connector that an audit's finding shows."""

PROBED: Final[tuple[Route, ...]] = ("total", "hold", "partial", "pix")
"""The routes that lead to the suite's connector, where it can be seen whether a payment arrives."""


def run(target: GatewayTarget, rules: Sequence[GatewayRule]) -> Iterator[Event]:
    """Play rules against a gateway.

    Args:
        target: the gateway and the settings of the run.
        rules: what to play and to report.

    Yields:
        `RunStarted`, then `CaseStarted` and `CaseFinished` for each rule as it happens, then `RunFinished`.

    Raises:
        CallerError: the URL cannot be used.
        OSError: the address of the suite's connector is taken.
    """
    with Recorder(target.listen_host, target.listen_port, target.connector_url) as recorder:
        yield from told(target.url, rules, _Run(target, recorder, tuple(rules)))


class _Run:
    """One run: how the gateway is set up, and what was played.

    Args:
        target: what is judged.
        recorder: the suite's connector.
        rules: what is played and reported.
    """

    def __init__(self, target: GatewayTarget, recorder: Recorder, rules: tuple[GatewayRule, ...]) -> None:
        self._target = target
        self._recorder = recorder
        self._rules = rules
        self._cases: dict[str, CaseFinished] = {}
        self._lacks: dict[str, str] = {}
        self._stage: Stage | None = None
        self._stages: Stages

    def look(self) -> str | None:
        """Set the gateway up, and see what can be played; why nothing can be judged, or None."""
        greeting = anonymous(self._target).ask("look", "GET", "/")
        if greeting.call.status is None:
            return f"nobody answers at {greeting.call.url}: {greeting.call.error}"
        self._stages = stages_for(self._target, self._recorder)
        try:
            self._stage = self._stages.open(OFFERED)
        except SetupError as error:
            return f"the gateway could not be set up, see docs/gateways.md: {error}"
        self._lacks = {need: f"needs {told}" for need, told in OFFERED.items() if not self._stage.offers(need)}
        needed = {need for rule in self._rules for need in rule.needs}
        for route in PROBED:
            if route in needed and route not in self._lacks:
                self._probe(route, self._stage)
        return None

    def _probe(self, route: Route, stage: Stage) -> None:
        """Whether a payment of a route reaches the suite's connector."""
        scene = Scene(self._target, stage, self._recorder)
        judged = play_step(scene, Pay(payments=(Paying(route=route, value=Decimal(1)),)), "probe")
        if not scene.news(1):
            why = judged.differences[0] if judged.differences else "its call never came"
            self._lacks[route] = f"needs {OFFERED[route]}, and a payment of 1.00 did not: {why}"

    def play_all(self) -> Iterator[Event]:
        """Every rule; the audits at last, about all rules when nothing else was asked for."""
        asked = [rule for rule in self._rules if rule.audit is None]
        played = asked or [rule for rule in all_gateway_rules() if rule.audit is None]
        for event in side_by_side(played, self._target.workers, self._case):
            if isinstance(event, CaseFinished):
                self._cases[event.rule.id] = event
            if asked:
                yield event
        for rule in self._rules:
            if rule.audit is not None:
                yield self._audited(rule)

    def finished(self, problem: str | None, seconds: float) -> RunFinished:
        """What is to be said at the end."""
        cases = tuple(self._cases[rule.id] for rule in self._rules if rule.id in self._cases)
        return RunFinished(
            url=self._target.url,
            cases=cases,
            modes=gateway_modes(((case.rule, case.outcome) for case in cases), all_gateway_rules()),
            exit_code=ExitCode.COULD_NOT_JUDGE if problem else exit_code(cases),
            problem=problem,
            seconds=seconds,
        )

    def _case(self, rule: GatewayRule) -> CaseFinished:
        started = perf_counter()
        lack = next((self._lacks[need] for need in rule.needs if need in self._lacks), None)
        if lack is not None:
            return self._judged(rule, Facts(inapplicable=lack), None, started)
        try:
            scene = Scene(self._target, self._stages.open(rule.needs), self._recorder)
        except SetupError as error:
            return self._judged(rule, Facts(blocked=f"the gateway could not be set up: {error}"), None, started)

        def judge(step: Step, where: str) -> Judged:
            return play_step(scene, step, where)

        return self._judged(rule, play_steps(rule.given, rule.steps, judge), scene, started)

    def _judged(self, rule: GatewayRule, facts: Facts, scene: Scene | None, started: float) -> CaseFinished:
        outcome, reason = decide(rule.kind, facts, strict=self._target.strict)
        return CaseFinished(
            rule=rule,
            outcome=outcome,
            reason=reason,
            differences=facts.differences,
            exchanges=tuple(scene.calls) if scene else (),
            callbacks=tuple(map(_arrived, scene.all_heard())) if scene else (),
            seconds=perf_counter() - started,
            rerun=rerun(self._target, rule),
        )

    def _audited(self, rule: GatewayRule) -> CaseFinished:
        started = perf_counter()
        facts, shown = self._asked(rule, self._recorder.heard())
        case = replace(self._judged(rule, facts, None, started), callbacks=tuple(map(_arrived, shown[:SHOWN_MAX])))
        self._cases[rule.id] = case
        return case

    def _asked(self, rule: GatewayRule, heard: Sequence[Heard]) -> tuple[Facts, Sequence[Heard]]:
        """What an audit finds, and the calls that show it."""
        if not heard:
            return Facts(inapplicable="no call reached the suite's connector"), ()
        try:
            findings = audit(rule.audit or "", heard, self._stage.dialects if self._stage else None)
        except Exception as error:  # noqa: BLE001 - one broken audit must not end a run, and it must be seen
            return Facts(error=f"the suite failed: {error!r}"), ()
        shown = [each for finding in findings for each in finding.heard]
        return Facts(differences=tuple(finding.difference for finding in findings)), shown


def _arrived(heard: Heard) -> Callback:
    """A call to the connector, as reports show what arrived."""
    return Callback(heard.method, heard.target, heard.headers, heard.body, operation=heard.operation)


def rerun(target: GatewayTarget, rule: GatewayRule) -> str:
    """The command that plays one rule alone; secrets are left for the reader to fill in."""
    settings = [
        ("--setup", "" if target.setup == "auto" else target.setup),
        ("--app-key", target.app_key),
        ("--app-token", "TOKEN" if target.app_token else ""),
        ("--other-app-key", target.other[0] if target.other else ""),
        ("--other-app-token", "TOKEN" if target.other else ""),
        ("--control-token", "TOKEN" if target.control_token else ""),
        *(("--connector", f"{route}={system}") for route, system in target.systems.items()),
        ("--listen", f"{target.listen_host}:{target.listen_port}" if target.listen_port else ""),
        ("--connector-url", target.connector_url or ""),
    ]
    words = ["ppp-contracts", "check", "gateway", target.url, "--only", rule.id]
    return shlex.join([*words, *(word for name, text in settings if text for word in (name, text))])
