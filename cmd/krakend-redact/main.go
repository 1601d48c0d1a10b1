// Command krakend-redact is cmd/krakend with this project's modifiers compiled
// in, for those who cannot load Go plugins.
package main

import (
	"github.com/Masterminds/sprig/v3"

	"github.com/krakend-redact/krakend-redact/internal/gateway"
	"github.com/krakend-redact/krakend-redact/modifiers"
)

func main() {
	gateway.Main(
		new(modifiers.Redact),
		new(modifiers.ResponseBody),
		&modifiers.BodyGenerator{Functions: sprig.TxtFuncMap},
	)
}
