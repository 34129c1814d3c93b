"""The suite: rules as data, played against a connector over HTTP, told as a stream of events.

    rules/*.yaml ── load ──► Rule ── run ──► steps ──► PPPClient ──► the connector under test
                                      │         │
                                      │         └── expectations (pure) ──► differences
                                      └── outcomes, auditor, modes (pure) ──► events ──► contracts.reports

Nothing here knows who listens, and nothing here knows the reference connector: judge and judged share no code but
the client and its wire formats.
"""
