# Every chore of the checkout. Nothing is written outside of it but package caches.

PY := .venv/bin/python
STEELYARD := $(PY) -m deploy
PORT ?= 8000
BUS ?= postgres
AS ?= hr
FAULTS_MINUTES ?= 5
SIDE_BY_SIDE := -n auto --maxprocesses=4 --dist=loadfile --no-loadscope-reorder
QUICK_TESTS := $(wildcard tests/unit tests/contract)

# Processes start all the time, and what one has compiled the next need not.
unexport PYTHONDONTWRITEBYTECODE
export PORT BUS FAULTS_MINUTES FAULTS_SEED FUZZ_MINUTES FUZZ_EXAMPLES FUZZ_ROLES SEED CASES

.PHONY: help
help: ## List what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))
	@echo
	@echo "  Variables: PORT=8000 · BUS=postgres|kafka · PYTHON=python3 · AS=admin|hr|head|employee|integration"

.PHONY: setup
setup: .venv/.runtime ## Install what running needs, into .venv
	@:

.PHONY: setup-dev
setup-dev: .venv/.dev ## Install what testing needs as well
	@:

.venv/.runtime: requirements.lock deploy/setup.sh
	@sh deploy/setup.sh requirements.lock
	@touch $@

.venv/.dev: requirements-dev.lock .venv/.runtime
	@sh deploy/setup.sh requirements-dev.lock
	@touch $@

.PHONY: demo
demo: ## Set up, and tell half a year of a company through the API
	@begun=$$(date +%s) && $(MAKE) --no-print-directory setup && \
	ready=$$(date +%s) && $(STEELYARD) demo && \
	echo "Setup took $$((ready - begun)) s, the demo $$(($$(date +%s) - ready)) s."

.PHONY: test
test: setup-dev ## Run all tests (REQUIRE=data,… names what must not be skipped)
	@mkdir -p var/tmp
	@TMPDIR="$$PWD/var/tmp" $(PY) -m pytest $(SIDE_BY_SIDE) $(ARGS)

.PHONY: bench
bench: setup ## Measure against bare references (NAMES="ingest relay" chooses, BENCH=full takes long)
	@mkdir -p var/tmp
	@TMPDIR="$$PWD/var/tmp" $(PY) -m benchmarks $(NAMES)

.PHONY: check
check: setup-dev ## Format, lint, types, layers, locks and the quick tests
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy
	.venv/bin/lint-imports
	@! grep -nE '://|^--(extra-)?index|^--find-links' requirements.lock requirements-dev.lock requirements-tools.lock \
		|| { echo "A lock names a host; run \`make lock\`."; exit 1; }
	$(if $(QUICK_TESTS),@mkdir -p var/tmp && TMPDIR="$$PWD/var/tmp" $(PY) -m pytest $(SIDE_BY_SIDE) $(QUICK_TESTS))

.PHONY: faults
faults: setup-dev ## Hurt the whole installation for FAULTS_MINUTES=5 and check every number (FAULTS_SEED=…)
	@$(PY) -m tests.faults

.PHONY: fuzz
fuzz: setup-dev ## Ask every operation as every role whatever its schema allows (FUZZ_MINUTES=… FUZZ_EXAMPLES=20 SEED=… FUZZ_ROLES="hr …")
	@$(PY) -m tests.fuzz

.PHONY: fuzz-scoring
fuzz-scoring: setup-dev ## Hold the scoring engine to its oracle on CASES=1000000 random scorecards (SEED=…)
	@$(PY) -m tests.oracle

.PHONY: docs
docs: setup-dev ## Renew docs/asyncapi.yaml, docs/errors.md and a table of docs/security.md from the code
	@mkdir -p var/tmp
	@$(STEELYARD) asyncapi >var/tmp/asyncapi.yaml && mv var/tmp/asyncapi.yaml docs/asyncapi.yaml
	@$(STEELYARD) problems >var/tmp/errors.md && mv var/tmp/errors.md docs/errors.md
	@$(PY) -m tests.contract.weaknesses

.PHONY: up
up: setup ## Start the stack in the background (BUS=kafka: every service as its own processes)
	@$(STEELYARD) up

.PHONY: down
down: setup ## Stop it, its PostgreSQL included; the data stay in var/
	@$(STEELYARD) down

.PHONY: kafka
kafka: setup ## Fetch Apache Kafka, start a broker and print its URL (needs Java 17 and Maven)
	@$(STEELYARD) kafka start

.PHONY: kafka-down
kafka-down: setup ## Stop that broker; its data stay in var/
	@$(STEELYARD) kafka stop

.PHONY: token
token: setup ## Print a bearer token for the running stack (AS=hr)
	@$(STEELYARD) token --as $(AS)

.PHONY: migrate
migrate: setup ## Bring the database to this version's schema
	@$(STEELYARD) migrate

LOCK := uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --python-version 3.11 pyproject.toml $(ARGS)

.PHONY: lock
lock: ## Renew both locks from pyproject.toml (needs uv; ARGS=--upgrade takes newer versions)
	$(LOCK) --output-file requirements.lock
	$(LOCK) --group dev --constraint requirements.lock --output-file requirements-dev.lock
	uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --python-version 3.11 --group tools \
		$(ARGS) --output-file requirements-tools.lock

var/tools/python.stamp: requirements-tools.lock | setup-dev
	@$(PY) -c "import sys; from tests.tools import have_python_tools; sys.exit(not have_python_tools())"

.PHONY: audit
audit: var/tools/python.stamp ## Ask for known vulnerabilities of everything the locks name (needs the network; fails where it cannot ask)
	@var/tools/python/bin/pip-audit --strict --disable-pip --require-hashes --no-deps --progress-spinner off \
		--requirement requirements.lock --requirement requirements-dev.lock

.PHONY: sbom
sbom: var/tools/python.stamp ## Write what runs, with its hashes, to var/sbom.json (CycloneDX)
	@var/tools/python/bin/cyclonedx-py requirements requirements.lock --pyproject pyproject.toml \
		--output-reproducible --output-format JSON --output-file var/sbom.json
	@echo "var/sbom.json"

.PHONY: clean
clean: ## Stop everything and remove what can be made again; var/postgres and var/kafka stay
	@if [ -e .venv/.runtime ]; then $(STEELYARD) down && $(STEELYARD) postgres stop --test && \
		$(STEELYARD) kafka stop && $(STEELYARD) kafka stop --test; fi
	rm -rf .venv .mypy_cache .ruff_cache .import_linter_cache .hypothesis var/tmp var/test-postgres* var/test-kafka* var/kafka-libraries var/faults var/run var/log
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
