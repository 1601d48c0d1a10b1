module github.com/krakend-redact/krakend-redact/cmd/redact

go 1.25.3

require (
	filippo.io/age v1.2.1
	github.com/BurntSushi/toml v1.5.0
	github.com/creack/pty v1.1.24
	github.com/klauspost/compress v1.18.0
	github.com/krakend-redact/krakend-redact v0.0.0-00010101000000-000000000000
	github.com/schollz/progressbar/v3 v3.18.0
	github.com/spf13/cobra v1.8.1
	github.com/tailscale/hujson v0.0.0-20241010212012-29efb4a0184b
	golang.org/x/term v0.37.0
	gopkg.in/yaml.v3 v3.0.1
)

require (
	github.com/dlclark/regexp2 v1.11.4 // indirect
	github.com/inconshreveable/mousetrap v1.1.0 // indirect
	github.com/mitchellh/colorstring v0.0.0-20190213212951-d06e56a500db // indirect
	github.com/rivo/uniseg v0.4.7 // indirect
	github.com/spf13/pflag v1.0.5 // indirect
	golang.org/x/crypto v0.45.0 // indirect
	golang.org/x/sys v0.38.0 // indirect
)

replace github.com/krakend-redact/krakend-redact => ../../
