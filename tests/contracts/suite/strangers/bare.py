"""A stranger: http.server and dictionaries, cents inside, written from the protocol's text and nothing else.

It reads the value of a cancel in cents, as the field's own text says. What it has answered once it answers for
ever, whatever else comes under the same requestId. A create is answered with 201, for something was created.
"""

import json
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.request import Request, urlopen

KINDS = {"settlements": "settle", "cancellations": "cancel", "refunds": "refund"}
METHODS = ("Elo", "Hipercard", "Pix", "Safetypay", "BankInvoice")
WORDS = {"4444333322221112": "denied", "4222222222222224": "undefined", "4222222222222225": "undefined"}
DECIMALS = {"BRL": 2, "ARS": 2, "USD": 2, "CLP": 0, "JPY": 0, "KWD": 3}


class RefusedError(Exception):
    """Nothing was done; says why."""


class Payment:
    """One payment in the smallest unit of its currency."""

    def __init__(self, body, cents, decimals, address):
        self.id, self.decimals, self.held, self.address = body["paymentId"], decimals, cents, address
        self.callback = body.get("callbackUrl", "")
        card = (body.get("card") or {}).get("number")
        pays_elsewhere = body["paymentMethod"] in ("Pix", "Safetypay", "BankInvoice")
        self.status = "undefined" if pays_elsewhere else WORDS.get(card, "approved")
        self.end = "denied" if card == "4222222222222225" else "approved"
        self.method, self.captures, self.voided, self.given = body["paymentMethod"], {}, 0, {}
        self.value = cents

    @property
    def open(self):
        """What can be captured or released."""
        return (self.held if self.status == "approved" else 0) - sum(self.captures.values()) - self.voided

    def units(self, cents):
        """An amount for the wire: a whole number where it is one."""
        whole, rest = divmod(cents, 10**self.decimals)
        return whole if rest == 0 else cents / 10**self.decimals

    def shown(self):
        """The answer to a create."""
        fields = {
            "paymentId": self.id,
            "status": "denied" if self.status == "dead" else self.status,
            "tid": f"T-{self.id}",
            "nsu": None,
            "acquirer": "Bare Bank",
            "delayToCancel": 1800 if self.method == "Pix" else 864000,
            "delayToAutoSettle": 432000,
            "delayToAutoSettleAfterAntifraud": 432000,
            "provider": {"region": "south", "tries": [1]},
        }
        if self.status == "approved":
            fields["authorizationId"] = f"A-{self.id}"
        if self.method in ("Pix", "Safetypay", "BankInvoice"):
            fields["paymentUrl"] = f"{self.address}/pay/{self.id}"
        return fields


class Bank:
    """All payments, and every answer that was given."""

    def __init__(self, address):
        self.lock, self.payments, self.answers, self.dead, self.address = threading.RLock(), {}, {}, set(), address

    def create(self, body):
        """A payment: once."""
        known = self.payments.get(body.get("paymentId"))
        if known:
            return known.shown()
        decimals = DECIMALS.get(body.get("currency"))
        if not body.get("paymentId") or decimals is None or body.get("paymentMethod") not in METHODS:
            raise RefusedError("what-is-this")
        payment = Payment(body, self.cents(body.get("value"), decimals), decimals, self.address)
        if payment.id in self.dead:
            payment.status = "dead"
        self.payments[payment.id] = payment
        if payment.status == "undefined":
            later = threading.Timer(0.05, self.decide, (payment,))
            later.daemon = True
            later.start()
        return payment.shown()

    def decide(self, payment):
        """The shopper came back, or did not."""
        with self.lock:
            if payment.status != "undefined":
                return
            payment.status = payment.end
            news = json.dumps(payment.shown()).encode()
        headers = {"content-type": "application/json", "x-vtex-api-appkey": "bare", "x-vtex-api-apptoken": "t"}
        with suppress(OSError), urlopen(Request(payment.callback, news, headers, method="POST"), timeout=5):  # noqa: S310
            """Whatever the gateway says to it, the next create says the same."""

    @staticmethod
    def cents(value, decimals):
        """A JSON number as whole cents."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise RefusedError("no-amount")
        cents = round(value * 10**decimals)
        if cents <= 0 or abs(cents - value * 10**decimals) > 0.0001:
            raise RefusedError("no-amount")
        return cents

    def known(self, payment_id, body):
        """The payment that path and body name."""
        if body.get("paymentId") != payment_id or payment_id not in self.payments:
            raise RefusedError("whose")
        return self.payments[payment_id]

    def settle(self, payment, body):
        """Capture."""
        cents = self.cents(body.get("value"), payment.decimals)
        if cents > payment.open:
            raise RefusedError("too-much")
        name = f"S-{payment.id}-{len(payment.captures) + 1}"
        payment.captures[name] = cents
        return {"settleId": name, "value": payment.units(cents)}

    def cancel(self, payment, body):
        """Release; the value is cents, as its text says."""
        cents = body.get("value")
        if payment.status in ("undefined", "denied", "dead"):
            payment.status = "dead" if payment.status == "undefined" else payment.status
            return {"cancellationId": f"V-{payment.id}"}
        if cents is None and payment.open == 0:
            raise RefusedError("captured-refund-instead")
        if cents is not None and (not isinstance(cents, int) or not 0 < cents <= payment.open):
            raise RefusedError("no-amount-of-cents")
        payment.voided += payment.open if cents is None else cents
        if payment.open == 0 and not payment.captures:
            payment.status = "dead"
        return {"cancellationId": f"V-{payment.id}-{payment.voided}"}

    def refund(self, payment, body):
        """Give back what one capture took."""
        cents, name = self.cents(body.get("value"), payment.decimals), body.get("settleId")
        if name not in payment.captures or payment.given.get(name, 0) + cents > payment.captures[name]:
            raise RefusedError("not-captured")
        payment.given[name] = payment.given.get(name, 0) + cents
        return {"refundId": f"R-{name}-{payment.given[name]}", "value": payment.units(cents)}

    def move(self, kind, payment_id, body):
        """Once for each requestId."""
        field = {"settle": "settleId", "cancel": "cancellationId", "refund": "refundId"}[kind]
        echo = {
            "paymentId": body.get("paymentId"),
            "requestId": body.get("requestId"),
            "message": None,
            "code": None,
        }
        key = (kind, payment_id, body.get("requestId"))
        if key in self.answers:
            return 200, self.answers[key]
        if payment_id not in self.payments and kind == "cancel":
            self.dead.add(payment_id)
            return 200, echo | {"cancellationId": f"V-{payment_id}"}
        try:
            done = getattr(self, kind)(self.known(payment_id, body), body)
        except RefusedError as why:
            return 500, echo | {field: None, "code": str(why)} | ({} if kind == "cancel" else {"value": 0})
        self.answers[key] = echo | done
        return 200, self.answers[key]


class Handler(BaseHTTPRequestHandler):
    """HTTP, as the standard library has it."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet

    def do_GET(self):
        """The manifest."""
        offered = [{"name": name, "allowsSplit": "disabled"} for name in METHODS]
        found = self.path == "/manifest"
        self.say(200 if found else 404, {"paymentMethods": offered} if found else {})

    def do_POST(self):
        """Everything else."""
        wanted = int(self.headers.get("content-length") or 0)
        raw = self.rfile.read(wanted)
        if len(raw) < wanted:
            self.close_connection = True
            return
        try:
            body = json.loads(raw)
        except ValueError:
            body = None
        if not isinstance(body, dict):
            self.say(400, {"status": "error", "code": "json", "message": "no object"})
            return
        self.answer(self.path.strip("/").split("/"), body)

    def answer(self, parts, body):
        """By path."""
        bank = self.server.bank
        with bank.lock:
            if parts == ["payments"]:
                try:
                    status, fields = 201, bank.create(body)
                except RefusedError as why:
                    status, fields = 400, {"status": "error", "code": str(why), "message": "see the code"}
            elif len(parts) == 3 and parts[2] in KINDS:
                status, fields = bank.move(KINDS[parts[2]], parts[1], body)
            else:
                status, fields = 404, {}
        self.say(status, fields)

    def say(self, status, fields):
        """Write an answer."""
        text = json.dumps(fields).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_arguments):
        """Nothing."""


class Server(ThreadingHTTPServer):
    """One thread for each connection; a caller that hangs up is nothing to talk about."""

    daemon_threads = True

    def handle_error(self, *_arguments):
        """Nothing."""


def serve():
    """A server on a free port; whoever starts it ends it."""
    server = Server(("127.0.0.1", 0), Handler)
    server.bank = Bank(f"http://127.0.0.1:{server.server_port}")
    return server
