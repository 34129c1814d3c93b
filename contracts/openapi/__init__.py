"""The OpenAPI documents of this project, in its own words: data, read from beside this file."""

from importlib.resources import files
from typing import Any, Final, TypeAlias, cast

import yaml

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
Document: TypeAlias = "dict[str, Json]"

NAMES: Final = ("ppp", "gateway", "orders", "control")
"""What we call (`ppp`), what the sandbox serves as VTEX does (`gateway`, `orders`), and its own (`control`)."""


def text(name: str) -> str:
    """A document as it is written.

    Args:
        name: one of `NAMES`.

    Raises:
        KeyError: there is no such document.
    """
    if name not in NAMES:
        raise KeyError(name)
    return (files(__name__) / f"{name}.yaml").read_text(encoding="utf-8")


def document(name: str) -> Document:
    """A document, read; arguments and errors as `text`."""
    return cast("Document", _read(text(name)))


def deviations(name: str) -> list[tuple[str, list[str]]]:
    """Where a document is meant to differ from the official one.

    Args:
        name: one of `NAMES`.

    Returns:
        Reasons, each with the patterns that it covers; `drift.Difference.key` is what they match.
    """
    listed = _read((files(__name__) / "deviations.yaml").read_text(encoding="utf-8"))
    return [(each["reason"], each["covers"]) for each in listed[name]]


# The loader in C takes a tenth of the time; a few platforms have none.
_LOADER: Final[type[yaml.SafeLoader] | type[yaml.CSafeLoader]] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _read(text: str) -> Any:  # noqa: ANN401 - what a file holds is known to its reader
    return yaml.load(text, Loader=_LOADER)  # noqa: S506 - both loaders are the safe ones
