"""Calls over HTTP: one line to one server, and an audience that hears what goes over it."""

from collections.abc import Mapping
from typing import Final, Protocol, TypeVar

import msgspec
import requests

from gateway_mock.demo.answers import Account, Exchange

T = TypeVar("T")
Json = Mapping[str, object]

TIMEOUT_SECONDS: Final = 10
SHOWN_MAX: Final = 300
"""How much of an unexpected answer an error message repeats."""


class UnexpectedAnswerError(RuntimeError):
    """A server answered what no story has; the message says what, and to which call."""


class Audience(Protocol):
    """Who is told what happens."""

    def act(self, title: str) -> None:
        """A step begins."""

    def exchanged(self, response: requests.Response) -> None:
        """The merchant called somebody."""

    def called(self, exchange: Exchange) -> None:
        """The gateway called a connector."""


class Line:
    """Calls to one server, in the name of one account if there is one."""

    def __init__(self, base_url: str, audience: Audience, account: Account | None = None) -> None:
        self._base_url = base_url
        self._audience = audience
        self._session = requests.Session()
        self._session.trust_env = False
        if account is not None:
            self._session.headers["X-VTEX-API-AppKey"] = account.app_key
            self._session.headers["X-VTEX-API-AppToken"] = account.app_token

    def send(self, method: str, path: str, body: Json | None = None) -> requests.Response:
        """One call, whatever the answer."""
        response = self._session.request(method, self._base_url + path, json=body, timeout=TIMEOUT_SECONDS)
        self._audience.exchanged(response)
        return response

    def ask(self, kind: type[T], method: str, path: str, body: Json | None = None) -> T:
        """One call whose answer is of that kind.

        Raises:
            UnexpectedAnswerError: it is not.
        """
        response = self.send(method, path, body)
        if not response.ok:
            raise UnexpectedAnswerError(
                f"{method} {path} answered {response.status_code}: {response.text[:SHOWN_MAX]}"
            )
        try:
            return msgspec.json.decode(response.content, type=kind)
        except msgspec.DecodeError as error:
            raise UnexpectedAnswerError(f"{method} {path} answered something else: {error}") from error
