"""`python -m contracts` is `ppp-contracts`."""

from contracts.cli import main

main()
