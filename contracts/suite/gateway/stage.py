"""How a gateway is set up for a rule: its merchant, and which payment system goes where.

A sandbox with a control plane gives each rule an account of its own, so that clocks, connectors and orders of one
never disturb another. Any other gateway has one account for the run, set up by its affiliations and rules, or by
somebody's hand before.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Final, Protocol

import msgspec

from contracts.suite.answers import read_object
from contracts.suite.gateway.merchant import Answer, Merchant, member
from contracts.suite.gateway.recorder import Recorder
from contracts.suite.gateway.target import SYSTEMS, GatewayTarget

CREDENTIALS: Final = ("suite-key", "suite-token")
"""What the gateway is told to send to the suite's connector."""

DIALECTS: Final[Mapping[str, str]] = {"total": "vtex", "hold": "vtex", "partial": "provider", "pix": "vtex"}
"""Which pair of headers each connector is set up with (C18)."""

MODES: Final[Mapping[str, str]] = {"total": "total", "hold": "hold", "partial": "partial", "pix": "partial"}
"""In which mode each connector is set up."""

_PPP: Final = "Vtex.PaymentGateway.Connectors.PaymentProvider.PaymentProviderConnector_Suite"
_LEGACY: Final = "Vtex.PaymentGateway.Connectors.TestConnector"


class SetupError(Exception):
    """The gateway could not be set up; says which request was refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A gateway, ready for a rule.

    Attributes:
        merchant: who asks it.
        other: somebody of another account; None when there is none.
        systems: the payment system of each route that is there.
        controlled: whether there is a control plane.
        movable: whether its clock can be moved.
        dialects: the headers that each connector was set up with; None where nobody knows.
    """

    merchant: Merchant
    other: Merchant | None = None
    systems: Mapping[str, int]
    controlled: bool = False
    movable: bool = False
    dialects: Mapping[str, str] | None = None

    def offers(self, need: str) -> bool:
        """Whether a rule that needs this can be played here."""
        has = {
            "orders": self.controlled,
            "antifraud": self.controlled,
            "split": self.controlled,
            "clock": self.movable,
            "other": self.other is not None,
            "credentials": self.merchant.credentials is not None,
        }
        return has.get(need, need in self.systems)


class Stages(Protocol):
    """Makes stages."""

    def open(self, needs: Collection[str]) -> Stage:
        """A stage for one rule.

        Args:
            needs: names of `OFFERED` that have to be there; what else is set up may be left out.

        Raises:
            SetupError: the gateway refused.
        """


class Controlled:
    """A sandbox with the control plane: each rule gets an account of its own, and another one beside it."""

    def __init__(self, target: GatewayTarget, recorder: Recorder) -> None:
        self._target = target
        self._recorder = recorder

    def open(self, needs: Collection[str]) -> Stage:
        """See `Stages`."""
        merchant = self._account()
        for route, system in SYSTEMS.items():
            if route in needs:
                name, settings = f"Suite{route.capitalize()}", msgspec.json.encode(self._connector(route, system))
                _accepted(merchant.ask("set up", "PUT", f"/_mock/connectors/{name}", settings))
        clock = _accepted(merchant.ask("set up", "GET", "/_mock/clock")) if "clock" in needs else None
        return Stage(
            merchant=merchant,
            other=self._account() if "other" in needs else None,
            systems=SYSTEMS,
            controlled=True,
            movable=clock is not None and clock.text("mode") == "manual",
            dialects=DIALECTS,
        )

    def _account(self) -> Merchant:
        anybody = anonymous(self._target)
        made = _accepted(anybody.ask("set up", "POST", "/_mock/accounts"))
        return replace(anybody, credentials=(made.text("appKey"), made.text("appToken")))

    def _connector(self, route: str, system: int) -> dict[str, object]:
        if route == "legacy":
            return {"kind": "legacy", "refundsInPart": False, "paymentSystems": [system]}
        key, token = CREDENTIALS
        return {
            "kind": "ppp",
            "url": self._recorder.url_for(route),
            "mode": MODES[route],
            "appKey": key,
            "appToken": token,
            "headers": DIALECTS[route],
            "paymentSystems": [system],
        }


class ByAffiliations:
    """A gateway whose affiliations say where a connector answers and in which mode it runs.

    VTEX's own are not told so by the merchant; the names of these two entries are this project's.
    """

    def __init__(self, target: GatewayTarget, recorder: Recorder) -> None:
        self._target = target
        self._recorder = recorder
        self._stage: Stage | None = None

    def open(self, needs: Collection[str]) -> Stage:  # noqa: ARG002 - all that any rule needs, for all of them
        """See `Stages`; the first one sets the gateway up."""
        self._stage = self._stage or self._set_up(_merchant(self._target))
        return self._stage

    def _set_up(self, merchant: Merchant) -> Stage:
        for route, system in SYSTEMS.items():
            affiliation = {
                "implementation": _LEGACY if route == "legacy" else f"{_PPP}{route.capitalize()}",
                "name": f"Suite {route}",
                "configuration": [
                    {"name": name, "value": value, "valueKey": None}
                    for name, value in self._entries(route).items()
                ],
                "isdelivered": True,
                "isConfigured": True,
            }
            made = _accepted(
                merchant.ask("set up", "POST", "/api/pvt/affiliations", msgspec.json.encode(affiliation))
            )
            connector = {"implementation": affiliation["implementation"], "affiliationId": made.text("id")}
            rule = {
                "name": f"Suite {route}",
                "salesChannels": [{"id": ":ALL:"}],
                "paymentSystem": {"id": system},
                "connector": connector,
                "enabled": True,
            }
            _accepted(merchant.ask("set up", "POST", "/api/pvt/rules", msgspec.json.encode(rule)))
        return _plain(self._target, SYSTEMS, DIALECTS)

    def _entries(self, route: str) -> Mapping[str, str]:
        if route == "legacy":
            return {}
        key, token = CREDENTIALS
        return {
            "serviceUrl": self._recorder.url_for(route),
            "mode": MODES[route],
            "appKey": key,
            "appToken": token,
            "headers": DIALECTS[route],
        }


class ByHand:
    """A gateway that somebody has set up."""

    def __init__(self, target: GatewayTarget, _recorder: Recorder) -> None:
        self._target = target

    def open(self, needs: Collection[str]) -> Stage:  # noqa: ARG002 - it has what somebody gave it
        """See `Stages`."""
        return _plain(self._target, self._target.systems, None)


def stages_for(target: GatewayTarget, recorder: Recorder) -> Stages:
    """How this gateway is set up."""
    setup = target.setup
    if setup == "auto":
        setup = "control" if has_control(target) else "by-hand" if target.systems else "affiliations"
    makers: Mapping[str, Callable[[GatewayTarget, Recorder], Stages]] = {
        "control": Controlled,
        "affiliations": ByAffiliations,
        "by-hand": ByHand,
    }
    return makers[setup](target, recorder)


def has_control(target: GatewayTarget) -> bool:
    """Whether the gateway has the control plane of this project's sandbox."""
    health = anonymous(target).ask("look", "GET", "/_mock/health")
    return health.call.status is not None and read_object(health.call.response_body or "").get("status") == "ok"


def anonymous(target: GatewayTarget) -> Merchant:
    """Somebody without credentials."""
    return Merchant(
        url=target.url,
        transport=target.transport,
        timeout_seconds=target.timeout_seconds,
        control_token=target.control_token,
    )


def _merchant(target: GatewayTarget) -> Merchant:
    return replace(anonymous(target), credentials=target.credentials)


def _plain(target: GatewayTarget, systems: Mapping[str, int], dialects: Mapping[str, str] | None) -> Stage:
    other = None if target.other is None else replace(anonymous(target), credentials=target.other)
    return Stage(merchant=_merchant(target), other=other, systems=systems, dialects=dialects)


def _accepted(answer: Answer) -> Answer:
    if answer.word != "done":
        told = member(answer.body, "error.message") or answer
        raise SetupError(f"{answer.call.method} {answer.call.url}: {told}")
    return answer
