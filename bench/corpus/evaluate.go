package corpus

import (
	"sort"

	"github.com/krakend-redact/krakend-redact/internal/detector"
	"github.com/krakend-redact/krakend-redact/internal/detector/reference"
)

// Found is a finding of a detector in a document.
type Found struct{ Start, End int }

// Score counts what a detector did with a corpus.
type Score struct {
	// Values is how many values there are; Hits, how many were found exactly.
	Values, Hits int
	// Wrong is how many findings are no value of any kind.
	Wrong int
	// Others is how many findings lie on a value of another kind, such as an
	// e-mail address on the password in a URL.
	Others int
	// WrongIn and Missed are samples.
	WrongIn, Missed []string
}

// Precision is the share of findings that are values.
func (s Score) Precision() float64 {
	if s.Hits+s.Wrong == 0 {
		return 1
	}
	return float64(s.Hits) / float64(s.Hits+s.Wrong)
}

// Recall is the share of values that were found.
func (s Score) Recall() float64 {
	if s.Values == 0 {
		return 1
	}
	return float64(s.Hits) / float64(s.Values)
}

// Evaluate counts what find finds for one detector.
func Evaluate(documents []Document, detector string, find func(text string) []Found) Score {
	var s Score
	for _, d := range documents {
		wanted := map[Found]bool{}
		for _, v := range d.Values {
			if v.Detector == detector {
				wanted[Found{v.Start, v.End}] = true
			}
		}
		s.Values += len(wanted)
		for _, f := range find(d.Text) {
			switch {
			case wanted[f]:
				s.Hits++
				delete(wanted, f)
			case touches(d, f):
				s.Others++
			default:
				s.Wrong++
				s.WrongIn = append(s.WrongIn, d.Kind+": "+d.Text[f.Start:f.End]+" in "+d.Text)
			}
		}
		for range wanted {
			s.Missed = append(s.Missed, d.Kind+": "+d.Text)
		}
	}
	sort.Strings(s.WrongIn)
	sort.Strings(s.Missed)
	return s
}

// touches tells whether a finding lies on a value.
func touches(d Document, f Found) bool {
	for _, v := range d.Values {
		if f.Start < v.End && v.Start < f.End {
			return true
		}
	}
	return false
}

// Reference returns a finder for a detector that finds by its definition.
func Reference(d *detector.Detector) (func(text string) []Found, error) {
	f, err := reference.New(d)
	if err != nil {
		return nil, err
	}
	return func(text string) []Found {
		var found []Found
		for _, at := range f.Find(text) {
			found = append(found, Found(at))
		}
		return found
	}, nil
}

// without leaves out the documents of one kind.
func without(documents []Document, kind string) []Document {
	var rest []Document
	for _, d := range documents {
		if d.Kind != kind {
			rest = append(rest, d)
		}
	}
	return rest
}
