"""Mining done by hand: every rule in plain loops, one anchor by search, others' rules, mistakes."""
