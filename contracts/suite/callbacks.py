"""The suite's own callback address: a small HTTP server that records what connectors send.

A callback is matched to its payment by a token in the path, and by the paymentId in its body when the path was
changed. Nobody polls: whoever waits is woken when the callback arrives.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition, Thread
from types import TracebackType
from typing import Final, Self
from urllib.parse import urlsplit

from connector_ppp.checks import check
from connector_ppp.errors import MessageError
from connector_ppp.messages import AuthorizeRequest, AuthorizeResponse, decode
from connector_ppp.problems import BODY, Problem, Rule, Severity, breach
from contracts.suite.answers import OK, STATUS_WORDS, Answer, read_object
from contracts.suite.vocabulary import Word

BODY_BYTES_MAX: Final = 1_048_576

GRACE_SECONDS: Final = 0.5
"""How long a callback that comes while its create is open is kept waiting, to see which of the two ends first."""

URL: Final = Rule(
    "callback-url",
    Severity.ERROR,
    "the callbackUrl is used unchanged, with its query and signature (documented, C17)",
)
METHOD: Final = Rule("callback-method", Severity.ERROR, "a callback is a POST (documented)")
CREDENTIALS: Final = Rule(
    "callback-credentials",
    Severity.ERROR,
    "a callback carries X-VTEX-API-AppKey and X-VTEX-API-AppToken of the provider's account (documented)",
)
CONTENT: Final = Rule("callback-content-type", Severity.WARNING, "the body is declared as JSON (inferred)")
INSIDE: Final = Rule(
    "callback-inside",
    Severity.ERROR,
    "no callback while the gateway's own request is open (documented; known issue 1344363)",
)
STATUS: Final = Rule(
    "callback-status", Severity.ERROR, "a callback tells the final status: approved or denied (documented)"
)


@dataclass(frozen=True, slots=True)
class Callback:
    """One call that arrived.

    Attributes:
        method: its HTTP method.
        target: its path and query, as they stood in the request line.
        headers: its headers.
        body: its body.
        inside: whether the create was open, and stayed open until the callback was answered.
        operation: what it is called in reports; a gateway's calls arrive at the suite, too.
    """

    method: str
    target: str
    headers: Mapping[str, str]
    body: str
    inside: bool = False
    operation: str = "callback"


@dataclass(slots=True)
class _Expected:
    """What is known of one callback address."""

    target: str
    payment_id: str
    status: int = 200
    open_creates: int = 0
    received: list[Callback] = field(default_factory=list)


class Desk:
    """Receives callbacks; a context manager that serves while it is open.

    Args:
        host: the address to listen on.
        port: the port to listen on; 0 takes a free one.
        public_url: how connectors reach this server, when not under that address.
    """

    def __init__(self, host: str = "127.0.0.1", port: int = 0, public_url: str | None = None) -> None:
        self._server = _Server((host, port), _Handler)
        self._server.desk = self
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self.base_url = (public_url or f"http://{host}:{self._server.server_address[1]}").rstrip("/")
        self._news = Condition()
        self._by_token: dict[str, _Expected] = {}

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def url_for(self, payment_id: str, transaction_id: str, token: str) -> str:
        """A callback address of the gateway's own shape; the token stands in its signature and its path."""
        path = f"/api/pvt/payment-provider/transactions/{transaction_id}/payments/{payment_id}/callback"
        # The encoded space and the order of the members show whether somebody takes the address apart.
        query = f"accountName=sandbox%20suite&X-VTEX-signature={token}"
        url = f"{self.base_url}{path}?{query}"
        with self._news:
            self._by_token[token] = _Expected(_target(url), payment_id)
        return url

    def answer_with(self, token: str, status: int) -> None:
        """Answer the callbacks of this address with another HTTP status than 200."""
        with self._news:
            self._by_token[token].status = status

    def called_back(self) -> Mapping[str, tuple[str, ...]]:
        """The payments about which somebody has called so far, each with the words of its callbacks in order."""
        with self._news:
            called = {each.payment_id: tuple(each.received) for each in self._by_token.values() if each.received}
        return {payment_id: tuple(map(_word, received)) for payment_id, received in called.items()}

    def opened(self, token: str) -> None:
        """A create with this address is on its way."""
        with self._news:
            self._by_token[token].open_creates += 1

    def closed(self, token: str) -> None:
        """It was answered."""
        with self._news:
            self._by_token[token].open_creates -= 1
            self._news.notify_all()

    def wait(self, token: str, seconds: float) -> Callback | None:
        """The first callback of a payment, waited for; None when none came in time."""
        with self._news:
            self._news.wait_for(lambda: self._by_token[token].received, timeout=seconds)
            return next(iter(self._by_token[token].received), None)

    def answer(self, token: str, callback: Callback, request: AuthorizeRequest) -> Answer:
        """A callback as an answer, judged."""
        fields = read_object(callback.body)
        return Answer(
            source="callback",
            word=_word(callback),
            fields=fields,
            problems=(*_arrival(callback, self._by_token[token].target), *_content(callback, request)),
            length=len(callback.body.encode()),
        )

    def receive(self, callback: Callback) -> int:
        """Record a callback, and keep it waiting a moment while its create is open; the HTTP status to answer."""
        with self._news:
            expected = self._match(callback)
            if expected is None:
                return OK
            ended = self._news.wait_for(lambda: not expected.open_creates, timeout=GRACE_SECONDS)
            expected.received.append(
                Callback(callback.method, callback.target, callback.headers, callback.body, inside=not ended)
            )
            self._news.notify_all()
            return expected.status

    def _match(self, callback: Callback) -> _Expected | None:
        said = read_object(callback.body).get("paymentId")
        for token, expected in self._by_token.items():
            if token in callback.target or expected.payment_id in callback.target or expected.payment_id == said:
                return expected
        return None


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128  # many callbacks arrive at once
    desk: Desk


class _Handler(BaseHTTPRequestHandler):
    """Reads one request, hands it to the desk, answers 200."""

    protocol_version = "HTTP/1.1"
    timeout = 10
    server: _Server

    def do_POST(self) -> None:
        length = min(int(self.headers.get("Content-Length") or 0), BODY_BYTES_MAX)
        body = self.rfile.read(length).decode(errors="replace")
        callback = Callback(self.command, self.path, dict(self.headers.items()), body)
        self.send_response(self.server.desk.receive(callback))
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_PUT = do_PATCH = do_POST  # noqa: N815 - the library's names

    def log_message(self, *_arguments: object) -> None:
        """Say nothing: the report shows what arrived."""


def _target(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


def _word(callback: Callback) -> Word:
    """What it claims; without a readable body, nothing that could be held against another one."""
    return STATUS_WORDS.get(read_object(callback.body).get("status"), "refused")


def _arrival(callback: Callback, target: str) -> tuple[Problem, ...]:
    """What is wrong with how it arrived."""
    headers = {name.lower(): value for name, value in callback.headers.items()}
    found = []
    if not _unchanged(callback.target, target):
        found.append(breach(URL, "callbackUrl", target, callback.target))
    if callback.method != "POST":
        found.append(breach(METHOD, "method", "POST", callback.method))
    missing = [name for name in ("X-VTEX-API-AppKey", "X-VTEX-API-AppToken") if not headers.get(name.lower())]
    if missing:
        found.append(breach(CREDENTIALS, ", ".join(missing), "filled", None))
    if callback.body and "json" not in headers.get("content-type", ""):
        found.append(breach(CONTENT, "Content-Type", "application/json", headers.get("content-type")))
    if callback.inside:
        found.append(breach(INSIDE, "callback", "after the answer to the create", "before it"))
    return tuple(found)


def _unchanged(arrived: str, target: str) -> bool:
    # A public address may have a path of its own in front, which is gone when the call arrives.
    return arrived == target or (bool(arrived) and target.endswith(arrived))


def _content(callback: Callback, request: AuthorizeRequest) -> tuple[Problem, ...]:
    """What is wrong with what it says; a callback without a body asks for a new create and says nothing (C16)."""
    if not callback.body:
        return ()
    try:
        response = decode(callback.body, AuthorizeResponse)
    except MessageError as error:
        return (breach(BODY, "body", str(error), callback.body[:80]),)
    found = check(request, 200, response)
    if response.status not in {"approved", "authorized", "denied"}:
        return (*found, breach(STATUS, "status", "approved or denied", response.status))
    return found
