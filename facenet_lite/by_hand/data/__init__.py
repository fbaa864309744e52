"""Faces of Nobody step by step, in plain NumPy, as their chapter shows them."""
