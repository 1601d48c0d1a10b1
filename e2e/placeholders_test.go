package e2e

import (
	"net/http"
	"strings"
	"testing"
)

func TestPlaceholdersAreNeverMistaken(t *testing.T) {
	t.Parallel()
	secrets := []string{email, email2, card}
	settings := func(p obj) route { return route{settings: obj{"policy": p}} }
	newGroup(t).run(t, atBothLevels(
		scenario{
			name: "a literal placeholder in the prompt keeps its number and stays literal", answer: llm,
			send: message{body: chat("[REDACTED_EMAIL_1] is not " + email)}, secrets: secrets,
			llmGot: chat("[REDACTED_EMAIL_1] is not [REDACTED_EMAIL_2]"), userGot: said("[REDACTED_EMAIL_1] is not " + email),
		},
		scenario{
			name: "literal numbers are skipped wherever they stand", answer: llm,
			send: message{body: chat(email + " " + email2 + " [REDACTED_EMAIL_2] [REDACTED_CC_1] " + card)}, secrets: secrets,
			llmGot:  chat("[REDACTED_EMAIL_1] [REDACTED_EMAIL_3] [REDACTED_EMAIL_2] [REDACTED_CC_1] [REDACTED_CC_2]"),
			userGot: said(email + " " + email2 + " [REDACTED_EMAIL_2] [REDACTED_CC_1] " + card),
		},
		scenario{
			name: "a literal in an escaped spelling counts", route: route{encoding: "no-op"},
			send: message{body: `{"a":"\u005bREDACTED_EMAIL\u005f1]","b":"` + email + `"}`}, secrets: secrets,
			llmGot: `{"a":"\u005bREDACTED_EMAIL\u005f1]","b":"[REDACTED_EMAIL_2]"}`, userGot: `{"a":"\u005bREDACTED_EMAIL\u005f1]","b":"` + email + `"}`,
		},
		scenario{
			name: "a literal in a key counts",
			send: message{body: `{"[REDACTED_EMAIL_1]":1,"b":"` + email + `"}`}, secrets: secrets,
			llmGot: `{"[REDACTED_EMAIL_1]":1,"b":"[REDACTED_EMAIL_2]"}`, userGot: `{"[REDACTED_EMAIL_1]":1,"b":"` + email + `"}`,
		},
		scenario{
			name: "a literal where nobody looks for values counts", route: route{settings: obj{"fields": list{"b"}}},
			send: message{body: `{"a":"[REDACTED_EMAIL_1]","b":"` + email + `"}`}, secrets: secrets,
			llmGot: `{"a":"[REDACTED_EMAIL_1]","b":"[REDACTED_EMAIL_2]"}`, userGot: `{"a":"[REDACTED_EMAIL_1]","b":"` + email + `"}`,
		},
		scenario{
			name: "literals in query and headers count", route: route{inputQuery: []string{"*"}, inputHeaders: []string{"*"}, settings: obj{"headers": list{"X-User"}}}, answer: llm,
			send:    message{query: "q=%5BREDACTED_EMAIL_1%5D", header: http.Header{"X-User": {"[REDACTED_EMAIL_2]"}}, body: chat(email)},
			secrets: secrets, llmGot: chat("[REDACTED_EMAIL_3]"), userGot: said(email),
		},
		scenario{
			name: "an invented number is left as it is", answer: say("application/json", `{"a":"[REDACTED_EMAIL_99] [REDACTED_EMAIL_1] [REDACTED_EMAIL_10] [REDACTED_EMAIL_] [REDACTED_EMAIL_1"}`),
			send: message{body: chat(email)}, secrets: secrets, llmGot: chat("[REDACTED_EMAIL_1]"),
			userGot: `{"a":"[REDACTED_EMAIL_99] ` + email + ` [REDACTED_EMAIL_10] [REDACTED_EMAIL_] [REDACTED_EMAIL_1"}`,
		},
		scenario{
			name: "repeated 1,000 times", answer: say("application/json", `["`+strings.Repeat("[REDACTED_EMAIL_1] [REDACTED_EMAIL_2],", 1000)+`"]`),
			send: message{body: chat(email + " " + email2)}, secrets: secrets, llmGot: chat("[REDACTED_EMAIL_1] [REDACTED_EMAIL_2]"),
			userGot: `["` + strings.Repeat(email+" "+email2+",", 1000) + `"]`,
		},
		scenario{
			name: "a value that contains a placeholder is not restored twice", route: settings(policy(
				rule("Quote", `<<.*?>>`, "[REDACTED_Q]"), rule("Mail", `[\w.]+@[\w.]+\w`, "[REDACTED_M]"),
			)),
			answer: llm, send: message{body: chat(email + " <<[REDACTED_M_1] and [REDACTED_Q_1]>>")}, secrets: append([]string{"<<[REDACTED_M_1] and"}, secrets...),
			llmGot: chat("[REDACTED_M_2] [REDACTED_Q_2]"), userJSON: said(email + " <<[REDACTED_M_1] and [REDACTED_Q_1]>>"),
		},
		scenario{
			name: "placeholders side by side", answer: llm, send: message{body: chat("<" + email + "><" + email2 + ">")}, secrets: secrets,
			llmGot: chat("<[REDACTED_EMAIL_1]><[REDACTED_EMAIL_2]>"), userGot: said("<" + email + "><" + email2 + ">"),
		},
		scenario{
			name: "brackets around a placeholder", answer: say("text/plain", "[[REDACTED_EMAIL_1]] [REDACTED_[REDACTED_EMAIL_1]_1]"),
			send: message{body: chat(email)}, secrets: secrets, llmGot: chat("[REDACTED_EMAIL_1]"), userGot: "[" + email + "] [REDACTED_" + email + "_1]",
		},
		scenario{
			name: "replacements that begin alike are told apart", route: settings(policy(
				rule("A", `alpha\d+`, "[R]"), rule("B", `bravo\d+`, "[R_1]"),
			)),
			answer: llm, send: message{body: chat("alpha11 bravo22 alpha33")}, secrets: []string{"alpha11", "bravo22", "alpha33"},
			llmCheck: func(*testing.T, received) {}, // the spelling does not matter, as long as it can be undone
			userGot:  said("alpha11 bravo22 alpha33"),
		},
	))
}

// A chat history grows at its end: what was sent before must keep its numbers,
// or the provider's prompt cache is lost and the model confuses people.
func TestNumbersStayWhenTheHistoryGrows(t *testing.T) {
	t.Parallel()
	g := newGroup(t)
	e := g.add(route{}, nil)
	g.start(t)
	people := []string{email, email2, "third@example.net", card, "fourth@example.net", email}
	g.hide(people...)
	sent, before := "", ""
	for i, p := range people {
		sent += `{"role":"user","content":"turn ` + p + `"},`
		body := `{"messages":[` + strings.TrimSuffix(sent, ",") + `]}`
		res := e.send(t, message{body: body})
		sameBytes(t, "the user got", res.body, body)
		got := e.received()
		now := strings.TrimSuffix(string(got[len(got)-1].body), `]}`)
		if found := leak(now, people); found != "" {
			t.Fatalf("the LLM received %s", found)
		}
		if !strings.HasPrefix(now, before) || len(now) == len(before) {
			t.Fatalf("turn %d changed what was sent before:\n%s\n%s", i, before, now)
		}
		before = now
	}
	if !strings.HasSuffix(before, `turn [REDACTED_EMAIL_1]"}`) {
		t.Errorf("the last turn repeats the first address: %s", before)
	}
}
