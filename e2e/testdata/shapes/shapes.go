// Package shapes is what the modifier plugins for tests have in common: lura's
// wrappers, declared here so that lura need not be imported, and their factory.
// Standard library only, so that they load next to any other plugin.
package shapes

import (
	"context"
	"io"
	"net/url"
)

// Request is what lura hands to a request modifier.
type Request interface {
	Context() context.Context
	Params() map[string]string
	Headers() map[string][]string
	Body() io.ReadCloser
	Method() string
	URL() *url.URL
	Query() url.Values
	Path() string
}

// Response is what lura hands to a response modifier.
type Response interface {
	Context() context.Context
	Request() interface{}
	Data() map[string]interface{}
	IsComplete() bool
	Headers() map[string][]string
	StatusCode() int
	Io() io.Reader
}

// Modifier is what runs on requests or answers.
type Modifier = func(interface{}) (interface{}, error)

// Register is what a plugin registers its modifiers with.
type Register = func(name string, factory func(map[string]interface{}) func(interface{}) (interface{}, error), appliesToRequest, appliesToResponse bool)

// Factory returns the factory of a modifier without settings.
func Factory(modify Modifier) func(map[string]interface{}) func(interface{}) (interface{}, error) {
	return func(map[string]interface{}) func(interface{}) (interface{}, error) { return modify }
}
