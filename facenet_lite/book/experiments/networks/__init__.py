"""The networks side by side: what they cost, in which formats, and how good they are."""
