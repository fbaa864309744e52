"""Data sets, either read from disk or drawn from a model."""
