// Package mockllm is an LLM stand-in: an http.Handler that speaks the providers'
// wire formats well enough for their official SDKs, whole and streamed, and
// remembers every request it received, so that people and tests can see exactly
// what reached "the LLM". It speaks OpenAI (Chat Completions, Responses, legacy
// completions, embeddings, moderations), Anthropic Messages, Gemini
// generateContent, Ollama chat and generate, and Cohere v2 chat.
//
// It quotes the last user message. If that contains "call the tool" and the
// request offers one, it calls it with
//
//	{"call": 0, "text": "the message", "values": ["[REDACTED_EMAIL_1]"]}
//
// where values are the placeholders in the message and in the results of tools
// so far, each by itself, and quotes the tool's result on the next turn.
//
// How it answers is set by a [Script], by Options for all requests and by the
// header X-Mock for one: "X-Mock: cut=1, spelling=lower, interleave". The
// switches are
//
//	pause=20ms     time between the events of a stream
//	cut=1          characters per delta; 0 is a word
//	packet=1       bytes sent at a time; 0 is an event
//	spelling=lower how placeholders are spelled in answers; see Spellings
//	interleave     mix the events of several choices, or of several tool calls
//	calls=2        call the tool several times at once
//	brief          answer with the user's message and nothing else
//	link           end with an image that sends the first placeholder to
//	               https://stranger.example, as a model that was talked into it
//	think          begin with a signed thinking block (Anthropic; Gemini and
//	               Ollama have thoughts without a signature). Anthropic's
//	               signatures are verified when a block comes back
//	stall=3        send nothing more after 3 events until the caller leaves; a
//	               whole answer never comes
//	drop=3         end the stream after 3 events, as if it were complete
//	abort=3        break the connection after 3 events
//	status=429     answer with this error in the provider's form, quoting the
//	               last user message; 429 has Retry-After: 7
package mockllm

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"
)

const (
	// DefaultKey is the API key that is accepted when Options names none.
	DefaultKey = "sk-mock"

	// DefaultAddr is where the stand-in listens unless told otherwise: on this
	// machine only, because /received shows every prompt to whoever asks.
	DefaultAddr = "127.0.0.1:8081"

	// MaxBodyBytes is the largest request body that is accepted.
	MaxBodyBytes = 16 << 20

	// MaxRequests is how many requests are remembered.
	MaxRequests = 1000

	// maxKeptBytes bounds what the remembered bodies occupy together: MaxRequests
	// bodies of MaxBodyBytes would be 16 GiB.
	maxKeptBytes = 256 << 20
)

// Options are the settings of a stand-in. The zero value is ready to use.
type Options struct {
	// Key is the API key that callers must present; DefaultKey if empty.
	Key string
	// Delay is the pause between the events of a streamed answer.
	Delay time.Duration
	// Script is how to answer requests that do not say so themselves. Its
	// Pause is Delay unless it has its own.
	Script Script
}

// Request is a request as it arrived.
type Request struct {
	Time   time.Time `json:"time"`
	Method string    `json:"method"`
	// Path and Query are kept as they stood in the request line, escapes included.
	Path  string `json:"path"`
	Query string `json:"query"`
	// Headers include Host and Transfer-Encoding, which net/http keeps elsewhere.
	Headers http.Header `json:"headers"`
	// Body is the body after transfer decoding; a Content-Encoding is not undone.
	Body string `json:"body"`
	// BodyBase64 repeats a body that is no valid UTF-8: a JSON string cannot hold
	// it, so Body is not exact once it has been through /received.
	BodyBase64 string `json:"body_base64,omitempty"`
	// Truncated says that the body was cut off, by its size or by the caller.
	Truncated bool `json:"truncated,omitempty"`
}

// size is what the request counts for in memory.
func (r Request) size() int { return len(r.Body) + len(r.BodyBase64) }

// Server is the stand-in. It is safe for concurrent use.
type Server struct {
	key     string
	script  Script
	mux     *http.ServeMux
	answers atomic.Int64 // numbers the answers' ids

	mu       sync.Mutex
	received []Request
	kept     int // bytes of the bodies in received
}

// New returns a stand-in that has received nothing yet.
func New(o Options) *Server {
	s := &Server{key: o.Key, script: o.Script, mux: http.NewServeMux()}
	if s.script.Pause == 0 {
		s.script.Pause = o.Delay
	}
	if s.key == "" {
		s.key = DefaultKey
	}
	s.mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, map[string]string{"status": "ok"})
	})
	s.mux.HandleFunc("GET /received", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, s.Received())
	})
	s.mux.HandleFunc("DELETE /received", func(w http.ResponseWriter, _ *http.Request) {
		s.Forget()
		w.WriteHeader(http.StatusNoContent)
	})
	s.mux.HandleFunc("POST /echo", echo)
	s.mux.HandleFunc("GET /v1/models", func(w http.ResponseWriter, r *http.Request) {
		refuse := func(status int, code, text string) { writeError(w, status, code, text) }
		if s.authorized(openAI, r, refuse) {
			models(w, r)
		}
	})
	for path, a := range map[string]api{
		"/v1/chat/completions":  chatAPI(),
		"/v1/responses":         responsesAPI(),
		"/v1/completions":       completionsAPI(),
		"/v1/embeddings":        embeddingsAPI(),
		"/v1/moderations":       moderationsAPI(),
		"/v1/messages":          messagesAPI(),
		"/v1beta/models/{call}": geminiAPI(),
		"/api/chat":             ollamaChatAPI(),
		"/api/generate":         ollamaGenerateAPI(),
		"/v2/chat":              cohereAPI(),
	} {
		s.mux.HandleFunc("POST "+path, s.serve(a))
	}
	s.mux.HandleFunc("/", unknownURL)
	return s
}

// ServeHTTP remembers the request and answers it. Looking at what was received
// leaves no trace in it.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/healthz", "/received":
	default:
		if !s.record(w, r) {
			return
		}
	}
	s.mux.ServeHTTP(w, r)
}

// Received returns the remembered requests, oldest first. Their headers are
// shared: do not change them.
func (s *Server) Received() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Request{}, s.received...) // never nil: JSON says [], not null
}

// Forget drops all remembered requests.
func (s *Server) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.received, s.kept = nil, 0
}

func (s *Server) remember(req Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.received = append(s.received, req)
	s.kept += req.size()
	drop := 0 // the newest request always stays
	for len(s.received)-drop > MaxRequests || (s.kept > maxKeptBytes && drop < len(s.received)-1) {
		s.kept -= s.received[drop].size()
		s.received[drop] = Request{} // lets the body go before append moves the slice
		drop++
	}
	s.received = s.received[drop:]
}

// record remembers the request before it is answered, so that whoever has an
// answer finds its request in Received. Requests that will be refused are
// remembered as well: what arrived, arrived. It returns false if it has refused
// the request itself; otherwise the body can be read once more.
func (s *Server) record(w http.ResponseWriter, r *http.Request) bool {
	req := Request{
		Time:    time.Now().UTC(),
		Method:  r.Method,
		Path:    r.URL.EscapedPath(),
		Query:   r.URL.RawQuery,
		Headers: r.Header.Clone(),
	}
	req.Headers.Set("Host", r.Host)
	if len(r.TransferEncoding) > 0 {
		req.Headers["Transfer-Encoding"] = slices.Clone(r.TransferEncoding)
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxBodyBytes))
	req.Body = string(body)
	req.Truncated = err != nil
	if !utf8.Valid(body) {
		req.BodyBase64 = base64.StdEncoding.EncodeToString(body)
	}
	s.remember(req)

	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		writeError(w, http.StatusRequestEntityTooLarge, "", "The request body is larger than 16 MiB.")
	case err != nil:
		writeError(w, http.StatusBadRequest, "", "The request body could not be read.")
	default:
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	return err == nil
}

// echo answers with the request's own body, for traffic that is not chat.
func echo(w http.ResponseWriter, r *http.Request) {
	// A nil value keeps net/http from guessing a type that nobody sent.
	w.Header()["Content-Type"] = r.Header["Content-Type"]
	if encoding := r.Header.Values("Content-Encoding"); len(encoding) > 0 {
		w.Header()["Content-Encoding"] = encoding
	}
	_, _ = io.Copy(w, r.Body) // a caller that left needs no answer
}

func unknownURL(w http.ResponseWriter, r *http.Request) {
	writeError(w, http.StatusNotFound, "unknown_url", "Unknown request URL: "+r.Method+" "+r.URL.Path+".")
}
