"""One order as `GET /api/oms/pvt/orders/{orderId}` shows it. Amounts are cents.

The document is far wider than a payments sandbox needs: what belongs to catalogs, promotions or subscriptions has
its documented name and is empty.
"""

from collections.abc import Mapping
from types import MappingProxyType

import msgspec

from gateway_mock.core.orders import Item, Order
from gateway_mock.records import PaymentRecord
from gateway_mock.service.order_queries import OrderTold
from gateway_mock.times import DAY, offset_text
from gateway_mock.web.wire.fields import Json
from gateway_mock.web.wire.order_parts import cancellation, cancellation_request, changes, package
from gateway_mock.web.wire.orders import DESCRIPTIONS, payment, transaction

_EMPTY: Mapping[str, object] = MappingProxyType(
    {
        "affiliateId": "",
        "roundingError": 0,
        "isCheckedIn": False,
        "checkedInPickupPointId": None,
        "clientPreferencesData": {"locale": "en-US", "optinNewsLetter": False},
        "taxData": None,
        "subscriptionData": None,
        "customData": None,
        "commercialConditionData": None,
        "openTextField": None,
        "invoiceData": None,
        "callCenterOperatorData": None,
        "ratesAndBenefitsData": {"id": "ratesAndBenefitsData", "rateAndBenefitsIdentifiers": []},
        "marketingData": None,
        "giftRegistryData": None,
        "marketplaceItems": [],
        "authorizationPolicyData": [],
        "storePreferencesData": {
            "countryCode": "BRA",
            "currencyCode": "BRL",
            "currencyFormatInfo": {
                "CurrencyDecimalDigits": 2,
                "CurrencyDecimalSeparator": ",",
                "CurrencyGroupSeparator": ".",
                "CurrencyGroupSize": 3,
                "StartsWithCurrencySymbol": True,
            },
            "currencyLocale": 1046,
            "currencySymbol": "R$",
            "timeZone": "E. South America Standard Time",
        },
    }
)


def order(told: OrderTold, account: str) -> Json:
    """The whole document."""
    return {**_EMPTY, **_head(told, account), **_state(told), **_parts(told, account)}


def _head(told: OrderTold, account: str) -> Json:
    order = told.record.order
    profile = _data(told, "clientProfileData")
    return {
        "orderId": order.id,
        "sequence": str(told.record.sequence),
        "marketplaceOrderId": order.id,
        "marketplaceServicesEndpoint": f"http://oms.vtexinternal.com.br/api/oms?an={account}",
        "sellerOrderId": f"00-{order.id}",
        "origin": "Marketplace",
        "salesChannel": told.transaction.sales_channel,
        "merchantName": account,
        "value": order.value,
        "orderGroup": order.group,
        "followUpEmail": profile.get("email", ""),
        "hostname": account,
        "orderFormId": order.transaction_id.lower(),
        "marketplace": {
            "baseURL": f"http://oms.vtexinternal.com.br/api/oms?an={account}",
            "isCertified": None,
            "name": account,
        },
        "sellers": [
            {
                "id": "1",
                "name": account,
                "logo": None,
                "fulfillmentEndpoint": f"http://fulfillment.vtexcommerce.com.br/api/fulfillment?an={account}",
            }
        ],
    }


def _state(told: OrderTold) -> Json:
    record = told.record
    status = record.order.status
    return {
        "status": status,
        "statusDescription": DESCRIPTIONS[status],
        "workflowIsInError": record.order.in_error,
        "isCompleted": True,  # C16 of Orders: it says that the order is not an incomplete one
        "allowCancellation": told.may_cancel,
        "allowEdition": told.may_change,
        "creationDate": offset_text(record.created),
        "lastChange": offset_text(record.last_change),
        "authorizedDate": _date(record.authorized),
        "invoicedDate": _date(record.invoiced),
        "lastMessage": told.notes[-1].message if told.notes else None,
        "cancelReason": record.cancel_reason,
        "cancellationData": cancellation(record),
        "cancellationRequests": [cancellation_request(each) for each in record.cancellation_requests],
    }


def _parts(told: OrderTold, account: str) -> Json:
    order = told.record.order
    return {
        "totals": totals(order),
        "items": [order_item(each) for each in order.items],
        "itemMetadata": {"Items": [_metadata(each) for each in order.items]},
        "paymentData": {"giftCards": [], "transactions": [transaction(told, account, _payment)]},
        "packageAttachment": {"packages": [package(each, order) for each in order.invoices]},
        "changesAttachment": changes(told.changes),
        "shippingData": _shipping(told),
        "clientProfileData": _PROFILE | _data(told, "clientProfileData"),
    }


def _date(moment: int | None) -> str | None:
    return None if moment is None else offset_text(moment)


def _data(told: OrderTold, name: str) -> dict[str, object]:
    """One document of the transaction's additional data; whatever is none counts as empty."""
    text = dict(told.transaction.fields).get(name, "{}")
    try:
        return msgspec.json.decode(text, type=dict[str, object])
    except (msgspec.DecodeError, msgspec.ValidationError, RecursionError):
        return {}


_PROFILE = {
    "corporateName": None,
    "tradeName": None,
    "corporateDocument": None,
    "stateInscription": None,
    "corporatePhone": None,
    "isCorporate": False,
    "userProfileId": "",
    "userProfileVersion": None,
    "customerClass": None,
    "customerCode": None,
}


# --- What it costs ------------------------------------------------------------------------------------------


def totals(order: Order) -> list[Json]:
    """Items, discounts, freight and tax; their sum is the order's value (documented).

    What the caller's own amounts added or took away shows as the documented manual price tags do: taken away as
    a discount, added as a tax.
    """
    items = sum(item.total for item in order.items)
    manual = order.value - items - order.shipping
    figures = {
        "Items": items,
        "Discounts": min(manual, 0),
        "Shipping": order.shipping,
        "Tax": max(manual, 0),
    }
    return [{"id": name, "name": f"{name} Total", "value": value} for name, value in figures.items()]


def order_item(item: Item) -> Json:
    """One line of the order."""
    prices = {
        "sellingPrices": [{"value": item.price, "quantity": item.quantity}],
        "calculatedSellingPrice": item.price,
        "total": item.total,
    }
    return {
        **_ITEM,
        "uniqueId": item.unique_id,
        "id": item.id,
        "productId": item.id,
        "sellerSku": item.id,
        "name": item.name,
        "quantity": item.quantity,
        "price": item.price,
        "listPrice": item.price,
        "sellingPrice": item.price,
        # The schema names the plural, the example and real answers the singular.
        "priceDefinition": prices,
        "priceDefinitions": prices,
    }


_ITEM: Mapping[str, object] = MappingProxyType(
    {
        "ean": None,
        "lockId": "",
        "itemAttachment": {"content": {}, "name": None},
        "attachments": [],
        "seller": "1",
        "refId": "",
        "manualPrice": None,
        "priceTags": [],
        "imageUrl": "",
        "detailUrl": "",
        "components": [],
        "bundleItems": [],
        "params": [],
        "offerings": [],
        "attachmentOfferings": [],
        "priceValidUntil": None,
        "commission": 0,
        "tax": 0,
        "preSaleDate": None,
        "additionalInfo": {
            "brandName": "",
            "brandId": "",
            "categoriesIds": "",
            "categories": [],
            "productClusterId": "",
            "commercialConditionId": "1",
            "dimension": {"cubicweight": 0, "height": 0, "length": 0, "weight": 0, "width": 0},
            "offeringInfo": None,
            "offeringType": None,
            "offeringTypeId": "",
        },
        "measurementUnit": "un",
        "unitMultiplier": 1,
        "isGift": False,
        "shippingPrice": None,
        "rewardValue": 0,
        "freightCommission": 0,
        "taxCode": None,
        "parentItemIndex": None,
        "parentAssemblyBinding": None,
        "callCenterOperator": None,
        "serialNumbers": None,
        "assemblies": [],
        "costPrice": 0,
    }
)


def _metadata(item: Item) -> Json:
    return {
        "Id": item.id,
        "Seller": "1",
        "Name": item.name,
        "SkuName": item.name,
        "ProductId": item.id,
        "RefId": "",
        "Ean": "",
        "ImageUrl": "",
        "DetailUrl": "",
        "AssemblyOptions": [],
    }


def _payment(record: PaymentRecord) -> Json:
    return payment(record) | {
        "giftCardProvider": None,
        "giftCardAsDiscount": None,
        "koinUrl": None,
        "accountId": record.card.account_id,
        "parentAccountId": None,
        "bankIssuedInvoiceIdentificationNumber": None,
        "bankIssuedInvoiceIdentificationNumberFormatted": None,
        "bankIssuedInvoiceBarCodeNumber": None,
        "bankIssuedInvoiceBarCodeType": None,
        "billingAddress": None,
        "paymentOrigin": None,
    }


# --- Shipping -----------------------------------------------------------------------------------------------


def _shipping(told: OrderTold) -> Json:
    address = _data(told, "shippingData").get("address", {})
    return {
        "id": "shippingData",
        "address": address,
        "logisticsInfo": [_logistics(index, item, told) for index, item in enumerate(told.record.order.items)],
        "trackingHints": None,
        "selectedAddresses": [address],
        "contactInformation": [],
    }


def _logistics(index: int, item: Item, told: OrderTold) -> Json:
    freight = {"price": item.shipping, "listPrice": item.shipping}
    return {
        "itemIndex": index,
        "selectedSla": "Normal",
        "lockTTL": "10d",
        **freight,
        "sellingPrice": item.shipping,
        "deliveryWindow": None,
        "deliveryCompany": "",
        "shippingEstimate": "4d",
        "shippingEstimateDate": offset_text(told.record.created + 4 * DAY),
        "slas": [],
        "shipsTo": ["BRA"],
        "deliveryIds": [],
        "deliveryChannels": [{"id": "delivery", "stockBalance": 0}],
        "selectedDeliveryChannel": "delivery",
        "deliveryChannel": "delivery",
        "pickupStoreInfo": None,
        "addressId": "sandbox-address",
        "versionId": None,
        "entityId": None,
        "polygonName": None,
        "pickupPointId": None,
        "transitTime": None,
    }
