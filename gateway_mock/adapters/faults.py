"""A line that breaks as it was told to: a transport around the real one, for one call.

Nothing waits here but `delay`: a timeout is told at once, as if the time had passed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Event
from types import MappingProxyType

from connector_ppp.errors import TransportError
from connector_ppp.transports import Reply, Transport
from gateway_mock.records import FaultKind, FaultRecord

Send = Callable[[], Reply]

GARBAGE = b'{"paymentId": "'
"""The beginning of an answer whose end got lost."""


@dataclass(frozen=True, slots=True)
class FaultyTransport:
    """The same line, with one fault on it."""

    line: Transport
    fault: FaultRecord

    def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes, timeout_seconds: float
    ) -> Reply:
        """Send a request through the fault.

        Raises:
            TransportError: the fault, or the line itself, lets no answer through.
        """
        return _BREAK[self.fault.kind](
            self.fault, lambda: self.line.send(method, url, headers, body, timeout_seconds)
        )


def _drop_request(_fault: FaultRecord, _send: Send) -> Reply:
    raise TransportError("fault: the request was dropped before the connector heard of it", sent=False)


def _drop_reply(_fault: FaultRecord, send: Send) -> Reply:
    send()
    raise TransportError("fault: the connector did the work, then its answer was lost", sent=True)


def _timeout(_fault: FaultRecord, send: Send) -> Reply:
    send()
    raise TransportError("fault: the answer did not come in time", sent=True)


def _reset(_fault: FaultRecord, _send: Send) -> Reply:
    raise TransportError("fault: the connection was reset while the request was on its way", sent=None)


def _status(fault: FaultRecord, _send: Send) -> Reply:
    return Reply(fault.status, {"Content-Type": "text/plain"}, b"fault: something in between answered", 0.0)


def _malformed(_fault: FaultRecord, send: Send) -> Reply:
    reply = send()
    return Reply(reply.status, reply.headers, GARBAGE, reply.elapsed_ms)


def _duplicate(_fault: FaultRecord, send: Send) -> Reply:
    send()
    return send()


def _delay(fault: FaultRecord, send: Send) -> Reply:
    Event().wait(fault.seconds)
    return send()


_BREAK: Mapping[FaultKind, Callable[[FaultRecord, Send], Reply]] = MappingProxyType(
    {
        FaultKind.DROP_REQUEST: _drop_request,
        FaultKind.DROP_REPLY: _drop_reply,
        FaultKind.TIMEOUT: _timeout,
        FaultKind.RESET: _reset,
        FaultKind.STATUS: _status,
        FaultKind.MALFORMED: _malformed,
        FaultKind.DUPLICATE: _duplicate,
        FaultKind.DELAY: _delay,
    }
)
