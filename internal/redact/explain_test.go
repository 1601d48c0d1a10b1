package redact_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/krakend-redact/krakend-redact/internal/detect"
	"github.com/krakend-redact/krakend-redact/internal/placeholder"
	"github.com/krakend-redact/krakend-redact/internal/policy"
	"github.com/krakend-redact/krakend-redact/internal/redact"
)

func TestExplain(t *testing.T) {
	p, err := policy.Parse("test.json", "test", []byte(`{"redaction_rules":[
		{"name":"pin","pattern":"\\b\\d{4}\\b","context":{"require":["pin"]}},
		{"name":"user","pattern":"u\\d{3}","fields":["list.*.to"]},
		{"name":"digits","pattern":"\\d{3}","action":"alert"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	m, err := redact.NewMasker(p, redact.Options{MaxBytes: defaultLimit})
	if err != nil {
		t.Fatal(err)
	}
	r := m.NewRequest(placeholder.NewVault(), "")
	var got []string
	if err := r.Explain(func(x redact.Explanation) {
		got = append(got, fmt.Sprintf("%s %s %s %d", x.Path, p.Rules[x.Rule].Name, x.Text[x.Start:x.End], x.Reason))
	}); err != nil {
		t.Fatal(err)
	}
	const doc = `{"model":"u123","pin":"1234","list":[{"to":"u123"},"u456"]}`
	part, err := r.ScanBody(doc, redact.Content{Type: jsonType})
	if err != nil {
		t.Fatal(err)
	}
	// A text is searched as it is and behind the name of its field.
	want := []string{
		fmt.Sprint("pin pin 1234 ", detect.OutOfContext), fmt.Sprint("pin digits 123 ", detect.Watched),
		fmt.Sprint("pin pin 1234 ", detect.Found), fmt.Sprint("pin digits 123 ", detect.Watched),
		fmt.Sprint("list.0.to user u123 ", detect.Found), fmt.Sprint("list.0.to digits 123 ", detect.Watched),
		fmt.Sprint("list.0.to user u123 ", detect.Found), fmt.Sprint("list.0.to digits 123 ", detect.Watched),
		fmt.Sprint("list.1 user u456 ", detect.OutOfScope), fmt.Sprint("list.1 digits 456 ", detect.Watched),
		fmt.Sprint("list.1 user u456 ", detect.OutOfScope), fmt.Sprint("list.1 digits 456 ", detect.Watched),
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if got, want := r.Mask(part), `{"model":"u123","pin":"[REDACTED_PIN_1]","list":[{"to":"[REDACTED_USER_1]"},"u456"]}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	var changes []string
	for _, c := range r.Changes(part) {
		changes = append(changes, doc[c.Start:c.End]+"→"+c.Instead)
	}
	if !slices.Equal(changes, []string{"1234→[REDACTED_PIN_1]", "u123→[REDACTED_USER_1]"}) || len(part.Watched()) != 3 || !slices.Equal(r.Skipped(), []string{"model"}) {
		t.Errorf("changes %q, watched %v, skipped %q", changes, part.Watched(), r.Skipped())
	}
}
