package redact_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/krakend-redact/krakend-redact/internal/httpbody"
	"github.com/krakend-redact/krakend-redact/internal/placeholder"
	"github.com/krakend-redact/krakend-redact/internal/redact"
)

const (
	events = "text/event-stream"
	lines  = "application/x-ndjson"
)

// withRules restores a stream with response rules, whole and byte by byte.
func withRules(t *testing.T, in, contentType string, change func(*redact.AnswerOptions)) (string, *redact.Answer, error) {
	t.Helper()
	var outs []string
	var answer *redact.Answer
	var err error
	for _, source := range []io.Reader{strings.NewReader(in), iotest.OneByteReader(strings.NewReader(in))} {
		vault, options := answerWithRules(t)
		if change != nil {
			change(&options)
		}
		answer = redact.NewAnswer(vault, options)
		var out []byte
		out, err = io.ReadAll(answer.NewStream(source, redact.Content{Type: contentType}))
		outs = append(outs, string(out))
	}
	if outs[0] != outs[1] {
		t.Fatalf("%q gives %q whole, and %q byte by byte", in, outs[0], outs[1])
	}
	return outs[0], answer, err
}

func TestDocumentsOfLines(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"two on a line", `{"a":"[EMAIL_1] new\u0040y.io"} {"b":"new\u0040y.io"}[4333333333333333]` + "\n", `{"a":"x@y.io [EMAIL_2]"} {"b":"[EMAIL_2]"}["[CARD_1]"]` + "\n"},
		{"over several lines", "{\n  \"a\": \"new\\u0040y.io\",\n  \"n\": 4333333333333333\n}\n{\"b\":\"[EMAIL_1]\"}\n", "{\n  \"a\": \"[EMAIL_2]\",\n  \"n\": \"[CARD_1]\"\n}\n{\"b\":\"x@y.io\"}\n"},
		{"no end", "{\"a\":1}\n{\"b\":\"[EMAIL_1]\"}", "{\"a\":1}\n{\"b\":\"x@y.io\"}"},
		{"a number", "4333333333333333\n", "\"[CARD_1]\"\n"},
		{"byte order mark", "\xef\xbb\xbf{\"a\":\"new\\u0040y.io\"}\n", "\xef\xbb\xbf{\"a\":\"[EMAIL_2]\"}\n"},
		{"empty lines", "\n{\"a\":1}\r\n\n", "\n{\"a\":1}\r\n\n"},
		{"text", "hello new@y.io\n{\"a\":1}\n", "hello [EMAIL_2]\n{\"a\":1}\n"},
		{"cut off", "{\"a\":1}\n{\"a\":\"new\\u0040y", "{\"a\":1}\n"},
	} {
		if got, _, err := withRules(t, tt.in, lines, nil); err != nil || got != tt.want {
			t.Errorf("%s: %v\ngot  %q\nwant %q", tt.name, err, got, tt.want)
		}
	}
	if got, want := restoreStream(t, "{\n\"a\":\"[ODD_1]\"}{\"b\":\n\"[EMAIL_1]\"}\n{\"cut\":\"[EMAIL_1]", lines, redact.AnswerOptions{}), "{\n\"a\":\"odd<\\\"\\\\\\n😀>\"}{\"b\":\n\"x@y.io\"}\n{\"cut\":\"x@y.io"; got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// What is no data is no text of an answer, but it reaches the user.
func TestFieldsThatShowNewValuesGo(t *testing.T) {
	const event = "data: {\"a\":\"b\"}\n\n"
	for _, tt := range []struct{ in, want string }{
		{": new@y.io\n\n" + event, "\n" + event},
		{"event: new@y.io\nid: 4333333333333333\nid: 7\n" + event, "id: 7\n" + event},
		{"foo: {\"e\":\"new\\u0040y.io\"}\r\n" + event, event},
		{"data: {\"a\":\"b\"}\r\n: new@y.io\r\nid: new@y.io\r\nretry: 1\r\n\r\n", "data: {\"a\":\"b\"}\r\nretry: 1\r\n\r\n"},
		{"data: [DONE]\nid: new@y.io\n\n", "data: [DONE]\n\n"},
		{"data: text!\nid: new@y.io\ndata: text!\n\n", "data: text!\ndata: text!\n\n"},
		{": the caller's own x@y.io\n\n", ": the caller's own x@y.io\n\n"},
		{": keep-alive\n\nevent: message_start\nid: 1\nretry: 100\nfoo: bar\n" + event, ": keep-alive\n\nevent: message_start\nid: 1\nretry: 100\nfoo: bar\n" + event},
	} {
		got, answer, err := withRules(t, tt.in, events, nil)
		if err != nil || got != tt.want || (answer.Masked() > 0) != (got != tt.in) {
			t.Errorf("%v, %d masked\ngot  %q\nwant %q", err, answer.Masked(), got, tt.want)
		}
	}
}

// An event of ours shows no more than the one that it is a copy of.
func TestEventsOfOursShowNothingNew(t *testing.T) {
	event := func(id, index, text string) string {
		return `data: {"id":"` + id + `","choices":[{"index":` + index + `,"delta":{"content":"` + text + `"}}]}` + "\n\n"
	}
	in := event("new@y.io [EMAIL_1]", "4333333333333333", "hold new@y.i") + "data: [DONE]\n\n"
	want := event("[EMAIL_2] x@y.io", `"[CARD_1]"`, "hold ") + event("[EMAIL_2] x@y.io", `"[CARD_1]"`, "new@y.i") + "data: [DONE]\n\n"
	if got, _, err := withRules(t, in, events, nil); err != nil || got != want {
		t.Errorf("%v\ngot\n%s\nwant\n%s", err, got, want)
	}
}

// A comment within an event does not part its name from its data.
func TestCommentsWithinEvents(t *testing.T) {
	in := named("content_block_delta", `"index":0,"delta":{"text":"a [EMA"}`) + "event: content_block_stop\n: beat\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n"
	want := named("content_block_delta", `"index":0,"delta":{"text":"a "}`) + named("content_block_delta", `"index":0,"delta":{"text":"[EMA"}`) + "event: content_block_stop\n: beat\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n"
	if got := restoreStream(t, in, events, redact.AnswerOptions{}); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// Lines before the data of an event count as a part of it.
func TestEventsThatNeverGetToTheirData(t *testing.T) {
	in := strings.Repeat("id: 1\n", 1000)
	vault, options := answerWithRules(t)
	options.MaxBytes = 600
	a := redact.NewAnswer(vault, options)
	out, err := io.ReadAll(a.NewStream(strings.NewReader(in), redact.Content{Type: events}))
	if !errors.Is(err, httpbody.ErrTooLarge) || len(out) > 0 {
		t.Errorf("%v, %d bytes", err, len(out))
	}
	a = redact.NewAnswer(streamVault(t), redact.AnswerOptions{MaxBytes: 600})
	out, err = io.ReadAll(a.NewStream(strings.NewReader(in), redact.Content{Type: events}))
	if err != nil || string(out) != in || a.Unread() != 9 {
		t.Errorf("%v, %d bytes, %d unread", err, len(out), a.Unread())
	}
	work := func(lines int) float64 {
		in := strings.Repeat("id: 1\n", lines)
		return allocated(func() { restoreStream(t, in, events, redact.AnswerOptions{}) })
	}
	if few, many := work(10_000), work(40_000); many > 8*few {
		t.Errorf("10,000 lines take %.0f bytes, 40,000 take %.0f", few, many)
	}
}

// allocated returns how many bytes of memory work takes, none given back.
func allocated(work func()) float64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	work()
	runtime.ReadMemStats(&after)
	return float64(after.TotalAlloc - before.TotalAlloc)
}

// Formats that no profile knows have lanes too.
func TestLanesOfUnknownFormats(t *testing.T) {
	for _, tt := range []struct {
		name  string
		piece string
		dig   []interface{}
		end   string
	}{
		{"a delta", `{"type":"news.delta","delta":%s}`, []interface{}{"delta"}, `{"type":"news.done"}`},
		{"a field", `{"id":"c1","output_text":%s}`, []interface{}{"output_text"}, "[DONE]"},
		{"deep", `{"event":"chunk","data":{"choice":{"answer":%s},"model":"m"}}`, []interface{}{"data", "choice", "answer"}, `{"event":"end"}`},
		{"in an array", `{"results":[{"index":1,"token":%s}]}`, []interface{}{"results", 0, "token"}, `{"done":true}`},
		{"with a heartbeat", "{\"type\":\"ping\"}\n\ndata: {\"type\":\"t\",\"text\":%s}", []interface{}{"text"}, "[DONE]"},
		{"a string", `%s`, nil, "[DONE]"},
	} {
		for _, most := range []int{1, 5, 100} {
			in := ""
			for _, piece := range cutUp(rnd(), newsText, most) {
				in += "data: " + fmt.Sprintf(tt.piece, quote(piece)) + "\n\n"
			}
			out, _, err := withRules(t, in+"data: "+tt.end+"\n\n", events, nil)
			if err != nil || !strings.HasSuffix(out, "data: "+tt.end+"\n\n") {
				t.Errorf("%s: %v, ends with %q", tt.name, err, out[max(0, len(out)-60):])
			}
			got := ""
			for _, event := range strings.Split(out, "\n\n") {
				var v interface{}
				if json.Unmarshal([]byte(strings.TrimPrefix(event, "data: ")), &v) == nil {
					text, _ := dig(v, tt.dig...).(string)
					got += text
				}
			}
			if got != newsWant {
				t.Errorf("%s: got\n%q, want\n%q\n%s", tt.name, got, newsWant, out)
			}
		}
	}
}

func rnd() *rand.Rand { return rand.New(rand.NewSource(4)) }

// Not all that comes again and again is pieces of one text.
func TestWhatIsNoLane(t *testing.T) {
	for _, in := range []string{
		// each event has the whole text so far
		"data: {\"text\":\"Hello\"}\n\ndata: {\"text\":\"Hello new friend\"}\n\ndata: {\"text\":\"Hello new friend and\"}\n\n",
		"data: {\"error\":{\"message\":\"some words\"}}\n\n",
		"data: {\"id\":\"abc\",\"model\":\"m-1\",\"status\":\"running\"}\n\ndata: {\"id\":\"abc\",\"model\":\"m-1\",\"status\":\"running\"}\n\n",
		"data: {\"type\":\"x.done\",\"text\":\"all of it\"}\n\n",
	} {
		out, _, err := withRules(t, in, events, nil)
		want := strings.Replace(in, "\"Hello\"", "\"\"", 1)
		if in != want {
			want = strings.Replace(want, "\n\n", "\n\ndata: {\"text\":\"Hello\"}\n\n", 1)
		}
		if err != nil || out != want {
			t.Errorf("%v\ngot  %q\nwant %q", err, out, want)
		}
	}
	in := "data: {\"candidates\":[{\"content\":{\"parts\":[{\"functionCall\":{\"args\":{\"text\":\"some words\",\"n\":\"[EMAIL_1]\"}}}]}}]}\n\n"
	for _, profile := range []string{"gemini", ""} {
		out, _, err := withRules(t, in, events, func(o *redact.AnswerOptions) { o.Profile = profile })
		if want := strings.Replace(in, "[EMAIL_1]", "x@y.io", 1); err != nil || out != want {
			t.Errorf("%v\ngot  %q\nwant %q", err, out, want)
		}
	}
}

// Broken JSON may hide something behind its escapes.
func TestBrokenJSONDoesNotPassResponseRules(t *testing.T) {
	const good = "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"hi [EMAIL_1] \"}}]}"
	const broken = "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"new\\u0040y.io\"}}]"
	for _, contentType := range []string{events, lines} {
		frame := func(doc string) string { return "data: " + doc + "\n\n" }
		if contentType == lines {
			frame = func(doc string) string { return doc + "x\n" }
		}
		in := frame(good) + frame(broken) + frame(good)
		if contentType == lines {
			in = good + "\n" + frame(broken) + good + "\n"
		}
		want := strings.SplitAfter(strings.Replace(in, "[EMAIL_1] ", "x@y.io ", 1), "\n")[0]
		out, answer, err := withRules(t, in, contentType, nil)
		if !errors.Is(err, redact.ErrUnreadable) || !errors.Is(answer.Refused(), redact.ErrUnreadable) || !strings.HasPrefix(out, want) || strings.Contains(out, "new") {
			t.Errorf("%s: %v, %v\n%s", contentType, err, answer.Refused(), out)
		}
		out, answer, err = withRules(t, in, contentType, func(o *redact.AnswerOptions) { o.PassOnError = true })
		if err != nil || answer.Unread() != 1 || strings.Count(out, "x@y.io") != 2 {
			t.Errorf("%s, pass: %v, %d unread\n%s", contentType, err, answer.Unread(), out)
		}
		if out := restoreStream(t, in, contentType, redact.AnswerOptions{}); strings.Count(out, "x@y.io") != 2 || !strings.Contains(out, broken) {
			t.Errorf("%s, no rules:\n%s", contentType, out)
		}
	}
	// A stream of text is none of JSON.
	for in, want := range map[string]string{
		"data: [Info] C:\\temp new@y.io\n\n":                       "[Info] C:\\temp [EMAIL_2]",
		"data: {\"e\":\n\ndata: \"new\\u\n\ndata: 0040y.io\"}\n\n": "{\"e\":\"[EMAIL_2]\"}",
	} {
		out, _, err := withRules(t, in, events, nil)
		out = strings.NewReplacer("data: ", "", "\n", "").Replace(out)
		if err != nil || out != want {
			t.Errorf("%v\ngot  %q\nwant %q", err, out, want)
		}
	}
}

// An event that is too large passes only when that is asked for, and the stream
// goes on behind it.
func TestEventsThatAreTooLargePassOnRequest(t *testing.T) {
	large := strings.Repeat("x ", 30_000) + "[EMAIL_1]"
	for contentType, in := range map[string]string{
		events: "data: {\"delta\":\"a [EMA\"}\n\ndata: {\"delta\":\"" + large + "\"}\n\ndata: {\"delta\":\"[EMAIL_1] new@y.io \"}\n\n",
		lines:  "{\"delta\":\"a [EMA\"}\n{\"delta\":\"" + large + "\"}\n{\"delta\":\"[EMAIL_1] new@y.io \"}\n",
	} {
		out, answer, err := withRules(t, in, contentType, func(o *redact.AnswerOptions) { o.MaxBytes, o.PassOnError = 40_000, true })
		if err != nil || answer.Unread() != 1 || !strings.Contains(out, large) || !strings.Contains(out, "x@y.io [EMAIL_2] ") || !strings.Contains(out, `"[EMA"`) {
			t.Errorf("%s: %v, %d unread, ends with %q", contentType, err, answer.Unread(), out[len(out)-100:])
		}
		out = restoreStreamUpTo(t, 40_000, in, contentType)
		if !strings.Contains(out, large) || !strings.Contains(out, `"x@y.io new@y.io `) {
			t.Errorf("%s, no rules: ends with %q", contentType, out[len(out)-100:])
		}
	}
}

func restoreStreamUpTo(t *testing.T, limit int64, in, contentType string) string {
	t.Helper()
	out, err := io.ReadAll(redact.NewAnswer(streamVault(t), redact.AnswerOptions{MaxBytes: limit}).NewStream(strings.NewReader(in), redact.Content{Type: contentType}))
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// A text event keeps its other lines, and its text whatever line breaks are in it.
func TestTextEventsKeepTheirLines(t *testing.T) {
	for in, want := range map[string]string{
		"data: a [EMAIL_1]\nid: 1\n: c\ndata: b\nevent: e\n\n": "data: a x@y.io\nid: 1\n: c\ndata: b\nevent: e\n\n",
		"data: [ODD_1]\r\nid: 1\r\n\r\n":                       "data: odd<\"\\\ndata: 😀>\r\nid: 1\r\n\r\n",
		"data: [ODD_1]\nid: 1\ndata: x\n\n":                    "data: odd<\"\\\nid: 1\ndata: 😀>\ndata: x\n\n",
		"data: x [EMA\ndata: x\n\n":                            "data: x [EMA\ndata: x\n\n",
		"data: x [EMA\n\ndata: IL_1]\nid: 2\ndata\n\n":         "data: x \n\ndata: x@y.io\nid: 2\ndata\n\n",
	} {
		if got := restoreStream(t, in, events, redact.AnswerOptions{}); got != want {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	}
	// Held back text may take a line with it.
	out, _, err := withRules(t, "data: new@\nid: 1\ndata: \n\ndata: word \n\n", events, nil)
	if err != nil || !strings.Contains(out, "id: 1\n") {
		t.Errorf("%v, %q", err, out)
	}
}

func TestALoneCarriageReturnIsALineBreak(t *testing.T) {
	vault := vaultWith(t, "odd<\r\r\n>")
	out, err := io.ReadAll(redact.NewAnswer(vault, redact.AnswerOptions{MaxBytes: defaultLimit}).NewStream(strings.NewReader("data: a [ODD_1] b\n\n"), redact.Content{Type: events}))
	if want := "data: a odd<\ndata: \ndata: > b\n\n"; err != nil || string(out) != want {
		t.Errorf("%v, got %q, want %q", err, out, want)
	}
}

func TestIndexesThatAreInSomeEventsOnly(t *testing.T) {
	for name, in := range map[string][2]string{
		"choice":   {`{"choices":[{"index":0,"delta":{"content":%s}}]}`, `{"choices":[{"delta":{"content":%s}}]}`},
		"position": {`{"choices":[{"delta":{"content":%s}}]}`, `{"choices":[{"index":0,"delta":{"content":%s}}]}`},
		"output":   {`{"type":"response.output_text.delta","item_id":"i","output_index":0,"content_index":0,"delta":%s}`, `{"type":"response.output_text.delta","item_id":"i","delta":%s}`},
		"item":     {`{"type":"response.output_text.delta","item_id":"i","output_index":2,"delta":%s}`, `{"type":"response.output_text.delta","output_index":2,"delta":%s}`},
		"unknown":  {`{"type":"t","index":0,"text":%s}`, `{"type":"t","text":%s}`},
		"thought":  {`{"candidates":[{"content":{"parts":[{"text":%s,"thought":false}]}}]}`, `{"candidates":[{"index":0,"content":{"parts":[{"text":%s}]}}]}`},
	} {
		stream := "data: " + fmt.Sprintf(in[0], `"a [EMA"`) + "\n\ndata: " + fmt.Sprintf(in[1], `"IL_1] b"`) + "\n\n"
		if got := restoreStream(t, stream, events, redact.AnswerOptions{}); !strings.Contains(got, `"a "`) || !strings.Contains(got, `"x@y.io b"`) {
			t.Errorf("%s:\n%s", name, got)
		}
	}
	// Another index is another text.
	stream := "data: " + `{"choices":[{"delta":{"content":"a [EMA"}}]}` + "\n\ndata: " + `{"choices":[{"index":1,"delta":{"content":"IL_1] b"}}]}` + "\n\n"
	if got := restoreStream(t, stream, events, redact.AnswerOptions{}); strings.Contains(got, "x@y.io") {
		t.Errorf("%s", got)
	}
}

// Every element is sent when it is there, and nothing is lost of an array that
// is cut off.
func TestArraysArriveElementByElement(t *testing.T) {
	part := func(text string) string {
		return fmt.Sprintf(`{"candidates":[{"index":0,"content":{"parts":[{"text":%s}]}}]}`, quote(text))
	}
	steps := []struct{ in, out string }{
		{"[" + part("a [EMA"), "[" + part("a ")},
		{"\n,\r\n" + part("IL_1] b [E"), "\n,\r\n" + part("x@y.io b ")},
		{"\n]", ",\n" + part("[E") + "\n]"},
	}
	for _, compressed := range []bool{false, true} {
		for last := 1; last <= len(steps); last++ {
			from, to := io.Pipe()
			content := redact.Content{Type: jsonType}
			var w io.Writer = to
			flush := func() error { return nil }
			if compressed {
				z := gzip.NewWriter(to)
				w, flush, content.Encoding = z, z.Flush, "gzip"
			}
			read := make(chan string)
			go func() {
				answer := redact.NewAnswer(streamVault(t), redact.AnswerOptions{MaxBytes: defaultLimit, Profile: "gemini"})
				body, isArray := answer.ArrivesAsArray(from, content)
				if !isArray {
					t.Error("is no array")
				}
				stream := answer.NewArrayStream(body)
				buf := make([]byte, 1000)
				for {
					n, err := stream.Read(buf)
					if n > 0 {
						read <- string(buf[:n])
					}
					if err != nil {
						close(read)
						return
					}
				}
			}()
			got, want := "", ""
			for _, s := range steps[:last] {
				if _, err := io.WriteString(w, s.in); err != nil {
					t.Fatal(err)
				}
				if err := flush(); err != nil {
					t.Fatal(err)
				}
				want += s.out
				// It comes before the next is sent.
				for len(got) < len(want) {
					got += <-read
				}
			}
			_ = to.CloseWithError(io.ErrUnexpectedEOF)
			for rest := range read {
				got += rest
			}
			if last < len(steps) {
				want += map[int]string{1: ",\n" + part("[EMA"), 2: ",\n" + part("[E")}[last]
			}
			if got != want {
				t.Errorf("compressed %v, %d steps:\ngot  %q\nwant %q", compressed, last, got, want)
			}
		}
	}
}

func TestArraysThatAreHardToTakeApart(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{`[]`, `[]`},
		{` [ ] `, ` [ ] `},
		{`["[EMAIL_1]", 1,{"a":"[ODD_1]"}, "]"]`, `["x@y.io", 1,{"a":"odd<\"\\\n😀>"}, "]"]`},
		{`[{"text":"[EMAIL_1]"},["[EMAIL_1]",[1]]]`, `[{"text":"x@y.io"},["x@y.io",[1]]]`},
		{`[{"text":"[EMAIL_1]"},{"text":"[EMAIL_1]`, `[{"text":"x@y.io"},{"text":"x@y.io`},
		{`[{"n":1.2.3,"text":"[EMAIL_1]"}]`, `[{"n":1.2.3,"text":"x@y.io"}]`},
		{`[{"text":"[EMAIL_1]"} x {"text":"[EMAIL_1]"}]`, `[{"text":"x@y.io"} x {"text":"[EMAIL_1]"}]`},
		{`[[[[`, `[[[[`},
	} {
		for name, source := range map[string]io.Reader{"whole": strings.NewReader(tt.in), "byte by byte": iotest.OneByteReader(strings.NewReader(tt.in))} {
			answer := redact.NewAnswer(streamVault(t), redact.AnswerOptions{MaxBytes: defaultLimit, Profile: "gemini"})
			got, err := io.ReadAll(answer.NewArrayStream(source))
			if err != nil || string(got) != tt.want {
				t.Errorf("%s: %v\ngot  %s\nwant %s", name, err, got, tt.want)
			}
		}
	}
	for in, want := range map[string]string{
		`["new\u0040y.io",4333333333333333,{"text":"new\u0040y.io "}]`: `["[EMAIL_2]","[CARD_1]",{"text":"[EMAIL_2] "}]`,
		`[{"text":"hi "},{"text":"new\u0040y.io" "x"}]`:                "",
		`[{"text":"hi "},{"text":"new\u0040y.i`:                        `[{"text":"hi "},`,
		`[{"text":"hi "}]new@y.io`:                                     "",
	} {
		vault, options := answerWithRules(t)
		options.Profile = "gemini"
		got, err := io.ReadAll(redact.NewAnswer(vault, options).NewArrayStream(strings.NewReader(in)))
		if want == "" && !errors.Is(err, redact.ErrUnreadable) || want != "" && (err != nil || string(got) != want) || strings.Contains(string(got), "new") {
			t.Errorf("%v\ngot  %s\nwant %s", err, got, want)
		}
	}
}

func TestLargeElementsOfArrays(t *testing.T) {
	in := `[{"text":"` + strings.Repeat("x", 50_000) + `[EMAIL_1]"},{"text":"[EMAIL_1] new@y.io "}]`
	for _, pass := range []bool{true, false} {
		vault, options := answerWithRules(t)
		options.MaxBytes, options.PassOnError, options.Profile = 40_000, pass, "gemini"
		answer := redact.NewAnswer(vault, options)
		got, err := io.ReadAll(answer.NewArrayStream(strings.NewReader(in)))
		if pass && (err != nil || answer.Unread() != 1 || !strings.HasSuffix(string(got), `x[EMAIL_1]"},{"text":"x@y.io [EMAIL_2] "}]`)) || !pass && !errors.Is(err, httpbody.ErrTooLarge) {
			t.Errorf("pass %v: %v, %d bytes", pass, err, len(got))
		}
	}
}

func TestWhatDoesNotArriveAsArray(t *testing.T) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = z.Write([]byte(` {"a":1}`))
	_ = z.Close()
	for _, tt := range []struct {
		profile, body string
		content       redact.Content
	}{
		{"gemini", ` {"a":1}`, redact.Content{Type: jsonType}},
		{"gemini", ``, redact.Content{Type: jsonType}},
		{"gemini", packed.String(), redact.Content{Type: jsonType, Encoding: "gzip"}},
		{"gemini", packed.String(), redact.Content{Type: jsonType}},
		{"gemini", `no gzip`, redact.Content{Type: jsonType, Encoding: "gzip"}},
		{"gemini", `[1]`, redact.Content{Type: jsonType, Encoding: "br"}},
		{"gemini", `[1]`, redact.Content{Type: "text/plain"}},
		{"openai-chat", `[1]`, redact.Content{Type: jsonType}},
	} {
		body, isArray := redact.NewAnswer(streamVault(t), redact.AnswerOptions{Profile: tt.profile}).ArrivesAsArray(strings.NewReader(tt.body), tt.content)
		if got, err := io.ReadAll(body); isArray || err != nil || string(got) != tt.body {
			t.Errorf("%s, %+v: %v, %v, %q", tt.profile, tt.content, isArray, err, got)
		}
	}
}

// Whatever arrives, in whatever pieces: what needs no change is not changed, and
// what comes out does not depend on how it was read.
func FuzzStreams(f *testing.F) {
	for _, s := range []string{
		"event: a\r\ndata: {\"delta\":\"new@y.io\"}\r\n\r\n: c\n\ndata: x\nid: 1\ndata: y\n\ndata: \"z\"\n\ndata: [DONE]\n\n",
		"{\"text\":\"a new@\"}\n{\"text\":\"y.io\"} {\n\"done\":true}\n\"x\"\n1\n{\"a\\", `[{"text":"new\u0040"}, {"text":"y.io"},1,"x",[2]] `,
	} {
		for framing := uint8(0); framing < 3; framing++ {
			f.Add(s, framing, int64(1000))
			f.Add(s, framing, int64(20))
		}
	}
	f.Fuzz(func(t *testing.T, in string, framing uint8, limit int64) {
		if limit < 1 || limit > 1<<20 {
			return
		}
		restore := func(a *redact.Answer, source io.Reader) (string, error) {
			var stream io.Reader
			switch framing % 3 {
			case 0:
				stream = a.NewStream(source, redact.Content{Type: events})
			case 1:
				stream = a.NewStream(source, redact.Content{Type: lines})
			default:
				stream = a.NewArrayStream(source)
			}
			out, err := io.ReadAll(stream)
			return string(out), err
		}
		out, err := restore(redact.NewAnswer(placeholder.NewVault(), redact.AnswerOptions{MaxBytes: limit}), strings.NewReader(in))
		if err != nil || out != in {
			t.Fatalf("%v: %q became %q", err, in, out)
		}
		var outs [2]string
		var errs [2]error
		for i, source := range []io.Reader{strings.NewReader(in), iotest.OneByteReader(strings.NewReader(in))} {
			vault, options := answerWithRules(t)
			options.PassOnError = limit%2 == 1
			if options.MaxBytes = limit; limit < int64(len(in))+1 {
				options.MaxBytes = 1 << 20 // how much is read of what is too large depends on how it is read
			}
			outs[i], errs[i] = restore(redact.NewAnswer(vault, options), source)
			if errs[i] != nil && !errors.Is(errs[i], redact.ErrUnreadable) {
				t.Fatalf("%q: %v", in, errs[i])
			}
		}
		if outs[0] != outs[1] || !errors.Is(errs[1], errs[0]) {
			t.Fatalf("%q became %q, %v whole, and %q, %v byte by byte", in, outs[0], errs[0], outs[1], errs[1])
		}
	})
}
