"""Landmarks against the truth, on faces whose landmarks are known."""
