// Command flush is a KrakenD modifier plugin that only flushes: it sends on every
// piece of an answer as it arrives. KrakenD by itself collects events until its
// buffers are full, so only a gateway with this plugin shows what redaction adds.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
)

func main() {}

type registerer struct{}

// ModifierRegisterer is the symbol that KrakenD looks for.
var ModifierRegisterer registerer

// RegisterModifiers registers the modifier.
func (registerer) RegisterModifiers(register func(
	name string,
	factory func(map[string]any) func(any) (any, error),
	appliesToRequest bool,
	appliesToResponse bool,
),
) {
	register("bench-flush", func(map[string]any) func(any) (any, error) { return modify }, false, true)
}

// response is KrakenD's ResponseWrapper.
type response interface {
	Context() context.Context
	Request() any
	Data() map[string]any
	IsComplete() bool
	Headers() map[string][]string
	StatusCode() int
	Io() io.Reader
}

func modify(input any) (any, error) {
	r, ok := input.(response)
	if !ok {
		return nil, fmt.Errorf("bench-flush: %T is no response", input)
	}
	return flushed{r}, nil
}

type flushed struct{ response }

func (f flushed) Io() io.Reader { return body{f.response.Io()} }

type body struct{ io.Reader }

// WriteTo implements [io.WriterTo]. It flushes when redact does: before it waits
// for more.
func (b body) WriteTo(w io.Writer) (written int64, err error) {
	buffer := make([]byte, 32<<10)
	for {
		if f, ok := w.(http.Flusher); ok {
			f.Flush()
		}
		n, err := b.Read(buffer)
		m, failed := w.Write(buffer[:n])
		written += int64(m)
		switch {
		case failed != nil:
			return written, failed
		case errors.Is(err, io.EOF):
			return written, nil
		case err != nil:
			return written, err
		}
	}
}

var (
	_ io.WriterTo = body{}
	_ response    = flushed{}
)
