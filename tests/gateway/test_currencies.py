"""Currencies and their decimals, as in ISO 4217."""

import pytest

from gateway_mock.currencies import decimals, known


@pytest.mark.parametrize(
    ("code", "expected"),
    [("BRL", 2), ("USD", 2), ("ARS", 2), ("COP", 2), ("CLP", 0), ("JPY", 0), ("PYG", 0), ("KWD", 2), ("CLF", 2)],
)
def test_an_amount_in_cents_carries_two_decimals_at_most(code, expected):
    """ISO 4217 gives the peso of Chile none, the dinar of Kuwait 3 and Chile's unit of account 4."""
    assert known(code)
    assert decimals(code) == expected


@pytest.mark.parametrize("code", ["", "brl", "R$", "XXX", "XAU", "ZZZ", "BRLX", "Brazilian Real", "986"])
def test_what_is_no_currency_is_refused(code):
    """No small letters, names or numbers; gold and `no currency` have no minor unit."""
    assert not known(code)
    with pytest.raises(ValueError, match="no currency of ISO 4217"):
        decimals(code)
