"""What judges a connector within pytest: it collects the rules as items, and says at the end what they amount to.

Each pytest process has one run. An item plays the rules that prove what it needs before itself, if nobody has yet,
so each can be run alone. Audits look at what was played by then; see `contracts.workers` for several processes.
Where nobody answers, or nobody any more, one item says so and fails; the others are skipped, for it is said once.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from contracts.items import OUTCOME, RuleFile, RuleItem
from contracts.suite.auditor import Traffic
from contracts.suite.callbacks import Desk
from contracts.suite.events import CaseFinished
from contracts.suite.load import FAMILIES, all_rules, chosen_rules
from contracts.suite.modes import mode_verdicts
from contracts.suite.outcomes import Outcome
from contracts.suite.rule import Profile, Rule
from contracts.suite.run import Run, unheard
from contracts.suite.target import Target

FOLDER = Path(__file__).parent
RULES = FOLDER / "rules"
JUDGED = frozenset({Outcome.PASS, Outcome.ADVICE, Outcome.FAIL})


def target_of(config: pytest.Config) -> Target:
    """What the options say.

    Raises:
        CallerError: the URL or the credentials cannot be used; a ValueError.
        ValueError: `--ppp-listen` is no HOST:PORT.
    """
    host, _, port = config.getoption("ppp_listen").rpartition(":")
    target = Target(
        url=config.getoption("ppp_connector_url"),
        new_id=lambda: secrets.token_hex(16).upper(),
        app_key=config.getoption("ppp_app_key"),
        app_token=config.getoption("ppp_app_token") or os.environ.get("PPP_APP_TOKEN", ""),
        headers=config.getoption("ppp_headers"),
        payment_method=config.getoption("ppp_payment_method"),
        currency=config.getoption("ppp_currency"),
        strict=config.getoption("ppp_strict"),
        timeout_seconds=config.getoption("ppp_timeout"),
        callback_seconds=config.getoption("ppp_callback_timeout"),
        callback_host=host,
        callback_port=int(port),
        callback_base_url=config.getoption("ppp_callback_url"),
    )
    target.client()  # to hear of a wrong address before anything is played
    return target


class Judging:
    """A pytest plugin, registered when there is a connector to judge.

    Attributes:
        target: the connector.

    Args:
        config: pytest's.
        target: the connector.
    """

    def __init__(self, config: pytest.Config, target: Target) -> None:
        self._config = config
        self.target = target
        self._rules = chosen_rules(profile=Profile(config.getoption("ppp_profile")))
        self._begun: Run | str | None = None
        self._outcomes: dict[str, Outcome] = {}

    def play(self, rule: Rule) -> CaseFinished:
        """Play one rule, and before it what it needs; the run begins with the first one."""
        is_first = self._begun is None
        if self._begun is None:
            self._begun = self._begin()
        if isinstance(self._begun, str):
            outcome = Outcome.COULD_NOT_JUDGE if is_first else Outcome.BLOCKED
            return CaseFinished(rule=rule, outcome=outcome, reason=self._begun)
        case = self._begun.case(rule)
        return self._gone(self._begun, case) if unheard(case) else case

    def traffic(self) -> Traffic:
        """What this process has sent and heard so far."""
        return self._begun.traffic() if isinstance(self._begun, Run) else Traffic([])

    def _gone(self, run: Run, case: CaseFinished) -> CaseFinished:
        """A rule that somebody left unanswered: if he is gone, what was found is told, else why nothing was."""
        problem = run.knock()
        if problem is None:
            return case
        self._begun = f"the connector is gone: {problem}"
        if case.outcome in JUDGED:
            return case
        return replace(case, outcome=Outcome.COULD_NOT_JUDGE, reason=self._begun)

    def _begin(self) -> Run | str:
        """The run, or why there is none."""
        target, stack = self.target, ExitStack()
        self._config.add_cleanup(stack.close)
        desk = stack.enter_context(Desk(target.callback_host, target.callback_port, target.callback_base_url))
        run = Run(target, desk, self._rules)
        return run.look() or run

    # --- Hooks --------------------------------------------------------------------------------------------

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> RuleFile | None:
        """Take the files of rules for tests."""
        if file_path.parent != RULES or file_path.stem not in FAMILIES:
            return None
        rules = [rule for rule in self._rules if rule.family == file_path.stem]
        file: RuleFile = RuleFile.from_parent(parent, path=file_path, rules=rules, play=self.play)
        return file

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """First what is plain, then what is hard, and audits when everything else was played."""
        items.sort(key=lambda item: 1 + FAMILIES.index(item.rule.family) if isinstance(item, RuleItem) else 0)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep what became of a rule, whichever process played it."""
        told = dict(report.user_properties).get(OUTCOME) if report.when == "call" else None
        if told is not None:
            rule_id, _, outcome = str(told).partition(" ")
            self._outcomes[rule_id] = Outcome(outcome)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """A run in which rules were played and nothing was judged is not green."""
        if exitstatus == pytest.ExitCode.OK and self._outcomes and not self._has_judged:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: "pytest.TerminalReporter") -> None:
        """The modes that the connector can run, and the rules that it had better keep."""
        if not self._outcomes:
            return
        terminalreporter.section(f"ppp-contracts: {self.target.url}")
        for line in self._summary():
            terminalreporter.line(line)

    @property
    def _has_judged(self) -> bool:
        return bool(JUDGED & set(self._outcomes.values()))

    def _summary(self) -> Iterator[str]:
        if not self._has_judged:
            yield "nothing was judged"
            return
        played = [(rule, self._outcomes[rule.id]) for rule in all_rules() if rule.id in self._outcomes]
        for verdict in mode_verdicts(played, chosen_rules(profile=Profile.PARTIAL)):
            yield f"{verdict.mode:8} {verdict.runs:12} {'; '.join(verdict.reasons)}".rstrip()
        yield from (f"advice   {rule.id}: {rule.title}" for rule, outcome in played if outcome is Outcome.ADVICE)
