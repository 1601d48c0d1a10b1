package compose

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestCompose(t *testing.T) {
	needDocker(t)
	generations := variants(t)
	haveImages(t)
	for _, v := range generations {
		t.Run(v.name, func(t *testing.T) {
			compose, err := v.find()
			if err != nil {
				t.Skip(err)
			}
			s := newStack(t, compose)
			s.testDemo(t)
			s.up(t)
			for _, tc := range []struct {
				name string
				test func(*testing.T)
			}{
				{"hardened", s.testHardened},
				{"metrics", s.testMetrics},
				{"console", s.testConsole},
				{"a plugin that does not load", s.testPluginDoesNotLoad},
				{"the LLM dies in mid-stream", s.testLLMDies},
				{"the gateway restarts under load", s.testRestartUnderLoad},
				{"a broken policy", s.testBrokenPolicy},
				{"two gateways, one conversation", s.testTwoGateways},
			} {
				if !t.Run(tc.name, tc.test) {
					return // the others would fail for the same reason, slowly
				}
			}
		})
	}
}

// testDemo runs what people run.
func (s *stack) testDemo(t *testing.T) {
	out, err := command(s.dir, s.env, "make", "compose-demo", "COMPOSE="+strings.Join(s.compose, " "))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"1. What the user sent", "2. What the LLM received", "3. What the user got back", "[REDACTED_EMAIL_2]",
		"As it should be: the LLM saw none of the 4 values, the user got all of them back.",
		"expired token", "401 Unauthorized", "403 Forbidden", "As it should be: none of them reached the LLM.",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is missing in\n%s", want, out)
		}
	}
	if left := s.containers(t, ""); len(left) > 0 {
		t.Errorf("%d containers are left", len(left))
	}
}

func (s *stack) testHardened(t *testing.T) {
	for _, service := range []string{"gateway", "llm", "idp", "console", "database", "prometheus"} {
		c := s.the(t, service)
		if user := c.Config.User; user == "" || strings.HasPrefix(user, "0") || strings.HasPrefix(user, "root") {
			t.Errorf("%s runs as %q", service, user)
		}
		if !c.HostConfig.ReadonlyRootfs || !slices.Equal(c.HostConfig.CapDrop, []string{"ALL"}) || !slices.Equal(c.HostConfig.SecurityOpt, []string{"no-new-privileges:true"}) {
			t.Errorf("%s: %+v", service, c.HostConfig)
		}
		for port, bindings := range c.HostConfig.PortBindings {
			if service+port != "gateway8080/tcp" && service+port != "console8090/tcp" || len(bindings) != 1 || bindings[0].HostIP != "127.0.0.1" {
				t.Errorf("%s publishes %s on %v", service, port, bindings)
			}
		}
		for name := range c.NetworkSettings.Networks {
			if service != "gateway" && service != "console" && !strings.HasSuffix(name, "_inside") {
				t.Errorf("%s is on the network %s", service, name)
			}
		}
	}
	if internal := mustDocker(t, "network", "inspect", "-f", "{{.Internal}}", s.project+"_inside"); internal != "true" {
		t.Error("the network inside has a way out")
	}
}

func (s *stack) testMetrics(t *testing.T) {
	u := user{s.published(t)[0], s.login(t)}
	if status, text, err := u.ask(t.Context(), says("hello"), nil); status != http.StatusOK || err != nil {
		t.Fatalf("%d %s %v", status, text, err)
	}
	api := s.inside(t, "prometheus", 9090) + "/api/v1/query?query="
	count := func(query string) int {
		var answer struct{ Data struct{ Result []any } }
		if err := json.Unmarshal(request(t, http.MethodGet, api+url.QueryEscape(query)), &answer); err != nil {
			t.Fatal(err)
		}
		return len(answer.Data.Result)
	}
	await(t, "Prometheus has the gateway's metrics", func() bool {
		return count(`up{job="gateway"} == 1`) == 1 && count(`http_client_duration_count{http_route="`+chatPath+`"} > 0`) > 0 &&
			count(`krakend_redact_requests_total{proxy="chat"} > 0`) > 0
	})
}

// A gateway whose plugin does not load must not become healthy: it stops.
func (s *stack) testPluginDoesNotLoad(t *testing.T) {
	dir := t.TempDir()
	broken := filepath.Join(dir, "redact.so")
	if err := os.WriteFile(broken, []byte("no plugin"), 0o644); err != nil {
		t.Fatal(err)
	}
	empty := filepath.Join(dir, "empty")
	if err := os.Mkdir(empty, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ volume, want string }{
		{broken + ":" + pluginPath + "/redact.so:ro", "[KO]"},
		{empty + ":" + pluginPath + ":ro", "redact.so is missing"},
	} {
		out, err := s.try("run", "--rm", "-T", "--no-deps", "-v", tc.volume, "gateway")
		if err == nil || !strings.Contains(out, tc.want) || strings.Contains(out, "Starting KrakenD") {
			t.Errorf("error %v, %s", err, out)
		}
	}
}

// long is a prompt whose answer takes seconds, with a value every few words.
func long() string {
	var b strings.Builder
	for i := range 40 {
		fmt.Fprintf(&b, "word %d for user%d@example.com and ", i, i)
	}
	return b.String()
}

func (s *stack) testLLMDies(t *testing.T) {
	u := user{s.published(t)[0], s.login(t)}
	status, whole, err := u.ask(t.Context(), says(long()), func(string) {})
	if status != http.StatusOK || err != nil || !strings.Contains(whole, "user39@example.com") || strings.Contains(whole, "REDACTED") {
		t.Fatalf("undisturbed: status %d, %v\n%s", status, err, whole)
	}

	var seen atomic.Int64
	var kill sync.Once
	killed := make(chan error, 1)
	status, text, err := u.ask(t.Context(), says(long()), func(text string) {
		seen.Store(int64(len(text)))
		if strings.Contains(text, "user3@example.com") {
			kill.Do(func() {
				go func() {
					_, err := s.try("kill", "llm")
					killed <- err
				}()
			})
		}
	})
	if err := <-killed; err != nil {
		t.Fatal(err)
	}
	if status != http.StatusOK || err == nil {
		t.Errorf("status %d, error %v: a broken answer looks whole", status, err)
	}
	if !strings.HasPrefix(whole, text) || len(text) == len(whole) || len(text) < int(seen.Load()) || !strings.Contains(text, "user3@example.com") {
		t.Errorf("not what had arrived:\n%s\nof\n%s", text, whole)
	}

	if status, text, err := u.ask(t.Context(), says("hello"), nil); status < 500 || err != nil {
		t.Errorf("without an LLM: %d %s %v", status, text, err)
	}
	s.up(t)
	if status, text, err := u.ask(t.Context(), says("to a@example.com"), nil); status != http.StatusOK || err != nil || !strings.Contains(text, "a@example.com") {
		t.Errorf("with an LLM again: %d %s %v", status, text, err)
	}
}

func (s *stack) testRestartUnderLoad(t *testing.T) {
	s.received(t)
	u := user{s.published(t)[0], s.login(t)}
	var before, after, refused atomic.Int64
	var restarted atomic.Bool
	stop := make(chan struct{})
	var workers sync.WaitGroup
	for w := range 4 {
		workers.Add(1)
		go func() {
			defer workers.Done()
			var see func(string) // half of them stream
			if w%2 == 1 {
				see = func(string) {}
			}
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				mine := fmt.Sprintf("w%dn%d@example.com", w, n)
				afterwards := restarted.Load()
				status, text, err := u.ask(t.Context(), says("please write to "+mine+" and to boss@example.org"), see)
				switch {
				case status == 0: // nobody listened
					refused.Add(1)
					time.Sleep(20 * time.Millisecond)
				case status != http.StatusOK || err != nil:
					t.Errorf("%s: an answer that had begun: %d %v %q", mine, status, err, text)
				case strings.Contains(text, "REDACTED") || !strings.Contains(text, mine) || strings.Count(text, "@") != 2:
					t.Errorf("%s: %s", mine, text)
				case afterwards:
					after.Add(1)
				default:
					before.Add(1)
				}
			}
		}()
	}
	await(t, "answers before the restart", func() bool { return before.Load() >= 8 })
	began := time.Now()
	s.run(t, "restart", "gateway")
	took := time.Since(began)
	restarted.Store(true)
	await(t, "answers after the restart", func() bool { return after.Load() >= 8 || t.Failed() })
	close(stop)
	workers.Wait()
	t.Logf("the restart took %v: %d answers before or during it, %d after, %d found nobody", took, before.Load(), after.Load(), refused.Load())
	for _, body := range s.received(t) {
		if strings.Contains(body, "@example") {
			t.Errorf("the LLM saw %s", body)
		}
	}
}

func (s *stack) testBrokenPolicy(t *testing.T) {
	file := filepath.Join(s.dir, policyFile)
	good, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	works := func(when string) {
		t.Helper()
		u := user{s.published(t)[0], s.login(t)}
		status, text, err := u.ask(t.Context(), says("to a@example.com"), nil)
		if status != http.StatusOK || err != nil || !strings.Contains(text, "a@example.com") {
			t.Errorf("%s: %d %s %v", when, status, text, err)
		}
		for _, body := range s.received(t) {
			if strings.Contains(body, "@example") {
				t.Errorf("%s: the LLM saw %s", when, body)
			}
		}
	}
	s.received(t)
	works("before")
	if err := os.WriteFile(file, []byte(strings.Replace(string(good), `"redaction_rules"`, `"redaction_rulez"`, 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	works("with a broken file that nobody has read")

	address := s.published(t)[0]
	_, _ = s.try("restart", "gateway") // whether this fails says nothing: the container stops by itself
	await(t, "the gateway refuses to start", func() bool { return s.the(t, "gateway").State.Status == "exited" })
	c := s.the(t, "gateway")
	log := mustDocker(t, "logs", "--tail=5", c.ID)
	if c.State.ExitCode == 0 || !strings.Contains(log, policyFile) || !strings.Contains(log, "redaction_rulez") {
		t.Errorf("exit status %d, %s", c.State.ExitCode, log)
	}
	if resp, err := http.Get(address + "/__health"); err == nil {
		resp.Body.Close()
		t.Error("somebody answers")
	}

	if err := os.WriteFile(file, good, 0o644); err != nil {
		t.Fatal(err)
	}
	s.up(t)
	works("mended")
}

// testTwoGateways: no state is shared, so a conversation may change gateways at
// every turn, and its placeholders keep their numbers.
func (s *stack) testTwoGateways(t *testing.T) {
	s.up(t, "--no-recreate", "--scale", "gateway=2")
	backends := s.published(t)
	if len(backends) != 2 {
		t.Fatalf("gateways: %v", backends)
	}
	var turn atomic.Int64
	var served [2]atomic.Int64
	balancer := httptest.NewServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		i := int(turn.Add(1)) % 2
		served[i].Add(1)
		to, err := url.Parse(backends[i])
		if err != nil {
			t.Error(err)
			return
		}
		r.SetURL(to)
	}})
	defer balancer.Close()

	s.received(t)
	u := user{balancer.URL, s.login(t)}
	var conversation []message
	const turns = 10
	for n := range turns {
		mail := fmt.Sprintf("person%d@example.com", n)
		conversation = append(conversation, message{"user", "and now write to " + mail + ", as to person0@example.com"})
		status, text, err := u.ask(t.Context(), conversation, nil)
		if status != http.StatusOK || err != nil || !strings.Contains(text, mail) || strings.Contains(text, "REDACTED") {
			t.Fatalf("turn %d: %d %v %s", n, status, err, text)
		}
		conversation = append(conversation, message{"assistant", text})
	}
	if served[0].Load() != turns/2 || served[1].Load() != turns/2 {
		t.Errorf("%d and %d turns", served[0].Load(), served[1].Load())
	}

	bodies := s.received(t)
	if len(bodies) != turns {
		t.Fatalf("the LLM received %d requests", len(bodies))
	}
	var previous []message
	for n, body := range bodies {
		var masked struct{ Messages []message }
		if err := json.Unmarshal([]byte(body), &masked); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(body, "@example") {
			t.Errorf("turn %d: the LLM saw %s", n, body)
		}
		if len(masked.Messages) < len(previous) || !slices.Equal(masked.Messages[:len(previous)], previous) {
			t.Errorf("turn %d: the LLM's history has changed:\n%q\n%q", n, previous, masked.Messages)
		}
		previous = masked.Messages
	}
	if last := previous[len(previous)-1].Content; !strings.Contains(last, fmt.Sprintf("[REDACTED_EMAIL_%d]", turns)) || !strings.Contains(last, "[REDACTED_EMAIL_1]") {
		t.Errorf("the last turn: %s", last)
	}
}
