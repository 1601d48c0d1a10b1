package e2e

import (
	"net/http"
	"strings"
	"testing"
)

func TestWhatCannotBeInspectedIsRefused(t *testing.T) {
	t.Parallel()
	secrets := []string{email}
	all := []string{"*"}
	bad := func(name, body, code string, status int) scenario {
		return scenario{name: name, send: message{body: body}, secrets: secrets, refused: code, status: status}
	}
	tooLarge := bad("larger than max_body_bytes", chat(email), "body_too_large", 413)
	tooLarge.route.settings = obj{"max_body_bytes": len(chat(email)) - 1}
	announcedTooLarge := tooLarge
	announcedTooLarge.name, announcedTooLarge.route.inputHeaders = "larger than max_body_bytes with Content-Length forwarded", all
	encoding := bad("unknown Content-Encoding", chat(email), "unsupported_encoding", 415)
	encoding.route.inputHeaders = all
	encoding.send.header = http.Header{"Content-Encoding": {"br"}}
	brokenGzip := encoding
	brokenGzip.name, brokenGzip.send.header = "gzip that is none", http.Header{"Content-Encoding": {"gzip"}}
	binary := bad("binary", "\x00\x01 "+email, "unsupported_media_type", 415)
	binary.send.header = contentType("application/octet-stream")
	newGroup(t).run(t, atBothLevels(
		tooLarge, announcedTooLarge, encoding, brokenGzip, binary,
		bad("larger than the default of 10 MiB", `"`+strings.Repeat("x", 10<<20)+" "+email+`"`, "body_too_large", 413),
		bad("JSON that ends too early", `{"a":"`+email+`"`, "broken_json", 400),
		bad("JSON with text after it", `{"a":"`+email+`"} x`, "broken_json", 400),
		bad("JSON with a trailing comma", `{"a":"`+email+`",}`, "broken_json", 400),
		bad("two JSON values", `{"a":"`+email+`"}{"b":1}`, "broken_json", 400),
		bad("JSON with a raw line break in a string", "{\"a\":\""+email+"\n\"}", "broken_json", 400),
		bad("text announced as JSON", "mail "+email, "broken_json", 400),
		bad("JSON with a broken escape", `{"a":"\x20 `+email+`"}`, "broken_json", 400),
		bad("JSON nested too deeply", strings.Repeat("[", 1500)+`"`+email+`"`+strings.Repeat("]", 1500), "json_too_deep", 400),
	))
}

// What is passed on reaches the LLM as it is: whoever asks for that must get it
// unbroken, and the log must say so without the value.
func TestOnErrorPassMustBeAskedFor(t *testing.T) {
	t.Parallel()
	broken := `{"a":"` + email + `"`
	long := chat(strings.Repeat("long ", 500) + email)
	pass := route{settings: obj{"on_error": "pass", "max_body_bytes": 1000}, inputHeaders: []string{"*"}}
	zipped := packed(t, gzipped, `"`+strings.Repeat("x", 5000)+`"`)
	g := newGroup(t)
	g.hide(email, email2)
	g.run(t, []scenario{
		{
			name: "refuse is the default", send: message{body: broken}, secrets: []string{email},
			refused: "broken_json", status: 400,
		},
		{
			name: "refuse can be written down", route: route{settings: obj{"on_error": "refuse"}}, send: message{body: broken}, secrets: []string{email},
			refused: "broken_json", status: 400,
		},
		{name: "pass broken JSON", route: pass, send: message{body: broken}, llmGot: broken, userGot: broken},
		{name: "pass a body that is too large", route: pass, send: message{body: long}, llmGot: long, userGot: long},
		{
			name: "pass an unknown encoding", route: pass, answer: say("text/plain", "ok"),
			send:     message{header: http.Header{"Content-Encoding": {"br"}}, body: "\x0b\x02\x80 opaque"},
			llmGot:   "\x0b\x02\x80 opaque",
			llmCheck: hasEncoding("br"), userGot: "ok",
		},
		{
			name: "pass what is too large when unpacked", route: pass, answer: say("text/plain", "ok"),
			send:   message{header: http.Header{"Content-Encoding": {"gzip"}}, body: zipped},
			llmGot: zipped, llmCheck: hasEncoding("gzip"), userGot: "ok",
		},
		{
			name: "pass masks what can be read all the same", route: pass, send: message{body: chat(email2)}, secrets: []string{email2},
			llmGot: chat("[REDACTED_EMAIL_1]"), userGot: chat(email2),
		},
	})
	t.Cleanup(func() {
		if !g.logs(func(line string) bool {
			return strings.Contains(line, "WARN") && strings.Contains(line, "redact-request") && strings.Contains(line, "broken_json")
		}) {
			t.Error("passing a body on unread is not logged as a warning with its reason")
		}
	})
}

func hasEncoding(want string) func(*testing.T, received) {
	return func(t *testing.T, r received) {
		if got := r.header.Get("Content-Encoding"); got != want {
			t.Errorf("the LLM received Content-Encoding %q, want %q", got, want)
		}
	}
}
