"""Landmarks step by step: shape-indexed pixels, regression trees, their file, their training."""
