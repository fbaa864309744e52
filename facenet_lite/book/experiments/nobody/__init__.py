"""Faces of Nobody under test: found, told apart, nobody's copies, and like real faces."""
