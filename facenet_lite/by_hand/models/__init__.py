"""Networks by hand: a convolution counted step by step, and an Inception module in NumPy."""
