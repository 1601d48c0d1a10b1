package e2e

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// A session is a chat of one user by a provider's official SDK.
type session interface {
	// say adds a user message to the history.
	say(text string)
	// result adds what a tool has answered: a JSON object.
	result(c call, object string)
	// ask gets the next answer and adds it to the history. Streamed, delta is
	// called for every piece of text.
	ask(ctx context.Context, streamed bool, delta func(choice int, text string)) (answer, error)
}

// answer is what the SDK made of an answer.
type answer struct {
	texts    []string // of each choice
	thinking string
	calls    []call
}

// call is a tool call that the user's program is to make.
type call struct{ id, name, arguments string }

// failure is what the SDK made of an error.
type failure struct {
	status     int
	message    string
	retryAfter string
}

// sdk is an official SDK and what of a provider it is used for.
type sdk struct {
	name string
	// path is that of the call; base is what the SDK takes for the provider's.
	path, base string
	choices    bool // the provider gives several answers if asked to
	thinks     bool // the provider signs its thinking
	start      func(t *testing.T, o sessionOptions) session
	failure    func(t *testing.T, err error) failure
}

type sessionOptions struct {
	url    string
	key    string
	script string // of the stand-in
	system string
	n      int
	tool   string // to be offered
	client *http.Client
}

func (o sessionOptions) header() http.Header {
	h := http.Header{}
	if o.script != "" {
		h.Set("X-Mock", o.script)
	}
	return h
}

// toolParameters is the schema of the tool that sessions offer.
var toolParameters = obj{
	"text": obj{"type": "string"}, "call": obj{"type": "integer"},
	"values": obj{"type": "array", "items": obj{"type": "string"}},
}

var sdks = []sdk{openAIChat, openAIResponses, anthropicMessages, geminiContent}

// llmGateway is a gateway in front of cmd/mockllm.
type llmGateway struct {
	*group
	target *url.URL
}

func newLLMGateway(t *testing.T) llmGateway {
	g := llmGateway{newGroup(t), startMockLLM(t)}
	g.hide(llmKey)
	return g
}

// llmEndpoint is an endpoint in front of cmd/mockllm.
type llmEndpoint struct {
	*endpoint
	open atomic.Int32 // requests that the LLM is answering
}

// llm registers an endpoint for a provider's call.
func (g llmGateway) llm(path string, settings obj) *llmEndpoint {
	e := &llmEndpoint{endpoint: g.add(route{
		param: path, settings: settings, inputQuery: []string{"alt"},
		inputHeaders: []string{"Authorization", "Content-Type", "X-Api-Key", "X-Goog-Api-Key", "Anthropic-Version", "X-Mock"},
	}, nil)}
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(g.target)
		r.Out.URL.Path = strings.TrimPrefix(r.In.URL.Path, "/"+e.id)
		r.Out.URL.RawPath = ""
	}}
	e.serve = func(w http.ResponseWriter, r *http.Request) {
		e.open.Add(1)
		defer e.open.Add(-1)
		proxy.ServeHTTP(w, r)
	}
	return e
}

// talk is one user's conversation through an endpoint.
type talk struct {
	session
	t       *testing.T
	sdk     sdk
	at      *llmEndpoint
	secrets []string
}

func (s sdk) talk(t *testing.T, e *llmEndpoint, o sessionOptions, secrets ...string) *talk {
	t.Helper()
	e.group.hide(secrets...)
	o.url, o.client = e.group.url+"/"+e.id+s.base, e.group.client
	if o.key == "" {
		o.key = llmKey
	}
	return &talk{session: s.start(t, o), t: t, sdk: s, at: e, secrets: secrets}
}

// must gets the next answer, which for streams is also what the pieces make.
func (k *talk) must(streamed bool) answer {
	k.t.Helper()
	ctx, cancel := context.WithTimeout(k.t.Context(), 30*time.Second)
	defer cancel()
	pieces := map[int]*strings.Builder{}
	a, err := k.ask(ctx, streamed, func(choice int, text string) {
		if pieces[choice] == nil {
			pieces[choice] = &strings.Builder{}
		}
		pieces[choice].WriteString(text)
	})
	if err != nil {
		k.t.Fatalf("the SDK failed: %v", err)
	}
	for i, text := range a.texts {
		if streamed && text != "" && (pieces[i] == nil || pieces[i].String() != text) {
			k.t.Errorf("the pieces of choice %d do not make up the text that the SDK put together: %q", i, text)
		}
	}
	k.clean()
	return a
}

// clean asserts that neither the LLM nor the log has seen a secret.
func (k *talk) clean() {
	k.t.Helper()
	for _, r := range k.at.received() {
		if found := leak(r.wire(), k.secrets); found != "" {
			k.t.Errorf("the LLM received %s:\n%.4000s", found, r.wire())
		}
	}
	if found := leak(k.at.group.log.String(), k.secrets); found != "" {
		k.t.Errorf("the gateway's log shows %s", found)
	}
}

// sent returns the body of the last request that the LLM received, of a number
// that must be right.
func (k *talk) sent(requests int) string {
	k.t.Helper()
	got := k.at.received()
	if len(got) != requests {
		k.t.Fatalf("the LLM was called %d times, want %d", len(got), requests)
	}
	return string(got[requests-1].body)
}

// llmSaw asserts that the last request holds the texts, as JSON spells them.
func (k *talk) llmSaw(requests int, texts ...string) {
	k.t.Helper()
	body := k.sent(requests)
	for _, text := range texts {
		if !holds(body, text) {
			k.t.Errorf("the LLM did not receive %q:\n%.4000s", text, body)
		}
	}
}

// holds tells whether a string of a JSON document contains text.
func holds(doc, text string) bool {
	v, err := parseJSON([]byte(doc))
	if err != nil {
		return false
	}
	var in func(v any) bool
	in = func(v any) bool {
		switch v := v.(type) {
		case string:
			return strings.Contains(v, text)
		case list:
			for _, e := range v {
				if in(e) {
					return true
				}
			}
		case obj:
			for _, e := range v {
				if in(e) {
					return true
				}
			}
		}
		return false
	}
	return in(v)
}

// quoted is the stand-in's answer to a message.
func quoted(text string) string { return `You wrote: "` + text + `". I will keep that in mind.` }

// secondQuoted is the stand-in's second choice.
func secondQuoted(text string) string { return "Answer 2. " + quoted(text) }

// toolQuoted is the stand-in's answer to what a tool said.
func toolQuoted(result string) string { return `The tool said: "` + result + `". That is all.` }

// arguments are those that the stand-in calls a tool with.
func arguments(number int, text string, values ...any) string {
	b, _ := json.Marshal(obj{"call": number, "text": text, "values": append(list{}, values...)})
	return string(b)
}

// lastHeader is a transport that keeps the headers of the last answer, for SDKs
// whose errors do not.
type lastHeader struct {
	http.RoundTripper
	mu   sync.Mutex
	last http.Header
}

func (l *lastHeader) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := l.RoundTripper.RoundTrip(r)
	if err == nil {
		l.mu.Lock()
		l.last = resp.Header
		l.mu.Unlock()
	}
	return resp, err
}

func (l *lastHeader) header() http.Header {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.last
}
