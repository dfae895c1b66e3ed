# Everything a person or CI does with the checkout. `make` alone lists it.
PYTHON ?= python3.11
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
DATA ?= demo
export PREFECT_SERVER_ANALYTICS_ENABLED = false
export DO_NOT_TRACK = 1

.DEFAULT_GOAL := help
.PHONY: help install run test check format lint types layers docs lock bench faults clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

install: $(STAMP) ## set up the virtual environment from the lock

$(STAMP): requirements-dev.lock pyproject.toml
	@test -x $(BIN)/python || sh deployments/make_venv.sh $(PYTHON) $(VENV)
	$(BIN)/python -m pip install --quiet --no-deps --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	$(BIN)/python -m pip check
	@touch $@

run: install ## start the demonstration district: Prefect, worker, mail, everything
	$(BIN)/fireduty up --demo --data $(DATA)

test: install ## run the tests
	$(BIN)/python -m pytest --cov --cov-report=term:skip-covered

check: install ## what CI runs: format, lint, types, layers, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(MAKE) test

format: install ## format and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: install ## write the generated parts of README and docs anew
	$(BIN)/python -m fireduty.cli.reference

bench: install ## every bench, as JSON
	$(BIN)/fireduty bench all

faults: install ## the long fault loops
	FIREDUTY_FAULT_ROUNDS=50 $(BIN)/python -m pytest tests/faults

lock: ## resolve the dependencies anew (needs uv)
	uv pip compile pyproject.toml --no-strip-extras --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --no-header -q -o requirements.lock
	uv pip compile pyproject.toml --group dev -c requirements.lock --no-strip-extras --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-emit-find-links --no-header -q -o requirements-dev.lock

clean: ## remove what can be made again
	rm -rf $(VENV) .ci/venv build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis htmlcov .coverage*
