# Every target is one command that also works typed by hand; the first one on a fresh machine sets up what it needs.
PYTHON ?= python3
BIN := venv/bin
.DEFAULT_GOAL := help
STACK ?= dev
# It has no package on PyPI that brings the program; the registry of Go modules has it.
ACTIONLINT = github.com/rhysd/actionlint/cmd/actionlint@v1.7.12
PROJECT = $(shell sed -n 's/^name: //p' Pulumi.yaml)
REPORT = $(BIN)/python -m guardrails report --name $(PROJECT)/$(STACK) $(FORMATS) -- pulumi preview --stack $(STACK) --policy-pack policy

.PHONY: help setup demo agent test preview-check drift-check lab check format bench bench-peers clean

help:           ## say what there is
	@grep -E '^[a-z-]+: .*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

# The engine is built, where no official one is installed, while pip waits for the network.
setup: venv/.ready policy/venv/.ready   ## install everything; nothing outside this folder but a cache
	@$(BIN)/python -m sandbox.engine

venv/.ready: requirements.txt requirements-dev.txt policy/pyproject.toml
	$(PYTHON) -m venv venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

policy/venv/.ready: policy/requirements.txt policy/pyproject.toml
	$(PYTHON) -m venv policy/venv
	policy/venv/bin/python -m pip install --quiet --disable-pip-version-check -r policy/requirements.txt
	@touch $@

demo: setup     ## the main job, on the embedded sandbox: preview, up, failover, a refused stack, destroy
	@$(BIN)/python -m sandbox demo

agent:          ## build the resource agent for Pacemaker: dist/virtual-ip, one file
	@$(PYTHON) -m agents build

test: setup     ## all tests, cheapest first
	$(BIN)/python -m pytest tests/unit tests/properties -n 2
	$(BIN)/python -m pytest tests/sandbox tests/engine -n 2 --dist loadfile

# Whoever runs these two has `pulumi`: the official one on AWS, or the sandbox's in its shell.
# FORMATS="--format html=report.html" writes a web page in place of the comment.
preview-check: venv/.ready policy/venv/.ready  ## preview STACK (dev) with the pack: a comment for a pull request
	@$(REPORT)

drift-check: venv/.ready policy/venv/.ready    ## the same after a refresh: whether STACK is still what it should be
	@$(REPORT) --refresh --expect-no-changes

check: setup    ## lint, types and workflows; tests hold who may import whom
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/basedpyright
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(BIN)/zizmor --offline --quiet .github
	$(BIN)/python -m sandbox.engine.go_tool $(ACTIONLINT) -shellcheck $(BIN)/shellcheck

format: setup   ## rewrite the files as check wants them
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lab:            ## the cluster as Linux networks, under Pacemaker: acceptance and scenarios; names the packages it needs
	@$(PYTHON) -m lab.programs
	@$(MAKE) --no-print-directory setup
	@$(BIN)/python -m lab demo

bench: setup    ## time and memory, as medians with the goals beside them
	@$(BIN)/python -m tests.bench
	@$(BIN)/python -m tests.bench.pack
	@$(BIN)/python -m tests.bench.calls
	@$(BIN)/python -m tests.bench.takeover

bench-peers: setup  ## the pack beside Checkov and cfn-guard on the same estate; installs both
	@$(BIN)/python -m tests.bench.peers

clean:          ## remove what setup and the sandbox made in this folder
	@if [ -x $(BIN)/python ]; then $(BIN)/python -m sandbox stop >/dev/null 2>&1 || true; fi
	rm -rf venv policy/venv .sandbox dist
