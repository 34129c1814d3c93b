"""The reference connector: a correct payment provider with a ledger of its own."""
