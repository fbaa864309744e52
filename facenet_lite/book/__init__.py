"""The book's workshop: exercises, figures, plots, recorded results and the runs that made them.

Nothing of the library imports it; the command line does, for the commands that make the book.
"""
