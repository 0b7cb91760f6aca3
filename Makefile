# Two commands: `make up` and `make down`. All they install is in .venv, .local and the user's cache folder.
PYTHON ?= python3
BIN := .venv/bin
COMPILE := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate pyproject.toml

.PHONY: bench contract kind help up down status env test test-long sweep lint format generated docs picture tools venv lock sums
.DEFAULT_GOAL := help

help:  ## list the targets
	@sed -n 's/^\([a-z-]*\):.*  ## /\1\t/p' $(MAKEFILE_LIST) | expand -t 10

up:  ## bring up the environment `local` on this machine: emulated Twilio, moto's AWS, and what Pulumi creates there
	@$(PYTHON) tools/local.py up

down:  ## destroy what `make up` created, and stop its servers
	@$(PYTHON) tools/local.py down

status:  ## show what is running and what the stack has
	@$(PYTHON) tools/local.py status

env:  ## print what a shell needs to use plain Pulumi: eval "$(make -s env)"
	@$(PYTHON) tools/local.py env

test: lint tools  ## lint, and run all tests
	@$(BIN)/pytest -n 2 --dist worksteal

test-long: lint tools  ## the same, with more runs of the tests that search for counterexamples
	@TWILIO_ENVIRONMENTS_LONG=1 $(BIN)/pytest -n 2 --dist worksteal

sweep: venv tools  ## kill and damage every operation at every call (POINT=name/17.lost replays one such point)
	@SWEEP=1 SWEEP_POINT='$(POINT)' $(BIN)/pytest -q $(if $(POINT),-rP tests/sweep/replay.py,-n 2 --dist worksteal tests/sweep)

bench: venv tools  ## measure calls, time and memory into docs/bench.* (SIZES="10 49" REPEAT=1 OUT=folder: only part of it)
	@$(BIN)/python -m bench $(if $(SIZES),--sizes $(SIZES)) $(if $(REPEAT),--repeat $(REPEAT)) $(if $(OUT),--out $(OUT)) $(BENCH)

lint: venv  ## formatter, lint rules, types, layer rules
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

format: venv  ## apply the formatter and the fixable lint rules
	@$(BIN)/ruff check --fix-only .
	@$(BIN)/ruff format .

generated: venv  ## regenerate the files that follow from the kinds: typed resources, sections
	@$(BIN)/python tools/generated.py

docs: generated  ## regenerate the parts of the documentation that come from the code
	@$(BIN)/twilio-env schema > docs/stack-file.schema.json.new
	@mv docs/stack-file.schema.json.new docs/stack-file.schema.json
	@$(BIN)/python tools/reference.py

contract: venv  ## regenerate the facts of Twilio's OpenAPI documents (FROM=folder RELEASE=theirs; CHECK=1: only compare)
	@$(BIN)/python tools/contract.py $(if $(RELEASE),--release $(RELEASE)) $(if $(CHECK),--check) $(FROM)

kind: venv  ## write a new kind's files as far as Twilio's documents go (NAME=application API=/its/collection SECTION=its)
	@$(BIN)/python tools/kind.py $(NAME) '$(API)' $(if $(SECTION),--section $(SECTION))

picture: up  ## retake the screenshot of the drift page (needs chromium)
	@$(BIN)/python tools/picture.py

tools:
	@$(PYTHON) tools/install.py pulumi >/dev/null
	@$(PYTHON) tools/install.py vault >/dev/null
	@$(PYTHON) tools/install.py actionlint >/dev/null

venv:
	@$(PYTHON) tools/local.py venv

lock:  ## recompile the lock files (needs uv)
	$(COMPILE) --group local --output-file requirements.txt
	$(COMPILE) --group dev --constraint requirements.txt $$(sed -n 's/^\([^ ]*\)==.*/--no-emit-package \1/p' requirements.txt) --output-file requirements-dev.txt
	@{ echo '-r requirements.txt'; cat requirements-dev.txt; } > requirements-dev.txt.new
	@mv requirements-dev.txt.new requirements-dev.txt

sums:  ## rewrite the go.sum files of tools/ after a change of a go.mod (needs Go)
	@$(PYTHON) tools/go_sums.py
