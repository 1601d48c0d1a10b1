package modifiers

import (
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/krakend-redact/krakend-redact/internal/audit"
	"github.com/krakend-redact/krakend-redact/internal/lurax"
)

// live is a scope whose policy is a file.
type live struct {
	t                     *testing.T
	file                  string
	log                   *testLog
	onRequest, onResponse modifier
	modifiers             map[string]registered
}

// mails is a policy that restores mail addresses, with fields laid over it.
func mails(stem string, more object) object {
	p := object{"name": "mails", "version": stem, "unmask_for_user": true, "redaction_rules": []any{
		object{"name": "Email " + stem, "pattern": `\b[a-z0-9.]+@[a-z0-9.]+\.[a-z]{2,}\b`, "replacement": "[" + stem + "]"},
	}}
	for k, v := range more {
		p[k] = v
	}
	return p
}

// goLive starts a scope by a policy. Only the test looks for a new version.
func goLive(t *testing.T, p object) *live {
	l := &live{t: t, file: filepath.Join(t.TempDir(), "policy.json"), log: &testLog{}}
	l.write(p)
	l.modifiers = all(l.log, func(int) { t.Error("the modifier ends the process: " + l.log.text()) })
	l.onRequest, l.onResponse = l.scope(object{}, redactRequestName, redactResponseName)
	return l
}

// scope starts another scope by the same file.
func (l *live) scope(settings object, names ...string) (onRequest, onResponse modifier) {
	settings["policy"], settings["reload_interval"] = l.file, "1h"
	var list []any
	for _, name := range names {
		list = append(list, name)
	}
	extra := object{"name": list, "redact": settings}
	for _, name := range names {
		if name == redactRequestName {
			onRequest = l.modifiers[name].factory(extra)
		} else {
			onResponse = l.modifiers[name].factory(extra)
		}
	}
	return onRequest, onResponse
}

func (l *live) write(p object) {
	l.t.Helper()
	text, err := json.Marshal(p)
	if err != nil {
		l.t.Fatal(err)
	}
	l.writeText(string(text))
}

func (l *live) writeText(text string) {
	l.t.Helper()
	if err := os.WriteFile(l.file, []byte(text), 0o600); err != nil {
		l.t.Fatal(err)
	}
}

// look does what happens when the file has settled.
func (l *live) look() {
	policies.mu.Lock()
	f := policies.files[fileKey{l.file, time.Hour}]
	policies.mu.Unlock()
	f.read().Take()
}

// lines returns the log's new lines of a level.
func (l *live) lines(level string) []string {
	lines := l.log.withLevel(level)
	l.log.mu.Lock()
	defer l.log.mu.Unlock()
	l.log.lines = nil
	return lines
}

// ask sends an address out, and returns what went out and what came back.
func (l *live) ask(onRequest, onResponse modifier) (out, back string) {
	l.t.Helper()
	request := modifyRequest(l.t, onRequest, jsonRequest(`["a@x.io"]`))
	out = read(l.t, request.Body())
	return out, l.answer(onResponse, request, out)
}

func (l *live) answer(onResponse modifier, request lurax.RequestWrapper, text string) string {
	l.t.Helper()
	answer := modifyResponse(l.t, onResponse, &response{
		request: request, headers: map[string][]string{"Content-Type": {"application/json"}}, io: strings.NewReader(text),
	})
	return read(l.t, answer.Io())
}

func TestANewVersionTakesEffect(t *testing.T) {
	l := goLive(t, mails("OLD", nil))
	if out, back := l.ask(l.onRequest, l.onResponse); out != `["[OLD_1]"]` || back != `["a@x.io"]` {
		t.Errorf("at first %s and %s", out, back)
	}
	l.lines("INFO")
	l.write(mails("NEW", nil))
	l.look()
	if out, back := l.ask(l.onRequest, l.onResponse); out != `["[NEW_1]"]` || back != `["a@x.io"]` {
		t.Errorf("then %s and %s", out, back)
	}
	if got, want := strings.Join(l.lines("INFO"), "\n"), `redact-request: policy "mails" NEW from `+l.file+` applies with 1 rules: Email NEW`; got != want {
		t.Errorf("log\n%s\nwant\n%s", got, want)
	}
	l.look()
	if lines := l.lines("INFO"); lines != nil {
		t.Errorf("nothing has changed, but the log says %q", lines)
	}
}

func rulesOfAnswers(word string) object {
	return object{"response_rules": []any{object{"name": "answers " + word, "pattern": word, "replacement": "[GONE]"}}}
}

// Between a request and its answer, versions come and go.
func TestAnAnswerHasTheVersionOfItsRequest(t *testing.T) {
	l := goLive(t, mails("OLD", rulesOfAnswers("alpha")))
	request := modifyRequest(t, l.onRequest, jsonRequest(`["a@x.io"]`))
	l.write(mails("NEW", rulesOfAnswers("beta")))
	l.look()
	const text = `"alpha beta [OLD_1] [NEW_1]"`
	if got, want := l.answer(l.onResponse, request, text), `"[GONE_1] beta a@x.io [NEW_1]"`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	// A stream that has begun goes on as it began.
	stream := func() io.Reader {
		return modifyResponse(t, l.onResponse, &response{
			request: request, headers: map[string][]string{"Content-Type": {"text/event-stream"}},
			io: strings.NewReader("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"alpha beta [OLD_1]\"}}]}\n\ndata: [DONE]\n\n"),
		}).Io()
	}()
	l.write(mails("NEWER", object{"mode": "test"}))
	l.look()
	if got := read(t, stream); !strings.Contains(got, `"[GONE_1] beta a@x.io"`) {
		t.Errorf("the stream has %s", got)
	}
	// Mode test holds for new requests: this one is still restored.
	if got, want := l.answer(l.onResponse, request, text), `"[GONE_1] beta a@x.io [NEW_1]"`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if lines := l.log.withLevel("WARNING"); len(lines) != 1 || !strings.Contains(lines[0], "NOTHING IS MASKED") {
		t.Errorf("warnings %q", lines)
	}
	if out, back := l.ask(l.onRequest, l.onResponse); out != `["a@x.io"]` || back != `["a@x.io"]` {
		t.Errorf("in mode test %s and %s", out, back)
	}
}

// An answer whose version is gone is restored from its own vault, and looked
// into by the newest rules.
func TestAVersionThatIsGone(t *testing.T) {
	l := goLive(t, mails("OLD", rulesOfAnswers("alpha")))
	request := modifyRequest(t, l.onRequest, jsonRequest(`["a@x.io"]`))
	for i := 0; i <= maxOld; i++ {
		l.write(mails(fmt.Sprintf("V%dX", i), rulesOfAnswers("beta")))
		l.look()
	}
	const text = `"alpha beta [OLD_1]"`
	if got, want := l.answer(l.onResponse, request, text), `"alpha [GONE_1] a@x.io"`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if lines := l.log.withLevel("WARNING"); len(lines) != 1 || !strings.Contains(lines[0], "a version that is gone") {
		t.Errorf("warnings %q", lines)
	}
}

func TestABrokenVersionIsRefused(t *testing.T) {
	const secret = "canary-value"
	for _, tt := range []struct{ name, text, want string }{
		{"half written", `{"name":"mails","version":"` + secret, "is not valid JSON"},
		{"a broken rule", `{"redaction_rules":[{"name":"r","pattern":"` + secret + `("}]}`, `rule "r": field redaction_rules[0].pattern: `},
		{"a rule that finds its placeholder", `{"unmask_for_user":true,"redaction_rules":[{"name":"r","pattern":"X","replacement":"[X]"}]}`, `rule "r": field replacement: `},
		{"a term list that is missing", `{"deny_terms":{"file":"/nowhere/terms"}}`, "field deny_terms.file: cannot be read: no such file; check the path"},
		{"nothing", ``, "is not"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := goLive(t, mails("OLD", nil))
			l.lines("")
			l.writeText(tt.text)
			l.look()
			if out, back := l.ask(l.onRequest, l.onResponse); out != `["[OLD_1]"]` || back != `["a@x.io"]` {
				t.Errorf("%s and %s", out, back)
			}
			lines := l.log.withLevel("ERROR")
			if len(lines) != 1 || !strings.Contains(lines[0], l.file+" was refused") || !strings.Contains(lines[0], tt.want) {
				t.Errorf("errors %q", lines)
			}
			if strings.Contains(l.log.text(), secret) || strings.Contains(l.log.text(), "applies with") {
				t.Errorf("log %s", l.log.text())
			}
			l.lines("")
			l.write(mails("MENDED", nil))
			l.look()
			if out, _ := l.ask(l.onRequest, l.onResponse); out != `["[MENDED_1]"]` {
				t.Errorf("mended: %s", out)
			}
			if lines := l.log.withLevel("ERROR"); lines != nil {
				t.Errorf("mended, but %q", lines)
			}
		})
	}
}

func TestADeletedFile(t *testing.T) {
	l := goLive(t, mails("OLD", nil))
	if err := os.Remove(l.file); err != nil {
		t.Fatal(err)
	}
	l.look()
	if lines := l.lines("ERROR"); len(lines) != 1 || !strings.HasSuffix(lines[0], "check the path (relative paths start at KrakenD's working folder) and its permissions") {
		t.Errorf("errors %q", lines)
	}
	if out, _ := l.ask(l.onRequest, l.onResponse); out != `["[OLD_1]"]` {
		t.Errorf("out %s", out)
	}
	l.write(mails("OLD", nil))
	l.lines("")
	l.look()
	if lines := l.lines("INFO"); len(lines) != 1 || !strings.HasSuffix(lines[0], "is again the version that applies") {
		t.Errorf("log %q", lines)
	}
}

// What stops the start is refused in a new version too, in all scopes of the
// file: one of them has nothing that could restore.
func TestAVersionThatDoesNotFitAScope(t *testing.T) {
	for name, more := range map[string]object{"unmasks": {"unmask_for_user": true}, "has response rules": rulesOfAnswers("alpha")} {
		t.Run(name, func(t *testing.T) {
			plain := object{"unmask_for_user": false}
			l := goLive(t, mails("OLD", plain))
			alone, _ := l.scope(object{}, redactRequestName)
			l.lines("")
			merged := object{"unmask_for_user": false}
			for k, v := range more {
				merged[k] = v
			}
			l.write(mails("NEW", merged))
			l.look()
			for _, m := range []modifier{l.onRequest, alone} {
				if out, _ := l.ask(m, l.onResponse); out != `["[OLD_1]"]` {
					t.Errorf("out %s", out)
				}
			}
			if lines := l.lines("ERROR"); len(lines) != 1 || !strings.Contains(lines[0], "field name: lacks redact-response") {
				t.Errorf("errors %q", lines)
			}
			l.write(mails("NEW", plain))
			l.look()
			for _, m := range []modifier{l.onRequest, alone} {
				if out, _ := l.ask(m, l.onResponse); out != `["[NEW_1]"]` {
					t.Errorf("out %s", out)
				}
			}
		})
	}
}

func TestScopesOfOneFileShareWhatIsCompiled(t *testing.T) {
	l := goLive(t, mails("OLD", rulesOfAnswers("alpha")))
	// At the second start the file holds something else already: both go by it.
	l.write(mails("NEW", rulesOfAnswers("alpha")))
	onRequest, onResponse := l.scope(object{"keys": true, "max_body_bytes": json.Number("1024")}, redactRequestName, redactResponseName)
	for _, m := range []modifier{l.onRequest, onRequest} {
		if out, _ := l.ask(m, onResponse); out != `["[NEW_1]"]` {
			t.Errorf("out %s", out)
		}
	}
	f := policies.files[fileKey{l.file, time.Hour}]
	if len(f.requests) != 2 || len(f.answers) != 2 {
		t.Fatalf("%d and %d scopes", len(f.requests), len(f.answers))
	}
	for i := range f.requests {
		m, a := f.requests[i].current.Load(), f.answers[i].(*liveAnswers).current.Load()
		if m.masker.Answers() != f.current.masker.Answers() || a.settings.answer.Rules != f.current.masker.Answers() {
			t.Errorf("scope %d has compiled its own", i)
		}
	}
	if refused, err := onRequest(jsonRequest(`["` + strings.Repeat("x", 1024) + `"]`)); err == nil {
		t.Errorf("the second scope's own bound does not hold: %v", refused)
	}
}

func TestOnlyFilesThatAskForItAreWatched(t *testing.T) {
	l := goLive(t, mails("OLD", nil))
	before := len(policies.files)
	_, log, codes := start(redactRequestName, object{"name": []any{redactRequestName, redactResponseName}, "redact": object{"policy": testPolicy()}})
	if codes != nil || len(policies.files) != before {
		t.Errorf("a policy of the settings is taken for a file: %s", log.text())
	}
	_, log, codes = start(redactRequestName, object{"name": []any{redactRequestName, redactResponseName}, "redact": object{"policy": l.file, "reload_interval": "0s"}})
	f := policies.files[fileKey{l.file, 0}]
	if codes != nil || f == nil || f.watched {
		t.Fatalf("%+v is watched although it must not be: %s", f, log.text())
	}
	// Such a file is read once for all: the modifiers of a scope must agree.
	first := f.current
	l.write(mails("NEW", nil))
	_, log, codes = start(redactResponseName, object{"name": []any{redactRequestName, redactResponseName}, "redact": object{"policy": l.file, "reload_interval": "0s"}})
	if codes != nil || f.current != first {
		t.Errorf("the file was read again: %s", log.text())
	}
}

// The watcher's own goroutine takes a file that is replaced by another.
func TestTheWatcherReloads(t *testing.T) {
	file := filepath.Join(t.TempDir(), "policy.json")
	write := func(stem string) {
		t.Helper()
		text, _ := json.Marshal(mails(stem, nil))
		if err := os.WriteFile(file+".new", text, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(file+".new", file); err != nil {
			t.Fatal(err)
		}
	}
	write("OLD")
	log := &awaitedLog{lines: make(chan string, 100)}
	onRequest := all(log, nil)[redactRequestName].factory(object{
		"name": []any{redactRequestName, redactResponseName}, "redact": object{"policy": file, "reload_interval": "1s"},
	})
	write("NEW")
	for line := range log.lines {
		if strings.Contains(line, `"mails" NEW from`) {
			break
		}
	}
	if out := read(t, modifyRequest(t, onRequest, jsonRequest(`["a@x.io"]`)).Body()); out != `["[NEW_1]"]` {
		t.Errorf("out %s", out)
	}
}

// awaitedLog hands out what is logged at INFO.
type awaitedLog struct {
	quiet
	lines chan string
}

func (l *awaitedLog) Info(v ...interface{}) { l.lines <- fmt.Sprint(v...) }

// Two versions take turns while many requests are on their way. Each names its
// words differently, so that half of one and half of the other would show: in
// the placeholders of one request, in what the answer gets back, and in what
// the answer's rules find.
func TestNoRequestSeesHalfAPolicy(t *testing.T) {
	side := func(s string) object {
		p := mails(s, rulesOfAnswers("word"+s))
		p["redaction_rules"] = append(p["redaction_rules"].([]any),
			object{"name": "Number " + s, "pattern": `\b[0-9]{6}\b`, "replacement": "<" + s + ">"})
		return p
	}
	l := goLive(t, side("LEFT"))
	const rounds = 40
	var wg sync.WaitGroup
	stop := make(chan struct{})
	var seen sync.Map // versions
	for w := 0; w < 4*runtime.GOMAXPROCS(0); w++ {
		wg.Add(1)
		go func(w int) {
			defer wg.Done()
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				mail, number := fmt.Sprintf("u%d.n%d@x.io", w, n), fmt.Sprintf("%06d", w*1000+n%1000)
				in := jsonRequest(`{"a":"` + mail + `","b":"` + number + `","c":"` + mail + `"}`)
				in.url, _ = url.Parse("http://llm.example/?n=" + number)
				request := modifyRequest(t, l.onRequest, in)
				out := read(t, request.Body())
				s := "LEFT"
				if strings.Contains(out, "RIGHT") {
					s = "RIGHT"
				}
				seen.Store(s, true)
				if want := `{"a":"[` + s + `_1]","b":"<` + s + `_1>","c":"[` + s + `_1]"}`; out != want || request.URL().Query().Get("n") != "<"+s+"_1>" {
					t.Errorf("out %s to %s", out, request.URL())
					return
				}
				if n%3 == 0 {
					runtime.Gosched() // another version may come in between
				}
				answer := l.answer(l.onResponse, request, `[`+out+`,"wordLEFT wordRIGHT"]`)
				words := map[string]string{"LEFT": "[GONE_1] wordRIGHT", "RIGHT": "wordLEFT [GONE_1]"}[s]
				if want := `[{"a":"` + mail + `","b":"` + number + `","c":"` + mail + `"},"` + words + `"]`; answer != want {
					t.Errorf("%s came back as %s, want %s", out, answer, want)
					return
				}
			}
		}(w)
	}
	for i := 0; i < rounds; i++ {
		l.write(side([]string{"RIGHT", "LEFT"}[i%2]))
		l.look()
		l.ask(l.onRequest, l.onResponse)
	}
	close(stop)
	wg.Wait()
	for _, s := range []string{"LEFT", "RIGHT"} {
		if _, ok := seen.Load(s); !ok {
			t.Errorf("no request saw %s", s)
		}
	}
	if errs := append(l.log.withLevel("ERROR"), l.log.withLevel("WARNING")...); errs != nil {
		t.Errorf("log %q", errs)
	}
}

// A refused version alerts, and is in the status until there is a good one.
func TestARefusedVersionAlerts(t *testing.T) {
	l := goLive(t, mails("OLD", nil))
	lines := filepath.Join(t.TempDir(), "audit.jsonl")
	l.scope(object{"proxy": "chat", "audit": object{"file": object{"path": lines}}}, redactRequestName, redactResponseName)
	f := policies.files[fileKey{l.file, time.Hour}]
	state := func() audit.ProxyStatus {
		t.Helper()
		all := f.requests[1].status()
		if len(all) != 1 || all[0].Proxy != "chat" || all[0].Source != l.file || all[0].Policy.Digest != f.current.policy.Digest {
			t.Fatalf("status %+v", all)
		}
		return all[0]
	}
	first := state()
	if first.ReloadError != "" || time.Since(first.Loaded) > time.Minute {
		t.Errorf("at first %+v", first)
	}
	l.writeText(`{"redaction_rules":[{"name":"r","pattern":"canary-value("}]}`)
	l.look()
	const reason = `rule "r": field redaction_rules[0].pattern: `
	if s := state(); !strings.Contains(s.ReloadError, reason) || s.Loaded != first.Loaded || s.Policy != first.Policy {
		t.Errorf("refused: %+v", s)
	}
	text, err := os.ReadFile(lines)
	if err != nil {
		t.Fatal(err)
	}
	var alert audit.Alert
	for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		if strings.Contains(line, `"kind":"alert"`) {
			if err := json.Unmarshal([]byte(line), &alert); err != nil {
				t.Fatal(err)
			}
		}
	}
	if alert.Type != audit.AlertReload || alert.Proxy != "chat" || alert.Policy != first.Policy || !strings.Contains(alert.Reason, reason) || strings.Contains(string(text), "canary") {
		t.Errorf("lines %s", text)
	}
	l.write(mails("NEW", nil))
	l.look()
	if s := state(); s.ReloadError != "" || s.Policy.Version != "NEW" || !s.Loaded.After(first.Loaded) {
		t.Errorf("mended: %+v", s)
	}
}
