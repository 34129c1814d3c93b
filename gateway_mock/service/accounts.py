"""Accounts: each with its own credentials, configuration, clock and orders, isolated from the others."""

from msgspec.structs import replace

from gateway_mock.records import SETTINGS_KEY, Credentials, Settings
from gateway_mock.service.sandbox import Sandbox

ROOT = ""
"""The account of the sandbox itself: here the credentials of all accounts are kept."""

DEFAULT_ACCOUNT = "sandbox"


def credentials(sandbox: Sandbox, app_key: str) -> Credentials | None:
    """Whose key that is; None when nobody has it. A pair never changes, so it is remembered."""
    known = sandbox.credentials.get(app_key)
    if known is None:
        with sandbox.store.read(ROOT) as unit:
            row = unit.load(Credentials, app_key)
        if row is None:
            return None
        known = sandbox.credentials[app_key] = row.value
    return known


def open_account(sandbox: Sandbox, pair: Credentials) -> Credentials:
    """Make an account with that pair, or find the pair that the same key already has."""
    with sandbox.store.write(ROOT) as unit:
        row = unit.load(Credentials, pair.app_key)
        if row is not None and row.value == pair:
            return pair
        unit.save(pair.app_key, pair, row.version if row else 0, owner=pair.account)
    sandbox.credentials[pair.app_key] = pair
    return pair


def new_account(sandbox: Sandbox, name: str | None) -> tuple[Credentials, bool]:
    """Make an account of that name, or of a new one; an existing one answers with the pair it has.

    Returns:
        the pair, and whether the account is new.
    """
    account = name or f"account{sandbox.ids.hex32()[:12].lower()}"
    with sandbox.store.read(ROOT) as unit:
        found = unit.find(Credentials, owner=account, limit=1)
    if found:
        return found[0][1].value, False
    pair = Credentials(
        account=account,
        app_key=f"vtexappkey-{account}-{sandbox.ids.hex32()[:6]}",
        app_token=sandbox.ids.hex32(),
    )
    return open_account(sandbox, pair), True


def account_names(sandbox: Sandbox) -> list[str]:
    """The names of the accounts that have credentials, in order."""
    with sandbox.store.read(ROOT) as unit:
        return sorted({row.value.account for _, row in unit.find(Credentials)})


def reset(sandbox: Sandbox, account: str) -> None:
    """Forget everything of an account but its credentials; its configuration is a new account's again."""
    with sandbox.store.write(account) as unit:
        unit.reset()
    sandbox.clock.forget(account)


def configure(sandbox: Sandbox, account: str, settings: Settings) -> None:
    """Save an account's configuration."""
    with sandbox.store.write(account) as unit:
        row = unit.load(Settings, SETTINGS_KEY)
        unit.save(SETTINGS_KEY, settings, row.version if row else 0)


def switch_quirks(sandbox: Sandbox, account: str, switched: dict[str, bool]) -> dict[str, bool]:
    """Turn known-issue switches on and off, and tell how all of them stand.

    Raises:
        UnknownQuirkError: a name is none of them; nothing was switched.
    """
    from gateway_mock.core.quirks import QUIRKS, UnknownQuirkError, with_quirks  # noqa: PLC0415

    for name in switched:
        if name not in QUIRKS:
            raise UnknownQuirkError(name)
    with sandbox.store.write(account) as unit:
        row = unit.load(Settings, SETTINGS_KEY)
        settings = row.value if row else sandbox.default_settings
        on = {name for name in settings.quirks if switched.get(name, True)} | {n for n, v in switched.items() if v}
        settings = replace(settings, quirks=tuple(sorted(on)), policy=with_quirks(on))
        unit.save(SETTINGS_KEY, settings, row.version if row else 0)
    return {name: name in on for name in QUIRKS}
