"""Whatever is switched on, the sandbox itself never breaks: it answers below 500, and its books stay possible."""

from random import Random

import pytest

from gateway_mock.core.quirks import QUIRKS
from tests.gateway.orders_shop import Shop

WORDS = ["confirms", "fails", "refuses", "manually", "garbles", "drops", "drops did", "confirms 5"]
STEPS = 25


def steps(random):
    """Something that a merchant, an ERP, a connector or the time does."""
    amount = random.choice(["5", "10", "20", "40", "50", "100"])
    return random.choice(
        [
            lambda shop: shop.output(amount),
            lambda shop: shop.output(amount),
            lambda shop: shop.input(amount),
            lambda shop: shop.register(f"-{amount}"),
            lambda shop: shop.change(f"-{amount}"),
            lambda shop: shop.change(f"+{amount}"),
            lambda shop: shop.cancel(),
            lambda shop: shop.settle(amount),
            lambda shop: shop.send("POST", gateway(shop, "cancellation"), {"value": int(amount) * 100}),
            lambda shop: shop.send("POST", gateway(shop, "refunding"), {"value": int(amount) * 100}),
            lambda shop: shop.send("POST", gateway(shop, "authorization"), {"transactionId": shop.transaction_id}),
            lambda shop: shop.advance(random.choice([1, 3600, 90_000])),
            lambda shop: call_back(shop, random.choice(["approved", "denied", "undefined"])),
        ]
    )


def gateway(shop, word):
    """The path of a request to the transaction."""
    return f"/api/pvt/transactions/{shop.transaction_id}/{word}-request"


def call_back(shop, status):
    """What the connector says of the payment that it heard of last, if it heard of one."""
    creates = [heard.body for heard in shop.world.heard if heard.operation == "authorize"]
    if not creates:
        return shop.advance(0)
    address = creates[-1]["callbackUrl"].removeprefix("http://127.0.0.1:5005")
    body = {"paymentId": creates[-1]["paymentId"], "status": status}
    return shop.world.app.test_client().post(address, json=body)


@pytest.mark.parametrize("seed", range(24))
def test_some_switches_at_once_leave_the_sandbox_standing(seed, world):
    """Random switches, random requests, a connector that says anything; the same again for the same seed."""
    random = Random(seed)  # noqa: S311 - no secret
    chosen = random.sample(sorted(QUIRKS), random.choice([1, 3, len(QUIRKS)]))
    if random.random() < 0.3:
        world.merchant.send("PUT", "/_mock/antifraud", {"verdict": "approved", "delay": 3600})
    world.merchant.send("PUT", "/_mock/quirks", dict.fromkeys(chosen, True))
    shop = Shop(world, random.choice(["total", "hold", "partial"]))
    for _ in range(STEPS):
        world.connectors["A"].script = random.choices(WORDS, weights=[6, 1, 1, 1, 1, 1, 1, 1], k=2)
        answer = steps(random)(shop)
        assert answer.status_code < 500, answer.text
        assert isinstance(shop.ledger()["balanced"], bool)
