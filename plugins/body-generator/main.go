// Command body-generator is the KrakenD plugin body-generator.so, built with
// -buildmode=plugin: the modifiers modifier/request-body-generator,
// modifier/body-generator and modifier/response-body-generator.
package main

import (
	"github.com/Masterminds/sprig/v3"

	"github.com/krakend-redact/krakend-redact/modifiers"
)

// ModifierRegisterer is the symbol that KrakenD looks for
// (https://www.krakend.io/docs/extending/plugin-modifiers/).
var ModifierRegisterer = modifiers.BodyGenerator{Functions: sprig.TxtFuncMap}

func main() {}
