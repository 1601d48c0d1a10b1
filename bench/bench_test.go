package main

import (
	"bytes"
	"context"
	"errors"
	"math"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/krakend-redact/krakend-redact/bench/host"
)

// TestRun runs everything once with hardly any load. What it measures means
// nothing; that it ends without an error means that all three gateways did what
// they should.
func TestRun(t *testing.T) {
	o, err := parse([]string{"-quick", "-rounds=1", "-duration=60ms", "-clients=2", "-sizes=1,4,32"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	var out, progress bytes.Buffer
	err = run(ctx, o, &out, &progress)
	if unbuilt := (*host.BuildError)(nil); errors.As(err, &unbuilt) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, &progress)
	}
	t.Logf("\n%s", &out)
	for _, body := range []string{"1 KB", "4 KB", "32 KB"} {
		if !strings.Contains(out.String(), "| "+body+" |") && !strings.Contains(out.String(), "|  "+body+" |") {
			t.Errorf("the table has no row for %s", body)
		}
	}
	if runtime.GOOS == "linux" && !strings.Contains(out.String(), " | met |") && !strings.Contains(out.String(), " | missed |") {
		t.Error("there is no table of memory")
	}
	// The few milliseconds may be less than a tick of CPU time, but not for lua.
	if runtime.GOOS == "linux" && strings.Contains(out.String(), "? |\n") {
		t.Error("the table knows no CPU time of lua")
	}
}

func TestParse(t *testing.T) {
	o, err := parse([]string{"-quick", "-rounds", "2", "-sizes", "1, 8"})
	want := options{rounds: 2, duration: 300 * time.Millisecond, clients: 8, sizes: []int{1024, 8192}, held: []int{32 << 10}}
	if err != nil || !reflect.DeepEqual(o, want) {
		t.Errorf("got %+v, %v; want %+v", o, err, want)
	}
	for _, bad := range []string{"-sizes=", "-sizes=0", "-sizes=1;2", "-sizes=20000", "-rounds=0", "-clients=0", "-duration=0s", "now"} {
		if o, err := parse([]string{bad}); err == nil {
			t.Errorf("%s was taken: %+v", bad, o)
		}
	}
}

func TestNewRequest(t *testing.T) {
	for _, size := range []int{1 << 10, 4 << 10, 32 << 10} {
		r, err := newRequest(size)
		if err != nil {
			t.Fatal(err)
		}
		if off := math.Abs(float64(len(r.body)-size)) / float64(size); off > 0.12 {
			t.Errorf("%s: the body has %d bytes", r.name, len(r.body))
		}
		seen := map[string]bool{}
		for i, value := range r.values {
			want := 1
			if i == 0 {
				want = 2
			}
			if n := bytes.Count(r.body, []byte(value)); n != want || seen[value] {
				t.Errorf("%s: %s stands there %d times", r.name, value, n)
			}
			seen[value] = true
		}
		if len(r.values) < 2 {
			t.Errorf("%s: only the values %v", r.name, r.values)
		}
		if again, _ := newRequest(size); !bytes.Equal(again.body, r.body) {
			t.Errorf("%s is not the same every time", r.name)
		}
	}
}

// TestVerify shows that the check before the measurement can fail.
func TestVerify(t *testing.T) {
	r := request{body: []byte(`{"content":"a@example.com, a@example.com"}`), values: []string{"a@example.com"}}
	masked := `{"content":"[REDACTED_EMAIL_1], [REDACTED_EMAIL_1]"}`
	want := "the answer"
	plain, masks := variant{}, variant{masks: true}
	for name, c := range map[string]struct {
		v            variant
		arrived, got string
		wrong        string
	}{
		"plain":             {plain, string(r.body), want, ""},
		"masked":            {masks, masked, want, ""},
		"changed by plain":  {plain, masked, want, "something else"},
		"leak":              {masks, strings.Replace(masked, "[REDACTED_EMAIL_1]", "a@example.com", 1), want, "saw a@example.com"},
		"broken":            {masks, masked[1:], want, "broken JSON"},
		"too few":           {masks, `{}`, want, "0 placeholders"},
		"not given back":    {masks, masked, "[REDACTED_EMAIL_1]", "did not get"},
		"swallowed by self": {plain, string(r.body), "", "did not get"},
	} {
		err := c.v.verify(r, []byte(c.arrived), []byte(c.got), []byte(want))
		if c.wrong == "" && err != nil || c.wrong != "" && (err == nil || !strings.Contains(err.Error(), c.wrong)) {
			t.Errorf("%s: got %v, want %q", name, err, c.wrong)
		}
	}
}

func TestAnswer(t *testing.T) {
	got, err := answer([]byte(`{"messages":[{"role":"user","content":"one"},{"role":"user","content":"say \"two\""}]}`))
	if want := answerStart + `say \"two\"` + answerEnd; err != nil || string(got) != want {
		t.Errorf("got %s, %v", got, err)
	}
	if _, err := answer([]byte(`{}`)); err == nil {
		t.Error("an answer to nothing")
	}
}

func TestParseStat(t *testing.T) {
	// utime 120, stime 30; the name is made to confuse.
	got, ok := parseStat("42 (a) b (c) S 1 2 3 4 5 6 7 8 9 10 120 30 0 0 20 0 9 0 1 2 3")
	if !ok || got != 1500*time.Millisecond {
		t.Errorf("got %v, %v", got, ok)
	}
	for _, bad := range []string{"", "1 (x) S 1", "1 (x) S 1 2 3 4 5 6 7 8 9 10 a b"} {
		if _, ok := parseStat(bad); ok {
			t.Errorf("%q was taken", bad)
		}
	}
}

func TestParseStatus(t *testing.T) {
	const status = "Name:\tkrakend\nVmHWM:\t   52340 kB\nVmRSS:\t   51200 kB\n"
	if got, err := parseStatus(status, "VmRSS"); err != nil || got != 51200<<10 {
		t.Errorf("got %d, %v", got, err)
	}
	for _, bad := range []string{"", "VmRSS:\n", "VmRSS:\t x kB\n", "VmRSSx: 1 kB\n"} {
		if got, err := parseStatus(bad, "VmRSS"); err == nil {
			t.Errorf("%q was taken for %d", bad, got)
		}
	}
}

func TestRatios(t *testing.T) {
	a := []sample{{rate: 1}, {rate: 4}, {rate: 9}, {rate: 16}, {rate: 25}}
	b := []sample{{rate: 1}, {rate: 2}, {rate: 3}, {rate: 4}, {rate: 5}}
	if got, want := ratios(a, b, rate), (quartiles{2, 3, 4}); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := ratio(ratios(a, b, cpu)); got != "?" {
		t.Errorf("without CPU times the ratio is %s", got)
	}
	if got := quartilesOf([]float64{1, 2}); got.median != 1.5 {
		t.Errorf("the median of 1 and 2 is %v", got.median)
	}
}
