"""The list of orders on the wire, with its documented statistics. Amounts are cents."""

import re
from collections.abc import Iterable, Mapping, Sequence
from statistics import mean, stdev

from gateway_mock.core.statuses import OrderStatus
from gateway_mock.records import OrderRecord, PaymentRecord
from gateway_mock.service.order_queries import ORDER_KEYS, ListQuery, OrderPage
from gateway_mock.times import offset_text
from gateway_mock.web.problem import malformed
from gateway_mock.web.wire.fields import Json
from gateway_mock.web.wire.orders import DESCRIPTIONS

Arguments = Mapping[str, str]

PER_PAGE_MAX = 100
PAGE_MAX = 1_000_000


def list_query(arguments: Arguments) -> ListQuery:
    """Which orders are asked for.

    Raises:
        Problem: 400, an argument is not what the list takes.
    """
    order_by, _, direction = arguments.get("orderBy", "creationDate,desc").partition(",")
    if order_by not in ORDER_KEYS or direction not in {"", "asc", "desc"}:
        raise malformed(f"orderBy is one of {', '.join(ORDER_KEYS)}, then a comma and asc or desc")
    return ListQuery(
        page=_counted(arguments, "page", 1, PAGE_MAX),
        per_page=_counted(arguments, "per_page", 15, PER_PAGE_MAX),
        text=arguments.get("q", ""),
        statuses=frozenset(_statuses(arguments.get("f_status", ""))),
        order_by=order_by,
        descending=direction != "asc",
    )


def _counted(arguments: Arguments, name: str, default: int, maximum: int) -> int:
    text = arguments.get(name, str(default))
    if not re.fullmatch(r"[0-9]{1,7}", text, re.ASCII) or not 1 <= int(text) <= maximum:
        raise malformed(f"{name} is a whole number between 1 and {maximum}")
    return int(text)


def _statuses(text: str) -> Iterable[OrderStatus]:
    try:
        return [OrderStatus(each.strip()) for each in text.split(",") if each.strip()]
    except ValueError as unknown:
        raise malformed(f"f_status: {unknown}") from None


def order_page(page: OrderPage, query: ListQuery) -> Json:
    """One page of the list with the documented statistics over all of them."""
    total = len(page.values)
    return {
        "list": [_listed(record, payments) for record, payments in page.orders],
        "facets": [],
        "paging": {
            "total": total,
            "pages": -(-total // query.per_page),
            "currentPage": query.page,
            "perPage": query.per_page,
        },
        "stats": {"stats": {"totalValue": _by_origin(page.values), "totalItems": _by_origin(page.item_counts)}},
    }


def _listed(record: OrderRecord, payments: Sequence[PaymentRecord]) -> Json:
    order = record.order
    return {
        "orderId": order.id,
        "creationDate": offset_text(record.created),
        "clientName": "Sandbox Shopper",
        "items": None,
        "totalValue": order.value,
        "paymentNames": ", ".join(each.payment_system_name for each in payments),
        "status": order.status,
        "statusDescription": DESCRIPTIONS[order.status],
        "marketPlaceOrderId": None,
        "sequence": str(record.sequence),
        "salesChannel": "1",
        "affiliateId": "",
        "origin": "Marketplace",
        "workflowInErrorState": order.in_error,
        "workflowInRetry": False,
        "lastMessageUnread": None,
        "ShippingEstimatedDate": None,
        "ShippingEstimatedDateMax": None,
        "ShippingEstimatedDateMin": None,
        "orderIsComplete": True,
        "listId": None,
        "listType": None,
        "authorizedDate": None if record.authorized is None else offset_text(record.authorized),
        "callCenterOperatorName": None,
        "totalItems": len(order.items),
        "currencyCode": "BRL",
    }


def _by_origin(figures: Sequence[int]) -> Json:
    """Every order of this sandbox is of the marketplace, in one currency."""
    own = _statistics(figures) | {"Facets": None}
    facets = {
        "origin": {"Fulfillment": _statistics(()) | {"Facets": None}, "Marketplace": own},
        "currencyCode": {"BRL": own},
    }
    return _statistics(figures) | {"Facets": facets}


def _statistics(figures: Sequence[int]) -> Json:
    return {
        "Count": len(figures),
        "Max": max(figures, default=0),
        "Mean": mean(figures) if figures else 0,
        "Min": min(figures, default=0),
        "Missing": 0,
        "StdDev": stdev(figures) if len(figures) > 1 else 0,
        "Sum": _wide(sum(figures)),
        "SumOfSquares": _wide(sum(figure * figure for figure in figures)),
    }


def _wide(figure: int) -> float:
    """A whole number as long as JSON readers can carry it, then its nearest float."""
    return figure if figure < 2**63 else float(figure)
