"""Moments as VTEX writes them. A moment is a number of microseconds since 1970, UTC."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

SECOND = 1_000_000
NOON = 12
DAY = 24 * 60 * 60 * SECOND


def _moment(microseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=microseconds)


def ticks_text(microseconds: int) -> str:
    """Seven digits and Z, as the gateway does: `2023-12-15T19:53:59.4307270Z`."""
    return offset_text(microseconds).replace("+00:00", "Z")


def seconds_text(microseconds: int) -> str:
    """To the second and without zone, as in a requestId: `2023-12-15T19:53:59`."""
    return _moment(microseconds).isoformat(timespec="seconds")[:19]


def optional_seconds_text(microseconds: int | None) -> str | None:
    """To the second, or null for what has not happened."""
    return None if microseconds is None else seconds_text(microseconds)


def offset_text(microseconds: int) -> str:
    """Seven digits and an offset, as Orders does: `2023-12-15T19:53:59.4307270+00:00`."""
    return _moment(microseconds).isoformat(timespec="microseconds").replace("+", "0+")


def us_text(microseconds: int) -> str:
    """As the gateway's `lastTransitionDate`: `6/2/2023 5:05:44 PM`."""
    moment = _moment(microseconds)
    half = "AM" if moment.hour < NOON else "PM"  # not %p, which speaks the machine's language
    return f"{moment.month}/{moment.day}/{moment.year} {moment.hour % NOON or NOON}:{moment:%M:%S} {half}"


def ticks(microseconds: int) -> int:
    """.NET ticks, 100 ns each since the year 1, as in the interactions."""
    return microseconds * 10 + 621_355_968_000_000_000
