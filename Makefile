# Every target installs what it needs first (see scripts/setup.sh); nothing has to be run before.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help demo test check bench torture setup dashboard openapi
MAKEFLAGS += --no-print-directory

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## the whole system on this machine, with phones to tap on: make demo ARGS="--port 9000 --data DIR"
	@bash scripts/demo.sh $(ARGS)

test: ## make check and every test, with a private PostgreSQL, Redis and browser
	@bash scripts/test.sh

check: ## format, lints, documentation, licences, types, and linters for everything that is not Rust
	@bash scripts/check.sh

bench: ## release build and its figures, as a table and as JSON
	@bash scripts/bench.sh $(ARGS)

torture: ## the fault rig at full length
	@bash scripts/torture.sh $(ARGS)

setup: ## installs everything the other targets need
	@bash scripts/setup.sh

dashboard: ## builds the dashboard into dashboard/dist
	@bash scripts/dashboard.sh

openapi: ## writes dashboard/openapi.json, from which its client types are made
	@document=$$(cargo run --quiet --locked --bin gad -- openapi) && printf '%s\n' "$$document" > dashboard/openapi.json
