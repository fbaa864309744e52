"""The steps of the library done by hand, one folder for each topic, in plain NumPy or PyTorch.

Each lesson agrees with what the library or its peers compute, and a test holds it to that.
"""
