# `make demo` and `make test` do all their own set-up. `make help` lists the rest.
SHELL := /bin/bash
SWIFT_BUILD := swift build --explicit-target-dependency-import-check error
BENCHMARKS := json informer api-server
PURE := JSON KubernetesModel Workloads Admission Reconciliation Placement CEL APIMachinery

.DEFAULT_GOAL := help
.PHONY: help demo test conformance sessions build lint format crds chart bench bench-placement faults fuzz clean setup $(PURE:%=test-%) $(BENCHMARKS:%=bench-%)

help: ## what there is
	@grep -hE '^[a-z%-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

demo: ## a PyTorch job from YAML to a trained model on a local cluster
	@scripts/bootstrap build kubectl python
	@$(SWIFT_BUILD) --product kubedl
	@$(SWIFT_BUILD) --product kubedl-local
	@$(SWIFT_BUILD) --product kubedl-sync
	@scripts/demo

test: ## every check and every test
	@scripts/bootstrap build kubectl clients
	@scripts/verify

conformance: ## what Kubernetes documents, against a server of its own or KUBECONFIG=…
	@scripts/bootstrap build
	@KUBEDL_CONFORMANCE_KUBECONFIG=$(if $(filter command line,$(origin KUBECONFIG)),$(KUBECONFIG)) \
	    KUBEDL_ONLY=ConformanceTests swift test --filter '^ConformanceTests\.'

sessions: ## what kubectl and helm print on a fresh local cluster
	@scripts/bootstrap build kubectl
	@$(SWIFT_BUILD) --product kubedl-local
	@scripts/sessions

setup: ## only install what demo and test need
	@scripts/bootstrap

build: ## all products and tests
	@scripts/bootstrap build
	@$(SWIFT_BUILD) --build-tests

$(PURE:%=test-%): test-%: ## one pure module in seconds
	@KUBEDL_ONLY=$* swift test --scratch-path .build-$* --filter '^$*Tests\.'

lint: ## format, documentation, sizes and forbidden constructs
	@scripts/lint

format: ## rewrite sources as .swift-format says
	@swift format --in-place --parallel --recursive Package.swift Sources Tests

crds: ## write the chart's CRDs from the Swift types
	@$(SWIFT_BUILD) --product kubedl
	@scripts/generate-crds

chart: ## helm lint and helm template
	@scripts/bootstrap kubectl
	@scripts/check-chart

bench: $(BENCHMARKS:%=bench-%) ## hot paths against their baselines, as ratios in one run; each alone: bench-json, …

$(BENCHMARKS:%=bench-%): bench-%:
	@swift run --package-path Benchmarks -c release $*

bench-placement: ## GPU placement on the openb trace (TRACE=folder, ARGUMENTS='--seeds 42 …')
	@scripts/bench-placement $(TRACE) $(ARGUMENTS)

faults: ## the client behind a proxy that does harm; prints a table (SECONDS_TO_RUN=60 SEED=1)
	@KUBEDL_FAULT_SECONDS=$${SECONDS_TO_RUN:-60} KUBEDL_FAULT_SEED=$${SEED:-1} \
	    KUBEDL_ONLY=FaultTests swift test --filter '^FaultTests\.FaultTests/storm'

fuzz: ## mutated JSON against another parser, mutated requests against the API server (SECONDS_TO_RUN=600)
	@scripts/fuzz-json $${SECONDS_TO_RUN:-600}
	@scripts/fuzz-api-server $${SECONDS_TO_RUN:-600}

clean: ## remove build products and downloads
	rm -rf .build .build-* .tools .venv .demo
