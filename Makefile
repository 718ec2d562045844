# Two commands do everything on a fresh machine: `make demo` and `make test`.
# Both make `.venv` with the first Python >= 3.10 that they find; `make PYTHON=/path/to/python demo`
# chooses another. The stamp files in `.venv` make a second run quick.

SHELL := /bin/sh
BIN := .venv/bin
NEW_ENOUGH := -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 10))'
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11 python3.10 python; do \
	if $$name $(NEW_ENOUGH) 2>/dev/null; then echo $$name; break; fi; done)
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# All cores; whoever is done takes tests from the other. `make PYTEST_FLAGS= test` uses one process.
PYTEST_FLAGS ?= -n auto --dist worksteal
# Programs for `make fuzz`.
N ?= 2000

.PHONY: demo test test-compiled test-editors fuzz bench bench-latency bench-loop edits clean

demo: .venv/installed
	@$(BIN)/corolint check --exit-zero tests/examples

# Tests run the Python files, also where the environment has a compiled twin of them.
test: export COROLINT_INTERPRETED = 1
test: .venv/installed-for-tests
	@$(BIN)/python tests/environments.py .interpreters
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy --strict server/corolint
	@$(BIN)/python -m pytest $(PYTEST_FLAGS)

# The specs once more, on machine code (see server/compile_hook.py); compiles for a minute or two.
test-compiled: .venv/installed-for-tests
	@COROLINT_COMPILE=1 $(PIP) install --editable . --no-deps
	@cd / && $(CURDIR)/$(BIN)/python -c "import corolint.check as c; assert c.__file__[-3:] != '.py', c"
	@$(BIN)/python -m pytest $(PYTEST_FLAGS) tests/test_specs.py

# Real editors with the real server; what is missing is downloaded into .editors or said to be absent.
test-editors: .venv/installed-for-tests
	@$(BIN)/python tests/lsp/editors/editors.py .editors

# Random programs, judged by CPython: `make fuzz N=2000`.
fuzz: .venv/installed-for-tests
	@cd tests && ../$(BIN)/python -m fuzz.run $(N)

# Milliseconds from a keystroke to diagnostics, beside other servers.
bench-latency: .venv/installed-for-tests
	@cd tests && ../$(BIN)/python -m benchmarks.latency ../.bench $(SERVERS)

# Milliseconds for which the server's event loop does not answer, in a folder of 10,000 modules.
bench-loop: .venv/installed-for-tests
	@cd tests && ../$(BIN)/python -m benchmarks.blocked_loop

# Random edits in one server: `make edits N=5000`.
edits: .venv/installed-for-tests
	@cd tests && ../$(BIN)/python -m lsp.random_edits $(N)

# CPU seconds and peak memory beside other checkers, which are downloaded into .bench.
bench: .venv/installed
	@$(BIN)/python tests/benchmarks/compare.py .bench $(PACKAGE)

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
	rm -rf .venv .bench .editors .readers .interpreters .mypy_cache .pytest_cache .ruff_cache .hypothesis
