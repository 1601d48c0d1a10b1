package metrics

import (
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/krakend-redact/krakend-redact/internal/audit"
)

var update = flag.Bool("update", false, "write the golden file anew")

const odd = "a \"quoted\" \\ back\nline \xff"

func exampleSet() *Set {
	s := newSet()
	mails := audit.Policy{Name: "mails", Version: "2", Digest: "0123456789ab", Mode: "enforce"}
	s.Event(&audit.Event{
		Proxy: "chat", Policy: mails, Direction: audit.DirectionRequest, Outcome: audit.OutcomeMasked,
		Rules: []audit.RuleCount{
			{Name: "Email", Severity: "medium", Action: "mask", Count: 3, Placeholders: []string{"[EMAIL_1]", "[EMAIL_2]"}, More: 1},
			{Name: "Watch", Severity: "low", Action: "alert", Count: 2},
		},
		BytesIn: 100, BytesOut: 80, Micros: 700,
	})
	s.Event(&audit.Event{
		Proxy: "chat", Policy: mails, Direction: audit.DirectionAnswer, Outcome: audit.OutcomeRestored, Streamed: true,
		Restored: 5, Unresolved: 2, Suppressed: 1, BytesIn: 1 << 40, BytesOut: 7, Micros: 6_000_000,
	})
	s.Event(&audit.Event{Proxy: "chat", Policy: mails, Direction: audit.DirectionRequest, Outcome: audit.OutcomeRefused, Reason: "body_too_large", Micros: 100})
	s.Event(&audit.Event{Proxy: odd, Policy: mails, Direction: audit.DirectionRequest, Outcome: audit.OutcomeClean})
	s.Reload("mails", true)
	s.Reload("mails", false)
	s.Reload("mails", true)
	chat := audit.ProxyStatus{Proxy: "chat", Policy: mails}
	s.Tell(func() []audit.ProxyStatus { return []audit.ProxyStatus{chat, chat} }) // twice the same is once
	s.Tell(func() []audit.ProxyStatus {
		return []audit.ProxyStatus{{Proxy: "trial", Policy: audit.Policy{Name: odd, Mode: "test"}, ReloadError: "broken"}}
	})
	return s
}

func text(s *Set) string {
	var b strings.Builder
	s.writeTo(&b)
	return b.String()
}

// The output for a known sequence, byte for byte. A real parser reads the same
// in e2e/metrics_test.go.
func TestText(t *testing.T) {
	const golden = "testdata/metrics.txt"
	got := strings.ReplaceAll(text(exampleSet()), runtime.Version(), "GO")
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// Names as Prometheus wants them.
func TestFamilies(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range Families() {
		if seen[f.Name] {
			t.Errorf("%s is there twice", f.Name)
		}
		seen[f.Name] = true
		if !regexp.MustCompile(`^krakend_redact_[a-z_]+$`).MatchString(f.Name) || strings.HasSuffix(f.Name, "_total") != (f.Type == "counter") {
			t.Errorf("%s is no name for a %s", f.Name, f.Type)
		}
		if f.Help == "" || len(f.Labels) > maxLabels {
			t.Errorf("%+v", f)
		}
	}
}

// What comes after the bound is still counted, but not told apart.
func TestSeriesAreBounded(t *testing.T) {
	s := newSet()
	const extra = 500
	for i := 0; i < maxSeries+extra; i++ {
		s.Event(&audit.Event{Proxy: fmt.Sprint(i), Policy: audit.Policy{Name: "p"}, Outcome: audit.OutcomeClean})
	}
	s.Event(&audit.Event{Proxy: "7", Policy: audit.Policy{Name: "p"}, Outcome: audit.OutcomeClean})
	got := text(s)
	if n := strings.Count(got, "\nkrakend_redact_requests_total{"); n != maxSeries+1 {
		t.Errorf("%d series", n)
	}
	for _, want := range []string{
		fmt.Sprintf(`krakend_redact_requests_total{proxy="other",policy="other",outcome="other"} %d`, extra),
		`krakend_redact_requests_total{proxy="7",policy="p",outcome="clean"} 2`,
		fmt.Sprintf(`krakend_redact_duration_seconds_count{proxy="other",direction="other"} %d`, extra),
	} {
		if !strings.Contains(got, want+"\n") {
			t.Errorf("%s is missing", want)
		}
	}
}

func TestConcurrentUse(t *testing.T) {
	s := newSet()
	const workers, each = 8, 500
	var wg sync.WaitGroup
	for w := 0; w < workers; w++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := 0; i < each; i++ {
				s.Event(&audit.Event{Proxy: fmt.Sprint(i % 5), Outcome: audit.OutcomeClean, Micros: 10})
				if i%100 == 0 {
					s.Tell(func() []audit.ProxyStatus { return nil })
					_ = text(s)
				}
			}
		}()
	}
	wg.Wait()
	for _, want := range []string{
		`krakend_redact_requests_total{proxy="0",policy="",outcome="clean"} 800`,
		`krakend_redact_duration_seconds_bucket{proxy="4",direction="",le="0.0001"} 800`,
	} {
		if got := text(s); !strings.Contains(got, want+"\n") {
			t.Errorf("%s is missing:\n%s", want, got)
		}
	}
}

func TestHandler(t *testing.T) {
	server := httptest.NewServer(handler("/metrics", newSet()))
	defer server.Close()
	for _, tt := range []struct {
		method, path string
		status       int
	}{
		{"GET", "/metrics", 200},
		{"GET", "/metrics?x=1", 200},
		{"POST", "/metrics", 405},
		{"HEAD", "/metrics", 405},
		{"GET", "/", 404},
		{"GET", "/metrics/", 404},
		{"GET", "/debug/pprof/", 404},
		{"POST", "/", 404},
	} {
		req, err := http.NewRequest(tt.method, server.URL+tt.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if resp.StatusCode != tt.status {
			t.Errorf("%s %s: %d", tt.method, tt.path, resp.StatusCode)
		}
		if tt.status == 200 && (resp.Header.Get("Content-Type") != "text/plain; version=0.0.4; charset=utf-8" || !strings.HasPrefix(string(body), "# HELP krakend_redact_")) {
			t.Errorf("%s: %s", resp.Header.Get("Content-Type"), body)
		}
	}
}

func TestListen(t *testing.T) {
	// A port that the test holds is not free for the listener.
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := taken.Addr().String()
	if _, err := Listen(address, "/metrics"); err == nil || !strings.Contains(err.Error(), "address already in use") || strings.Contains(err.Error(), "127.0.0.1") {
		t.Errorf("a port in use: %v", err)
	}
	_ = taken.Close()
	first, err := Listen(address, "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	if again, err := Listen(address, "/metrics"); err != nil || again != first {
		t.Errorf("the same once more: %v", err)
	}
	if _, err := Listen(address, "/other"); err != ErrPath {
		t.Errorf("another path: %v", err)
	}
	if _, err := Listen("no address", "/metrics"); err == nil {
		t.Error("what is no address was taken")
	}
	first.Reload("p", true)
	resp, err := http.Get("http://" + address + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if body, _ := io.ReadAll(resp.Body); !strings.Contains(string(body), `krakend_redact_reloads_total{policy="p",result="ok"} 1`) {
		t.Errorf("%s", body)
	}
}
