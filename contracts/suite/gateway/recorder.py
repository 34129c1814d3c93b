"""The suite's own connector: an HTTP server that records every call in its order, and answers as a rule arranged.

It does what it is asked, whatever that is: it is no judge, and must not hide an over-capture by refusing it. Its
memory is by requestId, so that a repeat gets the first answer and moves nothing.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition, Thread
from types import TracebackType
from typing import Final, NamedTuple, Self

from connector_ppp.messages import ManifestResponse, PaymentMethod, encode
from contracts.suite.answers import read_object
from contracts.suite.gateway.heard import Books, Heard, amount_asked, booked
from contracts.suite.gateway.replies import Reply, reply_to
from contracts.suite.gateway.vocabulary import Conduct, Operation
from contracts.suite.methods import FAMILIES

BODY_BYTES_MAX: Final = 1_048_576

OPERATIONS: Final[Mapping[str, str]] = {
    "payments": "authorize",
    "settlements": "settle",
    "cancellations": "cancel",
    "refunds": "refund",
}
"""The last word of a path -> the operation (VTEX docs)."""

CONNECTORS: Final = frozenset({"total", "hold", "partial", "pix"})
"""How the suite's connectors are called in their addresses."""

_MANIFEST: Final = Reply(
    200,
    encode(
        ManifestResponse(
            payment_methods=tuple(
                PaymentMethod(name=name, allows_split="disabled") for names in FAMILIES.values() for name in names
            )
        )
    ),
    "manifest",
)


class Arranged(NamedTuple):
    """What a rule has arranged for the next call of an operation."""

    operation: Operation
    conduct: Conduct
    value: Decimal | None


@dataclass(frozen=True, slots=True)
class Arrival:
    """A request as the server read it."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: str


class Recorder:
    """Records; a context manager that serves while it is open.

    Args:
        host: the address to listen on.
        port: the port to listen on; 0 takes a free one.
        public_url: how the gateway reaches this server, when not under that address.
    """

    def __init__(self, host: str = "127.0.0.1", port: int = 0, public_url: str | None = None) -> None:
        self._server = _Server((host, port), _Handler)
        self._server.hear = self.hear
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self.base_url = (public_url or f"http://{host}:{self._server.server_address[1]}").rstrip("/")
        self._news = Condition()
        self._heard: list[Heard] = []
        self._heard_of: defaultdict[str, list[Heard]] = defaultdict(list)
        self._books: dict[str, Books] = {}
        self._transactions: dict[str, str] = {}
        self._replies: dict[tuple[str, str], Reply] = {}
        self._arranged: dict[str, deque[Arranged]] = {}

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def url_for(self, connector: str) -> str:
        """The base URL of one of the suite's connectors."""
        return f"{self.base_url}/{connector}"

    def arrange(self, transaction_id: str, arranged: Arranged, times: int) -> None:
        """Have the next calls of a transaction answered otherwise."""
        with self._news:
            self._arranged.setdefault(transaction_id, deque()).extend([arranged] * times)

    def heard(self, transaction_id: str | None = None) -> tuple[Heard, ...]:
        """Every call so far, oldest first; those of one transaction, if it is named."""
        with self._news:
            return tuple(self._heard if transaction_id is None else self._heard_of[transaction_id])

    def wait(self, transaction_id: str, count: int, seconds: float) -> tuple[Heard, ...]:
        """The calls of a transaction, once there are so many, or the time is over."""
        with self._news:
            heard = self._heard_of[transaction_id]
            self._news.wait_for(lambda: len(heard) >= count, timeout=seconds)
            return tuple(heard)

    def hear(self, arrival: Arrival) -> Reply:
        """Record a request; what is answered."""
        with self._news:
            heard = self._read(arrival)
            reply = _MANIFEST if heard.operation == "manifest" else self._answered(heard)
            self._news.notify_all()
            return reply

    def _answered(self, heard: Heard) -> Reply:
        key = (heard.operation, heard.request_id)
        repeated = self._replies.get(key)
        reply = repeated or self._fresh(heard)
        if repeated is None and reply.word != "failed":
            # What failed is done when it comes again; the rest has the same answer for ever.
            self._replies[key] = replace(reply, lost=False)
        moved = reply.amount if repeated is None else Decimal(0)
        heard = replace(heard, answered="lost" if reply.lost else reply.word, moved=moved)
        self._heard.append(heard)
        self._heard_of[heard.transaction_id].append(heard)
        self._books[heard.payment_id] = booked(self._books.get(heard.payment_id, Books()), heard)
        return reply

    def _fresh(self, heard: Heard) -> Reply:
        arranged = self._next_arranged(heard)
        return reply_to(heard, arranged and arranged.conduct, arranged and arranged.value)

    def _next_arranged(self, heard: Heard) -> Arranged | None:
        waiting = self._arranged.get(heard.transaction_id, deque())
        found = next((each for each in waiting if each.operation == heard.operation), None)
        if found is not None:
            waiting.remove(found)
        return found

    def books(self, transaction_id: str) -> Mapping[str, Books]:
        """The books of every payment of a transaction."""
        with self._news:
            return {
                payment: books
                for payment, books in self._books.items()
                if self._transactions.get(payment) == transaction_id
            }

    def _read(self, arrival: Arrival) -> Heard:
        parts = arrival.target.partition("?")[0].strip("/").split("/")
        # An address that somebody typed by hand may name no connector.
        connector = parts.pop(0) if parts[0] in CONNECTORS else ""
        fields = read_object(arrival.body)
        operation = OPERATIONS.get(parts[-1], parts[-1]) if parts else ""
        payment_id = str(fields.get("paymentId") or (parts[1] if len(parts) > 1 else ""))
        told = fields.get("transactionId")
        transaction_id = str(told or self._transactions.get(payment_id, ""))
        self._transactions.setdefault(payment_id, transaction_id)
        heard = Heard(
            connector=connector,
            operation=operation,
            payment_id=payment_id,
            transaction_id=transaction_id,
            request_id=payment_id if operation == "authorize" else str(fields.get("requestId") or ""),
            fields=fields,
            method=arrival.method,
            target=arrival.target,
            headers=arrival.headers,
            body=arrival.body,
        )
        return replace(heard, amount=amount_asked(heard, self._books.get(payment_id, Books())))


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128  # many rules connect at once
    hear: Callable[[Arrival], Reply]


class _Handler(BaseHTTPRequestHandler):
    """Reads one request, has it recorded, answers, or breaks the connection."""

    protocol_version = "HTTP/1.1"
    timeout = 60  # a gateway keeps its connections, and may think for a while
    wbufsize = -1  # head and body leave together, else the gateway's kernel waits for more
    server: _Server

    def do_POST(self) -> None:
        length = min(int(self.headers.get("Content-Length") or 0), BODY_BYTES_MAX)
        body = self.rfile.read(length).decode(errors="replace")
        reply = self.server.hear(Arrival(self.command, self.path, dict(self.headers.items()), body))
        if reply.lost:
            self.close_connection = True
            return
        self.send_response(reply.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body)

    do_GET = do_POST  # noqa: N815 - the library's names

    def log_message(self, *_arguments: object) -> None:
        """Say nothing: the report shows what arrived."""
