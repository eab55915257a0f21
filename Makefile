# Kết Luận. `make run` serves it, `make test` proves it; `make help` lists the rest.

PYTHON := .venv/bin/python
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
unexport PYTHONDONTWRITEBYTECODE # many short processes: what is compiled stays compiled
.PHONY: help setup run test sure deep bench-register bench-pages bench-followup bench-notices fast lint format format-check types layers lock migration clean run-env test-env

help: ## List every target
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: run-env ## All of `make run` but the serving: packages, .venv, database, example
	@$(PYTHON) scripts/prepare.py

run: setup ## Set up what is missing, then serve web and worker on loopback (KL_PORT, 8000)
	@$(PYTHON) scripts/serve.py

test: test-env ## The whole suite on SQLite and PostgreSQL, with coverage (sets up what it needs)
	@$(PYTHON) scripts/test.py

sure: test-env ## Before every commit: format, lint, types, import direction, fast tests
	@$(MAKE) -j2 --output-sync=target types fast format-check lint layers

deep: export KL_DEEP = 1
deep: test ## Like `make test` with the full budgets: long walks, races, kills

bench-register: test-env ## Check and claim a plan among up to 1,000,000 claims, beside bare SQL, on both engines
	@for engine in sqlite postgresql; do $(PYTHON) -m tests.bench.register $$engine; done

bench-followup: test-env ## Reminders, pages and the table over 100,000 open tasks, beside bare SQL, on both engines
	@for engine in sqlite postgresql; do $(PYTHON) -m tests.bench.followup $$engine; done

bench-pages: test-env ## The matrix and the review of a plan of 200 units × 79 contents, beside bare SQL, on both engines
	@for engine in sqlite postgresql; do $(PYTHON) -m tests.bench.pages $$engine; done

bench-notices: test-env ## Notices of 3, 10 and 100 pages beside bare WeasyPrint, a batch of 170 on two cores, sign and seal beside bare pyHanko
	@$(PYTHON) -m tests.bench.notices

fast: ## Unit tests and guards on SQLite, without the slow ones
	@KL_TEST_ENGINE=sqlite $(PYTHON) -m pytest -q tests/unit tests/guards -m "not slow"

lint: ## Ruff's rules
	@$(PYTHON) -m ruff check .

format: ## Format the code and mend what ruff can mend
	@$(PYTHON) -m ruff check --fix-only --quiet .
	@$(PYTHON) -m ruff format .

format-check:
	@$(PYTHON) -m ruff format --check .

types: ## Mypy, strict
	@$(PYTHON) -m mypy

layers: ## The import direction (pyproject.toml, [tool.importlinter])
	@$(PYTHON) -c 'from importlinter.cli import lint_imports_command; lint_imports_command()'

lock: test-env ## Resolve requirements/*.in anew into *.txt (up=--upgrade takes newer versions)
	@scripts/lock.sh $(up)

migration: run-env ## A new migration from the models: make migration m="what changes"
	@test -n "$(m)" || { echo 'Say what changes: make migration m="add the visit place"' >&2; exit 2; }
	@$(PYTHON) -m flask --app wsgi db revision --autogenerate -m "$(m)"

clean: ## Remove what tests and tools left; the data in instance/ and .venv stay
	@rm -rf build .coverage .coverage.* .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	@find . -name __pycache__ -type d -not -path './.venv/*' -prune -exec rm -rf {} +

run-env:
	@scripts/setup.sh run

test-env:
	@scripts/setup.sh test
