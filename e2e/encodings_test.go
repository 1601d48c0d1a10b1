package e2e

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"io"
	"net/http"
	"strings"
	"testing"
)

func packed(t testing.TB, newWriter func(io.Writer) io.WriteCloser, s string) string {
	t.Helper()
	var b bytes.Buffer
	w := newWriter(&b)
	if _, err := io.WriteString(w, s); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func gzipped(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) }
func zlibbed(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) }

func deflated(w io.Writer) io.WriteCloser {
	f, _ := flate.NewWriter(w, flate.DefaultCompression)
	return f
}

// unpacked reads an answer whichever way the gateway chose to send it.
func unpacked(t *testing.T, r result) string {
	t.Helper()
	var z io.Reader
	var err error
	switch ce := r.header.Get("Content-Encoding"); ce {
	case "":
		return string(r.body)
	case "gzip":
		z, err = gzip.NewReader(bytes.NewReader(r.body))
	case "deflate":
		if z, err = zlib.NewReader(bytes.NewReader(r.body)); err != nil {
			z, err = flate.NewReader(bytes.NewReader(r.body)), nil
		}
	default:
		t.Fatalf("the user got Content-Encoding %q", ce)
	}
	if err != nil {
		t.Fatalf("the answer is not what its Content-Encoding says: %v", err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatalf("the compressed answer is broken: %v", err)
	}
	return string(b)
}

func TestCompressedRequestsAreMaskedAndGoOnUncompressed(t *testing.T) {
	t.Parallel()
	all := []string{"*"}
	secrets := []string{email, card}
	encoded := func(enc string) http.Header {
		return http.Header{"Content-Type": {"application/json"}, "Content-Encoding": {enc}}
	}
	plain := func(t *testing.T, r received) {
		if ce := r.header.Get("Content-Encoding"); ce != "" {
			t.Errorf("the LLM received Content-Encoding %q with an uncompressed body", ce)
		}
		if r.length != int64(len(r.body)) {
			t.Errorf("the LLM received Content-Length %d for %d bytes", r.length, len(r.body))
		}
	}
	ask, masked := chat("I am "+email), chat("I am [REDACTED_EMAIL_1]")
	ok := func(name, enc, body string) scenario {
		return scenario{
			name: name, route: route{inputHeaders: all}, answer: llm, send: message{header: encoded(enc), body: body},
			secrets: secrets, llmGot: masked, llmCheck: plain, userGot: said("I am " + email),
		}
	}
	refused := func(name, ct, enc, body, code string, status int) scenario {
		h := http.Header{"Content-Type": {ct}}
		if enc != "" {
			h.Set("Content-Encoding", enc)
		}
		return scenario{
			name: name, route: route{inputHeaders: all}, send: message{header: h, body: body}, secrets: secrets,
			status: status, refused: code,
		}
	}
	newGroup(t).run(t, []scenario{
		ok("gzip", "gzip", packed(t, gzipped, ask)),
		ok("x-gzip in capitals", "X-GZIP", packed(t, gzipped, ask)),
		ok("deflate", "deflate", packed(t, zlibbed, ask)),
		ok("deflate without zlib header", "deflate", packed(t, deflated, ask)),
		ok("identity", "identity", ask),
		{
			name: "gzip without a finding goes on uncompressed too", route: route{inputHeaders: all}, answer: llm,
			send:   message{header: encoded("gzip"), body: packed(t, gzipped, chat("hello"))},
			llmGot: chat("hello"), llmCheck: plain, userGot: said("hello"),
		},
		{
			name: "gzip form of text", route: route{inputHeaders: all}, answer: quote,
			send:    message{header: http.Header{"Content-Type": {"text/plain"}, "Content-Encoding": {"gzip"}}, body: packed(t, gzipped, "card "+card)},
			secrets: secrets, llmGot: "card [REDACTED_CC_1]", llmCheck: plain, userJSON: `{"you_said":"card ` + card + `"}`,
		},
		refused("br is refused", "application/json", "br", "\x0b\x02\x80"+ask+"\x03", "unsupported_encoding", 415),
		refused("zstd is refused", "application/json", "zstd", "\x28\xb5\x2f\xfd"+ask, "unsupported_encoding", 415),
		refused("an unknown encoding is refused", "application/json", "rot13", ask, "unsupported_encoding", 415),
		refused("another charset is refused", "application/json; charset=utf-16", "", ask, "unsupported_encoding", 415),
		refused("another charset of text is refused", "text/plain; charset=utf-7", "", "+AGoAYQBuAGU-", "unsupported_encoding", 415),
		refused("gzip that grows beyond the limit is refused", "application/json", "gzip", packed(t, gzipped, `"`+strings.Repeat("0", 11<<20)+`"`), "body_too_large", 413),
	})
}

// KrakenD forwards only Content-Type by default: the LLM would get gzip bytes
// without being told, and so would a modifier that trusts the header alone.
func TestCompressedRequestNeverPassesUnreadWhenItsHeaderIsDropped(t *testing.T) {
	t.Parallel()
	g := newGroup(t)
	types := []string{"application/json", "text/plain", ""}
	endpoints := map[string]*endpoint{}
	for _, ct := range types {
		endpoints[ct] = g.add(route{}, nil)
	}
	g.start(t)
	g.hide(email)
	for _, ct := range types {
		t.Run("Content-Type "+ct, func(t *testing.T) {
			h := http.Header{"Content-Encoding": {"gzip"}}
			if ct != "" {
				h.Set("Content-Type", ct)
			}
			e := endpoints[ct]
			res := e.send(t, message{header: h, noType: ct == "", body: packed(t, gzipped, chat("I am "+email))})
			for _, r := range e.received() {
				if found := leak(r.wire(), []string{email}); found != "" {
					t.Errorf("the LLM received %s (the user got status %d)", found, res.status)
				}
			}
			if len(e.received()) == 0 && (res.status < 400 || res.status > 499) {
				t.Errorf("refused with status %d, want a 4xx", res.status)
			}
		})
	}
}

func TestCompressedAnswersAreRestored(t *testing.T) {
	t.Parallel()
	ask, masked := chat("I am "+email), chat("I am [REDACTED_EMAIL_1]")
	answered := func(enc string, newWriter func(io.Writer) io.WriteCloser) func(received) reply {
		return func(r received) reply {
			a := llm(r)
			a.header.Set("Content-Encoding", enc)
			a.body = []byte(packed(t, newWriter, string(a.body)))
			return a
		}
	}
	whole := func(t *testing.T, r result) {
		sameBytes(t, "the user got", []byte(unpacked(t, r)), said("I am "+email))
	}
	opaque := "\x0b\x02\x80 not brotli, but nobody can tell [REDACTED_EMAIL_1] \x03"
	for name, disabled := range map[string]bool{
		"gateway decompresses gzip itself": false, "gateway passes compressed answers on": true,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := newGroup(t)
			g.root = obj{"disable_compression": disabled}
			one := func(name, enc string, newWriter func(io.Writer) io.WriteCloser) scenario {
				return scenario{
					name: name, answer: answered(enc, newWriter), send: message{body: ask}, secrets: []string{email},
					llmGot: masked, userCheck: whole,
				}
			}
			scenarios := append(
				atBothLevels(
					one("gzip", "gzip", gzipped), one("deflate", "deflate", zlibbed), one("deflate without zlib header", "deflate", deflated),
					scenario{
						name: "gzip without a placeholder", answer: say("application/json", packed(t, gzipped, `{"a":1}`), "Content-Encoding", "gzip"),
						send: message{body: ask}, secrets: []string{email}, llmGot: masked,
						userCheck: func(t *testing.T, r result) { sameBytes(t, "the user got", []byte(unpacked(t, r)), `{"a":1}`) },
					},
					scenario{
						name: "an unknown encoding passes with its placeholders", answer: say("application/json", opaque, "Content-Encoding", "br"),
						send: message{body: ask}, secrets: []string{email}, llmGot: masked,
						userCheck: func(t *testing.T, r result) {
							sameBytes(t, "the user got", r.body, opaque)
							if ce := r.header.Get("Content-Encoding"); ce != "br" {
								t.Errorf("the user got Content-Encoding %q, want br", ce)
							}
						},
					},
				),
				scenario{
					name: "decoded from gzip", route: route{encoding: "json"}, answer: answered("gzip", gzipped), send: message{body: ask},
					secrets: []string{email}, llmGot: masked, userJSON: said("I am " + email),
				},
			)
			if disabled {
				scenarios = append(scenarios, scenario{
					name: "what says gzip and is not passes as it is", answer: say("application/json", "no gzip [REDACTED_EMAIL_1]", "Content-Encoding", "gzip"),
					send: message{body: ask}, secrets: []string{email}, llmGot: masked, userGot: "no gzip [REDACTED_EMAIL_1]",
				})
			}
			g.run(t, scenarios)
		})
	}
}

func TestAnswerThatCannotBeReadIsCounted(t *testing.T) {
	t.Parallel()
	const answer = "opaque [REDACTED_EMAIL_1]"
	g := newGroup(t)
	e := g.add(route{}, say("application/json", answer, "Content-Encoding", "br"))
	g.start(t)
	g.hide(email)
	counts := map[string]bool{}
	for range 2 {
		res := e.send(t, message{body: chat(email)})
		sameBytes(t, "the user got", res.body, answer)
	}
	if !g.logs(func(line string) bool {
		if strings.Contains(line, "WARN") && strings.Contains(line, "redact-response") {
			_, text, _ := strings.Cut(line, "WARN") // without the time
			counts[text] = true
		}
		return len(counts) == 2
	}) {
		t.Errorf("the log does not count the answers that kept their placeholders: %v", counts)
	}
	if found := leak(e.received()[0].wire(), []string{email}); found != "" {
		t.Errorf("the LLM received %s", found)
	}
}
