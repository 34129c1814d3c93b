"""A shop that takes orders in the sandbox: shorthand for what an ERP says to Orders. Amounts are cents."""

from decimal import Decimal

ORDERS = "/api/oms/pvt/orders"
SYSTEM_ORDERS = "/api/order-system/orders"
DOCUMENTS = "/api/orders/pvt/document"

TWO_LINES = {
    "shipping": 2000,
    "items": [
        {"id": "A", "price": 3000, "quantity": 1, "shipping": 800},
        {"id": "B", "price": 2500, "quantity": 2, "shipping": 1200},
    ],
}
"""E5: A once for 30.00, B twice for 25.00, freight of 8.00 and twice 6.00."""


def units(amount):
    """3333 as `33.33`, 4000 as `40`."""
    return f"{Decimal(amount) / 100:f}".removesuffix(".00")


def cents(text):
    """`33.33` as 3333, `-10` as -1000, `+20` as 2000."""
    return int(Decimal(text) * 100)


def invoice(number, value, kind="Output", **more):
    """The body of an invoice; `more` replaces fields."""
    return {
        "type": kind,
        "issuanceDate": "2024-01-31T18:25:43-05:00",
        "invoiceNumber": number,
        "invoiceValue": value,
        "items": [],
    } | more


class Shop:
    """One order, and everything that is said about it."""

    def __init__(self, world, mode="total", **wanted):
        self.world, self.merchant = world, world.merchant
        kind = {"kind": "ppp", "url": "http://a.test"} if mode != "legacy" else {"kind": "legacy"}
        how = {"mode": mode} if mode != "legacy" else {}
        how |= {"refundsInPart": wanted.pop("refundsInPart")} if "refundsInPart" in wanted else {}
        answer = self.merchant.put_connector("A", **kind, **how, paymentSystems=[2, 4, 125, 201, 16])
        assert answer.status_code == 200, answer.text
        answer = self.send("POST", "/_mock/orders", {"value": 10_000} | wanted)
        assert answer.status_code == 201, answer.text
        self.made = answer.json
        self.id, self.transaction_id = self.made["orderId"], self.made["transactionId"]
        self.numbers = 0
        self.world.heard.clear()

    def send(self, method, path, body=None):
        """One request of the merchant."""
        return self.merchant.send(method, path, body)

    def path(self, end=""):
        """The path of the order, or of something of it."""
        return f"{ORDERS}/{self.id}{end}"

    def show(self, end=""):
        """What GET answers for the order, or for something of it."""
        return self.merchant.read(self.path(end))

    def ledger(self):
        """The two clocks of the order's transaction."""
        return self.merchant.read(f"/_mock/transactions/{self.transaction_id}/ledger")

    # --- Steps ----------------------------------------------------------------------------------------------

    def output(self, value):
        """A sale of so many currency units."""
        return self._invoice("Output", value)

    def input(self, value):
        """A return."""
        return self._invoice("Input", value)

    def _invoice(self, kind, value):
        self.numbers += 1
        return self.send("POST", self.path("/invoice"), invoice(f"N{self.numbers}", str(cents(value)), kind))

    def register(self, difference):
        """A change of version 1."""
        self.numbers += 1
        amount = cents(difference)
        body = {
            "requestId": f"R{self.numbers}",
            "reason": "stock",
            "discountValue": max(-amount, 0),
            "incrementValue": max(amount, 0),
        }
        return self.send("POST", self.path("/changes"), body)

    def change(self, difference):
        """A change of version 2 by a manual value."""
        amount = cents(difference)
        name = "manualDiscountValue" if amount < 0 else "manualIncrementValue"
        return self.modify({"reason": "stock", name: abs(amount)})

    def remove(self, quantity, article, freight=""):
        """A change of version 2 that takes units away."""
        body = {"reason": "stock", "remove": {"items": [{"id": article, "quantity": int(quantity)}]}}
        pipeline = {"pipelineConfiguration": {"compensateShippingChanges": freight == "kept"}}
        return self.modify(body | {"settings": pipeline})

    def modify(self, body):
        """Any change of version 2."""
        return self.send("PATCH", self.changes_path(), body)

    def changes_path(self, end=""):
        """The path of the order's changes of version 2."""
        return f"{SYSTEM_ORDERS}/{self.id}/changes{end}?an=store"

    def outcome(self, answer):
        """The change that an acknowledgement told of, as it is now."""
        assert answer.status_code == 202, answer.text
        return self.merchant.read(self.changes_path(f"/{answer.json['requestId']}"))

    def cancel(self):
        """Cancel the order."""
        return self.send("POST", self.path("/cancel"), {"reason": "stock"})

    def settle(self, value):
        """The way out of E6: settle by the gateway's own API."""
        path = f"/api/pvt/transactions/{self.transaction_id}/settlement-request"
        return self.send("POST", path, {"value": cents(value)})

    def advance(self, seconds):
        """Move the clock."""
        return self.send("POST", "/_mock/clock", {"advance": float(seconds)})

    # --- What a table shows ---------------------------------------------------------------------------------

    def perform(self, text):
        """One step of a table: `output 40`, `change -10 (A fails 500)`."""
        line, _, script = text.rstrip(") ").partition(" (")
        for each in filter(None, script.split(",")):
            name, words = each.split(maxsplit=1)
            self.world.connectors[name].script.append(words.strip())
        verb, *words = line.split()
        return getattr(self, verb)(*words)

    def state(self):
        """The columns `order`, `c v r` and `balanced`."""
        shown, books = self.show(), self.ledger()
        order = books["order"]
        returned = f" -{units(order['returned'])}" if order["returned"] else ""
        confirmed = (sum(each[name] for each in books["payments"]) for name in ("captured", "voided", "refunded"))
        return [
            f"{shown['status']} {units(shown['value'])}/{units(order['invoiced'])}{returned}",
            " ".join(map(units, confirmed)),
            "yes" if books["balanced"] else "no",
        ]

    def heard(self):
        """The column `connectors hear`."""
        calls = ", ".join(map(str, self.world.heard)) or "-"
        self.world.heard.clear()
        return calls
