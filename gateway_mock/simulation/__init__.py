"""Whole histories against the reference connector, drawn from a seed and played in one process."""
