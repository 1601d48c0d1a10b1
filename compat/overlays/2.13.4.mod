// Made by `make overlays` from krakend-ce-modules.json. Do not edit.

module github.com/krakend-redact/krakend-redact

go 1.25.9

require (
	github.com/Masterminds/goutils v1.1.1
	github.com/Masterminds/semver/v3 v3.2.1
	github.com/Masterminds/sprig/v3 v3.2.3
	github.com/dlclark/regexp2 v1.11.4
	github.com/google/uuid v1.6.0
	github.com/huandu/xstrings v1.4.0
	github.com/imdario/mergo v0.3.16
	github.com/mitchellh/copystructure v1.2.0
	github.com/mitchellh/reflectwalk v1.0.2
	github.com/shopspring/decimal v1.3.1
	github.com/spf13/cast v1.6.0
	golang.org/x/crypto v0.49.0
)
