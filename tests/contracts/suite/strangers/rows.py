"""A stranger: Flask over SQLite, written from the protocol's text and nothing else.

Every operation is one transaction on one connection; the answers of settles, cancels and refunds are kept as they
were given, and given again. Ids are numbers of rows with a prefix. Amounts are decimal texts in the rows.
"""

import json
import sqlite3
import threading
from contextlib import suppress
from decimal import Decimal, InvalidOperation

import requests
from flask import Flask, Response, request

SCHEMA = """
create table payment (
  id text primary key, number integer unique, value text, currency text, status text, method text, callback text
);
create table movement (
  number integer primary key autoincrement, payment text, kind text, amount text, capture integer
);
create table answered (payment text, kind text, request text, asked text, status integer, body text,
  primary key (payment, kind, request));
"""
DENIED, LATER_APPROVED, LATER_DENIED = "4444333322221112", "4222222222222224", "4222222222222225"
CARDS = ("Visa", "Mastercard", "Diners")
CENT = Decimal("0.01")


def json_answer(fields, status=200):
    """A JSON response."""
    return Response(json.dumps(fields), status, mimetype="application/json")


def failed(code, message, status=400):
    """The error shape of a create."""
    return json_answer({"status": "error", "code": code, "message": message}, status)


def amount(value):
    """A JSON number as an exact amount of two decimals; None when it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        exact = Decimal(str(value))
    except InvalidOperation:
        return None
    return exact if exact == exact.quantize(CENT) else None


class Shop:
    """The provider: one connection, one lock."""

    def __init__(self):
        self.rows = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        self.rows.executescript(SCHEMA)
        self.lock = threading.Lock()

    def one(self, sql, *values):
        """The first row, or None."""
        return self.rows.execute(sql, values).fetchone()

    def add(self, payment_id, *values):
        """A new payment, with the next number."""
        (number,) = self.one("select coalesce(max(number), 0) + 1 from payment")
        self.rows.execute("insert into payment values (?,?,?,?,?,?,?)", (payment_id, number, *values))

    def total(self, payment_id, kind):
        """What was moved of a kind."""
        found = self.rows.execute("select amount from movement where payment=? and kind=?", (payment_id, kind))
        return sum((Decimal(row[0]) for row in found), Decimal(0))

    def left(self, payment_id):
        """Authorized, neither captured nor voided."""
        status, value = self.one("select status, value from payment where id=?", payment_id)
        held = Decimal(value) if status == "approved" else Decimal(0)
        return held - self.total(payment_id, "capture") - self.total(payment_id, "void")


def create_app():
    """The connector as an application."""
    app, shop = Flask(__name__), Shop()

    @app.get("/manifest")
    def manifest():
        methods = [{"name": name, "allowsSplit": "disabled"} for name in (*CARDS, "BankInvoice")]
        return json_answer({"paymentMethods": methods})

    @app.post("/payments")
    def payments():
        body = request.get_json(silent=True) or {}
        missing = [name for name in ("paymentId", "value", "currency", "paymentMethod") if name not in body]
        if missing:
            return failed("missing-fields", ", ".join(missing))
        value = amount(body["value"])
        if value is None or value <= 0:
            return failed("bad-value", str(body["value"]))
        if body["currency"] != "BRL":
            return failed("currency", "this provider knows reais")
        with shop.lock:
            return _created(shop, body, value)

    @app.post("/payments/<payment_id>/settlements")
    def settle(payment_id):
        return _move(shop, payment_id, "settle", _settled)

    @app.post("/payments/<payment_id>/cancellations")
    def cancel(payment_id):
        return _move(shop, payment_id, "cancel", _cancelled)

    @app.post("/payments/<payment_id>/refunds")
    def refund(payment_id):
        return _move(shop, payment_id, "refund", _refunded)

    return app


def _move(shop, payment_id, kind, work):
    """Once for each requestId of a payment."""
    body = request.get_json(silent=True)
    if not isinstance(body, dict) or not body.get("requestId"):
        return failed("bad-request", "no requestId")
    if body.get("paymentId") != payment_id:
        return json_answer(_nothing(kind, body, "path-and-body-differ"), 500)
    asked = json.dumps([body.get("value"), body.get("settleId")])
    with shop.lock:
        known = shop.one(
            "select asked, status, body from answered where payment=? and kind=? and request=?",
            payment_id,
            kind,
            body["requestId"],
        )
        if known is not None and known[0] != asked:
            return json_answer(_nothing(kind, body, "request-id-used-before"), 500)
        if known is not None:
            return Response(known[2], known[1], mimetype="application/json")
        fields, status = work(shop, payment_id, body)
        if status == 200:
            shop.rows.execute(
                "insert into answered values (?,?,?,?,?,?)",
                (payment_id, kind, body["requestId"], asked, status, json.dumps(fields)),
            )
    return json_answer(fields, status)


IDS = {"settle": "settleId", "cancel": "cancellationId", "refund": "refundId"}


def _nothing(kind, body, code):
    fields = {IDS[kind]: None, "paymentId": body.get("paymentId"), "requestId": body.get("requestId")}
    return fields | {"code": code, "message": code.replace("-", " ")} | ({} if kind == "cancel" else {"value": 0})


def _done(kind, body, number, value):
    fields = _nothing(kind, body, "") | {IDS[kind]: f"{kind}_{number}", "code": None, "message": "ok"}
    return fields | ({} if kind == "cancel" else {"value": float(value)})


def _created(shop, body, value):
    row = shop.one("select value, currency from payment where id=?", body["paymentId"])
    if row is not None and (Decimal(row[0]), row[1]) != (value, body["currency"]):
        return failed("payment-exists", "with another value")
    if row is None:
        number = ((body.get("card") or {}).get("number")) or ""
        status = {DENIED: "denied", LATER_APPROVED: "undefined", LATER_DENIED: "undefined"}.get(number, "approved")
        status = "undefined" if body["paymentMethod"] == "BankInvoice" else status
        shop.add(
            body["paymentId"], str(value), body["currency"], status, body["paymentMethod"], body["callbackUrl"]
        )
        if status == "undefined":
            final = "denied" if number == LATER_DENIED else "approved"
            timer = threading.Timer(0.05, _decide, (shop, body["paymentId"], final))
            timer.daemon = True
            timer.start()
    return json_answer(_shown(shop, body["paymentId"]))


def _shown(shop, payment_id):
    number, status, method = shop.one("select number, status, method from payment where id=?", payment_id)
    fields = {
        "paymentId": payment_id,
        "status": "denied" if status == "cancelled" else status,
        "authorizationId": f"auth_{number}" if status == "approved" else None,
        "tid": f"ch_{number}",
        "nsu": str(number),
        "acquirer": None,
        "delayToAutoSettle": 86400,
        "delayToAutoSettleAfterAntifraud": 86400,
        "delayToCancel": 604800,
        "code": None,
        "message": None,
    }
    if method == "BankInvoice":
        fields["paymentUrl"] = f"https://rows.example/slips/{number}"
    return fields


def _decide(shop, payment_id, final):
    with shop.lock:
        changed = shop.rows.execute(
            "update payment set status=? where id=? and status='undefined'", (final, payment_id)
        ).rowcount
        body, (url,) = _shown(shop, payment_id), shop.one("select callback from payment where id=?", payment_id)
    if changed:
        keys = {"X-VTEX-API-AppKey": "rows", "X-VTEX-API-AppToken": "secret"}
        # Should nobody hear of it, the next create says the same.
        with suppress(requests.RequestException):
            requests.post(url, json=body, headers=keys, timeout=5)


def _known(shop, payment_id):
    return shop.one("select status from payment where id=?", payment_id) is not None


def _settled(shop, payment_id, body):
    value = amount(body.get("value"))
    if not _known(shop, payment_id):
        return _nothing("settle", body, "unknown-payment"), 500
    if value is None or not 0 < value <= shop.left(payment_id):
        return _nothing("settle", body, "not-that-much-left"), 500
    return _done("settle", body, _moved(shop, payment_id, "capture", value), value), 200


def _cancelled(shop, payment_id, body):
    if not _known(shop, payment_id):
        # It never came, so there is nothing to release; should it still come, it stays dead.
        shop.add(payment_id, "0", "BRL", "cancelled", "", "")
        return _done("cancel", body, payment_id[:8], 0), 200
    status, number = shop.one("select status, number from payment where id=?", payment_id)
    left = shop.left(payment_id)
    value = left if body.get("value") is None else amount(body["value"])
    if status != "approved":
        shop.rows.execute("update payment set status='cancelled' where id=? and status='undefined'", (payment_id,))
        return _done("cancel", body, f"all_{number}", 0), 200
    if value is None or not 0 < value <= left:
        return _nothing("cancel", body, "nothing-to-cancel"), 500
    void = _moved(shop, payment_id, "void", value)
    if shop.left(payment_id) == 0 and shop.total(payment_id, "capture") == 0:
        shop.rows.execute("update payment set status='cancelled' where id=?", (payment_id,))
    return _done("cancel", body, void, value), 200


def _refunded(shop, payment_id, body):
    value = amount(body.get("value"))
    number = str(body.get("settleId") or "").removeprefix("settle_")
    capture = shop.one(
        "select number, amount from movement where kind='capture' and payment=? and number=?", payment_id, number
    )
    if capture is None or value is None or value <= 0:
        return _nothing("refund", body, "unknown-capture"), 500
    given = shop.rows.execute("select amount from movement where kind='refund' and capture=?", (capture[0],))
    if value > Decimal(capture[1]) - sum((Decimal(row[0]) for row in given), Decimal(0)):
        return _nothing("refund", body, "more-than-captured"), 500
    return _done("refund", body, _moved(shop, payment_id, "refund", value, capture[0]), value), 200


def _moved(shop, payment_id, kind, value, capture=None):
    cursor = shop.rows.execute(
        "insert into movement (payment, kind, amount, capture) values (?,?,?,?)",
        (payment_id, kind, str(value), capture),
    )
    return cursor.lastrowid
