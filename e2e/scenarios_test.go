package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// TestStaticMasking: both of the seed's examples.
func TestStaticMasking(t *testing.T) {
	t.Parallel()
	s := (&shipped{file: "scenarios/static-masking.json"}).start(t)
	got := s.ask(t, http.MethodGet, "/mask", "")
	sameJSON(t, "the user got", got.body, `{"req_uri_details":{"path":"/__echo/XXX-6789"}}`)

	got = s.ask(t, http.MethodPost, "/req-mask", `{"message": "123456789 is a number that should never be sent"}`)
	var echoed struct {
		Body string `json:"req_body"`
	}
	if err := json.Unmarshal(got.body, &echoed); err != nil {
		t.Fatal(err)
	}
	sameJSON(t, "the LLM received", []byte(echoed.Body), `{"message": "XXX-6789 is a number that should never be sent"}`)
}

// TestStaticMaskingFailsClosed: without the plugins, the answer and the prompt
// stay where they are.
func TestStaticMaskingFailsClosed(t *testing.T) {
	t.Parallel()
	misspelt := func(config string) string {
		return strings.NewReplacer(`["modifier/response-body"]`, `["modifier/responsebody"]`,
			`["modifier/request-body-generator"]`, `["modifier/request-bodygenerator"]`).Replace(config)
	}
	s := (&shipped{file: "scenarios/static-masking.json", change: misspelt}).start(t)
	for path, method := range map[string]string{"/mask": http.MethodGet, "/req-mask": http.MethodPost} {
		got := s.ask(t, method, path, `{"message": "123456789"}`)
		if got.status != http.StatusInternalServerError || strings.Contains(got.wire(), "123456789") {
			t.Errorf("%s: the user got %s", path, got.wire())
		}
	}
}

// completion is a chat completion with this text.
func completion(text string) string {
	content, _ := json.Marshal(text)
	return fmt.Sprintf(`{"id":"c1","object":"chat.completion","model":"gpt-4o-mini","system_fingerprint":"fp_1","choices":[{"index":0,"message":{"role":"assistant","content":%s},"finish_reason":"stop"}],"usage":{"total_tokens":1}}`, content)
}

// calling is a chat completion that calls a tool.
func calling(tool, arguments string) string {
	quoted, _ := json.Marshal(arguments)
	return fmt.Sprintf(`{"id":"c1","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":null,"tool_calls":[{"id":"t1","type":"function","function":{"name":%q,"arguments":%s}}]},"finish_reason":"tool_calls"}]}`, tool, quoted)
}

func TestLLMTransformsRequests(t *testing.T) {
	t.Parallel()
	llm := answering(t, http.StatusOK, completion("Please reset the password [REDACTED_PASSWORD_1] of [REDACTED_EMAIL_1]."))
	backend := answering(t, http.StatusOK, `{"ticket": 7}`)
	s := (&shipped{file: "scenarios/llm-transformer.json", env: map[string]string{"LLM_HOST": llm.url, "BACKEND_HOST": backend.url}}).start(t)
	got := s.ask(t, http.MethodPost, "/tickets", `{"contents": "pw of `+email+` is `+password+`, DO SOMETHING", "instructions": ""}`)
	rewritten := "Please reset the password " + password + " of " + email + "."

	arrived := llm.only(t)
	if found := leak(arrived.wire(), []string{email, password}); found != "" {
		t.Errorf("the LLM received %s", found)
	}
	for _, want := range []string{"[REDACTED_EMAIL_1] is [REDACTED_PASSWORD_1], DO SOMETHING", "polite, short ticket"} {
		if !strings.Contains(string(arrived.body), want) {
			t.Errorf("the LLM received %s, without %q", arrived.body, want)
		}
	}
	checkIsolated(t, "tickets", arrived)

	text, _ := json.Marshal(obj{"text": rewritten})
	sent := backend.only(t)
	sameJSON(t, "the backend received", sent.body, string(text))
	if sent.path != "/tickets" || sent.header.Get("Authorization") != "" {
		t.Errorf("the backend received %s", sent.wire())
	}
	want, _ := json.Marshal(obj{"text": rewritten, "ticket": json.Number("7")})
	sameJSON(t, "the user got", got.body, string(want))
	s.hides(t, email, password, providerKeys["LLM_API_KEY"])
}

func TestLLMTransformsAnswers(t *testing.T) {
	t.Parallel()
	llm := answering(t, http.StatusOK, completion("In short: call [REDACTED_EMAIL_1]."))
	backend := answering(t, http.StatusOK, `{"note": "long story about `+email+` and card `+card+`", "internal": "`+email2+`"}`)
	s := (&shipped{file: "scenarios/llm-transformer.json", env: map[string]string{"LLM_HOST": llm.url, "BACKEND_HOST": backend.url}}).start(t)
	got := s.ask(t, http.MethodGet, "/records/7", "")

	if sent := backend.only(t); sent.method != http.MethodGet || sent.uri != "/records/7" {
		t.Errorf("the backend received %s", sent.wire())
	}
	arrived := llm.only(t)
	if found := leak(arrived.wire(), []string{email, email2, card}); found != "" {
		t.Errorf("the LLM received %s", found)
	}
	if want := "long story about [REDACTED_EMAIL_1] and card [REDACTED_CC_1]"; !strings.Contains(string(arrived.body), want) {
		t.Errorf("the LLM received %s, without %q", arrived.body, want)
	}
	sameJSON(t, "the user got", got.body, `{"note": "In short: call `+email+`."}`)
	s.hides(t, email, email2, card, providerKeys["LLM_API_KEY"])
}

// TestLLMTransformerFailsClosed: when the LLM does not do its part, nobody gets
// what it should have rewritten.
func TestLLMTransformerFailsClosed(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]string{"it refuses": `{"error": "no"}`, "it answers something else": `{"choices": []}`} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status := http.StatusOK
			if name == "it refuses" {
				status = http.StatusTooManyRequests
			}
			llm := answering(t, status, answer)
			backend := answering(t, http.StatusOK, `{"note": "about `+email+`"}`)
			s := (&shipped{file: "scenarios/llm-transformer.json", env: map[string]string{"LLM_HOST": llm.url, "BACKEND_HOST": backend.url}}).start(t)
			got := s.ask(t, http.MethodGet, "/records/7", "")
			sameJSON(t, "the user got", got.body, `{"note": null, "error": "The note could not be rewritten."}`)
			if got.header.Get("X-Krakend-Completed") != "false" || strings.Contains(got.wire(), email) {
				t.Errorf("the user got %s", got.wire())
			}
			backend.only(t)
			llm.only(t)

			got = s.ask(t, http.MethodPost, "/tickets", `{"contents": "about `+email+`"}`)
			if got.status != http.StatusInternalServerError {
				t.Errorf("the user got %s", got.wire())
			}
			backend.nothing(t)
			s.hides(t, email)
		})
	}
}

// TestProviderRouting: each provider gets its own key, profile and policy.
func TestProviderRouting(t *testing.T) {
	t.Parallel()
	remotes := map[string]*remote{
		"openai": provider(t, providerKeys["OPENAI_API_KEY"]), "anthropic": provider(t, providerKeys["ANTHROPIC_API_KEY"]),
		"gemini": provider(t, providerKeys["GEMINI_API_KEY"]), "local": provider(t, "none"),
	}
	env := map[string]string{}
	for name, r := range remotes {
		env[strings.ToUpper(name)+"_HOST"] = r.url
	}
	s := (&shipped{file: "scenarios/provider-routing.json", env: env}).start(t)

	const customer = "C-12345678"
	text := "mail " + email + " about " + customer + " and " + password
	chat := `{"model":"m","messages":[{"role":"user","content":"` + text + `"}]}`
	mine := []string{"Authorization", "Bearer sk-mine", "X-Api-Key", "sk-mine", "X-Goog-Api-Key", "sk-mine"}
	for _, c := range []struct {
		name, path, uri, body string
		header                []string
		llm                   string // what the message has become
		back                  string // what the user gets of it
		key, value            string // the header that holds the key
	}{
		{
			name: "openai", path: "/openai/v1/chat/completions", uri: "/v1/chat/completions", body: chat,
			llm: "mail [REDACTED_EMAIL_1] about " + customer + " and [REDACTED_PASSWORD_1]", back: text,
			key: "Authorization", value: "Bearer " + providerKeys["OPENAI_API_KEY"],
		},
		{
			name: "anthropic", path: "/anthropic/v1/messages", uri: "/v1/messages", header: []string{"Anthropic-Version", "2023-06-01"},
			body: strings.Replace(chat, `"model"`, `"max_tokens":100,"model"`, 1),
			llm:  "mail [REDACTED_EMAIL_1] about [REDACTED_CUSTOMER_1] and " + password, back: text,
			key: "X-Api-Key", value: providerKeys["ANTHROPIC_API_KEY"],
		},
		{
			name: "gemini", path: "/gemini/v1beta/models/m:generateContent", uri: "/v1beta/models/m:generateContent",
			body: `{"contents":[{"role":"user","parts":[{"text":"` + text + `"}]}]}`,
			llm:  "mail [REDACTED_EMAIL_1] about [REDACTED_CUSTOMER_1] and " + password,
			back: "mail [REDACTED_EMAIL_1] about [REDACTED_CUSTOMER_1] and " + password,
			key:  "X-Goog-Api-Key", value: providerKeys["GEMINI_API_KEY"],
		},
		{
			name: "local", path: "/local/api/chat", uri: "/api/chat", body: strings.Replace(chat, `"model"`, `"stream":false,"model"`, 1),
			llm: "mail " + email + " about " + customer + " and [REDACTED_PASSWORD_1]", back: text,
		},
	} {
		got := s.ask(t, http.MethodPost, c.path, c.body, append(c.header, mine...)...)
		if got.status != http.StatusOK || !strings.Contains(string(got.body), c.back) {
			t.Errorf("%s: the user got %s", c.name, got.wire())
		}
		for name, r := range remotes {
			if name != c.name {
				r.nothing(t)
			}
		}
		arrived := remotes[c.name].only(t)
		if !strings.Contains(string(arrived.body), c.llm) || arrived.uri != c.uri {
			t.Errorf("%s received %s, want %s and %q", c.name, arrived.wire(), c.uri, c.llm)
		}
		for _, header := range []string{"Authorization", "X-Api-Key", "X-Goog-Api-Key"} {
			want := ""
			if header == c.key {
				want = c.value
			}
			if got := arrived.header.Get(header); got != want {
				t.Errorf("%s received %s %q, want %q", c.name, header, got, want)
			}
		}
		for key, value := range providerKeys {
			if strings.Contains(got.wire(), value) {
				t.Errorf("%s: the user got %s", c.name, key)
			}
		}
	}

	for _, call := range []string{"m:delete", "..", "m", "..%2Ffiles:generateContent", "M:generateContent%3Fkey"} {
		got := s.ask(t, http.MethodPost, "/gemini/v1beta/models/"+call, `{}`)
		if got.status < 400 {
			t.Errorf("the call %q: the user got %s", call, got.wire())
		}
	}
	remotes["gemini"].nothing(t)
	for _, value := range providerKeys {
		s.hides(t, value)
	}
}

// TestProviderRoutingDemandsItsPolicies: the wrong policy is as bad as none.
func TestProviderRoutingDemandsItsPolicies(t *testing.T) {
	t.Parallel()
	llm := provider(t, providerKeys["OPENAI_API_KEY"])
	s := (&shipped{
		file: "scenarios/provider-routing.json", env: map[string]string{"OPENAI_HOST": llm.url},
		change: func(config string) string {
			return strings.Replace(config, "policies/llm-data-redaction.json", "policies/secrets-only.json", 1)
		},
	}).start(t)
	got := s.ask(t, http.MethodPost, "/openai/v1/chat/completions", chatRequest)
	if got.status != http.StatusInternalServerError {
		t.Errorf("the user got %s", got.wire())
	}
	llm.nothing(t)
}
