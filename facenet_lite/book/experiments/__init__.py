"""Measurements made once and recorded: a folder for each family, listed in ``book.registry``."""
