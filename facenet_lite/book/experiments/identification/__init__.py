"""One face among many: closed and open sets of LFW's people, and the speed of search."""
