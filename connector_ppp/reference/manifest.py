"""What the reference connector offers, as data."""

from typing import Final

from connector_ppp.messages import (
    AutoSettleDelay,
    CustomField,
    ManifestResponse,
    Option,
    PaymentMethod,
)

_SPLITS: Final = {
    # Cards split at capture, slips at authorization: the defaults of VTEX's docs.
    "onCapture": ("Visa", "Mastercard", "American Express", "Elo", "Hipercard", "Diners", "Mastercard Debit"),
    "onAuthorize": ("BankInvoice",),
    "disabled": ("Pix", "Safetypay", "Cash", "Promissories", "Cobranded", "Privatelabels"),
}

MANIFEST: Final = ManifestResponse(
    payment_methods=tuple(
        PaymentMethod(name=name, allows_split=split) for split, names in _SPLITS.items() for name in names
    ),
    custom_fields=(
        CustomField(name="MerchantId", type="text"),
        CustomField(name="MerchantKey", type="password"),
        CustomField(
            name="Environment",
            type="select",
            options=(
                Option(text="Sandbox", value="sandbox"),
                Option(text="Production", value="production"),
            ),
        ),
    ),
    # Whole hours as texts, as documented: 0 to 30 days.
    auto_settle_delay=AutoSettleDelay(minimum="0", maximum="720"),
)
