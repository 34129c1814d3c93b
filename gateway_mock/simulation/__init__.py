"""Whole histories against the reference connector, drawn from a seed, played in one process, judged by two ledgers."""
