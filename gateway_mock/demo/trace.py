"""Who hears what goes over the lines: a trace on the terminal, or nobody."""

from typing import Final
from urllib.parse import urlsplit

import requests
from rich.console import Console
from rich.text import Text

from gateway_mock.demo.answers import Exchange

BODY_MAX: Final = 600
"""How much of a body is shown; an order's document is some four thousand characters."""


class Silence:
    """Nobody listens."""

    def act(self, title: str) -> None:
        """See `line.Audience`."""

    def exchanged(self, response: requests.Response) -> None:
        """See `line.Audience`."""

    def called(self, exchange: Exchange) -> None:
        """See `line.Audience`."""


class Trace:
    """Everything is shown as it happens: the merchant's calls, and indented those of the gateway."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def act(self, title: str) -> None:
        """See `line.Audience`."""
        self._console.rule(Text(title, style="bold"), align="left")

    def exchanged(self, response: requests.Response) -> None:
        """See `line.Audience`."""
        request = response.request
        milliseconds = response.elapsed.total_seconds() * 1000
        self._say("", f"{request.method} {urlsplit(request.url or '').path}", request.body, "cyan")
        self._say("", f"{response.status_code} after {milliseconds:.0f} ms", response.content, "")

    def called(self, exchange: Exchange) -> None:
        """See `line.Audience`."""
        again = f" (attempt {exchange.attempt})" if exchange.attempt > 1 else ""
        self._say(
            "    ", f"gateway calls connector: {exchange.operation}{again}", bytes(exchange.request), "magenta"
        )
        self._say("    ", f"{exchange.status or exchange.error}", bytes(exchange.response), "")

    def _say(self, indent: str, line: str, body: bytes | str | None, style: str) -> None:
        """One line and its body, which may come from anywhere, so that nothing in it is markup."""
        shown = body.decode(errors="replace") if isinstance(body, bytes) else body or ""
        left = len(shown) - BODY_MAX
        more = f" … and {left} characters" if left > 0 else ""
        self._console.print(Text.assemble(indent, (line, style)), soft_wrap=True)
        if shown:
            self._console.print(Text(f"{indent}  {shown[:BODY_MAX]}{more}", style="dim"), soft_wrap=True)
