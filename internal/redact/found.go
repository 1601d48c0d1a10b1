package redact

import "github.com/krakend-redact/krakend-redact/internal/secret"

// Found is a finding in a scanned part: what stands at [Start:End] of the part
// as it is written, by the index of its rule, and the value, its escapes undone.
type Found struct {
	Start, End int
	Rule       int
	Value      secret.String
}

// Found returns what masking the part replaces, in order.
func (p Part) Found() []Found {
	var found []Found
	for _, m := range p.marks {
		if m.rule != plainText {
			found = append(found, Found{m.start, m.end, m.rule, m.value})
		}
	}
	return found
}
