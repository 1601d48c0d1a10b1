package e2e

import (
	"net/http"
	"strings"
	"testing"
)

// wire is a provider's format as it stands on the wire, for calls that no SDK
// here makes.
type wire struct {
	name, path, query string
	// ask is the body of a request; the key goes into every header.
	ask func(text string, streamed bool) any
	// whole and piece are where the text stands in an answer and in an event,
	// arguments and argumentsPiece where those of a tool call do, if it is
	// tried here.
	whole, piece, arguments, argumentsPiece []any
	// frames cuts a streamed answer into the documents of its events.
	frames func(body string) []string
	// wholePath is that of the call for a whole answer, if it has its own.
	wholePath string
}

// lines are the frames of NDJSON.
func lines(body string) []string { return strings.Split(strings.TrimSuffix(body, "\n"), "\n") }

// events are the data of server-sent events.
func events(body string) []string {
	var data []string
	for event := range strings.SplitSeq(strings.TrimSuffix(body, "\n\n"), "\n\n") {
		for line := range strings.SplitSeq(event, "\n") {
			if d, ok := strings.CutPrefix(line, "data: "); ok && d != "[DONE]" {
				data = append(data, d)
			}
		}
	}
	return data
}

// one is a document that is a list of its events.
func one(body string) []string { return []string{body} }

func user(text string) list { return list{obj{"role": "user", "content": text}} }

// offered is a tool in the form that others have taken over from OpenAI.
func offered() list {
	return list{obj{"type": "function", "function": obj{"name": "lookup", "parameters": obj{"type": "object", "properties": toolParameters}}}}
}

var wires = []wire{
	{
		name: "Ollama chat", path: "/api/chat", frames: lines, whole: []any{"message", "content"}, piece: []any{"message", "content"},
		arguments:      []any{"message", "tool_calls", 0, "function", "arguments"},
		argumentsPiece: []any{"message", "tool_calls", 0, "function", "arguments"},
		ask: func(text string, streamed bool) any {
			return obj{"model": "llama3", "messages": user(text), "tools": offered(), "stream": streamed}
		},
	},
	{
		name: "Ollama generate", path: "/api/generate", frames: lines, whole: []any{"response"}, piece: []any{"response"},
		ask: func(text string, streamed bool) any {
			return obj{"model": "llama3", "prompt": text, "stream": streamed}
		},
	},
	{
		name: "Cohere", path: "/v2/chat", frames: events,
		whole: []any{"message", "content", 0, "text"}, piece: []any{"delta", "message", "content", "text"},
		arguments:      []any{"message", "tool_calls", 0, "function", "arguments"},
		argumentsPiece: []any{"delta", "message", "tool_calls", "function", "arguments"},
		ask: func(text string, streamed bool) any {
			return obj{"model": "command-a", "messages": user(text), "tools": offered(), "stream": streamed}
		},
	},
	{
		name: "OpenAI completions", path: "/v1/completions", frames: events, whole: []any{"choices", 0, "text"}, piece: []any{"choices", 0, "text"},
		ask: func(text string, streamed bool) any {
			return obj{"model": "davinci", "prompt": text, "stream": streamed}
		},
	},
	{
		name: "Gemini without alt=sse", path: "/v1beta/models/m:streamGenerateContent", wholePath: "/v1beta/models/m:generateContent", frames: one,
		whole: []any{"candidates", 0, "content", "parts", 0, "text"}, piece: []any{"candidates", 0, "content", "parts", 0, "text"},
		ask: func(text string, _ bool) any {
			return obj{"contents": list{obj{"role": "user", "parts": list{obj{"text": text}}}}}
		},
	},
	{
		name: "Gemini with alt=sse", path: "/v1beta/models/m:streamGenerateContent", wholePath: "/v1beta/models/m:generateContent", query: "alt=sse", frames: events,
		whole: []any{"candidates", 0, "content", "parts", 0, "text"}, piece: []any{"candidates", 0, "content", "parts", 0, "text"},
		ask: func(text string, _ bool) any {
			return obj{"contents": list{obj{"role": "user", "parts": list{obj{"text": text}}}}}
		},
	},
}

// at returns the text at a path of a document, an object as JSON, or "".
func at(v any, path []any) string {
	for _, step := range path {
		switch step := step.(type) {
		case string:
			o, _ := v.(obj)
			v = o[step]
		case int:
			l, _ := v.(list)
			if step >= len(l) {
				return ""
			}
			v = l[step]
		}
	}
	switch v := v.(type) {
	case string:
		return v
	case obj:
		return jsonOf(v)
	}
	return ""
}

func TestWireFormatsAreRestored(t *testing.T) {
	t.Parallel()
	g := newLLMGateway(t)
	type run struct {
		name string
		test func(t *testing.T)
	}
	var runs []run
	secrets := []string{email, card, password}
	// try registers an exchange: the text stands at the paths, masked in what
	// the LLM receives.
	try := func(what string, w wire, script, text, masked string, whole, piece []any, check func(t *testing.T, got string)) {
		path, streamed := w.path, script != "whole"
		if !streamed && w.wholePath != "" {
			path = w.wholePath
		}
		suffix := ""
		if strings.HasPrefix(path, "/v1beta/models/") { // a colon begins a parameter there
			path, suffix = "/v1beta/models/{call}", strings.TrimPrefix(path, "/v1beta/models/")
		}
		e := g.llm(path, nil)
		runs = append(runs, run{strings.Join([]string{w.name, what, script}, "/"), func(t *testing.T) {
			m := message{
				path: strings.Replace(path, "{call}", suffix, 1), query: w.query, body: jsonOf(w.ask(text, streamed)),
				header: http.Header{"Authorization": {"Bearer " + llmKey}, "X-Goog-Api-Key": {llmKey}},
			}
			if streamed {
				m.header.Set("X-Mock", script)
			}
			res := e.send(t, m)
			if res.status != http.StatusOK {
				t.Fatalf("status %d: %s", res.status, res.body)
			}
			check(t, w.text(t, string(res.body), streamed, whole, piece))
			got := e.received()
			if len(got) != 1 || !holds(string(got[0].body), masked) {
				t.Fatalf("the LLM received %d requests: %s", len(got), got[0].body)
			}
			if found := leak(got[0].wire()+g.log.String(), secrets); found != "" {
				t.Errorf("the LLM or the log has %s", found)
			}
		}})
	}
	for _, w := range wires {
		for _, script := range []string{"whole", "cut=0", "cut=1", "cut=5, packet=2", "cut=1, spelling=lower"} {
			try("chat", w, script, userText, maskedText, w.whole, w.piece, func(t *testing.T, got string) {
				t.Helper()
				sameText(t, "the user got", got, quoted(userText))
			})
			if w.arguments == nil {
				continue
			}
			const ask, masked = "call the tool for " + email, "call the tool for [REDACTED_EMAIL_1]"
			try("tool", w, script, ask, masked, w.arguments, w.argumentsPiece, func(t *testing.T, got string) {
				t.Helper()
				sameJSON(t, "the tool's arguments are", []byte(got), arguments(0, ask, email))
			})
		}
	}
	g.start(t)
	g.hide(secrets...)
	for _, r := range runs {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			r.test(t)
		})
	}
}

// text returns what stands at a path of an answer, or at one of all its events
// if it is streamed.
func (w wire) text(t *testing.T, body string, streamed bool, whole, piece []any) string {
	t.Helper()
	if !streamed {
		v, err := parseJSON([]byte(body))
		if err != nil {
			t.Fatalf("the answer is no JSON: %v: %s", err, body)
		}
		return at(v, whole)
	}
	var text strings.Builder
	for _, frame := range w.frames(body) {
		v, err := parseJSON([]byte(frame))
		if err != nil {
			t.Fatalf("an event is no JSON: %v: %q", err, frame)
		}
		events, ok := v.(list)
		if !ok {
			events = list{v}
		}
		for _, e := range events {
			text.WriteString(at(e, piece))
		}
	}
	return text.String()
}
