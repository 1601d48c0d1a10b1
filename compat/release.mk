# Plugins for a KrakenD release, and archives of them: docs/install.md.

KRAKEND ?= 2.12.1
LIBC    ?= $(shell ldd --version 2>&1 | grep -qi musl && echo musl || echo glibc)
ARCH    ?= $(shell $(GO) env GOHOSTARCH)
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
BUILT    = bin/krakend-$(KRAKEND)-$(LIBC)-$(ARCH)

# One release for each Go that KrakenD 2.9 to 2.13 was built with.
RELEASES ?= 2.9.0 2.9.4 2.10.2 2.11.2 2.12.1 2.13.8

.PHONY: plugins
plugins: ## build the plugins for a KrakenD release into bin/krakend-… (KRAKEND=2.13.8 LIBC=musl ARCH=arm64)
	@compat/build.sh "$(KRAKEND)" "$(LIBC)" "$(ARCH)" "$(CURDIR)/$(BUILT)"
	@echo "$(BUILT):"; ls "$(BUILT)"

# The packer runs with the release's Go, so that nothing but sources decides the bytes.
.PHONY: dist
dist: plugins ## pack them with schemas, templates, policies, checksums and SBOM into dist/ (KRAKEND= LIBC= ARCH=)
	@overlay=compat/overlays/$(KRAKEND).mod; \
	GOTOOLCHAIN=go$$(sed -n 's/^go //p' $$overlay) SOURCE_DATE_EPOCH=$${SOURCE_DATE_EPOCH:-$$(git log -1 --format=%ct 2>/dev/null || echo 0)} \
	$(GO) run -modfile=$$overlay ./compat/pack \
		-krakend "$(KRAKEND)" -libc "$(LIBC)" -arch "$(ARCH)" -version "$(VERSION)" -plugins "$(BUILT)"

.PHONY: test-matrix
test-matrix: ## load the plugins into hosts of several KrakenD releases (RELEASES="2.9.0 2.13.8" LIBC= ARCH= MATRIX_RUN=qemu-…)
	MATRIX_RELEASES="$(RELEASES)" MATRIX_LIBC=$(LIBC) MATRIX_ARCH=$(ARCH) MATRIX_RUN="$(MATRIX_RUN)" \
		$(GO) test ./compat -run='^TestMatrix$$' -v -count=1 -timeout=60m

.PHONY: overlays
overlays: ## write compat/overlays anew, after a change of krakend-ce-modules.json or of what plugins import
	$(GO) run ./compat/mkoverlays
