# Every target sets up .venv by itself; nothing else has to be installed than Python 3.11 or newer and git.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test check lint types serve bench clean
.DEFAULT_GOAL := test

.venv/ready: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@

demo: .venv/ready          ## the announcement's story, legacy beside PPP
	$(BIN)/gateway-mock demo

test: .venv/ready          ## every test, on every core
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal

check: lint types          ## everything that reads the code without running it

lint: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/ready
	$(BIN)/mypy

serve: .venv/ready         ## the sandbox, a reference connector beside it
	$(BIN)/gateway-mock serve

bench: .venv/ready         ## how fast, as ratios to a ceiling measured in the same run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[bench]'
	$(BIN)/python -m benchmarks

clean:
	rm -rf .venv .coverage* .hypothesis .mypy_cache .pytest_cache .ruff_cache
