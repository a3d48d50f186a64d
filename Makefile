# Watchglass: everything a contributor types. `make` alone explains itself.
#
# All recipes use relative paths, so a checkout below a folder with blanks in its name works.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
LOCK_VENV := .venv-lock
UV_VERSION := 0.13.8

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

.PHONY: help venv build test check conformance golden bench mutants lock clean

help: ## Say what each target does
	@echo 'Usage: make TARGET [PYTHON=python3.x]'
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-11s %s\n", $$1, $$2 }' Makefile

venv: $(STAMP) ## Make .venv with the locked packages (the other targets do it where needed)

build: $(STAMP) ## Compile definitions/ into output/ and run every statement on the embedded PostgreSQL
	$(BIN)/watchglass compile
	$(BIN)/watchglass validate

test: $(STAMP) ## Run all tests on all processors, with branch coverage
	$(BIN)/python -m pytest -n auto --dist loadfile --cov=watchglass --cov-branch --cov-report=term:skip-covered

check: $(STAMP) ## Judge the code without running it: lint, format, types
	$(BIN)/ruff check generator tests
	$(BIN)/ruff format --check generator tests
	$(BIN)/mypy

CONTRACTS := tests/contracts
conformance: $(STAMP) ## Hold the stand-ins to recordings of real servers, and to Metabase's own client (needs npm)
	for file in grafana-recorded grafana-recorded-12.4; do \
		$(BIN)/python -m tests.conformance.grafana_recorded $(CONTRACTS)/$$file.json.gz || exit 1; done
	for file in grafana-evaluation grafana-evaluation-12.4; do \
		$(BIN)/python -m tests.conformance.grafana_evaluation $(CONTRACTS)/$$file.json.gz || exit 1; done
	$(BIN)/python -m tests.conformance.grafana_conditions $(CONTRACTS)/grafana-conditions.json.gz
	$(BIN)/python -m tests.conformance.metabase_client

golden: $(STAMP) ## Rewrite the expected outputs of the tests; read the diff before a commit
	$(BIN)/python -m pytest -q --golden

bench: $(STAMP) ## Measure the figures of docs/performance.md
	$(BIN)/python -m tests.bench

mutants: $(STAMP) ## Plant mistakes in the first definition, and write docs/mutants.md: an hour; MOST=200 takes some by chance
	$(BIN)/python -m tests.mutation.definition --page $(if $(MOST),--most $(MOST))

lock: $(LOCK_VENV)/bin/uv ## Resolve requirements.lock anew, with hashes
	$(LOCK_VENV)/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
		--all-extras --group dev --no-header --no-emit-index-url --no-emit-find-links \
		--output-file requirements.lock pyproject.toml

clean: ## Remove the environments, caches and build results; sources and output/ stay
	rm -rf $(VENV) $(LOCK_VENV) build dist .coverage htmlcov
	rm -rf .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find generator tests -type d -name __pycache__ -prune -exec rm -rf {} +

# The stamp is newer than what it was made from, so a second run does nothing. The lock names every package: without
# --no-deps, an older pip looks for extras (coverage[toml]) beside it, and stops at a newer release that has no hash.
$(STAMP): requirements.lock pyproject.toml
	@"$(PYTHON)" -c '' 2>/dev/null || { \
		echo 'make: "$(PYTHON)" does not run; install Python 3.11 or newer, or say: make PYTHON=/path/to/python3' >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' || { \
		echo "make: Watchglass needs Python 3.11 to 3.14, $$("$(PYTHON)" -V 2>&1) is another; say: make PYTHON=python3.11" >&2; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { \
		echo 'make: $(PYTHON) lacks the venv module; on Debian and Ubuntu: apt-get install python3-venv' >&2; exit 1; }
	@$(BIN)/python -c '' 2>/dev/null || rm -rf $(VENV)
	"$(PYTHON)" -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(LOCK_VENV)/bin/uv: Makefile
	"$(PYTHON)" -m venv $(LOCK_VENV)
	$(LOCK_VENV)/bin/python -m pip install --quiet --disable-pip-version-check 'uv==$(UV_VERSION)'
	@touch $@
