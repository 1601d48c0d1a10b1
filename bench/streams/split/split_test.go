package split

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// through is an exchange through something that changes what passes.
func through(request, answer func(string) string) Exchange {
	model := NewModel()
	return func(ctx context.Context, t Task) (string, string, error) {
		model.Expect(t)
		r := httptest.NewRequestWithContext(ctx, http.MethodPost, t.Path(), strings.NewReader(request(string(t.Body))))
		Authorize(r.Header)
		w := httptest.NewRecorder()
		model.ServeHTTP(w, r)
		return model.Received(), answer(w.Body.String()), nil
	}
}

func same(s string) string { return s }

// Without anything in between, the user gets everything, and so does the model:
// all formats can be read in all ways, and every leak is noticed.
func TestNothing(t *testing.T) {
	results, err := Measure(t.Context(), Formats(), 2, through(same, same))
	if err != nil {
		t.Fatal(err)
	}
	if len(results) != len(Ways()) {
		t.Errorf("%d results of %d ways", len(results), len(Ways()))
	}
	for _, r := range results {
		if r.Requests == 0 || r.Of == 0 || r.Restored != r.Of || r.Up != r.Sent || r.Down != r.Injected || r.Down == 0 {
			t.Errorf("%s: %+v", r.Way.Name, r.Rates)
		}
	}
}

// What goes wrong is counted for what it is.
func TestFailures(t *testing.T) {
	hide := strings.NewReplacer("jane.", "anne.", "Tr0ub4dor", "Tr0ub1dor").Replace
	lose := strings.NewReplacer("§", "$").Replace
	for name, tc := range map[string]struct {
		request, answer      func(string) string
		lost, allUp, allDown bool
	}{
		"masked, but for cards":              {hide, hide, false, false, false},
		"masked for the user, but for cards": {same, hide, false, true, false},
		"lost":                               {same, lose, true, true, true},
	} {
		results, err := Measure(t.Context(), Formats()[:1], 2, through(tc.request, tc.answer))
		if err != nil {
			t.Fatal(err)
		}
		r := results[0].Rates
		if r.Restored == r.Of || (r.Restored == 0) != tc.lost || (r.Up == r.Sent) != tc.allUp || (r.Down == r.Injected) != tc.allDown {
			t.Errorf("%s: %+v", name, r)
		}
		var b strings.Builder
		if err := WriteRates(&b, name, results[:1]); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(b.String(), "The first of each kind of failure:\n\n- did not come back (OpenAI chat, whole): ") {
			t.Errorf("%s: no example of a failure in\n%s", name, &b)
		}
	}
	unread := through(same, func(string) string { return "{}" })
	if _, err := Measure(t.Context(), Formats(), 1, unread); err == nil || !strings.Contains(err.Error(), "0 texts instead of 1") {
		t.Errorf("an answer without a text: %v", err)
	}
}

func TestShare(t *testing.T) {
	for want, n := range map[string][2]int{
		"–": {0, 0}, "0.00": {0, 9}, "1.00": {9, 9}, ">0.00": {1, 999}, "<1.00": {998, 999}, "0.50": {1, 2},
	} {
		if got := share(n[0], n[1]); got != want {
			t.Errorf("%d of %d is %s, want %s", n[0], n[1], got, want)
		}
	}
}

// All values of a prompt differ, and none stands in another one: a leak is the
// leak of one value.
func TestNewPrompt(t *testing.T) {
	for seed := range uint64(50) {
		p := NewPrompt(seed)
		cores := map[string]int{p.system.core: 1, p.earlier.core: 1}
		for _, s := range p.segments {
			cores[s.core]++
		}
		if len(cores) != len(p.segments)+1 {
			t.Errorf("seed %d: %d values in %d segments and two messages, of which one repeats a value", seed, len(cores), len(p.segments))
		}
		for a := range cores {
			for b := range cores {
				if a != b && strings.Contains(a, b) {
					t.Errorf("seed %d: %s stands in %s", seed, b, a)
				}
			}
		}
		if p.message() != NewPrompt(seed).message() {
			t.Errorf("seed %d: not the same every time", seed)
		}
	}
}
