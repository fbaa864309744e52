"""Networks done by hand: a convolution counted step by step, and a module of Inception in NumPy."""
