.DEFAULT_GOAL := help
.PHONY: help install demo test test-sqlite test-postgresql test-browser chromium lint lock migration messages clean

PIP := .venv/bin/python -m pip --disable-pip-version-check
PYTEST := .venv/bin/pytest
ASSETS := views/static/vendor/.fetched
# Two suites at once; each one's output is kept together where this make can.
TOGETHER := -k -j2 $(if $(filter output-sync,$(.FEATURES)),--output-sync=target)

help:
	@echo "make install   make .venv and fetch the front-end files"
	@echo "make demo      serve the demo on 127.0.0.1:8080"
	@echo "make test      run every test, on SQLite, on PostgreSQL and in a browser"
	@echo "make lint      check style, types and the direction of imports"
	@echo "make lock      choose new versions for requirements.lock"
	@echo "make migration write migration 0001 anew from the models"
	@echo "make messages  collect the sentences for translators"
	@echo "make clean     remove what the others made"

install: .venv/.installed $(ASSETS)

.venv/.installed: requirements.lock pyproject.toml
	@python=; for name in $(PYTHON) python3.11 python3; do \
		if $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python=$$name; break; fi; \
	done; \
	if [ -z "$$python" ]; then \
		echo "Careward needs Python 3.11 or newer: install it, or name it with make PYTHON=<program>." >&2; exit 2; \
	fi; \
	.venv/bin/python -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
		|| "$$python" -m venv --clear .venv
	@echo "Installing the Python packages into .venv ..."
	@$(PIP) install --quiet -r requirements.lock
	@PYTHONWARNINGS=ignore $(PIP) install --quiet --no-deps -e .
	@touch $@

$(ASSETS): views/static/package-lock.json views/static/.npmrc views/static/fetch.sh | .venv/.installed
	@echo "Fetching the front-end files ..."
	@sh views/static/fetch.sh

demo: install
	@.venv/bin/careward demo

test: install chromium
	@echo "Testing on SQLite and on PostgreSQL, side by side ..."
	@failed=0; \
	$(MAKE) --no-print-directory $(TOGETHER) test-sqlite test-postgresql || failed=2; \
	$(MAKE) --no-print-directory test-browser || failed=2; \
	exit $$failed

test-sqlite: install
	@echo "== SQLite"
	@CAREWARD_TEST_DATABASE=sqlite $(PYTEST) -m "not browser"

test-postgresql: install
	@echo "== PostgreSQL"
	@CAREWARD_TEST_DATABASE=postgresql $(PYTEST) -m "not browser" -o cache_dir=.pytest_cache/postgresql

test-browser: install chromium
	@echo "== Browser"
	@CAREWARD_TEST_DATABASE=sqlite $(PYTEST) -m browser -n 2

chromium:
	@found() { command -v chromium || command -v chromium-browser || command -v google-chrome; } >/dev/null; \
	found && exit 0; \
	sudo=; [ "$$(id -u)" = 0 ] || sudo="sudo -n"; \
	if command -v apt-get >/dev/null && $$sudo true 2>/dev/null; then \
		echo "Installing Chromium ..."; \
		$$sudo apt-get update -qq && \
		$$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-liberation >/dev/null; \
	fi; \
	found || { echo "The browser tests need Chromium or Google Chrome on the PATH: install one of them." >&2; exit 2; }

# Every check runs even when an earlier one fails, so that one run tells all.
lint: install
	@failed=0; \
	.venv/bin/ruff check . || failed=2; \
	.venv/bin/ruff format --check . || failed=2; \
	.venv/bin/mypy || failed=2; \
	.venv/bin/lint-imports || failed=2; \
	exit $$failed

# uv, because one lock must serve every Python from 3.11 and every system.
lock: .venv/.installed
	@$(PIP) install --quiet uv
	@.venv/bin/uv pip compile pyproject.toml --extra test --universal --python-version 3.11 --upgrade \
		--quiet --no-header --no-annotate --output-file requirements.lock

# Until the first release: after that 0001 stays, and every change of a table is a migration of its own.
migration: .venv/.installed
	@.venv/bin/python models/migrations/first_edition.py

# The sentences for translators; a language's own file is made and updated from it.
messages: .venv/.installed
	@.venv/bin/pybabel -q extract -F translations/babel.cfg -k _l --no-location --sort-output -o translations/messages.pot .

clean:
	rm -rf .venv views/static/vendor build dist *.egg-info \
		.pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
