"""What can happen to a request on its way: patched, forgotten, broken off."""

import socket
import threading

import pytest

from connector_ppp import HTTPTransport, Reply, TransportError
from contracts.suite import senders
from contracts.suite.senders import (
    DrippingTransport,
    ForgettingTransport,
    HangingUpTransport,
    PatchingTransport,
    losing,
    merged,
)


class Recording:
    """A transport that remembers the body and answers 200."""

    def __init__(self):
        self.bodies = []

    def send(self, _method, _url, _headers, body, _timeout_seconds):
        """Remember."""
        self.bodies.append(body)
        return Reply(200, {}, b"{}", 1.0)


@pytest.fixture
def listener():
    """A socket that keeps what one caller wrote until it hung up."""
    server, received = socket.create_server(("127.0.0.1", 0)), []

    def accept():
        connection, _ = server.accept()
        with connection:
            while chunk := connection.recv(65536):
                received.append(chunk)

    thread = threading.Thread(target=accept)
    thread.start()
    yield f"http://127.0.0.1:{server.getsockname()[1]}/payments/P1/settlements", lambda: thread.join(5), received
    server.close()


@pytest.mark.parametrize(
    ("patch", "body"),
    [
        ({"value": 5}, {"value": 5, "buyer": {"phone": "1", "id": "B"}}),
        ({"value": None}, {"value": None, "buyer": {"phone": "1", "id": "B"}}),
        ({"value": "absent"}, {"buyer": {"phone": "1", "id": "B"}}),
        ({"buyer": {"phone": "absent"}}, {"value": 1, "buyer": {"id": "B"}}),
        (
            {"buyer": {"address": {"street": None}}},
            {"value": 1, "buyer": {"phone": "1", "id": "B", "address": {"street": None}}},
        ),
        ({"nobody": "absent"}, {"value": 1, "buyer": {"phone": "1", "id": "B"}}),
    ],
)
def test_a_patch_changes_what_it_names(patch, body):
    """Nulls are sent, and absent takes a member out."""
    assert merged({"value": 1, "buyer": {"phone": "1", "id": "B"}}, patch) == body


def test_a_patched_request_is_remembered_as_it_left():
    """What the report shows is what was sent."""
    inner = Recording()
    transport = PatchingTransport(inner, {"tid": None})
    transport.send("POST", "http://c.test", {}, b'{"tid":"T","value":40.00}', 1)
    assert inner.bodies == [b'{"tid":null,"value":40.00}'] == [transport.sent]


def test_a_forgotten_answer_was_given():
    """The connector did its work, and the caller does not know."""
    inner = Recording()
    with pytest.raises(TransportError) as caught:
        ForgettingTransport(inner).send("POST", "http://c.test", {}, b"{}", 1)
    assert (inner.bodies, caught.value.sent) == ([b"{}"], True)


@pytest.mark.parametrize(("whole", "ending"), [(True, b'{"value":40}'), (False, b'{"valu')])
def test_a_caller_hangs_up_after_all_or_half_of_a_request(listener, whole, ending):
    """Its Content-Length speaks of all of it."""
    url, ended, received = listener
    with pytest.raises(TransportError):
        HangingUpTransport(whole=whole).send("POST", url, {"X": "1"}, b'{"value":40}', 1)
    ended()
    text = b"".join(received)
    assert text.startswith(b"POST /payments/P1/settlements HTTP/1.1\r\n")
    assert b"\r\nContent-Length: 12\r\n" in text
    assert text.endswith(b"\r\n\r\n" + ending)


def test_a_slow_request_comes_in_two_pieces_and_is_answered(monkeypatch):
    """The second piece follows after the pause, the answer is read as it is."""
    pauses = []
    monkeypatch.setattr(senders, "sleep", pauses.append)
    with socket.create_server(("127.0.0.1", 0)) as server:
        answering = threading.Thread(target=_answer_once, args=(server, b'{"value":40}'))
        answering.start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}/payments/P1/settlements"
        reply = DrippingTransport().send("POST", url, {}, b'{"value":40}', 5)
        answering.join(5)
    assert (reply.status, reply.body, pauses) == (200, b"{}", [senders.PIECE_SECONDS])


def _answer_once(server, ending):
    """Answer one request as soon as it ends so."""
    connection, _ = server.accept()
    with connection:
        received = b""
        while not received.endswith(ending):
            received += connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")


def test_a_slow_request_to_nobody_has_no_answer():
    """As any other."""
    with pytest.raises(TransportError, match="in two pieces"):
        DrippingTransport().send("POST", "http://127.0.0.1:9/x", {}, b"{}", 1)


def test_hanging_up_on_nobody_is_no_error_of_its_own():
    """Whoever is not there cannot be hung up on."""
    with pytest.raises(TransportError, match="hung up"):
        HangingUpTransport(whole=True).send("POST", "http://127.0.0.1:9/x", {}, b"{}", 1)


def test_a_loss_is_a_transport():
    """Where there is no socket, an answer that is forgotten stands for a caller that hung up."""
    inner, http = Recording(), HTTPTransport()
    assert losing(inner, "") is inner
    assert isinstance(losing(inner, "connection"), ForgettingTransport)
    assert isinstance(losing(http, "reply"), ForgettingTransport)
    assert isinstance(losing(http, "half"), HangingUpTransport)
    assert isinstance(losing(http, "slow"), DrippingTransport)
    assert losing(inner, "slow") is inner
    http.close()
