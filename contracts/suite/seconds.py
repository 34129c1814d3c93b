"""Seconds as VTEX writes them in a requestId: `2026-01-01T00:00:00-4000` is of 40.00 in that second (S8)."""

from datetime import UTC, datetime, timedelta
from typing import Final
from zlib import crc32

_FIRST: Final = datetime(2000, 1, 1, tzinfo=UTC)


def second_of(identifier: str) -> str:
    """A second that nothing else of a run is sent in, made of an id: no two rules share a requestId by chance."""
    return (_FIRST + timedelta(seconds=crc32(identifier.encode()))).strftime("%Y-%m-%dT%H:%M:%S")
