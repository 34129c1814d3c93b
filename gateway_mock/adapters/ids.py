"""New identifiers: from the system's randomness, or the same ones in every run."""

import secrets
from collections.abc import Iterator
from itertools import count
from random import Random
from uuid import UUID

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_SHORT_LENGTH = 5
_SHORT_COUNT = len(_DIGITS) ** _SHORT_LENGTH
# Shares no factor with 36, so the steps visit every short id before the first one comes back.
_SHORT_STEP = 22_369_621


class RandomIds:
    """Identifiers that nobody can guess; only `short` ones come back, after 60 million."""

    def __init__(self) -> None:
        self._shorts = _shorts(secrets.randbelow(_SHORT_COUNT))

    def hex32(self) -> str:
        """See `ports.Ids`."""
        return secrets.token_hex(16).upper()

    def uuid(self) -> str:
        """See `ports.Ids`."""
        return _uuid(secrets.randbits(128))

    def short(self) -> str:
        """See `ports.Ids`."""
        return next(self._shorts)


class SequentialIds:
    """The same identifiers in the same order for the same seed, in the formats of the random ones."""

    def __init__(self, seed: int = 0) -> None:
        self._random = Random(seed)  # noqa: S311  # predictable on purpose: for tests and simulations
        self._shorts = _shorts(self._random.randrange(_SHORT_COUNT))

    def hex32(self) -> str:
        """See `ports.Ids`."""
        return f"{self._random.getrandbits(128):032X}"

    def uuid(self) -> str:
        """See `ports.Ids`."""
        return _uuid(self._random.getrandbits(128))

    def short(self) -> str:
        """See `ports.Ids`."""
        return next(self._shorts)


def _uuid(bits: int) -> str:
    return str(UUID(int=bits, version=4))


def _shorts(start: int) -> Iterator[str]:
    """All short ids, each once, then again."""
    return map(_short, count(start, _SHORT_STEP))


def _short(number: int) -> str:
    digits = []
    for _ in range(_SHORT_LENGTH):
        number, digit = divmod(number, len(_DIGITS))
        digits.append(_DIGITS[digit])
    return "".join(digits)
