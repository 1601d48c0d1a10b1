package metrics

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The table in docs/metrics.md is what Families says.
func TestDocs(t *testing.T) {
	const file = "../../docs/metrics.md"
	doc, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var want strings.Builder
	for _, f := range Families() {
		want.WriteString("| `" + f.Name + "` | " + f.Type + " | `" + strings.Join(f.Labels, "` `") + "` | " + f.Help + " |\n")
	}
	before, rest, _ := strings.Cut(string(doc), "|---|---|---|---|\n")
	table, after, ok := strings.Cut(rest, "\n\n")
	if !ok {
		t.Fatal("docs/metrics.md has no table")
	}
	if got := table + "\n"; got != want.String() {
		if *update {
			if err := os.WriteFile(file, []byte(before+"|---|---|---|---|\n"+want.String()+"\n"+after), 0o600); err != nil {
				t.Fatal(err)
			}
			return
		}
		t.Errorf("docs/metrics.md has\n%s\nwant\n%s", got, want.String())
	}
}

// Alert rules and dashboard ask for nothing that is not told, and what is told is
// on the dashboard.
func TestDeployedNames(t *testing.T) {
	var known, shown []string
	for _, f := range Families() {
		known = append(known, f.Name)
		if f.Type == "histogram" {
			known = append(known, f.Name+"_bucket", f.Name+"_sum", f.Name+"_count")
		}
	}
	name := regexp.MustCompile(`\bkrakend_redact_[a-z_]+`)
	for _, file := range []string{"prometheus/krakend-redact.rules.yml", "grafana/krakend-redact.json"} {
		text, err := os.ReadFile("../../deploy/" + file)
		if err != nil {
			t.Fatal(err)
		}
		shown = name.FindAllString(string(text), -1)
		if len(shown) == 0 {
			t.Errorf("%s asks for nothing", file)
		}
		for _, n := range shown {
			if !slices.Contains(known, n) {
				t.Errorf("%s asks for %s, which is not told", file, n)
			}
		}
	}
	for _, f := range Families() {
		if !slices.ContainsFunc(shown, func(n string) bool { return n == f.Name || n == f.Name+"_bucket" }) {
			t.Errorf("the dashboard does not show %s", f.Name)
		}
	}
}
