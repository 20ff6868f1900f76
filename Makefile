PYTHON ?= python3
PORT ?= 8000
SCALE ?= 1000000

bin := .venv/bin
python := $(bin)/python
install := $(PYTHON) portal/core/services/bootstrap.py
# Tests and measurements have servers of their own, so that a running portal is left alone.
beside_servers := $(python) -m portal.core.services --scratch --folder
# One failure doesn't hide the others.
through := --no-print-directory --keep-going

export PORT

.PHONY: help run test check bench shots lock clean \
	checks style types floors templates models translations tests
.DEFAULT_GOAL := help

help: ## say what there is
	@grep -E '^[a-z]+:.* ## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.* ## /make \1: /'

run: ## run the whole portal, with a demo, on PORT (8000)
	@$(install) requirements.txt
	@exec $(python) manage.py up --with-parent

test: ## run every check and every test
	@$(install) requirements-dev.txt
	@$(beside_servers) var/test -- $(MAKE) $(through) checks tests

check: ## read the code: style, types, imports, templates, migrations, translations
	@$(install) requirements-dev.txt
	@$(beside_servers) var/test -- $(MAKE) $(through) checks

bench: ## measure with SCALE (1000000) incidents
	@$(install) requirements-dev.txt
	@$(beside_servers) var/bench -- $(python) -m bench --scale $(SCALE)

shots: ## take the pictures of the README, of a demo made for them
	@$(install) requirements-dev.txt
	@$(python) -m tests.shots

lock: ## pin the newest packages that the three .in files allow
	@$(install) requirements-dev.txt
	@for name in requirements requirements-dev requirements-s3; do \
		$(python) -m uv pip compile -q --upgrade --universal --generate-hashes --python-version 3.11 \
			--no-header $$name.in -o $$name.txt || exit 1; \
	done

clean: ## remove the data, the environment and what tools left behind
	@if [ -L var/postgres ]; then rm -rf "$$(dirname "$$(readlink var/postgres)")"; fi
	@rm -rf var .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# What follows runs beside servers: by `make check` and `make test`.
checks: style types floors templates models translations

style:
	$(bin)/ruff check .
	$(bin)/ruff format --check .

types:
	$(bin)/mypy

floors:
	$(bin)/lint-imports

templates:
	$(bin)/djlint templates --lint --quiet

models:
	$(python) manage.py check
	$(python) manage.py makemigrations --check --dry-run

translations:
	$(python) manage.py translations check

tests:
	@if ! command -v chromium >/dev/null; then \
		echo "There is no Chromium here, so the tests in a browser are left out (Debian: apt install chromium)."; \
		test "$$CI" != true; \
	fi
	$(python) manage.py translations compile
	$(bin)/pytest
