"""Faces of Nobody step by step, in plain NumPy: what stands in the chapter on them."""
