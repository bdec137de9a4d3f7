# The two commands: `make demo` and `make test`. The first build makes the virtual environment.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
TORCH := torch==2.13.0

# The native library: built into the source tree, where the editable installation finds it.
LIBRARY := src/gatewise/kernels/native/libgatewise.so
NATIVE := CMakeLists.txt $(wildcard native/*.cc native/*.inc native/*.h native/exports.map \
  native/include/*.h native/third_party/xla/ffi/api/*.h)
CXX_FOUND := $(firstword $(foreach cxx,$(CXX) g++ clang++ c++,$(shell command -v $(cxx) 2>/dev/null)))
# The system's CMake, or the one that pip brings.
CMAKE ?= $(or $(shell command -v cmake 2>/dev/null),$(BIN)/cmake)

.PHONY: help demo test test-all test-torch test-extras test-native test-network test-releases native sanitize aarch64-test bench lint clean

help:
	@echo "make demo        train, explain and use a spam filter on real messages"
	@echo "make test        the quick tests"
	@echo "make test-all    all tests, slow ones and those in a browser too"
	@echo "make test-torch  the tests on the torch back end (installs torch)"
	@echo "make test-extras the tests of what the extras bring (installs them, torch too)"
	@echo "make native      build the C++ library (the others do it too)"
	@echo "make test-native tests of the library without Python"
	@echo "make test-releases  Gatewise beside other releases of JAX (fetches them)"
	@echo "make test-network   the data sets and the benchmarks that fetch them"
	@echo "make sanitize    the same under the address, undefined-behaviour and thread sanitizers"
	@echo "make aarch64-test  the same for AArch64 and for old x86-64 processors, under qemu"
	@echo "make bench       the layers against their peers; TENSORFLOW=PYTHON names one that has it"
	@echo "make lint        style, types and the import rule"
	@echo "make clean       remove the virtual environment and caches"

demo: $(VENV)/.installed native
	$(BIN)/gatewise train sms-spam --out runs/demo --overwrite
	@echo; echo "Two messages it has not seen:"
	$(BIN)/gatewise predict runs/demo/model.keras \
	  "Congratulations! You won a free prize, call 0800 123 456 now" \
	  "Running late, start dinner without me"
	$(BIN)/gatewise look runs/demo/model.keras --out runs/demo/look.html --no-open \
	  "Congratulations! You won a free prize, call 0800 123 456 now"
	@echo; echo "Try your own: $(BIN)/gatewise train FILE.csv --input TEXT_COLUMN --target LABEL_COLUMN"

test: $(VENV)/.installed-dev native
	$(BIN)/python -m pytest -q -n 2 -m "not slow and not network and not browser"

test-all: $(VENV)/.installed-dev native
	$(BIN)/python -m pytest -q -n 2 -m "not network"

test-torch: $(VENV)/.installed-dev native
	$(BIN)/python -m pip install -q "$(TORCH)"
	KERAS_BACKEND=torch $(BIN)/python -m pytest -q -n 2 tests/equations tests/layers tests/kernels \
	  tests/contract tests/conformance tests/architectures -m "not network"
	KERAS_BACKEND=torch $(BIN)/python -m pytest -q -n 2 tests/tasks tests/insight -m "not slow"

test-extras: $(VENV)/.installed-dev native
	$(BIN)/python -m pip install -q "$(TORCH)"
	$(BIN)/python -m pip install -q -e ".[bench,forecasting,parquet]"
	$(BIN)/python -m pytest -q -rs -n 2 tests/tasks/forecaster tests/cli/test_forecaster.py \
	  tests/data/test_read_tables.py tests/benchmarks/test_layers.py -m "not slow and not network"

test-network: $(VENV)/.installed-dev native
	$(BIN)/python -m pytest -q -n 2 tests/data tests/benchmarks -m network

test-releases: $(VENV)/.installed-dev native
	$(BIN)/python -m pytest -q tests/build -m network

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

native: $(LIBRARY)

ifeq ($(CXX_FOUND),)
.PHONY: $(LIBRARY)
$(LIBRARY):
	@echo "No C++ compiler (g++ or clang): Gatewise works without its native library, slower."
else
$(LIBRARY): $(NATIVE) | $(CMAKE)
	@mkdir -p build
	@$(CMAKE) -S . -B build/native -DCMAKE_CXX_COMPILER=$(CXX_FOUND) >build/native.log 2>&1 \
	  || { cat build/native.log; exit 1; }
	@env -u MAKEFLAGS -u MAKELEVEL $(CMAKE) --build build/native --target gatewise -j
	@mkdir -p $(@D) && cp build/native/libgatewise.so $@.part && mv $@.part $@
endif

bench: $(VENV)/.installed-bench native
	$(BIN)/python benchmarks/layers.py $(if $(TENSORFLOW),--tensorflow $(TENSORFLOW))
	$(BIN)/python benchmarks/parts.py
	$(BIN)/python benchmarks/epoch.py --variants default
	$(BIN)/python benchmarks/chart.py

test-native: | $(CMAKE)
	@CMAKE=$(CMAKE) native/test/run plain
	@CMAKE=$(CMAKE) native/test/run generic --quick

sanitize: | $(CMAKE)
	@CMAKE=$(CMAKE) native/test/run address --quick
	@CMAKE=$(CMAKE) native/test/run thread --quick

aarch64-test: | $(CMAKE)
	@CMAKE=$(CMAKE) native/test/run aarch64 --quick
	@CMAKE=$(CMAKE) native/test/run old-x86 --quick

$(BIN)/cmake: | $(BIN)/python
	$(BIN)/python -m pip install -q --disable-pip-version-check cmake ninja

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

$(VENV)/.installed-bench: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install -q --disable-pip-version-check "$(TORCH)"
	$(BIN)/python -m pip install -q --disable-pip-version-check -e ".[bench]"
	@touch $@ $(VENV)/.installed

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
