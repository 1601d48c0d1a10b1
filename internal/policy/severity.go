package policy

import "github.com/krakend-redact/krakend-redact/internal/strictjson"

// Severity is how bad it would be if a finding got out.
type Severity string

// The severities, from the least to the worst.
const (
	Low      Severity = "low"
	Medium   Severity = "medium"
	High     Severity = "high"
	Critical Severity = "critical"
)

func readSeverity(o *strictjson.Object, s *Severity) {
	word := string(*s)
	o.Choice("severity", &word, string(Low), string(Medium), string(High), string(Critical))
	*s = Severity(word)
}
