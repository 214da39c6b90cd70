# Laurel: make help says what there is. Works from a new clone on Debian or Ubuntu with Swift 6.3.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.ONESHELL:

# What the build links against, and what only tests start.
BUILD_PACKAGES := g++ pkg-config libnng-dev libsqlite3-dev libpq-dev zlib1g-dev
TEST_PACKAGES := postgresql
CONTAINER_PACKAGES := docker.io mmdebstrap iproute2 curl jq binutils
SOURCES := Package.swift Services Shared Tests

# Suites that keep both cores busy with processes and stores of their own: one test at a time.
HEAVY := GatewayTests|HostingTests|JournalTests|MessagingTests|PipelineTests|ProcessTests

# What `make run` hands on to the demo: a data set, its kind, and anything else.
DATA ?=
SOURCE ?=
ARGS ?=

.PHONY: help setup setup-test setup-containers run test check test-containers smoke soak bench lint clean

help: ## this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

# Installs what is missing of the packages given; asks for nothing when all are there.
define install
missing=""
for package in $(1); do
  state=$$(dpkg-query -W -f='$${db:Status-Status}' "$$package" 2>/dev/null || true)
  if [ "$$state" != installed ]; then missing="$$missing $$package"; fi
done
if [ -z "$$missing" ]; then exit 0; fi
command="apt-get update && apt-get install -y --no-install-recommends$$missing"
export DEBIAN_FRONTEND=noninteractive
if ! command -v apt-get >/dev/null; then
  echo "please install:$$missing" >&2
  exit 1
elif [ "$$(id -u)" = 0 ]; then
  bash -c "$$command"
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
  sudo -n --preserve-env=DEBIAN_FRONTEND bash -c "$$command"
elif command -v sudo >/dev/null && [ -t 0 ]; then
  sudo --preserve-env=DEBIAN_FRONTEND bash -c "$$command"
else
  echo "missing:$$missing; run as root: $$command" >&2
  exit 1
fi
endef

setup: ## install missing system packages for building
	@$(call install,$(BUILD_PACKAGES))

setup-test: ## install missing system packages for building and testing
	@$(call install,$(BUILD_PACKAGES) $(TEST_PACKAGES))

setup-containers: ## install missing system packages for testing containers
	@$(call install,$(BUILD_PACKAGES) $(CONTAINER_PACKAGES))

run: setup ## build and run the demo; DATA=file SOURCE=kind ARGS="more options"
	swift build -c release
	.build/release/laurel demo $(if $(DATA),--data "$(DATA)") $(if $(SOURCE),--source "$(SOURCE)") $(ARGS)

test: check smoke ## all tests, lint, and a small demo of the release build

check: setup-test ## build, run all tests, lint
	swift build --build-tests
	swift test --skip-build --skip '$(HEAVY)'
	swift test --skip-build --no-parallel --filter '$(HEAVY)'
	swift format lint --strict --recursive $(SOURCES)

# An optimised build has failed where the debug one had not: what is delivered is run once, to a clean audit.
smoke: setup ## build for release and run a small demo to its end
	swift build -c release
	home=$$(mktemp -d)
	trap 'rm -rf "$$home"' EXIT
	.build/release/laurel demo --home "$$home" --customers 100 --days 20 --port 0 --exit

test-containers: setup-containers ## build the images without a registry and test both compose files
	compose/test

soak: setup-test ## tests that take long
	LAUREL_SOAK=1 swift test --no-parallel --filter KillTests

bench: setup ## measure messaging, journal and pipeline
	swift build -c release
	for what in rpc journal pipeline; do .build/release/laurel bench $$what; done

lint: ## check the format of the sources
	swift format lint --strict --recursive $(SOURCES)

clean: ## remove what was built
	rm -rf .build
