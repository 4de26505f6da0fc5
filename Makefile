# What people type. Every target installs what it needs and does nothing twice.

SWIFT ?= swift
# `hi` without HTTP, gRPC and TLS: these take several times as long to build as all the rest.
SMALL := --disable-default-traits --scratch-path .build/small
HI := .build/small/release/hi
SOURCES := Sources Tests Benchmarks/Sources Package.swift Benchmarks/Package.swift

.PHONY: demo demo-quick test build build-all lint format bench clean setup models models-setup

demo: build ## classify 10,000 real images by every strategy, over a real network
	@$(HI) demo

demo-quick: build ## the same with 500 images, as JSON
	@$(HI) demo --samples 500 --json

build: setup ## the command line, optimised, without the OpenInference trait
	@echo "building hi (a first build takes some minutes) ..." >&2
	@$(SWIFT) build $(SMALL) -c release --product hi

build-all: setup ## the command line with the Open Inference Protocol and TLS too, optimised
	@echo "building hi with HTTP, gRPC and TLS (a first build takes long) ..." >&2
	@$(SWIFT) build -c release --product hi

setup: ## Debian packages, ONNX Runtime, Fashion-MNIST
	@scripts/setup

test: setup ## all tests
	@scripts/setup-interop
	@$(SWIFT) test --no-parallel

lint: ## formatting, shell scripts, and the core as Embedded Swift
	@scripts/lint

format:
	@swift format --in-place --recursive $(SOURCES)

bench: setup ## the figures that the README and docs/results.md state, as ratios
	@scripts/bench

models-setup: setup ## the Python environment that trains
	@scripts/models-setup

models: models-setup ## train the shipped models again
	@scripts/models

clean:
	@rm -rf .build Benchmarks/.build
