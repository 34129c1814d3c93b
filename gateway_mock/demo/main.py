"""The demo from start to end: servers up, four stories, one table, servers down."""

import os
import sys
from typing import Final

import requests
from rich.console import Console

from gateway_mock.demo.line import Audience, UnexpectedAnswerError
from gateway_mock.demo.play import play
from gateway_mock.demo.show import show
from gateway_mock.demo.stage import StageError, stage
from gateway_mock.demo.story import STORIES
from gateway_mock.demo.trace import Silence, Trace

HOLDS: Final = 0
DIFFERS: Final = 1
COULD_NOT_START: Final = 2

FILE_WIDTH: Final = 120
"""Columns of what is written to a file or a pipe; a terminal says its own."""


def run(*, trace: bool, console: Console | None = None) -> int:
    """Play and show all stories, from the main thread.

    Returns:
        The exit code: 0 if every figure is the documented one, 1 if not, 2 if a server did not start.
    """
    console = console or _console()
    try:
        return HOLDS if _play_all(console, Trace(console) if trace else Silence()) else DIFFERS
    except StageError as error:
        return _fail(str(error), COULD_NOT_START)
    except (UnexpectedAnswerError, requests.RequestException) as error:
        return _fail(str(error), DIFFERS)


def _console() -> Console:
    wide = not (sys.stdout.isatty() or "COLUMNS" in os.environ)
    return Console(highlight=False, width=FILE_WIDTH if wide else None)


def _play_all(console: Console, audience: Audience) -> bool:
    with stage() as servers:
        played = [play(story, servers, audience) for story in STORIES]
    return show(console, played)


def _fail(message: str, code: int) -> int:
    Console(stderr=True, highlight=False).print(message, style="red", markup=False)
    return code
