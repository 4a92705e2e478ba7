# Two commands do everything on a fresh machine: `make run` and `make test`.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: help setup run manage test quick lint format bench soak audit lock messages clean

help:
	@echo "make run       start Virage with its demo world (PORT=8000 DATA_DIR=./data)"
	@echo "make test      every check and test"
	@echo "make quick     checks and tests without a browser"
	@echo "make lint      checks alone;  make format  puts the code in shape"
	@echo "make manage DO='…'   a management command, with the database under it"
	@echo "make messages  update the English catalogues;  make bench  measures;  make soak  wears it out for hours;  make audit  asks for known vulnerabilities;  make lock  pins the dependencies"

setup: .venv/.ready
	@$(BIN)/python -m virage.ui.messages compile

.venv/.ready: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
		|| { echo "Virage needs Python 3.11 or later: install it, or name it: make PYTHON=/path/to/python3.11 …" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
		|| { echo "Python's venv module is missing. On Debian: apt-get install python3-venv" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing the pinned packages…"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-input --require-hashes -r requirements.txt
	@touch $@

run: setup
	@exec $(BIN)/python -m virage.config.run

manage: setup
	@exec $(BIN)/python manage.py $(DO)

test: setup
	@exec $(BIN)/python -m tools.check

quick: setup
	@exec $(BIN)/python -m tools.check --quick

lint: setup
	@exec $(BIN)/python -m tools.check --lint

format: setup
	@$(BIN)/ruff check --quiet --fix . ; $(BIN)/ruff format --quiet .

bench: setup
	@exec $(BIN)/python -m bench

audit:
	@command -v pip-audit >/dev/null || { echo "pip-audit is missing (it asks a database of vulnerabilities, so it needs the network): pipx install pip-audit" >&2; exit 1; }
	pip-audit --require-hashes --disable-pip -r requirements.txt

soak: setup
	$(BIN)/python -m bench.soak --kills 500
	$(BIN)/python -m bench.fuzz --requests 100000

lock:
	@command -v uv >/dev/null || { echo "uv is missing: pip install uv" >&2; exit 1; }
	uv pip compile requirements.in --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-header --quiet -o requirements.txt

messages: setup
	@$(BIN)/python manage.py messages

clean:
	rm -rf .venv build staticfiles .ruff_cache .mypy_cache .import_linter_cache .hypothesis
	find virage tests -name __pycache__ -prune -exec rm -rf {} +
	find virage -name '*.mo' -delete
