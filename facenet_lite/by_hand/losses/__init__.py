"""The triplet loss done by hand: one triplet, a batch in plain loops, one anchor, a descent."""
