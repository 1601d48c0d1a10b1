package modifiers

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/Masterminds/sprig/v3"

	"github.com/krakend-redact/krakend-redact/internal/lurax"
)

type object = map[string]interface{}

// request has the shape that KrakenD hands to a request modifier.
type request struct {
	method  string // POST when empty
	params  map[string]string
	headers map[string][]string
	body    io.ReadCloser
	url     *url.URL
	query   url.Values
	path    string
}

func (*request) Context() context.Context       { return context.Background() }
func (r *request) Params() map[string]string    { return r.params }
func (r *request) Headers() map[string][]string { return r.headers }
func (r *request) Body() io.ReadCloser          { return r.body }
func (r *request) URL() *url.URL                { return r.url }
func (r *request) Query() url.Values            { return r.query }
func (r *request) Path() string                 { return r.path }

func (r *request) Method() string {
	if r.method == "" {
		return http.MethodPost
	}
	return r.method
}

// response has the shape that KrakenD hands to a response modifier.
type response struct {
	request interface{}
	data    map[string]interface{}
	headers map[string][]string
	io      io.Reader
	status  int
}

func (*response) Context() context.Context       { return context.Background() }
func (r *response) Request() interface{}         { return r.request }
func (r *response) Data() map[string]interface{} { return r.data }
func (r *response) Io() io.Reader                { return r.io }
func (*response) IsComplete() bool               { return true }
func (r *response) Headers() map[string][]string { return r.headers }
func (r *response) StatusCode() int              { return r.status }

// testLog collects what a modifier logs.
type testLog struct {
	mu    sync.Mutex
	lines []string
}

func (l *testLog) add(level string, v []interface{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, level+" "+strings.TrimSpace(fmt.Sprintln(v...)))
}
func (l *testLog) Debug(v ...interface{})    { l.add("DEBUG", v) }
func (l *testLog) Info(v ...interface{})     { l.add("INFO", v) }
func (l *testLog) Warning(v ...interface{})  { l.add("WARNING", v) }
func (l *testLog) Error(v ...interface{})    { l.add("ERROR", v) }
func (l *testLog) Critical(v ...interface{}) { l.add("CRITICAL", v) }

func (l *testLog) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.lines, "\n")
}

// withLevel returns the lines of a level without it.
func (l *testLog) withLevel(level string) (lines []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, line := range l.lines {
		if text, ok := strings.CutPrefix(line, level+" "); ok {
			lines = append(lines, text)
		}
	}
	return lines
}

// registered is what a modifier is registered as.
type registered struct {
	factory               func(map[string]interface{}) func(interface{}) (interface{}, error)
	onRequest, onResponse bool
}

// all registers all modifiers of the bundle. Those that refuse their settings
// tell log and exit.
func all(log lurax.Logger, exit func(code int)) map[string]registered {
	modifiers := map[string]registered{}
	for _, r := range []interface {
		RegisterLogger(interface{})
		RegisterModifiers(func(string, func(map[string]interface{}) func(interface{}) (interface{}, error), bool, bool))
	}{&Redact{host{exit: exit}}, &ResponseBody{host{exit: exit}}, &BodyGenerator{host: host{exit: exit}, Functions: sprig.TxtFuncMap}} {
		r.RegisterLogger(log)
		r.RegisterModifiers(func(name string, factory func(map[string]interface{}) func(interface{}) (interface{}, error), onRequest, onResponse bool) {
			modifiers[name] = registered{factory, onRequest, onResponse}
		})
	}
	return modifiers
}

// start makes a modifier from what stands under plugin/req-resp-modifier.
// codes are those with which it ended KrakenD.
func start(name string, extra object) (m modifier, log *testLog, codes []int) {
	log = &testLog{}
	m = all(log, func(code int) { codes = append(codes, code) })[name].factory(extra)
	return m, log, codes
}

func modifyRequest(t *testing.T, m modifier, in *request) lurax.RequestWrapper {
	t.Helper()
	out, err := m(in)
	if err != nil {
		t.Fatal(err)
	}
	r, ok := out.(lurax.RequestWrapper)
	if !ok {
		t.Fatalf("%T is not what KrakenD takes back", out)
	}
	return r
}

func modifyResponse(t *testing.T, m modifier, in *response) lurax.ResponseWrapper {
	t.Helper()
	out, err := m(in)
	if err != nil {
		t.Fatal(err)
	}
	r, ok := out.(lurax.ResponseWrapper)
	if !ok {
		t.Fatalf("%T is not what KrakenD takes back", out)
	}
	return r
}

func read(t *testing.T, r io.Reader) string {
	t.Helper()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// failing is a body that cannot be read.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// panicking is a body that panics with a value that must not show.
type panicking struct{ value string }

func (p panicking) Read([]byte) (int, error) { panic(p.value) }

func gzipped(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = io.WriteString(w, text)
	_ = w.Close()
	return b.String()
}
