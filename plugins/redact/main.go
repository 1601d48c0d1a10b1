// Command redact is the KrakenD plugin redact.so, built with
// -buildmode=plugin: the modifiers redact-request and redact-response.
package main

import "github.com/krakend-redact/krakend-redact/modifiers"

// ModifierRegisterer is the symbol that KrakenD looks for
// (https://www.krakend.io/docs/extending/plugin-modifiers/).
var ModifierRegisterer modifiers.Redact

func main() {}
