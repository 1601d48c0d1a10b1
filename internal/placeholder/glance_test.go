package placeholder_test

import (
	"testing"

	"github.com/krakend-redact/krakend-redact/internal/jsonedit"
	"github.com/krakend-redact/krakend-redact/internal/placeholder"
)

// A glance sees all texts that have a placeholder, however it is spelled, and no
// others that begin or end near it.
func TestGlance(t *testing.T) {
	for _, tt := range []struct {
		name        string
		replacement string
		doc         string
		sees        []string
	}{
		{"as issued", "[REDACTED_EMAIL]", `{"a":"x","b":"to [REDACTED_EMAIL_1]","c":["y",1],"d":"[REDACTED_EMAIL_1]"}`, []string{`to [REDACTED_EMAIL_1]`, `[REDACTED_EMAIL_1]`}},
		{"in a key", "[REDACTED_EMAIL]", `{"x":1,"[redacted email 1]":"x"}`, []string{`[redacted email 1]`}},
		{"cut in two", "[REDACTED_EMAIL]", `["[REDAC","TED_EMAIL_1]"]`, nil},
		{"behind escapes", "[REDACTED_EMAIL]", `["\n","[RED\u0041CTED_EMAIL_1]","\u005bREDACTED_EMAIL_1]","plain"]`, []string{`[RED\u0041CTED_EMAIL_1]`, `\u005bREDACTED_EMAIL_1]`}},
		{"without a core", "[§§]", `["a","[§§_1]",2]`, []string{`a`, `[§§_1]`, `2`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v := placeholder.NewVault()
			v.Issue(placeholder.NewStem(tt.replacement), "ann@example.org", true, false)
			r := placeholder.NewRestorer(v, placeholder.Tolerant, placeholder.Links{Always: true}, 1<<20)
			glance := r.Glance(tt.doc)
			var sees []string
			if err := jsonedit.Walk(tt.doc, 9, func(text jsonedit.Text, _ *jsonedit.Path) {
				if glance.Sees(text) {
					sees = append(sees, text.Raw)
				}
			}); err != nil {
				t.Fatal(err)
			}
			if len(sees) != len(tt.sees) {
				t.Fatalf("sees %q, want %q", sees, tt.sees)
			}
			for i := range sees {
				if sees[i] != tt.sees[i] {
					t.Errorf("sees %q, want %q", sees, tt.sees)
				}
			}
		})
	}
	none := placeholder.NewRestorer(placeholder.NewVault(), placeholder.Tolerant, placeholder.Links{}, 1<<20)
	if glance := none.Glance(`["[REDACTED_EMAIL_1]"]`); glance.Sees(jsonedit.Text{Start: 2, End: 20, Raw: "[REDACTED_EMAIL_1]"}) {
		t.Error("nothing was issued, and it sees something")
	}
}
