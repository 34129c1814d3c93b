"""Every switch of the money's policy: off it is the recommended reading, on the one that was seen elsewhere."""

import pytest

from gateway_mock.core.policy import RECOMMENDED, AfterCapture, Policy, RefundPriority

SETTLE_ZERO = """
id        | given         | request   | calls          | status   | S X R  | open | c v r
auto      | A 100 total   | auto A    | settle A 100   | Approved | 0 0 0  | 100  | 100 0 0
          |               | settle 50 | -              | Settling | 50 0 0 | 50   | 100 0 0
          |               | settle 0  | -              | Finished | 50 0 0 | 50   | 100 0 0
          |               | settle 50 | SETTLE_EXCEEDS | Finished | 50 0 0 | 50   | 100 0 0
          |               | settle 0  | SETTLE_EXCEEDS | Finished | 50 0 0 | 50   | 100 0 0
partial   | A 100 partial | settle 50 | settle A 50    | Settling | 50 0 0 | 50   | 50 0 0
          |               | settle -1 | SETTLE_EXCEEDS | Settling | 50 0 0 | 50   | 50 0 0
          |               | settle 0  | -              | Finished | 50 0 0 | 50   | 50 0 0
          |               | settle 50 | SETTLE_EXCEEDS | Finished | 50 0 0 | 50   | 50 0 0
          |               | cancel 50 | CANCEL_EXCEEDS | Finished | 50 0 0 | 50   | 50 0 0
          |               | auto A    | -              | Finished | 50 0 0 | 50   | 50 0 0
cancelled | A 100 partial | cancel 100 | cancel A 100  | Cancelled | 0 100 0 | 0   | 0 100 0
          |               | settle 0  | SETTLE_EXCEEDS | Cancelled | 0 100 0 | 0   | 0 100 0
"""

TOTAL_IGNORES = """
id     | given                  | request    | calls                    | status    | S X R   | open | c v r
one    | A 100 total            | cancel 20  | -                        | Approved  | 0 20 0  | 80   | 0 0 0
       |                        | settle 30  | settle A 100             | Settling  | 30 20 0 | 50   | 100 0 0
       |                        | settle 50  | -                        | Finished  | 80 20 0 | 0    | 100 0 0
two    | A 40 total, B 60 total | cancel 50  | -                        | Approved  | 0 50 0  | 50   | 0 0 0
       |                        | settle 50  | settle A 40, settle B 60 | Finished  | 50 50 0 | 0    | 100 0 0
all    | A 100 total            | cancel 20  | -                        | Approved  | 0 20 0  | 80   | 0 0 0
       |                        | cancel 80  | cancel A 100             | Cancelled | 0 100 0 | 0    | 0 100 0
lost   | A 40 total, B 60 total | cancel 50  | -                        | Approved  | 0 50 0  | 50   | 0 0 0
       |                        | settle 50 (A gives up) | settle A 40, settle B 60, cancel A 40 | Finished | 50 50 0 | 0 | 60 40 0
hold   | A 100 hold             | cancel 20  | -                        | Approved  | 0 20 0  | 80   | 0 0 0
       |                        | settle 80  | settle A 80              | Finished  | 80 20 0 | 0    | 80 0 0
"""  # noqa: E501

SINGLE_SETTLE_ID = """
id     | given         | request   | calls         | status   | S X R    | open | c v r
latest | A 100 partial | settle 60 | settle A 60   | Settling | 60 0 0   | 40   | 60 0 0
       |               | settle 40 | settle A 40   | Finished | 100 0 0  | 0    | 100 0 0
       |               | refund 80 | refund A.2 80 | Finished | 100 0 80 | 0    | 100 0 80
each   | A 40 partial, B 60 partial | settle 20 | settle A 20 | Settling | 20 0 0 | 80 | 20 0 0
       |               | settle 80 | settle A 20, settle B 60   | Finished | 100 0 0  | 0 | 100 0 0
       |               | refund 50 | refund A.2 40, refund B.1 10 | Finished | 100 0 50 | 0 | 100 0 50
"""

CANCEL_REFUNDS = """
id      | given         | request    | calls          | status    | S X R   | open | c v r
total   | A 100 total   | settle 60  | settle A 100   | Settling  | 60 0 0  | 40   | 100 0 0
        |               | cancel 50  | CANCEL_EXCEEDS | Settling  | 60 0 0  | 40   | 100 0 0
        |               | cancel 40  | refund A.1 40  | Finished  | 60 0 40 | 0    | 100 0 40
auto    | A 100 partial | auto A     | settle A 100   | Approved  | 0 0 0   | 100  | 100 0 0
        |               | cancel 100 | refund A.1 100 | Cancelled | 0 0 100 | 0    | 100 0 100
racing  | A 100 total   | settle 60 (A waits) | settle A 100 | Settling | 60 0 0 | 40   | 0 0 0
        |               | cancel 40  | REFUND_EXCEEDS | Settling  | 60 0 0  | 40   | 0 0 0
open    | A 100 partial | settle 60  | settle A 60    | Settling  | 60 0 0  | 40   | 60 0 0
        |               | cancel 40  | cancel A 40    | Finished  | 60 40 0 | 0    | 60 40 0
"""

CARD_FIRST = """
id       | given                              | request    | calls                    | status   | S X R    | open | c v r
within   | A 60 total, B 40 total giftCard    | settle 100 | settle B 40, settle A 60 | Finished | 100 0 0  | 0    | 100 0 0
         |                                    | refund 50  | refund A.1 50            | Finished | 100 0 50 | 0    | 100 0 50
         |                                    | refund 20  | refund A.1 10, refund B.1 10 | Finished | 100 0 70 | 0 | 100 0 70
over     | A 60 total, B 40 total giftCard    | settle 100 | settle B 40, settle A 60 | Finished | 100 0 0  | 0    | 100 0 0
         |                                    | refund 70  | refund A.1 60, refund B.1 10 | Finished | 100 0 70 | 0 | 100 0 70
captured | A 60 partial, B 40 partial giftCard | settle 60 | settle B 40, settle A 20 | Settling | 60 0 0   | 40   | 60 0 0
         |                                    | refund 50  | refund A.1 20, refund B.1 30 | Settling | 60 0 50 | 40 | 60 0 50
gift     | A 60 partial, B 40 partial giftCard | settle 40 | settle B 40              | Settling | 40 0 0   | 60   | 40 0 0
         |                                    | refund 30  | refund B.1 30            | Settling | 40 0 30  | 60   | 40 0 30
S12      | A 60 partial, B 40 partial giftCard | settle 40 | settle B 40              | Settling | 40 0 0   | 60   | 40 0 0
         |                                    | refund 50  | refund B.1 40            | Settling | 40 0 50  | 60   | 40 0 40
         |                                    | refund 50.01 | REFUND_EXCEEDS         | Settling | 40 0 50  | 60   | 40 0 40
         |                                    | settle 60  | settle A 60, refund A.1 10 | Finished | 100 0 50 | 0  | 100 0 50
S12-bits | A 60 partial, B 40 partial giftCard | settle 40 | settle B 40              | Settling | 40 0 0   | 60   | 40 0 0
         |                                    | refund 60  | refund B.1 40            | Settling | 40 0 60  | 60   | 40 0 40
         |                                    | settle 15  | settle A 15, refund A.1 15 | Settling | 55 0 60 | 45  | 55 0 55
         |                                    | settle 45  | settle A 45, refund A.2 5 | Finished | 100 0 60 | 0   | 100 0 60
S12-short | A 60 partial, B 40 partial giftCard | settle 40 | settle B 40             | Settling | 40 0 0   | 60   | 40 0 0
         |                                    | refund 50  | refund B.1 40            | Settling | 40 0 50  | 60   | 40 0 40
         |                                    | settle 60 (A confirms 60, A confirms 7) | settle A 60, refund A.1 10 | Finished | 100 0 50 | 0 | 100 0 47
         |                                    | refund 50.01 | REFUND_EXCEEDS         | Finished | 100 0 50 | 0    | 100 0 47
S12-lost | A 60 partial, B 40 partial giftCard | settle 40 | settle B 40              | Settling | 40 0 0   | 60   | 40 0 0
         |                                    | refund 50  | refund B.1 40            | Settling | 40 0 50  | 60   | 40 0 40
         |                                    | cancel 60  | cancel A 60              | Finished | 40 60 40 | 0    | 40 60 40
S12-none | A 60 partial, B 40 partial giftCard | refund 10 | REFUND_EXCEEDS            | Approved | 0 0 0    | 100  | 0 0 0
gift-A   | A 40 total giftCard, B 60 total    | settle 100 | settle A 40, settle B 60 | Finished | 100 0 0  | 0    | 100 0 0
         |                                    | refund 50  | refund B.1 50            | Finished | 100 0 50 | 0    | 100 0 50
"""  # noqa: E501


@pytest.mark.parametrize(
    ("policy", "table"),
    [
        pytest.param(Policy(settle_zero_finishes=True), SETTLE_ZERO, id="settle_zero_finishes"),
        pytest.param(Policy(total_ignores_partial_cancel=True), TOTAL_IGNORES, id="total_ignores_partial_cancel"),
        pytest.param(Policy(single_settle_id=True), SINGLE_SETTLE_ID, id="single_settle_id"),
        pytest.param(Policy(cancel_after_capture=AfterCapture.REFUND), CANCEL_REFUNDS, id="cancel_after_capture"),
        pytest.param(Policy(refund_priority=RefundPriority.CARD_FIRST), CARD_FIRST, id="refund_priority"),
    ],
)
def test_on_it_is_the_other_reading(policy, table, play_table):
    """Each table shows what its switch changes, and beside it what the switch leaves alone."""
    play_table(table, policy)


OFF = """
id                            | given         | request   | calls                        | status   | S X R    | open | c v r
settle_zero_finishes          | A 100 partial | settle 50 | settle A 50                  | Settling | 50 0 0   | 50   | 50 0 0
                              |               | settle 0  | SETTLE_EXCEEDS               | Settling | 50 0 0   | 50   | 50 0 0
total_ignores_partial_cancel  | A 100 total   | cancel 20 | -                            | Approved | 0 20 0   | 80   | 0 0 0
                              |               | settle 30 | settle A 80                  | Settling | 30 20 0  | 50   | 80 0 0
single_settle_id              | A 100 partial | settle 60 | settle A 60                  | Settling | 60 0 0   | 40   | 60 0 0
                              |               | settle 40 | settle A 40                  | Finished | 100 0 0  | 0    | 100 0 0
                              |               | refund 80 | refund A.1 60, refund A.2 20 | Finished | 100 0 80 | 0    | 100 0 80
cancel_after_capture          | A 100 total   | settle 60 | settle A 100                 | Settling | 60 0 0   | 40   | 100 0 0
                              |               | cancel 40 | CANCEL_AFTER_CAPTURE         | Settling | 60 0 0   | 40   | 100 0 0
refund_priority               | A 60 total, B 40 total giftCard | settle 100 | settle B 40, settle A 60 | Finished | 100 0 0 | 0 | 100 0 0
                              |               | refund 50 | refund B.1 40, refund A.1 10 | Finished | 100 0 50 | 0    | 100 0 50
"""  # noqa: E501


def test_off_it_is_the_recommended_reading(play_table):
    """S2, S3, S10, C31 and the documented default of refunds, beside each other."""
    play_table(OFF, RECOMMENDED)


def test_a_cancel_that_reaches_captured_money_cancels_what_is_open_first(given, perform):
    """C31 as a refund, after S27's rule: what is captured is refunded, the rest is cancelled."""
    play = given("A 40 partial, B 60 partial", Policy(cancel_after_capture=AfterCapture.REFUND))
    perform(play, "auto A")
    calls = perform(play, "cancel 100")
    assert set(calls.split(", ")) == {"cancel B 60", "refund A.1 40"}
    assert play.transaction.status == "Cancelled"
    assert (play.transaction.cancelled, play.transaction.refunded) == (6000, 4000)
