package e2e

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// configMap is a folder as Kubernetes mounts a ConfigMap: its files are links
// through "..data", which is a link to a version's folder and is swapped.
type configMap struct {
	t    *testing.T
	dir  string
	file string // the policy
}

func newConfigMap(t *testing.T) *configMap {
	dir := t.TempDir()
	m := &configMap{t, dir, filepath.Join(dir, "policy.json")}
	m.link(filepath.Join("..data", "policy.json"), m.file)
	return m
}

func (m *configMap) link(target, name string) {
	m.t.Helper()
	if err := os.Symlink(target, name+".tmp"); err != nil {
		m.t.Fatal(err)
	}
	if err := os.Rename(name+".tmp", name); err != nil {
		m.t.Fatal(err)
	}
}

// publish swaps in a policy.
func (m *configMap) publish(policy string) {
	m.t.Helper()
	dir, err := os.MkdirTemp(m.dir, "..version")
	if err != nil {
		m.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "policy.json"), []byte(policy), 0o600); err != nil {
		m.t.Fatal(err)
	}
	m.link(filepath.Base(dir), filepath.Join(m.dir, "..data"))
}

// mailPolicy replaces addresses by placeholders of a stem.
func mailPolicy(t *testing.T, stem string, more obj) string {
	p := policy(rule("Mail", `[a-z.]+@[a-z.]+`, "["+stem+"]"))
	p["version"] = stem
	for k, v := range more {
		p[k] = v
	}
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// underLoad sends requests until it is stopped: each must be masked by one
// version or the other, and come back whole.
func underLoad(t *testing.T, e *endpoint) (stop func()) {
	var wg sync.WaitGroup
	ctx, cancel := context.WithCancel(t.Context())
	body := `["` + email + ` and ` + email2 + `"]`
	for range 4 {
		wg.Go(func() {
			for ctx.Err() == nil {
				res, err := e.try(t.Context(), message{body: body})
				if want := `{"you_said":` + jsonOf(body) + `}`; err != nil || string(res.body) != want {
					t.Errorf("under load the user got %s, %v", res.body, err)
					return
				}
			}
		})
	}
	return func() {
		cancel()
		wg.Wait()
		seen := map[string]bool{}
		for _, r := range e.received() {
			seen[string(r.body)] = true
		}
		for stem := range seen {
			if stem != `["[OLD_1] and [OLD_2]"]` && stem != `["[NEW_1] and [NEW_2]"]` {
				t.Errorf("under load the LLM got %s", stem)
			}
		}
		if len(seen) != 2 {
			t.Errorf("under load the LLM got only %v", seen)
		}
	}
}

// TestReload changes the policy of a running gateway: new requests go by the new
// version, a stream that has begun ends as it began, and a broken version is
// refused.
func TestReload(t *testing.T) {
	t.Parallel()
	m := newConfigMap(t)
	m.publish(mailPolicy(t, "OLD", obj{"response_rules": list{rule("Word", "alpha", "[GONE]")}}))
	settings := obj{"policy": m.file, "reload_interval": "1s"}
	g := newGroup(t)
	g.hide(email)
	ask := g.add(route{settings: settings}, quote)
	load := g.add(route{settings: settings}, quote)
	stream := g.add(route{settings: settings}, nil)
	goOn := make(chan struct{})
	stream.serve = func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		send := func(text string) {
			_, _ = w.Write([]byte(`data: {"choices":[{"index":0,"delta":{"content":"` + text + `"}}]}` + "\n\n"))
			_ = http.NewResponseController(w).Flush()
		}
		send("first [OLD_1] ")
		<-goOn
		send("then [OLD_1] alpha [NEW_1].")
	}
	g.start(t)
	exchange := func(step, out string) {
		t.Helper()
		res := ask.send(t, message{body: `["` + email + `"]`})
		got := ask.received()
		if body := string(got[len(got)-1].body); body != out {
			t.Errorf("%s: the LLM got %s, want %s", step, body, out)
		}
		sameJSON(t, step+": the user got", res.body, `{"you_said":"[\"`+email+`\"]"}`)
	}
	await := func(parts ...string) {
		t.Helper()
		said := func(line string) bool {
			for _, part := range parts {
				if !strings.Contains(line, part) {
					return false
				}
			}
			return true
		}
		for range 10 { // two looks take longer than logs waits
			if g.logs(said) {
				return
			}
		}
		t.Fatalf("the log does not say %q", parts)
	}
	exchange("at first", `["[OLD_1]"]`)
	open, err := stream.open(t.Context(), message{body: `["` + email + `"]`})
	if err != nil {
		t.Fatal(err)
	}
	defer open.Body.Close()
	lines := bufio.NewScanner(open.Body)
	if !lines.Scan() || !strings.Contains(lines.Text(), "first "+email) {
		t.Fatalf("the stream begins with %q", lines.Text())
	}

	stop := underLoad(t, load)
	m.publish(mailPolicy(t, "NEW", nil))
	await("INFO", `policy "e2e-policy" NEW from `+m.file+" applies")
	exchange("after the change", `["[NEW_1]"]`)
	close(goOn)
	var rest strings.Builder
	for lines.Scan() {
		rest.WriteString(lines.Text())
	}
	if !strings.Contains(rest.String(), "then "+email+" [GONE_1] [NEW_1].") {
		t.Errorf("the stream goes on with %s", rest.String())
	}

	m.publish(`{"redaction_rules":[{"name":"Mail","pattern":"` + email + `("}]}`)
	await("ERROR", m.file+" was refused", `rule "Mail": field redaction_rules[0].pattern`)
	exchange("after a broken version", `["[NEW_1]"]`)
	if err := os.Remove(filepath.Join(m.dir, "..data")); err != nil {
		t.Fatal(err)
	}
	await("ERROR", m.file+" was refused", "no such file")
	exchange("without a file", `["[NEW_1]"]`)
	stop()
	m.publish(mailPolicy(t, "NEWER", obj{"mode": "test"}))
	await("WARNING", "NOTHING IS MASKED")
	exchange("in mode test", `["`+email+`"]`)
}
