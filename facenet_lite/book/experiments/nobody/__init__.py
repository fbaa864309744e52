"""Faces of Nobody tested: are they found, told apart, nobody's copies, and like real faces?"""
