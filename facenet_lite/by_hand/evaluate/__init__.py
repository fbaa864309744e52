"""Evaluation done by hand: pairs counted one by one, and mistakes in circulation."""
