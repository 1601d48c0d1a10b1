// Command panicker is a KrakenD modifier plugin for tests: it hands the next
// modifier in the list a request or an answer that panics as soon as somebody
// reads it.
package main

import (
	"io"

	"github.com/krakend-redact/krakend-redact/e2e/testdata/shapes"
)

func main() {}

type registerer string

// ModifierRegisterer is the symbol KrakenD looks for.
var ModifierRegisterer = registerer("panicker")

// RegisterModifiers registers the two modifiers that break what they pass on.
func (registerer) RegisterModifiers(register shapes.Register) {
	register("e2e-panic-request", shapes.Factory(breakRequest), true, false)
	register("e2e-panic-response", shapes.Factory(breakIo), false, true)
	register("e2e-panic-data", shapes.Factory(breakData), false, true)
}

type brokenRequest struct{ shapes.Request }

func (brokenRequest) Body() io.ReadCloser { return io.NopCloser(bomb{}) }

// brokenIo delivers what the backend sent and panics where its end would be.
type brokenIo struct{ shapes.Response }

func (r brokenIo) Io() io.Reader { return io.MultiReader(r.Response.Io(), bomb{}) }

type brokenData struct{ shapes.Response }

func (brokenData) Data() map[string]interface{} { panic("e2e: injected panic in Data") }

type bomb struct{}

func (bomb) Read([]byte) (int, error) { panic("e2e: injected panic in Read") }

func breakRequest(v interface{}) (interface{}, error) {
	if r, ok := v.(shapes.Request); ok {
		return brokenRequest{r}, nil
	}
	return v, nil
}

func breakIo(v interface{}) (interface{}, error) {
	if r, ok := v.(shapes.Response); ok {
		return brokenIo{r}, nil
	}
	return v, nil
}

func breakData(v interface{}) (interface{}, error) {
	if r, ok := v.(shapes.Response); ok {
		return brokenData{r}, nil
	}
	return v, nil
}
