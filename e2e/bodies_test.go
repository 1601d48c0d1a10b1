package e2e

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
	"testing"
)

func contentType(ct string) http.Header { return http.Header{"Content-Type": {ct}} }

func TestEveryKindOfJSONIsMaskedAndNothingElseChanges(t *testing.T) {
	t.Parallel()
	secrets := []string{email, card, password}
	// same: the answer is the echo, and the user gets back exactly what was sent.
	same := func(name, sent, masked string) scenario {
		return scenario{name: name, send: message{body: sent}, secrets: secrets, llmGot: masked, userGot: sent}
	}
	newGroup(t).run(t, []scenario{
		same("object", `{"a":"`+email+`","b":{"c":["x `+card+`"]}}`, `{"a":"[REDACTED_EMAIL_1]","b":{"c":["x [REDACTED_CC_1]"]}}`),
		same("array", `["`+email+`",["`+password+`"],"`+email+`"]`, `["[REDACTED_EMAIL_1]",["[REDACTED_PASSWORD_1]"],"[REDACTED_EMAIL_1]"]`),
		same("bare string", `"mail `+email+`"`, `"mail [REDACTED_EMAIL_1]"`),
		same("order, white space and numbers stay as they are",
			"\n{ \"z\" : 1.0 ,\r\n\t\"a\":-0.0e10, \"b\":\""+email+"\" ,\"c\":12345678901234567890.1230,\"d\":[ ],\"e\":{ },\"f\":1E+2 , \"g\" : null,\"h\":true}\n ",
			"\n{ \"z\" : 1.0 ,\r\n\t\"a\":-0.0e10, \"b\":\"[REDACTED_EMAIL_1]\" ,\"c\":12345678901234567890.1230,\"d\":[ ],\"e\":{ },\"f\":1E+2 , \"g\" : null,\"h\":true}\n "),
		same("escapes beside a finding stay as they are",
			`{"a":"\u00e9\/\ud83d\ude00\n `+email+` \ud83d\ude00 \u0041 é 😀","b":"\u0042\/"}`,
			`{"a":"\u00e9\/\ud83d\ude00\n [REDACTED_EMAIL_1] \ud83d\ude00 \u0041 é 😀","b":"\u0042\/"}`),
		same("duplicate keys", `{"a":"`+email+`","a":"`+card+`","a":"`+email+`"}`, `{"a":"[REDACTED_EMAIL_1]","a":"[REDACTED_CC_1]","a":"[REDACTED_EMAIL_1]"}`),
		same("bytes that are no UTF-8 stay as they are", "{\"a\":\"\xff\xfe "+email+" \xc3( \xed\xa0\x80\",\"b\":\"\x80\"}", "{\"a\":\"\xff\xfe [REDACTED_EMAIL_1] \xc3( \xed\xa0\x80\",\"b\":\"\x80\"}"),
		same("keys are left alone unless asked for", `{"a@b.example":"`+email+`"}`, `{"a@b.example":"[REDACTED_EMAIL_1]"}`),
		{
			name: "keys on request", route: route{settings: obj{"keys": true}},
			send:    message{body: `{"` + email + `":{"` + card + `":"` + email + `"},"plain":1}`},
			secrets: secrets,
			llmGot:  `{"[REDACTED_EMAIL_1]":{"[REDACTED_CC_1]":"[REDACTED_EMAIL_1]"},"plain":1}`,
			userGot: `{"` + email + `":{"` + card + `":"` + email + `"},"plain":1}`,
		},
		{
			name: "a number leaves as a placeholder string and comes back as text",
			send: message{body: `{"card":` + card + `,"n":1.50,"list":[` + card + `,2]}`}, secrets: secrets,
			llmGot:  `{"card":"[REDACTED_CC_1]","n":1.50,"list":["[REDACTED_CC_1]",2]}`,
			userGot: `{"card":"` + card + `","n":1.50,"list":["` + card + `",2]}`,
		},
		{
			name: "bare number", send: message{body: card}, secrets: secrets,
			llmGot: `"[REDACTED_CC_1]"`, userGot: `"` + card + `"`,
		},
		{
			name: "an escaped value is found and comes back as the same value",
			send: message{body: `{"a":"jane.doe\u0040example\u002Ecom","b":"` + email + `"}`}, secrets: secrets,
			llmGot: `{"a":"[REDACTED_EMAIL_1]","b":"[REDACTED_EMAIL_1]"}`, userJSON: `{"a":"` + email + `","b":"` + email + `"}`,
		},
		{
			name: "a value with surrogate pairs is found and comes back whole",
			route: route{settings: obj{"policy": policy(
				rule("Smile", `😀\w+😀`, "[REDACTED_SMILE]"),
			)}},
			send: message{body: `{"a":"x\ud83d\ude00hidden\uD83D\uDE00y"}`}, secrets: []string{"😀hidden😀", "hidden"},
			llmGot: `{"a":"x[REDACTED_SMILE_1]y"}`, userJSON: `{"a":"x😀hidden😀y"}`,
		},
		same("a byte order mark", "\xef\xbb\xbf{\"a\":\""+email+"\"}", "\xef\xbb\xbf{\"a\":\"[REDACTED_EMAIL_1]\"}"),
		{
			name: "a value that only its escapes inside a JSON text hide",
			send: message{body: `{"arguments":"{\"to\":\"jane.doe\\u0040example.com\"}"}`}, secrets: secrets,
			llmGot: `{"arguments":"{\"to\":\"[REDACTED_EMAIL_1]\"}"}`, userJSON: `{"arguments":"{\"to\":\"` + email + `\"}"}`,
		},
		{
			name: "a vendor's +json type is JSON", send: message{header: contentType("application/vnd.acme.v1+json"), body: `{"a":"jane.doe\u0040example.com","c":` + card + `}`},
			secrets: secrets, llmGot: `{"a":"[REDACTED_EMAIL_1]","c":"[REDACTED_CC_1]"}`, userGot: `{"a":"` + email + `","c":"` + card + `"}`,
		},
	})
}

func TestBigAndDeepBodies(t *testing.T) {
	t.Parallel()
	filler := strings.Repeat("lorem ipsum dolor sit amet ", 4_500_000/27)
	big := func(a, b, c string) string {
		return `{"a":"` + a + `","b":"` + filler + b + " " + filler + `","c":"` + c + `"}`
	}
	nested := func(depth int, inner string) string {
		return strings.Repeat(`[`, depth) + inner + strings.Repeat(`]`, depth)
	}
	newGroup(t).run(t, []scenario{
		{
			name: "9 MB", send: message{body: big(email, card, password)}, secrets: []string{email, card, password},
			llmGot: big("[REDACTED_EMAIL_1]", "[REDACTED_CC_1]", "[REDACTED_PASSWORD_1]"), userGot: big(email, card, password),
		},
		{
			name: "1,000 levels deep", send: message{body: nested(1000, `"`+email+`"`)}, secrets: []string{email},
			llmGot: nested(1000, `"[REDACTED_EMAIL_1]"`), userGot: nested(1000, `"`+email+`"`),
		},
		{
			name: "one level more is refused", send: message{body: nested(1001, `"`+email+`"`)}, secrets: []string{email},
			status: 400, refused: "json_too_deep",
		},
		{
			name: "10,000 levels of arrays are refused", send: message{body: nested(10_000, `"`+email+`"`)}, secrets: []string{email},
			status: 400, refused: "json_too_deep",
		},
		{
			name: "10,000 levels of objects are refused", send: message{body: strings.Repeat(`{"a":`, 10_000) + `"` + email + `"` + strings.Repeat("}", 10_000)},
			secrets: []string{email}, status: 400, refused: "json_too_deep",
		},
		{
			name: "a body as large as max_body_bytes passes", route: route{settings: obj{"max_body_bytes": len(chat(email))}},
			answer: say("text/plain", "hi [REDACTED_EMAIL_1]"), send: message{body: chat(email)}, secrets: []string{email},
			llmGot: chat("[REDACTED_EMAIL_1]"), userGot: "hi " + email,
		},
	})
}

func TestTextFormsAndBodiesWithoutType(t *testing.T) {
	t.Parallel()
	secrets := []string{email, card, password}
	newGroup(t).run(t, []scenario{
		{
			name: "text/plain", send: message{header: contentType("text/plain; charset=utf-8"), body: "mail " + email + ",\r\n{card \\u0040 " + card + "\n"},
			secrets: secrets, llmGot: "mail [REDACTED_EMAIL_1],\r\n{card \\u0040 [REDACTED_CC_1]\n", userGot: "mail " + email + ",\r\n{card \\u0040 " + card + "\n",
		},
		{
			name: "text that is no UTF-8 stays as it is", send: message{header: contentType("text/plain"), body: "\xff\xfe " + email + " \xc3(\x01\x80"},
			secrets: secrets, llmGot: "\xff\xfe [REDACTED_EMAIL_1] \xc3(\x01\x80", userGot: "\xff\xfe " + email + " \xc3(\x01\x80",
		},
		{
			name: "other text types", send: message{header: contentType("text/markdown"), body: "# " + email}, secrets: secrets,
			llmGot: "# [REDACTED_EMAIL_1]", userGot: "# " + email,
		},
		{
			name: "urlencoded form", answer: say("text/plain", "thanks [REDACTED_EMAIL_1]"),
			send:    message{header: contentType("application/x-www-form-urlencoded"), body: "b=x+y&email=jane.doe%40example.com&a=%7e&text=card+" + card + "%2C+bye&email=" + url.QueryEscape(email)},
			secrets: secrets,
			llmCheck: func(t *testing.T, r received) {
				got, err := url.ParseQuery(string(r.body))
				want := url.Values{"b": {"x y"}, "email": {"[REDACTED_EMAIL_1]", "[REDACTED_EMAIL_1]"}, "a": {"~"}, "text": {"card [REDACTED_CC_1], bye"}}
				if err != nil || got.Encode() != want.Encode() {
					t.Errorf("the LLM received form %q (%v), want the fields %v", r.body, err, want)
				}
				if !strings.HasPrefix(string(r.body), "b=x+y&") || !strings.Contains(string(r.body), "&a=%7e&") {
					t.Errorf("fields without a finding changed: %q", r.body)
				}
			},
			userGot: "thanks " + email,
		},
		{
			name: "empty body", answer: say("application/json", `{"ok":true}`), send: message{}, userGot: `{"ok":true}`,
		},
		{
			name: "GET without body", route: route{method: "GET"}, answer: say("application/json", `{"ok":true}`), send: message{}, userGot: `{"ok":true}`,
		},
		{
			name: "without Content-Type JSON is recognised", answer: quote,
			send: message{noType: true, body: ` {"a":"jane.doe\u0040example.com","c":` + card + `}`}, secrets: secrets,
			llmGot: ` {"a":"[REDACTED_EMAIL_1]","c":"[REDACTED_CC_1]"}`, userJSON: `{"you_said":" {\"a\":\"` + email + `\",\"c\":\"` + card + `\"}"}`,
		},
		{
			name: "without Content-Type anything else is text", answer: quote,
			send: message{noType: true, body: "write to " + email + " {"}, secrets: secrets,
			llmGot: "write to [REDACTED_EMAIL_1] {", userJSON: `{"you_said":"write to ` + email + ` {"}`,
		},
	})
}

func TestMultipartTextIsMaskedAndBinaryNeedsPermission(t *testing.T) {
	t.Parallel()
	const boundary = "e2eBoundary7"
	secrets := []string{email, card, password}
	png := "\x89PNG\r\n\x1a\n\x00\x01 " + "jane.doe@other.example" + " \xff\xfe"
	type part struct{ disposition, ctype, body string }
	form := func(parts ...part) string {
		var b bytes.Buffer
		w := multipart.NewWriter(&b)
		_ = w.SetBoundary(boundary)
		for _, p := range parts {
			h := textproto.MIMEHeader{"Content-Disposition": {p.disposition}}
			if p.ctype != "" {
				h.Set("Content-Type", p.ctype)
			}
			pw, _ := w.CreatePart(h)
			_, _ = io.WriteString(pw, p.body)
		}
		_ = w.Close()
		return b.String()
	}
	note := part{`form-data; name="note"`, "", "I am " + email}
	file := part{`form-data; name="f"; filename="a.txt"`, "text/plain", "card " + card}
	data := part{`form-data; name="j"`, "application/json", `{"p":"super\u005fs3cr3t_password"}`}
	image := part{`form-data; name="i"; filename="a.png"`, "image/png", png}
	// parts reads what arrived, so that a rewritten header order does not matter.
	parts := func(want map[string]string) func(*testing.T, received) {
		return func(t *testing.T, r received) {
			_, params, err := mime.ParseMediaType(r.header.Get("Content-Type"))
			if err != nil {
				t.Fatalf("Content-Type of the form: %v", err)
			}
			got := map[string]string{}
			mr := multipart.NewReader(bytes.NewReader(r.body), params["boundary"])
			for {
				p, err := mr.NextRawPart()
				if err == io.EOF {
					break
				}
				if err != nil {
					t.Fatalf("the form that arrived is broken: %v\n%q", err, r.body)
				}
				b, _ := io.ReadAll(p)
				got[p.FormName()+"|"+p.FileName()+"|"+p.Header.Get("Content-Type")] = string(b)
			}
			g, _ := json.Marshal(got)
			w, _ := json.Marshal(want)
			if string(g) != string(w) {
				t.Errorf("the LLM received parts\n %s, want\n %s", g, w)
			}
		}
	}
	header := contentType("multipart/form-data; boundary=" + boundary)
	newGroup(t).run(t, []scenario{
		{
			name: "text parts", answer: say("text/plain", "[REDACTED_EMAIL_1] [REDACTED_CC_1] [REDACTED_PASSWORD_1]"),
			send: message{header: header, body: form(note, file, data)}, secrets: secrets,
			llmCheck: parts(map[string]string{
				"note||": "I am [REDACTED_EMAIL_1]", "f|a.txt|text/plain": "card [REDACTED_CC_1]",
				"j||application/json": `{"p":"[REDACTED_PASSWORD_1]"}`,
			}),
			userGot: email + " " + card + " " + password,
		},
		{
			name: "a binary part is refused", send: message{header: header, body: form(note, image)}, secrets: secrets,
			status: 415, refused: "unsupported_media_type",
		},
		{
			name: "a binary part passes untouched with allow_binary", route: route{settings: obj{"allow_binary": true}},
			answer: say("text/plain", "hello [REDACTED_EMAIL_1]"),
			send:   message{header: header, body: form(note, image)}, secrets: secrets,
			llmCheck: parts(map[string]string{"note||": "I am [REDACTED_EMAIL_1]", "i|a.png|image/png": png}),
			userGot:  "hello " + email,
		},
		{
			name: "a form that ends too early is refused", send: message{header: header, body: strings.TrimSuffix(form(note), "--\r\n")},
			secrets: secrets, status: 400, refused: "broken_multipart",
		},
		{
			name: "names of fields and files are masked", answer: say("text/plain", "ok [REDACTED_EMAIL_1]"),
			send: message{header: header, body: form(part{`form-data; name="n"; filename="` + email + `"`, "text/plain", "hi"})}, secrets: secrets,
			llmCheck: parts(map[string]string{"n|[REDACTED_EMAIL_1]|text/plain": "hi"}), userGot: "ok " + email,
		},
		{
			name: "text before the first part is refused", send: message{header: header, body: "write to " + email + "\r\n" + form(note)}, secrets: secrets,
			status: 400, refused: "broken_multipart",
		},
		{
			name: "text after the last part is refused", send: message{header: header, body: form(note) + "write to " + email}, secrets: secrets,
			status: 400, refused: "broken_multipart",
		},
		{
			name: "a part in base64 is refused", status: 415, refused: "unsupported_encoding", secrets: secrets,
			send: message{header: header, body: strings.Replace(form(note), "\r\n\r\nI am "+email, "\r\nContent-Transfer-Encoding: base64\r\n\r\namFuZS5kb2VAZXhhbXBsZS5jb20=", 1)},
		},
		{
			name: "broken JSON in a part is refused", send: message{header: header, body: form(part{`form-data; name="j"`, "application/json", `{"a":"` + email})}, secrets: secrets,
			status: 400, refused: "broken_json",
		},
		{
			name: "a form without boundary is refused", send: message{header: contentType("multipart/form-data"), body: form(note)},
			secrets: secrets, status: 400, refused: "broken_multipart",
		},
		{
			name: "a binary body is refused", send: message{header: contentType("image/png"), body: "\x89PNG\r\n\x1a\n " + email}, secrets: secrets,
			status: 415, refused: "unsupported_media_type",
		},
		{
			name: "a binary body passes untouched with allow_binary", route: route{settings: obj{"allow_binary": true}},
			send: message{header: contentType("image/png"), body: png}, llmGot: png, userGot: png,
		},
	})
}

func TestDataURLsAreSkippedOnlyWhenTheyAreBinary(t *testing.T) {
	t.Parallel()
	// A card number between characters of the base64 alphabet: the card rule
	// would find it, and an image would be destroyed.
	payload := "iVBORw0KGgoAAAANSUhEUg+" + card + "+AAAAAAAA"
	image := `{"messages":[{"role":"user","content":[{"type":"text","text":"see ` + email + `"},{"type":"image_url","image_url":{"url":"data:image/png;base64,` + payload + `"}}]}]}`
	newGroup(t).run(t, []scenario{
		{
			name: "an image keeps its bytes", send: message{body: image}, secrets: []string{email},
			llmGot: strings.Replace(image, email, "[REDACTED_EMAIL_1]", 1), userGot: image,
		},
		{
			name: "a text type is not skipped", send: message{body: `{"u":"data:text/plain;base64,` + payload + `"}`}, secrets: []string{card},
			llmGot: `{"u":"data:text/plain;base64,` + strings.Replace(payload, card, "[REDACTED_CC_1]", 1) + `"}`, userGot: `{"u":"data:text/plain;base64,` + payload + `"}`,
		},
		{
			name: "a payload that is no base64 is not skipped", send: message{body: `{"u":"data:image/png;base64,AAAA ` + card + ` is not base64 at all!"}`}, secrets: []string{card},
			llmGot: `{"u":"data:image/png;base64,AAAA [REDACTED_CC_1] is not base64 at all!"}`, userGot: `{"u":"data:image/png;base64,AAAA ` + card + ` is not base64 at all!"}`,
		},
		{
			name: "a short payload is not skipped", send: message{body: `{"u":"data:image/png;base64,` + card + `"}`}, secrets: []string{card},
			llmGot: `{"u":"data:image/png;base64,[REDACTED_CC_1]"}`, userGot: `{"u":"data:image/png;base64,` + card + `"}`,
		},
		{
			name: "text after an image is searched", send: message{body: `{"u":"data:image/png;base64,` + payload + ` from ` + email + `"}`}, secrets: []string{email},
			llmGot: `{"u":"data:image/png;base64,` + payload + ` from [REDACTED_EMAIL_1]"}`, userGot: `{"u":"data:image/png;base64,` + payload + ` from ` + email + `"}`,
		},
	})
}
