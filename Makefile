# `make` lists what can be done. Every target makes .venv first, when it is missing.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMPS := $(VENV)/.stamps
SITE   := book/_build/html
PORT   ?= 8000
# Two processes: what a small machine has, and enough for the tests.
JOBS   ?= 2

.DEFAULT_GOAL := help
.PHONY: help book test test-book check races results lab serve constraints clean

help:  ## list the targets
	@echo "make TARGET [PYTHON=python3.12]"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "  %-14s %s\n", $$1, $$2}'

$(STAMPS)/venv:
	@command -v $(PYTHON) >/dev/null 2>&1 || { echo "$(PYTHON) is not there. Install Python 3.11 or newer, or name one: make PYTHON=/path/to/python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$$($(PYTHON) --version) is too old: this book needs Python 3.11 or newer. Name one: make PYTHON=python3.12" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@mkdir -p $(STAMPS) && touch $@

# One stamp for each set of extras: a second run installs nothing.
$(STAMPS)/book: EXTRAS := book
$(STAMPS)/test: EXTRAS := test
$(STAMPS)/check: EXTRAS := book,test,dev
$(STAMPS)/%: $(STAMPS)/venv pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[$(EXTRAS)]'
	@touch $@

book: $(STAMPS)/book  ## run every chapter and build the site (book/_build/html)
	$(BIN)/python book/_tools/execute.py
	$(BIN)/jupyter-book build book -W -n --keep-going --quiet
	@echo "The book is in $(SITE)/index.html; make serve shows it."

# One thread for each process: two processes with two threads each would wait for one another.
test: $(STAMPS)/test  ## test the package and the notebooks, with coverage
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n $(JOBS) -m "not browser and not network" --ignore tests/races --cov --cov-report=term

test-book: $(STAMPS)/test  ## look at the built site in Chromium (make book first)
	$(BIN)/python -m pytest -n $(JOBS) tests/site -m browser

check: $(STAMPS)/check  ## format, lint, types and the fast tests: what CI and pre-commit run
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/test_architecture.py tests/test_project.py -m "not slow"

races: $(STAMPS)/test  ## speed of the package against the libraries that it calls
	$(BIN)/python -m pytest -q tests/races

results: $(STAMPS)/test  ## compute recorded figures again, from a copy of LFW where there is one
	$(BIN)/facenet-lite results check

lab: $(STAMPS)/book  ## open the notebooks in JupyterLab
	$(BIN)/jupyter lab --notebook-dir=notebooks

serve:  ## show the built site on http://localhost:8000
	@test -f $(SITE)/index.html || { echo "There is no site yet: make book" >&2; exit 1; }
	$(PYTHON) -m http.server $(PORT) --bind 127.0.0.1 --directory $(SITE)

constraints: ## write constraints.txt anew, from the newest versions that pip resolves
	$(PYTHON) book/_tools/constraints.py

clean:  ## remove what was built (.venv stays; rm -r .venv removes it)
	rm -rf book/_build .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage .coverage.* htmlcov jupyter_execute
