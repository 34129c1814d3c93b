"""The console report: progress while rules are played, then the verdict, the rules by family, and each finding."""

from collections.abc import Iterator
from itertools import groupby

from rich.console import Console, Group, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.text import Text

from contracts.reports.document import summary_of
from contracts.reports.looks import FINDINGS, LOOKS, VERDICTS
from contracts.reports.text import callback_lines, exchange_lines
from contracts.suite.events import CaseFinished, Event, RunFinished, RunStarted
from contracts.suite.outcomes import Outcome


class ConsoleReport:
    """A listener that writes to a terminal, or to a log when there is none.

    Args:
        console: where to.
        quiet: whether rules that hold are left out, and advice and exchanges too.
    """

    def __init__(self, console: Console, *, quiet: bool = False) -> None:
        self._console = console
        self._quiet = quiet
        self._progress = Progress(
            TextColumn("judging"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rule]}", style="dim"),
            console=console,
            transient=True,
            disable=quiet or not console.is_terminal,
        )
        self._task = self._progress.add_task("rules", total=None, rule="")

    def __call__(self, event: Event) -> None:
        """Hear one event."""
        match event:
            case RunStarted():
                self._progress.update(self._task, total=len(event.rules))
                self._progress.start()
            case CaseFinished():
                self._progress.update(self._task, advance=1, rule=event.rule.id)
            case RunFinished():
                self._progress.stop()
                self._console.print(_whole(event, quiet=self._quiet))

    def close(self) -> None:
        """Leave the terminal as it was, also when a run broke off."""
        self._progress.stop()


def _whole(finished: RunFinished, *, quiet: bool) -> RenderableType:
    if finished.problem is not None:
        return Text(f"could not judge: {finished.problem}", style="bold magenta")
    findings = [case for case in finished.cases if case.outcome in FINDINGS]
    shown = [case for case in findings if case.outcome is Outcome.FAIL] if quiet else findings
    parts: list[RenderableType] = [*_modes(finished)]
    parts += [] if quiet else _families(finished)
    parts += [_finding(case, quiet=quiet) for case in shown]
    return Group(*parts, _summary(finished))


def _modes(finished: RunFinished) -> Iterator[Text]:
    if finished.modes:
        yield Text("Settlement modes", style="bold")
    for verdict in finished.modes:
        look = VERDICTS[verdict.runs]
        mode = f"{verdict.mode.value.capitalize():8}"
        yield Text.assemble("  ", (look.mark, look.style), f" {mode} ", (verdict.runs.value, look.style))
        yield from (Text(f"    {reason}") for reason in verdict.reasons)
    yield from (Text(f"  {note}", style="dim") for case in finished.cases for note in case.notes)


def _families(finished: RunFinished) -> Iterator[Text]:
    for family, group in groupby(finished.cases, key=lambda case: case.rule.family):
        cases = tuple(group)
        width = max(len(case.rule.id) for case in cases)
        yield Text(f"\n{family}", style="bold")
        yield from (_line(case, width) for case in cases)


def _line(case: CaseFinished, width: int) -> Text:
    look = LOOKS[case.outcome]
    line = Text.assemble("  ", (f"{look.mark} {case.rule.id:{width}}", look.style), f"  {case.rule.title}")
    if case.outcome not in (*FINDINGS, Outcome.PASS):
        line.append(f" ({case.outcome}: {case.reason})", style="dim")
    return line


def _finding(case: CaseFinished, *, quiet: bool) -> RenderableType:
    look, rule = LOOKS[case.outcome], case.rule
    lines = [Text(f"\n{look.mark} {rule.id}: {rule.title}", style=look.style)]
    lines.append(Text(f"  {rule.kind}: {rule.requirement}"))
    lines += [Text(f"  source: {source}", style="dim") for source in rule.sources]
    for difference in case.differences:
        lines.append(Text(f"  {difference.where}"))
        lines.append(Text(f"    expected  {difference.expected}", style="green"))
        lines.append(Text(f"    actual    {difference.actual}", style="red"))
    lines += [] if quiet else list(_log(case))
    return Group(*lines, Text(f"  again: {case.rerun}", style="bold"))


def _log(case: CaseFinished) -> Iterator[Text]:
    for exchange in case.exchanges:
        yield from (Text(f"  {line}", style="dim") for line in exchange_lines(exchange))
    for callback in case.callbacks:
        yield from (Text(f"  {line}", style="dim") for line in callback_lines(callback))


def _summary(finished: RunFinished) -> Text:
    text = Text("\n")
    for name, times in summary_of(finished.cases).items():
        if times:
            text.append(f"{times} {name}  ", style=LOOKS[Outcome(name)].style)
    return text.append(f"in {finished.seconds:.1f} s", style="dim")
