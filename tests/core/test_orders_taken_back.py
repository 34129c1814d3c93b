"""What a cancelled order asks of the gateway when money was settled before any invoice."""

import pytest

from gateway_mock.core.ledger import Cause, Payment, Transaction
from gateway_mock.core.orders import Order, cancel
from gateway_mock.core.policy import RECOMMENDED
from gateway_mock.core.requests import Cancel, Refund
from gateway_mock.core.statuses import OrderStatus, TransactionStatus


@pytest.mark.parametrize(
    ("settled", "captured", "requests"),
    [
        (0, 0, (Cancel(10000),)),
        (0, 10000, (Refund(10000, reduces=True, cause=Cause.CANCEL),)),
        (0, 4000, (Cancel(6000), Refund(4000, reduces=True, cause=Cause.CANCEL))),
        (4000, 4000, (Refund(4000, cause=Cause.CANCEL), Cancel(6000))),
        (10000, 10000, (Refund(10000, cause=Cause.CANCEL),)),
        (4000, 10000, (Refund(4000, cause=Cause.CANCEL), Refund(6000, reduces=True, cause=Cause.CANCEL))),
    ],
    ids=[
        "nothing",
        "all by itself",
        "a part by itself",
        "a part by hand",
        "all by hand",
        "by hand, then by itself",
    ],
)
def test_an_order_is_taken_back_whole(settled, captured, requests):
    """Never captured: cancelled. Captured before anybody asked: refunded, never settled. Settled: refunded."""
    payment = Payment(id="P", value=10000, connector="c", authorized=10000, captured=captured)
    transaction = Transaction(
        id="T", value=10000, payments=(payment,), settled=settled, status=TransactionStatus.APPROVED
    )
    order = Order(id="1-01", value=10000, transaction_id="T", status=OrderStatus.HANDLING)
    assert cancel(order, transaction, RECOMMENDED).requests == requests
