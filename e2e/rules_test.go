package e2e

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Values that packs find, made up, with right check digits.
const (
	ssn  = "536221234"
	iban = "DE89 3704 0044 0532 0130 00"
)

// with is an inline policy with more fields.
func with(fields obj, rules ...obj) obj {
	p := policy(rules...)
	for k, v := range fields {
		p[k] = v
	}
	return p
}

func settingsWith(p obj, more ...obj) obj {
	s := obj{"policy": p}
	for _, m := range more {
		for k, v := range m {
			s[k] = v
		}
	}
	return s
}

// ourRule is a rule for case numbers, with the fields of an action.
func ourRule(fields obj) obj {
	r := rule("Case", `\bC-[0-9]{6}\b`, "[CASE]", fields)
	if a := fields["action"]; a == "partial" || a == "block" || a == "alert" {
		delete(r, "replacement")
	}
	return r
}

func TestActions(t *testing.T) {
	t.Parallel()
	key := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(key, []byte("Jefe-and-more-key\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	const number = "C-123456"
	acting := func(fields obj) route {
		return route{settings: settingsWith(with(obj{"hash_key_file": key}, ourRule(fields)))}
	}
	g := newGroup(t)
	g.hide("Jefe-and-more-key")
	g.run(t, atBothLevels(
		scenario{
			name: "mask", route: acting(obj{"action": "mask"}), send: message{body: chat(number)}, secrets: []string{number},
			llmGot: chat("[CASE_1]"), userGot: chat(number),
		},
		scenario{
			name: "redact", route: acting(obj{"action": "redact"}), send: message{body: chat(number)}, secrets: []string{number},
			llmGot: chat("[CASE_1]"), userGot: chat("[CASE_1]"),
		},
		scenario{
			name: "partial", route: acting(obj{"action": "partial", "keep_last": 2}), send: message{body: chat(number)}, secrets: []string{number},
			llmGot: chat("******56"), userGot: chat("******56"),
		},
		scenario{
			name: "hash", route: acting(obj{"action": "hash"}), send: message{body: chat(number + " " + number)}, secrets: []string{number},
			llmCheck: func(t *testing.T, r received) {
				if n := strings.Count(string(r.body), "[CASE_h"); n != 2 {
					t.Errorf("the LLM received %s", r.body)
				}
			},
			userCheck: func(t *testing.T, r result) {
				if n := strings.Count(string(r.body), "[CASE_h"); n != 2 {
					t.Errorf("the user got %s", r.body)
				}
			},
		},
		scenario{
			name: "alert", route: acting(obj{"action": "alert"}), send: message{body: chat(number)},
			llmGot: chat(number), userGot: chat(number),
		},
	))
}

// A request with something forbidden anywhere in it is refused, and the rules
// are named; nothing of it is sent on.
func TestBlockedRequestsAreRefused(t *testing.T) {
	t.Parallel()
	const term = "Project Atlas"
	blocking := func(r route) route {
		r.settings = settingsWith(with(obj{"deny_terms": obj{"name": "Plans", "terms": list{term}, "whole_words": true, "action": "block"}},
			rule("Mail", `[a-z.]+@[a-z.]+`, "[MAIL]")), obj{"headers": list{"X-Note"}, "on_error": "pass"})
		r.inputHeaders, r.inputQuery = []string{"*"}, []string{"*"}
		return r
	}
	refused := func(name string, r route, m message) scenario {
		return scenario{name: name, route: blocking(r), send: m, secrets: []string{term, email}, refused: "blocked", status: http.StatusForbidden}
	}
	form := "--b\r\nContent-Disposition: form-data; name=\"f\"\r\n\r\nabout project atlas\r\n--b--\r\n"
	g := newGroup(t)
	g.quietAccess = true
	named := g.add(blocking(route{}), nil)
	t.Run("requests", func(t *testing.T) {
		g.run(t, atBothLevels(
			refused("in a message", route{}, message{body: chat("about " + term + " and " + email)}),
			refused("escaped", route{}, message{body: `{"a":"Project\u0020At\u006cas"}`}),
			refused("in JSON in a string", route{}, message{body: `{"a":"{\"b\":\"Project \\u0041tlas\"}"}`}),
			refused("behind entities and invisible characters", route{}, message{body: chat("Project&#32;At\u200blas")}),
			refused("in text", route{}, message{body: "about " + term, header: contentType("text/plain")}),
			refused("in a form", route{}, message{body: "a=1&b=Project+Atlas", header: contentType("application/x-www-form-urlencoded")}),
			refused("in multipart", route{}, message{body: form, header: contentType("multipart/form-data; boundary=b")}),
			refused("compressed", route{}, message{body: packed(t, gzipped, chat(term)), header: http.Header{"Content-Type": {"application/json"}, "Content-Encoding": {"gzip"}}}),
			refused("in the query", route{}, message{body: chat("hi"), query: "q=Project%20Atlas"}),
			refused("in the query of a GET", route{method: "GET"}, message{query: "q=project+atlas"}),
			refused("in a header", route{}, message{body: chat("hi"), header: http.Header{"Content-Type": {"application/json"}, "X-Note": {term}}}),
			scenario{name: "nothing", route: blocking(route{}), send: message{body: chat("about Projects, Atlas")}, llmGot: chat("about Projects, Atlas"), userGot: chat("about Projects, Atlas")},
		))
		if got := named.send(t, message{body: chat(term)}); !strings.Contains(string(got.body), "Plans") {
			t.Errorf("the answer names no rule: %s", got.body)
		}
	})
	if !g.logs(func(line string) bool { return strings.Contains(line, "was blocked by Plans") }) {
		t.Error("the log does not say which rule blocked")
	}
}

func TestPacks(t *testing.T) {
	t.Parallel()
	g := newGroup(t)
	packs := func(p obj) route { return route{settings: settingsWith(p)} }
	onlyPacks := obj{"packs": list{"default"}, "unmask_for_user": true}
	own := obj{
		"packs": list{"default"}, "unmask_for_user": true, "allow": list{"info@example.com"},
		"redaction_rules": list{
			obj{"name": "Cards", "detector": "credit_card", "action": "partial"},
			obj{"name": "Accounts", "detector": "iban", "enabled": false},
		},
	}
	g.run(t, atBothLevels(
		scenario{
			name: "a policy of nothing but packs", route: packs(onlyPacks),
			send:    message{body: chat(email + ", card " + card + ", " + iban + ", SSN " + ssn + "; is " + ssn + " right?")},
			secrets: []string{email, card, iban, ssn},
			llmGot:  chat("[REDACTED_EMAIL_1], card [REDACTED_CREDIT_CARD_1], [REDACTED_IBAN_1], SSN [REDACTED_SSN_1]; is [REDACTED_SSN_1] right?"),
			userGot: chat(email + ", card " + card + ", " + iban + ", SSN " + ssn + "; is " + ssn + " right?"),
		},
		scenario{
			name: "names of fields", route: packs(onlyPacks), send: message{body: `{"ssn":"` + ssn + `","password":"hunter2xyz"}`}, secrets: []string{ssn, "hunter2xyz"},
			llmGot: `{"ssn":"[REDACTED_SSN_1]","password":"[REDACTED_PASSWORD_1]"}`, userGot: `{"ssn":"` + ssn + `","password":"hunter2xyz"}`,
		},
		scenario{
			name: "rules take detectors out of packs", route: packs(own), send: message{body: chat(card + " " + iban + " info@example.com " + email)}, secrets: []string{card, email},
			llmGot: chat("************1111 " + iban + " info@example.com [REDACTED_EMAIL_1]"), userGot: chat("************1111 " + iban + " info@example.com " + email),
		},
	))
}

// In test mode nothing changes, whatever a request holds, and the log says what
// would have happened.
func TestTestMode(t *testing.T) {
	t.Parallel()
	r := route{
		settings: settingsWith(with(obj{"mode": "test"}, rule("Mail", `[a-z.]+@[a-z.]+\.[a-z]+`, "[MAIL]"), obj{"name": "Plans", "pattern": "Atlas", "action": "block"}),
			obj{"headers": list{"X-Note"}, "max_body_bytes": 200}),
		inputHeaders: []string{"*"}, inputQuery: []string{"*"},
	}
	same := func(name string, m message) scenario {
		return scenario{name: name, route: r, send: m, llmGot: m.body, userGot: m.body, llmCheck: func(t *testing.T, got received) {
			if m.query != "" && !strings.Contains(got.uri, m.query) {
				t.Errorf("the LLM received %s", got.uri)
			}
			for name, values := range m.header {
				if strings.Join(got.header[name], "|") != strings.Join(values, "|") {
					t.Errorf("the LLM received %s: %q", name, got.header[name])
				}
			}
		}}
	}
	g := newGroup(t)
	g.quietAccess = true
	g.hide(email)
	t.Run("requests", func(t *testing.T) {
		g.run(t, atBothLevels(
			same("JSON", message{body: chat(email + ` Atlas`)}),
			same("query and headers", message{body: chat("hi"), query: "q=jane.doe%40example.com", header: http.Header{"Content-Type": {"application/json"}, "X-Note": {email + " Atlas"}}}),
			same("broken JSON", message{body: `{"a":"` + email}),
			same("too large", message{body: chat(strings.Repeat("long ", 100) + email)}),
			same("compressed", message{body: packed(t, gzipped, chat(email)), header: http.Header{"Content-Type": {"application/json"}, "Content-Encoding": {"gzip"}}}),
			same("binary", message{body: "\x00\x01" + email, header: contentType("application/octet-stream")}),
		))
	})
	for _, want := range []string{"NOTHING IS MASKED", "would have been refused: the request was blocked by: Plans", "found Mail: 1, Plans: 1"} {
		if !g.logs(func(line string) bool { return strings.Contains(line, want) }) {
			t.Errorf("the log lacks %q", want)
		}
	}
}
