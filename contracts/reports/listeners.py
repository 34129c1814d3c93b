"""How reports listen: a function of events; those that end as a file listen for the end."""

from collections.abc import Callable
from pathlib import Path

from contracts.suite.events import Event, RunFinished

Listener = Callable[[Event], None]
"""Hears every event of a run, in order."""


def to_file(path: Path, render: Callable[[RunFinished], str]) -> Listener:
    """A listener that writes a rendered run into a file when it ends; folders are made."""

    def listen(event: Event) -> None:
        if isinstance(event, RunFinished):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(render(event), encoding="utf-8")

    return listen
