package redact_test

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/krakend-redact/krakend-redact/internal/placeholder"
	"github.com/krakend-redact/krakend-redact/internal/redact"
)

// format is a provider's stream: what the pieces of a text look like in it, and
// how they are read again.
type format struct {
	name, contentType string
	begin             []string
	piece             func(lane int, text string) string
	end               func(lane int) []string
	done              []string
	// read returns the lane and text of an event, or -1.
	read func(event map[string]interface{}) (lane int, text string)
	// profile is what the settings call it, and whole the path to the text in an
	// answer that is not streamed.
	profile string
	whole   []interface{}
	json    bool
}

func quote(s interface{}) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// dig follows a path of keys and indexes, nil where it leads nowhere.
func dig(v interface{}, path ...interface{}) interface{} {
	for _, p := range path {
		switch p := p.(type) {
		case string:
			m, _ := v.(map[string]interface{})
			v = m[p]
		case int:
			l, _ := v.([]interface{})
			if p >= len(l) {
				return nil
			}
			v = l[p]
		}
	}
	return v
}

func laneOf(index, text interface{}) (int, string) {
	s, ok := text.(string)
	if !ok {
		return -1, ""
	}
	n, _ := index.(float64)
	return int(n), s
}

func named(kind, rest string) string {
	return "event: " + kind + "\ndata: {\"type\":\"" + kind + "\"," + rest + "}\n\n"
}

const chunk = `data: {"id":"c1","object":"chat.completion.chunk","created":1,"model":"m","usage":null,"choices":[`

var formats = []format{
	{
		name: "OpenAI chat", contentType: "text/event-stream; charset=utf-8",
		profile: "openai-chat", whole: []interface{}{"choices", 0, "message", "content"},
		begin: []string{chunk + `{"index":0,"delta":{"role":"assistant","content":""},"logprobs":null,"finish_reason":null}]}` + "\n\n"},
		piece: func(lane int, text string) string {
			return chunk + fmt.Sprintf(`{"index":%d,"delta":{"content":%s},"logprobs":null,"finish_reason":null}]}`, lane, quote(text)) + "\n\n"
		},
		end: func(lane int) []string {
			return []string{chunk + fmt.Sprintf(`{"index":%d,"delta":{},"logprobs":null,"finish_reason":"stop"}]}`, lane) + "\n\n"}
		},
		done: []string{"data: [DONE]\n\n"},
		read: func(e map[string]interface{}) (int, string) {
			return laneOf(dig(e, "choices", 0, "index"), dig(e, "choices", 0, "delta", "content"))
		},
	},
	{
		name: "OpenAI tool calls", contentType: "text/event-stream", json: true,
		profile: "openai-chat", whole: []interface{}{"choices", 0, "message", "tool_calls", 0, "function", "arguments"},
		piece: func(lane int, text string) string {
			return chunk + fmt.Sprintf(`{"index":0,"delta":{"tool_calls":[{"index":%d,"id":"call_1","type":"function","function":{"name":"f","arguments":%s}}]},"finish_reason":null}]}`, lane, quote(text)) + "\r\n\r\n"
		},
		end:  func(int) []string { return nil },
		done: []string{chunk + `{"index":0,"delta":{},"finish_reason":"tool_calls"}]}` + "\r\n\r\n", "data: [DONE]\r\n\r\n"},
		read: func(e map[string]interface{}) (int, string) {
			call := dig(e, "choices", 0, "delta", "tool_calls", 0)
			return laneOf(dig(call, "index"), dig(call, "function", "arguments"))
		},
	},
	{
		name: "OpenAI Responses", contentType: "text/event-stream",
		profile: "openai-responses", whole: []interface{}{"output", 0, "content", 0, "text"},
		begin: []string{named("response.created", `"sequence_number":0,"response":{"id":"r1"}`)},
		piece: func(lane int, text string) string {
			return named("response.output_text.delta", fmt.Sprintf(`"sequence_number":1,"item_id":"i%d","output_index":%d,"content_index":0,"delta":%s,"logprobs":[]`, lane, lane, quote(text)))
		},
		end: func(lane int) []string {
			return []string{named("response.output_text.done", fmt.Sprintf(`"sequence_number":2,"item_id":"i%d","output_index":%d,"content_index":0,"text":""`, lane, lane))}
		},
		done: []string{named("response.completed", `"sequence_number":9,"response":{"id":"r1"}`)},
		read: func(e map[string]interface{}) (int, string) { return laneOf(e["output_index"], e["delta"]) },
	},
	{
		name: "Anthropic", contentType: "text/event-stream",
		profile: "anthropic", whole: []interface{}{"content", 0, "text"},
		begin: []string{named("message_start", `"message":{"id":"m1","content":[]}`), named("content_block_start", `"index":0,"content_block":{"type":"text","text":""}`), named("ping", `"x":1`)},
		piece: func(lane int, text string) string {
			return named("content_block_delta", fmt.Sprintf(`"index":%d,"delta":{"type":"text_delta","text":%s}`, lane, quote(text)))
		},
		end:  func(lane int) []string { return []string{named("content_block_stop", fmt.Sprintf(`"index":%d`, lane))} },
		done: []string{named("message_delta", `"delta":{"stop_reason":"end_turn"}`), named("message_stop", `"x":1`)},
		read: func(e map[string]interface{}) (int, string) { return laneOf(e["index"], dig(e, "delta", "text")) },
	},
	{
		name: "Anthropic tool use", contentType: "text/event-stream", json: true,
		profile: "anthropic", whole: []interface{}{"content", 0, "input"},
		piece: func(lane int, text string) string {
			return named("content_block_delta", fmt.Sprintf(`"index":%d,"delta":{"type":"input_json_delta","partial_json":%s}`, lane, quote(text)))
		},
		end: func(lane int) []string { return []string{named("content_block_stop", fmt.Sprintf(`"index":%d`, lane))} },
		read: func(e map[string]interface{}) (int, string) {
			return laneOf(e["index"], dig(e, "delta", "partial_json"))
		},
	},
	{
		name: "Gemini", contentType: "text/event-stream",
		profile: "gemini", whole: []interface{}{"candidates", 0, "content", "parts", 0, "text"},
		piece: func(lane int, text string) string {
			return fmt.Sprintf(`data: {"candidates":[{"content":{"parts":[{"text":%s}],"role":"model"},"index":%d}],"usageMetadata":{"n":1},"modelVersion":"m"}`, quote(text), lane) + "\r\n\r\n"
		},
		end: func(lane int) []string {
			return []string{fmt.Sprintf(`data: {"candidates":[{"content":{"parts":[{"text":""}],"role":"model"},"finishReason":"STOP","index":%d}],"modelVersion":"m"}`, lane) + "\r\n\r\n"}
		},
		read: func(e map[string]interface{}) (int, string) {
			return laneOf(dig(e, "candidates", 0, "index"), dig(e, "candidates", 0, "content", "parts", 0, "text"))
		},
	},
	{
		name: "Ollama", contentType: "application/x-ndjson",
		profile: "ollama", whole: []interface{}{"message", "content"},
		piece: func(_ int, text string) string {
			return fmt.Sprintf(`{"model":"m","message":{"role":"assistant","content":%s},"done":false}`, quote(text)) + "\n"
		},
		end:  func(int) []string { return nil },
		done: []string{`{"model":"m","message":{"role":"assistant","content":""},"done_reason":"stop","done":true}` + "\n"},
		read: func(e map[string]interface{}) (int, string) { return laneOf(nil, dig(e, "message", "content")) },
	},
	{
		name: "Cohere", contentType: "text/event-stream",
		profile: "cohere", whole: []interface{}{"message", "content", 0, "text"},
		piece: func(lane int, text string) string {
			return named("content-delta", fmt.Sprintf(`"index":%d,"delta":{"message":{"content":{"text":%s}}}`, lane, quote(text)))
		},
		end:  func(lane int) []string { return []string{named("content-end", fmt.Sprintf(`"index":%d`, lane))} },
		done: []string{named("message-end", `"delta":{"finish_reason":"COMPLETE"}`)},
		read: func(e map[string]interface{}) (int, string) {
			return laneOf(e["index"], dig(e, "delta", "message", "content", "text"))
		},
	},
}

// events reads a stream as a client does.
func (f format) events(t *testing.T, stream string) (events []map[string]interface{}, raw []string) {
	t.Helper()
	separator, prefix := "\n\n", "data:"
	if f.contentType == "application/x-ndjson" {
		separator, prefix = "\n", ""
	}
	for _, block := range strings.Split(strings.ReplaceAll(stream, "\r\n", "\n"), separator) {
		for _, line := range strings.Split(block, "\n") {
			data := strings.TrimSpace(strings.TrimPrefix(line, prefix))
			if !strings.HasPrefix(line, prefix) || data == "" || data == "[DONE]" {
				continue
			}
			var e map[string]interface{}
			if err := json.Unmarshal([]byte(data), &e); err != nil {
				t.Fatalf("event %q: %v", data, err)
			}
			if name := strings.Split(block, "\n")[0]; strings.HasPrefix(name, "event: ") && strings.TrimPrefix(name, "event: ") != e["type"] {
				t.Fatalf("event %q has type %v", name, e["type"])
			}
			events = append(events, e)
			raw = append(raw, data)
		}
	}
	return events, raw
}

func (f format) texts(t *testing.T, stream string) map[int]string {
	t.Helper()
	texts := map[int]string{}
	events, _ := f.events(t, stream)
	for _, e := range events {
		if lane, text := f.read(e); lane >= 0 {
			texts[lane] += text
		}
	}
	return texts
}

// streamVault has [EMAIL_1] = x@y.io, [ODD_1] = a value that needs escapes, and
// [CARD_1], which stood for a JSON number.
func streamVault(t testing.TB) *placeholder.Vault {
	t.Helper()
	return vaultWith(t, "odd<\"\\\n😀>")
}

// vaultWith is streamVault with another value for [ODD_1].
func vaultWith(t testing.TB, odd string) *placeholder.Vault {
	t.Helper()
	if vaults[odd] == "" {
		vault := placeholder.NewVault()
		r := newMasker(t, nil).NewRequest(vault, "")
		part, err := r.ScanBody(`["x@y.io",`+quote(odd)+`,4111111111111111]`, redact.Content{Type: jsonType})
		if err != nil {
			t.Fatal(err)
		}
		r.Mask(part)
		vaults[odd] = vault.Encode()
	}
	vault, err := placeholder.Decode(vaults[odd])
	if err != nil {
		t.Fatal(err)
	}
	return vault
}

// vaults are the vaults that were made, by the value of [ODD_1]: to compile a
// policy takes longer than most tests.
var vaults = map[string]string{}

const streamedText = "Hi [EMAIL_1], \\[EMAIL\\_1\\] and [email 1]! [EMAIL_99] [ODD_1] é😀 [EMA"

func cutUp(rnd *rand.Rand, text string, most int) []string {
	var pieces []string
	runes := []rune(text)
	for len(runes) > 0 {
		n := 1 + rnd.Intn(min(most, len(runes)))
		pieces = append(pieces, string(runes[:n]))
		runes = runes[n:]
	}
	return pieces
}

func TestStreamsAreRestoredHoweverTheyAreCut(t *testing.T) {
	vault := streamVault(t)
	rnd := rand.New(rand.NewSource(5))
	for _, f := range formats {
		text, want := streamedText, "Hi x@y.io, x@y.io and x@y.io! [EMAIL_99] odd<\"\\\n😀> é😀 [EMA"
		if f.json {
			text = `{"to":"[EMAIL_1]","odd":"\"[ODD_1]","card":"[CARD_1]","text":"no [CARD_1]"}`
			want = `{"to":"x@y.io","odd":"\"odd<\"\\\n😀>","card":4111111111111111,"text":"no 4111111111111111"}`
			want = strings.Replace(want, "odd<\"\\\n😀>", `odd<\"\\\n😀>`, 1)
		}
		for round := 0; round < 60; round++ {
			lanes := 2
			if f.name == "Ollama" {
				lanes = 1
			}
			most := []int{1, 4, 100}[round%3]
			var pieces [2][]string
			for lane := 0; lane < lanes; lane++ {
				pieces[lane] = cutUp(rnd, text, most)
			}
			in := strings.Join(f.begin, "")
			for len(pieces[0])+len(pieces[1]) > 0 {
				lane := rnd.Intn(2)
				if len(pieces[lane]) == 0 {
					lane = 1 - lane
				}
				in += f.piece(lane, pieces[lane][0])
				if pieces[lane] = pieces[lane][1:]; len(pieces[lane]) == 0 {
					in += strings.Join(f.end(lane), "")
				}
			}
			in += strings.Join(f.done, "")
			var source io.Reader = strings.NewReader(in)
			if round%2 == 0 {
				source = iotest.OneByteReader(source)
			}
			out, err := io.ReadAll(redact.NewAnswer(vault, redact.AnswerOptions{MaxBytes: defaultLimit}).NewStream(source, redact.Content{Type: f.contentType}))
			if err != nil {
				t.Fatal(err)
			}
			got := f.texts(t, string(out))
			for lane := 0; lane < lanes; lane++ {
				if got[lane] != want {
					t.Fatalf("%s, lane %d:\ngot  %q\nwant %q\nin\n%s\nout\n%s", f.name, lane, got[lane], want, in, out)
				}
			}
			// The last line of Ollama carries text too, and the last event of
			// Responses is renumbered.
			if last := strings.Join(f.done, ""); f.name != "Ollama" && f.name != "OpenAI Responses" && !strings.HasSuffix(string(out), last) {
				t.Fatalf("%s does not end with %q:\n%s", f.name, last, out)
			}
		}
	}
}

// wrap is dig the other way round.
func wrap(v interface{}, path []interface{}) interface{} {
	for i := len(path) - 1; i >= 0; i-- {
		if key, ok := path[i].(string); ok {
			v = map[string]interface{}{key: v}
		} else {
			v = []interface{}{v}
		}
	}
	return v
}

// hardPieces are what texts are made of that are hard to tell from JSON, from
// placeholders, from links and from what rules describe.
var hardPieces = []string{
	"[EMAIL_1]", "[ODD_1]", "[CARD_1]", "[EMAIL_9]", "[EMA", "IL_1]", "x@y.io", "new@y.io", "new\\u0040y.io", "4333333333333333", "43333333", "33333333",
	"{", "}", "[", "]", "{\"a\":\"", "\"}", "\"", ",", ":", "\\", "\\n", "\n", " ", "1", "true", "nul", "not json", "word", "é😀", "https://stranger.example/", "](",
}

// What the user receives of a stream is the whole answer restored at once.
func TestStreamsAreTheWholeAnswer(t *testing.T) {
	rnd := rand.New(rand.NewSource(11))
	for _, f := range formats {
		for _, profile := range []string{f.profile, ""} {
			for round := 0; round < 60; round++ {
				var b strings.Builder
				for n := 1 + rnd.Intn(9); n > 0; n-- {
					b.WriteString(hardPieces[rnd.Intn(len(hardPieces))])
				}
				text := b.String()
				if f.json {
					text = quote(map[string]interface{}{"t": text, "l": []interface{}{text, 4333333333333333}, "c": "[CARD_1]"})
				}
				answer := func() *redact.Answer {
					vault, options := streamVault(t), redact.AnswerOptions{MaxBytes: defaultLimit}
					if round%2 == 1 {
						vault, options = answerWithRules(t)
					}
					options.Profile = profile
					return redact.NewAnswer(vault, options)
				}
				var value interface{} = text
				if f.json && f.name == "Anthropic tool use" {
					value = json.RawMessage(text)
				}
				body, _, err := answer().Body(quote(wrap(value, f.whole)), redact.Content{Type: jsonType})
				if err != nil {
					t.Fatal(err)
				}
				var doc interface{}
				if err := json.Unmarshal([]byte(body), &doc); err != nil {
					t.Fatalf("%s: %v", body, err)
				}
				in := strings.Join(f.begin, "")
				for _, piece := range cutUp(rnd, text, 1+rnd.Intn(12)) {
					in += f.piece(0, piece)
				}
				in += strings.Join(f.end(0), "") + strings.Join(f.done, "")
				out, err := io.ReadAll(answer().NewStream(iotest.OneByteReader(strings.NewReader(in)), redact.Content{Type: f.contentType}))
				if err != nil {
					t.Fatal(err)
				}
				want := dig(doc, f.whole...)
				var got interface{} = f.texts(t, string(out))[0]
				if f.json && f.name == "Anthropic tool use" {
					want = quote(want)
					var again interface{}
					if err := json.Unmarshal([]byte(got.(string)), &again); err != nil {
						t.Fatal(err)
					}
					got = quote(again)
				}
				if got != want {
					t.Fatalf("%s, profile %q, rules %v: %q\nwhole    %q\nstreamed %q", f.name, profile, round%2 == 1, text, want, got)
				}
			}
		}
	}
}

// Text without placeholders goes on in the event it came in, byte for byte.
func TestOrdinaryEventsPassAsTheyAre(t *testing.T) {
	vault := streamVault(t)
	for _, f := range formats {
		in := ": beat\n\nretry: 10\nid: 7\n" + strings.Join(f.begin, "") + f.piece(0, "hello [there] ") + f.piece(0, "wor\u2028ld") + strings.Join(f.end(0), "") + strings.Join(f.done, "")
		if f.contentType == "application/x-ndjson" {
			in = in[strings.Index(in, "{"):]
		}
		out, err := io.ReadAll(redact.NewAnswer(vault, redact.AnswerOptions{MaxBytes: defaultLimit}).NewStream(strings.NewReader(in), redact.Content{Type: f.contentType}))
		if err != nil || string(out) != in {
			t.Errorf("%s: %v\ngot\n%s\nwant\n%s", f.name, err, out, in)
		}
	}
}

// A stream that is cut off delivers all that arrived.
func TestStreamsThatAreCutOff(t *testing.T) {
	vault := streamVault(t)
	for _, f := range formats {
		whole := strings.Join(f.begin, "") + f.piece(0, "a [EMAIL_1] b [EMA") + f.piece(0, "IL_1] c [EMA")
		for _, tail := range []string{"", f.piece(0, "never read")[:30]} {
			out, err := io.ReadAll(redact.NewAnswer(vault, redact.AnswerOptions{MaxBytes: defaultLimit}).NewStream(strings.NewReader(whole+tail), redact.Content{Type: f.contentType}))
			if err != nil || !strings.HasSuffix(string(out), tail) {
				t.Fatalf("%s: %v\n%s", f.name, err, out)
			}
			if got, want := f.texts(t, strings.TrimSuffix(string(out), tail))[0], "a x@y.io b x@y.io c [EMA"; got != want {
				t.Errorf("%s, cut %q: got %q, want %q\n%s", f.name, tail, got, want, out)
			}
		}
		// Without the blank line that ends the last event.
		bare := strings.TrimRight(whole, "\r\n")
		out, err := io.ReadAll(redact.NewAnswer(vault, redact.AnswerOptions{MaxBytes: defaultLimit}).NewStream(strings.NewReader(bare), redact.Content{Type: f.contentType}))
		if err != nil {
			t.Fatal(err)
		}
		if got, want := f.texts(t, string(out))[0], "a x@y.io b x@y.io c [EMA"; got != want {
			t.Errorf("%s, no blank line: got %q, want %q\n%s", f.name, got, want, out)
		}
	}
}

func TestSignedThinkingStaysAsItIs(t *testing.T) {
	in := named("content_block_delta", `"index":0,"delta":{"type":"thinking_delta","thinking":"about [EMAIL_1]"}`) +
		named("content_block_delta", `"index":0,"delta":{"type":"signature_delta","signature":"[EMAIL_1]"}`)
	out, err := io.ReadAll(redact.NewAnswer(streamVault(t), redact.AnswerOptions{MaxBytes: defaultLimit, Profile: "anthropic"}).NewStream(strings.NewReader(in), redact.Content{Type: "text/event-stream"}))
	if err != nil || string(out) != in {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestOffsetsGoWithTheTextTheyCount(t *testing.T) {
	for _, tt := range []struct{ body, want string }{
		{
			`{"choices":[{"message":{"content":"[EMAIL_1]","annotations":[{"start_index":1}]},"logprobs":{"content":[{"token":"[EMAIL_1]"}]}}]}`,
			`{"choices":[{"message":{"content":"x@y.io","annotations":[]},"logprobs":null}]}`,
		},
		{
			`{"choices":[{"message":{"content":"hi","annotations":[{"start_index":1}]},"logprobs":{"content":[{"token":"hi"}]}}]}`,
			`{"choices":[{"message":{"content":"hi","annotations":[{"start_index":1}]},"logprobs":{"content":[{"token":"hi"}]}}]}`,
		},
	} {
		got, _, err := redact.NewAnswer(streamVault(t), redact.AnswerOptions{MaxBytes: defaultLimit, Profile: "openai-chat"}).Body(tt.body, redact.Content{Type: jsonType})
		if err != nil || got != tt.want {
			t.Errorf("%v\ngot  %s\nwant %s", err, got, tt.want)
		}
	}
}

func TestNumbersGoBackIntoArguments(t *testing.T) {
	for profile, tt := range map[string]struct{ body, want string }{
		"anthropic":   {`{"content":[{"type":"tool_use","input":{"n":"[CARD_1]","t":"no [CARD_1]","o":"[ODD_1]"}}],"x":"[CARD_1]"}`, `{"content":[{"type":"tool_use","input":{"n":4111111111111111,"t":"no 4111111111111111","o":"odd<\"\\\n😀>"}}],"x":"4111111111111111"}`},
		"gemini":      {`{"candidates":[{"content":{"parts":[{"functionCall":{"args":{"n":"[CARD_1]"}}}]}}]}`, `{"candidates":[{"content":{"parts":[{"functionCall":{"args":{"n":4111111111111111}}}]}}]}`},
		"openai-chat": {`{"choices":[{"message":{"tool_calls":[{"function":{"arguments":"{\"n\":\"[CARD_1]\"}"}}]}}]}`, `{"choices":[{"message":{"tool_calls":[{"function":{"arguments":"{\"n\":4111111111111111}"}}]}}]}`},
	} {
		got, _, err := redact.NewAnswer(streamVault(t), redact.AnswerOptions{MaxBytes: defaultLimit, Profile: profile}).Body(tt.body, redact.Content{Type: jsonType})
		if want := strings.ReplaceAll(tt.want, "\n", `\n`); err != nil || got != want {
			t.Errorf("%s: %v\ngot  %s\nwant %s", profile, err, got, want)
		}
	}
}

// A key stays a string, and what is no JSON stays what it is.
func TestOnlyValuesGoBackAsNumbers(t *testing.T) {
	for in, want := range map[string]string{
		`{"[CARD_1]":"[CARD_1]","o":{"[CARD_1]":["[CARD_1]"]}}`: `{"4111111111111111":4111111111111111,"o":{"4111111111111111":[4111111111111111]}}`,
		`"[CARD_1]"`:       `4111111111111111`,
		`say "[CARD_1]"`:   `say "4111111111111111"`,
		`{"a" "[CARD_1]"}`: `{"a" "4111111111111111"}`,
	} {
		for _, streamed := range []bool{false, true} {
			answer := redact.NewAnswer(streamVault(t), redact.AnswerOptions{MaxBytes: defaultLimit, Profile: "openai-chat"})
			f := formats[1]
			var got interface{}
			if streamed {
				stream := ""
				for i := range in {
					stream += f.piece(0, in[i:i+1])
				}
				out, err := io.ReadAll(answer.NewStream(strings.NewReader(stream), redact.Content{Type: f.contentType}))
				if err != nil {
					t.Fatal(err)
				}
				got = f.texts(t, string(out))[0]
			} else {
				body, _, err := answer.Body(quote(wrap(in, f.whole)), redact.Content{Type: jsonType})
				if err != nil {
					t.Fatal(err)
				}
				var doc interface{}
				if err := json.Unmarshal([]byte(body), &doc); err != nil {
					t.Fatal(err)
				}
				got = dig(doc, f.whole...)
			}
			if got != want {
				t.Errorf("%s, streamed %v: got %s, want %s", in, streamed, got, want)
			}
		}
	}
}

func TestInsertedEventsAreNumbered(t *testing.T) {
	in := named("response.output_text.delta", `"sequence_number":3,"item_id":"i","output_index":0,"content_index":0,"delta":"a [EMA"`) +
		named("response.output_text.done", `"sequence_number":4,"item_id":"i","output_index":0,"content_index":0,"text":"a [EMA"`) +
		named("response.output_text.delta", `"sequence_number":5,"item_id":"j","output_index":1,"content_index":0,"delta":"[EM"`)
	out, err := io.ReadAll(redact.NewAnswer(streamVault(t), redact.AnswerOptions{MaxBytes: defaultLimit}).NewStream(strings.NewReader(in), redact.Content{Type: "text/event-stream"}))
	if err != nil {
		t.Fatal(err)
	}
	events, _ := formats[2].events(t, string(out))
	var got []string
	for _, e := range events {
		got = append(got, fmt.Sprint(e["sequence_number"], e["delta"], e["text"]))
	}
	want := []string{"3a <nil>", "4[EMA<nil>", "5 <nil>a [EMA", "6<nil>", "7[EM<nil>"}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAStreamAsOneArray(t *testing.T) {
	part := func(text string) string {
		return fmt.Sprintf(`{"candidates":[{"content":{"parts":[{"text":%s}]},"index":0}]}`, quote(text))
	}
	in := "[" + part("a [EMA") + "\n,\r\n" + part("IL_1] b [E") + "]"
	want := "[" + part("a ") + "\n,\r\n" + part("x@y.io b ") + ",\n" + part("[E") + "]"
	got, changed, err := redact.NewAnswer(streamVault(t), redact.AnswerOptions{MaxBytes: defaultLimit, Profile: "gemini"}).Body(in, redact.Content{Type: jsonType})
	if err != nil || !changed {
		t.Errorf("changed: %v, %v", changed, err)
	}
	var a, b interface{}
	if json.Unmarshal([]byte(got), &a) != nil || json.Unmarshal([]byte(want), &b) != nil || fmt.Sprint(a) != fmt.Sprint(b) {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func restoreStream(t *testing.T, in, contentType string, o redact.AnswerOptions) string {
	t.Helper()
	o.MaxBytes = 10 << 20
	out, err := io.ReadAll(redact.NewAnswer(streamVault(t), o).NewStream(strings.NewReader(in), redact.Content{Type: contentType}))
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// Some providers give the reason of the end in every event, or an empty one.
func TestALaneGoesOnAfterItsEnd(t *testing.T) {
	for _, reason := range []string{`""`, `"STOP"`} {
		piece := func(text string) string {
			return fmt.Sprintf(`data: {"candidates":[{"content":{"parts":[{"text":%s}]},"finishReason":%s,"index":0}]}`, quote(text), reason) + "\n\n"
		}
		out := restoreStream(t, piece("a [EMA")+piece("IL_1] ![x](https://stranger.example/?d=")+piece("[EMAIL_1])"), "text/event-stream", redact.AnswerOptions{})
		if got, want := formats[5].texts(t, out)[0], "a x@y.io ![x](https://stranger.example/?d=[EMAIL_1])"; got != want {
			t.Errorf("%s: got %q, want %q", reason, got, want)
		}
	}
}

func TestThoughtsAndAnswersHaveLanesOfTheirOwn(t *testing.T) {
	part := func(parts string) string {
		return `data: {"candidates":[{"content":{"parts":[` + parts + `]},"index":0}]}` + "\n\n"
	}
	out := restoreStream(t, part(`{"text":"thinking [EMA","thought":true}`)+part(`{"text":"x","thought":true},{"text":"Hello [EMA"}`)+part(`{"text":"IL_1]"}`), "text/event-stream", redact.AnswerOptions{})
	if !strings.Contains(out, `"text":"Hello "`) || !strings.Contains(out, `"text":"x@y.io"`) || !strings.Contains(out, `"text":"[EMAx","thought":true`) {
		t.Errorf("got\n%s", out)
	}
}

func TestWhatOllamaHoldsBackComesBeforeItsEnd(t *testing.T) {
	end := `{"model":"m","done":true}` + "\n"
	out := restoreStream(t, `{"model":"m","response":"hi [EMA","thinking":"about [EMAIL_1]","done":false}`+"\n"+end, "application/x-ndjson", redact.AnswerOptions{})
	want := `{"model":"m","response":"hi ","thinking":"about x@y.io","done":false}` + "\n" + `{"model":"m","done":false,"response":"[EMA"}` + "\n" + end
	if out != want {
		t.Errorf("got\n%swant\n%s", out, want)
	}
}

func TestNothingComesBehindTheEndOfOllama(t *testing.T) {
	piece := func(text string, done bool) string {
		return fmt.Sprintf(`{"model":"m","message":{"role":"assistant","content":%q},"done":%v}`, text, done) + "\n"
	}
	in := piece("hi [EMA", false) + piece("IL_1] and [EMA", true)
	want := piece("hi ", false) + piece("x@y.io and [EMA", true)
	for _, profile := range []string{"ollama", ""} {
		if got := restoreStream(t, in, "application/x-ndjson", redact.AnswerOptions{Profile: profile}); got != want {
			t.Errorf("got\n%swant\n%s", got, want)
		}
	}
}

func TestOffsetsGoAlsoWhenTheyComeLater(t *testing.T) {
	out := restoreStream(t, named("response.output_text.delta", `"item_id":"i","output_index":0,"content_index":0,"delta":"[EMAIL_1]"`)+
		named("response.output_text.annotation.added", `"item_id":"i","annotation":{"start_index":3}`), "text/event-stream", redact.AnswerOptions{})
	if strings.Contains(out, "start_index") {
		t.Errorf("got\n%s", out)
	}
}

// Anthropic's citations count the characters of documents as they were sent, with
// their placeholders.
func TestOffsetsInWhatWasSent(t *testing.T) {
	const located, source = `{"type":"char_location","cited_text":"see","start_char_index":7,"end_char_index":20}`, `{"type":"web_search_result_location","url":"u","cited_text":"see"}`
	for _, tt := range []struct{ in, want string }{
		{`{"content":[{"type":"text","text":"hi","citations":[` + located + `]}]}`, `{"content":[{"type":"text","text":"hi","citations":null}]}`},
		{`{"content":[{"type":"text","text":"hi","citations":[` + source + `]}]}`, `{"content":[{"type":"text","text":"hi","citations":[` + source + `]}]}`},
		{named("content_block_delta", `"index":0,"delta":{"type":"citations_delta","citation":`+located+`}`), named("content_block_delta", `"index":0,"delta":{"type":"citations_delta","citation":{}}`)},
		{named("content_block_delta", `"index":0,"delta":{"type":"citations_delta","citation":`+source+`}`), named("content_block_delta", `"index":0,"delta":{"type":"citations_delta","citation":`+source+`}`)},
	} {
		contentType := jsonType
		if strings.HasPrefix(tt.in, "event") {
			contentType = "text/event-stream"
		}
		got, _, err := redact.NewAnswer(streamVault(t), redact.AnswerOptions{MaxBytes: defaultLimit, Profile: "anthropic"}).Body(tt.in, redact.Content{Type: contentType})
		if err != nil || got != tt.want {
			t.Errorf("%v\ngot  %s\nwant %s", err, got, tt.want)
		}
	}
}

// What a stranger's model can send must not cost more than its length. What it
// costs is measured in memory that is asked for, given back or not.
func TestHostileEventsCostNoMoreThanTheirLength(t *testing.T) {
	many := func(n int, piece func(int) string) string {
		var b strings.Builder
		for i := 0; i < n; i++ {
			b.WriteString(piece(i))
		}
		return b.String()
	}
	for name, events := range map[string]func(n int) string{
		"deep strings": func(n int) string {
			return "data: " + strings.Repeat("[", 990) + strings.Repeat(`"",`, n) + `""` + strings.Repeat("]", 990) + "\n\n"
		},
		"many choices": func(n int) string {
			return `data: {"choices":[` + many(n, func(i int) string {
				return fmt.Sprintf(`{"index":%d,"delta":{"content":"a ["},"finish_reason":"stop"},`, i)
			}) + `{}]}` + "\n\n"
		},
		"fresh lanes": func(n int) string {
			return many(n, func(i int) string {
				return fmt.Sprintf("%s{\"index\":%d,\"delta\":{\"content\":\"a [\"}}]}\n\n%s{\"index\":%d,\"finish_reason\":\"stop\"}]}\n\n", chunk, i, chunk, -i-1)
			})
		},
		"fresh messages": func(n int) string {
			return many(n, func(i int) string {
				return named("content_block_delta", fmt.Sprintf(`"index":0,"delta":{"index":%d,"text":"a ["}`, i))
			})
		},
		"single bytes": func(n int) string {
			return many(n, func(int) string { return chunk + `{"index":0,"delta":{"content":"["}}]}` + "\n\n" })
		},
		"single bytes of arguments": func(n int) string {
			return formats[1].piece(0, `{"a":"`) + many(n, func(int) string { return formats[1].piece(0, "[") })
		},
	} {
		cost := func(n int) float64 {
			in := events(n)
			return allocated(func() { restoreStream(t, in, "text/event-stream", redact.AnswerOptions{}) })
		}
		// Lanes come to their most early in both.
		if few, many := cost(2_000), cost(8_000); many > 6*few {
			t.Errorf("%s: 2,000 cost %.0f bytes, 8,000 cost %.0f", name, few, many)
		}
	}
}

// What is kept of a stream does not grow with it.
func TestStreamsKeepNoMoreThanTheirLanes(t *testing.T) {
	var b strings.Builder
	for i := 0; i < 10_000; i++ {
		b.WriteString(named("content_block_delta", fmt.Sprintf(`"index":0,"delta":{"index":%d,"text":"a ["}`, i)))
	}
	in := strings.NewReader(b.String())
	live := func() int64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	before := live()
	stream := redact.NewAnswer(streamVault(t), redact.AnswerOptions{MaxBytes: defaultLimit}).NewStream(in, redact.Content{Type: "text/event-stream"})
	if _, err := io.Copy(io.Discard, struct{ io.Reader }{stream}); err != nil {
		t.Fatal(err)
	}
	if kept := live() - before; kept > 2<<20 {
		t.Errorf("%d bytes are kept of %d", kept, b.Len())
	}
	runtime.KeepAlive(stream)
}

// Only what says of itself that it is signed goes to the provider as it is.
func TestOnlySignedBlocksGoUninspected(t *testing.T) {
	p := newMasker(t, func(o *redact.Options) { o.Profile = "anthropic" })
	in := `{"messages":[{"content":[{"thinking":"x@y.io","signature":"x@y.io","type":"thinking"},{"type":"text","thinking":"x@y.io","data":"x@y.io"},{"data":"x@y.io","type":"redacted_thinking"}]}]}`
	want := `{"messages":[{"content":[{"thinking":"x@y.io","signature":"x@y.io","type":"thinking"},{"type":"text","thinking":"[EMAIL_1]","data":"[EMAIL_1]"},{"data":"x@y.io","type":"redacted_thinking"}]}]}`
	if got, _ := mask(t, p, jsonType, in); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
