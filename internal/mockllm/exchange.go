package mockllm

import (
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"
)

// api is one call of a provider.
type api struct {
	provider
	// read understands a request, or says what is wrong with it.
	read func(r *http.Request, body []byte) (p prompt, problem string)
	// whole is the answer in one piece.
	whole func(c *exchange) any
	// streamed sends the answer in events.
	streamed func(c *exchange)
}

// provider is what all calls of one have in common.
type provider struct {
	// key returns the API key that a request presents; nil asks for none.
	key func(r *http.Request) string
	// fail is an error in the provider's own form. The code is OpenAI's.
	fail func(status int, code, text string) any
}

// exchange is one request and its answer.
type exchange struct {
	prompt prompt
	script Script
	number int64 // of the answer, for its ids
	time   time.Time

	w    http.ResponseWriter
	r    *http.Request
	sent int  // events
	over bool // nothing more is to be sent
}

// id returns an id for the answer.
func (c *exchange) id(prefix string) string { return fmt.Sprintf("%smock-%d", prefix, c.number) }

// serve answers the calls of one kind.
func (s *Server) serve(a api) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		fail := func(status int, code, text string) { writeJSON(w, status, a.fail(status, code, text)) }
		if !s.authorized(a.provider, r, fail) {
			return
		}
		script, err := ParseScript(strings.Join(r.Header.Values(ScriptHeader), ","), s.script)
		if err != nil {
			fail(http.StatusBadRequest, "bad_script", ScriptHeader+": "+err.Error()+".")
			return
		}
		if sent := r.Header.Get("Content-Type"); sent != "" {
			if media, _, err := mime.ParseMediaType(sent); err != nil || media != "application/json" {
				fail(http.StatusBadRequest, "unsupported_content_type", "This API method only accepts 'application/json' requests.")
				return
			}
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			fail(http.StatusBadRequest, "", unparsable)
			return
		}
		p, problem := a.read(r, body)
		if problem != "" {
			fail(http.StatusBadRequest, "", problem)
			return
		}
		if script.Status != 0 {
			if script.Status == http.StatusTooManyRequests {
				w.Header().Set("Retry-After", "7")
			}
			fail(script.Status, "", fmt.Sprintf(`The stand-in was asked to fail with %d. You wrote: "%s".`, script.Status, script.spell(p.said)))
			return
		}
		c := &exchange{prompt: p, script: script, number: s.answers.Add(1), time: time.Now(), w: w, r: r}
		if p.stream && a.streamed != nil {
			a.streamed(c)
			return
		}
		if script.Stall > 0 {
			<-r.Context().Done()
			return
		}
		writeJSON(w, http.StatusOK, a.whole(c))
	}
}

// authorized refuses callers without the key, in the provider's form.
func (s *Server) authorized(p provider, r *http.Request, fail func(status int, code, text string)) bool {
	if p.key == nil {
		return true
	}
	switch key := p.key(r); key {
	case s.key:
		return true
	case "":
		fail(http.StatusUnauthorized, "", "You didn't provide an API key.")
	default:
		fail(http.StatusUnauthorized, "invalid_api_key", "Incorrect API key provided.")
	}
	return false
}

const (
	unparsable   = "We could not parse the JSON body of your request."
	missingModel = "You must provide a model parameter."
)

func missing(field string) string { return "Missing required parameter: '" + field + "'." }

// bearer returns the key of an Authorization header.
func bearer(r *http.Request) string {
	scheme, key, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return key
}

// begin announces a streamed answer of the given type.
func (c *exchange) begin(contentType string) {
	c.w.Header().Set("Content-Type", contentType)
	c.w.Header().Set("Cache-Control", "no-cache")
}

const eventStream = "text/event-stream; charset=utf-8"

// event sends a server-sent event, with its name if it has one.
func (c *exchange) event(name string, data any) {
	text := encode(data)
	if name != "" {
		c.send("event: " + name + "\ndata: " + text + "\n\n")
		return
	}
	c.send("data: " + text + "\n\n")
}

// send sends one event as the script says, unless the answer is over.
func (c *exchange) send(event string) {
	if c.over {
		return
	}
	switch s := c.script; {
	case c.sent > 0 && c.sent == s.Abort:
		panic(http.ErrAbortHandler)
	case c.sent > 0 && c.sent == s.Drop:
		c.over = true
		return
	case c.sent > 0 && c.sent == s.Stall:
		<-c.r.Context().Done()
		c.over = true
		return
	case c.sent > 0 && s.Pause > 0:
		select {
		case <-c.r.Context().Done():
			c.over = true
			return
		case <-time.After(s.Pause):
		}
	}
	c.sent++
	out := http.NewResponseController(c.w)
	for event != "" && !c.over {
		n := len(event)
		if c.script.Packet > 0 {
			n = min(n, c.script.Packet)
		}
		_, err := io.WriteString(c.w, event[:n])
		if err == nil {
			err = out.Flush()
		}
		event, c.over = event[n:], err != nil
	}
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = fmt.Fprintln(w, encode(v)) // a caller that left needs no answer
}
