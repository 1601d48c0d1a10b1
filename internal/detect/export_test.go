package detect

import "github.com/krakend-redact/krakend-redact/internal/policy"

// Unchecked compiles rules without looking at their placeholders, so that tests
// can use any pattern.
func Unchecked(rules ...policy.Rule) (*Engine, error) {
	var list []Rule
	for _, rule := range rules {
		r, err := ruleOf(rule)
		if err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	return New(list)
}

// NewStreamOf begins a stream with another bound than MaxHeld.
func (e *Engine) NewStreamOf(bound int) *Stream {
	s := e.NewStream()
	s.bound = bound
	return s
}

// NewWithLimits compiles rules with tables of as many bytes, which are begun
// anew and split all the time if that is little.
func NewWithLimits(rules []Rule, bytes int) (*Engine, error) {
	return newEngine(rules, limits{bytes, bytes})
}

// Passes returns the number of passes over a text.
func (e *Engine) Passes() int { return len(*e.passes.list.Load()) }
