package detect

import "github.com/krakend-redact/krakend-redact/internal/policy"

// Unchecked compiles rules without looking at their placeholders, so that tests
// can use any pattern.
func Unchecked(rules ...policy.Rule) (*Engine, error) {
	e := &Engine{}
	for _, rule := range rules {
		if err := e.add(rule); err != nil {
			return nil, err
		}
	}
	return e, nil
}

// NewStreamOf begins a stream with another bound than MaxHeld.
func (e *Engine) NewStreamOf(bound int) *Stream {
	s := e.NewStream()
	s.bound = bound
	return s
}
