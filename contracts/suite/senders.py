"""What can happen to a request between the suite and a connector: transports around a transport.

Each takes a request that the client has made, does something to it, and remembers what really left.
"""

import contextlib
from collections.abc import Mapping
from decimal import Decimal
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from socket import SHUT_WR
from time import perf_counter, sleep
from typing import Final
from urllib.parse import urlsplit

import msgspec

from connector_ppp.errors import TransportError
from connector_ppp.transports import BODY_BYTES_MAX, HTTPTransport, Reply, Transport

OURS: Final = "the suite "
"""How the error of an exchange begins that the suite itself has lost."""

HANG_UP_SECONDS: Final = 1.0
"""How long a peer may take to notice that a request broke off."""

PIECE_SECONDS: Final = 0.2
"""How long the second piece of a slow request is behind the first."""

# Amounts stay as they were written: 40.00 is 40.00 after a patch, too.
_READ: Final = msgspec.json.Decoder(float_hook=Decimal)
_WRITE: Final = msgspec.json.Encoder(decimal_format="number")


def merged(body: object, patch: object) -> object:
    """A JSON merge patch applied (RFC 7396), but for one thing: a null is sent as null.

    Requests that lack a member and requests that have a null are both seen in production; the rules write
    `absent` for the first.
    """
    if not isinstance(patch, Mapping):
        return patch
    merging = dict(body) if isinstance(body, Mapping) else {}
    for name, value in patch.items():
        if value == "absent":
            merging.pop(name, None)
        else:
            merging[name] = merged(merging.get(name), value)
    return merging


class PatchingTransport:
    """Changes the body on its way.

    Args:
        inner: how the request then travels.
        patch: what is changed.

    Attributes:
        sent: the body that left.
    """

    def __init__(self, inner: Transport, patch: Mapping[str, object]) -> None:
        self._inner = inner
        self._patch = patch
        self.sent = b""

    def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes, timeout_seconds: float
    ) -> Reply:
        """Change, and send; errors as the inner transport."""
        self.sent = _WRITE.encode(merged(_READ.decode(body), self._patch))
        return self._inner.send(method, url, headers, self.sent, timeout_seconds)


class ForgettingTransport:
    """The connector does its work and answers, and the answer never arrives."""

    def __init__(self, inner: Transport) -> None:
        self._inner = inner

    def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes, timeout_seconds: float
    ) -> Reply:
        """Send, and throw the reply away.

        Raises:
            TransportError: always.
        """
        self._inner.send(method, url, headers, body, timeout_seconds)
        raise TransportError(f"{OURS}threw the answer away, as a broken network does", sent=True)


class HangingUpTransport:
    """The caller hangs up: after the whole request, or after half of its body.

    Args:
        whole: whether the request is written to its end.
    """

    def __init__(self, *, whole: bool) -> None:
        self._whole = whole

    def send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes,
        timeout_seconds: float,  # noqa: ARG002 - nobody waits for an answer
    ) -> Reply:
        """Write, and close the connection without reading.

        Raises:
            TransportError: always.
        """
        # The peer may be gone by then, which is what this is about.
        with contextlib.suppress(OSError, HTTPException), contextlib.closing(_connection(url)) as connection:
            self._write(connection, method, url, headers, body)
        raise TransportError(f"{OURS}hung up, as a broken network does", sent=self._whole or None)

    def _write(
        self, connection: HTTPConnection, method: str, url: str, headers: Mapping[str, str], body: bytes
    ) -> None:
        piece = body if self._whole else body[: len(body) // 2]
        _begin(connection, method, url, _announced(headers, body), piece)
        if not self._whole:
            # What is never going to be complete is waited for, so that the next request comes after its end.
            connection.sock.shutdown(SHUT_WR)
            connection.sock.recv(1)


class DrippingTransport:
    """The second half of the body comes a moment after the first; the answer arrives as it should."""

    def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes, timeout_seconds: float
    ) -> Reply:
        """Write in two pieces, and read the answer.

        Raises:
            TransportError: nobody answered.
        """
        started, half = perf_counter(), len(body) // 2
        with contextlib.closing(_connection(url, timeout_seconds)) as connection:
            try:
                _begin(connection, method, url, _announced(headers, body), body[:half])
                sleep(PIECE_SECONDS)
                connection.send(body[half:])
                response = connection.getresponse()
                content = response.read(BODY_BYTES_MAX)
            except (OSError, HTTPException) as error:
                raise TransportError(f"no answer to a request in two pieces: {error}", sent=None) from error
        elapsed_ms = (perf_counter() - started) * 1000
        return Reply(response.status, dict(response.getheaders()), content, elapsed_ms)


def _announced(headers: Mapping[str, str], body: bytes) -> Mapping[str, str]:
    """The headers of a request whose whole body is announced, however much of it will come."""
    return dict(headers) | {"Content-Length": str(len(body))}


def _begin(connection: HTTPConnection, method: str, url: str, headers: Mapping[str, str], piece: bytes) -> None:
    """Write the head of a request and a piece of its body."""
    connection.putrequest(method, urlsplit(url).path)
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders(piece)


def _connection(url: str, timeout_seconds: float = HANG_UP_SECONDS) -> HTTPConnection:
    parts = urlsplit(url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    return kind(parts.hostname or "", parts.port, timeout=timeout_seconds)


def losing(inner: Transport, loss: str) -> Transport:
    """The transport for what a rule does to a request; `inner` itself when nothing."""
    if not loss or (loss == "slow" and not isinstance(inner, HTTPTransport)):
        return inner
    if loss == "slow":
        return DrippingTransport()
    if loss == "reply" or not isinstance(inner, HTTPTransport):
        return ForgettingTransport(inner)
    return HangingUpTransport(whole=loss == "connection")
