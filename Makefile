# Every target makes .venv by itself; nothing else has to be there than Python 3.11 or newer.
PYTHON ?= python3
BIN := .venv/bin

# What else pytest is to be told: make test PYTEST_FLAGS="-k demo"
PYTEST_FLAGS ?=

# Where `make serve` listens, and where it keeps everything.
PORT ?= 5005
CONNECTOR_PORT ?= 5010
STORE ?= sqlite:///gateway-mock.db

# How long `make fuzz` looks, and from where it starts: another place each time, or one that it has printed.
FUZZ_EXAMPLES ?= 300
FUZZ_SEED ?= $(shell date +%s)
FUZZ_SEED := $(FUZZ_SEED)

# Commands and tests start many processes: what is compiled stays, whatever the shell thinks of that.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test fuzz check lint types serve bench clean
.DEFAULT_GOAL := test

.venv/ready: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@

demo: .venv/ready          ## the announcement's story, a legacy connector beside PPP
	@$(BIN)/gateway-mock demo

test: .venv/ready          ## every test, on every core
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal $(PYTEST_FLAGS)

fuzz: .venv/ready          ## what Schemathesis finds between what is served and what is documented, for minutes
	@echo "Again: make fuzz FUZZ_EXAMPLES=$(FUZZ_EXAMPLES) FUZZ_SEED=$(FUZZ_SEED)"
	@FUZZ_EXAMPLES=$(FUZZ_EXAMPLES) FUZZ_SEED=$(FUZZ_SEED) \
	  $(BIN)/python -m pytest tests/contracts/test_schemathesis.py --numprocesses auto $(PYTEST_FLAGS)

check: lint types          ## everything that reads the code without running it

lint: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/ready
	$(BIN)/mypy

# A shell without job control starts what runs behind it deaf to Ctrl-C, so the trap passes it on.
serve: .venv/ready         ## the sandbox in Partial mode, with the reference connector beside it
	@$(BIN)/ppp-connector serve --port $(CONNECTOR_PORT) & connector=$$!; \
	$(BIN)/gateway-mock serve --port $(PORT) --store '$(STORE)' --mode partial \
	  --connector http://127.0.0.1:$(CONNECTOR_PORT) & sandbox=$$!; \
	trap 'kill $$connector $$sandbox; wait; exit 0' INT TERM; \
	wait $$sandbox; code=$$?; kill $$connector; exit $$code

bench: .venv/ready         ## how fast, as ratios to a ceiling measured in the same run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[bench]'
	$(BIN)/python -m benchmarks

clean:
	rm -rf .venv .coverage* .hypothesis .mypy_cache .pytest_cache .ruff_cache
