package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
)

const (
	requests = 200
	clients  = 16
)

// everybody is what the values of all persons have in common.
var everybody = []string{"person0", "boss0", "400000000010"}

// person makes values that belong to one request only.
func person(i int) (mail, number, name string) {
	return fmt.Sprintf("person%04d@example.com", i), fmt.Sprintf("4%015d", 100000+i), fmt.Sprintf("boss%04d@example.org", i)
}

// fanOut asks an endpoint of n backends for one person and checks the answer:
// every backend's part must be there and hold this person's values.
func fanOut(e *endpoint, n, i int, alive func(backend int) bool) error {
	mail, number, boss := person(i)
	m := message{
		query:  "q=" + url.QueryEscape(mail) + "&card=" + number,
		header: http.Header{"X-User": {boss}, "Content-Type": {"application/json"}},
	}
	if e.route.method == "POST" {
		m.body = chat(mail + " and " + boss)
	}
	res, err := e.try(context.Background(), m)
	if err != nil {
		return err
	}
	var got map[string]struct {
		Query url.Values
		User  string
		Body  string
	}
	if err := json.Unmarshal(res.body, &got); err != nil {
		return fmt.Errorf("request %d: status %d, %q: %w", i, res.status, res.body, err)
	}
	want := url.Values{"q": {mail}, "card": {number}}.Encode()
	for b := range n {
		part, there := got[fmt.Sprintf("b%d", b)]
		if !alive(b) {
			if there {
				return fmt.Errorf("request %d: backend %d answered, it should have failed", i, b)
			}
			continue
		}
		if res.status != 200 || part.Query.Encode() != want || part.User != boss || part.Body != m.body {
			return fmt.Errorf("request %d: status %d, backend %d answered %+v, want query %s, user %s and body %q", i, res.status, b, part, want, boss, m.body)
		}
	}
	return nil
}

// mirror tells what arrived, as JSON.
func mirror(r received) reply {
	b, _ := json.Marshal(obj{"query": r.query, "user": r.header.Get("X-User"), "body": string(r.body)})
	return reply{header: contentType("application/json"), body: b}
}

func fan(method string, n int) route {
	return route{
		method: method, backends: n, encoding: "json", inputQuery: []string{"*"}, inputHeaders: []string{"*"},
		settings: obj{"headers": list{"X-User"}},
	}
}

// load sends the requests from several clients and reports the first failures.
func load(t *testing.T, send func(i int) error) {
	t.Helper()
	work := make(chan int)
	var wg sync.WaitGroup
	for range clients {
		wg.Go(func() {
			for i := range work {
				if err := send(i); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for i := 0; i < requests && !t.Failed(); i++ {
		work <- i
	}
	close(work)
	wg.Wait()
}

// clean asserts that no backend received a value of anybody, and how many
// requests arrived.
func clean(t *testing.T, e *endpoint, arrived int) {
	t.Helper()
	got := e.received()
	if len(got) != arrived {
		t.Errorf("%d requests arrived at the backends, want %d", len(got), arrived)
	}
	for _, r := range got {
		if found := leak(r.wire(), everybody); found != "" {
			t.Errorf("a backend received %s:\n%s", found, r.wire())
			return
		}
		if !strings.Contains(r.wire(), "REDACTED_EMAIL_") {
			t.Errorf("a backend received no placeholder:\n%s", r.wire())
			return
		}
	}
}

func TestParallelBackendsKeepRequestsApartUnderLoad(t *testing.T) {
	t.Parallel()
	everyone := func(int) bool { return true }
	g := newGroup(t)
	g.quietAccess = true
	type fanCase struct {
		n int
		e *endpoint
	}
	cases := map[string]fanCase{}
	for _, method := range []string{"GET", "POST"} {
		for n := 2; n <= 3; n++ {
			cases[fmt.Sprintf("%s to %d backends", method, n)] = fanCase{n, g.add(fan(method, n), mirror)}
			atEndpoint := fan(method, n)
			atEndpoint.atEndpoint = true
			cases[fmt.Sprintf("%s to %d backends, modifiers at the endpoint", method, n)] = fanCase{n, g.add(atEndpoint, mirror)}
		}
	}
	g.start(t)
	g.hide(everybody...)
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			load(t, func(i int) error { return fanOut(c.e, c.n, i, everyone) })
			clean(t, c.e, requests*c.n)
		})
	}
}

// In a sequence the answer of the first backend, with its values restored,
// becomes part of the second backend's URL, where they must be masked again.
func TestSequenceOfBackendsMasksWhatTheFirstOneReturned(t *testing.T) {
	t.Parallel()
	g := newGroup(t)
	g.quietAccess = true
	r := fan("GET", 2)
	r.proxy = obj{"sequential": true}
	r.patternOf = map[int]string{1: "/{resp0_b0.to}?mail={resp0_b0.to}"}
	e := g.add(r, func(r received) reply {
		if strings.HasSuffix(r.path, "/b0") {
			return say("application/json", `{"to":"[REDACTED_EMAIL_1]"}`)(r)
		}
		return reply{header: contentType("application/json"), body: []byte(`{"asked":"` + r.path[strings.LastIndex(r.path, "/")+1:] + `"}`)}
	})
	g.start(t)
	g.hide(email)
	res := e.send(t, message{query: "q=" + email})
	sameJSON(t, "the user got", res.body, `{"b0":{"to":"`+email+`"},"b1":{"asked":"`+email+`"}}`)
	got := e.received()
	if len(got) != 2 {
		t.Fatalf("%d requests arrived, want 2", len(got))
	}
	for _, r := range got {
		if found := leak(r.wire(), []string{email}); found != "" {
			t.Errorf("a backend received %s:\n%s", found, r.wire())
		}
	}
	if !strings.HasSuffix(got[1].path, "/[REDACTED_EMAIL_1]") {
		t.Errorf("the second backend received path %q", got[1].path)
	}
}

func TestPanicOfOneBackendHarmsNeitherTheOthersNorTheProcess(t *testing.T) {
	t.Parallel()
	g := newGroup(t)
	g.quietAccess, g.plugins = true, bin.hostile
	survivors := func(b int) bool { return b != 1 }
	type panicCase struct {
		e       *endpoint
		arrived int
	}
	cases := map[string]panicCase{}
	for _, method := range []string{"GET", "POST"} {
		r := fan(method, 3)
		r.namesOf = map[int][]string{1: {"e2e-panic-data", "redact-request", "redact-response"}}
		cases[method+" with a panic in the answer"] = panicCase{g.add(r, mirror), 3 * requests}
	}
	r := fan("POST", 3)
	r.namesOf = map[int][]string{1: {"e2e-panic-request", "redact-request", "redact-response"}}
	cases["POST with a panic in the request"] = panicCase{g.add(r, mirror), 2 * requests}
	healthy := g.add(fan("POST", 2), mirror)
	g.start(t)
	requireOwnPlugins(t, g, "2 request and 1 response", "1 request and 2 response")
	g.hide(everybody...)
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			load(t, func(i int) error {
				if err := fanOut(c.e, 3, i, survivors); err != nil {
					return err
				}
				if i%10 == 0 { // others go on meanwhile
					return fanOut(healthy, 2, requests+i, func(int) bool { return true })
				}
				return nil
			})
			clean(t, c.e, c.arrived)
			if !g.alive() {
				t.Error("the gateway died")
			}
		})
	}
}

func TestPanicBecomesAnInternalErrorAndTheProcessLives(t *testing.T) {
	t.Parallel()
	g := newGroup(t)
	g.plugins = bin.hostile
	inRequest := []string{"e2e-panic-request", "redact-request", "redact-response"}
	inAnswer := []string{"e2e-panic-response", "redact-request", "redact-response"}
	inData := []string{"e2e-panic-data", "redact-request", "redact-response"}
	type panicCase struct {
		name     string
		e        *endpoint
		llmCalls int
	}
	var cases []panicCase
	for _, atEndpoint := range []bool{false, true} {
		level := map[bool]string{false: " (backend)", true: " (endpoint)"}[atEndpoint]
		cases = append(
			cases,
			panicCase{"in the request's body" + level, g.add(route{names: inRequest, atEndpoint: atEndpoint}, llm), 0},
			panicCase{"in the raw answer" + level, g.add(route{names: inAnswer, atEndpoint: atEndpoint}, llm), 1},
			panicCase{"in the decoded answer" + level, g.add(route{names: inData, encoding: "json", atEndpoint: atEndpoint}, llm), 1},
		)
	}
	// A stream has its status sent before anything can go wrong.
	stream := g.add(route{names: inAnswer}, say("text/event-stream", "data: hello [REDACTED_EMAIL_1]\n\n"))
	healthy := g.add(route{}, llm)
	g.start(t)
	requireOwnPlugins(t, g, "2 request and 1 response", "1 request and 2 response")
	g.hide(email)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			res := c.e.send(t, message{body: chat(email)})
			checkRefusal(t, res, 500, "internal", []string{email})
			if got := c.e.received(); len(got) != c.llmCalls {
				t.Errorf("the LLM was called %d times, want %d", len(got), c.llmCalls)
			}
		})
	}
	t.Run("in a stream", func(t *testing.T) {
		res, err := stream.try(t.Context(), message{body: chat(email)})
		if err == nil && res.status == 200 && !strings.HasPrefix(string(res.body), "data: hello "+email) {
			t.Errorf("the user got %d %q, neither the event nor an error", res.status, res.body)
		}
	})
	scenario{
		send: message{body: chat(email)}, secrets: []string{email}, llmGot: chat("[REDACTED_EMAIL_1]"), userGot: said(email),
	}.play(t, healthy)
	for _, modifier := range []string{"redact-request", "redact-response"} {
		if !g.logs(func(line string) bool {
			return strings.Contains(line, "ERROR") && strings.Contains(line, modifier) && strings.Contains(line, ": panic")
		}) {
			t.Errorf("the log does not tell of a panic caught by %s", modifier)
		}
	}
}

// requireOwnPlugins fails when the tests' own modifiers are not at work: KrakenD
// ignores names that it does not know, and the tests would prove nothing.
// numbers are those that KrakenD says it adds, as "2 request and 1 response".
func requireOwnPlugins(t *testing.T, g *group, numbers ...string) {
	t.Helper()
	for _, n := range numbers {
		if !g.logs(func(line string) bool { return strings.Contains(line, "Adding "+n+" modifiers") }) {
			t.Fatalf("no endpoint has %s modifiers: a plugin of testdata does not load into this gateway", n)
		}
	}
}

// KrakenD shares its maps between backends: what was handed in is read-only.
func TestHandedInMapsAreNotWrittenTo(t *testing.T) {
	t.Parallel()
	g := newGroup(t)
	g.quietAccess, g.plugins = true, bin.hostile
	names := []string{
		"e2e-watch-request", "redact-request", "e2e-watched-request",
		"e2e-watch-response", "redact-response", "e2e-watched-response",
	}
	everything := route{
		names: names, param: "/{email}", inputQuery: []string{"*"}, inputHeaders: []string{"*"},
		settings: obj{"headers": list{"X-User"}, "keys": true},
	}
	send := message{
		path: "/" + email, query: "q=" + email2 + "&q=x", body: chat(email + " " + card),
		header: http.Header{"X-User": {email, card}, "Accept-Encoding": {"br"}, "Content-Type": {"application/json"}},
	}
	raw, decoded := everything, everything
	decoded.encoding = "json"
	masked := chat("[REDACTED_EMAIL_1] [REDACTED_CC_1]")
	g.run(t, atBothLevels(
		scenario{
			name: "raw", route: raw, send: send, secrets: []string{email, email2, card}, llmGot: masked,
			answer:  say("application/json", `{"a":"[REDACTED_EMAIL_1]"}`, "Etag", "x", "Content-Length", "26"),
			userGot: `{"a":"` + email + `"}`,
		},
		scenario{
			name: "decoded", route: decoded, send: send, secrets: []string{email, email2, card}, llmGot: masked,
			answer:   say("application/json", `{"a":["[REDACTED_EMAIL_1]",{"[REDACTED_CC_1]":{"b":"[REDACTED_EMAIL_2]"}}]}`),
			userJSON: `{"a":["` + email + `",{"` + card + `":{"b":"` + email2 + `"}}]}`,
		},
	))
	requireOwnPlugins(t, g, "3 request and 3 response")
}
