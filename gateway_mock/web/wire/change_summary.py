"""What all changes of an order came to, as `change-summary` shows it. Amounts are cents."""

from collections.abc import Iterable

from gateway_mock.core.changes import Lines
from gateway_mock.core.orders import Item
from gateway_mock.records_orders import ChangeTotals, Replacement
from gateway_mock.service.changes import Changed
from gateway_mock.times import ticks_text
from gateway_mock.web.wire.change_document import Known, change_line
from gateway_mock.web.wire.fields import Json
from gateway_mock.web.wire.order_document import order_item


def summary(changed: Changed) -> Json:
    """What all changes together did: the aggregate is the sum of the totals, as in the official example."""
    changes = changed.changes
    original = changes[0].before if changes else changed.order.order.items
    known = {item.id: item for each in reversed(changes) for item in each.before}
    discount = sum(each.asked.discount for each in changes)
    increment = sum(each.asked.increment for each in changes)
    total = sum(each.totals.difference for each in changes if each.totals)
    last = max((each.logs[-1].date for each in changes), default=changed.order.created)
    return {
        "original": [_original(index, item) for index, item in enumerate(original)],
        "added": [
            _summary_line(line, known) | {"totalQuantity": line.quantity}
            for each in changes
            for line in each.asked.added
        ],
        "removed": _summarized((line for each in changes for line in each.asked.removed), known),
        "replaced": [_replaced(pair, known) for each in changes for pair in each.asked.replaced],
        "manualDiscountValueAggregated": discount,
        "manualIncrementValueAggregated": increment,
        "totalChangesValueAggregated": total,
        "totalChangeValueAggregated": total,  # the schema's spelling, the example has the other one
        "totals": _aggregated([each.totals for each in changes if each.totals], discount, increment),
        "lastChange": ticks_text(last),
    }


def _aggregated(totals: list[ChangeTotals], discount: int, increment: int) -> list[Json]:
    """Manual amounts count as the price tags do that stand for them: discounts, and what is charged on top."""
    figures = {
        "Items": sum(each.items for each in totals),
        "Discounts": -discount,
        "Shipping": sum(each.shipping for each in totals),
        "Tax": increment,
    }
    return [
        {"id": name, "name": f"{name} Total", "value": value, "alternativeTotals": None}
        for name, value in figures.items()
    ]


def _original(index: int, item: Item) -> Json:
    """A line as it was ordered: that of the order's document, but for a few fields (documented)."""
    own: Json = {
        "itemIndex": index,
        "totalQuantity": item.quantity,
        "deliveryIds": None,
        "manualPriceAppliedBy": None,
        "customTax": None,
        "marketingData": None,
    }
    kept = {name: value for name, value in order_item(item).items() if name not in _ONLY_IN_ORDERS}
    return kept | own


_ONLY_IN_ORDERS = frozenset({"itemAttachment", "listPrice", "params", "priceDefinitions", "serialNumbers"})


def _summarized(lines: Iterable[Lines], known: Known) -> list[Json]:
    return [_summary_line(each, known) for each in lines]


def _summary_line(line: Lines, known: Known) -> Json:
    shown = change_line(line, known)
    return shown | {
        "name": shown["name"] or f"Item {line.id}",
        "price": shown["price"] or 0,
        "sellingPrice": shown["sellingPrice"] or 0,
        "imageUrl": "",
        "detailUrl": "",
        "refId": "",
        "priceTags": [],
        "deliveryIds": None,
    }


def _replaced(pair: Replacement, known: Known) -> Json:
    kind = _kind(pair)
    return {
        "replaceType": kind,
        "userInputType": kind,
        "from": {"items": _summarized(pair.taken, known), "shippingData": None},
        "to": {"items": _summarized(pair.given, known), "shippingData": None},
        "type": "UserInput",
    }


def _kind(pair: Replacement) -> str:
    if {line.id for line in pair.taken} != {line.id for line in pair.given}:
        return "ItemReplacement"
    taken, given = (sum(line.quantity for line in side) for side in (pair.taken, pair.given))
    return "PriceChange" if taken == given else "QuantityChange"
