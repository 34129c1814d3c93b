"""A change of version 2 as the API shows it, the list of them, and the settings. Amounts are cents."""

from collections.abc import Mapping
from types import MappingProxyType

from gateway_mock.core.changes import Lines
from gateway_mock.core.orders import Item
from gateway_mock.core.refusals import Refusal
from gateway_mock.records_orders import (
    ChangeLog,
    ChangeRecord,
    ChangeSettings,
    ChangeTotals,
    ChangeVersion,
    Replacement,
)
from gateway_mock.service.changes import Changed
from gateway_mock.times import ticks_text
from gateway_mock.web.wire.changes import message
from gateway_mock.web.wire.fields import Json

# --- The change ---------------------------------------------------------------------------------------------


def change(record: ChangeRecord, account: str) -> Json:
    """The change as it is; before it has run, prices and totals are not known yet (documented of the 202)."""
    return _ids(record) | preview(record, account) | _progress(record)


def preview(record: ChangeRecord, account: str) -> Json:
    """The same change without ids: documented for the dry run.

    `totalChangeValue` is by how much the order moves (C10 of Orders), 0 while that is not known.
    """
    known = record.totals or ChangeTotals()
    prices = {item.id: item for item in record.before}
    return {
        "reason": record.asked.reason,
        "manualDiscountValue": record.asked.discount,
        "manualIncrementValue": record.asked.increment,
        "totalChangeValue": known.difference,
        "totals": _totals(known),
        "add": _side(record.asked.added, prices),
        "remove": _side(record.asked.removed, prices),
        "replace": [_replacement(each, prices) for each in record.asked.replaced] or None,
        "date": ticks_text(record.date),
        "origin": {"account": account, "orderId": record.order_id, "component": "MarketplaceComponent"},
        "settings": {"customPaymentSystemsAllowed": list(record.settings.payment_systems)}
        | settings(record.settings),
    }


def _ids(record: ChangeRecord) -> Json:
    return {"requestId": record.id, "workflowId": record.workflow_id}


def _progress(record: ChangeRecord) -> Json:
    dropped = record.cancellation
    return {
        "status": record.status,
        # One field in the schema, the other in the help articles (C10 of Orders).
        "inProgress": record.in_progress,
        "finished": not record.in_progress,
        "logs": [_log(each) for each in record.logs],
        "cancellationData": None
        if dropped is None
        else {
            "requestedByUser": dropped.by_user,
            "reason": dropped.reason,
            "cancellationDate": ticks_text(dropped.date),
        },
    }


def _log(entry: ChangeLog) -> Json:
    return {
        "date": ticks_text(entry.date),
        "message": _worded(entry),
        "source": "order-system",
        "status": entry.status,
    }


def _worded(entry: ChangeLog) -> str:
    """Why a change failed, with the code that a synchronous answer would carry."""
    if entry.refusal is None:
        return entry.message
    refusal = Refusal[entry.refusal]
    return f"{refusal.words.code}: {message(refusal, dict(entry.params), ChangeVersion.TWO)}"


def _totals(known: ChangeTotals) -> list[Json]:
    figures = {
        "ManualValues": ("Manual Values Total", known.manual),
        "Items": ("Items Total", known.items),
        "Shipping": ("Shipping Total", known.shipping),
    }
    return [{"id": name, "name": title, "value": value} for name, (title, value) in figures.items() if value]


# --- Its lines ----------------------------------------------------------------------------------------------

Known = Mapping[str, Item]
"""The order's lines at the moment of the change, by article; empty while the change waits."""


def _side(lines: tuple[Lines, ...], known: Known) -> Json | None:
    return {"items": [change_line(each, known) for each in lines]} if lines else None


def _replacement(replacement: Replacement, known: Known) -> Json:
    return {
        "from": {
            "paymentData": {"transactions": []},
            "items": [change_line(each, known) for each in replacement.taken],
            "shippingData": {"logisticsInfo": []},
        },
        "to": {
            "items": [{**_GIVEN, **change_line(each, known)} for each in replacement.given],
            "paymentData": {"transactions": []},
            "receiptData": None,
            "shippingData": {"logisticsInfo": []},
        },
    }


def change_line(line: Lines, known: Known) -> Json:
    """One line; prices and names are null until the change has met the order (documented)."""
    item = known.get(line.id)
    price = line.price if line.price is not None else item.price if item else None
    return {
        "id": line.id,
        "uniqueId": line.unique_id,
        "quantity": line.quantity,
        "price": price,
        "sellingPrice": price,
        "measurementUnit": "un",
        "unitMultiplier": 1,
        "name": item.name if item else None,
        "detailUrl": None,
        "imageUrl": None,
    }


_GIVEN: Mapping[str, object] = MappingProxyType(
    {
        "productId": None,
        "productRefId": None,
        "refId": None,
        "ean": None,
        "skuName": None,
        "modalType": None,
        "parentItemIndex": None,
        "parentAssemblyBinding": None,
        "assemblies": [],
        "priceValidUntil": None,
        "tax": 0,
        "listPrice": None,
        "manualPrice": None,
        "manualPriceAppliedBy": None,
        "rewardValue": 0,
        "isGift": False,
        "additionalInfo": {
            "dimension": None,
            "brandName": None,
            "brandId": None,
            "offeringInfo": None,
            "offeringType": None,
            "offeringTypeId": None,
            "categoriesIds": None,
            "productClusterId": None,
            "commercialConditionId": None,
        },
        "preSaleDate": None,
        "productCategoryIds": None,
        "productCategories": {},
        "seller": None,
        "sellerChain": [None],
        "components": [],
        "bundleItems": [],
        "attachments": [],
        "attachmentOfferings": [],
        "offerings": [],
        "priceTags": [],
        "availability": None,
        "manufacturerCode": None,
        "priceDefinition": None,
    }
)


# --- Settings -----------------------------------------------------------------------------------------------


def settings(known: ChangeSettings) -> Json:
    """The settings of an account or of one change."""
    return {
        "paymentConfiguration": {"customPaymentSystemsAllowed": list(known.payment_systems)},
        "rolloutConfiguration": {
            "usingDefaultBehavior": not known.custom,
            "enableApi": known.api,
            "enableAdminOrders": {"enabledWorkspaces": list(known.admin_workspaces)},
            "enableMyOrders": {"enabledWorkspaces": list(known.shopper_workspaces)},
        },
        "pipelineConfiguration": {
            "enableTaxHubRecalculation": known.tax_hub,
            "compensateShippingChanges": known.keeps_freight,
            "enablePromotionRecalculation": known.promotions,
            "enableNativeTaxRecalculation": known.native_tax,
        },
        "_mock": {"delaySeconds": known.delay},
    }


# --- The list ---------------------------------------------------------------------------------------------------


def listed(changed: Changed, account: str) -> Json:
    """The changes of version 2 that were done; `actions` is documented without content."""
    version_2 = (each for each in changed.changes if each.version is ChangeVersion.TWO)
    return {"requests": [change(each, account) for each in version_2], "actions": []}
