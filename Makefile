# `make` lists what can be done. What each target does stands in facenet_lite/book/dev.py, which works
# without make too: python -m facenet_lite.book.dev TARGET. JOBS (2) and PORT (8000) can be given.
PYTHON ?= python3

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help book numbers test test-library test-book check format races results lab serve constraints clean

help book numbers test test-library test-book check format races results lab serve constraints clean:
	@command -v $(PYTHON) >/dev/null 2>&1 || { echo "$(PYTHON) is not there. Install Python 3.11 or newer, or name one: make PYTHON=/path/to/python3.12" >&2; exit 1; }
	@$(PYTHON) -m facenet_lite.book.dev $@
