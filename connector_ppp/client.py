"""The client: performs one call of the protocol, checks the answer, keeps all of it as an `Exchange`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from time import perf_counter
from types import MappingProxyType
from typing import Final, Generic, Literal, NamedTuple, TypeVar, cast
from urllib.parse import quote, urlencode, urlsplit

import msgspec

from connector_ppp import problems
from connector_ppp.amounts import DECIMALS_DEFAULT
from connector_ppp.checks import check
from connector_ppp.errors import CallerError, MessageError, PeerError, TransportError
from connector_ppp.exchange import Exchange, Verdict
from connector_ppp.messages import (
    AuthorizationRedirectRequest,
    AuthorizationTokenRequest,
    AuthorizationTokenResponse,
    AuthorizeRequest,
    AuthorizeResponse,
    CancelRequest,
    CancelResponse,
    CredentialsRequest,
    CredentialsResponse,
    InboundRequest,
    InboundResponse,
    ManifestRequest,
    ManifestResponse,
    RefundRequest,
    RefundResponse,
    Request,
    Response,
    SettleRequest,
    SettleResponse,
    decode,
    encode,
)
from connector_ppp.operations import BY_REQUEST_TYPE, AnyOperation
from connector_ppp.problems import SHOWN_MAX, Problem, breach
from connector_ppp.transports import HTTPTransport, Reply, Transport

Answer = TypeVar("Answer", bound=Response)

TIMEOUT_SECONDS: Final = 20.0
"""VTEX's limit in production; its own test suite allows 5 (C13)."""

MASK: Final = "***"
"""What stands for a credential; where none was sent, nothing does."""

DECIDED: Final = frozenset({Verdict.DONE, Verdict.DENIED, Verdict.PENDING})
"""What a creation may be answered with."""

HEADER_PREFIXES: Final = MappingProxyType({"vtex": "X-VTEX-API-", "provider": "X-PROVIDER-API-"})
INBOUND_PATHS: Final = MappingProxyType({"inbound": "/inbound/", "inbound-request": "/inbound-request/"})


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the merchant typed into the affiliation; a connector without credentials gets empty texts.

    Attributes:
        app_key: the key.
        app_token: the secret of the key.
        headers: which pair of headers carries them: `vtex` or `provider` (C18).

    Raises:
        CallerError: the texts cannot travel in a header, or the pair is unknown.
    """

    app_key: str = ""
    app_token: str = field(default="", repr=False)
    headers: Literal["vtex", "provider"] = "vtex"

    def __post_init__(self) -> None:
        if self.headers not in HEADER_PREFIXES:
            raise CallerError(f"headers are vtex or provider, not {self.headers!r}")
        if not all(text.isascii() and text.isprintable() for text in (self.app_key, self.app_token)):
            raise CallerError("credentials are printable ASCII texts")

    def as_headers(self) -> dict[str, str]:
        """The two headers."""
        prefix = HEADER_PREFIXES[self.headers]
        return {f"{prefix}AppKey": self.app_key, f"{prefix}AppToken": self.app_token}


class _Call(NamedTuple):
    """A request on its way; `masked` are its headers as they may be kept."""

    operation: AnyOperation
    url: str
    headers: Mapping[str, str]
    masked: Mapping[str, str]
    body: bytes


class _Outcome(NamedTuple, Generic[Answer]):
    """What came of it."""

    elapsed_ms: float
    reply: Reply | None = None
    response: Answer | None = None
    problems: tuple[Problem, ...] = ()
    sent: bool | None = True
    error: str | None = None


class PPPClient:
    """Calls one connector; safe to share between threads.

    Args:
        base_url: the connector's address, `http` or `https`, with or without a path.
        transport: how requests travel; HTTP when none is given.
        credentials: sent with every call but the manifest.
        timeout_seconds: how long one answer may take.
        test_suite: whether requests say that a test suite sends them.
        inbound_path: how the inbound path is spelt (C4).

    Raises:
        CallerError: base_url is no HTTP address.
    """

    def __init__(
        self,
        base_url: str,
        transport: Transport | None = None,
        *,
        credentials: Credentials | None = None,
        timeout_seconds: float = TIMEOUT_SECONDS,
        test_suite: bool = False,
        inbound_path: Literal["inbound", "inbound-request"] = "inbound",
    ) -> None:
        self.base_url = _proven_base(base_url)
        self.timeout_seconds = timeout_seconds
        self._transport = transport or HTTPTransport()
        self._inbound_path = INBOUND_PATHS[inbound_path]
        common = {"Accept": "application/json", "Content-Type": "application/json"}
        if test_suite:
            common["X-VTEX-API-Is-TestSuite"] = "true"
        secrets = (credentials or Credentials()).as_headers()
        # Indexed by whether credentials travel; made once, because every call of a sandbox passes here.
        self._headers = (common, common | secrets)
        self._masked = (common, common | {name: secret and MASK for name, secret in secrets.items()})

    def perform(
        self, request: Request[Answer], *, action: str = "", decimals: int = DECIMALS_DEFAULT
    ) -> Exchange[Answer]:
        """Perform one operation; whatever the peer or the network does is recorded, not raised.

        Args:
            request: any request of `messages`; its type says which operation it is.
            action: the last part of the path of an inbound request.
            decimals: how many decimals the payment's currency has, to judge the amount that comes back.

        Raises:
            CallerError: there is no such operation, or its path cannot be built.
        """
        call = self._call(request, action)
        started = perf_counter()
        try:
            reply = self._transport.send(
                call.operation.method, call.url, call.headers, call.body, self.timeout_seconds
            )
        except TransportError as error:
            elapsed_ms = (perf_counter() - started) * 1000
            return _recorded(request, call, _Outcome(elapsed_ms, sent=error.sent, error=str(error)))
        return _recorded(request, call, _read(request, call.operation, reply, decimals))

    def manifest(self) -> ManifestResponse:
        """What the connector can do.

        Raises (as all methods below):
            PeerError: it answered, but the operation is not done; carries the exchange.
            TransportError: nobody answered; carries the exchange.
            CallerError: the request cannot be sent.
        """
        return self._expect(self.perform(ManifestRequest()))

    def authorize(self, request: AuthorizeRequest) -> AuthorizeResponse:
        """Create a payment; denied and undefined are answers too, not errors."""
        return self._expect(self.perform(request), accepted=DECIDED)

    def settle(self, request: SettleRequest) -> SettleResponse:
        """Capture an amount."""
        return self._expect(self.perform(request))

    def cancel(self, request: CancelRequest) -> CancelResponse:
        """Void the payment, or a part of it."""
        return self._expect(self.perform(request))

    def refund(self, request: RefundRequest) -> RefundResponse:
        """Give captured money back."""
        return self._expect(self.perform(request))

    def inbound(self, request: InboundRequest, action: str) -> InboundResponse:
        """Hand over a third party's message."""
        return self._expect(self.perform(request, action=action))

    def authorization_token(self, request: AuthorizationTokenRequest) -> AuthorizationTokenResponse:
        """Begin the configuration flow."""
        return self._expect(self.perform(request))

    def authorization_redirect(self, request: AuthorizationRedirectRequest) -> str | None:
        """Where the provider's login is; None when the connector answers without a redirect."""
        exchange = self.perform(request)
        self._expect(exchange)
        return exchange.response_headers.get("Location")

    def credentials(self, request: CredentialsRequest) -> CredentialsResponse:
        """End the configuration flow."""
        return self._expect(self.perform(request))

    def _call(self, request: Request[Answer], action: str) -> _Call:
        operation = BY_REQUEST_TYPE.get(type(request))
        if operation is None:
            raise CallerError(f"{type(request).__name__} is no request of the protocol")
        return _Call(
            operation,
            self.base_url + self._path(operation, request, action),
            self._headers[operation.authenticated],
            self._masked[operation.authenticated],
            encode(request) if operation.travels == "json" else b"",
        )

    def _path(self, operation: AnyOperation, request: Request[Answer], action: str) -> str:
        path = operation.path
        if "{paymentId}" in path:
            path = path.replace("{paymentId}", _path_part(getattr(request, "payment_id", "")))
        if "{action}" in path:
            path = path.replace("/inbound/", self._inbound_path).replace("{action}", _path_part(action))
        if operation.travels == "query":
            path = f"{path}?{urlencode(msgspec.to_builtins(request))}"
        return path

    @staticmethod
    def _expect(exchange: Exchange[Answer], accepted: frozenset[Verdict] = frozenset({Verdict.DONE})) -> Answer:
        verdict = exchange.verdict
        if verdict is Verdict.NO_ANSWER:
            raise TransportError(exchange.summary(), sent=exchange.sent, exchange=exchange)
        if verdict not in accepted or exchange.response is None:
            raise PeerError(exchange.summary(), exchange)
        return exchange.response


# What the reader of messages says when one field has a wrong type: worth a problem of that field's own.
_WRONG_TYPE: Final = re.compile(r"Expected `(?P<expected>.+?)`, got `(?P<actual>.+?)` - at `\$\.(?P<field>.+?)`$")


def _proven_base(base_url: str) -> str:
    try:
        parts = urlsplit(base_url)
        proven = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError as error:
        raise CallerError(f"{base_url!r} is no address: {error}") from error
    # A user in the address would travel as a header of its own and be kept in every exchange.
    if not proven or "@" in parts.netloc or parts.query or parts.fragment:
        raise CallerError(f"{base_url!r} is no address of a connector (http or https, a host, perhaps a path)")
    return base_url.rstrip("/")


def _path_part(value: str) -> str:
    if value in {"", ".", ".."}:
        raise CallerError(f"{value!r} cannot stand in a path")
    return quote(value, safe="")


def _read(request: Request[Answer], operation: AnyOperation, reply: Reply, decimals: int) -> _Outcome[Answer]:
    """Read and judge a reply."""
    # The table pairs each request with its answer; the type checker cannot follow it through the look-up.
    kind = cast("type[Answer]", operation.response_type)
    try:
        response = kind() if operation.answers == "nothing" else decode(reply.body, kind)
    except MessageError as error:
        found = (_unreadable(reply, error), *check(request, reply.status, None))
        return _Outcome(reply.elapsed_ms, reply, None, found)
    return _Outcome(reply.elapsed_ms, reply, response, check(request, reply.status, response, decimals=decimals))


def _unreadable(reply: Reply, error: MessageError) -> Problem:
    wrong_type = _WRONG_TYPE.search(str(error))
    if wrong_type:
        return breach(problems.BODY, *wrong_type.group("field", "expected", "actual"))
    actual = f"more than {len(reply.body)} bytes" if reply.truncated else _text(reply.body[:SHOWN_MAX])
    return breach(problems.BODY, "body", str(error), actual)


def _recorded(request: Request[Answer], call: _Call, outcome: _Outcome[Answer]) -> Exchange[Answer]:
    reply = outcome.reply
    return Exchange(
        request=request,
        operation=call.operation.name,
        payment_id=getattr(request, "payment_id", None),
        request_id=getattr(request, "request_id", None),
        method=call.operation.method,
        url=call.url,
        request_headers=call.masked,
        request_body=call.body.decode(),
        status=reply.status if reply else None,
        response_headers=reply.headers if reply else {},
        response_body=_text(reply.body) if reply else None,
        elapsed_ms=outcome.elapsed_ms,
        response=outcome.response,
        problems=outcome.problems,
        sent=outcome.sent,
        error=outcome.error,
    )


def _text(body: bytes) -> str:
    return body.decode("utf-8", errors="replace")
