package e2e

import (
	"encoding/json"
	"html"
	"net/http"
	"strings"
	"testing"
)

func TestDecodedAnswersAreRestored(t *testing.T) {
	t.Parallel()
	ask, masked := message{body: chat(email + " " + card)}, chat("[REDACTED_EMAIL_1] [REDACTED_CC_1]")
	secrets := []string{email, card}
	newGroup(t).run(t, atBothLevels(
		scenario{
			name: "encoding json with nested arrays and numbers", route: route{encoding: "json"}, send: ask, secrets: secrets, llmGot: masked,
			answer: say("application/json", `{"a":"to [REDACTED_EMAIL_1]","b":[["[REDACTED_CC_1]",{"c":["x","[REDACTED_EMAIL_1]"]}],null,true],"n":12345678901234567890,"f":1.10,"e":1e400}`),
			userCheck: func(t *testing.T, r result) {
				sameJSON(t, "the user got", r.body, `{"a":"to `+email+`","b":[["`+card+`",{"c":["x","`+email+`"]}],null,true],"n":12345678901234567890,"f":1.10,"e":1e400}`)
			},
		},
		scenario{
			name: "a collection", route: route{encoding: "json", collection: true, output: "json-collection"}, send: ask, secrets: secrets, llmGot: masked,
			answer: say("application/json", `["[REDACTED_EMAIL_1]",["[REDACTED_CC_1]",7],{"a":["[REDACTED_EMAIL_1]"]}]`), userJSON: `["` + email + `",["` + card + `",7],{"a":["` + email + `"]}]`,
		},
		scenario{
			name: "a collection under its key", route: route{encoding: "json", collection: true, output: "json"}, send: ask, secrets: secrets, llmGot: masked,
			answer: say("application/json", `["[REDACTED_EMAIL_1]"]`), userJSON: `{"collection":["` + email + `"]}`,
		},
		scenario{
			name: "encoding string", route: route{encoding: "string", output: "string"}, send: ask, secrets: secrets, llmGot: masked,
			answer: say("text/plain", "to [REDACTED_EMAIL_1],\n\"[REDACTED_CC_1]\""), userGot: "to " + email + ",\n\"" + card + "\"",
		},
		scenario{
			name: "encoding string as JSON", route: route{encoding: "string", output: "json"}, send: ask, secrets: secrets, llmGot: masked,
			answer: say("text/plain", "to [REDACTED_EMAIL_1]"), userJSON: `{"content":"to ` + email + `"}`,
		},
		scenario{
			name: "safejson with a bare string", route: route{encoding: "safejson", output: "json"}, send: ask, secrets: secrets, llmGot: masked,
			answer: say("application/json", `"to [REDACTED_EMAIL_1]"`), userJSON: `{"content":"to ` + email + `"}`,
		},
		scenario{
			name: "encoding xml", route: route{encoding: "xml", output: "json"}, send: ask, secrets: secrets, llmGot: masked,
			answer: say("text/xml", `<a><b x="[REDACTED_EMAIL_1]">[REDACTED_CC_1]</b><b>2</b></a>`), userJSON: `{"a":{"b":[{"#text":"` + card + `","-x":"` + email + `"},"2"]}}`,
		},
		scenario{
			name: "details of an error", route: route{encoding: "json", backendExtra: obj{"backend/http": obj{"return_error_details": "llm"}}}, send: ask, secrets: secrets, llmGot: masked,
			answer: func(received) reply {
				return reply{status: 429, header: contentType("text/plain"), body: []byte("slow, [REDACTED_EMAIL_1]")}
			},
			userJSON: `{"error_llm":{"http_status_code":429,"http_body":"slow, ` + email + `","http_body_encoding":"text/plain"}}`,
		},
		scenario{
			// KrakenD turns such an answer into an error and asks no modifier.
			name: "the body of an error as it came", route: route{encoding: "json", backendExtra: obj{"backend/http": obj{"return_error_code": true}}}, send: ask, secrets: secrets, llmGot: masked,
			answer: func(received) reply { return reply{status: 429, body: []byte("slow, [REDACTED_EMAIL_1]")} },
			status: 429, userGot: "slow, [REDACTED_EMAIL_1]",
		},
		scenario{
			name: "what KrakenD refuses to decode leaks nothing", route: route{encoding: "json"}, send: ask, secrets: secrets, llmGot: masked, status: 500,
			answer:    say("application/json", `{"a":"[REDACTED_EMAIL_1]`),
			userCheck: nothingOf(email, card),
		},
		scenario{
			name: "an error of the backend leaks nothing", route: route{encoding: "json"}, send: ask, secrets: secrets, llmGot: masked, status: 500,
			answer:    func(received) reply { return reply{status: 503, body: []byte("[REDACTED_EMAIL_1]")} },
			userCheck: nothingOf(email, card),
		},
	))
}

// nothingOf asserts that an answer holds none of the values.
func nothingOf(values ...string) func(*testing.T, result) {
	return func(t *testing.T, r result) {
		t.Helper()
		if found := leak(string(r.body), values); found != "" {
			t.Errorf("the user got %s: %q", found, r.body)
		}
	}
}

func TestRawAnswersAreRestoredAndOtherwiseUntouched(t *testing.T) {
	t.Parallel()
	ask, masked := message{body: chat(email + " " + card)}, chat("[REDACTED_EMAIL_1] [REDACTED_CC_1]")
	secrets := []string{email, card}
	raw := func(name, ct, answer, got string) scenario {
		return scenario{name: name, send: ask, secrets: secrets, llmGot: masked, answer: say(ct, answer), userGot: got}
	}
	long := strings.Repeat("lorem ipsum ", 400_000)
	newGroup(t).run(t, atBothLevels(
		raw("JSON keeps order, white space, numbers and escapes", "application/json",
			"{ \"z\":1.0e0,\t\"a\" : \"\\u00e9 \\/ [REDACTED_EMAIL_1]\",\n\"a\":[ 1E5 ,\"[REDACTED_CC_1]\" ],\"\\u0062\":null}\n",
			"{ \"z\":1.0e0,\t\"a\" : \"\\u00e9 \\/ "+email+"\",\n\"a\":[ 1E5 ,\""+card+"\" ],\"\\u0062\":null}\n"),
		raw("a type stays a string even for a card number", "application/json", `{"a":"[REDACTED_CC_1]","b":1}`, `{"a":"`+card+`","b":1}`),
		raw("plain text", "text/plain; charset=utf-8", "to [REDACTED_EMAIL_1],\r\n([REDACTED_CC_1])", "to "+email+",\r\n("+card+")"),
		raw("a placeholder in an escaped spelling", "application/json", `{"a":"x \u005bREDACTED\u005fEMAIL_1] \u0041"}`, `{"a":"x `+email+` \u0041"}`),
		raw("JSON lines", "application/x-ndjson", "{\"a\":\"[REDACTED_EMAIL_1]\"}\n{\"b\":\"[REDACTED_CC_1]\"}\n", "{\"a\":\""+email+"\"}\n{\"b\":\""+card+"\"}\n"),
		raw("keys of an object", "application/json", `{"[REDACTED_EMAIL_1]":1}`, `{"`+email+`":1}`),
		raw("5 MB", "application/json", `{"a":"`+long+`[REDACTED_EMAIL_1]`+long+`"}`, `{"a":"`+long+email+long+`"}`),
		raw("broken JSON goes back with its placeholders", "application/json", `{"a":"[REDACTED_EMAIL_1]",`, `{"a":"[REDACTED_EMAIL_1]",`),
		raw("binary goes back as it is", "image/png", "\x89PNG\x00\xff 12", "\x89PNG\x00\xff 12"),
		raw("empty", "application/json", "", ""),
		scenario{
			name: "an error of the LLM keeps its status and headers", send: ask, secrets: secrets, llmGot: masked, status: 429,
			answer: func(received) reply {
				return reply{
					status: 429, header: http.Header{"Content-Type": {"application/json"}, "Retry-After": {"7"}},
					body: []byte(`{"error":{"message":"slow down, [REDACTED_EMAIL_1]"}}`),
				}
			},
			userCheck: func(t *testing.T, r result) {
				sameBytes(t, "the user got", r.body, `{"error":{"message":"slow down, `+email+`"}}`)
				if ra := r.header.Get("Retry-After"); ra != "7" {
					t.Errorf("the user got Retry-After %q", ra)
				}
			},
		},
		scenario{
			name: "no content", send: ask, secrets: secrets, llmGot: masked, status: 204,
			answer: func(received) reply { return reply{status: 204} }, userGot: "",
		},
	))
}

// nasty is full of characters that JSON must escape.
const nasty = "<<q\"uote \\back\nline\ttab </script> é 😀 \u2028>>"

func nastyPolicy() obj { return policy(rule("Nasty", `(?s)<<.*?>>`, "[REDACTED_N]")) }

func TestRestoredValuesAreEscapedForTheirPlace(t *testing.T) {
	t.Parallel()
	settings := obj{"policy": nastyPolicy()}
	ask, masked := message{body: chat("take " + nasty)}, chat("take [REDACTED_N_1]")
	toolCall := `{"choices":[{"message":{"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"send","arguments":"{\"to\":\"[REDACTED_N_1]\",\"n\":[1.0, \"x [REDACTED_N_1] y\"]}"}}]}}]}`
	checkArguments := func(t *testing.T, r result) {
		var got struct {
			Choices []struct {
				Message struct {
					ToolCalls []struct {
						Function struct{ Arguments string }
					} `json:"tool_calls"`
				}
			}
		}
		if err := json.Unmarshal(r.body, &got); err != nil || len(got.Choices) != 1 || len(got.Choices[0].Message.ToolCalls) != 1 {
			t.Fatalf("the user got %q: %v", r.body, err)
		}
		n, _ := json.Marshal(nasty)
		sameJSON(t, "the arguments are", []byte(got.Choices[0].Message.ToolCalls[0].Function.Arguments),
			`{"to":`+string(n)+`,"n":[1.0,"x `+string(n[1:len(n)-1])+` y"]}`)
	}
	asJSON := func(text string) string {
		b, _ := json.Marshal(text)
		return string(b)
	}
	newGroup(t).run(t, atBothLevels(
		scenario{
			name: "in a JSON string", route: route{settings: settings}, send: ask, secrets: []string{nasty}, llmGot: masked,
			answer: say("application/json", `{"a":"[REDACTED_N_1]","b":"x [REDACTED_N_1]\n"}`), userJSON: `{"a":` + asJSON(nasty) + `,"b":` + asJSON("x "+nasty+"\n") + `}`,
		},
		scenario{
			name: "in a decoded JSON string", route: route{settings: settings, encoding: "json"}, send: ask, secrets: []string{nasty}, llmGot: masked,
			answer: say("application/json", `{"a":"[REDACTED_N_1]"}`), userJSON: `{"a":` + asJSON(nasty) + `}`,
		},
		scenario{
			name: "in plain text as it was", route: route{settings: settings}, send: ask, secrets: []string{nasty}, llmGot: masked,
			answer: say("text/plain", "x [REDACTED_N_1] y"), userGot: "x " + nasty + " y",
		},
		scenario{
			name: "in JSON that calls itself text", route: route{settings: settings}, send: ask, secrets: []string{nasty}, llmGot: masked,
			answer: say("text/plain", `{"a":"[REDACTED_N_1]"}`), userJSON: `{"a":` + asJSON(nasty) + `}`,
		},
		scenario{
			name: "in JSON of no type", route: route{settings: settings}, send: ask, secrets: []string{nasty}, llmGot: masked,
			answer: func(received) reply {
				return reply{header: http.Header{"Content-Type": nil}, body: []byte(`{"a":"[REDACTED_N_1]"}`)}
			},
			userJSON: `{"a":` + asJSON(nasty) + `}`,
		},
		scenario{
			name: "in a page", route: route{settings: settings}, send: ask, secrets: []string{nasty}, llmGot: masked,
			answer: say("text/html", "<p>[REDACTED_N_1]</p>"), userCheck: func(t *testing.T, r result) {
				sameBytes(t, "a browser shows", []byte(html.UnescapeString(string(r.body))), "<p>"+nasty+"</p>")
				if strings.Contains(string(r.body), "</script>") {
					t.Errorf("the value is not escaped: %q", r.body)
				}
			},
		},
		scenario{
			name: "in a tool call's arguments", route: route{settings: settings}, send: ask, secrets: []string{nasty}, llmGot: masked,
			answer: say("application/json", toolCall), userCheck: checkArguments,
		},
		scenario{
			name: "in a decoded tool call's arguments", route: route{settings: settings, encoding: "json"}, send: ask, secrets: []string{nasty}, llmGot: masked,
			answer: say("application/json", toolCall), userCheck: checkArguments,
		},
		scenario{
			name: "arguments of the history are masked inside their JSON", route: route{settings: settings},
			send:    message{body: `{"messages":[{"role":"assistant","tool_calls":[{"function":{"name":"f","arguments":` + asJSON(`{"to":`+asJSON(nasty)+`}`) + `}}]}]}`},
			secrets: []string{nasty}, answer: say("application/json", toolCall),
			llmGot:    `{"messages":[{"role":"assistant","tool_calls":[{"function":{"name":"f","arguments":` + asJSON(`{"to":"[REDACTED_N_1]"}`) + `}}]}]}`,
			userCheck: checkArguments,
		},
	))
}

func TestModifiersAtBothLevelsRestoreOnce(t *testing.T) {
	t.Parallel()
	atBackend := obj{"plugin/req-resp-modifier": obj{
		"name":   list{"redact-request", "redact-response"},
		"redact": obj{"policy": policy(rule("Cards", `\d{16}`, "[REDACTED_CC]"))},
	}}
	atEndpoint := obj{"policy": policy(rule("Mails", `[\w.]+@[\w.]+\w`, "[REDACTED_EMAIL]"))}
	newGroup(t).run(t, []scenario{
		{
			name: "raw", route: route{atEndpoint: true, settings: atEndpoint, backendExtra: atBackend}, answer: llm,
			send: message{body: chat(email + " " + card + " [REDACTED_CC_1]")}, secrets: []string{email, card},
			llmGot: chat("[REDACTED_EMAIL_1] [REDACTED_CC_2] [REDACTED_CC_1]"), userGot: said(email + " " + card + " [REDACTED_CC_1]"),
		},
		{
			name: "decoded", route: route{atEndpoint: true, settings: atEndpoint, backendExtra: atBackend, encoding: "json"}, answer: llm,
			send: message{body: chat(email + " " + card)}, secrets: []string{email, card},
			llmGot: chat("[REDACTED_EMAIL_1] [REDACTED_CC_1]"), userJSON: said(email + " " + card),
		},
	})
}
