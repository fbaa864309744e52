"""The networks compared: their cost, their formats, and their accuracy."""
