"""What the books tell a person to look at: typed by hand, from what the merchant asked and connectors answered."""

import pytest

from gateway_mock.core.balance import differences

TOLD = {
    "S14: captured less than asked": (
        ["settle 40 (A confirms 30)"],
        ["connectors captured 10.00 less than settlements asked for: settle it again, or cancel it"],
    ),
    "S14: asked again, all is well": (["settle 40 (A confirms 30)", "settle 10"], []),
    "S14: asked again for a part": (
        ["settle 40 (A confirms 30)", "settle 4"],
        ["connectors captured 6.00 less than settlements asked for: settle it again, or cancel it"],
    ),
    "S14: the rest was cancelled": (["settle 40 (A confirms 30)", "cancel 70"], []),
    "S15: more than asked is not booked": (
        ["settle 40 (A confirms 41.50)"],
        ["payment A: the connector claims 1.50 more than it was asked for"],
    ),
    "S15: the same of a refund": (
        ["settle 100", "refund 20 (A confirms 25)"],
        ["payment A: the connector claims 5.00 more than it was asked for"],
    ),
    "C9: nobody voided it": (
        ["cancel 30 (A by hand)"],
        ["payment A: a person has to cancel 30.00 at the provider"],
    ),
    "a refund by hand": (
        ["settle 100", "refund 20 (A by hand)"],
        ["payment A: a person has to refund 20.00 outside VTEX"],
    ),
    "a return that came out smaller": (
        ["settle 100", "return 20 (A confirms 12)"],
        ["payment A: a person has to refund 8.00 outside VTEX"],
    ),
    "an answer is due": (
        ["settle 40 (A waits)"],
        ["payment A: the connector has not confirmed settlements of 40.00"],
    ),
    "every answer came": (["settle 40", "cancel 10", "settle 50", "refund 15"], []),
}


@pytest.mark.parametrize(("requests", "told"), TOLD.values(), ids=TOLD)
def test_the_books_say_where_the_two_clocks_differ(given, perform, requests, told):
    """What differs is named with its amount; what agrees is not mentioned."""
    play = given("A 100 partial")
    for request in requests:
        perform(play, request)
    assert list(differences(play.transaction, None)) == told
