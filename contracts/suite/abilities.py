"""What a rule may need: an ability that the manifest shows, or one that another rule proves."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

OFFERED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "card": "a card method in the manifest",
        "pix": "Pix in the manifest",
        "bank-invoice": "a bank invoice in the manifest",
        "redirect": "a redirect method in the manifest",
        "split": "a method whose manifest allows a split onCapture",
        "credentials": "--app-key and --app-token",
        "http": "a connector behind a socket",
    }
)
"""Without these a rule is not applicable."""

PROVEN: Final[Mapping[str, str]] = MappingProxyType(
    {
        "synchronous": "it approves at once",
        "asynchronous": "it approves later, by callback",
        "time-to-settle": "it leaves the merchant time to settle",
        "settles": "it captures a payment",
        "partial-settles": "it captures a part of a payment",
        "several-settles": "it captures a payment in several parts",
        "many-settles": "it captures a payment in many parts",
        "cancels": "it cancels a payment",
        "spared-rests": "a cancel of a part leaves the rest",
        "partial-cancels": "it cancels a part of a payment",
        "late-cancels": "it cancels what a settle has left",
        "refunds": "it refunds a capture",
        "partial-refunds": "it refunds a part of a capture",
        "several-refunds": "it refunds a capture in several parts",
        "inbound": "it takes inbound messages",
        "configuration": "it gives credentials to merchants",
        "return": "its login sends the browser back by itself",
    }
)
"""Without these a rule is not supported, if the connector said so within its rights."""
