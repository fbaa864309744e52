"""The detectors by hand, in NumPy: readable, and agreeing with the libraries."""
