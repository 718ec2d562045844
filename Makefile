# Two commands do everything on a fresh machine: `make demo` and `make test`.
# Both make `.venv` with the first Python >= 3.10 that they find; `make PYTHON=/path/to/python demo`
# chooses another. The stamp files in `.venv` make a second run quick.

SHELL := /bin/sh
BIN := .venv/bin
NEW_ENOUGH := -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 10))'
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11 python3.10 python; do \
	if $$name $(NEW_ENOUGH) 2>/dev/null; then echo $$name; break; fi; done)
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: demo test clean

demo: .venv/installed
	@$(BIN)/corolint check --exit-zero tests/examples

test: .venv/installed-for-tests
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy --strict server/corolint
	@$(BIN)/python -m pytest $(PYTEST_FLAGS)

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "corolint needs Python 3.10 or newer with the venv module" >&2; exit 1; }
	@$(PYTHON) -m venv .venv

.venv/installed: .venv/bin/python pyproject.toml
	@$(PIP) install --editable .
	@touch $@

.venv/installed-for-tests: .venv/bin/python pyproject.toml
	@$(PIP) install --editable '.[test]'
	@touch .venv/installed $@

clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis
