"""What a known-issue switch is made of; `quirks` has them all."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Quirk:
    """One switch: what it does, the public issues it stands for, how a connector or client defends itself.

    `changes` are fields of `Policy`; a switch without any lives on the line to the connectors (`adapters.quirks`).
    """

    does: str
    issues: tuple[int, ...]
    defence: str
    changes: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
