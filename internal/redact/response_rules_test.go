package redact_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand"
	"strings"
	"testing"

	"github.com/krakend-redact/krakend-redact/internal/httpbody"
	"github.com/krakend-redact/krakend-redact/internal/placeholder"
	"github.com/krakend-redact/krakend-redact/internal/policy"
	"github.com/krakend-redact/krakend-redact/internal/redact"
)

// answerWithRules masks a request by a policy with response rules and returns
// the options of its answer. The caller sends x@y.io, which is masked, and
// 4222222222222222, which no rule of the request describes.
func answerWithRules(t testing.TB) (*placeholder.Vault, redact.AnswerOptions) {
	t.Helper()
	if rulesOfTests == nil {
		rulesOfTests, vaultOfTests = rulesAndVault(t)
	}
	vault, err := placeholder.Decode(vaultOfTests)
	if err != nil {
		t.Fatal(err)
	}
	return vault, redact.AnswerOptions{MaxBytes: defaultLimit, Rules: rulesOfTests}
}

// rulesOfTests and vaultOfTests are made once: to compile a policy takes longer
// than most tests.
var (
	rulesOfTests *redact.ResponseRules
	vaultOfTests string
)

func rulesAndVault(t testing.TB) (*redact.ResponseRules, string) {
	t.Helper()
	p, err := policy.Parse("test.json", "test", []byte(`{"unmask_for_user":true,
		"redaction_rules":[{"name":"Email","pattern":"\\b[a-z0-9._]+@[a-z0-9.]+\\.[a-z]{2,}\\b","replacement":"[EMAIL]"}],
		"response_rules":[
			{"name":"New email","pattern":"\\b[a-z0-9._]+@[a-z0-9.]+\\.[a-z]{2,}\\b","replacement":"[EMAIL]"},
			{"name":"New card","pattern":"\\b4[0-9]{15}\\b","replacement":"[CARD]"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	m, err := redact.NewMasker(p, redact.Options{MaxBytes: defaultLimit})
	if err != nil {
		t.Fatal(err)
	}
	vault := placeholder.NewVault()
	r := m.NewRequest(vault, "")
	part, err := r.ScanBody(`["x@y.io","4222222222222222"]`, redact.Content{Type: jsonType})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := r.Mask(part), `["[EMAIL_1]","4222222222222222"]`; got != want {
		t.Fatalf("masked %s, want %s", got, want)
	}
	rules, err := redact.CompileResponse(p)
	if err != nil {
		t.Fatal(err)
	}
	return rules, vault.Encode()
}

const (
	newsText = "[EMAIL_1] and x@y.io, new@y.io new@y.io, 4222222222222222, 4333333333333333 [EMAIL_1]4333333333333333 end other@y.io"
	newsWant = "x@y.io and x@y.io, [EMAIL_2] [EMAIL_2], 4222222222222222, [CARD_1] x@y.io[CARD_1] end [EMAIL_3]"
)

func TestNewValuesAreMaskedAndTheCallersAreNot(t *testing.T) {
	for _, tt := range []struct{ contentType, body, want string }{
		{jsonType, `{"a":` + quote(newsText) + `,"n":1}`, `{"a":` + quote(newsWant) + `,"n":1}`},
		{"text/plain", newsText, newsWant},
		{jsonType, `{"arguments":"{\"n\":4333333333333333,\"t\":\"4333333333333333\",\"o\":4222222222222222}"}`, `{"arguments":"{\"n\":\"[CARD_1]\",\"t\":\"[CARD_1]\",\"o\":4222222222222222}"}`},
		{jsonType, `{"a":"nothing"}`, `{"a":"nothing"}`},
		{jsonType, `{"arguments":"{\"e\":\"new@y.io \\u12\\q\"}"}`, `{"arguments":"{\"e\":\"[EMAIL_2] \\u12\\q\"}"}`},
		{jsonType, `{"n":4333333333333333,"m":[4222222222222222]}`, `{"n":"[CARD_1]","m":[4222222222222222]}`},
		{jsonType, `{"arguments":"{\"e\":\"new\\u0040y.io \\\"\",\"k\":\"\\\\\"}"}`, `{"arguments":"{\"e\":\"[EMAIL_2] \\\"\",\"k\":\"\\\\\"}"}`},
		{jsonType, `{"content":[{"type":"tool_use","input":{"e":"\nx@y.io \nnew@y.io"}}]}`, `{"content":[{"type":"tool_use","input":{"e":"\nx@y.io \n[EMAIL_2]"}}]}`},
		{jsonType, `{"arguments":"\"\\nx@y.io\""}`, `{"arguments":"\"\\nx@y.io\""}`},
	} {
		vault, options := answerWithRules(t)
		got, changed, err := redact.NewAnswer(vault, options).Body(tt.body, redact.Content{Type: tt.contentType})
		if err != nil || got != tt.want || changed != (tt.body != tt.want) {
			t.Errorf("changed: %v, %v\ngot  %s\nwant %s", changed, err, got, tt.want)
		}
	}
	vault, options := answerWithRules(t)
	a := redact.NewAnswer(vault, options)
	data, changed, err := a.Data(map[string]interface{}{"a": []interface{}{newsText}})
	if got := data["a"].([]interface{})[0]; got != newsWant || err != nil || !changed || a.Masked() != 5 || a.Stats().Restored != 2 {
		t.Errorf("%v, %v, %d masked, %d restored: %v", changed, err, a.Masked(), a.Stats().Restored, got)
	}
}

func TestNewValuesAreMaskedInStreams(t *testing.T) {
	rnd := rand.New(rand.NewSource(9))
	for _, f := range formats {
		text, want := newsText, newsWant
		if f.json {
			text = `{"n":4333333333333333,"t":"[EMAIL_1] 4333333333333333","m":"new\u0040y.io \"q\" \\"}`
			want = `{"n":"[CARD_1]","t":"x@y.io [CARD_1]","m":"[EMAIL_2] \"q\" \\"}`
		}
		for round := 0; round < 20; round++ {
			in := strings.Join(f.begin, "")
			for _, piece := range cutUp(rnd, text, []int{1, 7}[round%2]) {
				in += f.piece(0, piece)
			}
			in += strings.Join(f.end(0), "") + strings.Join(f.done, "")
			vault, options := answerWithRules(t)
			out, err := io.ReadAll(redact.NewAnswer(vault, options).NewStream(strings.NewReader(in), redact.Content{Type: f.contentType}))
			if err != nil {
				t.Fatal(err)
			}
			if got := f.texts(t, string(out))[0]; got != want {
				t.Fatalf("%s:\ngot  %q\nwant %q\n%s", f.name, got, want, out)
			}
			if strings.Contains(string(out), "new@") || strings.Contains(string(out), "43333") {
				t.Fatalf("%s shows a new value:\n%s", f.name, out)
			}
		}
	}
}

// What cannot be looked into does not pass where new values are to be masked.
func TestEventsThatAreTooLargeEndTheStream(t *testing.T) {
	for _, contentType := range []string{"text/event-stream", "application/x-ndjson"} {
		vault, options := answerWithRules(t)
		line, err := io.ReadAll(redact.NewAnswer(vault, options).NewStream(strings.NewReader("data: new@y.io {\n\n"), redact.Content{Type: contentType}))
		if want := "data: [EMAIL_2] {\n\n"; err != nil || string(line) != want {
			t.Errorf("%s: %v, %q, want %q", contentType, err, line, want)
		}
	}
	for _, contentType := range []string{"text/event-stream", "application/x-ndjson"} {
		vault, options := answerWithRules(t)
		options.MaxBytes = 40_000
		in := fmt.Sprintf("data: {\"a\":\"%s new@y.io\"}\n\n", strings.Repeat("x ", 30_000))
		out, err := io.ReadAll(redact.NewAnswer(vault, options).NewStream(strings.NewReader(in), redact.Content{Type: contentType}))
		if !errors.Is(err, httpbody.ErrTooLarge) || strings.Contains(string(out), "new@") {
			t.Errorf("%s: %v, %d bytes", contentType, err, len(out))
		}
	}
}

// A JSON answer hides nothing behind its escapes, and what is no JSON after all
// is looked into as text.
func TestNewValuesInTextsThatBeginLikeJSON(t *testing.T) {
	for text, want := range map[string]string{
		`{"e":"new\u0040y.io","n":4333333333333333,"t":"x\nnew@y.io \""}`: `{"e":"[EMAIL_2]","n":"[CARD_1]","t":"x\n[EMAIL_2] \""}`,
		`{not json, new@y.io "[EMAIL_1]`:                                  `{not json, [EMAIL_2] "x@y.io`,
		`[1] 4333333333333333 "new@y.io"`:                                 `[1] [CARD_1] "[EMAIL_2]"`,
		`["x 4333333333333333`:                                            `["x [CARD_1]`,
		"[\"new@y.io\nnew@y.io":                                           "[\"[EMAIL_2]\n[EMAIL_2]",
		`{"a":new@y.io}`:                                                  `{"a":[EMAIL_2]}`,
	} {
		body := `{"choices":[{"message":{"content":` + quote(text) + `}}]}`
		vault, options := answerWithRules(t)
		got, _, err := redact.NewAnswer(vault, options).Body(body, redact.Content{Type: jsonType})
		if want := `{"choices":[{"message":{"content":` + quote(want) + `}}]}`; err != nil || got != want {
			t.Errorf("%v\ngot  %s\nwant %s", err, got, want)
		}
		for _, most := range []int{1, 100} {
			f, in := formats[0], ""
			for _, piece := range cutUp(rand.New(rand.NewSource(1)), text, most) {
				in += f.piece(0, piece)
			}
			vault, options := answerWithRules(t)
			out, err := io.ReadAll(redact.NewAnswer(vault, options).NewStream(strings.NewReader(in), redact.Content{Type: f.contentType}))
			if got := f.texts(t, string(out))[0]; err != nil || got != want {
				t.Errorf("streamed: %v\ngot  %s\nwant %s", err, got, want)
			}
		}
	}
}

// A string that is too long to be held back in whole shows nothing either.
func TestLongStringsOfArguments(t *testing.T) {
	f := formats[1]
	for filler := 65_970; filler < 66_000; filler += 6 { // around what is too long
		text := `{"a":"`
		for i := 0; i < 3; i++ {
			text += strings.Repeat("w ", filler/2) + `n\u0065w@y.io `
		}
		text += `"}`
		in := ""
		for at := 0; at < len(text); at += 1000 {
			in += f.piece(0, text[at:min(len(text), at+1000)])
		}
		vault, options := answerWithRules(t)
		out, err := io.ReadAll(redact.NewAnswer(vault, options).NewStream(strings.NewReader(in), redact.Content{Type: f.contentType}))
		if err != nil {
			t.Fatal(err)
		}
		want := strings.ReplaceAll(text, `n\u0065w@y.io`, "[EMAIL_2]")
		if got := f.texts(t, string(out))[0]; got != want {
			t.Errorf("%d: %d bytes, want %d; shows a part: %v", filler, len(got), len(want), strings.Contains(got, "@y"))
		}
	}
}

// A finding that is longer than what is held back of a string goes on in the rest
// of it, and no further.
func TestFindingsInLongStrings(t *testing.T) {
	p, err := policy.Parse("test.json", "test", []byte(`{"redaction_rules":[{"name":"Email","pattern":"x@y"}],
		"response_rules":[{"name":"Key","pattern":"key[^<]*","replacement":"[HIDDEN]"},{"name":"Pair","pattern":"BEGIN[^<]*<","replacement":"[PAIR]"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	rules, err := redact.CompileResponse(p)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range []format{formats[0], formats[1]} {
		for _, begin := range []string{"key", "BEGIN"} {
			text := `{"a":"é ` + begin + ` ` + strings.Repeat(`s\u0065cret\n`, 20_000) + `< the \"rest\"","b":"fr\u0065e 😀"}`
			var in strings.Builder
			for _, piece := range cutUp(rand.New(rand.NewSource(3)), text, 2000) {
				in.WriteString(f.piece(0, piece))
			}
			in.WriteString(strings.Join(f.done, ""))
			o := redact.AnswerOptions{MaxBytes: defaultLimit, Rules: rules}
			out, err := io.ReadAll(redact.NewAnswer(placeholder.NewVault(), o).NewStream(strings.NewReader(in.String()), redact.Content{Type: f.contentType}))
			if err != nil {
				t.Fatal(err)
			}
			var got map[string]string
			if err := json.Unmarshal([]byte(f.texts(t, string(out))[0]), &got); err != nil {
				t.Fatalf("%s: %v", f.name, err)
			}
			if strings.Contains(got["a"], "cre") || !strings.HasSuffix(got["a"], ` the "rest"`) || got["b"] != "free 😀" {
				t.Errorf("%s: %s: %d bytes that begin with %q and end with %q", f.name, begin, len(got["a"]), got["a"][:min(len(got["a"]), 40)], got["a"][max(0, len(got["a"])-40):])
			}
		}
	}
}
