// Package detector holds the built-in detectors: what each finds, by which
// pattern, how a value is validated and which words must stand near it. Each
// is data in a file of its own, with its source and its examples.
//
// It knows nothing of policies and does not search: an engine does, by the
// semantics that [Detector] describes. The package reference is the plain way
// of doing it.
package detector

// Detector is one built-in, validated finder.
//
// Its findings in a text are defined so: with pos = 0, repeatedly, take the
// leftmost match of Pattern at or after pos, with the preferences of package
// regexp, where assertions see all of the text. The value is its Group. If
// [Detector.Accept] accepts it, it is a finding, and pos is the end of the
// value. Otherwise pos is one character behind the start of the match, or the
// end of a match of more than 256 bytes.
type Detector struct {
	// Name is the word for it in policies, such as credit_card.
	Name string
	// Title says in a few words what it finds.
	Title string
	// Placeholder is the word in its placeholder: CREDIT_CARD stands for
	// [REDACTED_CREDIT_CARD_1].
	Placeholder string
	// Pattern is in RE2 syntax, sensitive to case unless it says otherwise. It
	// may begin with one look-behind and end with one look-ahead, both of
	// bounded width.
	Pattern string
	// Group is the capture group that is the value, 0 for all of the match.
	Group int
	// Check says how many leading bytes of a value belong to it; 0 refuses it.
	// It is pure and does not allocate. Without it, all of the value is taken.
	Check func(value string) int
	// Context says which words must or must not stand near the value.
	Context *Context
	// Validation says in a few words what Check and Context do.
	Validation string
	// Severity is low, medium, high or critical.
	Severity string
	// Packs names the packs that it belongs to.
	Packs []string
	// Source is the address of the standard or of the issuer's description.
	Source string
	// Examples are what it must and must not find.
	Examples Examples
}

// Examples are what a detector must and must not find.
type Examples struct {
	Match   []Example
	NoMatch []string
}

// Example is a text with one value in it.
type Example struct{ Text, Value string }

// The severities.
const (
	low      = "low"
	medium   = "medium"
	high     = "high"
	critical = "critical"
)

// Accept tells whether text[start:end], a value that the pattern has found, is
// a finding, and where it ends.
func (d *Detector) Accept(text string, start, end int) (int, bool) {
	if d.Check != nil {
		n := d.Check(text[start:end])
		if n <= 0 {
			return 0, false
		}
		end = start + n
	}
	return end, start < end && (d.Context == nil || d.Context.Accepts(text, start, end))
}

// Lookup returns the detector of that name.
func Lookup(name string) (*Detector, bool) {
	for _, d := range All() {
		if d.Name == name {
			return d, true
		}
	}
	return nil, false
}
