"""Data sets: read where they lie, or drawn."""
