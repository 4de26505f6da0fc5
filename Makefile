# What people type. Every target installs what it needs and does nothing twice.

SWIFT ?= swift
# `hi` without HTTP, gRPC and TLS: these take several times as long to build as all the rest.
SMALL := --disable-default-traits --scratch-path .build/small
HI := .build/small/release/hi
SOURCES := Sources Tests Benchmarks/Sources Package.swift Benchmarks/Package.swift \
	Fuzz/Sources/fuzz Fuzz/Package.swift

.PHONY: demo demo-quick test test-training build build-all lint format bench bench-servers bench-groups fuzz clean compare setup models models-setup

demo: build ## classify 10,000 real images by every strategy, over a real network
	@$(HI) demo

demo-quick: build ## the same with 500 images, as JSON
	@$(HI) demo --samples 500 --json

# Without debug information a first build is shorter.
build: setup ## the command line, optimised, without the OpenInference trait
	@echo "building hi (a first build takes some minutes) ..." >&2
	@$(SWIFT) build $(SMALL) -c release --product hi -debug-info-format none

build-all: setup ## the command line with the Open Inference Protocol and TLS too, optimised
	@echo "building hi with HTTP, gRPC and TLS (a first build takes long) ..." >&2
	@$(SWIFT) build -c release --product hi

setup: ## Debian packages, ONNX Runtime, Fashion-MNIST
	@scripts/setup

test: setup ## all tests
	@scripts/setup-interop
	@SWIFT="$(SWIFT)" scripts/test

# The compiler has got an optimised closure wrong before that was right in debug builds.
test-optimised: setup ## all tests that need no HTTP, gRPC or TLS, as optimised as what is shipped
	@scripts/setup-interop
	@SWIFT="$(SWIFT)" scripts/test -c release -Xswiftc -enable-testing --disable-default-traits \
		--scratch-path .build/optimised

lint: ## formatting, shell scripts, and the core as Embedded Swift
	@scripts/lint

format:
	@swift format --in-place --recursive $(SOURCES)

# A recorded remote model of the paper's class; left out where the file is absent.
REMOTE_ANSWERS ?= ../shared/datasets/cifar-10-remote-answers.npy
COMPARED := $(if $(wildcard $(REMOTE_ANSWERS)),--remote-answers $(REMOTE_ANSWERS))

compare: build ## our method beside the paper's on its own cost tables
	@$(HI) compare --traces .build/compare $(COMPARED)

bench: setup ## the figures that the README and docs/results.md state, as ratios
	@scripts/bench

# MODEL_OPTIONS="--model fashion-tiny" measures one model, in about five minutes.
bench-servers: build-all ## ours beside MLServer and FastAPI with ONNX Runtime: throughput, and p99 at equal load
	@scripts/bench-servers $(MODEL_OPTIONS)

bench-groups: build-all ## what offloads in groups save: bytes and packets a sample
	@python3 scripts/bench-groups.py .build/release/hi

# How long each entry point is fuzzed, in seconds.
SECONDS_AN_ENTRY ?= 600
fuzz: setup ## coverage-guided fuzzing: one line an entry point
	@SECONDS_AN_ENTRY=$(SECONDS_AN_ENTRY) scripts/fuzz $(ENTRIES)

models-setup: setup ## the Python environment that trains
	@scripts/models-setup

test-training: models-setup ## the training package's own tests and style
	@scripts/models-setup test tflite
	@cd training && ../.deps/training-venv/bin/ruff check --quiet . && ../.deps/training-venv/bin/ruff format --check --quiet .
	@cd training && ../.deps/training-venv/bin/python -m pytest -q -rs

models: models-setup ## train the shipped models again
	@scripts/models

check-docs: build ## README.md's commands, run, and its Swift, compiled
	@scripts/check-docs $(HI)

check-report: build ## reports in a real browser: light, dark, on a phone and on a desk
	@scripts/check-report $(HI)

# Needs the OpenInference trait, as what `make test` built has it.
SERVED ?= .build/debug/hi
check-live: ## the live page of hi serve in a real browser, under load
	@scripts/check-live $(SERVED)

check-fuzz: ## that the fuzzer's package, which is built by `make fuzz` alone, has all its sources
	@scripts/check-fuzz $(dir $(SERVED))

check-deploy: ## deploy/ against the schemas of what reads it
	@scripts/check-deploy $(SERVED)

# How long each long fault of a soak is driven, in seconds.
SECONDS_A_FAULT ?= 300
soak: ## every fault, driven against real processes: one line each with what was lost
	@$(SWIFT) build --product hi
	@python3 scripts/soak.py $(SERVED) --seconds $(SECONDS_A_FAULT)

sanitize: setup ## the concurrent parts under Thread and Address Sanitizer
	@scripts/sanitize thread
	@scripts/sanitize address

PREFIX ?= /usr/local

.PHONY: soak sanitize install uninstall check-docs check-report check-live check-deploy check-fuzz docs
install: setup ## the program with its models, manual and completions: make install PREFIX=/usr/local
	@$(SWIFT) build $(SMALL) -c release --product hi -debug-info-format none --static-swift-stdlib
	@scripts/install $(HI) $(PREFIX)

docs: ## DocC of the library modules, without warnings, in .build/docs
	@scripts/docs

uninstall: ## what `make install` put in place
	@scripts/install --remove $(PREFIX)

clean:
	@rm -rf .build Benchmarks/.build Fuzz/.build
