"""Labeled Faces in the Wild: the benchmark, its baselines, and all pairs of its pictures."""
