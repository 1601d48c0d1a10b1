package modifiers

import (
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/krakend-redact/krakend-redact/internal/lurax"
)

// lentScope is the modifiers of one scope: an endpoint's, or a backend's.
type lentScope struct{ onRequest, onResponse modifier }

// lentExchange is a request and its answer, of which nothing has been read yet.
type lentExchange struct {
	err  error
	sent io.Reader
	back lurax.ResponseWrapper
}

// transcript reads what was handed on.
func (x lentExchange) transcript(t *testing.T) string {
	text := fmt.Sprintf("%v\n", x.err)
	if x.sent != nil {
		text += read(t, x.sent) + "\n"
	}
	if x.back != nil {
		data, err := json.Marshal(x.back.Data())
		if err != nil {
			t.Error(err)
		}
		text += string(data) + "\n"
		if x.back.Io() != nil {
			text += read(t, x.back.Io())
		}
	}
	return text
}

// lentForms is how many kinds of bodies there are.
const lentForms = 12

// lentBody returns a body in which all belongs to one caller, in one of the forms.
func lentBody(form int, who string) (headers map[string][]string, body string) {
	mail := "ann." + who + "@example.org"
	plain := "words of " + who + ", mail " + mail + " told us-" + who + " again us-" + who + " watch" + who + " new" + who + " more words"
	quoted := func(text string) string {
		b, _ := json.Marshal(text)
		return strings.ReplaceAll(string(b), "@", `\u0040`)
	}
	inner := `{"to":` + quoted(mail) + `,"n":"\"` + who + `\" ` + plain + `"}`
	doc := `{"messages":[{"content":` + quoted(plain+"\n\"quoted\"\t"+plain) + `},{"content":"` + plain + `"},{"arguments":` + quoted(inner) + `}]}`
	kind := "application/json"
	switch form {
	case 1:
		kind, body = "application/x-www-form-urlencoded", "who="+who+"&text="+url.QueryEscape(plain)+"&to="+mail
	case 2:
		kind = "multipart/form-data; boundary=xx"
		body = "--xx\r\nContent-Disposition: form-data; name=\"" + who + "\"\r\n\r\n" + plain +
			"\r\n--xx\r\nContent-Disposition: form-data; name=\"doc\"\r\nContent-Type: application/json\r\n\r\n" + doc + "\r\n--xx--\r\n"
	case 3:
		kind, body = "text/plain", plain
	case 4:
		kind, body = "application/x-ndjson", doc+"\n"+inner+"\n"
	case 5:
		return map[string][]string{"Content-Type": {kind}, "Content-Encoding": {"gzip"}}, gzipped(doc)
	case 6:
		body = doc + `,"broken` // refused, or passed on
	case 7:
		n := 300
		if strings.HasPrefix(who, "wz00") {
			n = 60_000 // larger than what is lent again
		}
		body = `{"messages":[{"content":"` + strings.Repeat("words of "+who+` \n`, n) + plain + `"}]}`
	case 8:
		body = ""
	case 9:
		body = `{"messages":[{"content":"` + strings.Repeat("words of "+who+` \"and\" nothing else\n`, 150) + `"}]}`
	case 10:
		body = strings.Replace(doc, "more words", "stop"+who, 1) // refused
	case 11:
		kind, body = "", plain
	default:
		body = doc
	}
	return map[string][]string{"Content-Type": {kind}}, body
}

// lentAnswer is an answer that repeats what was sent, in one of the forms.
func lentAnswer(form int, who, sent string) *response {
	if len(sent) > 4096 {
		sent = sent[len(sent)-4096:]
	}
	first, _ := json.Marshal(sent[:len(sent)/2])
	second, _ := json.Marshal(sent[len(sent)/2:] + "\n[EMAIL_1] \"made\" fresh" + who + " seen" + who)
	headers := map[string][]string{"Content-Type": {"application/json"}}
	parts := fmt.Sprintf(`{"type":"message","content":[{"type":"text","text":%s},{"type":"text","text":%s},{"type":"text","text":"[EMAIL"},{"type":"text","text":"_1]\n"}]}`, first, second)
	body := ""
	switch form % 6 {
	case 0:
		body = fmt.Sprintf(`{"choices":[{"message":{"content":%s}},{"message":{"content":%s}}]}`, first, second)
	case 1:
		body = parts
	case 2:
		headers["Content-Type"] = []string{"text/event-stream"}
		body = fmt.Sprintf("data: {\"choices\":[{\"delta\":{\"content\":%s}}]}\n\ndata: {\"choices\":[{\"delta\":{\"content\":%s}}]}\n\ndata: [DONE]\n\n", first, second)
	case 3:
		return &response{headers: headers, data: map[string]interface{}{"content": parts}}
	case 4:
		headers["Content-Type"] = []string{"text/html"}
		body = "<p>" + sent + " [EMAIL_1] fresh" + who + "</p>"
	case 5:
		return &response{headers: headers, data: map[string]interface{}{"a": "[EMAIL_1] \"" + who + "\" fresh" + who, "b": map[string]interface{}{"c": sent}}}
	}
	return &response{headers: headers, io: strings.NewReader(body)}
}

// lentExchangeIn sends a request through scopes, the outermost first, and an answer
// back. copied reads each body as KrakenD does for several backends.
func lentExchangeIn(t *testing.T, scopes []lentScope, form int, who string, copied bool) (x lentExchange) {
	headers, body := lentBody(form, who)
	var out lurax.RequestWrapper = &request{headers: headers, body: io.NopCloser(strings.NewReader(body)), params: map[string]string{}}
	var requests []lurax.RequestWrapper
	for _, s := range scopes {
		next, err := s.onRequest(out)
		if err != nil {
			x.err = err
			return x
		}
		out = next.(lurax.RequestWrapper)
		requests = append(requests, out)
	}
	x.sent = out.Body()
	sent := "[EMAIL_1] words of " + who
	if copied {
		sent = read(t, x.sent)
		_ = out.Body().Close()
		if n, err := x.sent.Read(make([]byte, 8)); n != 0 || err != io.EOF {
			t.Errorf("%d bytes are left, %v", n, err)
		}
		x.sent = strings.NewReader(sent)
	}
	answer := lentAnswer(form, who, sent)
	var back lurax.ResponseWrapper = answer
	for i := len(scopes) - 1; i >= 0; i-- {
		next, err := scopes[i].onResponse(&response{request: requests[i], headers: back.Headers(), data: back.Data(), io: back.Io()})
		if err != nil {
			x.err = err
			return x
		}
		back = next.(lurax.ResponseWrapper)
	}
	x.back = back
	return x
}

// Many callers at once, with bodies of all forms through all that reads them: each
// gets what it gets when it is alone, and nothing of anybody else.
func TestNobodySeesWhatIsLentInAnyForm(t *testing.T) {
	ofCaller := regexp.MustCompile(`wz[0-9]{4}zw`)
	rules := object{
		"redaction_rules": []any{
			object{"name": "Email", "pattern": `\b[a-z0-9.]+@[a-z0-9.]+\.[a-z]{2,}\b`, "replacement": "[EMAIL]"},
			object{"name": "Told", "pattern": `told ([a-z]+-[a-z0-9]+)`, "group": 1, "replacement": "[TOLD]"},
			object{"name": "Watched", "pattern": `watchwz[a-z0-9]+`, "action": "alert"},
			object{"name": "Stopped", "pattern": `stopwz[a-z0-9]+`, "action": "block"},
		},
		"response_rules": []any{
			object{"name": "New", "pattern": `(?:new|fresh)wz[a-z0-9]+`, "replacement": "[NEW]"},
			object{"name": "Seen", "pattern": `seenwz[a-z0-9]+`, "action": "alert"},
		},
	}
	with := func(name string, value any) object {
		o := object{name: value}
		for k, v := range rules {
			o[k] = v
		}
		return o
	}
	bodies, excerpts := object{"include": "body", "all": true}, object{"include": "excerpt", "all": true}
	for _, tt := range []struct {
		name                   string
		ofPolicy, audits, more object
		nested                 bool
	}{
		{"excerpts", rules, excerpts, object{"on_error": "pass"}, false},
		{"bodies", rules, bodies, nil, false},
		{"mode test", with("mode", "test"), bodies, nil, false},
		{"nested", rules, bodies, nil, true},
		{"nested in mode test", with("mode", "test"), excerpts, object{"on_error": "pass"}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := newAudited(t, tt.ofPolicy, tt.audits, tt.more)
			scopes := []lentScope{{a.onRequest, a.onResponse}}
			if tt.nested {
				inner := lentScope{}
				inner.onRequest, inner.onResponse, _ = load(t, object{"policy": object{"name": "inner", "unmask_for_user": true, "redaction_rules": []any{
					object{"name": "Words", "pattern": `words of wz[a-z0-9]+`, "replacement": "[WORDS]"},
				}}})
				scopes = append(scopes, inner)
			}
			const callers, rounds = 5, 2
			name := func(caller, form, round int) string {
				return fmt.Sprintf("wz%02d%02dzw", caller, form*rounds+round)
			}
			alone := map[string]string{}
			for caller := range callers {
				for form := range lentForms {
					for round := range rounds {
						who := name(caller, form, round)
						alone[who] = lentExchangeIn(t, scopes, form, who, round != 0).transcript(t)
					}
				}
			}
			var all sync.WaitGroup
			for caller := range callers {
				all.Add(1)
				go func() {
					defer all.Done()
					for round := range rounds {
						exchanges := map[string]lentExchange{}
						for i := range lentForms {
							form := (i + caller) % lentForms
							who := name(caller, form, round)
							exchanges[who] = lentExchangeIn(t, scopes, form, who, round != 0)
						}
						for who, x := range exchanges {
							text := x.transcript(t)
							if text != alone[who] {
								t.Errorf("%s got %.300q, and alone %.300q", who, text, alone[who])
							}
							compressed := strings.Contains(text, "\x1f\x8b") // as it came
							if !compressed && (strings.Contains(text, "\x00") || strings.Contains(text, `\u0000`)) {
								t.Errorf("%s sees what was given back: %.300q", who, text)
							}
							for _, other := range ofCaller.FindAllString(text, -1) {
								if other != who {
									t.Errorf("%s sees %s", who, other)
								}
							}
						}
					}
				}()
			}
			all.Wait()
			for _, line := range strings.Split(a.lines(), "\n") {
				names := ofCaller.FindAllString(line, -1)
				for _, n := range names {
					if n != names[0] {
						t.Errorf("a line is of several callers: %.500s", line)
					}
				}
				if strings.Contains(line, `\u0000`) || strings.Contains(line, "ann.wz") {
					t.Errorf("a line has what it must not have: %.500s", line)
				}
			}
		})
	}
}
