"""The ERP against a VTEX that runs inside the test: no account, no network, no waiting."""

import pytest
import requests
from erp import Parcel, Shop, ship, take_back

partial = pytest.mark.vtex(mode="partial")


@pytest.fixture
def shop(gateway):
    """The ERP's own client, with the credentials of this test's account."""
    return Shop(gateway.account, gateway.app_key, gateway.app_token)


def test_the_job_finds_the_paid_orders(shop, order):
    """A paid order is listed until its handling starts."""
    paid = order("100.00", status="ready-for-handling")
    assert shop.orders_to_handle() == [paid.id]
    shop.start_handling(paid.id)
    assert shop.orders_to_handle() == []
    assert shop.status(paid.id) == "handling"


@partial
def test_each_parcel_settles_its_own_value(shop, gateway, order):
    """The shopper pays for what was shipped, when it is shipped."""
    bought = order("100.00")
    ship(shop, bought.id, [Parcel("NF-1", 4000)])
    gateway.assert_captured(bought, "40.00")
    ship(shop, bought.id, [Parcel("NF-2", 6000)])
    gateway.assert_connector_received(["authorize 100.00", "settle 40.00", "settle 60.00"])
    gateway.assert_balanced(bought)
    assert shop.status(bought.id) == "invoiced"


@pytest.mark.vtex(legacy=True)
def test_a_legacy_connector_takes_everything_with_the_first_parcel(shop, gateway, order):
    """What the announcement of June 2022 changed, as it was before."""
    bought = order("100.00")
    ship(shop, bought.id, [Parcel("NF-1", 4000)])
    gateway.assert_captured(bought, "100.00")


@partial
def test_an_invoice_that_is_sent_twice_is_one_invoice(shop, gateway, order):
    """A job that is started again after a crash takes no money twice."""
    bought = order("100.00")
    for _ in range(2):
        ship(shop, bought.id, [Parcel("NF-1", 4000)])
    gateway.assert_captured(bought, "40.00")


@partial
def test_an_answer_that_was_lost_is_captured_once(shop, gateway, order, clock):
    """The connector captured, its answer got lost: an hour later the gateway asks again and hears the same."""
    gateway.fail_next("settle", "drop-reply")
    bought = order("100.00")
    ship(shop, bought.id, [Parcel("NF-1", 4000)])
    clock.advance(hours=1)
    gateway.assert_connector_received(["authorize 100.00", "settle 40.00", "settle 40.00"])
    gateway.assert_captured(bought, "40.00")
    gateway.assert_balanced(bought)


@partial
def test_more_than_the_order_is_never_invoiced(shop, gateway, order):
    """The ERP hears the refusal, and nothing has moved."""
    bought = order("100.00")
    with pytest.raises(requests.HTTPError, match="400"):
        ship(shop, bought.id, [Parcel("NF-1", 10001)])
    gateway.assert_captured(bought, 0)


@partial
def test_a_return_is_refunded(shop, gateway, order):
    """Once everything is invoiced, a return gives the shopper the money back."""
    bought = order("100.00")
    ship(shop, bought.id, [Parcel("NF-1", 10000)])
    take_back(shop, bought.id, Parcel("NF-R1", 1500))
    gateway.assert_refunded(bought, "15.00")
    gateway.assert_balanced(bought)


@partial
def test_an_early_return_is_not_sent(shop, gateway, order):
    """VTEX would accept it and refund nothing, so the ERP waits."""
    bought = order("100.00")
    ship(shop, bought.id, [Parcel("NF-1", 4000)])
    with pytest.raises(ValueError, match="not invoiced in full"):
        take_back(shop, bought.id, Parcel("NF-R1", 1500))
    gateway.assert_refunded(bought, 0)
