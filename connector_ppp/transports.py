"""How a request reaches a connector: over HTTP, or in this process through WSGI.

Both are imported only when they are made, so that importing the package stays cheap.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from time import perf_counter
from typing import TYPE_CHECKING, Final, Protocol
from urllib.parse import unquote_to_bytes, urlsplit

from connector_ppp.errors import CallerError, TransportError

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment
    from requests import PreparedRequest, RequestException, Response
    from urllib3 import HTTPResponse

BODY_BYTES_MAX: Final = 1_048_576
"""Answers are cut here; the longest honest one has a few kilobytes."""

CONNECTIONS_MAX: Final = 64
"""Connections kept open to one connector; more threads than that open and close their own."""

CHUNK_BYTES: Final = 65_536


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back, whatever it says.

    Attributes:
        status: the HTTP status.
        headers: the response headers.
        body: the bytes of the body, at most `BODY_BYTES_MAX` of them.
        elapsed_ms: milliseconds from sending to the last byte.
        truncated: whether the body was longer.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    elapsed_ms: float
    truncated: bool = False


class Transport(Protocol):
    """Sends one request and waits for its reply; safe to share between threads."""

    def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes, timeout_seconds: float
    ) -> Reply:
        """Send, and wait for at most `timeout_seconds`.

        Raises:
            TransportError: nobody answered in full.
        """


class HTTPTransport:
    """HTTP/1.1 over a pool of kept-alive connections.

    Redirects are not followed, cookies are not kept, proxies and credentials of the environment are not used: a
    connector gets exactly what the protocol says. Nothing is repeated: a repeat is the caller's decision.

    The timeout bounds the connection, each wait for bytes, and the whole body; a peer that drips its headers one
    by one can take longer.
    """

    def __init__(self) -> None:
        # Tens of milliseconds that a caller through WSGI never needs.
        from requests.adapters import HTTPAdapter  # noqa: PLC0415

        # Without a session, which keeps cookies, reads the environment and takes a twelfth of a call's time.
        self._adapter = HTTPAdapter(pool_connections=CONNECTIONS_MAX, pool_maxsize=CONNECTIONS_MAX)

    def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes, timeout_seconds: float
    ) -> Reply:
        """Send over HTTP.

        Raises:
            CallerError: the address or a header is none.
            TransportError: nobody answered in full; `sent` is False when no connection was made, True when the
                request was written and the wait was in vain, None when the connection broke in between.
        """
        request = _prepared(method, url, headers, body)
        started = perf_counter()
        response = self._answered(request, timeout_seconds)
        try:
            content = _read(response.raw, started + timeout_seconds)
        finally:
            response.close()
        return Reply(
            response.status_code,
            response.headers,
            content[:BODY_BYTES_MAX],
            (perf_counter() - started) * 1000,
            truncated=len(content) > BODY_BYTES_MAX,
        )

    def close(self) -> None:
        """Close the idle connections."""
        self._adapter.close()

    def _answered(self, request: "PreparedRequest", timeout_seconds: float) -> "Response":
        from requests import exceptions  # noqa: PLC0415
        from urllib3.exceptions import LocationParseError  # noqa: PLC0415

        try:
            return self._adapter.send(request, timeout=timeout_seconds, stream=True)
        except exceptions.ConnectTimeout as error:
            raise TransportError(f"no connection within {timeout_seconds} s", sent=False) from error
        except exceptions.ReadTimeout as error:
            raise TransportError(f"no answer within {timeout_seconds} s", sent=True) from error
        except LocationParseError as error:
            raise CallerError(f"no request can be made: {error}") from error
        except exceptions.RequestException as error:
            refused = _was_refused(error)
            reason = "no connection" if refused else "the connection broke before an answer"
            raise TransportError(f"{reason}: {_cause(error)}", sent=False if refused else None) from error


class WSGITransport:
    """A connector in this process, called through WSGI: no socket, no timeout.

    What the application raises reaches the caller as it is, so that a test shows its traceback.
    """

    def __init__(self, app: "WSGIApplication") -> None:
        from werkzeug.test import run_wsgi_app  # noqa: PLC0415 - HTTP callers never need it

        self._run = partial(run_wsgi_app, app, buffered=True)

    def send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes,
        timeout_seconds: float,  # noqa: ARG002 - a call in this process cannot be given up
    ) -> Reply:
        """Call the application."""
        started = perf_counter()
        pieces, status, answered = self._run(_environ(method, url, headers, body))
        # Closed by now, as a server would have: what an application does after its answer has begun.
        content = b"".join(pieces)
        return Reply(
            int(status.partition(" ")[0]),
            dict(answered),
            content[:BODY_BYTES_MAX],
            (perf_counter() - started) * 1000,
            truncated=len(content) > BODY_BYTES_MAX,
        )


def _environ(method: str, url: str, headers: Mapping[str, str], body: bytes) -> "WSGIEnvironment":
    """What a server would hand to an application (PEP 3333).

    Made here, because werkzeug's builder of environments takes longer than most applications.
    """
    parts = urlsplit(url)
    sent = {f"HTTP_{name.upper().replace('-', '_')}": text for name, text in headers.items()}
    return {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(parts.path or "/").decode("latin-1"),
        "QUERY_STRING": parts.query,
        "CONTENT_TYPE": sent.pop("HTTP_CONTENT_TYPE", ""),
        "CONTENT_LENGTH": str(len(body)),
        "SERVER_NAME": parts.hostname or "",
        "SERVER_PORT": str(parts.port or (443 if parts.scheme == "https" else 80)),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": parts.netloc,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": parts.scheme,
        "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    } | sent


def _prepared(method: str, url: str, headers: Mapping[str, str], body: bytes) -> "PreparedRequest":
    from requests import Request, RequestException  # noqa: PLC0415

    try:
        return Request(method, url, headers=dict(headers), data=body).prepare()
    except RequestException as error:
        raise CallerError(f"no request can be made: {error}") from error


def _was_refused(error: "RequestException") -> bool:
    """Whether no connection was made at all: refused, unreachable, or no such host."""
    from urllib3.exceptions import NewConnectionError  # noqa: PLC0415

    cause = error.args[0] if error.args else None
    return isinstance(getattr(cause, "reason", None), NewConnectionError)


def _cause(error: BaseException) -> str:
    """What happened, in the system's own words: without what each library above it says around them."""
    while below := error.__cause__ or next((each for each in error.args if isinstance(each, Exception)), None):
        error = below
    return (error.strerror or str(error)) if isinstance(error, OSError) else repr(error)


def _read(stream: "HTTPResponse", deadline: float) -> bytes:
    """The body, cut soon after its limit; each chunk is taken as it comes, so that a drip cannot outlast us."""
    from urllib3.exceptions import HTTPError  # noqa: PLC0415

    body = bytearray()
    try:
        while len(body) <= BODY_BYTES_MAX and (chunk := stream.read1(CHUNK_BYTES, decode_content=False)):
            body += chunk
            if perf_counter() > deadline:
                raise TransportError("the answer did not end in time", sent=True)
    except HTTPError as error:
        raise TransportError(f"the answer broke off: {error}", sent=True) from error
    return bytes(body)
