"""Landmark accuracy on faces whose true landmarks are known."""
