"""What happened to an order, as its document shows it: parcels, changes, cancels. Amounts are cents."""

from collections.abc import Iterable, Mapping

from gateway_mock.core.changes import Lines
from gateway_mock.core.orders import Invoice, InvoiceType, Order
from gateway_mock.core.statuses import OrderStatus
from gateway_mock.records import CancellationRequest, OrderRecord
from gateway_mock.records_orders import ChangeRecord
from gateway_mock.times import offset_text
from gateway_mock.web.wire.fields import Json

# --- Parcels ------------------------------------------------------------------------------------------------


def package(invoice: Invoice, order: Order) -> Json:
    """One invoice as the parcel that it became."""
    shown: Json = {
        "items": _package_items(invoice, order),
        "courier": invoice.courier,
        "invoiceNumber": invoice.number,
        "invoiceValue": invoice.value,
        "invoiceUrl": invoice.url,
        "issuanceDate": invoice.issuance_date,
        "trackingNumber": invoice.tracking_number,
        "invoiceKey": invoice.key,
        "trackingUrl": invoice.tracking_url,
        "embeddedInvoice": invoice.embedded or "",
        "type": invoice.type,
        "courierStatus": _courier_status(invoice),
        "cfop": None,
        "volumes": 1,
        "EnableInferItems": None,
    }
    return shown | ({"restitutions": _restitutions(invoice)} if invoice.type is InvoiceType.INPUT else {})


def _package_items(invoice: Invoice, order: Order) -> list[Json]:
    """`itemIndex` points at the order's line; -1 for an article that the order does not have."""
    lines = {item.id: index for index, item in reversed(list(enumerate(order.items)))}
    return [
        {
            "itemIndex": lines.get(item.id, -1),
            "quantity": item.quantity,
            "price": item.price,
            "description": item.description,
            "unitMultiplier": 1,
        }
        for item in invoice.items
    ]


def _courier_status(invoice: Invoice) -> Json | None:
    if not invoice.events and not invoice.delivered:
        return None
    return {
        "status": "delivered" if invoice.delivered else "in transit",
        "finished": invoice.delivered,
        "deliveredDate": invoice.delivered_date or "",
        "data": [
            {
                "lastChange": event.date,
                "city": event.city,
                "state": event.state,
                "description": event.description,
                "createDate": event.date,
            }
            for event in invoice.events
        ],
    }


def _restitutions(invoice: Invoice) -> Json:
    """What the return gave back: nothing, when it came before the whole order was invoiced (documented)."""
    items = [
        {
            "useFreight": None,
            "isCompensation": False,
            "compensationValue": 0,
            "id": item.id,
            "quantity": item.quantity,
            "price": item.price,
            "description": item.description or "",
        }
        for item in invoice.items
    ]
    value = invoice.value if invoice.refund_asked else 0
    return {"Refund": {"value": value, "giftCardData": None, "items": items}}


# --- Changes and cancels ------------------------------------------------------------------------------------


def changes(records: tuple[ChangeRecord, ...]) -> Json | None:
    """The changes of version 1; null without any."""
    if not records:
        return None
    return {"id": "changeAttachment", "changesData": [_change(each) for each in records]}


def _change(record: ChangeRecord) -> Json:
    names = {item.id: item.name for item in record.before}
    return {
        "reason": record.asked.reason,
        "discountValue": record.asked.discount,
        "incrementValue": record.asked.increment,
        "itemsAdded": _changed_items(record.asked.added, names),
        "itemsRemoved": _changed_items(record.asked.removed, names),
        "receipt": {
            "date": offset_text(record.date),
            "orderId": record.order_id,
            "receipt": record.receipt,
        },
    }


def _changed_items(lines: Iterable[Lines], names: Mapping[str, str]) -> list[Json]:
    return [
        {
            "id": line.id,
            "name": names.get(line.id, f"Item {line.id}"),
            "quantity": line.quantity,
            "price": line.price or 0,
            "unitMultiplier": None,
        }
        for line in lines
    ]


def cancellation(record: OrderRecord) -> Json | None:
    """Who cancelled and why, in PascalCase, as the schema has it (C12 of Orders)."""
    if record.order.status not in {OrderStatus.CANCEL, OrderStatus.CANCELED}:
        return None
    denied = record.cancel_reason is None
    return {
        "RequestedByUser": record.cancelled_by_user,
        "RequestedBySystem": not denied and not record.cancelled_by_user,
        "RequestedBySellerNotification": False,
        "RequestedByPaymentNotification": denied,
        "Reason": record.cancel_reason,
        "CancellationDate": None if record.cancelled is None else offset_text(record.cancelled),
    }


def cancellation_request(request: CancellationRequest) -> Json:
    """One cancellation that was asked for; missing in the schema, documented in the guide (C12 of Orders)."""
    return {
        "id": request.id,
        "reason": request.reason,
        "cancellationRequestDate": offset_text(request.date),
        "requestedByUser": request.by_user,
        "deniedBySeller": request.denied,
        "deniedBySellerReason": request.deny_reason,
    }
