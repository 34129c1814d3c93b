"""The run: plays rules against a connector, those that do not disturb each other side by side, and tells events.

First the rules that prove abilities, then those that measure time and have to be alone, then all others at once,
at last the audits. A run of a few rules plays those that prove what they need, too, but does not report them.
"""

import shlex
from collections.abc import Iterable, Iterator, Sequence
from time import perf_counter
from typing import Final

from connector_ppp.exchange import AnyExchange, Exchange
from connector_ppp.messages import ManifestRequest
from connector_ppp.transports import HTTPTransport
from contracts.suite.abilities import OFFERED
from contracts.suite.answers import Answer, answer_of, is_filled
from contracts.suite.auditor import Traffic, audit
from contracts.suite.callbacks import Desk
from contracts.suite.events import CaseFinished, CaseStarted, Event, ExitCode, RunFinished, exit_code
from contracts.suite.load import all_rules, chosen_rules, providers, waves
from contracts.suite.methods import choose, family_of
from contracts.suite.modes import mode_verdicts
from contracts.suite.outcomes import Facts, Outcome, decide
from contracts.suite.play import play
from contracts.suite.rule import Profile, Rule
from contracts.suite.scene import Offer, Scene
from contracts.suite.senders import OURS
from contracts.suite.side_by_side import side_by_side, told
from contracts.suite.steps import TOO_MANY_REQUESTS
from contracts.suite.target import CURRENCY, Target
from contracts.suite.vocabulary import Manifest

PATIENCE: Final = 3
"""Rules that are played again alone without an answer, before nobody waits any longer."""


def run(target: Target, rules: Sequence[Rule]) -> Iterator[Event]:
    """Play rules against a connector.

    Args:
        target: the connector and the settings of the run.
        rules: what to play and to report.

    Yields:
        `RunStarted`, then `CaseStarted` and `CaseFinished` for each rule as it happens, then `RunFinished`.

    Raises:
        CallerError: the URL or the credentials of the target cannot be used.
        OSError: the callback address is taken.
    """
    with Desk(target.callback_host, target.callback_port, target.callback_base_url) as desk:
        yield from told(target.url, rules, Run(target, desk, tuple(rules)))


class Run:
    """One run: what is known of the connector so far, and what was played.

    Args:
        target: what is judged.
        desk: where callbacks arrive.
        rules: what is reported.
    """

    def __init__(self, target: Target, desk: Desk, rules: tuple[Rule, ...]) -> None:
        self._target = target
        self._desk = desk
        self._rules = rules
        self._asked_for = {rule.id for rule in rules}
        self._offer = Offer()
        self._absent: dict[str, str] = {}
        self._cases: dict[str, CaseFinished] = {}

    def look(self) -> str | None:
        """Read the manifest; why nothing can be judged, or None."""
        exchange = self._manifest()
        if exchange.status is not None:
            self._offer = _offer(answer_of(exchange), self._target)
        return _nobody(exchange) or _unknown(self._target.payment_method, self._offer)

    def knock(self) -> str | None:
        """Why nothing can be judged any more, or None; what is known of the connector stays."""
        return _nobody(self._manifest())

    def play_all(self) -> Iterator[Event]:
        """Every rule, in the order in which they have to be played; audits alone are asked about all others."""
        audits = [rule for rule in self._rules if rule.audit is not None]
        played = [rule for rule in self._rules if rule.audit is None] or _without_audits()
        proving = {rule.id: rule for rule in (*providers(played), *played) if rule.provides}
        for wave in waves(proving.values()):
            yield from self._play(wave, self._target.workers)
        rest = [rule for rule in played if rule.id not in proving]
        yield from self._play((rule for rule in rest if rule.alone), 1)
        yield from self._play((rule for rule in rest if not rule.alone), self._target.workers)
        traffic = self.traffic()
        for rule in audits:
            yield self._kept(audited(rule, traffic, self._target))

    def case(self, rule: Rule) -> CaseFinished:
        """One rule alone, after those that prove what it needs; each is played once."""
        for each in (*providers((rule,)), rule):
            if each.id not in self._cases:
                self._kept(self._case(each) if each.audit is None else audited(each, self.traffic(), self._target))
        return self._cases[rule.id]

    def traffic(self) -> Traffic:
        """What was sent so far, and who has called back."""
        played = (case for case in self._cases.values() if case.rule.audit is None)
        exchanges = [each for case in played for each in case.exchanges if isinstance(each, Exchange)]
        return Traffic(exchanges, self._desk.called_back())

    def finished(self, problem: str | None, seconds: float) -> RunFinished:
        """What is to be said at the end."""
        told = {rule.id: self._cases[rule.id] for rule in self._rules if rule.id in self._cases}
        cases = tuple(told.values())
        return RunFinished(
            url=self._target.url,
            cases=cases,
            modes=mode_verdicts(
                ((case.rule, case.outcome) for case in (told | self._cases).values()),
                chosen_rules(profile=Profile.PARTIAL),
            ),
            exit_code=ExitCode.COULD_NOT_JUDGE if problem else exit_code(cases),
            problem=problem,
            seconds=seconds,
        )

    def _play(self, rules: Iterable[Rule], workers: int) -> Iterator[Event]:
        """Play rules side by side, and once more alone where an answer was lost in the crowd."""
        waiting = {rule.id: rule for rule in rules}
        crowded = []
        for event in side_by_side(waiting.values(), workers, self._case):
            if workers > 1 and isinstance(event, CaseFinished) and unheard(event):
                crowded.append(event)
            else:
                yield from self._told(event)
        patience = PATIENCE
        for case in crowded:
            alone = self._case(waiting[case.rule.id]) if patience else case
            patience -= bool(patience) and unheard(alone)
            yield from self._told(alone)

    def _told(self, event: CaseStarted | CaseFinished) -> Iterator[Event]:
        """Keep what became of a rule, and tell it to whoever asked for it."""
        if isinstance(event, CaseFinished):
            self._kept(event)
        if event.rule.id in self._asked_for:
            yield event

    def _case(self, rule: Rule) -> CaseFinished:
        scene, started = self._scene(), perf_counter()
        facts = self._missing(rule) or play(rule, scene)
        return self._judged(rule, scene, facts, perf_counter() - started)

    def _judged(self, rule: Rule, scene: Scene, facts: Facts, seconds: float) -> CaseFinished:
        outcome, reason = decide(rule.kind, facts, strict=self._target.strict)
        if rule.provides:
            self._learn(rule.provides, scene, facts)
        return CaseFinished(
            rule=rule,
            outcome=outcome,
            reason=reason,
            differences=facts.differences,
            exchanges=tuple(scene.exchanges),
            callbacks=tuple(scene.callbacks),
            notes=tuple(scene.notes),
            seconds=seconds,
            rerun=rerun(self._target, rule),
        )

    def _learn(self, ability: str, scene: Scene, facts: Facts) -> None:
        """Keep what a proof has shown; who lacks an ability may be at fault in how he says so."""
        if scene.unit:
            self._offer = self._offer._replace(unit=scene.unit)
        if scene.refunds_later:
            self._offer = self._offer._replace(refunds_later=True)
            scene.notes.append("a refund fails until it is done, and is done when it is asked for again")
        lacking = facts.inapplicable or facts.lacking
        self._absent = {name: why for name, why in self._absent.items() if name != ability}
        if lacking:
            self._absent[ability] = lacking

    def _missing(self, rule: Rule) -> Facts | None:
        """Why a rule is not played, from what the connector does not offer or cannot do."""
        for need in rule.needs:
            if need in OFFERED and not self._offers(need):
                return Facts(inapplicable=f"needs {OFFERED[need]}")
            if need in self._absent:
                return Facts(lacking=self._absent[need])
        return None

    def _offers(self, need: str) -> bool:
        has = {
            "http": isinstance(self._target.transport, HTTPTransport),
            "credentials": bool(self._target.app_key or self._target.app_token),
            "card": family_of(self._offer.method) == "card",
            "split": self._offer.splits,
        }
        return has[need] if need in has else any(family_of(name) == need for name in self._offer.methods)

    def _kept(self, case: CaseFinished) -> CaseFinished:
        self._cases[case.rule.id] = case
        return case

    def _manifest(self) -> AnyExchange:
        return self._scene().perform(ManifestRequest(), Manifest())

    def _scene(self) -> Scene:
        return Scene(self._target, self._desk, self._offer)


def _without_audits() -> list[Rule]:
    return [rule for rule in all_rules() if rule.audit is None]


def audited(rule: Rule, traffic: Traffic, target: Target) -> CaseFinished:
    """One audit, of what was played by one run or by several."""
    findings = audit(rule.audit or "", traffic)
    unseen = None if traffic.exchanges else "no rule was played that could be audited"
    facts = Facts(blocked=unseen, differences=tuple(finding.difference for finding in findings))
    outcome, reason = decide(rule.kind, facts, strict=target.strict)
    return CaseFinished(
        rule=rule,
        outcome=outcome,
        reason=reason,
        differences=facts.differences,
        exchanges=tuple(exchange for finding in findings for exchange in finding.exchanges),
        rerun=rerun(target, rule),
    )


def unheard(case: CaseFinished) -> bool:
    """Whether an answer is missing that the connector may well give when nobody else asks."""
    exchanges = (each for each in case.exchanges if isinstance(each, Exchange))
    return case.outcome is not Outcome.PASS and any(
        each.status == TOO_MANY_REQUESTS or (each.status is None and not (each.error or "").startswith(OURS))
        for each in exchanges
    )


def _nobody(exchange: AnyExchange) -> str | None:
    return f"nobody answers at {exchange.url}: {exchange.error}" if exchange.status is None else None


def _unknown(method: str | None, offer: Offer) -> str | None:
    if method is None or not offer.methods or method in offer.methods:
        return None
    return f"the manifest has no payment method {method}, but {', '.join(offer.methods)}"


def _offer(answer: Answer, target: Target) -> Offer:
    """What a manifest offers; read leniently, for its own rules say what is wrong with it."""
    listed = answer.fields.get("paymentMethods")
    rows = [row for row in listed if isinstance(row, dict)] if isinstance(listed, list) else []
    splits = {str(row["name"]): row.get("allowsSplit") for row in rows if is_filled(row.get("name"))}
    method = choose(list(splits), target.payment_method) or Offer().method
    return Offer(methods=tuple(splits), method=method, splits=splits.get(method) == "onCapture")


def rerun(target: Target, rule: Rule) -> str:
    """The command that plays one rule alone; the token is left for the reader to fill in."""
    settings = {
        "--app-key": target.app_key,
        "--app-token": "TOKEN" if target.app_token else "",
        "--headers": "" if target.headers == "vtex" else target.headers,
        "--payment-method": target.payment_method,
        "--currency": "" if target.currency == CURRENCY else target.currency,
        "--callback-url": target.callback_base_url,
    }
    words = ["ppp-contracts", "check", "connector", target.url, "--only", rule.id]
    return shlex.join([*words, *(word for name, text in settings.items() if text for word in (name, text))])
