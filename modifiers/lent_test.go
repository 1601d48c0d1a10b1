package modifiers

import (
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/krakend-redact/krakend-redact/internal/lurax"
)

// Many callers at once, whose bodies are read into memory that goes from one to the
// other: what was handed on is read when others have had it since, and the audit log
// has nothing in it that was overwritten.
func TestNobodySeesWhatIsLent(t *testing.T) {
	ofCaller := regexp.MustCompile(`words of 1[01][0-9]{4}`)
	for _, tt := range []struct {
		name             string
		ofPolicy, audits object
	}{
		{"not audited", nil, nil},
		{"excerpts", nil, object{"include": "excerpt", "all": true}},
		{"bodies", withAction("alert"), object{"include": "body", "all": true}},
		{"mode test", object{"mode": "test"}, object{"include": "body", "all": true}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var a *audited
			if tt.audits == nil {
				a = &audited{}
				a.onRequest, a.onResponse, _ = load(t, nil)
			} else {
				a = newAudited(t, tt.ofPolicy, tt.audits, nil)
			}
			type exchange struct {
				who, body string
				sent      lurax.RequestWrapper
				back      lurax.ResponseWrapper
			}
			var all sync.WaitGroup
			for caller := range 12 {
				all.Add(1)
				go func() {
					defer all.Done()
					var exchanges []exchange
					for round := range 12 {
						who := strconv.Itoa(100_000 + caller*1000 + round)
						text := strings.Repeat(`words of `+who+`, \"quoted\"\n`, round*15)
						if round%4 > 0 {
							text += "ann." + who + `@example.org\t`
						}
						body := `{"messages":[{"content":"` + text + `"},{"content":"secretword ` + text + `"}]}`
						out, err := a.onRequest(jsonRequest(body))
						if err != nil {
							t.Error(err)
							return
						}
						x := exchange{who: who, body: body, sent: out.(lurax.RequestWrapper)}
						answer := strings.ReplaceAll(body, "ann."+who+"@example.org", "[EMAIL_1]")
						back, err := a.onResponse(&response{request: out, headers: map[string][]string{"Content-Type": {jsonMedia}}, io: strings.NewReader(answer)})
						if err != nil {
							t.Error(err)
							return
						}
						x.back = back.(lurax.ResponseWrapper)
						exchanges = append(exchanges, x)
					}
					for _, x := range exchanges {
						masked := strings.ReplaceAll(x.body, "ann."+x.who+"@example.org", "[EMAIL_1]")
						wantSent, wantBack := masked, x.body
						if tt.ofPolicy["mode"] == "test" {
							wantSent, wantBack = x.body, masked
						}
						if got := read(t, x.sent.Body()); got != wantSent {
							t.Errorf("sent %.200q, want %.200q", got, wantSent)
						}
						if got := read(t, x.back.Io()); got != wantBack {
							t.Errorf("came back %.200q, want %.200q", got, wantBack)
						}
					}
				}()
			}
			all.Wait()
			if tt.audits == nil {
				return
			}
			for _, line := range strings.Split(a.lines(), "\n") {
				numbers := ofCaller.FindAllString(line, -1)
				for _, n := range numbers {
					if n != numbers[0] {
						t.Errorf("a line is of several callers: %.500s", line)
					}
				}
				if strings.Contains(line, `\u0000`) || strings.Contains(line, "ann.1") {
					t.Errorf("a line has what it must not have: %.500s", line)
				}
			}
			if events, _ := a.events(); len(events) != 2*12*12 {
				t.Errorf("%d events", len(events))
			}
		})
	}
}
