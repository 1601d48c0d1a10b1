// Command panicker is a KrakenD modifier plugin for tests: it hands the next
// modifier in the list a request or an answer that panics as soon as somebody
// reads it. Standard library only, so that it loads next to any other plugin.
package main

import (
	"context"
	"io"
	"net/url"
)

func main() {}

type registerer string

// ModifierRegisterer is the symbol KrakenD looks for.
var ModifierRegisterer = registerer("panicker")

// RegisterModifiers registers the two modifiers that break what they pass on.
func (registerer) RegisterModifiers(register func(
	name string,
	factory func(map[string]interface{}) func(interface{}) (interface{}, error),
	appliesToRequest bool,
	appliesToResponse bool,
),
) {
	register("e2e-panic-request", passOn(breakRequest), true, false)
	register("e2e-panic-response", passOn(breakIo), false, true)
	register("e2e-panic-data", passOn(breakData), false, true)
}

func passOn(modify func(interface{}) (interface{}, error)) func(map[string]interface{}) func(interface{}) (interface{}, error) {
	return func(map[string]interface{}) func(interface{}) (interface{}, error) { return modify }
}

// requestWrapper and responseWrapper are lura's shapes, declared here so that
// lura need not be imported.
type requestWrapper interface {
	Context() context.Context
	Params() map[string]string
	Headers() map[string][]string
	Body() io.ReadCloser
	Method() string
	URL() *url.URL
	Query() url.Values
	Path() string
}

type responseWrapper interface {
	Context() context.Context
	Request() interface{}
	Data() map[string]interface{}
	IsComplete() bool
	Headers() map[string][]string
	StatusCode() int
	Io() io.Reader
}

type brokenRequest struct{ requestWrapper }

func (brokenRequest) Body() io.ReadCloser { return io.NopCloser(bomb{}) }

// brokenIo delivers what the backend sent and panics where its end would be.
type brokenIo struct{ responseWrapper }

func (r brokenIo) Io() io.Reader { return io.MultiReader(r.responseWrapper.Io(), bomb{}) }

type brokenData struct{ responseWrapper }

func (brokenData) Data() map[string]interface{} { panic("e2e: injected panic in Data") }

type bomb struct{}

func (bomb) Read([]byte) (int, error) { panic("e2e: injected panic in Read") }

func breakRequest(v interface{}) (interface{}, error) {
	if r, ok := v.(requestWrapper); ok {
		return brokenRequest{r}, nil
	}
	return v, nil
}

func breakIo(v interface{}) (interface{}, error) {
	if r, ok := v.(responseWrapper); ok {
		return brokenIo{r}, nil
	}
	return v, nil
}

func breakData(v interface{}) (interface{}, error) {
	if r, ok := v.(responseWrapper); ok {
		return brokenData{r}, nil
	}
	return v, nil
}
