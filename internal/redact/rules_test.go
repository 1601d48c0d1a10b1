package redact_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/krakend-redact/krakend-redact/internal/placeholder"
	"github.com/krakend-redact/krakend-redact/internal/policy"
	"github.com/krakend-redact/krakend-redact/internal/redact"
)

func maskerOf(t *testing.T, text string) *redact.Masker {
	t.Helper()
	t.Setenv("TEST_HASH_KEY", "0123456789abcdef")
	p, err := policy.Parse("test.json", "test", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	m, err := redact.NewMasker(p, redact.Options{MaxBytes: defaultLimit})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// The policy's rules at work: what goes out, what is counted, and what comes back
// of an answer that repeats what went out.
func TestWhatRulesDo(t *testing.T) {
	rule := func(fields string) string {
		return `{"unmask_for_user":true,"hash_key_env":"TEST_HASH_KEY","redaction_rules":[{"name":"R","pattern":"s3cr3t-[0-9]+",` + fields + `}]}`
	}
	const echo = "\x00" // the answer is what was sent
	for _, tt := range []struct {
		name, policy, in, want, back string
		counts                       []int
	}{
		{"mask", rule(`"action":"mask"`), `{"a":"s3cr3t-12"}`, `{"a":"[REDACTED_R_1]"}`, echo, []int{1}},
		{"redact", rule(`"action":"redact"`), `{"a":"s3cr3t-12"}`, `{"a":"[REDACTED_R_1]"}`, `{"a":"[REDACTED_R_1]"}`, []int{1}},
		{"partial", rule(`"action":"partial","keep_last":2`), `{"a":"s3cr3t-12 s3cr3t-12"}`, `{"a":"*******12 *******12"}`, `{"a":"*******12 *******12"}`, []int{2}},
		{"hash", rule(`"action":"hash"`), `{"a":"s3cr3t-12"}`, `{"a":"[REDACTED_R_hd8855a8fa18bebe3]"}`, `{"a":"[REDACTED_R_hd8855a8fa18bebe3]"}`, []int{1}},
		{"alert", rule(`"action":"alert"`), `{"a":"s3cr3t-12, s3cr3t-13"}`, `{"a":"s3cr3t-12, s3cr3t-13"}`, echo, []int{2}},
		{"partial of a number", `{"redaction_rules":[{"name":"R","pattern":"[0-9]{8}","action":"partial"}]}`, `{"a":12345678}`, `{"a":"****5678"}`, `{"a":"****5678"}`, []int{1}},
		{"group", `{"unmask_for_user":true,"redaction_rules":[{"name":"R","pattern":"pin ([0-9]+)","group":1}]}`, `{"a":"my pin 1234."}`, `{"a":"my pin [REDACTED_R_1]."}`, echo, []int{1}},
		{"validator", `{"unmask_for_user":true,"redaction_rules":[{"name":"R","pattern":"\\b[0-9]{4}\\b","validator":"luhn"}]}`, `{"a":"1234 1230"}`, `{"a":"1234 [REDACTED_R_1]"}`, echo, []int{1}},
		{"context", `{"unmask_for_user":true,"redaction_rules":[{"name":"R","pattern":"\\b[0-9]{4}\\b","context":{"require":["pin"],"forbid":["year"],"window":12}}]}`, `{"a":"PIN: 1111 -------- 2222 -------- year, pin 3333"}`, `{"a":"PIN: [REDACTED_R_1] -------- 2222 -------- year, pin 3333"}`, echo, []int{1}},
		{"allow", `{"unmask_for_user":true,"allow":["1111"],"redaction_rules":[{"name":"R","pattern":"\\b[0-9]{4}\\b","allow":[{"pattern":"2+"}]}]}`, `{"a":"1111 2222 3333"}`, `{"a":"1111 2222 [REDACTED_R_1]"}`, echo, []int{1}},
		{"no part of what is allowed", `{"unmask_for_user":true,"allow":["info@x.io"],"redaction_rules":[{"name":"R","pattern":"[a-z]+@[a-z.]+"}]}`, `{"a":"info@x.io bob@x.io INFO@x.io"}`, `{"a":"info@x.io [REDACTED_R_1] INFO@x.io"}`, echo, []int{1}},
		{"examples as they read", `{"unmask_for_user":true,"redaction_rules":[{"name":"R","pattern":"ann@x[.]io","examples":{"match":["ann&#64;x.io"]}}]}`, `{"a":"ann%40x.io"}`, `{"a":"[REDACTED_R_1]"}`, echo, []int{1}},
		{"a name tells", `{"unmask_for_user":true,"packs":["default"]}`, `{"password":"hunter2xyz","data":{"ssn":"536221234"},"n":[{"steuerId":86095742719}],"order":"536221235"}`, `{"password":"[REDACTED_PASSWORD_1]","data":{"ssn":"[REDACTED_SSN_1]"},"n":[{"steuerId":"[REDACTED_STEUER_ID_1]"}],"order":"536221235"}`, `{"password":"hunter2xyz","data":{"ssn":"536221234"},"n":[{"steuerId":"86095742719"}],"order":"536221235"}`, nil},
		{"numbers as they are spelled", `{"unmask_for_user":true,"redaction_rules":[{"name":"R","pattern":"\\b[0-9][.][0-9]e[0-9]+"},{"name":"P","pattern":"pin: ([0-9e]+)","group":1},{"name":"L","pattern":"\\b[0-9]{9}\\b"}]}`, `{"a":1.5e3,"pin":1234e1,"b":[123456.789e3,1.5e8,2e3]}`, `{"a":"[REDACTED_R_1]","pin":"[REDACTED_P_1]","b":["[REDACTED_L_1]","[REDACTED_L_2]",2e3]}`, `{"a":"1.5e3","pin":"1234e1","b":["123456.789e3","1.5e8",2e3]}`, []int{1, 1, 2}},
		{"names themselves", `{"redaction_rules":[{"name":"R","pattern":"secret"},{"name":"A","pattern":"secret(?:: x)?","action":"alert"},{"name":"Whole","pattern":"secret: [a-z]+","replacement":"[WHOLE]"}]}`, `{"secret":"x secret","b":1}`, `{"secret":"x [REDACTED_R_1]","b":1}`, `{"secret":"x [REDACTED_R_1]","b":1}`, []int{1, 1, 0}},
		{"repeats of what a word told", `{"unmask_for_user":true,"packs":["default"]}`, `{"a":"before 536221234,","b":"SSN 536221234","c":[536221234,"x536221234 536221234. (536221234)"],"d":"password: correct1 is correct"}`, `{"a":"before [REDACTED_SSN_1],","b":"SSN [REDACTED_SSN_1]","c":["[REDACTED_SSN_1]","x536221234 [REDACTED_SSN_1]. ([REDACTED_SSN_1])"],"d":"password: [REDACTED_PASSWORD_1] is correct"}`, `{"a":"before 536221234,","b":"SSN 536221234","c":["536221234","x536221234 536221234. (536221234)"],"d":"password: correct1 is correct"}`, nil},
		{"what a word told however it is spelt", `{"unmask_for_user":true,"redaction_rules":[{"name":"V","detector":"vin"}]}`, `{"a":"VIN WVWZZZ1JZ3W38&#54;752 WVWZZZ1JZ3W38&#54;752"}`, `{"a":"VIN [REDACTED_VIN_1] [REDACTED_VIN_1]"}`, echo, []int{2}},
		{"repeats of groups and look-behind", `{"unmask_for_user":true,"redaction_rules":[{"name":"G","pattern":"id (\\S+)","group":1},{"name":"L","pattern":"(?<=no )[a-z0-9-]+"},{"name":"N","pattern":"(?<!no )zz[0-9]{4}"}]}`, `{"a":"$x-1234 id $x-1234 no a-b-5-6, a-b-5-6, zz5555 no zz5555 a-b-5","b":"a-b-5-67"}`, `{"a":"[REDACTED_G_1] id [REDACTED_G_1] no [REDACTED_L_1], [REDACTED_L_1], [REDACTED_N_1] no [REDACTED_L_2] a-b-5","b":"a-b-5-67"}`, echo, nil},
		{"repeats only in a rule's fields", `{"unmask_for_user":true,"redaction_rules":[{"name":"G","pattern":"id ([0-9]+)","group":1,"fields":["a"]}]}`, `{"a":"123456, id 123456","b":"123456"}`, `{"a":"[REDACTED_G_1], id [REDACTED_G_1]","b":"123456"}`, echo, []int{2}},
		{"alerts are counted once", `{"redaction_rules":[{"name":"A","pattern":"s3cret","action":"alert"}]}`, `{"s3cret":"{\"x\":\"s3cret\\n \\u0020\",\"y\":\"s3cret\\n\"}","b":"s3cret"}`, `{"s3cret":"{\"x\":\"s3cret\\n \\u0020\",\"y\":\"s3cret\\n\"}","b":"s3cret"}`, echo, []int{3}},
		{"alerts are counted once in numbers", `{"redaction_rules":[{"name":"A","pattern":"\\b[0-9]{4}\\b","action":"alert"}]}`, `{"a":1234,"b":[1234,1234e0,123.4e1]}`, `{"a":1234,"b":[1234,1234e0,123.4e1]}`, echo, []int{4}},
		{
			"escapes in arguments stay whole", `{"unmask_for_user":true,"redaction_rules":[{"name":"R","pattern":"[a-z&+]+@x[.]io"}]}`,
			`{"a":"{\"b\":\"to\\nann@x.io\\nann\\\\u0040x.io \\n+ann&#64;x.io\",\"c\":\"ann@x.io\"}"}`, `{"a":"{\"b\":\"to\\n[REDACTED_R_1]\\n[REDACTED_R_2] \\n[REDACTED_R_3]\",\"c\":\"[REDACTED_R_1]\"}"}`, echo,
			[]int{4},
		},
		{"detector", `{"unmask_for_user":true,"redaction_rules":[{"name":"Cards","detector":"credit_card"}]}`, `{"a":"4111 1111 1111 1111, not 4111 1111 1111 1112"}`, `{"a":"[REDACTED_CREDIT_CARD_1], not 4111 1111 1111 1112"}`, echo, []int{1}},
		{"denied terms", `{"unmask_for_user":true,"deny_terms":{"terms":["Atlas","Müller"],"whole_words":true}}`, `{"a":"ATLAS, atlases, müller"}`, `{"a":"[REDACTED_DENY_TERMS_1], atlases, [REDACTED_DENY_TERMS_2]"}`, echo, []int{2}},
		{"look-around", `{"unmask_for_user":true,"redaction_rules":[{"name":"R","pattern":"(?<![0-9])[0-9]{4}(?![0-9])"}]}`, `{"a":"12345 1234"}`, `{"a":"12345 [REDACTED_R_1]"}`, echo, []int{1}},
		{"backtracking", `{"unmask_for_user":true,"redaction_rules":[{"name":"R","pattern":"([a-z])\\1\\1","engine":"backtracking"}]}`, `{"a":"aab bbb"}`, `{"a":"aab [REDACTED_R_1]"}`, echo, []int{1}},
		{
			"fields", `{"unmask_for_user":true,"redaction_rules":[
			{"name":"Far","pattern":"x[0-9]+","fields":["a.*.b"],"replacement":"[FAR]"},{"name":"Near","pattern":"77","replacement":"[NEAR]"}]}`,
			`{"a":[{"b":"x77","c":"x77"}],"b":"x77"}`, `{"a":[{"b":"[FAR_1]","c":"x[NEAR_1]"}],"b":"x[NEAR_1]"}`, echo,
			[]int{1, 2},
		},
		{
			"what watches hides nothing", `{"unmask_for_user":true,"redaction_rules":[
			{"name":"Wide","pattern":"id: [0-9]+","action":"alert"},{"name":"R","pattern":"\\b[0-9]+\\b"}]}`,
			`{"a":"id: 123"}`, `{"a":"id: [REDACTED_R_1]"}`, echo,
			[]int{1, 1},
		},
		{"a pack", `{"unmask_for_user":true,"packs":["financial"],"redaction_rules":[{"name":"Cards","detector":"credit_card","enabled":false}]}`, `{"a":"4111 1111 1111 1111 to DE89 3704 0044 0532 0130 00"}`, `{"a":"4111 1111 1111 1111 to [REDACTED_IBAN_1]"}`, echo, nil},
		{"spellings", `{"unmask_for_user":true,"redaction_rules":[{"name":"R","detector":"email"}]}`, `{"a":"ann&#64;example.org, ann＠example.org, ann` + "\u200b" + `@example.org"}`, `{"a":"[REDACTED_EMAIL_1], [REDACTED_EMAIL_2], [REDACTED_EMAIL_3]"}`, echo, []int{3}},
		{"test mode", strings.Replace(rule(`"action":"mask"`), "{", `{"mode":"test",`, 1), `{"a":"s3cr3t-12"}`, `{"a":"s3cr3t-12"}`, echo, []int{1}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			vault := placeholder.NewVault()
			r := maskerOf(t, tt.policy).NewRequest(vault, "")
			part, err := r.ScanBody(tt.in, redact.Content{Type: "application/json"})
			if err != nil {
				t.Fatal(err)
			}
			got := r.Mask(part)
			if got != tt.want {
				t.Errorf("\ngot  %s\nwant %s", got, tt.want)
			}
			if err := r.Verdict(); err != nil {
				t.Error(err)
			}
			if tt.counts != nil && !reflect.DeepEqual(r.Counts(), tt.counts) {
				t.Errorf("counted %v, want %v", r.Counts(), tt.counts)
			}
			back, _, err := redact.NewAnswer(vault, redact.AnswerOptions{MaxBytes: defaultLimit, Profile: "generic"}).Body(got, redact.Content{Type: "application/json"})
			want := tt.back
			if want == echo {
				want = tt.in
			}
			if err != nil || back != want {
				t.Errorf("back came %s, %v\nwant      %s", back, err, want)
			}
		})
	}
}

func TestBlockedRequests(t *testing.T) {
	m := maskerOf(t, `{"redaction_rules":[
		{"name":"First","pattern":"top-secret","action":"block"},
		{"name":"Second","pattern":"xyz","action":"block","fields":["a"]},
		{"name":"Masked","pattern":"my top-secret plan"}]}`)
	for in, want := range map[string][]string{
		`{"a":"my top-secret plan"}`:     {"First"},
		`{"a":"xyz and top-secret"}`:     {"First", "Second"},
		`{"b":"xyz"}`:                    nil,
		`{"b":"{\"c\":\"top-secret\"}"}`: {"First"},
	} {
		r := m.NewRequest(placeholder.NewVault(), "")
		part, err := r.ScanBody(in, redact.Content{Type: "application/json"})
		if err != nil {
			t.Fatal(err)
		}
		r.Mask(part)
		err = r.Verdict()
		var blocked *redact.BlockedError
		if errors.As(err, &blocked) != (want != nil) || want != nil && !reflect.DeepEqual(blocked.Rules, want) {
			t.Errorf("%s: %v", in, err)
		}
	}
}

// Wherever a rule takes too long, the request is refused, and nothing more is
// looked for.
func TestSlowRulesRefuse(t *testing.T) {
	m := maskerOf(t, `{"redaction_rules":[{"name":"R","pattern":"(a+)+$","engine":"backtracking"},{"name":"Later","pattern":"xyz","action":"alert"}]}`)
	slow := strings.Repeat("a", 60) + "b"
	scan := func(body, contentType string) func(*redact.Request) redact.Part {
		return func(r *redact.Request) redact.Part {
			part, err := r.ScanBody(body, redact.Content{Type: contentType})
			if err != nil {
				t.Error(err)
			}
			return part
		}
	}
	for name, scan := range map[string]func(*redact.Request) redact.Part{
		"text":        func(r *redact.Request) redact.Part { return r.ScanText(slow) },
		"query":       func(r *redact.Request) redact.Part { return r.ScanQuery("q="+slow+"&r=xyz", nil, nil) },
		"path":        func(r *redact.Request) redact.Part { return r.ScanPath("/"+slow+"/xyz", []string{slow, "xyz"}) },
		"JSON":        scan(`{"a":"`+slow+`","b":"xyz"}`, "application/json"),
		"JSON inside": scan(`{"a":"{\"b\":\"\\u0061`+slow+`\"}","b":"xyz"}`, "application/json"),
		"form":        scan("a="+slow+"&b=xyz", "application/x-www-form-urlencoded"),
		"escaped":     scan("a=%26%2397;"+slow+"&b=xyz", "application/x-www-form-urlencoded"),
		"multipart":   scan("--b\r\n\r\n"+slow+"\r\n--b\r\n\r\nxyz\r\n--b--\r\n", "multipart/form-data; boundary=b"),
	} {
		r := m.NewRequest(placeholder.NewVault(), "")
		r.Mask(scan(r))
		if err := r.Verdict(); !errors.Is(err, redact.ErrTooSlow) || r.Counts()[1] != 0 {
			t.Errorf("%s: %v, counted %v", name, err, r.Counts())
		}
	}
}

// Response rules with other actions, whole and streamed.
func TestWhatResponseRulesDo(t *testing.T) {
	t.Setenv("TEST_HASH_KEY", "0123456789abcdef")
	for fields, want := range map[string]string{
		`"action":"redact"`:                `card [REDACTED_R_1].`,
		`"action":"partial"`:               `card ************1111.`,
		`"action":"hash"`:                  `card [REDACTED_R_h6ab68ca2a9a5093a].`,
		`"action":"alert"`:                 `card 4111111111111111.`,
		`"context":{"require":["stolen"]}`: `card 4111111111111111.`,
	} {
		for _, mode := range []string{"enforce", "test"} {
			p, err := policy.Parse("test.json", "test", []byte(`{"mode":"`+mode+`","hash_key_env":"TEST_HASH_KEY","redaction_rules":[{"name":"Q","pattern":"zzz"}],
				"response_rules":[{"name":"R","pattern":"\\b4[0-9]{15}\\b","replacement":"[REDACTED_R]",`+fields+`}]}`))
			if err != nil && !strings.Contains(err.Error(), "does not apply") {
				t.Fatal(err)
			}
			if err != nil {
				p, err = policy.Parse("test.json", "test", []byte(`{"mode":"`+mode+`","redaction_rules":[{"name":"Q","pattern":"zzz"}],
					"response_rules":[{"name":"R","pattern":"\\b4[0-9]{15}\\b",`+fields+`}]}`))
				if err != nil {
					t.Fatal(err)
				}
			}
			rules, err := redact.CompileResponse(p)
			if err != nil {
				t.Fatal(err)
			}
			want := want
			if mode == "test" {
				want = "card 4111111111111111."
			}
			count := 1
			if strings.Contains(fields, "stolen") {
				count = 0
			}
			a := redact.NewAnswer(placeholder.NewVault(), redact.AnswerOptions{MaxBytes: defaultLimit, Profile: "openai-chat", Rules: rules})
			got, _, err := a.Body(`{"choices":[{"message":{"content":"card 4111111111111111."}}]}`, redact.Content{Type: "application/json"})
			if err != nil || !strings.Contains(got, want) || a.Counts()[0] != count {
				t.Errorf("%s, %s: %s, %v, counted %v; want %s", fields, mode, got, err, a.Counts(), want)
			}
			a = redact.NewAnswer(placeholder.NewVault(), redact.AnswerOptions{MaxBytes: defaultLimit, Profile: "openai-chat", Rules: rules})
			var text strings.Builder
			got, _, err = a.Body("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"card 41111111\"}}]}\n\ndata: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"11111111.\"}}]}\n\ndata: [DONE]\n\n", redact.Content{Type: "text/event-stream"})
			for _, piece := range strings.Split(got, `"content":"`)[1:] {
				text.WriteString(piece[:strings.IndexByte(piece, '"')])
			}
			if err != nil || text.String() != want || a.Counts()[0] != count {
				t.Errorf("%s, %s, streamed: %s, %v, counted %v; want %s", fields, mode, text.String(), err, a.Counts(), want)
			}
		}
	}
}

// The names of fields tell what stands in them in forms, multipart and headers
// too.
func TestNamesOfFields(t *testing.T) {
	m := maskerOf(t, `{"packs":["default"]}`)
	body := func(doc, contentType string) func(*redact.Request) redact.Part {
		return func(r *redact.Request) redact.Part {
			part, err := r.ScanBody(doc, redact.Content{Type: contentType})
			if err != nil {
				t.Error(err)
			}
			return part
		}
	}
	const form = "--b\r\nContent-Disposition: form-data; name=\"ssn\"\r\n\r\n%s\r\n--b\r\nContent-Disposition: form-data; name=\"order\"\r\n\r\n536221235\r\n--b--\r\n"
	for name, tt := range map[string]struct {
		scan func(*redact.Request) redact.Part
		want string
	}{
		"form":      {body("password=hunter2xyz&order=536221235", "application/x-www-form-urlencoded"), "password=%5BREDACTED_PASSWORD_1%5D&order=536221235"},
		"query":     {func(r *redact.Request) redact.Part { return r.ScanQuery("q=1&ssn=536221234", nil, nil) }, "q=1&ssn=%5BREDACTED_SSN_1%5D"},
		"header":    {func(r *redact.Request) redact.Part { return r.ScanField("X-Password", "hunter2xyz") }, "[REDACTED_PASSWORD_1]"},
		"multipart": {body(strings.Replace(form, "%s", "536221234", 1), "multipart/form-data; boundary=b"), strings.Replace(form, "%s", "[REDACTED_SSN_1]", 1)},
		"text":      {func(r *redact.Request) redact.Part { return r.ScanText("536221234") }, "536221234"},
	} {
		r := m.NewRequest(placeholder.NewVault(), "")
		if got := r.Mask(tt.scan(r)); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}
