# make demo: see it. make test: prove it. Both stand on make install.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test simulate bench chaos install browser parsers lint format lock

demo: install
	$(BIN)/loftesbot demo

test: install browser parsers
	$(BIN)/python -m pytest

# Towns that live through their plans while everything fails; FIRST=… begins elsewhere.
SEEDS ?= 1000
FIRST ?= 1
simulate: install
	$(BIN)/python -m tests.simulation $(FIRST) --seeds $(SEEDS)

# Ratios against peers in one run; ONLY=a runs one letter, ONLY=a1 one part of it.
bench: install
	$(BIN)/python -m benchmarks $(ONLY)

# Processes killed at random on a real PostgreSQL, then a disk that fails; lost 0, doubled 0. Root may mount disks.
chaos: install
	$(BIN)/python -m tests.chaos $(if $(CARRIER),--carrier $(CARRIER)) $(if $(SEED),--seed $(SEED)) $(if $(KILLS),--kills $(KILLS))

install: .venv/.installed

.venv/.installed: requirements-dev.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; set PYTHON=…")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes --no-deps -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	touch $@

# The page tests drive Chromium. It is installed where that can be done; where it cannot, the tests say so.
browser:
	@command -v chromium chromium-browser google-chrome >/dev/null 2>&1 \
	|| { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 \
	     && apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null; } \
	|| echo 'No Chromium here: the page tests are left out. Install it, and run make test again.'

# Two JavaScript parsers read the feeds in the tests, where Node.js is; where it is not, the tests say so.
parsers: tests/feeds/javascript/node_modules/.installed

tests/feeds/javascript/node_modules/.installed: tests/feeds/javascript/package-lock.json
	@if command -v npm >/dev/null 2>&1; \
	then npm ci --prefix tests/feeds/javascript --ignore-scripts --no-audit --no-fund --silent && touch $@ \
	     || echo 'The JavaScript parsers cannot be fetched: they are left out.'; \
	else echo 'No Node.js here: its parsers are left out. Install it, and run make test again.'; fi

lint: install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: install
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Pins every dependency with its hashes; needs uv.
lock:
	uv pip compile -q --universal --generate-hashes --no-header --python-version 3.11 pyproject.toml --extra scale -o requirements.lock
	uv pip compile -q --universal --generate-hashes --no-header --python-version 3.11 pyproject.toml --extra scale --group dev -o requirements-dev.lock
