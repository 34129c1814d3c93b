"""The merchant: asks the gateway under test over HTTP, and keeps what came back."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

import msgspec

from connector_ppp.client import MASK
from connector_ppp.errors import TransportError
from connector_ppp.exchange import curl_command
from connector_ppp.transports import Transport
from contracts.suite.answers import is_filled
from contracts.suite.gateway.vocabulary import Word

KEY: Final = "X-VTEX-API-AppKey"
TOKEN: Final = "X-VTEX-API-AppToken"  # noqa: S105 - the header's name
CONTROL_TOKEN: Final = "X-Mock-Control-Token"  # noqa: S105 - the header's name

_WORDS: Final[Mapping[int, Word]] = {2: "done", 4: "refused"}


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayCall:
    """One request to a gateway and what came back; see `contracts.suite.events.Call`.

    Attributes:
        sent: whether the request reached the gateway: False when surely not, None when unknown.
    """

    operation: str
    method: str
    url: str
    request_headers: Mapping[str, str]
    request_body: str
    status: int | None = None
    response_headers: Mapping[str, str] = field(default_factory=dict)
    response_body: str | None = None
    elapsed_ms: float = 0.0
    error: str | None = None
    sent: bool | None = True

    def curl(self) -> str:
        """The request as a curl command, credentials masked."""
        return curl_command(self.method, self.url, self.request_headers, self.request_body)


class Answer(NamedTuple):
    """What an answer says, read leniently.

    Attributes:
        call: the request and its answer.
        word: what it claims.
        body: its JSON, None where there is none.
    """

    call: GatewayCall
    word: Word
    body: object

    @property
    def code(self) -> str | None:
        """The `error.code` of a refusal."""
        code = member(self.body, "error.code")
        return code if isinstance(code, str) else None

    @property
    def message(self) -> str:
        """The `error.message` of a refusal, empty when there is none."""
        message = member(self.body, "error.message")
        return message if isinstance(message, str) else ""

    def text(self, path: str) -> str:
        """A member as a text, empty when it says nothing."""
        value = member(self.body, path)
        return str(value) if is_filled(value) else ""

    def __str__(self) -> str:
        if self.call.status is None:
            return f"{self.word}: {self.call.error}"
        said = ", ".join(filter(None, (self.code, self.message)))
        return f"{self.word} (HTTP {self.call.status}{f': {said}' if said else ''})"


def answer_of(call: GatewayCall) -> Answer:
    """What a gateway answered."""
    if call.status is None:
        return Answer(call, "unanswered", None)
    return Answer(call, _WORDS.get(call.status // 100, "broken"), _read(call.response_body or ""))


def _read(text: str) -> object:
    try:
        return msgspec.json.decode(text) if text else None
    except (msgspec.MsgspecError, RecursionError):
        return None


def member(body: object, path: str) -> object:
    """A member of a JSON value: `error.code`, `payments.0.id`; None when it is not there."""
    for name in path.split("."):
        if isinstance(body, Mapping):
            body = body.get(name)
        elif isinstance(body, list) and name.isdigit() and int(name) < len(body):
            body = body[int(name)]
        else:
            return None
    return body


@dataclass(frozen=True, slots=True, kw_only=True)
class Merchant:
    """Somebody who asks a gateway, with credentials or without.

    Attributes:
        url: the gateway's base URL.
        transport: how requests travel.
        timeout_seconds: how long one answer may take.
        credentials: app key and token; None: no headers at all.
        control_token: opens the control plane, where it asks for one.
    """

    url: str
    transport: Transport
    timeout_seconds: float
    credentials: tuple[str, str] | None = None
    control_token: str = ""

    def ask(self, operation: str, method: str, path: str, body: bytes = b"") -> Answer:
        """Send one request.

        Args:
            operation: what it is called in reports.
            method: the HTTP method.
            path: below the base URL, or a whole address.
            body: what is sent, empty for nothing.
        """
        url = path if "://" in path else f"{self.url.rstrip('/')}{path}"
        headers = {"Accept": "application/json"} | ({"Content-Type": "application/json"} if body else {})
        secret = self._secrets(controls="/_mock/" in url)
        call = GatewayCall(
            operation=operation,
            method=method,
            url=url,
            request_headers=headers | dict.fromkeys(secret, MASK),
            request_body=body.decode(errors="replace"),
        )
        return answer_of(self._sent(call, headers | secret, body))

    def _secrets(self, *, controls: bool) -> dict[str, str]:
        secret = dict(zip((KEY, TOKEN), self.credentials, strict=True)) if self.credentials else {}
        return secret | ({CONTROL_TOKEN: self.control_token} if controls and self.control_token else {})

    def _sent(self, call: GatewayCall, headers: Mapping[str, str], body: bytes) -> GatewayCall:
        try:
            reply = self.transport.send(call.method, call.url, headers, body, self.timeout_seconds)
        except TransportError as error:
            return replace(call, error=str(error), sent=error.sent)
        return replace(
            call,
            status=reply.status,
            response_headers=dict(reply.headers),
            response_body=reply.body.decode(errors="replace"),
            elapsed_ms=reply.elapsed_ms,
        )
