package e2e

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"
	"html"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

// Values that the rules of the canary test find. No rule finds the core alone.
func (c canary) mail() string  { return c.core + "@canary.example" }
func (c canary) odd() string   { return "zq<" + c.core + `&"x'>` } // each form escapes it otherwise
func (c canary) token() string { return "tok_" + c.core }          // which an identifier may be
func (c canary) fresh() string { return "fresh-" + c.core }        // found in answers only
func (c canary) badge() string { return "bdg-" + c.core }          // found in one field only
func (c canary) word() string  { return c.core + "7" }             // found behind "password is"

// canaryPolicy has a rule for each action. mode may be "".
func canaryPolicy(mode, keyFile string) obj {
	found := func(name, start, action string, more obj) obj {
		r := obj{"name": name, "pattern": start + `[g-z]{16}`, "action": action}
		for k, v := range more {
			r[k] = v
		}
		return r
	}
	p := obj{
		"name": "canary-policy", "version": "1", "unmask_for_user": true, "hash_key_file": keyFile,
		"redaction_rules": list{
			rule("Mail", `[g-z]{16}@canary\.example`, "[MAIL]", obj{"severity": "critical"}),
			rule("Odd", `zq<[g-z]{16}&"x'>`, "[ODD]"),
			rule("Word", `password is ([g-z]{16}7)`, "[WORD]", obj{"group": 1}),
			rule("Badge", `bdg-[g-z]{16}`, "[BADGE]", obj{"fields": list{"badge"}}),
			found("Token", "tok_", "mask", nil), found("Gone", "gone-", "redact", nil), found("Part", "part-", "partial", obj{"keep_last": 2}),
			found("Hash", "hash-", "hash", nil), found("Stop", "stop-", "block", nil), found("Watch", "watch-", "alert", nil),
		},
		"response_rules": list{rule("Fresh", `fresh-[g-z]{16}`, "[FRESH]")},
		"alerts":         obj{"min_severity": "low", "fold": "1s", "frequency": list{obj{"rule": "*", "count": 2, "window": "1m"}}},
	}
	if mode != "" {
		p["mode"] = mode
	}
	return p
}

// plant is a request with a canary in one place.
type plant struct {
	canary
	message
	// notInTrials: in mode test it goes on as it is, and KrakenD's own log has it.
	notInTrials bool
}

// canaryBody bounds the bodies of the canary test in bytes.
const canaryBody = 100_000

// plants are requests with canaries everywhere.
func plants() (all []plant) {
	header := func(pairs ...string) http.Header {
		h := http.Header{}
		for i := 0; i < len(pairs); i += 2 {
			h[pairs[i]] = []string{pairs[i+1]}
		}
		return h
	}
	add := func(where string, build func(c canary) message) {
		c := newCanary(where)
		m := build(c)
		if m.path == "" {
			m.path = "/somebody"
		}
		all = append(all, plant{canary: c, message: m})
	}
	// Beside each value stands one that is found, so that there is an excerpt.
	beside := newCanary("everywhere").mail()
	text := func(where string, value func(c canary) string) {
		add(where, func(c canary) message { return message{body: chat("write " + value(c) + " to " + beside)} })
	}
	raw := func(where, contentType string, value func(c canary) string) {
		add(where, func(c canary) message {
			return message{body: value(c), header: header("Content-Type", contentType)}
		})
	}

	text("a text", canary.mail)
	text("a text with signs", canary.odd)
	text("a text with URL encoding", func(c canary) string { return "to=" + url.QueryEscape(c.mail()) })
	text("a text with HTML", func(c canary) string {
		return "<a href=\"mailto:" + c.mail() + "\">" + html.EscapeString(c.odd()) + "</a>"
	})
	text("JSON in a text", func(c canary) string { return jsonOf(obj{"to": c.mail(), "token": c.token()}) })
	text("a text that a rule of answers finds something in", canary.fresh)
	text("a text behind a word", func(c canary) string { return "my password is " + c.word() + ", yes " + c.word() })
	text("an action redact", func(c canary) string { return "gone-" + c.core })
	text("an action partial", func(c canary) string { return "part-" + c.core[:14] + "zz" })
	text("an action hash", func(c canary) string { return "hash-" + c.core })
	text("an action block", func(c canary) string { return "stop-" + c.core })
	text("an action alert", func(c canary) string { return "watch-" + c.core })
	text("a long text", func(c canary) string {
		return strings.Repeat("and so on ", 40) + c.mail() + strings.Repeat(" and on", 60) + c.mail()
	})
	text("a text full of values", func(c canary) string { return strings.Repeat(c.mail()+c.odd(), 50) })
	json := "application/json"
	raw("letters that JSON escapes", json, func(c canary) string {
		return `{"messages":[{"content":"to ` + strings.Replace(c.mail(), "@", `\u0040`, 1) + ` \u007aq\u003c` + c.core + `\u0026\"x'>"}]}`
	})
	raw("a tool call of OpenAI", json, func(c canary) string {
		return `{"model":"m","messages":[{"role":"assistant","tool_calls":[{"id":"` + c.token() + `","type":"function","function":{"name":"send","arguments":` + jsonOf(jsonOf(obj{"to": c.mail()})) + `}}]},{"role":"tool","tool_call_id":"` + c.token() + `","content":"sent ` + c.mail() + `"}]}`
	})
	raw("a tool call of Anthropic", json, func(c canary) string {
		return `{"model":"m","max_tokens":9,"system":"` + c.mail() + `","messages":[{"role":"assistant","content":[{"type":"tool_use","id":"t","name":"send","input":{"to":"` + c.mail() + `"}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":` + jsonOf(c.odd()) + `}]}]}`
	})
	raw("a tool call of Gemini", json, func(c canary) string {
		return `{"contents":[{"role":"model","parts":[{"functionCall":{"name":"send","args":{"to":"` + c.mail() + `"}}}]},{"role":"user","parts":[{"text":` + jsonOf(c.odd()) + `}]}]}`
	})
	raw("a key", json, func(c canary) string {
		return `{"model":"m","messages":[{"role":"user","content":"` + beside + `"}],"metadata":{"` + c.mail() + `":{"` + c.token() + `":1}}}`
	})
	raw("a field that steers", json, func(c canary) string {
		return `{"model":"` + c.token() + `","user":"` + c.mail() + `","messages":[{"role":"` + c.token() + `","content":"` + beside + `"}]}`
	})
	raw("a field that a rule is not for", json, func(c canary) string {
		return `{"badge":"` + c.badge() + `","messages":[{"role":"user","content":"` + c.badge() + " " + beside + `"}]}`
	})
	raw("lines of JSON", "application/x-ndjson", func(c canary) string { return jsonOf(c.mail()) + "\n" + jsonOf(c.odd()) + "\n" })
	raw("JSON that breaks off", json, func(c canary) string { return chat(c.mail())[:60] })
	raw("JSON with a rest", json, func(c canary) string { return chat(c.mail()) + c.odd() })
	raw("JSON that is none", json, canary.odd)
	raw("JSON that is too deep", json, func(c canary) string {
		return strings.Repeat(`{"`+c.mail()+`":`, 1100) + jsonOf(c.mail()) + strings.Repeat("}", 1100)
	})
	raw("a body that is too large", json, func(c canary) string { return chat(strings.Repeat(c.mail()+" ", canaryBody/20)) })
	raw("an unknown type", "application/x-"+newCanary("an unknown type").core, canary.mail)
	raw("plain text", "text/plain", canary.odd)
	raw("a form", "application/x-www-form-urlencoded", func(c canary) string {
		return url.Values{"q": {c.odd()}, c.mail(): {"x"}, "beside": {beside}}.Encode()
	})
	raw("another charset", "text/plain; charset=utf-16", func(c canary) string { return strings.Join(strings.Split(c.mail(), ""), "\x00") })
	raw("bytes", "application/octet-stream", func(c canary) string { return "\x00\xff" + c.mail() })
	raw("a picture", "image/png", func(c canary) string { return "\x89PNG\r\n" + c.mail() })
	raw("base64 in a data URL", json, func(c canary) string {
		return chat(beside + " data:image/png;base64," + base64.StdEncoding.EncodeToString([]byte("to "+c.mail())))
	})
	for _, boundary := range []string{"b", newCanary("multipart with the boundary 2").core} {
		raw(fmt.Sprintf("multipart with the boundary %d", len(boundary)/8), "multipart/form-data; boundary="+boundary, func(c canary) string {
			var b bytes.Buffer
			w := multipart.NewWriter(&b)
			_ = w.SetBoundary("b")
			_ = w.WriteField("prompt", c.mail())
			_ = w.WriteField(c.token(), "1")
			part, _ := w.CreatePart(textproto.MIMEHeader{"Content-Disposition": {`form-data; name="file"; filename="` + c.mail() + `"`}, "Content-Type": {"application/pdf"}})
			_, _ = io.WriteString(part, "%PDF\x00\xff"+c.mail())
			_ = w.Close()
			return b.String()
		})
	}
	for coding, squeeze := range map[string]func(string) string{
		"br": func(s string) string { return s }, "gzip": zipped, "x-unknown": func(s string) string { return s },
		"gzip, gzip": func(s string) string { return zipped(zipped(s)) }, "deflate": func(s string) string { return s },
	} {
		add("a body with the encoding "+coding, func(c canary) message {
			return message{body: squeeze(chat(c.mail())), header: header("Content-Encoding", coding)}
		})
	}
	add("a gzip bomb", func(c canary) message {
		return message{body: zipped(chat(c.mail() + strings.Repeat("0", 50*canaryBody))), header: header("Content-Encoding", "gzip")}
	})
	add("a gzip body that breaks off", func(c canary) message {
		return message{body: zipped(chat(c.mail() + strings.Repeat(" and so on", 99)))[:70], header: header("Content-Encoding", "gzip")}
	})
	add("the query", func(c canary) message {
		return message{body: chat(beside), query: url.Values{"q": {c.odd()}, "mail": {c.mail()}, c.mail(): {"x"}}.Encode()}
	})
	add("the query, refused", func(c canary) message {
		return message{body: `{"`, query: url.Values{"q": {c.odd()}, "mail": {c.mail()}}.Encode()}
	})
	add("a broken query", func(c canary) message { return message{body: chat(beside), query: "q=%zz;" + c.mail()} })
	add("the path", func(c canary) message { return message{body: chat(beside), path: "/" + c.mail()} })
	add("the path, encoded", func(c canary) message {
		return message{body: chat(beside), path: "/" + strings.Replace(c.mail(), "@", "%40", 1)}
	})
	add("the path, with a slash in it", func(c canary) message { return message{body: chat(beside), path: "/x%2F" + c.mail()} })
	add("a URL that leads to nobody", func(c canary) message {
		return message{body: jsonOf(obj{"answer": "none", "x": beside}), path: "/" + c.mail(), query: url.Values{"q": {c.odd()}}.Encode()}
	})
	all[len(all)-1].notInTrials = true
	add("the path, no rule's", func(c canary) message { return message{body: chat(beside), path: "/" + c.core} })
	add("the path, refused", func(c canary) message { return message{body: `{"`, path: "/" + url.PathEscape(c.odd())} })
	add("headers", func(c canary) message {
		return message{body: chat(beside), header: header("X-Mail", "me <"+c.mail()+">", "Authorization", "Bearer "+c.core, "Cookie", "s="+c.core, "Referer", "https://"+c.core+".example/", "User-Agent", c.mail())}
	})
	for name, value := range map[string]func(canary) string{
		"X-Request-Id": canary.token, "Traceparent": func(c canary) string { return "00-" + c.token() + "-00-01" },
		"Tracestate": canary.token, "Baggage": canary.mail, "X-Forwarded-For": canary.mail,
	} {
		add("the header "+name, func(c canary) message { return message{body: chat(beside), header: header(name, value(c))} })
		add("the header "+name+", refused", func(c canary) message { return message{body: "{", header: header(name, value(c))} })
	}
	add("a value behind a word, and its like in query, path and identifier", func(c canary) message {
		return message{
			body: chat("my password is " + c.word()), header: header("X-Request-Id", c.word(), "X-Mail", c.word()),
			query: "q=" + c.word(), path: "/" + c.word(),
		}
	})
	for name := range canaryAnswers {
		add("an answer: "+name, func(c canary) message {
			return message{body: jsonOf(obj{"answer": name, "model": "m", "messages": list{obj{"role": "user", "content": c.mail()}}})}
		})
	}
	return all
}

func zipped(text string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = io.WriteString(z, text)
	_ = z.Close()
	return b.String()
}

// canaryAnswers are what the LLM answers, by their names. c is a canary of the
// answer's own: what it holds is new.
var canaryAnswers = map[string]func(w http.ResponseWriter, c canary){
	"JSON": func(w http.ResponseWriter, c canary) {
		fine(w, "application/json", `{"choices":[{"message":{"content":"for [MAIL_1]: `+c.fresh()+`","tool_calls":[{"function":{"arguments":"{\"to\":\"[MAIL_1]\",\"x\":\"`+c.fresh()+`\"}"}}]}}]}`)
	},
	"made-up placeholders": func(w http.ResponseWriter, c canary) {
		fine(w, "application/json", `{"choices":[{"message":{"content":"[MAIL_77] and [TOKEN_5] with `+c.fresh()+` or `+c.mail()+` and `+c.badge()+`"}}]}`)
	},
	"broken JSON": func(w http.ResponseWriter, c canary) {
		fine(w, "application/json", `{"choices":[{"message":{"content":"for [MAIL_1]: `+c.fresh()+` `+c.mail())
	},
	"an unknown encoding": func(w http.ResponseWriter, c canary) {
		w.Header().Set("Content-Encoding", "br")
		fine(w, "application/json", `"`+c.fresh()+` `+c.mail()+`"`)
	},
	"too large": func(w http.ResponseWriter, c canary) {
		fine(w, "application/json", jsonOf(strings.Repeat(c.fresh()+" "+c.mail(), canaryBody/16)))
	},
	"bytes": func(w http.ResponseWriter, c canary) {
		fine(w, "application/octet-stream", "\x00\xff"+c.fresh()+c.mail())
	},
	"an error": func(w http.ResponseWriter, c canary) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("X-Request-Id", c.token())
		w.WriteHeader(http.StatusInternalServerError)
		_, _ = io.WriteString(w, `{"error":{"message":"no `+c.fresh()+` for [MAIL_1] or [MAIL_9]","code":"`+c.mail()+`"}}`)
	},
	"one that breaks off": func(w http.ResponseWriter, c canary) {
		w.Header().Set("Content-Length", "1000")
		fine(w, "application/json", `{"choices":[{"message":{"content":"for [MAIL_1]: `+c.fresh())
	},
	"none": func(http.ResponseWriter, canary) { panic(http.ErrAbortHandler) },
	"a stream of OpenAI": func(w http.ResponseWriter, c canary) {
		stream(w, "for [MA", "IL_1]: fre", c.fresh()[3:9], c.fresh()[9:], " ", c.mail()[:20], c.mail()[20:], " [MAIL_78]", func(text string) string {
			return `data: {"choices":[{"index":0,"delta":{"content":` + jsonOf(text) + `}},{"index":1,"delta":{"tool_calls":[{"index":0,"function":{"arguments":` + jsonOf(strings.Trim(jsonOf(text), `"`)) + `}}]}}]}`
		})
	},
	"a stream of Anthropic": func(w http.ResponseWriter, c canary) {
		stream(w, "for [MAIL_", "1]: ", c.fresh()[:9], c.fresh()[9:], " [MAIL_79]", func(text string) string {
			return "event: content_block_delta\ndata: " + `{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":` + jsonOf(text) + "}}\n\nevent: content_block_delta\ndata: " + `{"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":` + jsonOf(strings.Trim(jsonOf(text), `"`)) + `}}`
		})
	},
	"a stream of Gemini": func(w http.ResponseWriter, c canary) {
		stream(w, "for [MAIL_1", "]: ", c.fresh()[:12], c.fresh()[12:], func(text string) string {
			return `data: {"candidates":[{"index":0,"content":{"parts":[{"text":` + jsonOf(text) + `}]}}]}`
		})
	},
	"a broken stream": func(w http.ResponseWriter, c canary) {
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, "data: {\"choices\":[{\"delta\":{\"content\":\"[MAIL_1] "+c.mail()+"\n\ndata: "+c.fresh()+"\n\n:"+c.mail()+"\n\nid: "+c.mail())
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	},
	"lines of JSON": func(w http.ResponseWriter, c canary) {
		fine(w, "application/x-ndjson", `{"message":{"content":"[MAIL_1] fresh"},"done":false}`+"\n"+`{"message":{"content":"`+c.fresh()[5:]+`"},"done":false}`+"\n{\""+c.mail())
	},
}

func fine(w http.ResponseWriter, contentType, body string) {
	w.Header().Set("Content-Type", contentType)
	_, _ = io.WriteString(w, body)
}

// stream sends texts as events; the last argument makes an event of a text.
func stream(w http.ResponseWriter, parts ...any) {
	w.Header().Set("Content-Type", "text/event-stream")
	event := parts[len(parts)-1].(func(string) string)
	for _, text := range parts[:len(parts)-1] {
		_, _ = io.WriteString(w, event(text.(string))+"\n\n")
		_ = http.NewResponseController(w).Flush()
	}
}

// answerCanary is the canary that an answer holds, whatever it answers to.
func answerCanary(name string) canary { return newCanary("the LLM's: " + name) }

var answerName = regexp.MustCompile(`"answer":"([^"]*)"`)

// answerPlants answers as the request asks for, or quotes it.
func answerPlants(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	if name := answerName.FindSubmatch(body); name != nil {
		canaryAnswers[string(name[1])](w, answerCanary(string(name[1])))
		return
	}
	fine(w, "application/json", jsonOf(obj{"choices": list{obj{"message": obj{"content": "you said " + string(body)}}}}))
}

// The control stands beside a value and is found by no rule: it must be where
// texts are shown.
var control = newCanary("the control")

// controlProxy must be everywhere.
const controlProxy = "control-proxy"

// controlPlant is the request whose event must be everywhere.
func controlPlant(c canary) message {
	return message{body: chat("the " + control.core + " writes to " + c.mail()), path: "/somebody", header: http.Header{"X-Request-Id": {"control-id"}}}
}

// TestCanary plants values in requests, answers, policies and forms and looks for
// them in all that is written, sent or shown: none is anywhere. Values that no
// rule finds are found, which proves that the right places are looked into.
func TestCanary(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	write := func(name, text string) string {
		if err := os.WriteFile(path(name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path(name)
	}
	key := write("key", "a key that hashes are made with\n")
	policyFile := write("policy.json", jsonOf(canaryPolicy("", key)))
	trialFile := write("trial.json", jsonOf(canaryPolicy("test", key)))
	token := write("token", ingestToken+"\n")

	hooks := newHooks(t)
	consoles := []*canaryConsole{startConsole(t, path("console.db"), hooks)}
	if database := postgres(t); database != "" {
		consoles = append(consoles, startConsole(t, database, hooks))
	}
	both := httptest.NewServer(toAll(consoles))
	defer both.Close()
	away := httptest.NewServer(http.NotFoundHandler())
	away.Close()

	metricsPort, err := freePort()
	if err != nil {
		t.Fatal(err)
	}
	metricsAt := fmt.Sprintf("127.0.0.1:%d", metricsPort)
	g := newGroup(t)
	g.quietAccess = true // KrakenD's own: it has the path as it came, see docs/audit.md
	var endpoints []*endpoint
	for _, v := range []struct {
		name, include, console, policy string
		settings                       obj
		route                          route
	}{
		{name: "excerpts", include: "excerpt", console: both.URL},
		{name: "bodies", include: "body", console: both.URL},
		{name: "nothing", include: "none", console: both.URL},
		{name: "excerpts for a console that is away", include: "excerpt", console: away.URL},
		{name: "bodies for a console that is away", include: "body", console: away.URL},
		{name: "a trial with excerpts", include: "excerpt", console: both.URL, policy: trialFile},
		{name: "a trial with bodies", include: "body", console: both.URL, policy: trialFile},
		{name: "on_error pass", include: "body", console: both.URL, settings: obj{"on_error": "pass", "allow_binary": true}},
		{name: "some fields", include: "body", console: both.URL, settings: obj{"fields": list{"messages.*.content"}}},
		{name: "", include: "body", console: both.URL, route: route{encoding: "json"}},
		{name: "at the endpoint", include: "excerpt", console: both.URL, route: route{atEndpoint: true}},
		{name: controlProxy, include: "body", console: both.URL},
	} {
		spool := "spool"
		if v.console == away.URL {
			spool = "spool-away"
		}
		r := v.route
		r.param, r.inputHeaders, r.inputQuery = "/{who}", []string{"*"}, []string{"*"}
		r.settings = obj{
			"policy": policyFile, "reload_interval": "1s", "max_body_bytes": canaryBody, "headers": list{"X-Mail", "User-Agent"},
			"metrics": obj{"listen": metricsAt},
			"audit": obj{
				"gateway": "canary-gateway", "all": true, "include": v.include, "stdout": true,
				"file":    obj{"path": path("audit.jsonl"), "max_bytes": 64 << 10, "keep": 1000},
				"console": obj{"url": v.console, "token_file": token, "spool": path(spool)},
			},
		}
		if v.name != "" {
			r.settings["proxy"] = v.name
		}
		if v.policy != "" {
			r.settings["policy"] = v.policy
		}
		for k, s := range v.settings {
			r.settings[k] = s
		}
		e := g.add(r, nil)
		e.serve = answerPlants
		endpoints = append(endpoints, e)
	}
	g.start(t)

	all := grep{newCanary("everywhere"), newCanary("beside the control")}
	for name := range canaryAnswers {
		all = append(all, answerCanary(name))
	}
	planted := plants()
	for _, p := range planted {
		all = append(all, p.canary)
	}
	var sending sync.WaitGroup
	for _, e := range endpoints {
		sending.Go(func() {
			for _, p := range planted {
				if p.notInTrials && e.route.settings["policy"] == trialFile {
					continue
				}
				_, _ = e.try(t.Context(), p.message) // what becomes of it is tested elsewhere
			}
		})
	}
	sending.Wait()
	for _, c := range consoles {
		all = append(all, c.plant(jsonOf(canaryPolicy("", "")))...)
	}
	all = append(all, breakPolicies(t, g, policyFile)...)
	last := endpoints[len(endpoints)-1]
	last.send(t, controlPlant(newCanary("beside the control")))
	for _, e := range endpoints { // those for a console that is away are among them
		e.send(t, controlPlant(newCanary("beside the control")))
	}

	until(t, "the spool is empty", func() bool { return len(filesIn(t, path("spool"), ".jsonl")) == 0 })
	until(t, "both webhooks have been told", func() bool { return hooks.both() })

	places := map[string][]byte{"the gateway's log": []byte(g.log.String())}
	for _, file := range slices.Concat(filesIn(t, dir, ""), filesIn(t, path("spool-away"), ".jsonl")) {
		if file == policyFile || file == trialFile {
			continue
		}
		places[strings.TrimPrefix(file, dir)] = read(t, file)
	}
	places["metrics"] = fetch(t, http.DefaultClient, "http://"+metricsAt+"/metrics")
	places["webhooks"] = hooks.all()
	for _, c := range consoles {
		c.look(places)
	}

	names := make([]string, 0, len(places))
	bytesIn := 0
	for name, text := range places {
		names = append(names, name)
		bytesIn += len(text)
	}
	slices.Sort(names)
	told := 0
	for _, name := range names {
		for _, found := range all.in(places[name]) {
			if told++; told < 60 {
				t.Errorf("%s has %s", name, found)
			}
		}
	}
	t.Logf("%d canaries, %d requests, %d places, %d bytes", len(all), len(planted)*len(endpoints), len(places), bytesIn)
	checkControls(t, places, len(consoles) > 1)
}
