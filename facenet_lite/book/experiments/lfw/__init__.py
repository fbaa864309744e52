"""Labeled Faces in the Wild: the benchmark, its baselines, and every pair of its pictures."""
