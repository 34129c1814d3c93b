"""The control plane on the wire: accounts, connectors, orders, the ledger, the clock."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Literal

import msgspec

from gateway_mock.core.balance import differences
from gateway_mock.core.modes import Kind, Mode
from gateway_mock.ports import Job, Log
from gateway_mock.records import (
    Antifraud,
    AutoSettlement,
    ConnectorSettings,
    Credentials,
    ExchangeRecord,
    FaultKind,
    FaultRecord,
    HeaderStyle,
    RiskVerdict,
)
from gateway_mock.records_configuration import ManifestRecord
from gateway_mock.service.configuration_flow import Begun
from gateway_mock.service.queries import Told
from gateway_mock.web.wire.fields import Json, SystemId

Name = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]


class AccountBody(msgspec.Struct, forbid_unknown_fields=True):
    """An account to make; without a name it gets one."""

    account: Name | None = None


class ConnectorBody(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """How to reach a connector, and when it settles by itself.

    `settlesAfter` (seconds) is the merchant's own schedule; `refundsInPart` is a habit of legacy connectors. Once
    `partnerKey` is set, callbacks have to carry it with its token.
    """

    kind: Kind
    url: Annotated[str, msgspec.Meta(max_length=2048)] = ""
    mode: Mode = Mode.TOTAL
    app_key: str = ""
    app_token: str = ""
    headers: HeaderStyle = HeaderStyle.VTEX
    payment_systems: list[SystemId] = []
    refunds_in_part: bool = True
    settles_after: Annotated[int, msgspec.Meta(ge=0, le=2_592_000)] | None = None
    auto_settle: AutoSettlement = AutoSettlement.RECOMMENDED
    partner_key: str = ""
    partner_token: str = ""
    test_suite: bool = False
    contingency: bool = False
    is_production: bool = True

    def settings(self, name: str) -> ConnectorSettings:
        """The settings of the connector of that name."""
        return ConnectorSettings(
            name=name,
            kind=self.kind,
            mode=self.mode,
            url=self.url,
            app_key=self.app_key,
            app_token=self.app_token,
            headers=self.headers,
            payment_systems=tuple(self.payment_systems),
            refunds_in_part=self.refunds_in_part,
            settles_after=self.settles_after,
            auto_settle=self.auto_settle,
            partner_key=self.partner_key,
            partner_token=self.partner_token,
            test_suite=self.test_suite,
            contingency=self.contingency,
            is_production=self.is_production,
        )


class ClockBody(msgspec.Struct, forbid_unknown_fields=True):
    """How many seconds a manual clock is to move on."""

    advance: Annotated[float, msgspec.Meta(ge=0, le=10 * 366 * 86_400)]


QuirksBody = dict[str, bool]


def begun(flow: Begun) -> Json:
    """Where the merchant's browser goes, to come back with an authorization code."""
    return {"token": flow.token, "redirectUrl": flow.redirect_url, "location": flow.location}


class AntifraudBody(msgspec.Struct, forbid_unknown_fields=True):
    """What the anti-fraud says, so many seconds after the authorization."""

    verdict: RiskVerdict
    delay: Annotated[int, msgspec.Meta(ge=0, le=2_592_000)] = 0

    def antifraud(self) -> Antifraud:
        """As the use case takes it."""
        return Antifraud(verdict=self.verdict, delay=self.delay)


def antifraud(stub: Antifraud | None) -> Json:
    """What the anti-fraud says; null when there is none."""
    return {"verdict": stub.verdict if stub else None, "delay": stub.delay if stub else 0}


class FaultBody(msgspec.Struct, forbid_unknown_fields=True):
    """A fault to come; `status` speaks of the kind of that name, `seconds` of `delay`."""

    operation: Literal["authorize", "settle", "cancel", "refund", "*"]
    kind: FaultKind
    times: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 1
    after: Annotated[int, msgspec.Meta(ge=0, le=10_000)] = 0
    status: Annotated[int, msgspec.Meta(ge=200, le=599)] = 500
    seconds: Annotated[float, msgspec.Meta(ge=0, le=60)] = 1.0

    def fault(self) -> FaultRecord:
        """As the use case takes it."""
        return FaultRecord(
            operation=self.operation,
            kind=self.kind,
            times=self.times,
            after=self.after,
            status=self.status,
            seconds=self.seconds,
        )


def faults(waiting: Sequence[FaultRecord]) -> Json:
    """The faults that wait, first to come first."""
    return {"faults": [msgspec.structs.asdict(fault) for fault in waiting]}


def pair(credentials: Credentials) -> Json:
    """An account with its credentials."""
    return {
        "account": credentials.account,
        "appKey": credentials.app_key,
        "appToken": credentials.app_token,
    }


def connector(settings: ConnectorSettings, manifest: ManifestRecord | None) -> Json:
    """A connector without its secrets; its manifest as it came, when it was asked for one."""
    return {
        "name": settings.name,
        "kind": settings.kind,
        "mode": settings.mode,
        "url": settings.url,
        "appKey": settings.app_key,
        "headers": settings.headers,
        "paymentSystems": list(settings.payment_systems),
        "refundsInPart": settings.refunds_in_part,
        "settlesAfter": settings.settles_after,
        "autoSettle": settings.auto_settle,
        "partnerKey": settings.partner_key,
        "testSuite": settings.test_suite,
        "contingency": settings.contingency,
        "isProduction": settings.is_production,
        "affiliationId": settings.affiliation_id,
        "manifest": _json(manifest.body) if manifest else None,
        "manifestError": manifest.error if manifest else None,
    }


def order(told: Told) -> Json:
    """An order that was made, with the ids that its story needs."""
    record = told.order
    return {
        "orderId": record.id if record else None,
        "orderGroup": record.order.group if record else None,
        "transactionId": told.record.id,
        "status": record.order.status if record else None,
        "payments": [
            {
                "id": payment.id,
                "paymentSystem": payment.payment_system,
                "connector": payment.connector,
                "value": payment.value,
                "status": ledger.status,
                "paymentUrl": payment.payment_url,
            }
            for payment, ledger in zip(told.payments, told.record.ledger.payments, strict=True)
        ],
    }


def ledger(told: Told) -> Json:
    """The two clocks beside each other, in cents, and where they differ."""
    books = told.record.ledger
    found = differences(books, told.order.order if told.order else None)
    return {
        "value": books.value,
        "requested": {
            "settled": books.settled,
            "cancelled": books.cancelled,
            "refunded": books.refunded,
        },
        "payments": [
            {
                "id": payment.id,
                "connector": payment.connector,
                "mode": payment.mode,
                "authorized": payment.authorized,
                "captured": payment.captured,
                "voided": payment.voided,
                "refunded": payment.refunded,
                "open": payment.authorized - payment.captured - payment.voided,
            }
            for payment in books.payments
        ],
        "order": None
        if told.order is None
        else {
            "value": told.order.order.value,
            "invoiced": told.order.order.invoiced,
            "returned": told.order.order.returned,
        },
        "balanced": not found,
        "differences": list(found),
    }


def exchanged(log: Log[ExchangeRecord]) -> Json:
    """The calls to connectors, oldest first; `evicted` counts those that memory did not keep."""
    listed: Json = {
        "exchanges": [
            {
                "operation": each.operation,
                "paymentId": each.payment_id,
                "requestId": each.request_id,
                "attempt": each.attempt,
                "request": _json(each.request),
                "response": _json(each.response),
                "status": each.status,
                "elapsedMs": each.elapsed_ms,
                "error": each.error,
            }
            for each in log.entries
        ]
    }
    return listed | {"evicted": log.evicted} if log.evicted else listed


def _json(text: str | None) -> object:
    """A body as it was on the wire: JSON where it is that, with its decimals as they were, else the text."""
    if not text:
        return None
    try:
        msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return text
    return msgspec.Raw(text.encode())


def moment(microseconds: int) -> str:
    """A moment as ISO 8601 in UTC."""
    at = datetime.fromtimestamp(microseconds / 1_000_000, tz=UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def clock(now: int, *, manual: bool) -> Json:
    """Where the clock stands."""
    return {"now": moment(now), "mode": "manual" if manual else "real"}


def advanced(now: int, ran: Sequence[Job]) -> Json:
    """Where the clock stands, and what fell due on the way."""
    return {
        "now": moment(now),
        "ran": [job(each) for each in ran],
    }


def job(what: Job) -> Json:
    """What falls due at a moment, and on what it is done."""
    return {"job": what.name, "due": moment(what.due), "subject": what.subject}


Health = Literal["ok"]
