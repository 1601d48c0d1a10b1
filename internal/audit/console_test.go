package audit

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// consoleStand is a console that fails as it is told to, and takes lines.
type consoleStand struct {
	t        *testing.T
	mu       sync.Mutex
	script   []func(w http.ResponseWriter, lines int) bool // true: it has answered
	ids      map[string]int
	requests int
	changed  chan struct{}
	// refuses are the ids of lines because of which it refuses all that come with
	// them, with the status refusal.
	refuses map[string]bool
	refusal int
}

func (c *consoleStand) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost || r.URL.Path != "/api/v1/ingest" || r.Header.Get("Content-Type") != "application/x-ndjson" ||
		r.Header.Get("Content-Encoding") != "gzip" || r.Header.Get("Authorization") != "Bearer token-1" {
		c.t.Errorf("%s %s %v", r.Method, r.URL, r.Header)
	}
	body, err := gzip.NewReader(r.Body)
	if err != nil {
		c.t.Error(err)
		return
	}
	var ids []string
	for lines := bufio.NewScanner(body); lines.Scan(); {
		var head Head
		if err := json.Unmarshal(lines.Bytes(), &head); err != nil {
			c.t.Error(err)
		}
		ids = append(ids, head.ID)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.requests++
	defer func() { c.changed <- struct{}{} }()
	if len(c.script) > 0 {
		step := c.script[0]
		c.script = c.script[1:]
		if step(w, len(ids)) {
			return
		}
	}
	if slices.ContainsFunc(ids, func(id string) bool { return c.refuses[id] }) {
		w.WriteHeader(c.refusal)
		return
	}
	duplicates := 0
	for _, id := range ids {
		if c.ids[id]++; c.ids[id] > 1 {
			duplicates++
		}
	}
	_, _ = fmt.Fprintf(w, `{"accepted":%d,"duplicates":%d,"rejected":0}`, len(ids)-duplicates, duplicates)
}

// until waits until the console has had a request after which something holds.
func (c *consoleStand) until(what string, holds func() bool) {
	c.t.Helper()
	deadline := time.After(10 * time.Second)
	for {
		c.mu.Lock()
		ok := holds()
		c.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-c.changed:
		case <-deadline:
			c.t.Fatalf("waited in vain until %s; requests %d, lines %d", what, c.requests, len(c.ids))
		}
	}
}

func newStand(t *testing.T) *consoleStand {
	return &consoleStand{t: t, ids: map[string]int{}, changed: make(chan struct{}, 10000)}
}

// sender is a console sink that does not wait for long.
func sender(t *testing.T, dir, url string, maxBytes int64) (*console, *channel, *warnings) {
	t.Helper()
	spool, err := openSpool(dir, maxBytes)
	if err != nil {
		t.Fatal(err)
	}
	l, w := memoryLog(&memory{})
	ch := l.sinks[0]
	return &console{
		spool: spool, endpoint: url + ingestPath, token: func() (string, error) { return "token-1", nil }, channel: ch,
		client: &http.Client{Timeout: 5 * time.Second}, first: time.Millisecond, longest: 4 * time.Millisecond, linger: time.Millisecond,
	}, ch, w
}

func writeIDs(t *testing.T, s sink, from, to int) {
	t.Helper()
	for i := from; i < to; i++ {
		if err := s.write([]byte(fmt.Sprintf(`{"id":"%d"}`+"\n", i))); err != nil {
			t.Fatal(err)
		}
	}
}

func status(code int) func(http.ResponseWriter, int) bool {
	return func(w http.ResponseWriter, _ int) bool {
		w.WriteHeader(code)
		return true
	}
}

// Whatever the console does, each line arrives, at least once.
func TestAtLeastOnce(t *testing.T) {
	stand := newStand(t)
	// It takes the lines, and its answer is lost.
	lost := func(w http.ResponseWriter, _ int) bool {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return true
		}
		_ = conn.Close()
		return true
	}
	tooLarge := func(w http.ResponseWriter, lines int) bool {
		if lines > 1 {
			w.WriteHeader(http.StatusRequestEntityTooLarge)
		}
		return lines > 1
	}
	page := func(w http.ResponseWriter, _ int) bool {
		_, _ = w.Write([]byte("<html>Please log in</html>"))
		return true
	}
	short := func(w http.ResponseWriter, _ int) bool {
		_, _ = w.Write([]byte(`{"accepted":0,"duplicates":0,"rejected":0}`))
		return true
	}
	for _, code := range []int{500, 502, 503, 401, 403, 404, 429, 302, 204} {
		stand.script = append(stand.script, status(code))
	}
	stand.script = append(stand.script, lost, page, short, tooLarge, tooLarge, status(500), tooLarge)
	server := httptest.NewServer(stand)
	defer server.Close()
	c, ch, w := sender(t, t.TempDir(), server.URL, 1<<20)
	writeIDs(t, c, 0, 20)
	go c.run()
	stand.until("all have arrived", func() bool { return len(stand.ids) == 20 })
	writeIDs(t, c, 20, 40)
	stand.until("all have arrived", func() bool { return len(stand.ids) == 40 })
	if n := ch.dropped.Load(); n != 0 {
		t.Errorf("%d lines are lost", n)
	}
	told := w.text()
	if strings.Count(told, "cannot be sent") != 1 || strings.Contains(told, "token-1") || strings.Contains(told, "127.0.0.1") {
		t.Errorf("told %q", told)
	}
}

// What the console will never take is dropped and counted, and everything beside
// it arrives.
func TestLinesThatTheConsoleRefuses(t *testing.T) {
	for _, code := range []int{http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity} {
		stand := newStand(t)
		stand.refuses, stand.refusal = map[string]bool{"3": true, "17": true}, code
		server := httptest.NewServer(stand)
		defer server.Close()
		c, ch, w := sender(t, t.TempDir(), server.URL, 1<<20)
		writeIDs(t, c, 0, 20)
		go c.run()
		stand.until("all others have arrived", func() bool { return len(stand.ids) == 18 })
		writeIDs(t, c, 20, 21)
		stand.until("the next has arrived", func() bool { return stand.ids["20"] > 0 })
		if n := ch.dropped.Load(); n != 2 {
			t.Errorf("%d: %d lines are lost", code, n)
		}
		if !strings.Contains(w.text(), fmt.Sprintf("the console refused them with status %d", code)) {
			t.Errorf("told %q", w.text())
		}
	}
	// Those that it tells of by their number.
	stand := newStand(t)
	stand.script = append(stand.script, func(w http.ResponseWriter, lines int) bool {
		_, _ = fmt.Fprintf(w, `{"accepted":%d,"duplicates":0,"rejected":2}`, lines-2)
		return true
	})
	server := httptest.NewServer(stand)
	defer server.Close()
	c, ch, _ := sender(t, t.TempDir(), server.URL, 1<<20)
	writeIDs(t, c, 0, 3)
	go c.run()
	stand.until("some are rejected", func() bool { return stand.requests == 1 })
	writeIDs(t, c, 3, 4)
	stand.until("the next has arrived", func() bool { return stand.ids["3"] > 0 })
	if n := ch.dropped.Load(); n != 2 {
		t.Errorf("%d lines are lost", n)
	}
}

// A process that ends leaves its lines to the next, also when the last of them
// was cut off, and while the console is away.
func TestASpoolOutlivesItsProcess(t *testing.T) {
	dir := t.TempDir()
	nobody := httptest.NewServer(http.NotFoundHandler())
	nobody.Close()
	c, _, _ := sender(t, dir, nobody.URL, 1<<20)
	writeIDs(t, c, 0, 5)
	if _, ok := c.oldest(); !ok { // what the sender does
		t.Fatal("nothing to send")
	}
	writeIDs(t, c, 5, 10)
	if _, err := openSpool(dir, 1<<20); err == nil || !strings.Contains(err.Error(), "is in use by another process") {
		t.Errorf("a second process gets %v", err)
	}
	if _, err := c.file.WriteString(`{"id":"cut`); err != nil {
		t.Fatal(err)
	}
	_ = c.lock.Close() // as the end of the process does
	if info, err := os.Stat(c.active.path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info, err)
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		t.Error(err)
	}

	stand := newStand(t)
	server := httptest.NewServer(stand)
	defer server.Close()
	again, ch, _ := sender(t, dir, server.URL, 1<<20)
	writeIDs(t, again, 10, 12)
	go again.run()
	stand.until("all have arrived", func() bool { return len(stand.ids) == 12 })
	// A segment goes when its lines have arrived: the next batch is sent after that.
	writeIDs(t, again, 12, 13)
	stand.until("the last has arrived", func() bool { return len(stand.ids) == 13 })
	segments, err := filepath.Glob(dir + "/*" + segmentEnding)
	if err != nil || len(segments) > 1 || ch.dropped.Load() != 0 {
		t.Errorf("%v stay, %v, %d lost", segments, err, ch.dropped.Load())
	}
}

func TestTheBoundOfASpool(t *testing.T) {
	s, err := openSpool(filepath.Join(t.TempDir(), "new"), 1000)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(s.dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("mode %v, %v", info, err)
	}
	line := []byte(strings.Repeat("1", 299) + "\n")
	for i := 0; i < 5; i++ {
		if err := s.write(line); (err != nil) != (i >= 3) {
			t.Errorf("line %d: %v", i, err)
		}
	}
	if _, ok := s.oldest(); !ok {
		t.Fatal("nothing to send")
	}
	s.done()
	if err := s.write(line); err != nil {
		t.Errorf("after there is room again: %v", err)
	}
	_ = s.lock.Close()
	again, err := openSpool(s.dir, 1000)
	if err != nil || again.size() != 300 {
		t.Errorf("the next process counts %d bytes, %v", again.size(), err)
	}
}

// The address may have a path, and the token the line break of the file or the
// secret that it comes from.
func TestAddressAndToken(t *testing.T) {
	t.Setenv("INGEST", " token-1\n")
	for url, want := range map[string]string{
		"https://c.example:8300":      "https://c.example:8300/api/v1/ingest",
		"https://c.example/redact":    "https://c.example/redact/api/v1/ingest",
		"http://[::1]:8300/redact//":  "http://[::1]:8300/redact/api/v1/ingest",
		"https://c.example/a%2Fb/../": "https://c.example/api/v1/ingest",
	} {
		s, err := openConsole(ConsoleSettings{URL: url, TokenEnv: "INGEST", Spool: t.TempDir(), SpoolBytes: 1 << 20}, nil)
		if err != nil {
			t.Fatal(err)
		}
		c := s.(*console)
		if token, err := c.token(); c.endpoint != want || token != "token-1" || err != nil {
			t.Errorf("%s: %s, %q, %v", url, c.endpoint, token, err)
		}
	}
}

// Whoever has given it a wrong token reads so.
func TestAWrongTokenIsTold(t *testing.T) {
	stand := newStand(t)
	stand.script = append(stand.script, status(http.StatusUnauthorized))
	server := httptest.NewServer(stand)
	defer server.Close()
	c, _, w := sender(t, t.TempDir(), server.URL, 1<<20)
	writeIDs(t, c, 0, 1)
	go c.run()
	stand.until("it has arrived", func() bool { return len(stand.ids) == 1 })
	if want := "audit: lines cannot be sent to the console, and wait in the spool: it answers with status 401: check the token of ingestion"; !strings.Contains(w.text(), want) {
		t.Errorf("told %q", w.text())
	}
}

func TestIsConsoleURL(t *testing.T) {
	for address, want := range map[string]bool{
		"http://127.0.0.1:8090": true, "https://console.example.com/below": true,
		"": false, "console": false, "ftp://console": false, "http://": false, "http://u:p@console": false,
		"http://console?token=t": false, "http://console#x": false, "http://con sole": false,
	} {
		if got := IsConsoleURL(address); got != want {
			t.Errorf("%q: %v", address, got)
		}
	}
}
