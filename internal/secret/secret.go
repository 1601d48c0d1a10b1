// Package secret holds values that must never be printed.
//
// A [String] keeps its value behind a pointer, so that even a stray %+v of a
// struct that contains one shows an address or [hidden], never the value: fmt
// does not call the methods of unexported fields, but it does not follow their
// nested pointers either. The only way to the value is [String.Reveal], which
// is easy to find in a review.
//
// The package knows nothing of where values come from or go to.
package secret

import (
	"fmt"
	"io"
	"log/slog"
)

const hidden = "[hidden]"

// String is a sensitive text. The zero value is the empty text.
type String struct{ value *string }

// New wraps a sensitive text.
func New(s string) String { return String{&s} }

// Of is [New] for a text that stands in a place of its own and does not change.
func Of(s *string) String { return String{s} }

// Reveal returns the value. Every caller must put it either into the request's
// own answer or into the request's own vault.
func (s String) Reveal() string {
	if s.value == nil {
		return ""
	}
	return *s.value
}

// String implements [fmt.Stringer] without the value.
func (String) String() string { return hidden }

// GoString implements [fmt.GoStringer] without the value.
func (String) GoString() string { return hidden }

// Format implements [fmt.Formatter], so that no verb prints the value.
func (String) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, hidden) }

// MarshalText implements [encoding.TextMarshaler], which encoding/json uses too.
func (String) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// LogValue implements [slog.LogValuer].
func (String) LogValue() slog.Value { return slog.StringValue(hidden) }

var (
	_ fmt.Formatter  = String{}
	_ slog.LogValuer = String{}
)
