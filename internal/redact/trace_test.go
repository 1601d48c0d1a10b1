package redact_test

import (
	"fmt"
	"math/rand"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/krakend-redact/krakend-redact/internal/placeholder"
	"github.com/krakend-redact/krakend-redact/internal/redact"
)

// excerptsOf masks a body and returns what the audit log shows of it.
func excerptsOf(t *testing.T, m *redact.Masker, contentType, body string) []string {
	t.Helper()
	r := m.NewRequest(placeholder.NewVault(), "")
	trace := &redact.Trace{Texts: true}
	r.Trace(trace)
	p, err := r.ScanBody(body, redact.Content{Type: contentType})
	if err != nil {
		t.Fatal(err)
	}
	r.Mask(p)
	return trace.Excerpts(8)
}

func TestExcerpts(t *testing.T) {
	long := strings.Repeat("ä", 300)
	for name, tt := range map[string]struct {
		contentType, body string
		want              []string
	}{
		"a string":           {jsonType, `{"a":"from \"x@y.io\"\n\u00e4 \\","b":"no finding"}`, []string{"from \"[EMAIL_1]\"\nä \\"}},
		"two strings":        {jsonType, `["x@y.io","hi","z@y.io"]`, []string{"[EMAIL_1]", "[EMAIL_2]"}},
		"JSON in a string":   {jsonType, `{"arguments":"{\"to\":\"x@y.io\"}"}`, []string{`{"to":"[EMAIL_1]"}`}},
		"a number":           {jsonType, `{"n":4111111111111111}`, []string{"[CARD_1]"}},
		"numbers in text":    {jsonType, `{"a":"{\"n\":4111111111111111,\"b\":\"x@y.io\"}","n":4111111111111111}`, []string{`{"n":"[CARD_1]","b":"[EMAIL_1]"}`, "[CARD_1]"}},
		"a form":             {"application/x-www-form-urlencoded", "a=1&q=to+x%40y.io+%26&b=2", []string{"to [EMAIL_1] &"}},
		"a text":             {"text/plain", "to x@y.io", []string{"to [EMAIL_1]"}},
		"a long text":        {jsonType, `"` + long + ` x@y.io ` + long + `"`, []string{"…" + strings.Repeat("ä", 78) + " [EMAIL_1] " + strings.Repeat("ä", 149) + "…"}},
		"two that are near":  {jsonType, `"` + long + ` x@y.io and z@y.io"`, []string{"…" + strings.Repeat("ä", 78) + " [EMAIL_1] and [EMAIL_2]"}},
		"two that are apart": {jsonType, `"x@y.io` + long + ` z@y.io"`, []string{"[EMAIL_1]" + strings.Repeat("ä", 229) + "…", "…" + strings.Repeat("ä", 71) + " [EMAIL_2]"}},
	} {
		got := excerptsOf(t, newMasker(t, nil), tt.contentType, tt.body)
		if strings.Join(got, "\x00") != strings.Join(tt.want, "\x00") {
			t.Errorf("%s:\n%q\nwant\n%q", name, got, tt.want)
		}
	}
}

// Excerpts are bounded, and show each placeholder whole or not at all.
func TestExcerptsOfAnything(t *testing.T) {
	words := []string{"x@y.io", "4111111111111111", "never-again", "ä", " ", `\"`, `\\`, `\n`, `\ud83d\ude00`, "filler ", "odd<>", "{}", `\u005b`, "openword", "abcdefgh", "…"}
	whole := regexp.MustCompile(`\[(?:EMAIL|CARD|GONE|ODD)_[0-9]+\]|OPENWORD_[0-9]+|odd<>`)
	parts := regexp.MustCompile(`EMAIL|CARD|GONE|ODD|OPENW|_[0-9]|[0-9]\]`)
	seed := rand.New(rand.NewSource(1))
	m, shown := newMasker(t, nil), 0
	for range 500 {
		var b strings.Builder
		b.WriteString(`["`)
		for range seed.Intn(200) {
			b.WriteString(words[seed.Intn(len(words))])
			if seed.Intn(20) == 0 {
				b.WriteString(`","`)
			}
		}
		b.WriteString(`"]`)
		all := excerptsOf(t, m, jsonType, b.String())
		shown += len(all)
		if len(all) > 8 {
			t.Fatalf("%d excerpts", len(all))
		}
		for _, piece := range all {
			rest := whole.ReplaceAllString(piece, "")
			if n := utf8.RuneCountInString(piece); n > 240 || !utf8.ValidString(piece) || parts.MatchString(rest) {
				t.Fatalf("%d characters, %q of %s", n, piece, b.String())
			}
		}
	}
	if shown < 1000 {
		t.Errorf("only %d excerpts", shown)
	}
}

// Most placeholders of a rule are counted, not listed.
func TestIssued(t *testing.T) {
	r := newMasker(t, nil).NewRequest(placeholder.NewVault(), "")
	trace := &redact.Trace{}
	r.Trace(trace)
	var b strings.Builder
	for i := range 40 {
		fmt.Fprintf(&b, "a%d@y.io a0@y.io ", i)
	}
	r.Mask(r.ScanText(b.String()))
	if all, more := trace.Issued(0, 32); len(all) != 32 || more != 8 || all[0] != "[EMAIL_1]" || all[31] != "[EMAIL_32]" {
		t.Errorf("%q and %d more", all, more)
	}
	if all, more := trace.Issued(1, 32); len(all)+more != 0 {
		t.Errorf("%q and %d more", all, more)
	}
	if got := trace.Excerpts(8); got != nil {
		t.Errorf("nobody asked for %q", got)
	}
}

// What nobody can read is not shown, and what people can is.
func TestWithoutPayloads(t *testing.T) {
	long := strings.Repeat("iVBORw0KGgo+", 10)
	for text, want := range map[string]string{
		"":                                "",
		"a text, a path /of/some/length/": "a text, a path /of/some/length/",
		long:                              "***",
		"a " + long + "== b " + long[:63]: "a *** b " + long[:63],
		"data:image/png;base64," + long[:32] + "= and more": "data:image/png;base64,*** and more",
		"data:image/png;base64," + long[:31]:                "data:image/png;base64," + long[:31],
		"%3Bbase64%2C" + long + "%3D":                       "***",
		strings.ReplaceAll(long, "+", `\/`) + `"`:           `***"`,
		"ü" + long[:64] + "ü\n" + long[:76] + "\n":          "ü***ü\n***\n",
	} {
		if got := redact.WithoutPayloads(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}
