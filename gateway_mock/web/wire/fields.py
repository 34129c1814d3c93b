"""The kinds of values on the wire, and their bounds."""

from typing import Annotated

import msgspec

from gateway_mock.core.money import CENTS_MAX

Json = dict[str, object]
Cents = Annotated[int, msgspec.Meta(ge=-CENTS_MAX, le=CENTS_MAX)]
Count = Annotated[int, msgspec.Meta(ge=0, le=999)]
SystemId = Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)]
Text = Annotated[str, msgspec.Meta(max_length=4096)]
