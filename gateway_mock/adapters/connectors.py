"""What performs the calls: PPP connectors over HTTP through `connector_ppp`, legacy ones inside this process."""

from collections.abc import Callable
from functools import cached_property, lru_cache
from threading import Lock
from typing import Literal, NamedTuple

from msgspec import structs

from connector_ppp import CallerError, Credentials, Exchange, PPPClient
from connector_ppp.messages import Request
from connector_ppp.transports import HTTPTransport, Transport
from gateway_mock import currencies
from gateway_mock.adapters.faults import FaultyTransport
from gateway_mock.adapters.legacy import perform_legacy
from gateway_mock.adapters.quirks import asked, planned, read
from gateway_mock.adapters.requests_ppp import Addresses, request_for
from gateway_mock.answers import of_exchange
from gateway_mock.core.modes import Kind
from gateway_mock.ports import Answer, Ended, Told, Work
from gateway_mock.records import ConnectorSettings, ExchangeRecord

TIMEOUT_SECONDS = 20.0
"""Documented for production (C13)."""

TEST_SUITE_SECONDS = 5.0
"""Documented for VTEX's own test suite, which says in a header that it is calling (C13)."""


class _Line(NamedTuple):
    """What makes a client: everything about a connector that its calls depend on."""

    url: str
    app_key: str
    app_token: str
    headers: Literal["vtex", "provider"]
    test_suite: bool
    seconds: float
    """How long one answer may take."""


class Connectors:
    """All connectors of all accounts.

    Args:
        base_url: where connectors reach this sandbox for callbacks; may still be unknown while it starts.
        transport_for: how requests to a connector's URL travel; None means HTTP over pooled sockets.
        timeout_seconds: how long one answer may take.
    """

    def __init__(
        self,
        base_url: Callable[[], str],
        transport_for: Callable[[str], Transport | None] = lambda _url: None,
        timeout_seconds: float = TIMEOUT_SECONDS,
    ) -> None:
        self._base_url = base_url
        self._transport_for = transport_for
        self._timeout_seconds = timeout_seconds
        self._lock = Lock()
        self._client = lru_cache(maxsize=256)(self._new_client)

    @cached_property
    def _http(self) -> HTTPTransport:
        """Made for the first connector that is somewhere else: a tenth of a second that others never wait."""
        return HTTPTransport()

    def perform(self, settings: ConnectorSettings, work: Work) -> Answer:
        """One try of one call; never raises for what the connector or the network does."""
        if settings.kind is Kind.LEGACY:
            return perform_legacy(settings, work)
        work = planned(work)
        addresses = Addresses(self._base_url(), work.account)
        decimals = currencies.decimals(work.payment.currency)
        try:
            client = self._client_for(settings, work)
            request = asked(work, request_for(work, addresses))
            exchange = client.perform(_meant(request, settings), decimals=decimals)
        except CallerError as why:
            # An affiliation may be half filled in: the call fails, and is tried again once it is complete.
            return Answer(ended=Ended.FAILED, message=str(why), exchange=_not_made(work, str(why)))
        return read(work, of_exchange(exchange, work.request_id, work.attempt, work.call.value, decimals))

    def _client_for(self, settings: ConnectorSettings, work: Work) -> PPPClient:
        """The connector's client; a fault gets one of its own, on a line that breaks."""
        line = self._line(settings)
        if work.fault is None:
            return self._known_client(line)
        return self._new_client(line, FaultyTransport(self._transport(line), work.fault))

    def ask(
        self,
        settings: ConnectorSettings,
        request: Request[Told],
        *,
        action: str = "",
        seconds: float | None = None,
    ) -> Exchange[Told]:
        """See `ports.Line`."""
        return self._known_client(self._line(settings, seconds)).perform(request, action=action)

    def _line(self, settings: ConnectorSettings, seconds: float | None = None) -> _Line:
        limits = (self._timeout_seconds, seconds, TEST_SUITE_SECONDS if settings.test_suite else None)
        return _Line(
            settings.url,
            settings.app_key,
            settings.app_token,
            settings.headers.value,
            settings.test_suite,
            min(limit for limit in limits if limit is not None),
        )

    def _known_client(self, line: _Line) -> PPPClient:
        with self._lock:
            return self._client(line)

    def _new_client(self, line: _Line, transport: Transport | None = None) -> PPPClient:
        return PPPClient(
            line.url,
            transport or self._transport(line),
            credentials=Credentials(line.app_key, line.app_token, line.headers),
            timeout_seconds=line.seconds,
            test_suite=line.test_suite,
        )

    def _transport(self, line: _Line) -> Transport:
        return self._transport_for(line.url) or self._http


def _meant(request: Request[Told], settings: ConnectorSettings) -> Request[Told]:
    """The same request; in test mode it says that it is not meant, in the spelling of its operation (C21)."""
    return request if settings.is_production else structs.replace(request, sandbox_mode=True)


def _not_made(work: Work, why: str) -> ExchangeRecord:
    """A call that could not even be tried, so that whoever looks for it sees why."""
    return ExchangeRecord(
        operation=work.call.operation,
        payment_id=work.payment.id,
        request_id=work.request_id,
        attempt=work.attempt,
        request="",
        response=None,
        status=None,
        elapsed_ms=0.0,
        error=why,
    )
