package detector_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/krakend-redact/krakend-redact/internal/detector"
)

var update = flag.Bool("update", false, "write docs/detectors.md")

// The documentation's tables are made of the detectors: go test -run TestDocs
// ./internal/detector -update.
func TestDocs(t *testing.T) {
	const name = "../../docs/detectors.md"
	const begin, end = "<!-- made by internal/detector: go test -run TestDocs -update -->\n", "<!-- end -->\n"
	page, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(page), begin)
	_, behind, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatalf("%s lacks the marks around what is made", name)
	}
	want := before + begin + tables() + end + behind
	if *update {
		if err := os.WriteFile(name, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if want != string(page) {
		t.Errorf("%s is not up to date: go test -run TestDocs ./internal/detector -update", name)
	}
}

// tables are the table of packs and the table of detectors.
func tables() string {
	var b strings.Builder
	b.WriteString("\n## Packs\n\n| pack | detectors |\n|---|---|\n")
	for _, pack := range detector.Packs() {
		detectors, _ := detector.Pack(pack)
		var names []string
		for _, d := range detectors {
			names = append(names, "`"+d.Name+"`")
		}
		fmt.Fprintf(&b, "| `%s` | %s |\n", pack, strings.Join(names, ", "))
	}
	b.WriteString("\n## Detectors\n\n| detector | finds | what must hold | placeholder | severity | packs | source |\n|---|---|---|---|---|---|---|\n")
	for _, d := range detector.All() {
		host, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(d.Source, "https://"), "www."), "/")
		fmt.Fprintf(&b, "| `%s` | %s | %s | `[REDACTED_%s_1]` | %s | %s | [%s](%s) |\n",
			d.Name, d.Title, d.Validation, d.Placeholder, d.Severity, strings.Join(d.Packs, ", "), host, d.Source)
	}
	b.WriteString("\n")
	return b.String()
}
