package e2e

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// outcome is how a gateway ended that should not have started.
type outcome struct {
	code    int
	started bool // it answered, or was still there after 15 s
	output  string
}

// complaints are the lines that say something is wrong. KrakenD's own notes
// about plugins of another kind are DEBUG.
func (o outcome) complaints() []string {
	var lines []string
	for line := range strings.Lines(o.output) {
		if strings.Contains(line, "redact") && !strings.Contains(line, "DEBUG") && !strings.Contains(line, "INFO") {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	return lines
}

// refuseStart runs a gateway with the route and waits for it to give up.
func refuseStart(t *testing.T, r route, files map[string]string) outcome {
	t.Helper()
	g := newGroup(t)
	defer g.upstream.Close()
	g.add(route{}, nil) // a good one first: it must not help
	g.add(r, nil)
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	port, err := freePort()
	if err != nil {
		t.Fatal(err)
	}
	file, err := g.config(dir, port)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(bin.gateway, "run", "-c", file)
	cmd.Dir, cmd.Env = dir, cleanEnv()
	var out logBuffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	exited := make(chan struct{})
	go func() { _ = cmd.Wait(); close(exited) }()
	deadline := time.After(15 * time.Second)
	for o := (outcome{}); ; {
		select {
		case <-exited:
			o.code, o.output = cmd.ProcessState.ExitCode(), out.String()
			return o
		case <-deadline:
			o.started = true
		case <-time.After(50 * time.Millisecond):
			resp, err := g.client.Get(fmt.Sprintf("http://127.0.0.1:%d%s", port, g.health))
			if err == nil {
				_ = resp.Body.Close()
				o.started = resp.StatusCode == http.StatusOK
			}
		}
		if o.started {
			_ = cmd.Process.Kill()
		}
	}
}

func TestBadSettingsStopTheStartWithOneLine(t *testing.T) {
	t.Parallel()
	good := func() obj { return rule("Staff mail", `zq\w+@example`, "[REDACTED_MAIL]") }
	but := func(field string, value any) obj {
		r := good()
		r[field] = value
		return r
	}
	without := func(field string) obj {
		r := good()
		delete(r, field)
		return r
	}
	inline := func(rules ...obj) obj { return obj{"policy": policy(rules...)} }
	withField := func(p obj, field string, value any) obj {
		p[field] = value
		return p
	}
	settings := func(field string, value any) obj {
		return obj{"policy": policy(good()), field: value}
	}
	const fileRule = `{"name":"p","redaction_rules":[{"name":"Staff mail","pattern":"zq(","replacement":"[M]"}]}`

	for _, c := range []struct {
		name     string
		settings obj
		noPolicy bool
		files    map[string]string
		// says are words that the line must hold: file, rule, field and reason.
		says []string
	}{
		{name: "broken pattern", settings: inline(but("pattern", `zq(\w+@example`)), says: []string{"Staff mail", "pattern"}},
		{name: "look-around of another engine", settings: inline(but("pattern", `zq(?<!x)\w+`)), says: []string{"Staff mail", "pattern"}},
		{name: "empty pattern", settings: inline(but("pattern", "")), says: []string{"Staff mail", "pattern"}},
		{name: "no pattern", settings: inline(without("pattern")), says: []string{"Staff mail", "pattern"}},
		{name: "pattern of the wrong type", settings: inline(but("pattern", 7)), says: []string{"Staff mail", "pattern"}},
		{name: "rule without name", settings: inline(without("name")), says: []string{"redaction_rules", "name"}},
		{name: "two rules of one name", settings: inline(good(), good()), says: []string{"Staff mail", "name"}},
		{name: "empty replacement", settings: inline(but("replacement", "")), says: []string{"Staff mail", "replacement"}},
		{name: "rule that matches its own placeholder", settings: inline(but("pattern", `REDACTED_\w+`)), says: []string{"Staff mail", "replacement", "own pattern"}},
		{name: "rule that matches the number of its own placeholder", settings: inline(but("pattern", `\d`)), says: []string{"Staff mail", "replacement", "own pattern"}},
		{name: "replacements that cannot be told apart", settings: inline(rule("One", "zqa", "[R]"), rule("Two", "zqb", "R")), says: []string{"Two", "replacement", "One"}},
		{name: "unknown field of a rule", settings: inline(but("patern", "x")), says: []string{"Staff mail", "patern"}},
		{name: "enabled of the wrong type", settings: inline(but("enabled", "yes")), says: []string{"Staff mail", "enabled"}},
		{name: "unknown field of the policy", settings: obj{"policy": withField(policy(good()), "rules", list{})}, says: []string{"rules"}},
		{name: "no rules", settings: obj{"policy": policy()}, says: []string{"redaction_rules"}},
		{name: "no enabled rule", settings: inline(but("enabled", false)), says: []string{"redaction_rules", "enabled"}},
		{name: "unknown setting", settings: settings("max_body", 1), says: []string{"max_body"}},
		{name: "bad on_error", settings: settings("on_error", "ignore"), says: []string{"on_error", "refuse", "pass"}},
		{name: "negative max_body_bytes", settings: settings("max_body_bytes", -1), says: []string{"max_body_bytes"}},
		{name: "max_body_bytes of the wrong type", settings: settings("max_body_bytes", "10MB"), says: []string{"max_body_bytes"}},
		{name: "headers of the wrong type", settings: settings("headers", "X-User"), says: []string{"headers"}},
		{name: "fields with an empty path", settings: settings("fields", list{"a..b"}), says: []string{"fields"}},
		{name: "keys of the wrong type", settings: settings("keys", "all"), says: []string{"keys"}},
		{name: "no policy", noPolicy: true, says: []string{"policy"}},
		{name: "policy of the wrong type", settings: obj{"policy": 7}, says: []string{"policy"}},
		{name: "missing file", settings: obj{"policy": "nowhere.json"}, says: []string{"nowhere.json"}},
		{name: "file that is no JSON", settings: obj{"policy": "p.json"}, files: map[string]string{"p.json": "{\n\"name\": zq\n}"}, says: []string{"p.json", "2"}},
		{name: "broken pattern in a file", settings: obj{"policy": "p.json"}, files: map[string]string{"p.json": fileRule}, says: []string{"p.json", "Staff mail", "pattern"}},
		{
			name: "field that stands twice in a file", settings: obj{"policy": "p.json"},
			files: map[string]string{"p.json": strings.Replace(fileRule, `"replacement":"[M]"`, `"enabled":true,"enabled":false`, 1)}, says: []string{"p.json", "redaction_rules[0]", "enabled"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := route{settings: c.settings, noPolicy: c.noPolicy}
			if c.settings != nil && c.settings["policy"] != nil {
				r.noPolicy = true
			}
			o := refuseStart(t, r, c.files)
			checkRefusedStart(t, o, c.says)
		})
	}
}

func checkRefusedStart(t *testing.T, o outcome, says []string) {
	t.Helper()
	if o.started {
		t.Errorf("the gateway started")
	} else if o.code == 0 {
		t.Errorf("the gateway ended with status 0")
	}
	lines := o.complaints()
	if len(lines) != 1 {
		t.Errorf("%d lines say what is wrong, want exactly one", len(lines))
	}
	for _, word := range says {
		if len(lines) > 0 && !strings.Contains(lines[0], word) {
			t.Errorf("the line does not name %q", word)
		}
	}
	for _, trace := range []string{"goroutine ", "panic", ".go:", "runtime error"} {
		if strings.Contains(o.output, trace) {
			t.Errorf("the output holds a stack trace (%q)", trace)
		}
	}
	// No pattern: it may be the very password that it looks for. Those of the
	// policies here begin with zq, those of the good endpoint are the seed's.
	for _, text := range []string{"zq", password, "A-Za-z0-9._%"} {
		if strings.Contains(o.output, text) {
			t.Errorf("the output shows a pattern (%q)", text)
		}
	}
	if t.Failed() {
		t.Logf("the output:\n%s", o.output)
	}
}

func TestBadSettingsAtTheEndpointStopTheStartToo(t *testing.T) {
	t.Parallel()
	o := refuseStart(t, route{atEndpoint: true, settings: obj{"on_error": "zqzq"}}, nil)
	checkRefusedStart(t, o, []string{"on_error"})
}

func TestModifierWithoutSettingsStopsTheStart(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"redact-request", "redact-response"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := refuseStart(t, route{names: []string{name}, noPolicy: true, extra: obj{"redact": nil}}, nil)
			checkRefusedStart(t, o, []string{"redact"})
		})
	}
}
