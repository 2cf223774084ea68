# The commands of the project. `make run` and `make test` work from a fresh clone with Python 3.11+, make and a compiler.

PYTHON ?= python3
PORT   ?= 8000
FUZZ_S ?= 3600
BIN    := .venv/bin
STAMP  := .venv/.installed

# One thread per process: boxes and judges run side by side, one per core.
export OMP_NUM_THREADS = 1
export OPENBLAS_NUM_THREADS = 1
export MKL_NUM_THREADS = 1

# A file's tests share a judge or a service that takes seconds to start: whole files go to a process, in their order.
# Three processes, because they wait as much as they compute: for deadlines, services and browsers.
FILE_BY_FILE = --numprocesses 3 --dist loadfile -p no:randomly

.PHONY: help run test test-unit test-rest check hooks bench fuzz fmt rehearse docs screenshots profile vendor lock clean

help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# Compiled at once, because boxes and a service's user may not write into the environment later.
# uv itself comes from the lock file too: its block, hashes included, is handed to pip.
$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Chainrule needs Python 3.11 or newer; set PYTHON=") if sys.version_info < (3, 11) else None'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	awk '/^[a-z]/{keep=0} /^uv==/{keep=1} keep' requirements.lock > .venv/uv.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r .venv/uv.lock
	$(BIN)/uv pip sync --quiet --compile-bytecode --python $(BIN)/python --require-hashes requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-build-isolation --no-deps --editable .
	touch $@

run: $(STAMP) ## start the service with its worker and a demo course on 127.0.0.1:$(PORT)
	$(BIN)/chainrule serve --demo --with-worker --port $(PORT)

test: test-unit test-rest ## every test: the fast part first, then boxes, browser, service and servers; says what was left out

test-unit: $(STAMP)
	$(BIN)/pytest --quiet --numprocesses auto --dist worksteal

test-rest: $(STAMP)
	$(BIN)/pytest --quiet -m "box or browser or slow or gpu or db" $(FILE_BY_FILE) --durations=15 -rs

check: $(STAMP) ## what a change must pass before the tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/codespell
	$(BIN)/pytest --quiet tests/repository -p no:randomly

hooks: $(STAMP) ## run the checks before every commit
	$(BIN)/prek install

fmt: $(STAMP) ## format and mend what can be mended by machine
	$(BIN)/ruff check --fix-only --exit-zero .
	$(BIN)/ruff format .

bench: $(STAMP) ## the benchmarks: medians and ratios of one run
	$(BIN)/python -m benchmarks

fuzz: $(STAMP) ## fuzz the parsers of strangers' bytes, each for FUZZ_S seconds (an hour unless told)
	for target in wire notebook zip; do $(BIN)/python -m tests.fuzz $$target -max_total_time=$(FUZZ_S) || exit 1; done

rehearse: $(STAMP) ## the publish gate, for every built-in assignment
	$(BIN)/chainrule assignment validate --all

docs: $(STAMP) ## reference pages from the docstrings, into var/docs
	$(BIN)/pdoc --output-directory var/docs --docformat google grading reference_models

screenshots: $(STAMP) ## take the README's pictures anew (needs Debian's chromium)
	$(BIN)/python docs/screenshots.py

profile: $(STAMP) ## write deploy/worker-seccomp.json from the list that boxes refuse
	$(BIN)/python -m grading.sandbox.worker_profile

vendor: ## copy the pages' third-party assets from their packages (needs Node.js)
	cd api/pages/vendoring && npm run --silent vendor

lock: ## resolve the lock file anew (hashes, no index addresses)
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 --quiet --output-file requirements.lock

clean: ## forget the environment and the demo's state
	rm -rf .venv var
