package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// chat is a chat completion request with one user message.
func chat(content string) string {
	b, _ := json.Marshal(content)
	return `{"model":"gpt-4","messages":[{"role":"user","content":` + string(b) + `}]}`
}

// llm answers a chat request as a model would, quoting the last message.
func llm(r received) reply {
	var req struct {
		Messages []struct{ Content string }
	}
	if err := json.Unmarshal(r.body, &req); err != nil || len(req.Messages) == 0 {
		return reply{status: http.StatusBadRequest, body: r.body}
	}
	text, _ := json.Marshal("You said: " + req.Messages[len(req.Messages)-1].Content)
	return reply{
		header: http.Header{"Content-Type": {"application/json"}},
		body:   []byte(`{"id":"chatcmpl-1","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":` + string(text) + `},"finish_reason":"stop"}],"usage":{"total_tokens":12}}`),
	}
}

// said is what llm answers to text, as the user should see it.
func said(text string) string {
	b, _ := json.Marshal("You said: " + text)
	return `{"id":"chatcmpl-1","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":` + string(b) + `},"finish_reason":"stop"}],"usage":{"total_tokens":12}}`
}

func TestSeedPolicyMasksThePromptAndRestoresTheAnswer(t *testing.T) {
	t.Parallel()
	const (
		asked  = "dont tell anyone, but my password is: super_s3cr3t_password"
		all    = "I am " + email + ", my card is " + card + ", my password " + password + "; write to " + email2 + ", not to " + email + "."
		masked = "I am [REDACTED_EMAIL_1], my card is [REDACTED_CC_1], my password [REDACTED_PASSWORD_1]; write to [REDACTED_EMAIL_2], not to [REDACTED_EMAIL_1]."
	)
	auth := http.Header{"Authorization": {"Bearer your-api-key"}, "Content-Type": {"application/json"}}
	forward := []string{"Authorization", "Content-Type"}
	newGroup(t).run(t, atBothLevels(
		scenario{
			name:    "the seed's own request",
			route:   route{inputHeaders: forward},
			answer:  llm,
			send:    message{header: auth, body: chat(asked)},
			secrets: []string{password},
			llmGot:  chat("dont tell anyone, but my password is: [REDACTED_PASSWORD_1]"),
			llmCheck: func(t *testing.T, r received) {
				if got := r.header.Get("Authorization"); got != "Bearer your-api-key" {
					t.Errorf("the LLM received Authorization %q", got)
				}
			},
			userGot: said(asked),
		},
		scenario{
			name: "all three rules in one text", answer: llm, send: message{body: chat(all)},
			secrets: []string{email, email2, card, password},
			llmGot:  chat(masked), userGot: said(all),
		},
		scenario{
			name: "numbers go by first appearance", answer: llm,
			send:    message{body: chat(email2 + " " + email + " " + email2)},
			secrets: []string{email, email2},
			llmGot:  chat("[REDACTED_EMAIL_1] [REDACTED_EMAIL_2] [REDACTED_EMAIL_1]"), userGot: said(email2 + " " + email + " " + email2),
		},
		scenario{
			name: "nothing to find, nothing changed", answer: llm, send: message{body: chat("hello @ all, 4111 11")},
			llmGot: chat("hello @ all, 4111 11"), userGot: said("hello @ all, 4111 11"),
		},
		scenario{
			name: "other spellings are found without regard to case and come back as they were", answer: llm,
			send:    message{body: chat("Super_S3cr3t_Password super_s3cr3t_password SUPER_S3CR3T_PASSWORD Super_S3cr3t_Password")},
			secrets: []string{password},
			llmGot:  chat("[REDACTED_PASSWORD_1] [REDACTED_PASSWORD_2] [REDACTED_PASSWORD_3] [REDACTED_PASSWORD_1]"),
			userGot: said("Super_S3cr3t_Password super_s3cr3t_password SUPER_S3CR3T_PASSWORD Super_S3cr3t_Password"),
		},
		scenario{
			name: "model and role are structure, not text",
			route: route{settings: obj{"policy": policy(
				rule("Words", `gpt-4|user|secret\d`, "[REDACTED_WORD]"),
			)}},
			answer: llm, send: message{body: chat("the user of gpt-4 knows secret7")}, secrets: []string{"secret7"},
			llmGot: chat("the [REDACTED_WORD_1] of [REDACTED_WORD_2] knows [REDACTED_WORD_3]"), userGot: said("the user of gpt-4 knows secret7"),
		},
	))
}

func TestRuleFieldsDoWhatTheySay(t *testing.T) {
	t.Parallel()
	with := func(rules ...obj) route { return route{settings: obj{"policy": policy(rules...)}} }
	withPolicy := func(p obj, more obj) route {
		for k, v := range more {
			p[k] = v
		}
		return route{settings: obj{"policy": p}}
	}
	emails := func(more ...obj) obj { return rule("Emails", `[\w.]+@[\w.]+\w`, "[REDACTED_EMAIL]", more...) }
	newGroup(t).run(t, []scenario{
		{
			name: "unmask_for_user false leaves the placeholders in the answer", answer: llm,
			route: withPolicy(policy(emails()), obj{"unmask_for_user": false}),
			send:  message{body: chat("I am " + email)}, secrets: []string{email},
			llmGot: chat("I am [REDACTED_EMAIL_1]"), userGot: said("I am [REDACTED_EMAIL_1]"),
		},
		{
			name: "unmask_for_user true of a rule overrides the policy's false", answer: llm,
			route: withPolicy(policy(emails(obj{"unmask_for_user": true}), rule("Card", `\d{16}`, "[REDACTED_CC]")), obj{"unmask_for_user": false}),
			send:  message{body: chat(email + " " + card)}, secrets: []string{email, card},
			llmGot: chat("[REDACTED_EMAIL_1] [REDACTED_CC_1]"), userGot: said(email + " [REDACTED_CC_1]"),
		},
		{
			name: "unmask_for_user false of a rule overrides the policy's true", answer: llm,
			route: with(emails(), rule("Card", `\d{16}`, "[REDACTED_CC]", obj{"unmask_for_user": false})),
			send:  message{body: chat(email + " " + card)}, secrets: []string{email, card},
			llmGot: chat("[REDACTED_EMAIL_1] [REDACTED_CC_1]"), userGot: said(email + " [REDACTED_CC_1]"),
		},
		{
			name: "a rule that is not enabled does nothing", answer: llm,
			route: with(emails(), rule("Card", `\d{16}`, "[REDACTED_CC]", obj{"enabled": false})),
			send:  message{body: chat(email + " " + card)}, secrets: []string{email},
			llmGot: chat("[REDACTED_EMAIL_1] " + card), userGot: said(email + " " + card),
		},
		{
			name: "case_sensitive true leaves other spellings", answer: llm,
			route: with(rule("Project", "Bluebird", "[REDACTED_PROJECT]", obj{"case_sensitive": true})),
			send:  message{body: chat("Bluebird and bluebird")}, secrets: []string{"Bluebird and"},
			llmGot: chat("[REDACTED_PROJECT_1] and bluebird"), userGot: said("Bluebird and bluebird"),
		},
		{
			name: "literal takes metacharacters as they are", answer: llm,
			route: with(rule("Code", `a.b*(c)[1]`, "[REDACTED_CODE]", obj{"literal": true})),
			send:  message{body: chat("a.b*(c)[1] but not axb")}, secrets: []string{"a.b*(c)[1]"},
			llmGot: chat("[REDACTED_CODE_1] but not axb"), userGot: said("a.b*(c)[1] but not axb"),
		},
		{
			name: "a pattern that matches nothing as well masks only what there is", answer: llm,
			route: with(rule("Maybe", "z*", "[REDACTED_Z]")), send: message{body: chat("a zebra zz")}, secrets: []string{"zebra"},
			llmGot: chat("a [REDACTED_Z_1]ebra [REDACTED_Z_2]"), userGot: said("a zebra zz"),
		},
		{
			name: "a plain word is the same with and without literal", answer: llm,
			route: with(rule("One", "bluebird", "[REDACTED_ONE]", obj{"literal": true}), rule("Two", "kingfisher", "[REDACTED_TWO]", obj{"literal": false})),
			send:  message{body: chat("bluebird kingfisher")}, secrets: []string{"bluebird", "kingfisher"},
			llmGot: chat("[REDACTED_ONE_1] [REDACTED_TWO_1]"), userGot: said("bluebird kingfisher"),
		},
		{
			name: "literal without regard to case keeps each spelling", answer: llm,
			route: with(rule("Code", "key.01", "[REDACTED_CODE]", obj{"literal": true, "case_sensitive": false})),
			send:  message{body: chat("KEY.01 key.01 keyx01")}, secrets: []string{"key.01"},
			llmGot: chat("[REDACTED_CODE_1] [REDACTED_CODE_2] keyx01"), userGot: said("KEY.01 key.01 keyx01"),
		},
		{
			name: "a replacement without closing bracket gets the number at its end", answer: llm,
			route: with(rule("Emails", `[\w.]+@[\w.]+\w`, "EMAIL")),
			send:  message{body: chat(email + ", " + email2)}, secrets: []string{email, email2},
			llmGot: chat("EMAIL_1, EMAIL_2"), userGot: said(email + ", " + email2),
		},
		{
			name: "comment keys are allowed in settings, policy and rule", answer: llm,
			route: route{
				settings: obj{
					"policy": func() obj {
						p := policy(emails(obj{"@why": "a", "$ref": 1, "_old": true, "#x": nil}))
						p["$schema"], p["@author"], p["_x"], p["#y"] = "s", "me", 1, list{}
						return p
					}(),
					"@comment": "x", "$id": 1, "_note": obj{}, "#off": true,
				},
			},
			send: message{body: chat(email)}, secrets: []string{email},
			llmGot: chat("[REDACTED_EMAIL_1]"), userGot: said(email),
		},
		{
			name: "fields limits the search to the paths named", answer: echo,
			route:   route{settings: obj{"policy": policy(emails()), "fields": list{"messages.*.content", "user.name"}}},
			send:    message{body: `{"user":{"name":"` + email + `","id":"a@b.example"},"messages":[{"content":"` + email2 + `","note":"c@d.example"}]}`},
			secrets: []string{email, email2},
			llmGot:  `{"user":{"name":"[REDACTED_EMAIL_1]","id":"a@b.example"},"messages":[{"content":"[REDACTED_EMAIL_2]","note":"c@d.example"}]}`,
			userGot: `{"user":{"name":"` + email + `","id":"a@b.example"},"messages":[{"content":"` + email2 + `","note":"c@d.example"}]}`,
		},
	})
}

func TestOverlappingMatchesAreMaskedOnceAndWhole(t *testing.T) {
	t.Parallel()
	with := func(rules ...obj) route { return route{settings: obj{"policy": policy(rules...)}} }
	r := func(name, pattern string) obj { return rule(name, pattern, "["+name+"]") }
	newGroup(t).run(t, []scenario{
		{
			name: "leftmost wins and the rest of the loser is masked by its own rule", answer: llm,
			route: with(r("LATE", "cdefgh"), r("EARLY", "abcd")),
			send:  message{body: chat("x abcdefgh y")}, secrets: []string{"abcd", "cdefgh", "efgh"},
			llmGot: chat("x [EARLY_1][LATE_1] y"), userGot: said("x abcdefgh y"),
		},
		{
			name: "at the same place the longest wins", answer: llm,
			route: with(r("SHORT", "abcd"), r("LONG", "abcdefgh")),
			send:  message{body: chat("abcdefgh abcd")}, secrets: []string{"abcd", "efgh"},
			llmGot: chat("[LONG_1] [SHORT_1]"), userGot: said("abcdefgh abcd"),
		},
		{
			name: "of equal matches the first rule wins", answer: llm,
			route: with(r("FIRST", "abc[d]"), r("SECOND", "abcd")),
			send:  message{body: chat("abcd")}, secrets: []string{"abcd"},
			llmGot: chat("[FIRST_1]"), userGot: said("abcd"),
		},
		{
			name: "a match inside another disappears in it", answer: llm,
			route: with(r("INNER", "cde"), r("OUTER", "abcdefgh")),
			send:  message{body: chat("abcdefgh")}, secrets: []string{"abcd", "efgh"},
			llmGot: chat("[OUTER_1]"), userGot: said("abcdefgh"),
		},
		{
			name: "a rule does not find what another rule has put there", answer: llm,
			route: with(r("EMAIL", `[\w.]+@[\w.]+\w`), r("WORD", "EMAIL")),
			send:  message{body: chat(email + " EMAIL")}, secrets: []string{email},
			llmGot: chat("[EMAIL_1] [WORD_1]"), userGot: said(email + " EMAIL"),
		},
	})
}

func TestPolicyPathMayBeRelativeToTheWorkingDirectory(t *testing.T) {
	t.Parallel()
	g := newGroup(t)
	e := g.add(route{settings: obj{"policy": "seed-policy.json"}}, llm) // written beside the gateway's configuration
	g.start(t)
	scenario{
		send: message{body: chat("I am " + email)}, secrets: []string{email},
		llmGot: chat("I am [REDACTED_EMAIL_1]"), userGot: said("I am " + email),
	}.play(t, e)
}

func TestLogNamesPolicyAndCountsAndNeverAValue(t *testing.T) {
	t.Parallel()
	g := newGroup(t)
	e := g.add(route{settings: obj{"proxy": "sales-chat"}}, llm)
	g.start(t)

	var line string
	if !g.logs(func(l string) bool { line = l; return strings.Contains(l, "llm-data-redaction") }) {
		t.Fatal("the log does not name the policy")
	}
	for _, want := range []string{"1.0", "sales-chat", "Secret Password", "Credit Card Numbers", "Email Addresses"} {
		if !strings.Contains(line, want) {
			t.Errorf("the start line %q does not name %q", line, want)
		}
	}
	if strings.Contains(g.log.String(), "A-Za-z0-9._%") {
		t.Error("the log shows a pattern")
	}

	scenario{
		send: message{body: chat(email + " " + email2 + " " + card)}, secrets: []string{email, email2, card},
		llmGot: chat("[REDACTED_EMAIL_1] [REDACTED_EMAIL_2] [REDACTED_CC_1]"), userGot: said(email + " " + email2 + " " + card),
	}.play(t, e)
	g.counts(t, map[string]int{"Email Addresses": 2, "Credit Card Numbers": 1})
}

// counts asserts that one DEBUG line of the log counts findings by rule.
func (g *group) counts(t *testing.T, want map[string]int) {
	t.Helper()
	if !g.logs(func(line string) bool {
		all := strings.Contains(line, "DEBUG")
		for rule, n := range want {
			all = all && regexp.MustCompile(regexp.QuoteMeta(rule)+fmt.Sprintf(`\D+%d\b`, n)).MatchString(line)
		}
		return all
	}) {
		t.Errorf("no DEBUG line counts %v", want)
	}
}

func TestLogCountsAValueOfTheQueryOnce(t *testing.T) {
	t.Parallel()
	for _, atEndpoint := range []bool{false, true} {
		g := newGroup(t)
		g.quietAccess = true
		e := g.add(route{method: "GET", inputQuery: []string{"*"}, atEndpoint: atEndpoint}, say("text/plain", "hi"))
		g.start(t)
		scenario{
			send: message{query: "q=" + email}, secrets: []string{email}, llmCheck: queried(map[string][]string{"q": {"[REDACTED_EMAIL_1]"}}), userGot: "hi",
		}.play(t, e)
		g.counts(t, map[string]int{"Email Addresses": 1})
	}
}

// Two endpoints of one gateway keep their policies apart.
func TestEachScopeHasItsOwnPolicy(t *testing.T) {
	t.Parallel()
	newGroup(t).run(t, []scenario{
		{
			name: "one finds addresses only", answer: llm,
			route: route{settings: obj{"policy": policy(rule("Emails", `[\w.]+@[\w.]+\w`, "[REDACTED_EMAIL]"))}},
			send:  message{body: chat("x " + email + " 4222222222222")}, secrets: []string{email},
			llmGot: chat("x [REDACTED_EMAIL_1] 4222222222222"), userGot: said("x " + email + " 4222222222222"),
		},
		{
			name: "the other cards only", answer: llm,
			route: route{settings: obj{"policy": policy(rule("Cards", `\d{13,16}`, "[REDACTED_CC]"))}},
			send:  message{body: chat("x z@y.example " + card)}, secrets: []string{card},
			llmGot: chat("x z@y.example [REDACTED_CC_1]"), userGot: said("x z@y.example " + card),
		},
	})
}

func TestGatewayWithoutRedactSendsTheValue(t *testing.T) {
	t.Parallel()
	// The counter-proof: what the suite calls masked is really our doing.
	g := newGroup(t)
	e := g.add(route{names: []string{}}, llm)
	g.start(t)
	e.send(t, message{body: chat(email)})
	got := e.received()
	if len(got) != 1 || leak(got[0].wire(), []string{email}) == "" {
		t.Errorf("without modifiers the LLM should have received the address, got %v", got)
	}
}
