package modifiers

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"runtime"
	"strings"

	"github.com/krakend-redact/krakend-redact/internal/lurax"
)

// errInternal is what a client sees of a fault of ours.
var errInternal = &lurax.Error{
	Status: http.StatusInternalServerError, Code: "internal",
	Message: "The gateway could not process this message safely. Its log says more.",
}

// refusalOf returns what the client is told about an error: what a table says
// of its reason, or that the fault is ours.
func refusalOf(table map[error]lurax.Error, err error) *lurax.Error {
	for reason, refusal := range table {
		if errors.Is(err, reason) {
			return &refusal
		}
	}
	return errInternal
}

// errUnwritten is what a client sees of a request or an answer whose audit line is
// lost, where that matters.
var errUnwritten = &lurax.Error{
	Status: http.StatusServiceUnavailable, Code: "audit_unavailable",
	Message: "The gateway cannot write its audit log at the moment, and sends nothing on without. Try again later.",
}

type modifier = func(interface{}) (interface{}, error)

// host is KrakenD as a modifier sees it.
type host struct {
	lurax.LogHolder
	// exit ends the process, os.Exit unless a test says otherwise.
	exit func(code int)
}

// refuseStart ends the process: KrakenD ignores a modifier that it cannot make,
// so a mistake in a configuration would otherwise mean that data goes out
// unmasked. Should the process live on, every request is refused.
func (h *host) refuseStart(name string, err error) modifier {
	h.Logger().Critical(fmt.Sprintf("%s: KrakenD does not start: %s", name, err.Error()))
	exit := h.exit
	if exit == nil {
		exit = os.Exit
	}
	exit(1)
	return func(interface{}) (interface{}, error) { return nil, errInternal }
}

// guard keeps panics inside of a modifier: one in a backend's modifier would
// end KrakenD. The log names the place, never the panic's value, which may hold
// anything.
func (h *host) guard(name string, modify modifier) modifier {
	return func(v interface{}) (out interface{}, err error) {
		defer func() {
			if recover() != nil {
				h.Logger().Error(fmt.Sprintf("%s: panic at %s", name, panicSite()))
				out, err = nil, errInternal
			}
		}()
		return modify(v)
	}
}

// panicSite returns the function and line that panicked. It must be called by
// the deferred function itself.
func panicSite() string {
	var pcs [32]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs[:])])
	for {
		frame, more := frames.Next()
		if !strings.HasPrefix(frame.Function, "runtime.") {
			return fmt.Sprintf("%s:%d", frame.Function, frame.Line)
		}
		if !more {
			return "an unknown place"
		}
	}
}
