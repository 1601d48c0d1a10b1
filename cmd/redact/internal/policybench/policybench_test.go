package policybench

import (
	"strings"
	"testing"

	"github.com/krakend-redact/krakend-redact/internal/policy"
)

func TestMeasure(t *testing.T) {
	p, err := policy.Parse("policy.json", "test", []byte(`{"redaction_rules": [
		{"name": "word", "pattern": "\\bzebra\\b"}, {"name": "slow", "pattern": "[ab]*a[ab]{12}c"},
		{"name": "back", "engine": "backtracking", "pattern": "(\\w)\\1{9}"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	var told []int
	r, err := Measure(p, []Text{{"text", strings.Repeat("a zebra ", 100)}, {"more", "zebra"}}, 0, func(done, all int) { told = append(told, done, all) })
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Speeds) != 2 || r.Speeds[0].Findings != 100 || r.Speeds[0].Bytes != 800 || r.Speeds[0].MBPerSecond <= 0 || r.All <= 0 {
		t.Errorf("%+v", r)
	}
	if len(told) != 18 || told[16] != 8 || told[17] != 9 {
		t.Errorf("told %v", told)
	}
	for _, c := range r.Rules {
		if isSlow := c.Rule != "word"; c.Alone <= 0 || isSlow != (c.Slow != "") || isSlow != (c.Remedy != "") {
			t.Errorf("%+v", c)
		}
	}
	if r.Rules[0].Alone < r.Rules[2].Alone {
		t.Errorf("not in order: %+v", r.Rules)
	}
}

func TestSamples(t *testing.T) {
	for _, s := range Samples() {
		if len(s.Text) < sampleSize/8 || len(s.Text) > 2*sampleSize || strings.Contains(s.Text, "%!") {
			t.Errorf("%s has %d bytes", s.Kind, len(s.Text))
		}
	}
}
