package e2e

import (
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"testing"
)

// queried asserts the query as the LLM's server parsed it.
func queried(want map[string][]string) func(*testing.T, received) {
	return func(t *testing.T, r received) {
		t.Helper()
		if !reflect.DeepEqual(r.query, want) {
			t.Errorf("the LLM received query %q, want %q", r.query, want)
		}
	}
}

func TestQueryStringIsMasked(t *testing.T) {
	t.Parallel()
	all := []string{"*"}
	get := func(r route) route {
		r.method, r.inputQuery = "GET", all
		return r
	}
	// answerQuery quotes a parameter as it arrived.
	answerQuery := func(r received) reply {
		return reply{header: contentType("text/plain"), body: []byte("looked for " + strings.Join(r.query["q"], "|"))}
	}
	secrets := []string{email, card, password}
	g := newGroup(t)
	g.quietAccess = true
	g.run(t, atBothLevels(
		scenario{
			name: "every value by default", route: get(route{}), answer: answerQuery,
			send:     message{query: "q=mail+jane.doe%40example.com&z=" + card + "&plain=a%20b&q=" + email},
			secrets:  secrets,
			llmCheck: queried(map[string][]string{"q": {"mail [REDACTED_EMAIL_1]", "[REDACTED_EMAIL_1]"}, "z": {"[REDACTED_CC_1]"}, "plain": {"a b"}}),
			userGot:  "looked for mail " + email + "|" + email,
		},
		scenario{
			name: "only the names listed", route: get(route{settings: obj{"query": list{"q"}}}), answer: answerQuery,
			send: message{query: "q=" + email + "&other=a%40b.example"}, secrets: secrets,
			llmCheck: queried(map[string][]string{"q": {"[REDACTED_EMAIL_1]"}, "other": {"a@b.example"}}),
			userGot:  "looked for " + email,
		},
		scenario{
			name: "none when the list is empty", route: get(route{settings: obj{"query": list{}}}), answer: answerQuery,
			send:     message{query: "q=a%40b.example"},
			llmCheck: queried(map[string][]string{"q": {"a@b.example"}}), userGot: "looked for a@b.example",
		},
		scenario{
			name: "numbers go by name", route: get(route{}), answer: answerQuery,
			send: message{query: "z=" + email2 + "&q=" + email}, secrets: []string{email, email2},
			llmCheck: queried(map[string][]string{"q": {"[REDACTED_EMAIL_1]"}, "z": {"[REDACTED_EMAIL_2]"}}),
			userGot:  "looked for " + email,
		},
		scenario{
			name: "characters that a query must escape survive the round trip", route: get(route{settings: obj{"policy": policy(rule("Tag", `<[^>]*>`, "[REDACTED_TAG]"))}}),
			answer: answerQuery, send: message{query: "q=%3Ca%26b%3D%22c+d%22%2Be%25%3E&r=1%2B1"}, secrets: []string{`a&b="c d"+e%`},
			llmCheck: queried(map[string][]string{"q": {"[REDACTED_TAG_1]"}, "r": {"1+1"}}),
			userGot:  `looked for <a&b="c d"+e%>`,
		},
		scenario{
			name: "POST with query and body", route: route{inputQuery: all}, answer: answerQuery,
			send: message{query: "q=" + email2 + "+" + email, body: chat(email)}, secrets: []string{email, email2},
			llmGot: chat("[REDACTED_EMAIL_1]"), llmCheck: queried(map[string][]string{"q": {"[REDACTED_EMAIL_2] [REDACTED_EMAIL_1]"}}),
			userGot: "looked for " + email2 + " " + email,
		},
	))
}

func TestPathParameterIsMasked(t *testing.T) {
	t.Parallel()
	quotePath := func(r received) reply {
		return reply{header: contentType("text/plain"), body: []byte("path " + r.path[strings.LastIndex(r.path, "/")+1:])}
	}
	g := newGroup(t)
	g.quietAccess = true
	g.run(t, atBothLevels(
		scenario{
			name: "alone", route: route{method: "GET", param: "/{email}"}, answer: quotePath, send: message{path: "/" + email}, secrets: []string{email},
			llmCheck: func(t *testing.T, r received) {
				if !strings.HasSuffix(r.path, "/[REDACTED_EMAIL_1]") {
					t.Errorf("the LLM received path %q", r.path)
				}
			},
			userGot: "path " + email,
		},
		scenario{
			name: "in the query of the backend's URL pattern", route: route{param: "/{email}", query: "?mail={email}&x=1", inputQuery: []string{"*"}}, answer: quotePath,
			send: message{path: "/" + email, query: "y=2", body: chat("hi")}, secrets: []string{email},
			llmGot: chat("hi"), llmCheck: queried(map[string][]string{"mail": {"[REDACTED_EMAIL_1]"}, "x": {"1"}, "y": {"2"}}), userGot: "path " + email,
		},
		scenario{
			name: "after the body and before the query", route: route{param: "/{email}", inputQuery: []string{"*"}}, answer: quotePath,
			send: message{path: "/" + email, query: "a=third%40example.net", body: chat(email2)}, secrets: []string{email, email2, "third@example.net"},
			llmGot: chat("[REDACTED_EMAIL_1]"),
			llmCheck: func(t *testing.T, r received) {
				if !strings.HasSuffix(r.path, "/[REDACTED_EMAIL_2]") {
					t.Errorf("the LLM received path %q", r.path)
				}
				queried(map[string][]string{"a": {"[REDACTED_EMAIL_3]"}})(t, r)
			},
			userGot: "path " + email,
		},
	))
}

func TestConfiguredHeadersAreMasked(t *testing.T) {
	t.Parallel()
	sent := func(h http.Header) http.Header {
		h.Set("Content-Type", "application/json")
		return h
	}
	has := func(name string, want ...string) func(*testing.T, received) {
		return func(t *testing.T, r received) {
			t.Helper()
			if got := r.header.Values(name); !reflect.DeepEqual(got, want) {
				t.Errorf("the LLM received %s %q, want %q", name, got, want)
			}
		}
	}
	both := func(checks ...func(*testing.T, received)) func(*testing.T, received) {
		return func(t *testing.T, r received) {
			t.Helper()
			for _, c := range checks {
				c(t, r)
			}
		}
	}
	quoteHeader := func(r received) reply {
		return reply{header: contentType("text/plain"), body: []byte("user " + strings.Join(r.header["X-User"], "|"))}
	}
	g := newGroup(t)
	g.quietAccess = true
	g.run(t, atBothLevels(
		scenario{
			name: "all values of a header, whatever the case of its name", route: route{settings: obj{"headers": list{"x-user"}}, inputHeaders: []string{"*"}}, answer: quoteHeader,
			send: message{header: sent(http.Header{"X-User": {"me " + email, card}}), body: chat("hi")}, secrets: []string{email, card},
			llmGot: chat("hi"), llmCheck: has("X-User", "me [REDACTED_EMAIL_1]", "[REDACTED_CC_1]"), userGot: "user me " + email + "|" + card,
		},
		scenario{
			name: "other headers stay", route: route{settings: obj{"headers": list{"X-User"}}, inputHeaders: []string{"X-User", "X-Other", "Content-Type"}}, answer: quoteHeader,
			send: message{header: sent(http.Header{"X-User": {email}, "X-Other": {"a@b.example"}}), body: chat("hi")}, secrets: []string{email},
			llmGot: chat("hi"), llmCheck: both(has("X-User", "[REDACTED_EMAIL_1]"), has("X-Other", "a@b.example")), userGot: "user " + email,
		},
		scenario{
			name: "one value has one placeholder in body, query and headers", answer: quoteHeader,
			route: route{settings: obj{"headers": list{"X-Z", "X-User"}}, inputHeaders: []string{"*"}, inputQuery: []string{"*"}},
			send: message{
				query:  "b=" + email,
				header: sent(http.Header{"X-User": {email, "h@example.com"}, "X-Z": {"z@example.com " + email}}), body: chat("body " + email2 + " " + email),
			},
			secrets: []string{email2, "h@example.com", "z@example.com"},
			llmGot:  chat("body [REDACTED_EMAIL_1] [REDACTED_EMAIL_2]"),
			llmCheck: both(
				has("X-User", "[REDACTED_EMAIL_2]", "[REDACTED_EMAIL_3]"), has("X-Z", "[REDACTED_EMAIL_4] [REDACTED_EMAIL_2]"),
				queried(map[string][]string{"b": {"[REDACTED_EMAIL_2]"}}),
			),
			userGot: "user " + email + "|h@example.com",
		},
	))
}

func TestContentLengthIsRightInBothDirections(t *testing.T) {
	t.Parallel()
	all := []string{"*"}
	longer := policy(rule("Short", "q7", "[REDACTED_SOMETHING_RATHER_LONG]"))
	for _, s := range atBothLevels(
		scenario{name: "shorter at the LLM", send: message{body: chat(strings.Repeat("a", 200) + "@example.com")}, llmGot: chat("[REDACTED_EMAIL_1]")},
		scenario{
			name: "longer at the LLM", route: route{settings: obj{"policy": longer}}, send: message{body: chat("a q7 b q7")},
			llmGot: chat("a [REDACTED_SOMETHING_RATHER_LONG_1] b [REDACTED_SOMETHING_RATHER_LONG_1]"),
		},
		scenario{name: "unchanged", send: message{body: chat("hello")}, llmGot: chat("hello")},
		scenario{name: "not announced by the user", send: message{chunked: true, body: chat(email)}, llmGot: chat("[REDACTED_EMAIL_1]")},
	) {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			s.name, s.route.inputHeaders, s.userGot = "exchange", all, s.send.body
			s.llmCheck = func(t *testing.T, r received) {
				if want := strconv.Itoa(len(s.llmGot)); r.header.Get("Content-Length") != want && r.length != int64(len(s.llmGot)) {
					t.Errorf("the LLM received Content-Length %d, want %s", r.length, want)
				}
			}
			s.userCheck = func(t *testing.T, r result) { // the client itself fails on a wrong length
				sameBytes(t, "the user got", r.body, s.userGot)
				if cl := r.header.Get("Content-Length"); cl != "" && cl != strconv.Itoa(len(r.body)) {
					t.Errorf("the user got Content-Length %s for %d bytes", cl, len(r.body))
				}
			}
			newGroup(t).run(t, []scenario{s})
		})
	}
}

func TestAcceptEncodingDoesNotReachTheBackend(t *testing.T) {
	t.Parallel()
	newGroup(t).run(t, atBothLevels(scenario{
		name: "dropped", route: route{inputHeaders: []string{"*"}},
		send:    message{header: http.Header{"Accept-Encoding": {"br, zstd"}}, body: chat("hello " + email)},
		secrets: []string{email}, llmGot: chat("hello [REDACTED_EMAIL_1]"), userGot: chat("hello " + email),
		llmCheck: func(t *testing.T, r received) {
			// Go's own transport may ask for gzip, which it undoes itself.
			if ae := r.header.Get("Accept-Encoding"); ae != "" && ae != "gzip" {
				t.Errorf("the LLM received Accept-Encoding %q", ae)
			}
		},
	}))
}

func TestChecksumsOfAChangedAnswerAreDropped(t *testing.T) {
	t.Parallel()
	sums := []string{"Etag", `"abc"`, "Content-Md5", "Q2hlY2sgSW50ZWdyaXR5IQ==", "Digest", "sha-256=X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=", "X-Kept", "yes"}
	check := func(body string, kept bool) func(*testing.T, result) {
		return func(t *testing.T, r result) {
			sameBytes(t, "the user got", r.body, body)
			for i := 0; i < len(sums); i += 2 {
				want := ""
				if kept || sums[i] == "X-Kept" {
					want = sums[i+1]
				}
				if got := r.header.Get(sums[i]); got != want {
					t.Errorf("the user got %s %q, want %q", sums[i], got, want)
				}
			}
		}
	}
	newGroup(t).run(t, atBothLevels(
		scenario{
			name: "changed", answer: say("text/plain", "hi [REDACTED_EMAIL_1]", sums...), send: message{body: chat(email)}, secrets: []string{email},
			llmGot: chat("[REDACTED_EMAIL_1]"), userCheck: check("hi "+email, false),
		},
		scenario{
			name: "unchanged", answer: say("text/plain", "hi there", sums...), send: message{body: chat(email)}, secrets: []string{email},
			llmGot: chat("[REDACTED_EMAIL_1]"), userCheck: check("hi there", true),
		},
		scenario{
			name: "nothing masked", answer: say("text/plain", "hi there", sums...), send: message{body: chat("hi")},
			llmGot: chat("hi"), userCheck: check("hi there", true),
		},
	))
}
