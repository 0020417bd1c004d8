# Every task of a person who works on Profile Workflow. `make` alone lists them.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
MANAGE := $(BIN)/python manage.py
PIP := $(BIN)/python -m pip --disable-pip-version-check
LOCK := $(BIN)/pip-compile --quiet --upgrade --strip-extras --allow-unsafe --no-emit-options \
  --no-emit-index-url --no-emit-trusted-host --no-emit-find-links
LAYOUT := weasyprint,pydyf,tinycss2,tinyhtml5,cssselect2,fontTools,pyphen,PIL,cffi
TEMPLATES := profile_workflow/templates workflows/templates reports/templates

# Each module is compiled once, not by each of the processes that a run starts.
unexport PYTHONDONTWRITEBYTECODE

# May be given on the command line: make run PORT=8001, make test PYTEST_ARGS="-k outbox".
PYTHON ?=
HOST ?= 127.0.0.1
PORT ?= 8000
PYTEST_ARGS ?=

.PHONY: setup run test lint types style format benchmark messages lock editor clean help

setup: $(VENV)/.installed ## make or refresh .venv from the pinned requirements; say what is missing
	@$(BIN)/python -m tests.machine

# Any Python from 3.11 on; the oldest one is preferred, because the pins were made for it.
$(BIN)/python:
	@python="$(PYTHON)"; \
	for name in python3.11 python3.12 python3.13 python3; do \
	  if [ -z "$$python" ] && "$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    python="$$name"; fi; \
	done; \
	if [ -z "$$python" ]; then \
	  echo "Python 3.11 or newer was not found (Debian: apt-get install python3 python3-venv)." >&2; exit 1; fi; \
	echo "==> Making $(VENV) with $$("$$python" --version)"; \
	"$$python" -m venv $(VENV)

$(VENV)/.installed: requirements/base.txt requirements/dev.txt requirements/postgres.txt requirements/seal.txt | $(BIN)/python
	@echo "==> Installing the pinned requirements (some minutes the first time)"
	@$(PIP) install --quiet --no-compile -r requirements/base.txt -r requirements/dev.txt -r requirements/seal.txt
	@$(PIP) install --quiet --no-compile -r requirements/postgres.txt \
	  || echo "    psycopg could not be installed: PostgreSQL cannot be used here; SQLite works."
	@# The process that lays out PDFs keeps nothing that it has compiled.
	@$(BIN)/python -m compileall -q -j 0 $(VENV)/lib/python*/site-packages/{$(LAYOUT)}
	@touch $@

run: export DJANGO_SETTINGS_MODULE ?= config.settings.dev
run: export SITE_URL ?= http://$(HOST):$(PORT)
run: setup ## migrate, load the demonstration, start the worker and the server
	@echo "==> Bringing the database up to date"; \
	mkdir -p "$${DATA_DIR:-var}"; \
	$(MANAGE) migrate --verbosity 0; \
	echo "==> Loading the demonstration (nothing is done twice)"; \
	$(MANAGE) demo; \
	echo "==> Starting the worker, which sends mail and makes PDFs"; \
	$(MANAGE) worker & worker=$$!; \
	echo "==> Starting the server on http://$(HOST):$(PORT) (stop with Ctrl-C)"; \
	$(MANAGE) runserver --noreload "$(HOST):$(PORT)" & server=$$!; \
	stop() { trap - INT TERM; kill $$server $$worker 2>/dev/null || true; wait; echo "==> Stopped"; }; \
	trap 'stop; exit 0' INT TERM; \
	ended=0; wait -n $$server $$worker || ended=$$?; stop; exit $$ended

test: setup ## run every test: on SQLite, in a browser, on PostgreSQL, as far as they are there
	@$(BIN)/python -m tests.suite $(PYTEST_ARGS)

lint: types style ## check style, types, imports and templates; changes nothing (faster with --jobs=2)

types: setup
	@echo "==> mypy"; $(BIN)/mypy

style: setup
	@echo "==> ruff"; $(BIN)/ruff check . && $(BIN)/ruff format --check .
	@echo "==> import contracts"; $(BIN)/lint-imports
	@echo "==> templates"; $(BIN)/djlint --quiet --lint $(wildcard $(TEMPLATES)); \
	find $(wildcard $(TEMPLATES)) -name '*.html' -o -name '*.txt' | xargs -r $(BIN)/djade --check --target-version 5.2

format: setup ## put code and templates into the common form
	@$(BIN)/ruff check --fix-only --quiet . && $(BIN)/ruff format .
	@find $(wildcard $(TEMPLATES)) -name '*.html' -o -name '*.txt' | xargs -r $(BIN)/djade --target-version 5.2

benchmark: setup ## measure speed beside a baseline; prints and stores JSON in benchmarks/results
	@$(BIN)/python -m tests.throwaway_postgres --optional --durable -- $(BIN)/python -m benchmarks

messages: setup ## collect and compile the words to be translated (needs gettext)
	@$(MANAGE) makemessages --locale fr --locale ar --no-location --no-wrap \
	  --ignore .venv --ignore tests --ignore benchmarks --ignore docs
	@$(MANAGE) compilemessages --ignore .venv

lock: $(VENV)/.installed ## choose the newest allowed version of every requirement and pin it
	@cd requirements; export CUSTOM_COMPILE_COMMAND="make lock"; \
	echo "==> base.txt"; ../$(LOCK) --output-file base.txt base.in; \
	for name in postgres seal dev; do \
	  echo "==> $$name.txt"; ../$(LOCK) --constraint base.txt --output-file $$name.txt $$name.in; done

editor: ## make the editor that browsers load anew from profile_workflow/editor (needs Node and npm)
	@cd profile_workflow/editor && npm ci --silent && npm run --silent build

clean: ## remove everything that can be made again, except the database
	@rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis staticfiles
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

help: ## list the tasks
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
