"""The triplet loss by hand: one triplet, a batch in plain loops, one anchor, and a descent."""
