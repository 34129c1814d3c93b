"""The pure core: no Flask, no I/O, no clock, no randomness; everything comes in as an argument."""
