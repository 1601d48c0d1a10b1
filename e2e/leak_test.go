package e2e

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"strings"
	"testing"
)

// form is one way to write a secret down.
type form struct{ name, text string }

// forms lists the spellings in which a secret could slip out.
func forms(secret string) []form {
	fs := []form{{"plain", secret}}
	add := func(name, text string) {
		if strings.Contains(name, "base64") && len(text) < 8 {
			return // too short to mean anything
		}
		for _, f := range fs {
			if f.text == text {
				return
			}
		}
		fs = append(fs, form{name, text})
	}
	escaped, _ := json.Marshal(secret)
	add("JSON-escaped", strings.Trim(string(escaped), `"`))
	var unicode, percent strings.Builder
	for _, r := range secret {
		if r < 128 && (r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || strings.ContainsRune("._-+", r)) {
			unicode.WriteRune(r)
			percent.WriteRune(r)
			continue
		}
		fmt.Fprintf(&unicode, `\u%04x`, r)
		for _, b := range []byte(string(r)) {
			fmt.Fprintf(&percent, "%%%02x", b)
		}
	}
	add(`with \u escapes`, unicode.String())
	add("percent-encoded", percent.String())
	add("query-escaped", url.QueryEscape(secret))
	add("path-escaped", url.PathEscape(secret))
	add("Go-quoted", strings.Trim(fmt.Sprintf("%q", secret), `"`))
	add("as a byte list", strings.Trim(fmt.Sprint([]byte(secret)), "[]"))
	add("hex", hex.EncodeToString([]byte(secret)))
	// In base64 a value looks different at each of three offsets; the digits
	// that it shares with its neighbours are cut off.
	for offset, cut := range []int{0, 2, 3} {
		padded := append(make([]byte, offset), secret...)
		whole := padded[:len(padded)/3*3]
		add(fmt.Sprintf("base64 at offset %d", offset), base64.StdEncoding.EncodeToString(whole)[cut:])
		add(fmt.Sprintf("URL base64 at offset %d", offset), base64.URLEncoding.EncodeToString(whole)[cut:])
	}
	return fs
}

// leak reports the first spelling of a secret that stands in text, or "".
// Everything but base64 is compared without regard to case.
func leak(text string, secrets []string) string {
	lower := strings.ToLower(text)
	for _, s := range secrets {
		for _, f := range forms(s) {
			found := strings.Contains(lower, strings.ToLower(f.text))
			if strings.Contains(f.name, "base64") {
				found = strings.Contains(text, f.text)
			}
			if found {
				return fmt.Sprintf("%q %s", s, f.name)
			}
		}
	}
	return ""
}

// wire spells out everything that arrived at the upstream, a compressed body
// also uncompressed.
func (r received) wire() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s\n%s\n", r.method, r.uri, r.path)
	for name, values := range r.header {
		for _, v := range values {
			fmt.Fprintf(&b, "%s: %s\n", name, v)
		}
	}
	b.Write(r.body)
	if z, err := gzip.NewReader(bytes.NewReader(r.body)); err == nil {
		_, _ = io.Copy(&b, z)
	}
	return b.String()
}

// The leak detector carries the whole suite: prove that it sees each spelling.
func TestLeakDetectorSeesEverySpelling(t *testing.T) {
	const secret = "jane.doe@example.com"
	for _, f := range forms(secret) {
		if leak("before "+f.text+" after", []string{secret}) == "" {
			t.Errorf("a secret written %s is not noticed", f.name)
		}
	}
	for _, prefix := range []string{"", "a", "ab", "abc"} {
		text := base64.StdEncoding.EncodeToString([]byte(prefix + secret + " and more"))
		if leak(text, []string{secret}) == "" {
			t.Errorf("a secret after %d bytes inside base64 is not noticed", len(prefix))
		}
	}
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	_, _ = io.WriteString(z, secret)
	_ = z.Close()
	if leak(received{body: zipped.Bytes()}.wire(), []string{secret}) == "" {
		t.Error("a secret in a gzip body is not noticed")
	}
	if got := leak("nothing but [REDACTED_EMAIL_1] here", []string{secret}); got != "" {
		t.Errorf("a clean text is reported: %s", got)
	}
}
