"""The suite for gateways: the same kind of rules, events and reports, with the roles exchanged.

    rules/gateway/*.yaml ── load ──► GatewayRule ── run ──► steps ──► Merchant ──► the gateway under test
                                                             │                            │ PPP
                                                             └── expectations ◄── Recorder ◄┘

The suite is the merchant in front of the gateway, and the connector behind it. What reaches that connector, in its
order and to the digit, is the evidence; nothing here asks the gateway whether it is right.
"""
