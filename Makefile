# Two commands do everything: `make demo` runs the main job on a real example, `make test` passes all tests.
# Both make the virtual environment they need; set PYTHON to choose the interpreter it is made with.

PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test check lint types floors bench docs clean

demo: $(READY)  ## judge, find, draw, compile and compress an example and real code
	$(BIN)/python examples/demo.py

test: $(READY)  ## everything that has to pass: style, types, floors, tests, our own rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/pyright
	$(BIN)/pytest
	$(BIN)/aifirst validate . --no-cache

docs: $(READY)  ## write the generated pages: rules, settings, command line, schema
	$(BIN)/python docs/generate.py

bench: $(READY)  ## run the benchmarks; each prints its own table
	$(BIN)/python benchmarks/run_all.py

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[tokenizers]' --group dev
	touch $@

clean:
	rm -rf $(VENV) .demo .aifirst .pytest_cache .ruff_cache .hypothesis
