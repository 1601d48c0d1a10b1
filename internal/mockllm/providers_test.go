package mockllm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// call is one API call as the tests make it.
type call struct {
	name, path, streamPath string
	keyHeader              string // empty: takes no key
	// body is a request with a user message and, if there is one, a tool's
	// result; tool offers the tool "lookup".
	body func(text, result string, tool, streamed bool) any
	// text and pieces are where the text stands; arguments and their pieces
	// where a tool call's are. Nil: has none.
	text, piece, arguments, argumentsPiece []any
	frames                                 func(body string) []string
	failed                                 func(status int, text string) string
}

func (c call) streamTo() string {
	if c.streamPath != "" {
		return c.streamPath
	}
	return c.path
}

type m = map[string]any

// at returns what stands at a path of a document, a document as JSON.
func at(v any, path []any) string {
	for _, step := range path {
		switch step := step.(type) {
		case string:
			o, _ := v.(m)
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
	case nil:
		return ""
	case string:
		return v
	}
	return encode(v)
}

func lineFrames(body string) []string { return strings.Split(strings.TrimSuffix(body, "\n"), "\n") }

func eventFrames(body string) []string {
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

// arrayFrames are the elements of a JSON array.
func arrayFrames(body string) []string {
	var elements []json.RawMessage
	if json.Unmarshal([]byte(body), &elements) != nil {
		return []string{body}
	}
	var all []string
	for _, e := range elements {
		all = append(all, string(e))
	}
	return all
}

// chatMessages are messages in OpenAI's form, which others have taken over.
func chatMessages(text, result string) list {
	messages := list{m{"role": "system", "content": "be brief"}, m{"role": "user", "content": text}}
	if result != "" {
		messages = append(messages,
			m{"role": "assistant", "content": nil, "tool_calls": list{m{"id": "c1", "type": "function", "function": m{"name": "lookup", "arguments": "{}"}}}},
			m{"role": "tool", "tool_call_id": "c1", "content": result})
	}
	return messages
}

func chatBody(extra ...any) func(text, result string, tool, streamed bool) any {
	return func(text, result string, tool, streamed bool) any {
		body := m{"model": "x", "messages": chatMessages(text, result), "stream": streamed}
		for i := 0; i+1 < len(extra); i += 2 {
			body[extra[i].(string)] = extra[i+1]
		}
		if tool {
			body["tools"] = list{m{"type": "function", "function": m{"name": "lookup", "parameters": m{}}}}
		}
		return body
	}
}

func openAIFailed(kind, code string) func(int, string) string {
	return func(_ int, text string) string {
		return encode(object{"error", object{"message", text, "type", kind, "param", nil, "code", code}})
	}
}

func promptBody(field string) func(text, result string, tool, streamed bool) any {
	return func(text, _ string, _, streamed bool) any { return m{"model": "x", field: text, "stream": streamed} }
}

func messagesBody(text, result string, tool, streamed bool) any {
	messages := list{m{"role": "user", "content": text}}
	if result != "" {
		messages = append(messages,
			m{"role": "assistant", "content": list{m{"type": "tool_use", "id": "c1", "name": "lookup", "input": m{}}}},
			m{"role": "user", "content": list{m{"type": "tool_result", "tool_use_id": "c1", "content": list{m{"type": "text", "text": result}}}}})
	}
	body := m{"model": "x", "max_tokens": 9, "system": "be brief", "messages": messages, "stream": streamed}
	if tool {
		body["tools"] = list{m{"name": "lookup", "input_schema": m{}}}
	}
	return body
}

func responsesBody(text, result string, tool, streamed bool) any {
	input := list{m{"role": "user", "content": list{m{"type": "input_text", "text": text}}}}
	if result != "" {
		input = append(input,
			m{"type": "function_call", "call_id": "c1", "name": "lookup", "arguments": "{}"},
			m{"type": "function_call_output", "call_id": "c1", "output": result})
	}
	body := m{"model": "x", "instructions": "be brief", "input": input, "stream": streamed}
	if tool {
		body["tools"] = list{m{"type": "function", "name": "lookup", "parameters": m{}}}
	}
	return body
}

func geminiBody(text, result string, tool, _ bool) any {
	contents := list{m{"role": "user", "parts": list{m{"text": text}}}}
	if result != "" {
		contents = append(contents,
			m{"role": "model", "parts": list{m{"functionCall": m{"name": "lookup", "args": m{}}}}},
			m{"role": "user", "parts": list{m{"functionResponse": m{"name": "lookup", "response": json.RawMessage(result)}}}})
	}
	body := m{"systemInstruction": m{"parts": list{m{"text": "be brief"}}}, "contents": contents}
	if tool {
		body["tools"] = list{m{"functionDeclarations": list{m{"name": "lookup"}}}}
	}
	return body
}

func geminiFailed(_ int, text string) string {
	return encode(object{"error", object{"code", 429, "message", text, "status", "RESOURCE_EXHAUSTED"}})
}

var (
	geminiText = []any{"candidates", 0, "content", "parts", 0, "text"}
	geminiArgs = []any{"candidates", 0, "content", "parts", 0, "functionCall", "args"}
)

var calls = []call{
	{
		name: "OpenAI chat", path: "/v1/chat/completions", keyHeader: "Authorization", body: chatBody(), frames: eventFrames,
		text: []any{"choices", 0, "message", "content"}, piece: []any{"choices", 0, "delta", "content"},
		arguments:      []any{"choices", 0, "message", "tool_calls", 0, "function", "arguments"},
		argumentsPiece: []any{"choices", 0, "delta", "tool_calls", 0, "function", "arguments"},
		failed:         openAIFailed("requests", "rate_limit_exceeded"),
	},
	{
		name: "OpenAI responses", path: "/v1/responses", keyHeader: "Authorization", body: responsesBody, frames: eventFrames,
		text: []any{"output", 0, "content", 0, "text"}, piece: []any{"delta"},
		arguments: []any{"output", 0, "arguments"}, argumentsPiece: []any{"delta"}, failed: openAIFailed("requests", "rate_limit_exceeded"),
	},
	{
		name: "OpenAI completions", path: "/v1/completions", keyHeader: "Authorization", body: promptBody("prompt"), frames: eventFrames,
		text: []any{"choices", 0, "text"}, piece: []any{"choices", 0, "text"}, failed: openAIFailed("requests", "rate_limit_exceeded"),
	},
	{
		name: "Anthropic", path: "/v1/messages", keyHeader: "X-Api-Key", body: messagesBody, frames: eventFrames,
		text: []any{"content", 0, "text"}, piece: []any{"delta", "text"},
		arguments: []any{"content", 0, "input"}, argumentsPiece: []any{"delta", "partial_json"},
		failed: func(_ int, text string) string {
			return encode(object{"type", "error", "error", object{"type", "rate_limit_error", "message", text}, "request_id", "req_mock"})
		},
	},
	{
		name: "Gemini", path: "/v1beta/models/x:generateContent", streamPath: "/v1beta/models/x:streamGenerateContent?alt=sse", keyHeader: "X-Goog-Api-Key",
		body: geminiBody, frames: eventFrames, text: geminiText, piece: geminiText, arguments: geminiArgs, argumentsPiece: geminiArgs, failed: geminiFailed,
	},
	{
		name: "Gemini array", path: "/v1beta/models/x:generateContent", streamPath: "/v1beta/models/x:streamGenerateContent", keyHeader: "X-Goog-Api-Key",
		body: geminiBody, frames: arrayFrames, text: geminiText, piece: geminiText, arguments: geminiArgs, argumentsPiece: geminiArgs, failed: geminiFailed,
	},
	{
		name: "Ollama chat", path: "/api/chat", body: chatBody(), frames: lineFrames, text: []any{"message", "content"}, piece: []any{"message", "content"},
		arguments:      []any{"message", "tool_calls", 0, "function", "arguments"},
		argumentsPiece: []any{"message", "tool_calls", 0, "function", "arguments"},
		failed:         func(_ int, text string) string { return encode(object{"error", text}) },
	},
	{
		name: "Ollama generate", path: "/api/generate", body: promptBody("prompt"), frames: lineFrames, text: []any{"response"}, piece: []any{"response"},
		failed: func(_ int, text string) string { return encode(object{"error", text}) },
	},
	{
		name: "Cohere", path: "/v2/chat", keyHeader: "Authorization", body: chatBody(), frames: eventFrames,
		text: []any{"message", "content", 0, "text"}, piece: []any{"delta", "message", "content", "text"},
		arguments:      []any{"message", "tool_calls", 0, "function", "arguments"},
		argumentsPiece: []any{"delta", "message", "tool_calls", "function", "arguments"},
		failed:         func(_ int, text string) string { return encode(object{"id", "mock", "message", text}) },
	},
}

// ask makes a call with the right key.
func (c call) ask(t *testing.T, s http.Handler, target, script string, body any) *httptest.ResponseRecorder {
	t.Helper()
	headers := []string{"Authorization: ", "Content-Type: application/json", ScriptHeader + ": " + script}
	switch c.keyHeader {
	case "":
	case "Authorization":
		headers = append(headers, "Authorization: Bearer "+DefaultKey)
	default:
		headers = append(headers, c.keyHeader+": "+DefaultKey)
	}
	return do(t, s, "POST", target, encode(body), headers...)
}

// joined puts the pieces of a streamed answer together.
func (c call) joined(t *testing.T, body string, piece []any) string {
	t.Helper()
	var text strings.Builder
	for _, frame := range c.frames(body) {
		var v any
		if err := json.Unmarshal([]byte(frame), &v); err != nil {
			t.Fatalf("an event is no JSON: %v: %q", err, frame)
		}
		text.WriteString(at(v, piece))
	}
	return text.String()
}

func (c call) whole(t *testing.T, w *httptest.ResponseRecorder, path []any) string {
	t.Helper()
	var v any
	if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil || w.Code != http.StatusOK {
		t.Fatalf("status %d: %v: %s", w.Code, err, w.Body)
	}
	return at(v, path)
}

func TestEveryCallQuotesTheUser(t *testing.T) {
	const text = "I am [REDACTED_EMAIL_1], \"é😀\"\n<b>"
	const want = `You wrote: "I am [REDACTED_EMAIL_1], "é😀"` + "\n" + `<b>". I will keep that in mind.`
	for _, c := range calls {
		t.Run(c.name, func(t *testing.T) {
			s := New(Options{})
			if got := c.whole(t, c.ask(t, s, c.path, "", c.body(text, "", false, false)), c.text); got != want {
				t.Errorf("the whole answer is %q", got)
			}
			for _, script := range []string{"", "cut=1", "cut=5, packet=1", "interleave"} {
				w := c.ask(t, s, c.streamTo(), script, c.body(text, "", false, true))
				if got := c.joined(t, w.Body.String(), c.piece); got != want {
					t.Errorf("the stream of %q is %q", script, got)
				}
			}
			w := c.ask(t, s, c.path, "spelling=lower", c.body(text, "", false, false))
			if got := c.whole(t, w, c.text); got != strings.Replace(want, "[REDACTED_EMAIL_1]", "[redacted_email_1]", 1) {
				t.Errorf("spelled in lower case it is %q", got)
			}
			if got := c.whole(t, c.ask(t, s, c.path, "brief", c.body(text, "", false, false)), c.text); got != text {
				t.Errorf("a brief answer is %q", got)
			}
			link := text + " ![x](https://stranger.example/?d=[REDACTED_EMAIL_1])"
			if got := c.whole(t, c.ask(t, s, c.path, "brief, link", c.body(text, "", false, false)), c.text); got != link {
				t.Errorf("an answer with a link is %q", got)
			}
		})
	}
}

func TestEveryCallUsesTools(t *testing.T) {
	const text, result = "Call the tool for [A_1] and [A_1]", `{"found":"[B_2]"}`
	const want = `{"call":0,"text":"Call the tool for [A_1] and [A_1]","values":["[A_1]"]}`
	for _, c := range calls {
		if c.arguments == nil {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			s := New(Options{})
			if got := c.whole(t, c.ask(t, s, c.path, "", c.body(text, "", true, false)), c.arguments); got != want {
				t.Errorf("the arguments are %s", got)
			}
			for _, script := range []string{"", "cut=1"} {
				w := c.ask(t, s, c.streamTo(), script, c.body(text, "", true, true))
				if got := c.joined(t, w.Body.String(), c.argumentsPiece); got != want {
					t.Errorf("the arguments in the stream of %q are %s", script, got)
				}
			}
			// Not offered, not asked for, or answered already: no call.
			for _, body := range []any{c.body(text, "", false, false), c.body("what?", "", true, false), c.body(text, result, true, false)} {
				if got := c.whole(t, c.ask(t, s, c.path, "", body), c.arguments); got != "" {
					t.Errorf("it calls the tool with %s for %s", got, encode(body))
				}
			}
			if got, want := c.whole(t, c.ask(t, s, c.path, "", c.body(text, result, true, false)), c.text), `The tool said: "`+result+`". That is all.`; got != want {
				t.Errorf("the answer is %q, want %q", got, want)
			}
		})
	}
}

func TestEveryCallFailsInItsOwnWords(t *testing.T) {
	for _, c := range calls {
		t.Run(c.name, func(t *testing.T) {
			s := New(Options{})
			body := c.body("[A_1]", "", false, false)
			w := c.ask(t, s, c.path, "status=429, spelling=lower", body)
			want := c.failed(429, `The stand-in was asked to fail with 429. You wrote: "[a_1]".`)
			if w.Code != 429 || w.Header().Get("Retry-After") != "7" || strings.TrimSpace(w.Body.String()) != want {
				t.Errorf("status %d, Retry-After %q: %s, want %s", w.Code, w.Header().Get("Retry-After"), w.Body, want)
			}
			if w := c.ask(t, s, c.path, "status=503", body); w.Code != 503 || w.Header().Get("Retry-After") != "" {
				t.Errorf("status %d, Retry-After %q, want 503 without", w.Code, w.Header().Get("Retry-After"))
			}
			if w := c.ask(t, s, c.path, "nonsense", body); w.Code != 400 || !strings.Contains(w.Body.String(), "no switch of the stand-in") {
				t.Errorf("a script that makes no sense: status %d: %s", w.Code, w.Body)
			}
			if w := c.ask(t, s, c.path, "", json.RawMessage(`{"model":1,"contents":1}`)); w.Code != 400 || !strings.Contains(w.Body.String(), unparsable) {
				t.Errorf("a body that makes no sense: status %d: %s", w.Code, w.Body)
			}
			if w := c.ask(t, s, c.path, "", m{}); w.Code != 400 {
				t.Errorf("an empty body: status %d: %s", w.Code, w.Body)
			}
			if c.keyHeader == "" {
				return
			}
			for header, text := range map[string]string{c.keyHeader + ": Bearer wrong": "Incorrect API key provided.", c.keyHeader + ": ": "You didn't provide an API key."} {
				w := do(t, s, "POST", c.path, encode(body), "Authorization: ", header)
				if w.Code != http.StatusUnauthorized || !strings.Contains(w.Body.String(), text) {
					t.Errorf("%q: status %d: %s", header, w.Code, w.Body)
				}
			}
		})
	}
}

func TestGeminiTakesTheKeyFromTheQuery(t *testing.T) {
	w := do(t, New(Options{}), "POST", "/v1beta/models/x:generateContent?key="+DefaultKey, encode(geminiBody("x", "", false, false)), "Authorization: ")
	if w.Code != http.StatusOK {
		t.Errorf("status %d: %s", w.Code, w.Body)
	}
	w = do(t, New(Options{}), "POST", "/v1beta/models/x:fly?key="+DefaultKey, encode(geminiBody("x", "", false, false)))
	if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "Unknown method fly.") {
		t.Errorf("an unknown method: status %d: %s", w.Code, w.Body)
	}
}

func TestSeveralChoicesAndCalls(t *testing.T) {
	s := New(Options{})
	const two = "[0]|You wrote: \"hi\". I will keep that in mind.|Answer 2. You wrote: \"hi\". I will keep that in mind."
	chat, gemini := calls[0], calls[4]
	for _, tc := range []struct {
		name   string
		call   call
		body   any
		list   string // of choices
		index  []any
		text   []any
		target string
	}{
		{"OpenAI", chat, chatBody("n", 2)("hi", "", false, true), "choices", []any{"index"}, []any{"delta", "content"}, chat.path},
		{
			"Gemini", gemini,
			m{"contents": list{m{"role": "user", "parts": list{m{"text": "hi"}}}}, "generationConfig": m{"candidateCount": 2}},
			"candidates",
			[]any{"index"},
			[]any{"content", "parts", 0, "text"},
			gemini.streamPath,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for script, interleaved := range map[string]bool{"cut=1": false, "cut=1, interleave": true} {
				texts := map[string]string{}
				var order []string
				for _, frame := range tc.call.frames(tc.call.ask(t, s, tc.target, script, tc.body).Body.String()) {
					var v m
					if err := json.Unmarshal([]byte(frame), &v); err != nil {
						t.Fatal(err)
					}
					for _, c := range v[tc.list].(list) {
						index := at(c, tc.index)
						texts[index] += at(c, tc.text)
						order = append(order, index)
					}
				}
				if got := "[0]|" + texts["0"] + "|" + texts["1"]; got != two {
					t.Errorf("%q: %q", script, got)
				}
				if got := strings.HasPrefix(strings.Join(order, ""), "010101"); got != interleaved {
					t.Errorf("%q comes in the order %q", script, order)
				}
			}
		})
	}
	t.Run("calls", func(t *testing.T) {
		w := chat.ask(t, s, chat.path, "calls=2", chat.body("call the tool", "", true, false))
		for i, want := range []string{`{"call":0,"text":"call the tool","values":[]}`, `{"call":1,"text":"call the tool","values":[]}`} {
			if got := chat.whole(t, w, []any{"choices", 0, "message", "tool_calls", i, "function", "arguments"}); got != want {
				t.Errorf("call %d has %s", i, got)
			}
		}
	})
}

func TestLogprobs(t *testing.T) {
	chat := calls[0]
	body := chatBody("logprobs", true)
	whole := chat.ask(t, New(Options{}), chat.path, "cut=4", body("é", "", false, false)).Body.String()
	streamed := chat.ask(t, New(Options{}), chat.path, "cut=4", body("é", "", false, true)).Body.String()
	for what, answer := range map[string]string{"whole": whole, "streamed": streamed} {
		if !strings.Contains(answer, `"logprobs":{"content":[{"token":"You ","logprob":-0.25,"bytes":[89,111,117,32],"top_logprobs":[]}`) {
			t.Errorf("%s: %s", what, answer)
		}
	}
}

func TestThinkingIsSignedAndVerified(t *testing.T) {
	s := New(Options{})
	c := calls[3]
	const thinking = `The user wrote: "hi". What now?`
	w := c.ask(t, s, c.path, "think", c.body("hi", "", false, false))
	signature := c.whole(t, w, []any{"content", 0, "signature"})
	if got := c.whole(t, w, []any{"content", 0, "thinking"}); got != thinking || signature == "" {
		t.Fatalf("thinking %q, signature %q", got, signature)
	}
	stream := c.ask(t, s, c.path, "think, cut=1", c.body("hi", "", false, true)).Body.String()
	if got := c.joined(t, stream, []any{"delta", "thinking"}); got != thinking {
		t.Errorf("the stream thinks %q", got)
	}
	if got := c.joined(t, stream, []any{"delta", "signature"}); got != signature {
		t.Errorf("the stream is signed %q, want %q", got, signature)
	}
	for text, status := range map[string]int{thinking: http.StatusOK, thinking + " ": http.StatusBadRequest} {
		body := m{"model": "x", "max_tokens": 9, "messages": list{
			m{"role": "user", "content": "hi"},
			m{"role": "assistant", "content": list{m{"type": "thinking", "thinking": text, "signature": signature}, m{"type": "text", "text": "ho"}}},
			m{"role": "user", "content": "and?"},
		}}
		if w := c.ask(t, s, c.path, "", body); w.Code != status {
			t.Errorf("thinking %q comes back: status %d, want %d: %s", text, w.Code, status, w.Body)
		}
	}
}

// The official SDKs rely on the order of events.
func TestOrderOfEvents(t *testing.T) {
	s := New(Options{})
	for _, tc := range []struct {
		call call
		tool bool
		want string
	}{
		{
			calls[1], false, "response.created response.in_progress response.output_item.added response.content_part.added response.output_text.delta " +
				"response.output_text.done response.content_part.done response.output_item.done response.completed",
		},
		{
			calls[1], true, "response.created response.in_progress response.output_item.added response.function_call_arguments.delta " +
				"response.function_call_arguments.done response.output_item.done response.completed",
		},
		{calls[3], false, "message_start content_block_start ping content_block_delta content_block_stop message_delta message_stop"},
		{calls[8], false, "message-start content-start content-delta content-end message-end"},
		{calls[8], true, "message-start tool-plan-delta tool-call-start tool-call-delta tool-call-end message-end"},
	} {
		t.Run(fmt.Sprint(tc.call.name, " ", tc.tool), func(t *testing.T) {
			body := tc.call.ask(t, s, tc.call.path, "cut=1000", tc.call.body("call the tool", "", tc.tool, true)).Body.String()
			var kinds []string
			for i, frame := range tc.call.frames(body) {
				var e struct {
					Type           string
					SequenceNumber *int `json:"sequence_number"`
				}
				if err := json.Unmarshal([]byte(frame), &e); err != nil {
					t.Fatal(err)
				}
				if strings.HasPrefix(e.Type, "response.") && (e.SequenceNumber == nil || *e.SequenceNumber != i) {
					t.Errorf("event %d: %s", i, frame)
				}
				if !strings.Contains(body, "event: "+e.Type+"\ndata: "+frame+"\n\n") {
					t.Errorf("event %d has another name: %s", i, frame)
				}
				kinds = append(kinds, e.Type)
			}
			if got := strings.Join(kinds, " "); got != tc.want {
				t.Errorf("events\n%s, want\n%s", got, tc.want)
			}
		})
	}
}

func TestEmbeddingsAndModerations(t *testing.T) {
	s := New(Options{})
	vector := func(body string, i int) string {
		w := do(t, s, "POST", "/v1/embeddings", body)
		return calls[0].whole(t, w, []any{"data", i, "embedding"})
	}
	const two = `{"model":"x","input":["a","b"]}`
	if a, b := vector(two, 0), vector(two, 1); a == b || a != vector(`{"model":"x","input":"a"}`, 0) || !strings.HasPrefix(a, "[") {
		t.Errorf("vectors %s and %s", a, b)
	}
	if got := vector(`{"model":"x","input":"a","encoding_format":"base64"}`, 0); len(got) != 44 {
		t.Errorf("a vector of 8 numbers in base64 is %q", got)
	}
	for _, input := range []string{`"a"`, `["a"]`, `[{"type":"text","text":"a"}]`} {
		w := do(t, s, "POST", "/v1/moderations", `{"input":`+input+`}`)
		if got := calls[0].whole(t, w, []any{"results", 0, "flagged"}); got != "false" {
			t.Errorf("%s: %s", input, w.Body)
		}
	}
	for _, path := range []string{"/v1/embeddings", "/v1/moderations"} {
		for _, body := range []string{`{"model":"x"}`, `{"model":"x","input":{}}`, `{`} {
			if w := do(t, s, "POST", path, body); w.Code != http.StatusBadRequest {
				t.Errorf("%s %s: status %d", path, body, w.Code)
			}
		}
	}
}

func TestStreamsBreakAsTheScriptSays(t *testing.T) {
	srv := httptest.NewServer(New(Options{Script: Script{Cut: 1}}))
	defer srv.Close()
	c := calls[7] // one line per character, and nothing before the first
	ask := func(t *testing.T, ctx context.Context, script string) *http.Response {
		t.Helper()
		r, err := http.NewRequestWithContext(ctx, "POST", srv.URL+c.path, strings.NewReader(encode(c.body("x", "", false, true))))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set(ScriptHeader, script)
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { resp.Body.Close() })
		return resp
	}
	for script, broken := range map[string]bool{"drop=3": false, "abort=3": true} {
		body, err := io.ReadAll(ask(t, t.Context(), script).Body)
		if got := c.joined(t, string(body), c.piece); got != "You" || (err != nil) != broken {
			t.Errorf("%s: %q, %v", script, got, err)
		}
	}
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	resp := ask(t, ctx, "stall=2")
	var got strings.Builder
	buffer := make([]byte, 1024)
	for !strings.Contains(got.String(), `"response":"o"`) {
		n, err := resp.Body.Read(buffer)
		if err != nil {
			t.Fatal(err)
		}
		got.Write(buffer[:n])
	}
	time.AfterFunc(50*time.Millisecond, leave)
	if rest, err := io.ReadAll(resp.Body); !errors.Is(err, context.Canceled) || len(rest) > 0 {
		t.Errorf("after it fell silent it said %q, %v", rest, err)
	}
	ctx, leave = context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer leave()
	r, err := http.NewRequestWithContext(ctx, "POST", srv.URL+c.path, strings.NewReader(encode(c.body("x", "", false, false))))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set(ScriptHeader, "stall=1")
	if resp, err := http.DefaultClient.Do(r); err == nil {
		resp.Body.Close()
		t.Error("a whole answer came in spite of the stall")
	}
}

func TestScriptOfTheOptions(t *testing.T) {
	c := calls[7]
	s := New(Options{Delay: time.Nanosecond, Script: Script{Cut: 1000, Brief: true}})
	if s.script.Pause != time.Nanosecond {
		t.Errorf("the pause is %v", s.script.Pause)
	}
	for script, want := range map[string]int{"": 2, "cut=1": 6} {
		w := c.ask(t, s, c.path, script, c.body("hello", "", false, true))
		if got := len(c.frames(w.Body.String())); got != want {
			t.Errorf("%q: %d events, want %d", script, got, want)
		}
	}
}
