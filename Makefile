# The two commands: `make demo` and `make test`. The first build makes the virtual environment.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
TORCH := torch==2.13.0

.PHONY: help demo test test-all test-torch lint clean

help:
	@echo "make demo        train, explain and use a spam filter on real messages"
	@echo "make test        the quick tests"
	@echo "make test-all    all tests, slow ones and those in a browser too"
	@echo "make test-torch  the tests on the torch back end (installs torch)"
	@echo "make lint        style, types and the import rule"
	@echo "make clean       remove the virtual environment and caches"

demo: $(VENV)/.installed
	$(BIN)/gatewise train sms-spam --out runs/demo --overwrite
	@echo; echo "Two messages it has not seen:"
	$(BIN)/gatewise predict runs/demo/model.keras \
	  "Congratulations! You won a free prize, call 0800 123 456 now" \
	  "Running late, start dinner without me"
	@echo; echo "Try your own: $(BIN)/gatewise train FILE.csv --input TEXT_COLUMN --target LABEL_COLUMN"

test: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -q -n 2 -m "not slow and not network and not browser"

test-all: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -q -n 2 -m "not network"

test-torch: $(VENV)/.installed-dev
	$(BIN)/python -m pip install -q "$(TORCH)"
	KERAS_BACKEND=torch $(BIN)/python -m pytest -q -n 2 tests/equations tests/layers tests/kernels \
	  tests/conformance tests/architectures -m "not network"
	KERAS_BACKEND=torch $(BIN)/python -m pytest -q -n 2 tests/tasks -m "not slow"

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Gatewise needs Python 3.11 or newer; name one: make PYTHON=python3.12 demo"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml | $(VENV)/bin/python
	@echo "Installing Gatewise into $(VENV); the first time takes a few minutes."
	$(BIN)/python -m pip install -q --disable-pip-version-check -e ".[parquet]"
	@touch $@

$(VENV)/.installed-dev: pyproject.toml | $(VENV)/bin/python
	@echo "Installing Gatewise and its tests into $(VENV); the first time takes a few minutes."
	$(BIN)/python -m pip install -q --disable-pip-version-check -e ".[dev]"
	@touch $@ $(VENV)/.installed

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
