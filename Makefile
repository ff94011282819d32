# The two commands of the README are `make demo` and `make test`; the rest reads as a table of contents.
SHELL := /bin/bash
export OMP_NUM_THREADS := 1
export OPENBLAS_NUM_THREADS := 1
PY := .venv/bin/python
PORT ?= 8000
# no test waits for ever: its worker ends, what it was doing is printed, and the rest goes on
LIMIT := --timeout 600 --timeout-method thread

.PHONY: packs pictures methods words sbom audit help install demo test test-postgres lint types contracts bench trust trust-full cues-report lock clean

help:            ## this list
	@grep -hE '^[a-z-]+: .*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 20

install: .venv/.installed ## .venv with the program and its test tools

.venv/.installed: pyproject.toml requirements.txt
	@if command -v uv >/dev/null 2>&1; then \
	  uv venv --quiet --allow-existing .venv && uv pip install --quiet --python $(PY) -r requirements.txt && uv pip install --quiet --python $(PY) --no-deps -e . ; \
	else \
	  python3 -m venv .venv && $(PY) -m pip install --quiet --disable-pip-version-check -r requirements.txt && $(PY) -m pip install --quiet --disable-pip-version-check --no-deps -e . ; \
	fi
	@touch $@

demo: install    ## fill the fictional practice and serve it
	@$(PY) -m depthwork demo --port $(PORT)

test: install lint contracts types ## lint, types, import contracts, then every fast test
	@$(PY) -m pytest -q -n 2 --dist loadfile -m "not slow" $(LIMIT)

test-postgres: install ## every fast test once more, on a PostgreSQL of the tests' own
	@$(PY) -m tests.postgres $(PY) -m pytest -q -n 2 --dist loadfile -m "not slow" $(LIMIT)

lint: install    ## ruff
	@$(PY) -m ruff check src tests
	@$(PY) -m ruff format --check --quiet src tests

types: install   ## mypy, strict on the library
	@$(PY) -m mypy

contracts: install ## imports point one way
	@.venv/bin/lint-imports --no-cache

bench: install   ## speed, with the peers in the same run -> BENCH.md, docs/growth
	@$(PY) -m tests.bench --resume
	@$(PY) -m tests.bench.sizes

trust: install   ## the every-push tier of the trust figures -> TRUST.md
	@$(PY) -m tests.trust

trust-full: install ## the nightly and release tiers too
	@$(PY) -m tests.trust --full --resume

cues-report: install ## how good the cues are -> docs/methods/cues.md
	@$(PY) -m tests.cues_report

pictures: install ## docs/pictures from the fictional practice
	@$(PY) -m tests.pictures

methods: install ## docs/methods from the docstrings
	@$(PY) -m tests.methods

packs: install   ## item text for non-commercial use as a wheel of its own -> dist/
	@if command -v uv >/dev/null 2>&1; then uv build --quiet --wheel --out-dir dist packs/noncommercial; \
	else $(PY) -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir dist packs/noncommercial; fi
	@ls dist/depthwork_measures_noncommercial-*.whl

sbom: install     ## what the program is made of, as CycloneDX -> dist/
	@$(PY) -m tests.sbom

audit: install    ## pinned packages against known vulnerabilities; asks the network
	@uv tool run pip-audit --disable-pip --require-hashes -r requirements.txt

words: install    ## what there is to say in German and Spanish, and what is missing
	@$(PY) -m tests.words

lock:            ## pin every dependency with hashes
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --extra fast --extra corpus --extra learn --extra postgres --extra assist --group test -o requirements.txt pyproject.toml

clean:           ## remove what was built
	rm -rf .venv dist build .pytest_cache .mypy_cache .ruff_cache
