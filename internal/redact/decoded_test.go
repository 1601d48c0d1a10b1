package redact_test

import (
	"encoding/json"
	"fmt"
	"math/rand"
	"reflect"
	"strings"
	"testing"

	"github.com/krakend-redact/krakend-redact/internal/redact"
)

func decode(t *testing.T, doc string) (v interface{}) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(doc))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%s: %v", doc, err)
	}
	return v
}

// randomAnswer makes an answer from pieces of all formats. Its keys are in the
// order of the alphabet, as new values are numbered in the order of the
// document.
func randomAnswer(rnd *rand.Rand) string {
	texts := []string{
		"hi", "[EMAIL_1]", "no [CARD_1]", "[CARD_1]", "[ODD_1] [email 1]", "https://stranger.example/?d=", "https://stranger.example/?d=[EMAIL_1]",
		`{"a":"[CARD_1]","b":"[ODD_1]"}`, "é😀\u2028<>&", "4333333333333333 new@y.io", "[x] \"[ODD_1]\"", "",
	}
	text := func() string { return quote(texts[rnd.Intn(len(texts))]) }
	value := func() string {
		return []string{text(), text(), "1.50e+03", "12345678901234567890", "4333333333333333", "null", "true", "[" + text() + "," + text() + "]", `{"deep":` + text() + "}"}[rnd.Intn(9)]
	}
	member := func(name, value string) string { return quote(name) + ":" + value }
	object := func(members ...string) string { return "{" + strings.Join(members, ",") + "}" }
	parts := func(name string) string {
		var all []string
		for n := rnd.Intn(4); n > 0; n-- {
			all = append(all, []string{
				object(member("text", text()), member("type", `"text"`)),
				object(member("text", text()), member("thought", "true")),
				object(member("input", object(member("n", value()))), member("type", `"tool_use"`)),
				object(member("functionCall", object(member("args", object(member("n", value())))))),
				object(member("citations", "["+object(member("start", "1"))+"]"), member("text", text()), member("type", `"text"`)),
				object(member("signature", text()), member("thinking", text()), member("type", `"thinking"`)),
				value(),
			}[rnd.Intn(7)])
		}
		return member(name, "["+strings.Join(all, ",")+"]")
	}
	call := object(member("function", object(member("arguments", []string{quote(`{"n":"[CARD_1]","t":"[ODD_1]"}`), object(member("n", value())), text()}[rnd.Intn(3)]))))
	message := object(member("annotations", "["+object(member("end_index", "4"))+"]"), parts("content"), member("tool_calls", "["+call+"]"))
	all := []string{
		member("candidates", "["+object(member("content", object(parts("parts"))), member("logprobsResult", object(member("t", text()))))+"]"),
		member("choices", "["+object(member("logprobs", object(member("token", text()))), member("message", message))+","+object(member("text", text()))+"]"),
		parts("content"),
		member("logprobs", "["+text()+"]"),
		member("message", message),
		member("output", "["+object(parts("content"), member("type", `"message"`))+"]"),
		member("x", value()),
	}
	return object(append(all, member("z", text()))...)
}

// What KrakenD has decoded is restored by the same rules as what it has not.
func TestDecodedAnswersAreRestoredAsRawOnes(t *testing.T) {
	rnd := rand.New(rand.NewSource(11))
	seen := map[string]int{}
	for i := 0; i < 1000; i++ {
		vault, o := streamVault(t), redact.AnswerOptions{MaxBytes: defaultLimit}
		if i%3 == 0 {
			_, rules := answerWithRules(t)
			o.Rules = rules.Rules
		}
		o.Profile = []string{"", "openai-chat", "openai-responses", "anthropic", "gemini", "cohere", "ollama"}[i%7]
		doc := randomAnswer(rnd)
		raw, changed, err := redact.NewAnswer(vault, o).Body(doc, redact.Content{Type: jsonType})
		if err != nil {
			t.Fatal(err)
		}
		data := decode(t, doc).(map[string]interface{})
		before := fmt.Sprintf("%#v", data)
		got, gotChanged, err := redact.NewAnswer(vault, o).Data(data)
		if want := decode(t, raw); err != nil || gotChanged != changed || !reflect.DeepEqual(got, want) {
			t.Fatalf("profile %q, %v, changed %v\n%s\ngot  %v\nwant %v", o.Profile, err, gotChanged, doc, got, want)
		}
		if fmt.Sprintf("%#v", data) != before {
			t.Fatalf("%s: the data that was handed in has changed", doc)
		}
		for _, what := range []string{":4111111111111111", "x@y.io", `"logprobs":null`, `"annotations":[]`, "stranger.example/?d=[EMAIL_1]", `"thinking":"[EMAIL_1]"`} {
			seen[what] += strings.Count(raw, what)
		}
		// With group the same stands one level deeper.
		data = map[string]interface{}{"group": decode(t, doc)}
		if got, _, err = redact.NewAnswer(vault, o).Data(data); err != nil || !reflect.DeepEqual(got["group"], decode(t, raw)) {
			t.Fatalf("profile %q, in a group, %v\n%s\ngot  %v\nwant %v", o.Profile, err, doc, got["group"], raw)
		}
	}
	for what, n := range seen {
		if n < 20 {
			t.Errorf("%q came up %d times: the answers test nothing", what, n)
		}
	}
}

// With is_collection an array stands under collection: Gemini's streams too.
func TestDecodedCollections(t *testing.T) {
	doc := `[{"candidates":[{"content":{"parts":[{"text":"a [EMA"}]},"index":0}]},{"candidates":[{"content":{"parts":[{"text":"IL_1] b"}]},"index":0}]}]`
	got, changed, err := redact.NewAnswer(streamVault(t), redact.AnswerOptions{MaxBytes: defaultLimit, Profile: "gemini"}).Data(map[string]interface{}{"collection": decode(t, doc)})
	want := strings.NewReplacer("a [EMA", "a ", "IL_1]", "x@y.io").Replace(doc)
	if err != nil || !changed || !reflect.DeepEqual(got["collection"], decode(t, want)) {
		t.Errorf("%v, %v: %v", changed, err, got)
	}
}

// Signed blocks stay as they are wherever KrakenD has put them: a value in one
// would come back unmasked.
func TestThinkingOfDecodedAnswersStaysAsItIs(t *testing.T) {
	for _, at := range []string{`{"content":%s}`, `{"group":{"content":%s}}`, `{"answer":{"blocks":%s}}`} {
		doc := fmt.Sprintf(at, `[{"type":"thinking","thinking":"[EMAIL_1]","signature":"[EMAIL_1]"},{"type":"text","text":"plain"}]`)
		vault := streamVault(t)
		want := decode(t, doc)
		got, _, err := redact.NewAnswer(vault, redact.AnswerOptions{MaxBytes: defaultLimit, Profile: "anthropic"}).Data(want.(map[string]interface{}))
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%v: got %v", err, got)
		}
	}
}

// What cannot be written as JSON cannot be looked into.
func TestDecodedAnswersThatAreNone(t *testing.T) {
	data := map[string]interface{}{"a": "[EMAIL_1]", "b": func() {}}
	got, changed, err := redact.NewAnswer(streamVault(t), redact.AnswerOptions{MaxBytes: defaultLimit}).Data(data)
	if err != redact.ErrUnreadable || changed || got["a"] != "[EMAIL_1]" {
		t.Errorf("%v, %v: %v", changed, err, got)
	}
}
