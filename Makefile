# The commands of README.md. Every target says on failure what to do next.
.DEFAULT_GOAL := help
.PHONY: help setup messages demo check test soak bench screenshots
MAKEFLAGS += --no-print-directory

PY := .venv/bin/python
CATALOGUES := $(patsubst %.po,%.mo,$(shell find locale cms/wagtail_locale -name '*.po' 2>/dev/null))

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' Makefile

setup: ## Make .venv with the pinned packages, and compile the translations
	@deploy/ensure-packages run
	@deploy/make-environment
	@$(MAKE) messages

messages: $(CATALOGUES)
	@:

%.mo: %.po
	@msgfmt --check-format --output-file=$@ $<

demo: setup ## Serve the demo ward on 127.0.0.1:8000 (PORT=… for another port)
	@deploy/demo

check: setup ## Style, types, layers, migrations, translations, production settings
	@deploy/ensure-packages test
	@tests/check

test: setup ## All tests on SQLite and PostgreSQL (ARGS=tests.outreach DB=sqlite for a part)
	@deploy/ensure-packages test
	@$(PY) tests/run.py $(ARGS)

soak: setup ## What tries at random, and mutants, for about 30 minutes (SOAK=short: about 5)
	@deploy/ensure-packages test
	@tests/soak

bench: setup ## How long the slow things take, beside the least they could (ARGS=roster_reading)
	@deploy/ensure-packages test
	@$(PY) tests/benchmarks/run.py $(ARGS)

screenshots: setup ## Take the pictures of docs/screenshots again, from the browser tests
	@deploy/ensure-packages test
	@UPDATE_SCREENSHOTS=1 DB=sqlite $(PY) tests/run.py tests.browser
