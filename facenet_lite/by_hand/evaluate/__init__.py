"""Evaluation by hand: pairs counted one by one, and widely copied mistakes."""
