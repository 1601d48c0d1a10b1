package preview

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/krakend-redact/krakend-redact/internal/policy"
)

func parse(t *testing.T, text string) *policy.Policy {
	t.Helper()
	p, err := policy.Parse("policy.json", "llm", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

const rules = `"unmask_for_user": true, "redaction_rules": [
	{"name": "password", "pattern": "hunter\\d", "severity": "critical"},
	{"name": "gone", "pattern": "bluebird", "action": "redact"},
	{"name": "seen", "pattern": "acme", "action": "alert", "severity": "low"},
	{"name": "never", "pattern": "launch code", "action": "block", "severity": "high"}]`

func TestTry(t *testing.T) {
	for name, test := range map[string]struct {
		text string
		want Result
	}{
		"nothing": {"a plain text", Result{Mode: "enforce", Masked: "a plain text", Restored: "a plain text"}},
		"empty":   {"", Result{Mode: "enforce"}},
		"all": {"acme: hunter2, bluebird, hunter3, hunter2 and the launch code", Result{
			Mode: "enforce",
			Findings: []Finding{
				{0, 4, "seen", "low", "alert", ""},
				{6, 13, "password", "critical", "mask", "[REDACTED_PASSWORD_1]"},
				{15, 23, "gone", "medium", "redact", "[REDACTED_GONE_1]"},
				{25, 32, "password", "critical", "mask", "[REDACTED_PASSWORD_2]"},
				{34, 41, "password", "critical", "mask", "[REDACTED_PASSWORD_1]"},
				{50, 61, "never", "high", "block", ""},
			},
			Blocked:  []string{"never"},
			Masked:   "acme: [REDACTED_PASSWORD_1], [REDACTED_GONE_1], [REDACTED_PASSWORD_2], [REDACTED_PASSWORD_1] and the launch code",
			Restored: "acme: hunter2, [REDACTED_GONE_1], hunter3, hunter2 and the launch code",
		}},
		"JSON": {`{"messages": [{"role": "user", "content": "hunter2 \u0061cme"}]}`, Result{
			Mode: "enforce",
			Findings: []Finding{
				{-1, -1, "seen", "low", "alert", ""},
				{43, 50, "password", "critical", "mask", "[REDACTED_PASSWORD_1]"},
			},
			Masked:   `{"messages": [{"role": "user", "content": "[REDACTED_PASSWORD_1] \u0061cme"}]}`,
			Restored: `{"messages": [{"role": "user", "content": "hunter2 \u0061cme"}]}`,
		}},
		"ünï": {"ü <script> hunter2", Result{
			Mode:     "enforce",
			Findings: []Finding{{12, 19, "password", "critical", "mask", "[REDACTED_PASSWORD_1]"}},
			Masked:   "ü <script> [REDACTED_PASSWORD_1]", Restored: "ü <script> hunter2",
		}},
	} {
		got, err := Try(t.Context(), parse(t, "{"+rules+"}"), test.text)
		if err != nil || !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: %v\n%+v, want\n%+v", name, err, got, test.want)
		}
	}
}

func TestModeTestShowsWhatWouldBe(t *testing.T) {
	got, err := Try(t.Context(), parse(t, `{"mode": "test", `+rules+`}`), "hunter2")
	if err != nil || got.Mode != policy.Test || got.Masked != "[REDACTED_PASSWORD_1]" {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestBounds(t *testing.T) {
	p := parse(t, "{"+rules+"}")
	if _, err := Try(t.Context(), p, strings.Repeat("x", MaxInput+1)); !errors.Is(err, ErrTooLarge) {
		t.Errorf("a long text: %v", err)
	}
	if _, err := Try(t.Context(), p, strings.Repeat("x", MaxInput)); err != nil {
		t.Errorf("the longest text: %v", err)
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	slow := parse(t, `{"packs": ["default"]}`)
	for range cap(running) {
		if _, err := Try(over, slow, "x"); !errors.Is(err, ErrTooSlow) {
			t.Errorf("without time: %v", err)
		}
	}
	// Those that nobody waits for are still on their way.
	if _, err := Try(t.Context(), p, "x"); !errors.Is(err, ErrBusy) {
		t.Errorf("one too many: %v", err)
	}
	for range cap(running) {
		running <- struct{}{}
	}
	for range cap(running) {
		<-running
	}
	if _, err := Try(t.Context(), p, "x"); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// A fault ends the try and not the console.
func TestAFaultIsAnError(t *testing.T) {
	if _, err := Try(t.Context(), nil, "x"); !errors.Is(err, errFault) {
		t.Errorf("%v", err)
	}
	if _, err := Try(t.Context(), parse(t, "{"+rules+"}"), "x"); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

func TestErrorsHoldNoValue(t *testing.T) {
	p := parse(t, `{"redaction_rules": [{"name": "slow", "pattern": "(x+x+)+\\1y", "engine": "backtracking"}]}`)
	const canary = "canary-8f1e"
	_, err := Try(t.Context(), p, canary+strings.Repeat("x", 5000))
	if err == nil || strings.Contains(err.Error(), canary) || !slices.Contains([]error{ErrTooSlow, ErrUnreadable}, err) {
		t.Errorf("the error is %v", err)
	}
}
