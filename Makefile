# Everything goes through .venv, made from the locked requirements.
# The two commands:  make run   make test

PYTHON3 ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
export LINKSTAR_DATA ?= $(CURDIR)/data
export LINKSTAR_DEBUG ?= 0
# Commands are started hundreds of times: what Python compiled once is kept.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: run test test-long check format bench lock messages setup-run setup-test

run: setup-run
	$(BIN)/linkstar demo
	$(BIN)/linkstar serve $(if $(PORT),--port $(PORT))

# Chromium's driver keeps an event loop, which records refuse to share a process with.
# In the order of the folders the quick ones come last, and no worker waits for the other.
test: setup-test
	$(BIN)/python -m pytest tests/browser -m "not long" -n 2 --dist loadfile
	$(BIN)/python -m pytest --ignore tests/browser -m "not long" -n 2 --dist loadfile --no-loadscope-reorder

test-long: setup-test
	$(BIN)/python -m pytest -m long

check: setup-test
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports
	DJANGO_SETTINGS_MODULE=linkstar.config.settings $(BIN)/django-admin makemigrations --check --dry-run
	$(BIN)/python -m pytest -q tests/architecture

format:
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

bench: setup-test
	$(BIN)/python -m bench

messages: setup-test
	$(BIN)/python frontend/messages.py

setup-run setup-test: setup-%:
	@test -n "$(PYTHON3)" || { echo "LinkStar needs Python 3.11 or newer on the PATH."; exit 1; }
	@$(PYTHON3) tools/setup.py $*

# Re-resolves every dependency; needs uv.
LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-annotate --custom-compile-command "make lock"
lock:
	$(LOCK) pyproject.toml -o requirements/run.txt
	$(LOCK) --group pyproject.toml:build -c requirements/run.txt -o requirements/build.txt
	$(LOCK) pyproject.toml --group build --group dev --extra notebook --extra postgresql -c requirements/run.txt -o requirements/dev.txt
	$(LOCK) --group pyproject.toml:gbstats --override requirements/gbstats-overrides.txt -c requirements/dev.txt -o requirements/gbstats.txt
