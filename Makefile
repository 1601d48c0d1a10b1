# krakend-redact. `make` lists the targets. Needs Go, gcc and GNU make.

GO          ?= go
GOFUMPT     := mvdan.cc/gofumpt@v0.9.2
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.7.0

# A plugin loads only into a gateway that was built by the same Go toolchain with
# the same flags: both are built here, with cgo, and neither with -trimpath.
export CGO_ENABLED := 1

# What `krakend version` and `check-plugin` say about the C library.
LIBC_VERSION := $(shell ldd --version 2>&1 | awk '/musl/ { m = 1 } m && /^Version/ { print "MUSL-" $$2; exit } NR == 1 && !/musl/ { print "GLIBC-" $$NF; exit }')

PROGRAMS := $(patsubst cmd/%/main.go,bin/%,$(wildcard cmd/*/main.go)) bin/redact-console
PLUGINS  := $(patsubst plugins/%/main.go,bin/plugins/%.so,$(wildcard plugins/*/main.go))
MODULES  := . $(patsubst %/go.mod,%,$(wildcard */go.mod bench/*/go.mod bench/*/*/go.mod cmd/*/go.mod internal/*/*/go.mod))

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: build
build: $(PROGRAMS) $(PLUGINS) ## build all programs into bin/ and all plugins into bin/plugins/

.PHONY: run
run: build ## start gateway, LLM stand-in and console, show one exchange (GATEWAY_PORT=8080 LLM_PORT=8081 CONSOLE_PORT=8090)
	@bin/demo

COMPOSE ?= $(shell docker compose version >/dev/null 2>&1 && echo docker compose || echo docker-compose)

.PHONY: compose-demo
compose-demo: ## the same in containers, with an identity provider: docker-compose.yml, up and down again (GATEWAY_PORT=8080)
	@trap '$(COMPOSE) down' EXIT; trap 'exit 130' INT TERM; \
	$(COMPOSE) up -d --build && $(COMPOSE) run --rm $$([ -t 0 ] && [ -t 1 ] || echo -T) user || \
		{ $(COMPOSE) logs --tail=50 gateway; exit 1; }

# Some tests build what they test, which Go's test cache does not see: -count=1.
.PHONY: test
test: bin/krakend-redact ## vet, unit tests with the race detector and fuzz seeds, end-to-end tests with both gateways
	$(GO) vet ./...
	$(GO) test -race -count=1 -timeout=30m ./...
	cd internal/normalize/gen && $(GO) test -count=1 ./...
	cd cmd/redact && $(GO) test -race -count=1 ./...
	cd e2e && $(GO) test -count=1 -timeout=30m ./...
	cd console && $(GO) test -race -count=1 -timeout=30m ./...
	cd bench && $(GO) test -count=1 ./...
	cd bench/peers && $(GO) test -count=1 ./...
	cd bench/peers/detection && $(GO) test -count=1 ./...
	cd e2e && KRAKEND_BIN="$(CURDIR)/bin/krakend-redact" $(GO) test -count=1 -timeout=30m ./...

.PHONY: test-compose
test-compose: ## docker-compose.yml in real containers; says why where it cannot
	cd e2e && COMPOSE_E2E=1 $(GO) test -v -count=1 -timeout=30m ./compose

.PHONY: lint
lint: ## gofumpt, go vet and staticcheck over all modules
	@files=$$($(GO) run $(GOFUMPT) -l .) || exit 1; \
	if [ -n "$$files" ]; then echo "not formatted, run gofumpt -w on:"; echo "$$files"; exit 1; fi
	@for module in $(MODULES); do \
		echo "vet and staticcheck: $$module"; \
		(cd $$module && $(GO) vet ./... && $(GO) run $(STATICCHECK) ./...) || exit 1; \
	done

.PHONY: bench
bench: ## all that bench/README.md has figures for, one table after the other (about 12 minutes)
	@echo '# Gateway'; cd bench && $(GO) run .
	@echo '# Engine'; cd bench && $(GO) run ./engine
	@echo '# The pack default'; cd bench/peers/detection && $(GO) run .
	@echo '# Scan'; cd bench/peers/detection && $(GO) run ./scan
	@echo '# Streams'; cd bench && $(GO) run ./streams
	@echo '# Accuracy'; cd bench && $(GO) run ./corpus/accuracy
	@echo '# Console'; cd console && $(GO) run ./bench -events 200000
	@echo '# Other plugins'; cd bench && $(GO) test -run='^$$' -bench=. ./jsonrewrite
	@$(GO) test -run='^$$' -bench=. ./internal/bodytemplate

.PHONY: clean
clean: ## remove what was built
	rm -rf bin dist

include compat/release.mk

# Go knows best what is up to date, so these always run. -C also serves a command
# that is a module of its own.
bin/plugins/%.so: always
	$(GO) build -C plugins/$* -buildmode=plugin -o "$(CURDIR)/$@" .
# The command line tool and the console are static files that run anywhere.
bin/redact: always
	CGO_ENABLED=0 $(GO) build -C cmd/redact -o "$(CURDIR)/$@" .
bin/redact-console: always
	CGO_ENABLED=0 $(GO) build -C console -o "$(CURDIR)/$@" .
bin/%: always
	$(GO) build -C cmd/$* -ldflags "-X github.com/luraproject/lura/v2/core.GlibcVersion=$(LIBC_VERSION)" -o "$(CURDIR)/$@" .
.PHONY: always
always:
