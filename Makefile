# Everything needs only Python (3.11 or newer) and make. The environment is made when it is missing.
PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8600
SPEED ?=
CONTRACT ?= seeds
MODELS ?= strict
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check

# Property tests draw bodies that break rules, and others each time: nothing for a baseline.
GATE := --fail-on warning --baseline tests/examples/known.json -- $(BIN)/python -m pytest -q \
  -p no:cacheprovider tests/examples --ignore=tests/examples/test_properties.py

.DEFAULT_GOAL := help
.PHONY: help setup serve test check fix thorough docs bench lock clean

help: ## Show what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

serve: $(VENV)/.server ## Start the mock (HOST= PORT= SPEED= CONTRACT=seeds MODELS=strict ARGS="--clock manual")
	@$(BIN)/python -m mockserver serve --host $(HOST) --port $(PORT) $(if $(SPEED),--speed $(SPEED)) \
	  --contract $(CONTRACT) --models $(MODELS) $(ARGS)

setup: $(VENV)/.dev ## Make .venv complete for development

test: $(VENV)/.dev ## Run the whole suite, with branch coverage
	@$(BIN)/python -m pytest --numprocesses=2 --cov --cov-report=term

check: $(VENV)/.dev ## Format, lint, types, layers, generated pages, the manners of our examples
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/python docs/generate.py --check
	@told=$$($(BIN)/screentest run $(GATE) 2>&1) || { echo "$$told"; exit 1; }

fix: $(VENV)/.dev ## Format, and mend what can be mended
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

thorough: $(VENV)/.dev ## Run the suite with many more examples per property
	@$(BIN)/python -m pytest --numprocesses=2 --hypothesis-profile=thorough --timeout=1800

docs: $(VENV)/.server ## Write the reference pages from the contracts
	@$(BIN)/python docs/generate.py

bench: $(VENV)/.dev ## Measure the mock against a bare app, in one run
	@$(BIN)/python -m bench

lock: $(VENV)/.dev ## Resolve the requirements anew
	@$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	  --no-header --no-annotate --quiet --upgrade -o requirements/server.txt
	@$(BIN)/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 \
	  --generate-hashes --no-header --no-annotate --quiet --upgrade -o requirements/dev.txt

clean: ## Remove everything that was made
	@rm -rf $(VENV) build dist *.egg-info .coverage htmlcov .hypothesis .pytest_cache .mypy_cache .ruff_cache
	@find . -name __pycache__ -prune -exec rm -rf {} +

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Screentest needs Python 3.11 or newer; say make PYTHON=/path/to/python" >&2; exit 2; }
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.server: requirements/server.txt | $(VENV)/.made
	@echo "Installing the server's requirements into $(VENV) ..."
	@$(PIP) install --require-hashes -r requirements/server.txt
	@touch $@

$(VENV)/.dev: requirements/dev.txt pyproject.toml | $(VENV)/.made
	@echo "Installing the development requirements into $(VENV) ..."
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $(VENV)/.server $@
