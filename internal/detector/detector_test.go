package detector_test

import (
	"fmt"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/krakend-redact/krakend-redact/internal/detector"
	"github.com/krakend-redact/krakend-redact/internal/detector/reference"
	"github.com/krakend-redact/krakend-redact/internal/placeholder"
)

// finder compiles the detector of that name.
func finder(t testing.TB, name string) *reference.Finder {
	t.Helper()
	d, ok := detector.Lookup(name)
	if !ok {
		t.Fatalf("no detector %s", name)
	}
	f, err := reference.New(d)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// values are what f finds in text.
func values(f *reference.Finder, text string) []string {
	values := []string{}
	for _, found := range f.Find(text) {
		values = append(values, text[found.Start:found.End])
	}
	return values
}

// testCase is a text and what is to be found in it.
type testCase struct {
	text string
	want []string
}

func found(text string, values ...string) testCase { return testCase{text, values} }
func none(text string) testCase                    { return testCase{text, []string{}} }

func check(t *testing.T, name string, tests ...testCase) {
	t.Helper()
	f := finder(t, name)
	for _, tt := range tests {
		if got := values(f, tt.text); fmt.Sprintf("%q", got) != fmt.Sprintf("%q", tt.want) {
			t.Errorf("%q: found %q, want %q", tt.text, got, tt.want)
		}
	}
}

// mutants checks that value is found in the text that format makes of it, and
// that none is found with any one digit changed.
func mutants(t *testing.T, name, format, value string) {
	t.Helper()
	f := finder(t, name)
	if got := values(f, fmt.Sprintf(format, value)); len(got) != 1 || got[0] != value {
		t.Errorf("%q: found %q", value, got)
	}
	for i, was := range []byte(value) {
		for c := byte('0'); c <= '9' && was >= '0' && was <= '9'; c++ {
			wrong := value[:i] + string(c) + value[i+1:]
			if got := values(f, fmt.Sprintf(format, wrong)); c != was && len(got) > 0 {
				t.Errorf("%q: found %q", wrong, got)
			}
		}
	}
}

// random is text of n letters and digits, the same every time.
func random(n int) string {
	const text = "Zp4Kq8Wm2Xs6Tn9Vb3Rc7Yd5Hf1JgLhQjGkUwEaNzMxSvDtCyBrPiFuAoe0Zk5Lw8Rn2Vm6Tq9Xs3Yb7Pc1Hd4KfGjJgWhNkQzUxEvAwStMyDrCuBiPo"
	return text[:n]
}

func TestExamples(t *testing.T) {
	for _, d := range detector.All() {
		t.Run(d.Name, func(t *testing.T) {
			f := finder(t, d.Name)
			for _, file := range []string{d.Name + ".go", d.Name + "_test.go"} {
				if _, err := os.Stat(file); err != nil {
					t.Error(err)
				}
			}
			if len(d.Examples.Match) < 3 || len(d.Examples.NoMatch) < 5 {
				t.Errorf("only %d true and %d false examples", len(d.Examples.Match), len(d.Examples.NoMatch))
			}
			for _, e := range d.Examples.Match {
				if got := values(f, e.Text); len(got) != 1 || got[0] != e.Value {
					t.Errorf("%q: found %q, want %q", e.Text, got, e.Value)
				}
			}
			for _, text := range d.Examples.NoMatch {
				if got := values(f, text); len(got) > 0 {
					t.Errorf("%q: found %q", text, got)
				}
			}
		})
	}
}

func TestFields(t *testing.T) {
	word, name := regexp.MustCompile(`^[A-Z][0-9A-Z]*(_[0-9A-Z]+)*$`), regexp.MustCompile(`^[a-z][0-9a-z]*(_[0-9a-z]+)*$`)
	severities := map[string]bool{"low": true, "medium": true, "high": true, "critical": true}
	packs := map[string]bool{}
	for _, pack := range detector.Packs() {
		packs[pack] = true
	}
	names, placeholders := map[string]bool{}, map[string]bool{}
	for _, d := range detector.All() {
		if !name.MatchString(d.Name) || names[d.Name] {
			t.Errorf("name %q", d.Name)
		}
		if !word.MatchString(d.Placeholder) || placeholders[d.Placeholder] {
			t.Errorf("%s: placeholder %q", d.Name, d.Placeholder)
		}
		names[d.Name], placeholders[d.Placeholder] = true, true
		if d.Title == "" || d.Validation == "" || !severities[d.Severity] || len(d.Packs) == 0 {
			t.Errorf("%s lacks a field", d.Name)
		}
		for _, pack := range d.Packs {
			if !packs[pack] {
				t.Errorf("%s: pack %q", d.Name, pack)
			}
		}
		if source, err := url.Parse(d.Source); err != nil || source.Scheme != "https" || source.Host == "" {
			t.Errorf("%s: source %q", d.Name, d.Source)
		}
		if c := d.Context; c != nil && (len(c.Words)+len(c.Forbid) == 0 || c.Before+c.After == 0 || c.Before > 64 || c.After > 64) {
			t.Errorf("%s: context", d.Name)
		}
		if again, ok := detector.Lookup(d.Name); !ok || again != d {
			t.Errorf("%s is not found by name", d.Name)
		}
	}
	if _, ok := detector.Lookup("no_such"); ok {
		t.Error("found no_such")
	}
}

func TestPacks(t *testing.T) {
	count := 0
	for _, pack := range detector.Packs() {
		detectors, ok := detector.Pack(pack)
		if !ok || len(detectors) < 5 {
			t.Errorf("%s has %d detectors", pack, len(detectors))
		}
		count += len(detectors)
	}
	for _, d := range detector.All() {
		count -= len(d.Packs)
	}
	if count != 0 {
		t.Errorf("%d memberships too many", count)
	}
	if _, ok := detector.Pack("no_such"); ok {
		t.Error("found no_such")
	}
}

func TestValidators(t *testing.T) {
	good := map[string]string{
		"luhn": "4111 1111 1111 1111", "ean": "756.9217.0769.85", "mod97": "3214282912345698765432161182", "iban": "de89 3704 0044 0532 0130 00",
		"mod11_10": "86 095 742 719", "mod11_2": "11010519491231002x", "verhoeff": "2345 6789 0124", "aba": "021000021",
	}
	names := detector.Validators()
	if len(names) != len(good) {
		t.Errorf("names are %q", names)
	}
	for _, name := range names {
		check, ok := detector.Validator(name)
		if !ok {
			t.Fatalf("%s is not found", name)
		}
		value := good[name]
		wrong := strings.Replace(value, "0", "9", 1)
		if name == "luhn" {
			wrong = "4111 1111 1111 1112"
		} else if name == "mod97" {
			wrong = value[1:]
		}
		if check(value) != len(value) || check(wrong) != 0 || check("") != 0 || check(strings.Repeat("0", 41)) != 0 {
			t.Errorf("%s: %d, %d, %d", name, check(value), check(wrong), check(""))
		}
	}
	if _, ok := detector.Validator("no_such"); ok {
		t.Error("found no_such")
	}
}

// Nothing that stands in for a value is taken for a value again, whatever word
// stands in front of it.
func TestPlaceholders(t *testing.T) {
	for _, d := range detector.All() {
		f := finder(t, d.Name)
		for _, other := range detector.All() {
			for _, n := range []string{"1", "42", "987654321", "4111111111111111"} {
				placeholder := "[REDACTED_" + other.Placeholder + "_" + n + "]"
				for _, text := range []string{placeholder, "password: " + placeholder, "https://u:" + placeholder + "@x", d.Placeholder + " " + placeholder} {
					if got := values(f, text); len(got) > 0 {
						t.Errorf("%s: found %q in %q", d.Name, got, text)
					}
				}
			}
		}
	}
}

// A policy with all detectors must compile: no two placeholders are to be
// mistaken for each other.
func TestPlaceholdersDiffer(t *testing.T) {
	var stems []placeholder.Stem
	for _, d := range detector.All() {
		stem := placeholder.NewStem("[REDACTED_" + d.Placeholder + "]")
		if got, want := stem.Format(7), "[REDACTED_"+d.Placeholder+"_7]"; got != want {
			t.Errorf("%s: %s", d.Name, got)
		}
		if placeholder.Confusable(stem, stem) {
			t.Errorf("%s: two side by side can be misread", d.Name)
		}
		for i, other := range stems {
			if placeholder.Confusable(other, stem) {
				t.Errorf("%s and %s are alike", d.Name, detector.All()[i].Name)
			}
		}
		stems = append(stems, stem)
	}
}

func TestAcceptDoesNotAllocate(t *testing.T) {
	for _, d := range detector.All() {
		for _, e := range d.Examples.Match {
			start := strings.Index(e.Text, e.Value)
			n := testing.AllocsPerRun(10, func() {
				if _, ok := d.Accept(e.Text, start, start+len(e.Value)); !ok {
					t.Errorf("%s: %q is refused", d.Name, e.Text)
				}
			})
			if n > 0 {
				t.Errorf("%s: %q takes %v allocations", d.Name, e.Text, n)
			}
		}
	}
}

// Values are what texts hold, whatever that is: no check may panic.
func FuzzAccept(f *testing.F) {
	var finders []*reference.Finder
	for _, d := range detector.All() {
		finders = append(finders, finder(f, d.Name))
		for _, e := range d.Examples.Match {
			f.Add(e.Text)
		}
		for _, text := range d.Examples.NoMatch {
			f.Add(text)
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 1000 {
			return
		}
		for _, finder := range finders {
			end := 0
			for _, found := range finder.Find(text) {
				if found.Start < end || found.End <= found.Start || found.End > len(text) {
					t.Fatalf("found %v", found)
				}
				end = found.End
			}
		}
	})
}
