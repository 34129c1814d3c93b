"""How requests travel: real sockets, a server in this process, and peers that break off."""

import contextlib
import json
import socket
import threading
from contextlib import closing

import pytest
from flask import Flask, jsonify, redirect, request
from werkzeug.serving import make_server

from connector_ppp import PPPClient, Verdict
from connector_ppp.errors import CallerError, TransportError
from connector_ppp.transports import BODY_BYTES_MAX, HTTPTransport, WSGITransport

TINY_SECONDS = 0.05
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def create_echo():
    """An application that tells what it was sent, and a few addresses that misbehave."""
    app = Flask("echo")

    @app.route("/<path:path>", methods=["GET", "POST"])
    def echo(path):
        return jsonify(
            method=request.method,
            path=path,
            query=request.query_string.decode(),
            body=request.get_data(as_text=True),
            headers=dict(request.headers),
        )

    @app.get("/redirect")
    def away():
        return redirect("/elsewhere")

    @app.get("/cookie")
    def cookie():
        answer = jsonify(received=request.headers.get("Cookie"))
        answer.set_cookie("session", "1")
        return answer

    @app.get("/large")
    def large():
        return b"x" * (BODY_BYTES_MAX + 1)

    @app.get("/limit")
    def limit():
        return b"x" * BODY_BYTES_MAX

    @app.get("/failure")
    def failure():
        return jsonify(code="E1"), 500

    @app.get("/raise")
    def raises():
        raise ZeroDivisionError("the connector's own")

    app.testing = True
    return app


@pytest.fixture
def http():
    """A transport over HTTP, its connections closed at the end."""
    with closing(HTTPTransport()) as transport:
        yield transport


@pytest.fixture(params=["http", "wsgi"])
def echoing(request):
    """The same application over a socket and in this process: a transport and its address."""
    app = create_echo()
    if request.param == "wsgi":
        yield WSGITransport(app), "http://connector.test"
        return
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        with closing(HTTPTransport()) as transport:
            yield transport, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def send(echoing, path, *, method="GET", headers=None, body=b""):
    """Send one request to the application."""
    transport, base = echoing
    return transport.send(method, base + path, headers or {}, body, 5.0)


def test_a_request_arrives_as_it_was_sent(echoing):
    """Method, quoted path, query, headers and body are the same on both transports."""
    reply = send(
        echoing,
        "/payments/a%20b?c=1",
        method="POST",
        headers={"X-VTEX-API-AppKey": "K", "X-Empty": "", "Content-Type": "application/json"},
        body='{"holder":"José"}'.encode(),
    )
    told = json.loads(reply.body)
    assert (told["method"], told["path"], told["query"]) == ("POST", "payments/a b", "c=1")
    assert told["body"] == '{"holder":"José"}'
    assert (told["headers"]["X-Vtex-Api-Appkey"], told["headers"]["X-Empty"]) == ("K", "")
    assert told["headers"]["Content-Length"] == "18"


def test_a_reply_has_status_headers_and_time(echoing):
    """A failure is a reply like any other."""
    reply = send(echoing, "/failure")
    assert reply.status == 500
    assert reply.headers["Content-Type"] == "application/json"
    assert reply.body.strip() == b'{"code":"E1"}'
    assert reply.elapsed_ms > 0


def test_redirects_are_not_followed(echoing):
    """The redirect is the answer."""
    reply = send(echoing, "/redirect")
    assert (reply.status, reply.headers["Location"]) == (302, "/elsewhere")


def test_cookies_are_not_kept(echoing):
    """Two calls have nothing in common but their credentials."""
    send(echoing, "/cookie")
    assert send(echoing, "/cookie").body.strip() == b'{"received":null}'


@pytest.mark.parametrize(("path", "truncated"), [("/limit", False), ("/large", True)])
def test_a_body_is_bounded(path, truncated, echoing):
    """More than a megabyte is cut, and the reply says so."""
    reply = send(echoing, path)
    assert (len(reply.body), reply.truncated) == (BODY_BYTES_MAX, truncated)


def test_what_an_application_raises_surfaces():
    """In this process a test sees the connector's own traceback."""
    with pytest.raises(ZeroDivisionError, match="the connector's own"):
        send((WSGITransport(create_echo()), "http://connector.test"), "/raise")


def test_the_environment_is_ignored(echoing, monkeypatch):
    """Neither a proxy nor a netrc file of the machine gets into a call."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setenv("no_proxy", "")
    assert send(echoing, "/anything").status == 200


def test_a_client_needs_no_other_wiring(echoing, asked):
    """The client speaks through either transport; an echo is no message of the protocol."""
    transport, base = echoing
    exchange = PPPClient(base, transport).perform(asked("settle"))
    assert exchange.verdict is Verdict.FAILED
    assert exchange.status == 200


def test_threads_share_a_transport(echoing):
    """Eight threads get their own answers."""
    bodies = [f'{{"n":{number}}}'.encode() for number in range(8)]
    replies = {}

    def call(body):
        replies[body] = send(echoing, "/n", method="POST", body=body)

    threads = [threading.Thread(target=call, args=(body,)) for body in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {json.loads(reply.body)["body"].encode() for reply in replies.values()} == set(bodies)


def free_port():
    """A port where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def test_a_refused_connection_was_not_sent(http):
    """Where nobody listens, nothing was done."""
    with pytest.raises(TransportError, match=r"^no connection: Connection refused$") as raised:
        http.send("POST", f"http://127.0.0.1:{free_port()}/payments", {}, b"{}", 5.0)
    assert raised.value.sent is False


@pytest.fixture
def crowded():
    """An address whose queue is full, so that a new connection waits for ever."""
    with contextlib.ExitStack() as sockets:
        listener = sockets.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(4):
            waiting = sockets.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"


def test_a_connection_that_is_not_made_was_not_sent(http, crowded):
    """The wait for a connection ends with the timeout; nothing was written."""
    with pytest.raises(TransportError, match="no connection within") as raised:
        http.send("POST", crowded, {}, b"{}", TINY_SECONDS)
    assert raised.value.sent is False


def test_a_dropped_reply_may_have_been_sent(http, raw_server):
    """A peer that reads and closes may have done the work: nobody knows."""
    told = "^the connection broke before an answer: Remote end closed connection without response$"
    with pytest.raises(TransportError, match=told) as raised:
        http.send("POST", raw_server(b""), {}, b"{}", 5.0)
    assert raised.value.sent is None


def test_a_peer_that_speaks_no_http_gives_no_answer(http, raw_server):
    """Bytes that are no HTTP are no answer."""
    with pytest.raises(TransportError, match=r"before an answer: BadStatusLine\('SSH-2\.0-OpenSSH") as raised:
        http.send("POST", raw_server(b"SSH-2.0-OpenSSH\r\n\r\n"), {}, b"{}", 5.0)
    assert raised.value.sent is None


def test_a_peer_that_never_answers_was_sent_to(http, raw_server):
    """The wait ends with the timeout; the request was written."""
    with pytest.raises(TransportError, match="no answer within") as raised:
        http.send("POST", raw_server(None), {}, b"{}", TINY_SECONDS)
    assert raised.value.sent is True


def test_a_body_that_breaks_off_was_sent(http, raw_server):
    """A reply shorter than announced is none."""
    with pytest.raises(TransportError, match="broke off") as raised:
        http.send("POST", raw_server(HEAD + b'Content-Length: 100\r\n\r\n{"settleId":'), {}, b"{}", 5.0)
    assert raised.value.sent is True


def test_a_chunked_body_that_breaks_off_was_sent(http, raw_server):
    """A missing last chunk is a broken reply."""
    with pytest.raises(TransportError, match="broke off") as raised:
        http.send("POST", raw_server(HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{}"), {}, b"{}", 5.0)
    assert raised.value.sent is True


def test_a_chunked_body_is_read(http, raw_server):
    """Both ways of framing a body work."""
    answer = HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n"
    assert http.send("POST", raw_server(answer), {}, b"{}", 5.0).body == b"{}"


def test_a_body_without_length_ends_with_the_connection(http, raw_server):
    """HTTP/1.0 style replies are read to their end."""
    assert http.send("POST", raw_server(HEAD + b"\r\n{}"), {}, b"{}", 5.0).body == b"{}"


@pytest.fixture
def endless():
    """A server that sends a body, block after block, until the peer is gone."""
    listener = socket.create_server(("127.0.0.1", 0))
    threads = []

    def pour(block):
        connection, _ = listener.accept()
        with connection, contextlib.suppress(OSError):
            connection.recv(65_536)
            connection.sendall(HEAD + b"\r\n")
            while True:
                connection.sendall(block)

    def start(block):
        threads.append(threading.Thread(target=pour, args=(block,)))
        threads[0].start()
        return f"http://127.0.0.1:{listener.getsockname()[1]}/"

    yield start
    threads[0].join()
    listener.close()


def test_a_drip_ends_with_the_timeout(http, endless):
    """A peer that sends byte after byte for ever is given up in time."""
    with pytest.raises(TransportError, match="did not end in time") as raised:
        http.send("GET", endless(b" "), {}, b"", TINY_SECONDS)
    assert raised.value.sent is True


def test_a_flood_ends_with_the_limit(http, endless):
    """A peer that sends megabytes for ever is cut off long before the timeout."""
    reply = http.send("GET", endless(b" " * BODY_BYTES_MAX), {}, b"", 5.0)
    assert (len(reply.body), reply.truncated) == (BODY_BYTES_MAX, True)


def test_closing_ends_the_connections(http):
    """A connection is kept for the next call, and closed with its transport."""
    ended = []

    def answer_once(listener):
        connection, _ = listener.accept()
        with connection:
            connection.settimeout(5.0)
            connection.recv(65_536)
            connection.sendall(HEAD + b"Content-Length: 2\r\n\r\n{}")
            ended.append(connection.recv(1))

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=answer_once, args=(listener,))
        thread.start()
        http.send("GET", f"http://127.0.0.1:{listener.getsockname()[1]}/", {}, b"", 5.0)
        assert thread.is_alive()
        http.close()
        thread.join()
    assert ended == [b""]


@pytest.mark.parametrize(
    ("url", "headers"),
    [("no-address", {}), ("http://", {}), ("http://connector.test", {"X-Key": "a\r\nX-Other: 1"})],
)
def test_what_is_no_request_is_the_callers_mistake(url, headers, http):
    """Nothing is sent when no request can be made."""
    with pytest.raises(CallerError):
        http.send("GET", url, headers, b"", 5.0)


def test_the_client_records_a_dropped_reply(http, raw_server, asked):
    """Over a real socket, too, the client raises nothing."""
    exchange = PPPClient(raw_server(b""), http).perform(asked("settle"))
    assert exchange.verdict is Verdict.NO_ANSWER
    assert exchange.sent is None


def test_the_client_records_a_timeout(http, raw_server, asked):
    """A peer that never answers is an exchange without status, after about the timeout."""
    client = PPPClient(raw_server(None), http, timeout_seconds=TINY_SECONDS)
    exchange = client.perform(asked("settle"))
    assert (exchange.verdict, exchange.sent) == (Verdict.NO_ANSWER, True)
    assert exchange.elapsed_ms >= TINY_SECONDS * 1000
