"""The known-issue switches: what the real platform gets wrong, by the names of the catalogue, all off by default.

A switch that is on reproduces the symptom, off gives the correct behaviour. Some change what the rules say, some
what goes over the line.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from gateway_mock.core.policy import RECOMMENDED, Policy
from gateway_mock.core.quirk import Quirk
from gateway_mock.core.quirks_line import LINE
from gateway_mock.core.quirks_policy import READINGS

QUIRKS: Mapping[str, Quirk] = MappingProxyType({**READINGS, **LINE})
"""Every switch, by name."""


class UnknownQuirkError(ValueError):
    """There is no switch of that name."""


def with_quirks(names: Iterable[str]) -> Policy:
    """The recommended policy with these switches on.

    Raises:
        UnknownQuirkError: a name is none of them.
    """
    policy = RECOMMENDED
    for name in names:
        if name not in QUIRKS:
            raise UnknownQuirkError(name)
        policy = replace(policy, **QUIRKS[name].changes)  # type: ignore[arg-type]  # a test holds names and types
    return policy
