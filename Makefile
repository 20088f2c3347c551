# Two commands on a bare machine with Python 3.11+ and make: `make rehearsal` and `make test`.
# Each makes .venv where it is not there.
PYTHON ?= python3
RUN := .venv/bin/python

# Compiled modules are kept, whatever the machine's habit: the tests start hundreds of processes.
export PYTHONDONTWRITEBYTECODE :=

.DELETE_ON_ERROR:
.PHONY: rehearsal test test-long browser lint bench docs reference demand-check demand-pictures requirements

# Exit code 1 says that an objective was missed: the rehearsal has done its work.
rehearsal: .venv/installed
	$(RUN) rehearse.py run opening-day || [ $$? -eq 1 ]

# Two processes: whole rehearsals wait more than they work, and the verdicts that tests ask for bear company. The other
# tests wait for portals that start, so they take four; these come first, and what is quick fills the end evenly.
test: .venv/installed lint browser
	$(RUN) -m pytest --numprocesses 4 --dist loadfile --no-loadscope-reorder --ignore tests/end_to_end
	$(RUN) -m pytest --numprocesses 2 --dist loadfile tests/end_to_end

test-long: .venv/installed browser
	$(RUN) -m pytest -m long --timeout 1800

# A browser for the tests that need one: apt's as root, else Playwright's own. Without one those tests are skipped.
browser: .venv/installed
	$(RUN) -m tests.get_browser

lint: .venv/installed
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy

bench: .venv/installed
	$(RUN) benchmarks/arrivals.py
	$(RUN) benchmarks/server.py

# The site, into site/: open site/index.html. Its pages load nothing from the network.
docs: .venv/installed
	$(RUN) -m zensical build --clean --strict

# The pages that are made from the program: the command line, the keys of a scenario file, the fields of a verdict.
reference: .venv/installed
	$(RUN) docs/reference.py

# The demand model against every real count, number by number; written into docs/demand.md too.
demand-check: .venv/installed
	$(RUN) -m scenarios.demand_check

# A picture of each preset's demand, for docs/add-a-scenario.md.
demand-pictures: .venv/installed
	$(RUN) -m scenarios.demand_picture

# Versions for all platforms, with hashes and without addresses; needs the network.
requirements: .venv/installed
	$(RUN) -m uv pip compile pyproject.toml --extra dev --universal --upgrade --generate-hashes \
	    --no-header --no-emit-index-url --no-emit-find-links -o requirements.txt

.venv/installed: requirements.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("rehearse needs Python 3.11 or newer")'
	$(PYTHON) -m venv --clear .venv # also after a set-up that was broken off
	$(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(RUN) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@
