// Command response-body is the KrakenD plugin response-body.so, built with
// -buildmode=plugin: the modifiers modifier/response-body and content-replacer.
package main

import "github.com/krakend-redact/krakend-redact/modifiers"

// ModifierRegisterer is the symbol that KrakenD looks for
// (https://www.krakend.io/docs/extending/plugin-modifiers/).
var ModifierRegisterer modifiers.ResponseBody

func main() {}
