package e2e

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// chatTurn is one message of a history as OpenAI's Chat Completions has it.
func chatTurn(role, text string) string {
	return `{"role":"` + role + `","content":` + jsonOf(text) + `}`
}

// jsonOf is a value as clients write it.
func jsonOf(v any) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic(err) // the tests pass what JSON can hold
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// A history that grows for 50 turns, with the last message rewritten before it
// is sent once more: what was sent before stays byte for byte what the LLM has
// seen, and each person keeps their number.
func TestConversationKeepsItsNumbersOver50Turns(t *testing.T) {
	t.Parallel()
	const turns = 50
	g := newGroup(t)
	e := g.add(route{}, nil)
	e.answer = func(r received) reply { // quotes the last message
		v, err := parseJSON(r.body)
		if err != nil {
			return reply{status: 400}
		}
		messages := v.(obj)["messages"].(list)
		last := messages[len(messages)-1].(obj)["content"].(string)
		return reply{header: map[string][]string{"Content-Type": {"application/json"}}, body: []byte(
			`{"choices":[{"index":0,"message":{"role":"assistant","content":` + jsonOf("noted: "+last) + `},"finish_reason":"stop"}]}`,
		)}
	}
	g.start(t)

	var secrets []string
	mail := func(i int) string { return fmt.Sprintf("person%03d@example.net", i) }
	for i := range 2 * turns {
		secrets = append(secrets, mail(i))
	}
	secrets = append(secrets, card, password)
	g.hide(secrets...)

	// send returns the answer, and the messages as the LLM received them.
	send := func(history []string) (answer string, masked []string) {
		t.Helper()
		res := e.send(t, message{body: `{"model":"gpt-4","messages":[` + strings.Join(history, ",") + `]}`})
		v, err := parseJSON(res.body)
		if err != nil || res.status != 200 {
			t.Fatalf("the user got status %d: %s", res.status, res.body)
		}
		got := e.received()
		body := string(got[len(got)-1].body)
		if found := leak(got[len(got)-1].wire(), secrets); found != "" {
			t.Fatalf("the LLM received %s: %s", found, body)
		}
		inner := strings.TrimSuffix(strings.TrimPrefix(body, `{"model":"gpt-4","messages":[`), `]}`)
		masked = strings.SplitAfter(inner, `"},`)
		return at(v, []any{"choices", 0, "message", "content"}), masked
	}

	var history, seen []string
	for turn := range turns {
		// New people, people from before, and now and then other values.
		text := fmt.Sprintf("turn %d: %s knows %s", turn, mail(turn), mail(turn/2))
		if turn%7 == 3 {
			text += ", card " + card
		}
		if turn%11 == 5 {
			text += ", " + password
		}
		// The user sends a message, thinks better of it, and sends another.
		draft := fmt.Sprintf("draft %d: %s and %s", turn, mail(turns+turn), mail(turn/3))
		for _, last := range []string{draft, text} {
			answer, masked := send(append(history[:len(history):len(history)], chatTurn("user", last)))
			sameText(t, "the user got", answer, "noted: "+last)
			if len(masked) != len(history)+1 {
				t.Fatalf("turn %d: the LLM received %d messages, want %d", turn, len(masked), len(history)+1)
			}
			for i, before := range seen {
				if got := strings.TrimSuffix(masked[i], ","); got != before {
					t.Fatalf("turn %d changed message %d:\n%s\n%s", turn, i, before, got)
				}
			}
			if last == text {
				history = append(history, chatTurn("user", text), chatTurn("assistant", answer))
				seen = append(seen, strings.TrimSuffix(masked[len(masked)-1], ","))
				// What the model said is in its own words the next time.
				seen = append(seen, chatTurn("assistant", "noted: "+plain(t, masked[len(masked)-1])))
			}
		}
	}
	// People are numbered as they came: turn 49 is of the 50th and the 25th.
	if want := chatTurn("user", "turn 49: [REDACTED_EMAIL_50] knows [REDACTED_EMAIL_25], [REDACTED_PASSWORD_1]"); seen[2*turns-2] != want {
		t.Errorf("the last message is\n%s, want\n%s", seen[2*turns-2], want)
	}
}

// plain is the text of a message.
func plain(t *testing.T, message string) string {
	t.Helper()
	v, err := parseJSON([]byte(strings.TrimSuffix(message, ",")))
	if err != nil {
		t.Fatalf("no message: %v: %s", err, message)
	}
	return at(v, []any{"content"})
}

// A user may write a placeholder: one that stands for something, or did in an
// earlier turn, or never will. It is left as it is and is nobody's.
func TestConversationLeavesQuotedPlaceholdersAlone(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, quote string
		streamed    bool
	}{
		{"the number that is in use", "[REDACTED_EMAIL_1]", false},
		{"the number that is in use, streamed", "[REDACTED_EMAIL_1]", true},
		{"the number that comes next", "[REDACTED_EMAIL_3]", true},
		{"in another spelling", `\[redacted-email 01\]`, true},
		{"without brackets", "REDACTED_EMAIL_2", true},
		{"a number far away", "[REDACTED_EMAIL_4711]", true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			g := newLLMGateway(t)
			endpoints := make([]*llmEndpoint, len(sdks))
			for i, client := range sdks {
				endpoints[i] = g.llm(client.path, nil)
			}
			g.start(t)
			for i, client := range sdks {
				t.Run(client.name, func(t *testing.T) {
					t.Parallel()
					k := client.talk(t, endpoints[i], sessionOptions{script: "cut=1"}, email, email2, "third@example.net")
					ask := func(text string) {
						t.Helper()
						k.say(text)
						sameText(t, "the user got", k.must(tc.streamed).texts[0], quoted(text))
					}
					ask("I am " + email + ", she is " + email2)
					k.llmSaw(1, "I am [REDACTED_EMAIL_1], she is [REDACTED_EMAIL_2]")

					ask("What is " + tc.quote + " and what " + email + "?")
					k.llmSaw(2, "What is "+tc.quote+" and what ")

					ask("Who are third@example.net and " + tc.quote + "?")
					k.llmSaw(3, "What is "+tc.quote+" and what ", " and "+tc.quote+"?")
					// In one request a placeholder is either ours or the user's.
					second, third := k.at.received()[1], k.at.received()[2]
					begin, end, ok := strings.Cut(string(second.body), "What is ")
					question, _, closed := strings.Cut(end, "?")
					if sent := begin + "What is " + question + "?"; !ok || !closed || !strings.HasPrefix(string(third.body), sent) {
						t.Errorf("the third turn changed what was sent before:\n%s\n%s", sent, third.body)
					}
				})
			}
		})
	}
}
