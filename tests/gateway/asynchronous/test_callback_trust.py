"""Whose callback it is: the address with its account and signature, and the partner's credentials."""

import pytest

KEY, TOKEN = "X-VTEX-API-AppKey", "X-VTEX-API-AppToken"
PAIR = {KEY: "vtexappkey-partner", TOKEN: "partner-secret"}
PARTNER = {"partnerKey": "vtexappkey-partner", "partnerToken": "partner-secret"}


def test_the_address_carries_account_and_signature(pending):
    """Documented: `accountName`, and an `X-VTEX-signature` of at most 32 characters."""
    told = pending()
    assert told.query["accountName"] == "sandbox"
    assert 0 < len(told.query["X-VTEX-signature"]) <= 32
    assert set(told.query) == {"accountName", "X-VTEX-signature"}
    assert "/api/pvt/payment-provider/transactions/" in told.address


def test_no_two_payments_share_a_signature(pending):
    """The signature of one payment opens no other one."""
    one, other = pending(), pending()
    assert one.query["X-VTEX-signature"] != other.query["X-VTEX-signature"]
    mixed = one.address.replace(one.query["X-VTEX-signature"], other.query["X-VTEX-signature"])
    assert one.call("approved", address=mixed) == 403
    assert one.status == "Authorizing"


@pytest.mark.parametrize(
    ("old", "new", "status"),
    [
        ("&X-VTEX-signature=", "&signature=", 403),
        ("X-VTEX-signature=", "X-VTEX-signature=0", 403),
        ("accountName=sandbox", "accountName=nobody", 403),
        ("accountName=sandbox", "a=sandbox", 403),
    ],
)
def test_a_changed_address_is_refused(old, new, status, pending):
    """C17: unsigned or signed wrongly is 403, and so is the address of another account."""
    told = pending()
    assert told.call("approved", address=told.address.replace(old, new)) == status
    assert told.status == "Authorizing"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (PAIR, 200),
        ({}, 401),
        ({KEY: "vtexappkey-partner"}, 401),
        ({TOKEN: "partner-secret"}, 401),
        ({KEY: "vtexappkey-partner", TOKEN: ""}, 401),
        ({KEY: "vtexappkey-partner", TOKEN: "partner-secret2"}, 403),
        ({KEY: "vtexappkey-other", TOKEN: "partner-secret"}, 403),
        ({KEY: "vtexappkey-sandbox-LOCAL", TOKEN: "sandbox"}, 403),
    ],
    ids=str,
)
@pytest.mark.parametrize("news", ["approved", None])
def test_a_callback_carries_the_partners_credentials(news, headers, status, pending, world):
    """Documented: those of the partner's own account, not the merchant's (known issue 775235: 403)."""
    told = pending()
    world.merchant.put_connector("A", kind="ppp", url="http://a.test", paymentSystems=[2], **PARTNER)
    assert told.call(news, **headers) == status
    assert told.status == ("Approved" if status == 200 else "Authorizing")
    assert len(world.heard) == (status == 200 and news is None)


def test_without_a_partner_any_credentials_will_do(pending):
    """As VTEX's test suite has it: nobody looks at them."""
    assert pending().call("approved", **{KEY: "anybody", TOKEN: "anything"}) == 200


def test_the_partners_token_is_shown_nowhere(world):
    """The key is, and an affiliation masks the token."""
    shown = world.merchant.put_connector("A", kind="ppp", url="http://a.test", **PARTNER)
    assert shown.json["partnerKey"] == "vtexappkey-partner"
    affiliation = world.merchant.send("GET", f"/api/pvt/affiliations/{shown.json['affiliationId']}")
    entries = {each["name"]: each["value"] for each in affiliation.json["configuration"]}
    assert (entries["partnerKey"], entries["partnerToken"]) == ("vtexappkey-partner", "**********")
    assert "partner-secret" not in shown.text + affiliation.text


@pytest.mark.parametrize("half", ["partnerKey", "partnerToken"])
def test_half_a_pair_is_refused(half, world):
    """A key without its token would trust nobody, or everybody."""
    answer = world.merchant.put_connector("A", kind="ppp", url="http://a.test", **{half: "x"})
    assert answer.status_code == 422
