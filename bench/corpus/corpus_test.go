package corpus

import (
	"reflect"
	"testing"

	"github.com/krakend-redact/krakend-redact/internal/detector"
)

// The least that detectors must reach. Raise them when the figures rise.
const (
	leastPrecision = 0.999
	// Of values that the text names, or that need no name.
	leastRecall = 0.995
)

// exceptions are detectors that cannot reach leastRecall, with what they reach.
var exceptions = map[string]float64{
	"us_ein":         0.95, // the long form of its name, behind the value
	"generic_secret": 0.95, // random letters without a digit
}

func TestAccuracy(t *testing.T) {
	documents := Generate(1, 48)
	for _, d := range detector.All() {
		find, err := Reference(d)
		if err != nil {
			t.Fatal(err)
		}
		s := Evaluate(documents, d.Name, find)
		if s.Values < 48 {
			t.Errorf("%s: only %d values", d.Name, s.Values)
		}
		if s.Precision() < leastPrecision {
			t.Errorf("%s: precision %.3f, such as %q", d.Name, s.Precision(), s.WrongIn[0])
		}
		named := Evaluate(without(documents, "far"), d.Name, find)
		want, ok := exceptions[d.Name]
		if !ok {
			want = leastRecall
		}
		if named.Recall() < want {
			t.Errorf("%s: recall %.3f, missed %q", d.Name, named.Recall(), named.Missed[0])
		}
	}
}

// The pack for everybody leaves harmless text alone, another corpus than above.
func TestDefaultFindsNothingInHarmlessText(t *testing.T) {
	pack, _ := detector.Pack(detector.PackDefault)
	documents := Harmless(2, 60)
	for _, d := range pack {
		find, err := Reference(d)
		if err != nil {
			t.Fatal(err)
		}
		if s := Evaluate(documents, d.Name, find); s.Wrong > 0 {
			t.Errorf("%s: %d of %d documents, such as %q", d.Name, s.Wrong, len(documents), s.WrongIn[0])
		}
	}
}

func TestGenerate(t *testing.T) {
	documents := Generate(1, 3)
	if !reflect.DeepEqual(documents, Generate(1, 3)) {
		t.Error("the same seed gives another corpus")
	}
	if reflect.DeepEqual(documents, Generate(2, 3)) {
		t.Error("another seed gives the same corpus")
	}
	known := map[string]bool{}
	for _, d := range detector.All() {
		known[d.Name] = true
	}
	for _, d := range documents {
		for _, v := range d.Values {
			if !known[v.Detector] {
				t.Errorf("no detector %s", v.Detector)
			}
			if v.Start < 0 || v.Start >= v.End || v.End > len(d.Text) {
				t.Errorf("%q: %v", d.Text, v)
			}
		}
	}
}

func TestEvaluate(t *testing.T) {
	documents := []Document{{Kind: "prose", Text: "ab cd ef gh", Values: []Value{{"x", 0, 2}, {"y", 3, 5}, {"x", 9, 11}}}, {Kind: "far", Text: "x"}}
	s := Evaluate(documents, "x", func(text string) []Found {
		if text == "x" {
			return nil
		}
		return []Found{{0, 2}, {3, 4}, {6, 8}, {9, 10}}
	})
	if s.Values != 2 || s.Hits != 1 || s.Wrong != 1 || s.Others != 2 || len(s.Missed) != 1 || len(s.WrongIn) != 1 || s.Precision() != 0.5 || s.Recall() != 0.5 {
		t.Errorf("%+v", s)
	}
	if len(without(documents, "far")) != 1 {
		t.Error("without far is not shorter")
	}
}
