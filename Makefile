# Needs python3 (3.11 or newer, with venv), make and a package registry; everything else is installed into $(VENV).
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test lint audit lock bench bench-full kills

PYTHON ?= python3
VENV ?= .venv
PORT ?= 8000
DEMO := var/demo
BIN := $(VENV)/bin
RUNTIME := $(VENV)/.runtime
DEV := $(VENV)/.dev
INSTALL := $(BIN)/pip install --quiet --disable-pip-version-check

help: ## Show what each target does (the default)
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

$(VENV)/pyvenv.cfg:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0] + ": set PYTHON=python3.12, say" if sys.version_info < (3, 11) else 0)'
	@echo "Making $(VENV)"
	@$(PYTHON) -m venv $(VENV)

$(RUNTIME): requirements/runtime.txt pyproject.toml | $(VENV)/pyvenv.cfg
	@echo "Installing what the directory runs on"
	@$(INSTALL) --require-hashes -r requirements/runtime.txt
	@$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(DEV): requirements/dev.txt $(RUNTIME)
	@echo "Installing what the tests and checks need"
	@$(INSTALL) --require-hashes -r requirements/dev.txt
	@touch $@

# The demonstration keeps a database of its own, so that its fictional rows never meet registry rows. Its dates count
# back from the day of loading: a new day, changed seed data or a changed index loads it anew.
demo: export DIRECTORY_DATA_DIR := $(DEMO)
demo: export DIRECTORY_DATABASE_URL := sqlite:///$(DEMO)/directory.sqlite
demo: export DIRECTORY_ENGINE := embedded
demo: export DIRECTORY_INDEX_DIR := $(DEMO)/index
demo: export PORT := $(PORT)
demo: export DIRECTORY_PUBLIC_URL := http://127.0.0.1:$(PORT)
LOADED = $(DEMO)/loaded-$(shell { date +%F; find seed_data directory indexer -type f -not -name '*.pyc' \
	-not -path '*/web/*' -print0 | sort -z | xargs -0 cksum; } | cksum | cut -d' ' -f1)

demo: $(RUNTIME) ## Load the demonstration and serve it on http://127.0.0.1:8000 (PORT=... changes it)
	@mkdir -p $(DEMO)
	@test -f $(DEMO)/directory.sqlite || rm -f $(DEMO)/loaded-*
	@$(BIN)/directory database upgrade
	@test -f $(LOADED) || { rm -f $(DEMO)/loaded-*; $(BIN)/indexer load seed; \
		$(BIN)/indexer rebuild; touch $(LOADED); }
	@printf '\nThree searches to open:\n'
	@printf '  http://127.0.0.1:$(PORT)/search?%s\n' 'specialty=physical_therapist&near=60614' \
		'specialty=chiropractor&near=Houston%2C+TX&language=es' 'near=Denver%2C+CO&clinic_model=integrated'
	@printf '\nTo register a clinic: http://127.0.0.1:$(PORT)/register\n'
	@printf 'The mails it would send: http://127.0.0.1:$(PORT)/demonstration/mail\n'
	@printf 'Reviewers: http://127.0.0.1:$(PORT)/review\n\n'
	@$(BIN)/directory user demonstration
	@printf '\nStop it with Ctrl-C.\n\n'
	@trap 'kill $$(jobs -p) 2>/dev/null; wait' EXIT; \
		$(BIN)/indexer sync --follow & $(BIN)/directory mail send --follow & \
		$(BIN)/gunicorn --config gunicorn.conf.py directory.wsgi:app

test: $(DEV) ## Run the whole test suite (ARGS="-k ..." narrows it)
	@.ci/with-elasticsearch $(BIN)/python -m pytest $(ARGS)

lint: $(DEV) ## Check style, format, types and import rules
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy --strict
	@$(BIN)/lint-imports --no-logo

audit: $(DEV) ## Look for weaknesses in the code (bandit) and in what it depends on (pip-audit)
	@$(BIN)/bandit --quiet --recursive --configfile pyproject.toml directory indexer
	@$(BIN)/python .ci/audit

kills: $(DEV) ## Kill registering and indexing at hundreds of random moments (docs/faults.md)
	@$(BIN)/python -m tests.faults.kill_loop --kills 320 --seed 20261125
	@.ci/with-elasticsearch $(BIN)/python -m tests.faults.kill_loop --kills 80 --seed 20261126 --engine elasticsearch

COMPILE := uv pip compile --quiet --universal --generate-hashes --no-annotate --python-version 3.11 \
	--custom-compile-command "make lock" $(UPGRADE)

lock: $(DEV) ## Pin every dependency by version and hash (UPGRADE=--upgrade takes the newest)
	@$(BIN)/$(COMPILE) --group build --output-file requirements/runtime.txt pyproject.toml
	@$(BIN)/$(COMPILE) --group dev --constraint requirements/runtime.txt --output-file requirements/dev.txt \
		pyproject.toml

bench: $(DEV) ## Measure everything small (eight minutes on two cores at rest), compare with the floors, write docs/benchmarks.md
	@.ci/with-elasticsearch $(BIN)/python -m benchmarks.suite --small $(ARGS)

bench-full: $(DEV) ## Measure at 1 and 9 million as well (hours; says first what it needs)
	@.ci/with-elasticsearch $(BIN)/python -m benchmarks.suite --full $(ARGS)
