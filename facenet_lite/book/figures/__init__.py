"""Interactive figures that need no kernel in the published page, each in a module of its own."""

from facenet_lite._extras import named

with named():
    from facenet_lite.book.figures.base import Figure as Figure
