package detect_test

import (
	"slices"
	"testing"

	"github.com/krakend-redact/krakend-redact/internal/detect"
)

func TestSlow(t *testing.T) {
	for expression, want := range map[string]bool{
		email:                                 false,
		cards:                                 false,
		`super_s3cr3t_password`:               false,
		`\b[A-Z]{2}\d{2}[A-Z0-9]{11,30}\b`:    false,
		`[A-Za-z0-9+/]{40}`:                   false,
		`(?s)<key>.*?</key>`:                  false,
		`\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]+`: false,
		`[abc].{18}z`:                         true,
		`a[ab]{30}c`:                          true,
	} {
		e, err := detect.New([]detect.Rule{{Expression: "x"}, {Expression: expression}})
		if err != nil {
			t.Fatal(err)
		}
		slow := e.Slow()
		if got := slices.ContainsFunc(slow, func(s detect.SlowRule) bool { return s.Rule == 1 && s.Reason != "" }); got != want || len(slow) > 1 {
			t.Errorf("%s: %v", expression, slow)
		}
	}
	e, err := detect.New([]detect.Rule{{Expression: `(\w)\1`, Backtracking: true}})
	if err != nil {
		t.Fatal(err)
	}
	if slow := e.Slow(); len(slow) != 1 || slow[0].Rule != 0 {
		t.Errorf("%v", slow)
	}
}
