"""How fast the sandbox is, as ratios to a ceiling that is measured in the same run: `python -m benchmarks`."""
