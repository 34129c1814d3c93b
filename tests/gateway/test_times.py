"""Moments as VTEX writes them."""

import pytest

from gateway_mock.times import offset_text, optional_seconds_text, seconds_text, ticks, ticks_text, us_text

AFTERNOON = 1_702_670_039_430_727  # 2023-12-15T19:53:59.430727Z


def test_moments_are_written_as_the_public_examples_write_them():
    """Seven digits with Z or an offset, or to the second without zone."""
    assert ticks_text(AFTERNOON) == "2023-12-15T19:53:59.4307270Z"
    assert offset_text(AFTERNOON) == "2023-12-15T19:53:59.4307270+00:00"
    assert seconds_text(AFTERNOON) == "2023-12-15T19:53:59"
    assert optional_seconds_text(AFTERNOON) == "2023-12-15T19:53:59"
    assert optional_seconds_text(None) is None


@pytest.mark.parametrize(
    ("hours", "written"),
    [
        (0, "12/15/2023 12:53:59 AM"),
        (1, "12/15/2023 1:53:59 AM"),
        (12, "12/15/2023 12:53:59 PM"),
        (19, "12/15/2023 7:53:59 PM"),
    ],
)
def test_the_last_transition_is_written_as_in_the_united_states(hours, written):
    """Twelve hours, no leading zeros, whatever the machine's language."""
    midnight_and_some = AFTERNOON - 19 * 3_600_000_000
    assert us_text(midnight_and_some + hours * 3_600_000_000) == written


def test_ticks_count_tenths_of_microseconds_since_the_year_one():
    """1970 began at 621,355,968,000,000,000 ticks."""
    assert ticks(0) == 621_355_968_000_000_000
    assert ticks(1) == 621_355_968_000_000_010
