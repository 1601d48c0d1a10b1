package detect

import "github.com/krakend-redact/krakend-redact/internal/policy"

// Unchecked compiles rules without looking at their placeholders, so that tests
// can use any pattern.
func Unchecked(rules ...policy.Rule) (*Engine, error) {
	var list []Rule
	for _, rule := range rules {
		list = append(list, ruleOf(rule))
	}
	return New(list)
}

// NewStreamOf begins a stream with another bound than MaxHeld.
func (e *Engine) NewStreamOf(bound int) *Stream {
	s := e.NewStream()
	s.bound = bound
	return s
}
