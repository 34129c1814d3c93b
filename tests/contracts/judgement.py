"""What a run came to, of connectors or of gateways, as tests ask for it."""

from dataclasses import dataclass

from contracts.suite.events import CaseFinished, RunFinished


@dataclass(frozen=True)
class Judgement:
    """What a run came to."""

    finished: RunFinished

    def __getitem__(self, rule_id) -> CaseFinished:
        return next(case for case in self.finished.cases if case.rule.id == rule_id)

    @property
    def outcomes(self):
        """Outcome by rule id."""
        return {case.rule.id: case.outcome.value for case in self.finished.cases}

    @property
    def findings(self):
        """Everything that accuses the judged, with its reason."""
        return {
            case.rule.id: case.reason
            for case in self.finished.cases
            if case.outcome.value in {"fail", "advice", "could not judge"}
        }

    @property
    def modes(self):
        """Whether it runs, by mode."""
        return {verdict.mode.value: verdict.runs.value for verdict in self.finished.modes}
