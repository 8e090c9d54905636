# Needs Python 3.11 or newer and make; everything else comes into .venv, at the versions and hashes of the lock files.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# The lock files name everything: asked to look for more, an older pip takes a newer release of what an extra is asked of.
PIP := $(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --require-hashes --no-deps
COMPILE := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header pyproject.toml

.DEFAULT_GOAL := help
.PHONY: help run demo test check format lock

help: ## Say what there is to make
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/.run ## Start the desk; the first start makes it
	@$(BIN)/python -m claims_app run

demo: $(VENV)/.run ## Try the desk in a newsroom that is thrown away at the end
	@$(BIN)/python -m claims_app demo

test: check ## Check the code and run all tests
	$(BIN)/python -m pytest -n 3 --dist worksteal --cov

check: $(VENV)/.test ## Check style, types and the layers, without the tests
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m mypy
	$(BIN)/lint-imports --no-logo

format: $(VENV)/.test ## Put the code into its style
	$(BIN)/python -m ruff check --fix .
	$(BIN)/python -m ruff format .

lock: ## Write the lock files from pyproject.toml (needs uv)
	$(COMPILE) --output-file requirements.txt
	$(COMPILE) --group dev --output-file requirements-dev.txt

# A stamp is older than its lock file exactly when there is something to install.
$(VENV)/.run: requirements.txt | $(BIN)/python
	@echo "Installing what the desk needs into $(VENV) ..."
	@$(PIP) -r requirements.txt
	@touch $@

$(VENV)/.test: requirements-dev.txt | $(BIN)/python
	@echo "Installing what the tests need into $(VENV) ..."
	@$(PIP) -r requirements-dev.txt
	@touch $@

$(BIN)/python:
	@command -v $(PYTHON) >/dev/null || { echo "Claims Desk needs Python 3.11 or newer, and there is no $(PYTHON) here." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit("Claims Desk needs Python 3.11 or newer; $(PYTHON) is %d.%d. Name another one: make PYTHON=python3.11" % sys.version_info[:2] if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -m venv $(VENV)
