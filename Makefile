# Everything behind these targets is plain Python in deploy/. The first one prepares whatever the machine lacks.
PYTHON ?= python3
ARGS ?=
C ?=

.PHONY: help run test quick lint docs bench prepare stop do
.DEFAULT_GOAL := help

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

run: ## prepare everything, serve on 127.0.0.1:8000, stop with Ctrl-C
	@$(PYTHON) -m deploy run

test: ## prepare everything, then style, types, layers and the whole suite (ARGS="-k words" goes to pytest)
	@$(PYTHON) -m deploy test $(ARGS)

quick: ## style, types, layers, and every test that needs no database
	@$(PYTHON) -m deploy quick

lint: ## style, types, layers
	@$(PYTHON) -m deploy lint

docs: ## links in the documents
	@$(PYTHON) -m deploy docs

bench: ## measure on 100,000 cases; ARGS="--map": the map at a million
	@$(PYTHON) -m deploy bench $(ARGS)

prepare: ## all preparation and nothing more
	@$(PYTHON) -m deploy prepare

do: ## one command with the database running: make do C="cityloop doctor"
	@$(PYTHON) -m deploy do $(C)

stop: ## stop a run, and what a killed one left behind
	@$(PYTHON) -m deploy stop
