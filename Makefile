# The commands of Santun; each sets up what it needs first.
PYTHON_BIN := .venv/bin/python
.DEFAULT_GOAL := help

.PHONY: help setup setup-dev setup-engines demo test lint format bench wheel constraints screenshots clean

help: ## list the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | column -t -s "$$(printf '\t')"

setup: ## make .venv with everything the product needs (no root, no prompts)
	@tools/setup.sh

setup-dev: ## the same, with what tests and lint need
	@tools/setup.sh --dev

setup-engines: ## the same, with what the optional engines need to be tested (PyTorch for the CPU, transformers; about 1 GB)
	@tools/setup.sh --engines

demo: setup ## place real SIP calls on 127.0.0.1, score them, serve the results (DEMO_SERVE=0 ends by itself)
	@.venv/bin/santun demo

test: setup-dev ## run every test (SIPp and Chromium tests skip where those cannot be installed)
	@tools/debian-packages.sh
	@$(PYTHON_BIN) -m pytest $(PYTEST_ARGS)

lint: setup-dev ## style, types and the import contracts
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/lint-imports
	@.venv/bin/pyright --warnings

format: setup-dev ## rewrite the code in the house style
	@.venv/bin/ruff check --fix .
	@.venv/bin/ruff format .

bench: setup-dev ## measure, write bench/results.json and print a table
	@$(PYTHON_BIN) -m tests.bench

wheel: setup-dev ## build the wheel into dist/
	@$(PYTHON_BIN) -m build --wheel --no-isolation

screenshots: setup-dev ## renew the screenshots in docs/images (needs Chromium)
	@tools/debian-packages.sh
	@SANTUN_TEST_SCREENSHOTS=docs/images $(PYTHON_BIN) -m pytest tests/web -m browser -q

constraints: setup-dev ## pin the dependencies anew for both Python versions
	@for version in 3.11 3.12; do \
	  .venv/bin/uv pip compile -q --upgrade pyproject.toml --extra dev --extra pyttsx3 \
	    --python-version $$version --no-header --no-annotate -o constraints/py$$(echo $$version | tr -d .).txt; done

clean: ## remove what was built (not your data)
	@rm -rf dist build .pytest_cache .ruff_cache .import_linter_cache
