"""The merchant side of VTEX on one port: Payments Gateway, Orders, callbacks, a control plane."""
