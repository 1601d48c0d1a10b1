package audit

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

// memory is a sink that a test can look into.
type memory struct {
	mu    sync.Mutex
	lines []string
	err   error
}

func (m *memory) write(line []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.err != nil {
		return m.err
	}
	m.lines = append(m.lines, string(line))
	return nil
}

// records returns what was written and decodes it.
func (m *memory) records(t *testing.T) (all []map[string]any) {
	t.Helper()
	m.mu.Lock()
	defer m.mu.Unlock()
	return decodeLines(t, strings.Join(m.lines, ""))
}

func decodeLines(t *testing.T, text string) (all []map[string]any) {
	t.Helper()
	for _, line := range strings.SplitAfter(text, "\n") {
		if line == "" {
			continue
		}
		var record map[string]any
		if err := json.Unmarshal([]byte(line), &record); err != nil || !strings.HasSuffix(line, "\n") {
			t.Fatalf("no record: %q", line)
		}
		all = append(all, record)
	}
	return all
}

// memoryLog is a log with sinks that a test can look into, and what it warned of.
func memoryLog(sinks ...*memory) (*Log, *warnings) {
	w := &warnings{}
	l := &Log{gateway: "gw", warn: w.add}
	for _, s := range sinks {
		c := &channel{sink: s, kind: "memory"}
		c.alerts = NewAlerter(l, Conditions{Fold: time.Hour})
		l.sinks = append(l.sinks, c)
	}
	return l, w
}

type warnings struct {
	mu  sync.Mutex
	all []string
}

func (w *warnings) add(text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.all = append(w.all, text)
}

func (w *warnings) text() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return strings.Join(w.all, "\n")
}

func event(id string) *Event {
	at := time.Date(2026, 11, 22, 12, 0, 0, 123456789, time.UTC)
	return &Event{Head: Head{ID: id, Time: at}, Exchange: id, Proxy: "chat", Rules: []RuleCount{}, Outcome: OutcomeMasked}
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestLines(t *testing.T) {
	m := &memory{}
	l, _ := memoryLog(m)
	e := event("x")
	e.Excerpts = []string{"a <b> & \"c\"\n\u2028"}
	if err := l.Event(e); err != nil {
		t.Fatal(err)
	}
	const want = `{"schema":1,"kind":"event","id":"x","time":"2026-11-22T12:00:00.123Z","gateway":"gw","exchange":"x","proxy":"chat",` +
		`"policy":{"name":"","digest":"","mode":""},"direction":"","streamed":false,"outcome":"masked","rules":[],"restored":0,"unresolved":0,` +
		`"suppressed":0,"bytes_in":0,"bytes_out":0,"micros":0,"excerpts":["a <b> & \"c\"\n\u2028"]}` + "\n"
	if got := m.lines[0]; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestIDs(t *testing.T) {
	at := time.UnixMilli(0x0123456789ab)
	seen := map[string]bool{}
	for i := 0; i < 1000; i++ {
		id := NewID(at)
		if len(id) != 36 || id[:15] != "01234567-89ab-7" || !strings.ContainsRune("89ab", rune(id[19])) || seen[id] {
			t.Fatal(id)
		}
		seen[id] = true
	}
	if a, b := NewID(at), NewID(at.Add(time.Millisecond)); a >= b {
		t.Errorf("%s does not sort before %s", a, b)
	}
}

// A sink that fails costs its own lines only, is counted, and is told of once.
func TestALostLine(t *testing.T) {
	broken, whole := &memory{err: os.ErrDeadlineExceeded}, &memory{}
	l, w := memoryLog(broken, whole)
	for i := 0; i < 3; i++ {
		if err := l.Event(event("x")); err == nil {
			t.Error("nobody is told that the line is lost")
		}
	}
	if n := l.sinks[0].dropped.Load(); n != 4 { // with the line of the alert
		t.Errorf("%d lines are counted as lost", n)
	}
	if n := l.sinks[1].dropped.Load(); n != 0 {
		t.Errorf("%d lines of the other sink are counted as lost", n)
	}
	var kinds []string
	for _, r := range whole.records(t) {
		kinds = append(kinds, r["kind"].(string))
	}
	if got := strings.Join(kinds, " "); got != "alert event event event" {
		t.Errorf("the other sink has %s", got)
	}
	if got, want := w.text(), `alert: sink, severity high, action "dropped", reason "memory: i/o timeout", count 1`; got != want {
		t.Errorf("told %q, want %q", got, want)
	}
}

func TestStatus(t *testing.T) {
	m := &memory{}
	l, _ := memoryLog(m)
	channels.Lock()
	old := channels.of
	channels.of = map[string]*channel{"memory": l.sinks[0]}
	channels.Unlock()
	defer func() {
		channels.Lock()
		channels.of = old
		channels.Unlock()
	}()
	l.sinks[0].dropped.Store(3)
	state := func(name string) func() []ProxyStatus {
		return func() []ProxyStatus { return []ProxyStatus{{Proxy: name}} }
	}
	l.sinks[0].members.of = map[string][]func() []ProxyStatus{"gw": {state("a"), state("b")}}
	writeStatus(time.Now())
	r := m.records(t)[0]
	names, _ := json.Marshal(r["proxies"])
	if r["kind"] != "status" || r["gateway"] != "gw" || r["dropped"] != 3.0 || r["version"] != Version ||
		bytes.Count(names, []byte(`"proxy":`)) != 2 {
		t.Errorf("%v", r)
	}
}
