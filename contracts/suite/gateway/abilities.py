"""What a rule may need of a gateway and of how it was set up; without it the rule is not applicable."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

OFFERED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "total": "payments that reach the suite's connector in Total mode",
        "hold": "payments that reach the suite's connector in Hold mode",
        "partial": "payments that reach the suite's connector in Partial mode",
        "pix": "payments by Pix that reach the suite's connector",
        "legacy": "payments that go to a legacy connector",
        "orders": "orders, which only a control plane can make (POST /_mock/orders)",
        "antifraud": "a look at payments that can be told what to say (PUT /_mock/antifraud)",
        "split": "payouts to several recipients, which only a control plane can switch on (PUT /_mock/quirks)",
        "clock": "a clock that can be moved (POST /_mock/clock)",
        "other": "a second account (--other-app-key and --other-app-token)",
        "credentials": "--app-key and --app-token",
    }
)
