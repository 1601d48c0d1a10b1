package main

import (
	"strings"
	"testing"
	"time"

	"github.com/krakend-redact/krakend-redact/bench/timing"
)

func TestTheTablesAreMade(t *testing.T) {
	timing.Enough = time.Microsecond
	var out strings.Builder
	if err := run(&out, 1, 16<<10); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"| prose |", "| chat JSON |", "| source code |", "| secret-dense |"} {
		if strings.Count(out.String(), name) != 2 {
			t.Errorf("no two tables have a row %s in\n%s", name, &out)
		}
	}
}

// The check before the measurement can fail.
func TestCheck(t *testing.T) {
	p, err := newWSO2()
	if err != nil {
		t.Fatal(err)
	}
	o, err := newOurs(p.policy)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ text, wrong string }{
		"found by both":    {"Write to jane@example.com now.", ""},
		"found by neither": {"Here is jane@@example.com@ now.", "the engine does not find a planted email"},
		"not there":        {"Nothing here.", "stands in no text"},
	} {
		list := sown{plants: []plant{{"email", "jane@example.com"}}}
		list.Texts = []string{c.text}
		if name == "found by neither" {
			list.plants[0].value = "jane@@example"
		}
		err := check(list, o, p)
		if c.wrong == "" && err != nil || c.wrong != "" && (err == nil || !strings.Contains(err.Error(), c.wrong)) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Only one of two finds it.
	only := sown{plants: []plant{{"database_url", "postgres://app:correct-horse@db/app"}}}
	only.Texts = []string{"Here is postgres://app:correct-horse@db/app now."}
	all, err := newOurs(`{"packs":["default"]}`)
	if err != nil {
		t.Fatal(err)
	}
	if err := check(only, all, p); err == nil || !strings.Contains(err.Error(), "WSO2 v1.0.4 does not find") {
		t.Errorf("what only one finds: %v", err)
	}
}
